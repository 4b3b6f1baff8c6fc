// What if: a form that gives a name of this step another value; Python and the model go on from there.

import { button, h } from "./dom.js";
import { frameOf } from "./variables.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app */
export function whatIf(app) {
  const offer = h("button", { type: "button", class: "cwm-button cwm-offer", title: "Give a name another value here, and see how it goes on (w)", onclick: () => toggle(true) }, "What if …");
  const name = h("select", { class: "cwm-input cwm-select", "aria-label": "Name", onchange: () => { value.value = current(); value.select(); } });
  const value = h("input", { type: "text", class: "cwm-input", "aria-label": "Its value here", maxlength: 1000, spellcheck: "false", autocomplete: "off" });
  const go = h("button", { type: "submit", class: "cwm-button cwm-primary" }, "Go on from here");
  const close = button("Close", { class: "cwm-close", onclick: () => toggle(false) }, "×");
  const told = h("p", { class: "cwm-wrong-told", role: "alert", hidden: true });
  const form = h("form", { class: "cwm-ask", onsubmit: submit, onkeydown: escape, hidden: true },
    h("span", {}, "What if"), name, h("span", {}, "were"), value, h("span", { class: "cwm-ask-tools" }, go, close));
  const node = h("section", { class: "cwm-whatif", "aria-label": "What if" }, offer, form, told);
  let open = false;

  const names = () => {
    const now = app.line === app.main ? app.now("actual") : null;
    if (!app.can("whatif") || app.frame !== null || now?.step?.event !== "line") return null;
    const frame = frameOf(app, now);
    return frame?.names.size ? frame.names : null;
  };
  const current = () => names()?.get(name.value)?.value ?? "";

  /** @param {boolean} shown */
  function toggle(shown) {
    if (shown && !names()) return;
    open = shown;
    told.hidden = true;
    draw();
    if (open) {
      const at = app.now("actual")?.index;
      const changed = [...(names() ?? [])].find(([, known]) => known.since === at)?.[0];
      const first = app.picked !== null && names()?.has(app.picked) ? app.picked : changed;
      if (first !== undefined && [...name.options].some((option) => option.value === first)) name.value = first;
      value.value = current();
      value.focus();
      value.select();
    } else offer.focus();
  }

  /** @param {KeyboardEvent} event */
  function escape(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    toggle(false);
  }

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    go.disabled = true;
    told.hidden = true;
    try {
      await app.whatIf({ [name.value]: value.value });
      open = false;
      /** @type {HTMLElement | null} */ (node.closest(".cwm-player"))?.focus();
    } catch (error) {
      told.textContent = /** @type {Error} */ (error).message;
      told.hidden = false;
    }
    go.disabled = false;
    draw();
  }

  function draw() {
    const known = names();
    node.hidden = !app.can("whatif") || app.line !== app.main;
    offer.hidden = open;
    offer.disabled = !known;
    offer.title = known ? "Give a name another value here, and see how it goes on (w)" : "Go to a step where a line is about to run, in its own frame";
    if (!known) open = false;
    form.hidden = !open;
    if (!open) {
      if (!known) told.hidden = true;
      return;
    }
    const listed = [...(known ?? [])].filter(([, at]) => !at.value.startsWith("<")).map(([one]) => one);
    if (listed.join("\0") === [...name.options].map((option) => option.value).join("\0")) return;
    const before = name.value;
    name.replaceChildren(...listed.map((one) => h("option", { value: one }, one)));
    if (listed.includes(before)) name.value = before;
  }
  return { node, draw, open: () => toggle(true) };
}
