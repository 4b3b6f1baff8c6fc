// The keyboard: every move has a key, and `?` shows them.

import { button, h } from "./dom.js";

/** @typedef {import("./app.js").App} App */

/** @type {[keys: string[], what: string, move: string][]} */
export const KEYS = [
  [["→"], "next step", "next"],
  [["←"], "previous step", "previous"],
  [["Home"], "first step", "first"],
  [["End"], "last step", "last"],
  [["PgDn"], "forwards by a stretch", "page"],
  [["PgUp"], "back by a stretch", "pageBack"],
  [["o"], "step over a call", "over"],
  [["b"], "back over a call", "back"],
  [["u"], "step out of this call", "out"],
  [["n"], "next divergence", "divergence"],
  [["p"], "previous divergence", "divergenceBack"],
  [["d"], "first divergence", "firstDivergence"],
  [["g"], "go to a step by number", "goto"],
  [["t"], "table or objects", "view"],
  [["w"], "what if a value were another", "whatif"],
  [["m"], "to the what-if branch and back", "other"],
  [["y"], "you predict", "predict"],
  [["f"], "fold or unfold loops", "fold"],
  [["+", "-", "0"], "zoom the timeline", "zoom"],
  [["Esc"], "close what is open", "close"],
  [["?"], "this help", "help"],
];
const NAMES = { ArrowRight: "→", ArrowLeft: "←", PageDown: "PgDn", PageUp: "PgUp", "=": "+", Escape: "Esc" };

/** The move that a key asks for, or null. @param {KeyboardEvent} event */
export function moveOf(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  const key = NAMES[/** @type {keyof typeof NAMES} */ (event.key)] ?? event.key;
  return KEYS.find(([keys]) => keys.includes(key))?.[2] ?? null;
}

export function help() {
  const node = h("dialog", { class: "cwm-help", "aria-label": "Keyboard" },
    h("div", { class: "cwm-help-head" }, h("b", {}, "Keyboard"), button("Close", { class: "cwm-close", onclick: () => node.close() }, "×")),
    h("dl", {}, ...KEYS.flatMap(([keys, what]) => [h("dt", {}, ...keys.map((key) => h("kbd", {}, key))), h("dd", {}, what)])),
    h("p", { class: "cwm-none" }, "On the timeline: drag to scrub, click a folded loop to open it, double-click to close it again, Ctrl and wheel to zoom, drag on the map below it to choose a part."));
  node.addEventListener("click", (event) => { if (event.target === node) node.close(); });
  return { node, toggle: () => (node.open ? node.close() : node.showModal()) };
}
