// Expressions that are worked out at each step from the recorded states; Python does it.

import { button, h } from "./dom.js";
import { shorten } from "./variables.js";
import { SIDES } from "./words.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app */
export function watch(app) {
  /** @type {string[]} */
  let expressions = [];
  /** @type {Record<string, {text: string, known: boolean}[]>} */
  let values = {};
  let failed = "";
  let asked = "";
  const input = h("input", { type: "text", class: "cwm-input", placeholder: "Watch an expression, such as len(word) - n", "aria-label": "Watch an expression", maxlength: 500, spellcheck: "false", autocomplete: "off" });
  const add = h("form", { class: "cwm-add", onsubmit: submit }, input, h("button", { type: "submit", class: "cwm-button" }, "Watch"));
  const table = h("div", {});
  const node = h("section", { class: "cwm-watch", "aria-label": "Watched expressions" }, table, add);
  node.hidden = !app.feed.live;

  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    const text = input.value.trim();
    if (text && !expressions.includes(text)) expressions = [...expressions, text];
    input.value = "";
    asked = "";
    draw();
  }

  function draw() {
    const sides = app.sides;
    const key = `${app.line.number} ${app.position} ${app.frame} ${expressions.join("\0")}`;
    if (expressions.length && key !== asked) {
      asked = key;
      const at = Object.fromEntries(sides.map((side) => [side, app.columns[side][app.position]]));
      app.feed.ask("watch", { expressions, at, frame: app.frame, branch: app.line.number }).then(
        (answer) => {
          if (asked !== key) return;
          values = answer.values;
          failed = "";
          show();
        },
        (error) => {
          failed = error.message;
          show();
        },
      );
    }
    show();
  }

  function show() {
    const sides = app.sides;
    const rows = expressions.map((text, i) => h("tr", {},
      h("th", { scope: "row" }, h("code", {}, text), button(`Stop watching ${text}`, { class: "cwm-close", onclick: () => {
        expressions = expressions.filter((other) => other !== text);
        asked = "";
        draw();
      } }, "×")),
      ...sides.map((side) => {
        const value = values[side]?.[i];
        return h("td", { class: `cwm-by-${side}`, title: SIDES[side].name },
          value ? (value.known ? h("code", {}, shorten(value.text)) : h("span", { class: "cwm-none" }, value.text)) : "");
      })));
    table.replaceChildren(rows.length ? h("table", {}, h("tbody", {}, ...rows)) : "", failed && rows.length ? h("p", { class: "cwm-none" }, failed) : "");
  }
  return { node, draw };
}
