// Names, marks and signs: each verdict and each side is told by a sign as well as by its colour.

/** @typedef {import("./types.js").Side} Side */
/** @typedef {import("./types.js").Step} Step */

/** In the order of the numbers in the columns. */
export const VERDICTS = [
  { name: "pending", glyph: "·", label: "not checked yet" },
  { name: "match", glyph: "✓", label: "as predicted" },
  { name: "value", glyph: "≠", label: "a value differs" },
  { name: "path", glyph: "↷", label: "the model is elsewhere" },
  { name: "missing", glyph: "−", label: "only Python goes here" },
  { name: "extra", glyph: "+", label: "only the model goes here" },
];
export const PENDING = 0;
export const MATCH = 1;
export const EVENTS = ["line", "call", "return", "exception"];

/** @type {Record<Side, {mark: string, name: string, column: string}>} */
export const SIDES = {
  learner: { mark: "●", name: "You", column: "you" },
  predicted: { mark: "◆", name: "Model", column: "model" },
  actual: { mark: "▶", name: "Python", column: "Python" },
};
/** @type {Side[]} */
export const ORDER = ["learner", "predicted", "actual"];

/** How an answer of the learner is marked. @param {number} credit 0 to 1 */
export function credited(credit) {
  if (credit === 1) return { glyph: "✓", name: "match", label: "right" };
  if (credit > 0) return { glyph: "◐", name: "learner", label: "partly right" };
  return { glyph: "✗", name: "value", label: "not right" };
}

/** @param {number} line */
export function place(line) {
  return line < 0 ? `line ${-line} of the earlier cells` : `line ${line}`;
}

/** @param {string} name */
export function functionName(name) {
  return name === "<module>" ? "cell" : name;
}

/** What a step is, for as long as nothing better is known. @param {Step} step */
export function describe(step) {
  const where = step.depth ? ` in ${step.function}` : "";
  if (step.event === "call") {
    return `${step.detail === "resume" ? "Resume" : "Call"} ${step.function}, ${place(step.line)}`;
  }
  if (step.event === "exception") return `${step.value ?? "An exception"} at ${place(step.line)}${where}`;
  if (step.event === "return") {
    if (!step.depth) return "The program has finished";
    return `${step.function} ${step.detail === "yield" ? "yields" : "returns"} ${step.value}`;
  }
  return `About to run ${place(step.line)}${where}`;
}
