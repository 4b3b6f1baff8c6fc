// The table of variables: name, you, model, Python; what changed, what differs, what is shared.

import { button, h } from "./dom.js";
import { note, shade } from "./doubt.js";
import { credited, functionName, SIDES } from "./words.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./app.js").Now} Now */
/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Side} Side */

const LONG = 60; // characters from which a value is cut to some lines
const MAX_SHOWN = 240; // characters of a value in the table; the rest on hover and in the history

const TITLES = { learner: "What you said", predicted: "What the network says", actual: "What Python recorded" };

/** @param {string} value */
export function shorten(value) {
  return value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN - 1)}…` : value;
}

/** A value in a table. @param {string} value */
export function valueCode(value) {
  return h("code", { class: value.length > LONG ? "cwm-long" : undefined }, shorten(value));
}

/** The side that the reader is to trust: Python where it is there. @param {App} app @returns {"predicted" | "actual"} */
export function trusted(app) {
  return app.now("actual") ? "actual" : "predicted";
}

/** The frame whose variables are shown. @param {App} app @param {Now | null} now @returns {Frame | undefined} */
export function frameOf(app, now) {
  const frames = now?.state?.frames ?? [];
  return frames[app.frame ?? frames.length - 1];
}

/** @param {App} app */
export function variables(app) {
  const node = h("div", { class: "cwm-variables" });

  /** @param {string} name @param {{side: Side, now: Now | null, frame: Frame | undefined}[]} shown */
  function row(name, shown) {
    const known = shown.map(({ frame }) => frame?.names.get(name));
    const changed = shown.some(({ now }, i) => known[i] && known[i]?.since === now?.index);
    const there = shown.filter(({ frame }) => frame);
    const wrong = there.length > 1 && new Set(there.map(({ frame }) => frame?.names.get(name)?.value)).size > 1;
    const label = button(`${name}: history`, { class: "cwm-name", "aria-expanded": String(app.picked === name), onclick: () => app.pick(name) }, name);
    const head = h("th", { scope: "row", title: changed ? "new or changed at this step" : undefined },
      h("span", { class: "cwm-dot", "aria-hidden": "true" }, changed ? "●" : ""), label,
      changed ? h("span", { class: "cwm-hidden" }, ", changed") : "");
    return h("tr", { class: `${changed ? "cwm-changed" : ""}${wrong ? " cwm-wrong" : ""}` }, head,
      ...shown.map(({ side, frame }) => cell(frame, name, side, wrong)));
  }

  /** @param {Frame | undefined} frame @param {string} name @param {Side} side @param {boolean} wrong */
  function cell(frame, name, side, wrong) {
    const known = frame?.names.get(name);
    const mark = side === "learner" ? app.saidHere().find((one) => one.name === name) : undefined;
    if (mark) {
      const { glyph, name: kind, label } = credited(mark.credit);
      return h("td", { title: label }, valueCode(mark.said), h("span", { class: `cwm-credit cwm-credit-${kind}` }, glyph), h("span", { class: "cwm-hidden" }, ` (${label})`));
    }
    if (!known) return h("td", {}, h("span", { class: "cwm-none" }, frame ? "–" : ""));
    const value = h("td", { title: known.value.length > MAX_SHOWN ? known.value.slice(0, 4000) : undefined }, valueCode(known.value));
    const others = known.id === null ? [] : [...(frame?.names ?? [])].filter(([other, at]) => at.id === known.id && other !== name);
    if (others.length) {
      const with_ = others.map(([other]) => other).join(", ");
      value.append(h("span", { class: "cwm-alias", title: `The same object as ${with_}` }, `= ${with_}`));
    }
    if (side === "predicted" && shade(known.sure)) {
      value.classList.add("cwm-doubt");
      value.style.setProperty("--cwm-doubt", String(Math.round(100 * shade(known.sure))));
      value.title = note(known.sure, !!app.feed.get("calibrated"));
    }
    if (wrong) value.append(h("span", { class: "cwm-hidden" }, " (differs)"));
    return value;
  }

  /** What the step returns or raises. @param {{side: Side, now: Now | null}[]} shown */
  function result(shown) {
    const steps = shown.map(({ now }) => now?.step);
    const event = (steps.find((step) => step?.value !== undefined) ?? {}).event;
    const depth = Math.max(...steps.map((step) => step?.depth ?? 0));
    if (!event || (event === "return" && depth === 0)) return [];
    const values = steps.map((step) => step?.value);
    const wrong = app.judged && values.length > 1 && new Set(values).size > 1;
    return [h("tr", { class: `cwm-result${wrong ? " cwm-wrong" : ""}` },
      h("th", { scope: "row" }, event === "exception" ? "exception" : "result"),
      ...values.map((value) => h("td", {}, value === undefined ? h("span", { class: "cwm-none" }, "–") : valueCode(value))))];
  }

  function draw() {
    const asked = app.line === app.main && [...app.marks().values()].some((said) => said.some(({ name }) => name));
    /** @type {Side[]} */
    const sides = (app.counts.learner && app.line === app.main) || asked ? ["learner", ...app.sides] : app.sides;
    const shown = sides.map((side) => {
      const now = side === "learner" ? app.learner() : app.now(side);
      return { side, now, frame: frameOf(app, now) };
    });
    const names = new Set([...shown].reverse().flatMap(({ frame }) => [...(frame?.names.keys() ?? [])]));
    const rows = [...names].map((name) => row(name, shown));
    if (app.frame === null) rows.push(...result(shown));
    const frames = new Set(shown.flatMap(({ frame }) => (frame ? [frame.function] : [])));
    const waiting = shown.some(({ now }) => now && !now.step);
    if (!rows.length) {
      rows.push(h("tr", {}, h("td", { class: "cwm-none", colspan: shown.length + 1 }, waiting ? "loading …" : "No variables yet.")));
    }
    node.replaceChildren(h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "name"), ...shown.map(({ side, frame }) =>
        h("th", { scope: "col", class: `cwm-by-${side}`, title: TITLES[side] },
          `${SIDES[side].mark} ${SIDES[side].column}`,
          frames.size > 1 && frame ? h("span", { class: "cwm-frame-name" }, `in ${functionName(frame.function)}`) : "")))),
      h("tbody", {}, ...rows)));
  }
  return { node, draw };
}
