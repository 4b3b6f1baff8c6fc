// Moving through the trace, and the tools at the right.

import { button, count, h, icon } from "./dom.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app @param {{help: () => void, menu: HTMLElement, predict: HTMLElement}} tools */
export function toolbar(app, { help, menu, predict }) {
  /** @param {string} move @param {string} path @param {string} label */
  const navigate = (move, path, label) => button(label, { class: "cwm-nav", "data-move": move, onclick: () => app.move(move) }, icon(path));
  const first = navigate("first", "M4 3v10M12 3.5 7 8l5 4.5", "First step (Home)");
  const previous = navigate("previous", "M10.5 3.5 5.5 8l5 4.5", "Previous step (←)");
  const next = navigate("next", "M5.5 3.5l5 4.5-5 4.5", "Next step (→)");
  const last = navigate("last", "M12 3v10M4 3.5 9 8l-5 4.5", "Last step (End)");
  const over = navigate("over", "M2.5 10.5a5.5 5.5 0 0 1 11 0M13.5 10.5l-3-1.5M13.5 10.5l1.5-3M8 13.5h.01", "Step over: without going into calls (o)");
  const out = navigate("out", "M8 11V3M4.5 6.5 8 3l3.5 3.5M3 13.5h10", "Step out of this call (u)");
  const number = h("input", { class: "cwm-number-input", type: "number", min: 1, "aria-label": "Go to step", onchange: () => app.go(Number(number.value) - 1) });
  const total = h("span", {});
  const counter = h("label", { class: "cwm-counter" }, h("span", { class: "cwm-counter-word" }, "Step "), number, " of ", total);
  const table = button("Variables as a table (t)", { class: "cwm-tab", "aria-pressed": "true", onclick: () => app.show("table") }, "Variables");
  const objects = button("Objects as boxes and arrows (t)", { class: "cwm-tab", "aria-pressed": "false", onclick: () => app.show("objects") }, "Objects");
  const node = h("div", { class: "cwm-bar", role: "toolbar", "aria-label": "Step through the trace" },
    h("div", { class: "cwm-navs" }, first, previous, next, last, h("span", { class: "cwm-rule" }), over, out), counter,
    h("div", { class: "cwm-right-tools" }, h("div", { class: "cwm-tabs", role: "group", "aria-label": "What to show" }, table, objects), predict, menu,
      button("Keyboard help (?)", { class: "cwm-nav cwm-help-button", onclick: help }, "?")));

  function draw() {
    const { position, columns } = app;
    for (const node of [first, previous]) node.setAttribute("aria-disabled", String(position <= app.line.from));
    for (const node of [next, last, over, out]) node.setAttribute("aria-disabled", String(position >= columns.length - 1));
    number.value = columns.length ? String(position + 1) : "";
    number.min = String(app.line.from + 1);
    number.max = String(columns.length);
    number.style.width = `${Math.max(2, String(columns.length).length) + 1.6}ch`;
    total.textContent = count(columns.length);
    counter.hidden = !columns.length;
    table.setAttribute("aria-pressed", String(app.view === "table"));
    objects.setAttribute("aria-pressed", String(app.view === "objects"));
  }
  return { node, draw, focusNumber: () => { number.focus(); number.select(); } };
}
