// One line in plain words: what this step does.

import { h, plain, sentence, ticked } from "./dom.js";
import { FATES } from "./line.js";
import { credited, describe, SIDES, VERDICTS } from "./words.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Sentence} Sentence */

/** What a side says of the current step; null where it has none. @param {App} app
 * @param {"predicted" | "actual"} side @returns {Sentence | null} */
export function saidBy(app, side) {
  const now = app.now(side);
  if (!now) return null;
  if (!now.step) return ["…"];
  return app.tracks[side].said(now.index) ?? [describe(now.step)];
}

/** @param {Sentence} said @returns {Sentence} begins with a capital, ends with a full stop */
export function polished(said) {
  const [first, ...rest] = said;
  const start = typeof first === "string" ? first.charAt(0).toUpperCase() + first.slice(1) : first;
  const whole = [start, ...rest];
  return /[.…]$/.test(plain(whole)) ? whole : [...whole, "."];
}

const FATE_WORDS = ["", "From the true state the model would be right here: this follows from its earlier mistake.",
  "It would be wrong from the true state as well: a mistake of its own."];

/** @param {import("./types.js").Mark} mark */
function saidByYou({ said, credit, asked }) {
  const { glyph, label } = credited(credit);
  const words = asked ? [...ticked(asked), " ", h("code", {}, said || "nothing")] : [said || "this step is as you said"];
  return [h("b", { class: "cwm-by-learner" }, `${SIDES.learner.mark} ${SIDES.learner.name} `), ...words, ` ${glyph} ${asked || !said ? label : ""}`];
}

/** @param {import("./types.js").Branch} branch */
function setByYou({ values, before }) {
  return Object.entries(values).map(([name, value]) => `You set ${name} to ${value.slice(0, 200)}; it was ${(before[name] ?? "").slice(0, 200)}.`).join(" ");
}

/** @param {App} app */
export function explanation(app) {
  const node = h("div", { class: "cwm-events", "aria-live": "polite", "aria-atomic": "true" });
  let shown = "";

  function draw() {
    const sides = app.sides;
    const said = sides.map((side) => ({ side, words: saidBy(app, side) }));
    const texts = said.map(({ words }) => (words ? plain(words) : null));
    const verdict = VERDICTS[app.columns.verdict[app.position]] ?? VERDICTS[0];
    const found = app.line.divergences.find((one) => one.pair === app.position);
    const yours = app.saidHere();
    const fate = app.fates()[app.position] ?? FATES.none;
    const key = JSON.stringify([verdict.name, texts, found?.text, yours, fate, app.line.number, app.position === app.line.from]);
    if (key === shown) return; // a screen reader is not told twice
    shown = key;
    if (!app.columns.length) return node.replaceChildren();
    const same = said.length === 1 || (texts[0] === texts[1] && texts[0] !== null);
    const wrong = found && verdict.name === "value" ? ` Here the model is wrong: ${found.text}` : "";
    const why = [wrong, FATE_WORDS[fate]].filter(Boolean).join(" ");
    const differs = [
      ...(why ? [h("span", { class: "cwm-said cwm-differs" }, `${verdict.glyph} ${why.trim()}`)] : []),
      ...yours.map((mark) => h("span", { class: "cwm-said cwm-yours" }, ...saidByYou(mark))),
      ...(app.line.branch && app.position === app.line.from ? [h("span", { class: "cwm-said cwm-yours" }, setByYou(app.line.branch))] : []),
    ];
    const hidden = app.judged ? h("span", { class: "cwm-hidden" }, `${verdict.label}: `) : "";
    if (same) {
      const words = said[0].words ?? said[1]?.words ?? [];
      return node.replaceChildren(hidden, h("span", { class: "cwm-said" }, ...sentence(polished(words))), ...differs);
    }
    node.replaceChildren(hidden, ...[...said].reverse().map(({ side, words }) =>
      h("span", { class: "cwm-said" }, h("b", { class: `cwm-by-${side}`, title: SIDES[side].name }, `${SIDES[side].mark} ${SIDES[side].name} `),
        ...(words ? sentence(polished(words)) : [h("span", { class: "cwm-none" }, "no such step")]))), ...differs);
  }
  return { node, draw };
}
