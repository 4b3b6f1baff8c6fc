// The call stack as a path of buttons; a click shows that frame's variables.

import { button, h } from "./dom.js";
import { functionName, SIDES } from "./words.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Frame} Frame */

const SHOWN = 6; // frames; of a deeper stack the middle is left out

/** @param {App} app */
export function stack(app) {
  const node = h("nav", { class: "cwm-stack", "aria-label": "Call stack" });

  /** @param {Frame[]} frames @param {"predicted" | "actual"} side @param {boolean} same */
  function path(frames, side, same) {
    const chosen = app.frame ?? frames.length - 1;
    const row = h("div", { class: `cwm-path${same ? "" : ` cwm-by-${side}`}` }, same ? "" : `${SIDES[side].mark} `);
    frames.forEach((frame, i) => {
      if (frames.length > SHOWN && i > 1 && i < frames.length - SHOWN + 3 && i !== chosen) {
        if (i === 2 || i === chosen + 1) row.append(h("span", { class: "cwm-then" }, `› ${frames.length - SHOWN + 1} more`));
        return;
      }
      if (i) row.append(h("span", { class: "cwm-then", "aria-hidden": "true" }, "›"));
      const name = functionName(frame.function);
      const line = String(Math.abs(frame.line));
      row.append(button(`${name} ${line}: its variables`, {
        class: "cwm-crumb", "aria-pressed": String(i === chosen), onclick: () => app.choose(i),
      }, name, " ", h("span", { class: "cwm-at" }, line)));
    });
    return row;
  }

  function draw() {
    const stacks = /** @type {const} */ (["actual", "predicted"])
      .map((side) => ({ side, frames: app.now(side)?.state?.frames ?? [] }))
      .filter(({ frames }) => frames.length);
    const names = stacks.map(({ frames }) => frames.map((frame) => frame.function).join("\0"));
    const same = names.length < 2 || names[0] === names[1];
    node.replaceChildren(...(same ? stacks.slice(0, 1) : stacks).map(({ side, frames }) => path(frames, side, same)));
  }
  return { node, draw };
}
