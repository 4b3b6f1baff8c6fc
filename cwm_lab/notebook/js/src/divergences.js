// Where the model went wrong: the first divergence told in full, the others in a list.

import { count, h } from "./dom.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Divergence} Divergence */

/** @param {App} app */
export function divergences(app) {
  const list = h("ol", { class: "cwm-wrongs" });
  const title = h("summary", {});
  const node = h("details", { class: "cwm-where", hidden: true }, title, list);

  function draw() {
    /** @type {Divergence[]} */
    const found = app.feed.get("divergences") ?? [];
    node.hidden = !found.length;
    if (!found.length) return;
    const total = app.counts.divergences ?? found.length;
    title.textContent = `Where the model went wrong: ${count(total)} ${total === 1 ? "step" : "steps"}`;
    list.replaceChildren(...found.map(({ pair, cause, text, first }) =>
      h("li", {}, h("button", { type: "button", class: `cwm-wrong-item${first ? " cwm-first" : ""}`, "data-pair": pair, onclick: () => app.go(pair) },
        h("span", { class: "cwm-step-number" }, `step ${count(pair + 1)}`), h("span", { class: "cwm-cause" }, cause), h("span", { class: "cwm-text" }, text)))));
    if (total > found.length) list.append(h("li", { class: "cwm-none" }, `… and ${count(total - found.length)} more`));
    mark();
  }

  function mark() {
    for (const item of list.querySelectorAll("button")) {
      const here = Number(item.dataset.pair) === app.position;
      if (here) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    }
  }
  return { node, draw, mark };
}
