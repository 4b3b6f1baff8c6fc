// The top of the player: what is going on, scores, messages, the first divergence.

import { count, h } from "./dom.js";
import { shorten } from "./variables.js";

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
  const away = h("p", { class: "cwm-away", hidden: true });
  const node = h("header", {}, h("div", { class: "cwm-top" }, h("div", { class: "cwm-who" }, status, model), scores), message, verdict, away);

  function draw() {
    const { feed } = app;
    const { counts, columns, about, divergences } = app.main;
    const judged = !!counts.judged;
    const state = app.gone ? "failed" : feed.get("status");
    const steps = Math.max(columns.length, counts.predicted);
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
    summary.textContent = about.summary ?? "";
    verdict.hidden = !judged || app.line !== app.main;
    summary.title = summary.textContent ?? "";
    kind.textContent = divergences[0]?.cause ?? "";
    kind.hidden = !kind.textContent;
    jump.hidden = !divergences.length;
    verdict.classList.toggle("cwm-perfect", judged && about.scores?.trace_exact === 1);
    scores.replaceChildren(...(judged ? tiles(about.scores ?? {}, state === "asking" ? null : feed.get("you")) : []));
    drawBranch();
  }

  function drawBranch() {
    const { branch, about } = app.line;
    away.hidden = !branch;
    if (!branch) return;
    const changes = Object.entries(branch.values).flatMap(([name, value], i) =>
      [i ? ", " : "", h("code", {}, name), " is ", h("code", {}, shorten(value)), " instead of ", h("code", {}, shorten(branch.before[name] ?? ""))]);
    away.replaceChildren(h("span", { class: "cwm-kind" }, "what if"),
      h("span", { class: "cwm-summary-text" }, `From step ${count(branch.index + 1)} on, `, ...changes, ". ", ending(about)),
      h("button", { type: "button", class: "cwm-button", onclick: () => app.select(null) }, "Back to what happened"));
  }
  return { node, draw };
}

/** How model and Python agree on a branch. @param {import("./line.js").About} about */
function ending({ scores, summary }) {
  if (!scores || scores.trace_exact === undefined) return "";
  return scores.trace_exact === 1 ? "The model is right to the end." : summary ?? "";
}

/** @param {Record<string, number>} score @param {import("./types.js").You | null} you */
function tiles(score, you) {
  const percent = (/** @type {number} */ value) => `${value > 0.99 && value < 1 ? 99 : Math.round(100 * value)}\u2009%`;
  /** @param {string} big @param {string} small @param {string} title @param {boolean} good */
  const tile = (big, small, title, good) =>
    h("div", { class: `cwm-tile${good ? " cwm-good" : ""}`, title }, h("b", {}, big), h("span", {}, small));
  const yours = you?.marks?.length ? [tile(percent(you.score), "you", "Your answers: share of the points", you.score === 1)] : [];
  return [
    ...yours,
    tile(percent(score.step_accuracy), "steps right", "Share of Python's steps that were predicted in full", score.step_accuracy === 1),
    tile(percent(score.prefix_accuracy), "until it parts", "Share of Python's steps before the first divergence", score.prefix_accuracy === 1),
    tile(score.output_exact ? "✓" : "≠", "output", score.output_exact ? "The printed output is as predicted" : "The printed output differs", !!score.output_exact),
    tile(score.outcome_exact ? "✓" : "≠", "ending", score.outcome_exact ? "The program ends as predicted" : "The program ends differently", !!score.outcome_exact),
  ];
}
