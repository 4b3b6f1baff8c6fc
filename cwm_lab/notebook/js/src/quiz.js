// The place where the learner predicts; docs/predicting.md describes what Python sends here.

import { h } from "./dom.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app */
export function quiz(app) {
  const node = h("section", { class: "cwm-quiz", "aria-label": "Your prediction", hidden: true });
  return { node, draw: () => void (node.hidden = !app.feed.get("quiz")), hides: () => false };
}
