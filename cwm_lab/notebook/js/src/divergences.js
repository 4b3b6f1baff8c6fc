// Where the model went wrong, its own mistakes told from what follows from them; and where you did.

import { count, h } from "./dom.js";
import { FATES } from "./line.js";
import { credited } from "./words.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app */
export function divergences(app) {
  const list = h("ol", { class: "cwm-wrongs" });
  const title = h("summary", {});
  const told = h("p", { class: "cwm-none cwm-own-told" });
  const model = h("details", { class: "cwm-where", hidden: true }, title, told, list);
  const yourList = h("ol", { class: "cwm-wrongs" });
  const yourTitle = h("summary", {});
  const yours = h("details", { class: "cwm-where-you", hidden: true }, yourTitle, yourList);
  const node = h("section", { "aria-label": "Mistakes" }, model, yours);

  function draw() {
    const found = app.line.divergences;
    const fates = app.fates();
    model.hidden = !found.length;
    const total = app.counts.divergences ?? found.length;
    const own = found.filter(({ pair }) => fates[pair] === FATES.own).length;
    title.textContent = `Where the model went wrong: ${count(total)} ${total === 1 ? "step" : "steps"}`;
    told.replaceChildren(...about(total, found.length, own));
    list.replaceChildren(...found.map(({ pair, cause, text, first }) =>
      item(pair, cause, first ? `${text}` : text, first ? "cwm-first" : "", fateOf(fates[pair], first))));
    if (total > found.length) list.append(h("li", { class: "cwm-none" }, `… and ${count(total - found.length)} more`));
    drawYours();
    mark();
  }

  /** @param {number} total @param {number} listed @param {number} own @returns {(Node | string)[]} */
  function about(total, listed, own) {
    if (app.line !== app.main) return [];
    const resynced = app.feed.get("resynced");
    if (resynced?.marks) {
      const some = listed < total ? `of the first ${count(listed)}, ` : "";
      const others = listed - own;
      return [others
        ? `Put back into the true state before each step, the model makes ${some}${own === 1 ? "one mistake of its own" : `${count(own)} mistakes of its own`}; the other ${others === 1 ? "one follows" : `${count(others)} follow`} from ${own === 1 ? "it" : "them"}.`
        : "Each of these is a mistake of its own: the model makes it from the true state as well."];
    }
    if (resynced) return [`Which of these follow from others is not known: ${resynced.why || "the trace cannot be followed"}.`];
    if (!app.can("resync")) return [];
    if (app.working.has("resync")) return ["The model predicts each step again, from the true state before it …"];
    return [h("button", { type: "button", class: "cwm-button", onclick: () => app.request("resync") }, "Which of these follow from an earlier mistake?")];
  }

  function drawYours() {
    const wrong = app.line === app.main ? [...app.marks()].flatMap(([pair, said]) => said.filter(({ credit }) => credit < 1).map((mark) => ({ pair, mark }))) : [];
    yours.hidden = !wrong.length;
    yourTitle.textContent = `Where you went wrong: ${count(wrong.length)} ${wrong.length === 1 ? "step" : "steps"}`;
    yourList.replaceChildren(...wrong.map(({ pair, mark: { credit, said, asked } }) =>
      item(pair, credited(credit).label, asked ? `${asked.replaceAll("`", "")} You said ${said || "nothing"}.` : said, "", null)));
  }

  /** @param {number} pair @param {string} cause @param {string} text @param {string} kind @param {{name: string, text: string} | null} fate */
  function item(pair, cause, text, kind, fate) {
    return h("li", {}, h("button", { type: "button", class: `cwm-wrong-item ${kind}`, "data-pair": pair, onclick: () => app.go(pair) },
      h("span", { class: "cwm-step-number" }, `step ${count(pair + 1)}`), h("span", { class: "cwm-cause" }, cause),
      h("span", { class: "cwm-text" }, text, fate ? h("span", { class: `cwm-fate cwm-fate-${fate.name}` }, fate.text) : "")));
  }

  function mark() {
    for (const one of node.querySelectorAll("button[data-pair]")) {
      if (Number(/** @type {HTMLElement} */ (one).dataset.pair) === app.position) one.setAttribute("aria-current", "step");
      else one.removeAttribute("aria-current");
    }
  }
  return { node, draw, mark };
}

/** @param {number} fate @param {boolean} first */
function fateOf(fate, first) {
  if (first) return { name: "own", text: "the first mistake" };
  if (fate === FATES.own) return { name: "own", text: "a mistake of its own" };
  if (fate === FATES.follows) return { name: "follows", text: "follows from an earlier one" };
  return null;
}
