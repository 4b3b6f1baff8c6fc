// One name's history in its frame: a table, a small curve, and "why?".

import { button, h, sentence, svg } from "./dom.js";
import { frameOf, shorten, trusted } from "./variables.js";
import { place, SIDES } from "./words.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").History} History */

const MAX_ROWS = 60;

/** Points of a curve in a box 100 wide and 24 high; null where values are no numbers.
 * @param {History} history @returns {string | null} */
export function curve(history) {
  const points = history.map(([step, value]) => [step, value === "True" ? 1 : value === "False" ? 0 : Number(value)]);
  if (points.length < 2 || points.some(([, value]) => !Number.isFinite(value))) return null;
  const steps = points.map(([step]) => step);
  const values = points.map(([, value]) => value);
  const [left, right] = [Math.min(...steps), Math.max(...steps)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return points
    .map(([step, value]) => `${(((step - left) / (right - left || 1)) * 96 + 2).toFixed(1)},${(22 - ((value - low) / (high - low || 1)) * 20).toFixed(1)}`)
    .join(" ");
}

/** @param {App} app */
export function history(app) {
  const node = h("section", { class: "cwm-history", "aria-label": "History of a name", hidden: true });
  /** @type {{key: string, entries: History, failed: string} | null} */
  let known = null;

  /** @param {"predicted" | "actual"} side @param {string} name @param {number} at @param {string} key */
  function load(side, name, at, key) {
    known = { key, entries: [], failed: "" };
    const track = app.tracks[side];
    const whole = [...track.chunks.values()].reduce((sum, chunk) => sum + chunk.steps.length, 0) >= track.count;
    if (whole || !app.feed.live) {
      known.entries = track.history(name, at);
      return;
    }
    app.feed.ask("history", { side, name, at, branch: app.line.number }).then(
      ({ entries }) => { if (known?.key === key) known.entries = entries; app.redraw("step"); },
      (error) => { if (known?.key === key) known.failed = error.message; app.redraw("step"); },
    );
  }

  function draw() {
    const side = trusted(app);
    const now = app.now(side);
    const frame = frameOf(app, now);
    const name = app.picked;
    const value = name === null ? undefined : frame?.names.get(name);
    node.hidden = !value || !frame || !now;
    if (name === null || !value || !frame || !now) return;
    const key = `${app.line.number} ${side} ${name} ${frame.opened} ${app.tracks[side].count}`;
    const top = (app.frame ?? Infinity) >= (now.state?.frames.length ?? 1) - 1;
    if (known?.key !== key) load(side, name, top ? now.index : value.since, key);
    const entries = known?.entries ?? [];
    const here = entries.findLastIndex(([step]) => step <= now.index);
    const why = app.at(side, value.since).step;
    const points = curve(entries);
    const close = button("Close the history", { class: "cwm-close", onclick: () => app.pick(null) }, "×");
    const first = Math.max(0, Math.min(here - MAX_ROWS / 2, entries.length - MAX_ROWS));
    node.replaceChildren(
      h("div", { class: "cwm-label" }, h("b", {}, h("code", {}, name)), ` so far, in ${SIDES[side].name}'s trace`, close),
      points ? svg("svg", { viewBox: "0 0 100 24", class: "cwm-curve", preserveAspectRatio: "none", role: "img", "aria-label": `Curve of ${name}` },
        svg("polyline", { points })) : "",
      known?.failed ? h("p", { class: "cwm-none" }, known.failed) : "",
      h("p", { class: "cwm-why" },
        button(`Why? Go to the step that set ${name}`, { class: "cwm-button", onclick: () => app.goTo(side, cause(app, side, value.since)) }, "Why?"),
        " ", ...reason(app, side, value.since), why ? ` (${place(app.tracks[side].step(cause(app, side, value.since))?.line ?? why.line)})` : ""),
      h("ol", { class: "cwm-values" }, ...entries.slice(first, first + MAX_ROWS).map(([step, text], i) =>
        h("li", {}, button(`${step + 1} ${shorten(text).slice(0, 80)}`, {
          class: "cwm-entry", "aria-current": first + i === here ? "true" : undefined, onclick: () => app.goTo(side, step),
        }, h("span", {}, String(step + 1)), " ", h("code", {}, shorten(text).slice(0, 80)))))),
    );
  }
  return { node, draw };
}

/** The step whose line made the value that step `since` shows first: the one before it in its frame.
 * @param {App} app @param {"predicted" | "actual"} side @param {number} since */
export function cause(app, side, since) {
  const track = app.tracks[side];
  const depth = track.step(since)?.depth;
  if (depth === undefined || track.step(since)?.event === "call" || since <= app.line.from) return since;
  for (let i = since - 1; i >= 0 && i > since - 5000; i--) {
    const step = track.step(i);
    if (!step || step.depth < depth) break;
    if (step.depth === depth) return i;
  }
  return since;
}

/** @param {App} app @param {"predicted" | "actual"} side @param {number} since */
function reason(app, side, since) {
  if (app.line.branch && since === app.line.from) return ["set by you"];
  return sentence(app.tracks[side].said(cause(app, side, since)) ?? ["set here"]);
}
