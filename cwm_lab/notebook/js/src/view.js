// The page: puts the parts together and draws those that a change touches.

import { App } from "./app.js";
import { code } from "./code.js";
import { divergences } from "./divergences.js";
import { h } from "./dom.js";
import { explanation } from "./explanation.js";
import { head } from "./head.js";
import { history } from "./history.js";
import { help, moveOf } from "./keys.js";
import { objects } from "./objects.js";
import { output } from "./output.js";
import { predictSwitch } from "./predict.js";
import { quiz } from "./quiz.js";
import { share } from "./share.js";
import { stack } from "./stack.js";
import { followTheme } from "./theme.js";
import { timeline } from "./timeline.js";
import { toolbar } from "./toolbar.js";
import { variables } from "./variables.js";
import { watch } from "./watch.js";
import { whatIf } from "./whatif.js";

/** @param {import("./feed.js").Feed} feed @param {HTMLElement} place @returns {() => void} what takes it away again */
export function show(feed, place) {
  const app = new App(feed);
  const parts = {
    head: head(app), timeline: timeline(app), explanation: explanation(app), code: code(app, (line) => parts.quiz.pickLine(line)), stack: stack(app),
    variables: variables(app), objects: objects(app), history: history(app), watch: watch(app), output: output(app),
    divergences: divergences(app), quiz: quiz(app), whatIf: whatIf(app),
  };
  const keys = help();
  const sharing = share(app);
  const predict = predictSwitch(app);
  const bar = toolbar(app, { help: keys.toggle, menu: sharing.node, predict: predict.node });
  const right = h("section", { class: "cwm-right", "aria-label": "State" }, parts.stack.node, parts.variables.node, parts.objects.node, parts.whatIf.node, parts.history.node, parts.watch.node);
  const main = h("div", { class: "cwm-main" }, parts.code.node, right, parts.output.node);
  const stage = h("div", { class: "cwm-stage" }, parts.timeline.node, bar.node, parts.explanation.node,
    main, parts.divergences.node, known());
  const root = h("div", {
    class: "cwm-player", "data-theme": "light", tabindex: 0, role: "region", "aria-label": "Predicted and real steps of this cell",
    "data-lm-suppress-shortcuts": "true", // JupyterLab's own keys must not move the cell
    onkeydown: key,
  }, parts.head.node, stage, sharing.table, keys.node);

  /** @param {KeyboardEvent} event */
  function key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const typing = target.matches("input, textarea, select, button");
    // A notebook would take the focus to its active cell, and Enter would get nowhere.
    if (typing && !event.ctrlKey && !event.metaKey) event.stopPropagation();
    const move = moveOf(event);
    if (!move || (keys.node.open && move !== "help")) return;
    if (target.matches("input, textarea, select") && event.key !== "Escape") return;
    const scrolls = target.matches("pre, .cwm-source, .cwm-earlier") && /^(Page|Home|End)/.test(event.key);
    if (scrolls || (parts.quiz.asking() && move !== "help")) return;
    if (move === "help") keys.toggle();
    else if (move === "goto") bar.focusNumber();
    else if (move === "view") app.show(app.view === "table" ? "objects" : "table");
    else if (move === "whatif") parts.whatIf.open();
    else if (move === "predict") predict.open();
    else if (move === "fold") parts.timeline.toggleFold();
    else if (move === "zoom") parts.timeline.zoom(event.key === "-" ? 2 : event.key === "0" ? Infinity : 0.5);
    else if (move === "close") {
      if (app.picked === null) return;
      app.pick(null);
      root.focus();
    } else if (!app.move(move)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The questions stand beside the program; once they are answered, the results above the steps. */
  function drawQuiz() {
    const asking = parts.quiz.asking();
    if (asking && app.line !== app.main) app.select(null);
    const parent = asking ? main : stage;
    if (parts.quiz.node.parentElement !== parent) parent.insertBefore(parts.quiz.node, asking ? null : stage.firstChild);
    root.classList.toggle("cwm-asking", asking);
    parts.quiz.draw();
    parts.code.ask(parts.quiz.line());
  }

  /** @param {Set<import("./app.js").Part>} dirty */
  function draw(dirty) {
    theme.look();
    if (dirty.has("program")) parts.code.drawProgram();
    if (dirty.has("head") || dirty.has("panel")) {
      parts.head.draw();
      parts.divergences.draw();
      root.classList.toggle("cwm-single", app.sides.length < 2);
    }
    if (dirty.has("panel") || dirty.has("head")) drawQuiz();
    bar.draw();
    parts.timeline.draw();
    parts.explanation.draw();
    parts.code.draw();
    parts.stack.draw();
    root.classList.toggle("cwm-sees-objects", app.view === "objects");
    parts.variables.node.hidden = app.view !== "table";
    parts.objects.node.hidden = app.view !== "objects";
    if (app.view === "table") parts.variables.draw();
    else parts.objects.draw();
    parts.whatIf.draw();
    predict.draw();
    parts.history.draw();
    parts.watch.draw();
    parts.output.draw();
    parts.divergences.mark();
  }

  app.listeners.push(draw);
  const theme = followTheme(root, () => app.redraw("trace"));
  place.append(theme.node, root);
  draw(new Set(["program", "head", "trace", "step", "panel"]));
  return () => {
    parts.timeline.close();
    theme.close();
    feed.close();
    theme.node.remove();
    root.remove();
  };
}

function known() {
  return h("details", { class: "cwm-known" },
    h("summary", {}, "What is known, what is predicted"),
    h("p", {}, h("b", {}, "Known from the source: "), "the text of each line, which lines can follow it, and which names it reads and binds."),
    h("p", {}, h("b", {}, "Predicted by the network: "), "what operations and methods make of their values, how comparisons come out, where in a list, text or dict something is found or changed, branches and exceptions; values once predicted are carried on into variables, arguments, printed text and the turns of loops. The model never runs your code."),
    h("p", {}, h("b", {}, "Recorded from Python: "), "what really happened, one step at a time, just before each line ran."));
}
