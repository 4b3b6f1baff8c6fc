// The learner fills in the table of variables after a step.

import { h } from "./dom.js";

const GLYPHS = { right: "✓", partly: "◐", wrong: "✗", unreadable: "?" };

/** @param {any} now the trait `quiz`, in its phase "state" @param {(what: string, more?: any) => void} send */
export function tableForm(now, send) {
  const { question, judgement } = now;
  /** @type {Map<string, HTMLInputElement>} */
  const fields = new Map();
  const extra = { name: h("input", { class: "cwm-answer", placeholder: "new name", "aria-label": "Name of a new variable", maxlength: 200 }), value: h("input", { class: "cwm-answer", placeholder: "its value", "aria-label": "Value of the new variable", maxlength: 4000 }) };

  /** @param {string} name @param {string} before @param {string | null} given */
  function row(name, before, given) {
    const cell = judgement?.cells?.[name];
    const field = h("input", { class: "cwm-answer", "aria-label": `${name} after this step`, maxlength: 4000, spellcheck: "false", autocomplete: "off" });
    field.value = before;
    if (given === null) fields.set(name, field);
    return h("tr", {}, h("th", { scope: "row" }, h("code", {}, name)), h("td", {}, h("code", { class: "cwm-none" }, before || "–")),
      h("td", {}, given === null ? field : h("code", {}, given)),
      h("td", { class: "cwm-narrow" }, cell ? h("span", { class: `cwm-judged-mark cwm-judged-${cell.verdict}`, title: cell.hint ?? "" }, GLYPHS[/** @type {keyof typeof GLYPHS} */ (cell.verdict)] ?? "") : ""));
  }

  const rows = [
    ...question.rows.map((/** @type {any} */ { name, before, given }) => row(name, before ?? "", given)),
    ...(question.special ?? []).map((/** @type {string} */ name) => row(name, "", null)),
    h("tr", {}, h("th", {}, extra.name), h("td", {}), h("td", {}, extra.value), h("td", { class: "cwm-narrow" })),
  ];
  const hints = Object.entries(judgement?.cells ?? {}).filter(([, cell]) => /** @type {any} */ (cell).hint);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    /** @type {[string, string][]} */
    const values = [];
    const before = new Map(question.rows.map((/** @type {any} */ { name, before }) => [name, before ?? ""]));
    for (const [name, field] of fields) {
      const changed = field.value.trim() !== (before.get(name) ?? "");
      if (changed || (!before.has(name) && field.value)) values.push([name, field.value]);
    }
    if (extra.name.value.trim()) values.push([extra.name.value.trim(), extra.value.value]);
    send("values", { values: Object.fromEntries(values), confidence: null });
  };
  return h("form", { class: "cwm-quiz-form", onsubmit: submit },
    h("table", {}, h("thead", {}, h("tr", {}, ...["name", "before", "after", ""].map((text, i) => h("th", { scope: "col", class: i === 3 ? "cwm-narrow" : "" }, text)))), h("tbody", {}, ...rows)),
    hints.length ? h("ul", { class: "cwm-hints" }, ...hints.map(([name, cell]) => h("li", {}, h("code", {}, name), ` ${/** @type {any} */ (cell).hint}`))) : "",
    h("div", { class: "cwm-quiz-tools" }, h("button", { type: "submit", class: "cwm-button cwm-primary" }, "Check"), h("button", { type: "button", class: "cwm-button", onclick: () => send("skip") }, "Show me this step")));
}
