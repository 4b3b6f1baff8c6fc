// The learner's turn: one question at a time, tries with hints, then the results side by side.
// docs/predicting.md describes the trait `quiz` and the messages.

import { button, h, ticked } from "./dom.js";
import { tableForm } from "./quiz-table.js";

/** @typedef {import("./app.js").App} App */

const FORMS = {
  value: "a Python value, such as 3, 'abc' or [1, 2]",
  output: "what is printed, line by line",
  line: "a line number, or end; or click a line",
  count: "a whole number",
  crash: "no, or for example ValueError on line 3",
  yesno: "True or False",
};
const MARKS = {
  right: { glyph: "✓", text: "Right." },
  partly: { glyph: "◐", text: "Partly right." },
  wrong: { glyph: "✗", text: "Not right." },
  unreadable: { glyph: "?", text: "That cannot be read as an answer; it costs no try." },
  skipped: { glyph: "–", text: "Shown." },
};

/** @param {App} app */
export function quiz(app) {
  const node = h("section", { class: "cwm-quiz", "aria-label": "Your prediction", hidden: true });
  const live = h("div", { class: "cwm-hidden", role: "status" });
  let drawn = "";
  /** @type {HTMLInputElement | HTMLTextAreaElement | null} */
  let field = null;

  const state = () => app.feed.get("quiz");
  const asking = () => !!state() && !state().done && !!state().question;

  /** @param {string} what @param {Record<string, any>} [more] */
  function send(what, more = {}) {
    app.feed.send({ kind: `quiz.${what}`, id: state()?.question?.id, ...more });
  }

  function draw() {
    const now = state();
    node.hidden = !now;
    const key = JSON.stringify(now ?? null);
    if (key === drawn || !now) return;
    const before = drawn ? JSON.parse(drawn) : null;
    const again = !!now.question && now.question.id === before?.question?.id;
    const typed = again ? field?.value : "";
    const focus = /** @type {any} */ (node.getRootNode()).activeElement;
    // Questions that begin take the focus from where the reader asked for them.
    const begins = asking() && (!before || before.done) && !!node.closest(".cwm-player")?.contains(focus);
    const inside = node.contains(focus) || begins;
    drawn = key;
    field = null;
    if (now.done || !now.question) node.replaceChildren(live, ...results(now));
    else {
      node.replaceChildren(live, progress(now), h("p", { class: "cwm-question" }, ...ticked(now.question.text)),
        ...(now.mode === "table" && now.question.phase === "state" ? [tableForm(now, send)] : [form(now, typed ?? "")]),
        h("div", { class: "cwm-quiz-foot" }, h("button", { type: "button", class: "cwm-link", onclick: () => send("stop") }, "Stop and show me everything")));
    }
    if (!inside && !again) return;
    const target = node.querySelector(".cwm-quiz-next") ?? node.querySelector("input:not([hidden]), textarea");
    /** @type {HTMLElement | null} */ (target)?.focus();
    if (target instanceof HTMLInputElement) target.select(); // a second try replaces the first
  }

  /** @param {any} now */
  function progress(now) {
    const dots = now.mode === "table" ? [] : Array.from({ length: now.of }, (_, i) => {
      const past = now.past[i];
      const kind = past ? past.judgement.verdict : i === now.number - 1 ? "now" : "ahead";
      return h("span", { class: `cwm-pip cwm-pip-${kind}`, "aria-hidden": "true" });
    });
    return h("div", { class: "cwm-quiz-head" }, h("b", {}, "Your prediction"), h("span", { class: "cwm-pips" }, ...dots),
      h("span", { class: "cwm-none" }, now.mode === "table" ? `step ${now.number}` : `question ${now.number} of ${now.of}`));
  }

  /** @param {any} now @param {string} typed */
  function form(now, typed) {
    const { question, judgement } = now;
    const settled = !!judgement?.settled;
    const kind = question.form ?? "line";
    const long = kind === "output";
    const label = FORMS[/** @type {keyof typeof FORMS} */ (kind)] ?? "your answer";
    field = long
      ? h("textarea", { class: "cwm-answer", rows: 3, "aria-label": label, placeholder: label, spellcheck: "false", maxlength: 4000 })
      : h("input", { class: "cwm-answer", type: "text", "aria-label": label, placeholder: label, spellcheck: "false", autocomplete: "off", maxlength: 4000 });
    field.value = typed;
    field.disabled = settled;
    const own = field;
    const sure = h("input", { type: "range", min: 0, max: 100, value: 50, class: "cwm-sure", "aria-label": "How sure are you, in percent" });
    const told = h("span", { class: "cwm-none" }, "how sure are you? (optional)");
    let touched = false;
    sure.addEventListener("input", () => {
      touched = true;
      told.textContent = `${sure.value} % sure`;
    });
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      if (own.value.trim() || long) send("answer", { text: own.value, confidence: touched ? Number(sure.value) / 100 : null });
    };
    own.addEventListener("keydown", (event) => {
      if (long && /** @type {KeyboardEvent} */ (event).key === "Enter" && !(/** @type {KeyboardEvent} */ (event).shiftKey)) submit(event);
    });
    const choices = kind === "yesno" && !settled
      ? h("div", { class: "cwm-choices" }, ...["True", "False"].map((text) => h("button", { type: "button", class: "cwm-button", onclick: () => {
        own.value = text;
        send("answer", { text, confidence: touched ? Number(sure.value) / 100 : null });
      } }, text)))
      : "";
    const tools = settled
      ? [h("button", { type: "button", class: "cwm-button cwm-primary cwm-quiz-next", onclick: () => send("next") }, now.number < now.of ? "Next question" : "Show the steps")]
      : [h("button", { type: "submit", class: "cwm-button cwm-primary" }, "Check"), h("button", { type: "button", class: "cwm-button", onclick: () => send("skip") }, "Show me the answer")];
    if (choices) own.hidden = true;
    return h("form", { class: "cwm-quiz-form", onsubmit: submit }, own, choices,
      settled ? "" : h("label", { class: "cwm-sureness" }, sure, told), judged(judgement, now.triesLeft), h("div", { class: "cwm-quiz-tools" }, ...(choices ? tools.slice(1) : tools)));
  }

  /** @param {any} judgement @param {number} left */
  function judged(judgement, left) {
    if (!judgement) return "";
    const mark = MARKS[/** @type {keyof typeof MARKS} */ (judgement.verdict)] ?? MARKS.wrong;
    const { reveal } = judgement;
    const words = [mark.text, judgement.hint ?? "", !judgement.settled && left === 1 ? "One more try." : ""].filter(Boolean).join(" ");
    live.textContent = words + (reveal ? ` The answer is ${reveal.text}. ${reveal.why ?? ""}` : "");
    return h("div", { class: `cwm-judgement cwm-judged-${judgement.verdict}` },
      h("span", { class: "cwm-judged-mark", "aria-hidden": "true" }, mark.glyph),
      h("div", {}, h("div", {}, ...ticked(words)),
        reveal ? h("div", {}, "The answer is ", h("code", {}, reveal.text.replace(/\n$/, "")), reveal.line ? ` (line ${reveal.line}). ` : ". ", ...ticked(reveal.why ?? "")) : ""));
  }

  /** @param {any} now */
  function results(now) {
    if (now.reason) return [h("p", { class: "cwm-none" }, ...ticked(now.reason))];
    const rows = now.results ?? [];
    const percent = (/** @type {number | null} */ value) => (value === null || value === undefined ? "" : `${Math.round(100 * value)}\u2009%`);
    const mean = (/** @type {string} */ key) => (rows.length ? rows.reduce((/** @type {number} */ sum, /** @type {any} */ row) => sum + (row[key] ?? 0), 0) / rows.length : null);
    if (!rows.length) return [h("div", { class: "cwm-quiz-head" }, h("b", {}, "Your prediction"), h("span", {}, now.score === undefined ? "" : `${percent(now.score)} right`))];
    const table = h("table", {},
      h("thead", {}, h("tr", {}, ...["question", "● you", "◆ model", "▶ Python", ""].map((text, i) => h("th", { scope: "col", class: ["", "cwm-by-learner", "cwm-by-predicted", "cwm-by-actual", "cwm-narrow"][i] }, text)))),
      h("tbody", {}, ...rows.map((/** @type {any} */ row) => h("tr", {},
        h("th", { scope: "row", class: "cwm-asked" }, ...ticked(row.question.text)),
        answer((row.answers ?? []).join(" → ") || "–", row.credit), answer(row.model ?? "–", row.modelCredit),
        h("td", {}, h("code", {}, row.truth)),
        h("td", { class: "cwm-narrow" }, row.step === null || row.step === undefined ? "" : button(`see step ${row.step + 1}, which shows it`, { class: "cwm-link", onclick: () => app.goTo("actual", row.step) }, "see"))))));
    const last = now.past?.at(-1);
    const closing = last && last.judgement?.reveal ? [h("div", { class: "cwm-quiz-last" }, h("p", { class: "cwm-none" }, ...ticked(last.question.text)), judged(last.judgement, 0))] : [];
    return [...closing, h("details", { open: true }, h("summary", { class: "cwm-quiz-sum" }, h("b", {}, "You, the model and Python"), ` · you ${percent(mean("credit"))} · model ${percent(mean("modelCredit"))}`), table)];
  }

  /** @param {string} text @param {number | null} credit */
  function answer(text, credit) {
    const kind = credit === null || credit === undefined ? "" : credit === 1 ? "right" : credit > 0 ? "partly" : "wrong";
    const mark = kind ? MARKS[/** @type {keyof typeof MARKS} */ (kind)] : null;
    return h("td", {}, mark ? h("span", { class: `cwm-judged-mark cwm-judged-${kind}`, title: mark.text }, mark.glyph) : "", " ", h("code", {}, text));
  }

  /** A click on a line of the program answers a question for a line. @param {number} line */
  function pickLine(line) {
    const question = state()?.question;
    if (!asking() || !field || field.disabled || (question.form ?? question.phase) !== "line") return;
    field.value = String(line);
    field.focus();
  }

  return { node, draw, asking, pickLine, line: () => (asking() ? state().question.line : null) };
}
