// What the program has printed so far, this step's part marked; one pane if both sides agree.

import { h } from "./dom.js";
import { SIDES } from "./words.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app */
export function output(app) {
  const panes = h("div", { class: "cwm-output" });
  const ending = h("div", { class: "cwm-ending" });
  const node = h("section", { class: "cwm-printed", "aria-label": "Output" }, panes, ending);

  /** Output up to and with the current pair, in two parts. @param {"predicted" | "actual"} side */
  function printed(side) {
    const index = app.columns.length ? app.columns.newest(side, app.position) : -1;
    if (index < 0) return { before: "", fresh: "", cut: false };
    const { step, state } = app.at(side, index);
    const own = app.columns[side][app.position] === index ? step?.stdout ?? "" : "";
    const tail = state?.tail ?? "";
    return { before: tail.slice(0, tail.length - own.length), fresh: own, cut: (state?.printed ?? 0) > tail.length };
  }

  function draw() {
    const texts = app.sides.map((side) => ({ side, ...printed(side) }));
    const any = texts.some(({ before, fresh }) => before || fresh);
    const same = texts.length > 1 && texts.every((text) => text.before === texts[0].before && text.fresh === texts[0].fresh);
    panes.replaceChildren(...(same ? texts.slice(0, 1) : texts).map(({ side, before, fresh, cut }) => {
      const name = same ? "Output" : `Output, ${SIDES[side].name}`;
      const text = h("pre", { tabindex: 0, "aria-label": name }, cut ? "…" : "", before);
      if (!before && !fresh) text.append(h("span", { class: "cwm-none" }, "nothing yet"));
      if (fresh) text.append(h("span", { class: "cwm-fresh" }, fresh));
      return h("div", { class: "cwm-pane" },
        h("div", { class: `cwm-label${same ? "" : ` cwm-by-${side}`}` }, same ? "output" : `${SIDES[side].mark} output, ${SIDES[side].column}`), text);
    }));
    panes.classList.toggle("cwm-empty", !any);
    for (const pre of panes.querySelectorAll("pre")) pre.scrollTop = pre.scrollHeight;
    drawEnding();
  }

  /** How each side ends, where a side does not simply finish. */
  function drawEnding() {
    /** @type {Record<string, string>} */
    const outcomes = app.line.about.outcomes ?? {};
    const sides = app.sides.filter((side) => outcomes[side]);
    const plain = sides.every((side) => outcomes[side] === "finished");
    const same = sides.length === 2 && outcomes.predicted === outcomes.actual;
    ending.replaceChildren(...(plain ? [] : same ? sides.slice(0, 1) : sides).map((side) =>
      h("div", {}, h("span", { class: same ? "cwm-label" : `cwm-label cwm-by-${side}` },
        same ? "both end: " : `${SIDES[side].mark} ${SIDES[side].name} ends: `), h("code", {}, outcomes[side]))));
  }
  return { node, draw };
}
