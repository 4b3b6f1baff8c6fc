// The switch to the learner's own turn: questions, or the table, on the cell that is shown.

import { button, h } from "./dom.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app */
export function predictSwitch(app) {
  const menu = h("div", { class: "cwm-menu", hidden: true, role: "group", "aria-label": "You predict" },
    item("questions", "Answer some questions", "Everything is hidden until you have answered"),
    item("table", "Fill in the table", "Line by line, every value, from the first step"));
  const toggle = button("You predict (y)", { class: "cwm-button cwm-you-button", "aria-expanded": "false", "aria-haspopup": "true", onclick: () => open(!!menu.hidden) },
    h("span", { class: "cwm-by-learner", "aria-hidden": "true" }, "● "), "You predict");
  const node = h("div", { class: "cwm-share", onkeydown: escape }, toggle, menu);

  /** @param {string} mode @param {string} text @param {string} more */
  function item(mode, text, more) {
    return h("button", { type: "button", class: "cwm-menu-item", onclick: () => {
      open(false);
      /** @type {HTMLElement | null} */ (node.closest(".cwm-player"))?.focus(); // the bar goes away
      app.request("quiz", { mode });
    } }, text, h("span", { class: "cwm-menu-more" }, more));
  }

  /** @param {boolean} shown */
  function open(shown) {
    menu.hidden = !shown;
    toggle.setAttribute("aria-expanded", String(shown));
    if (shown) /** @type {HTMLElement} */ (menu.firstElementChild).focus();
  }

  /** @param {KeyboardEvent} event */
  function escape(event) {
    if (event.key !== "Escape" || menu.hidden) return;
    open(false);
    toggle.focus();
    event.stopPropagation();
  }

  return { node, draw: () => (node.hidden = !app.can("quiz")), open: () => { if (app.can("quiz")) open(true); } };
}
