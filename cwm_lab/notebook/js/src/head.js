// The top of the player: what is going on, scores, messages, the first divergence.

import { count, h } from "./dom.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app */
export function head(app) {
  const status = h("span", { class: "cwm-status", role: "status" });
  const model = h("span", { class: "cwm-model" });
  const scores = h("div", { class: "cwm-scores" });
  const message = h("p", { class: "cwm-message", role: "alert", hidden: true });
  const summary = h("span", { class: "cwm-summary-text" });
  const jump = h("button", { type: "button", class: "cwm-button", onclick: () => app.move("firstDivergence") }, "Go there");
  const kind = h("span", { class: "cwm-kind", title: "The kind of the first mistake" });
  const verdict = h("p", { class: "cwm-summary", hidden: true }, kind, summary, jump);
  const node = h("header", {}, h("div", { class: "cwm-top" }, h("div", { class: "cwm-who" }, status, model), scores), message, verdict);

  function draw() {
    const { feed, counts, judged } = app;
    const state = feed.get("status");
    const steps = Math.max(app.columns.length, counts.predicted);
    status.textContent = {
      predicting: `The model is predicting: ${count(steps)} ${steps === 1 ? "step" : "steps"}`,
      running: "Python is running the cell",
      asking: "Predict first: what will Python do?",
      done: judged ? "Compared with Python" : "Recorded from Python",
      failed: "Not complete",
    }[/** @type {string} */ (state)] ?? state;
    status.dataset.status = state;
    model.textContent = feed.get("model") ? `model: ${feed.get("model")}` : "";
    const said = state === "asking" ? "" : feed.get("message"); // the questions speak for themselves
    message.textContent = [app.trouble, said, ...(feed.get("notes") ?? [])].filter(Boolean).join(" ");
    message.hidden = !message.textContent;
    summary.textContent = feed.get("summary") ?? "";
    verdict.hidden = !judged;
    summary.title = summary.textContent ?? "";
    kind.textContent = feed.get("divergences")?.[0]?.cause ?? "";
    kind.hidden = !kind.textContent;
    jump.hidden = !(feed.get("divergences") ?? []).length;
    verdict.classList.toggle("cwm-perfect", judged && feed.get("scores")?.trace_exact === 1);
    scores.replaceChildren(...(judged ? tiles(feed.get("scores") ?? {}) : []));
  }
  return { node, draw };
}

/** @param {Record<string, number>} score */
function tiles(score) {
  const percent = (/** @type {number} */ value) => `${value > 0.99 && value < 1 ? 99 : Math.round(100 * value)}\u2009%`;
  /** @param {string} big @param {string} small @param {string} title @param {boolean} good */
  const tile = (big, small, title, good) =>
    h("div", { class: `cwm-tile${good ? " cwm-good" : ""}`, title }, h("b", {}, big), h("span", {}, small));
  return [
    tile(percent(score.step_accuracy), "steps right", "Share of Python's steps that were predicted in full", score.step_accuracy === 1),
    tile(percent(score.prefix_accuracy), "until it parts", "Share of Python's steps before the first divergence", score.prefix_accuracy === 1),
    tile(score.output_exact ? "✓" : "≠", "output", score.output_exact ? "The printed output is as predicted" : "The printed output differs", !!score.output_exact),
    tile(score.outcome_exact ? "✓" : "≠", "ending", score.outcome_exact ? "The program ends as predicted" : "The program ends differently", !!score.outcome_exact),
  ];
}
