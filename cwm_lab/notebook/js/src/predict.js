// The switch to the learner's own turn: questions, or the table, on the cell that is shown.

import { button, h } from "./dom.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app */
export function predictSwitch(app) {
  let on = false;
  const first = h("button", { type: "button", class: "cwm-menu-item cwm-first-item", "aria-pressed": "false", onclick: () => know(!on) },
    h("span", { class: "cwm-tick", "aria-hidden": "true" }), "Ask me first in every cell", h("span", { class: "cwm-menu-more" }, "As %%predict --me does, from the next cell on"));
  const menu = h("div", { class: "cwm-menu", hidden: true, role: "group", "aria-label": "You predict" },
    item("questions", "Answer some questions", "Everything is hidden until you have answered"),
    item("table", "Fill in the table", "Line by line, every value, from the first step"), first);
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

  /** Ask Python whether the next cells ask first, or have them do so. @param {boolean} [wanted] */
  function know(wanted) {
    app.feed.ask("first", { on: wanted ?? null }).then((answer) => {
      on = !!answer.on;
      first.setAttribute("aria-pressed", String(on));
    }, () => {});
  }

  /** @param {boolean} shown */
  function open(shown) {
    menu.hidden = !shown;
    first.hidden = !app.can("first");
    if (shown && app.can("first")) know();
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
