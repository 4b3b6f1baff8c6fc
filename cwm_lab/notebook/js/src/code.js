// The program's text: where model and Python are, what has run, what runs next.

import { h } from "./dom.js";
import { SIDES } from "./words.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Span} Span */

const MARKS = ["cwm-now", "cwm-next", "cwm-ran", "cwm-at-predicted", "cwm-at-actual", "cwm-raises"];

/** One source line with its colours. @param {string} text @param {Span[]} spans */
export function codeLine(text, spans) {
  const code = h("code", { class: "cwm-code" });
  const letters = Array.from(text); // columns count characters, not UTF-16 units
  let at = 0;
  for (const [start, end, kind] of spans) {
    if (start > at) code.append(letters.slice(at, start).join(""));
    code.append(h("span", { class: `cwm-tok-${kind}` }, letters.slice(start, end).join("")));
    at = end;
  }
  code.append(letters.slice(at).join(""));
  return code;
}

/** @param {App} app @param {(line: number) => void} picked called when a line is clicked */
export function code(app, picked) {
  const source = h("div", { class: "cwm-source", role: "list", tabindex: 0, "aria-label": "Source" });
  const earlier = h("div", { class: "cwm-earlier", role: "list", tabindex: 0, "aria-label": "Source of earlier cells" });
  const context = h("details", { class: "cwm-context" }, h("summary", {}, "From earlier cells"), earlier);
  const node = h("section", { class: "cwm-left", "aria-label": "Program" }, context, source);
  /** @type {Map<number, HTMLElement>} */
  const lines = new Map();

  /** @param {string} text @param {Span[]} spans @param {number} number */
  function row(text, spans, number) {
    const line = h("div", { class: "cwm-line", role: "listitem", onclick: () => picked(number) },
      h("span", { class: "cwm-marks", "aria-hidden": "true" },
        h("span", { class: "cwm-mark-predicted" }, SIDES.predicted.mark),
        h("span", { class: "cwm-mark-actual" }, SIDES.actual.mark)),
      h("span", { class: "cwm-number" }, String(Math.abs(number))),
      codeLine(text, spans ?? []), h("span", { class: "cwm-here", "aria-hidden": "true" }));
    lines.set(number, line);
    return line;
  }

  function drawProgram() {
    const { lines: own = [], spans = [], context: others = [], contextSpans = [] } = app.feed.get("program") ?? {};
    lines.clear();
    source.replaceChildren(...own.map((/** @type {string} */ text, /** @type {number} */ i) => row(text, spans[i], i + 1)));
    earlier.replaceChildren(...others.map((/** @type {string} */ text, /** @type {number} */ i) => row(text, contextSpans[i], -i - 1)));
    context.hidden = !others.length;
  }

  function draw() {
    for (const line of lines.values()) {
      line.classList.remove(...MARKS);
      line.removeAttribute("aria-current");
    }
    const { columns, position } = app;
    if (!columns.length || app.feed.get("status") === "asking") return; // nothing is given away
    for (const number of new Set(columns.line.subarray(0, position))) lines.get(number)?.classList.add("cwm-ran");
    if (position + 1 < columns.length) lines.get(columns.line[position + 1])?.classList.add("cwm-next");
    for (const side of /** @type {const} */ (["predicted", "actual"])) {
      const now = app.now(side);
      const line = now?.step && lines.get(now.step.line);
      if (!line || !now?.step) continue;
      line.classList.add("cwm-now", `cwm-at-${side}`);
      line.classList.toggle("cwm-raises", now.step.event === "exception");
      line.setAttribute("aria-current", "location");
      if (now.step.line < 0) context.open = true;
      reveal(line);
    }
  }
  /** Mark the line that a question is about. @param {number | null} number */
  function ask(number) {
    for (const [at, line] of lines) line.classList.toggle("cwm-asked-line", at === number);
  }
  return { node, draw, drawProgram, ask };
}

/** Scroll a line's box, never the notebook. @param {HTMLElement} line */
function reveal(line) {
  const box = /** @type {HTMLElement} */ (line.parentElement);
  const top = line.offsetTop;
  if (top < box.scrollTop || top + line.offsetHeight > box.scrollTop + box.clientHeight) {
    box.scrollTop = top - box.clientHeight / 3;
  }
}
