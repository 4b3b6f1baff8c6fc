// The player's face. It only draws what the Python side holds in traits: program, predicted and
// actual steps, pairs with verdicts, scores. Data enters the page through textContent alone.

/**
 * @typedef {{event: string, line: number, function: string, depth: number,
 *   locals?: Record<string, string>, removed?: string[], value?: string, stdout?: string,
 *   detail?: string, ids?: Record<string, number>, confidence?: number}} Step
 * @typedef {[number | null, number | null, string, string[]]} Pair predicted, actual, verdict, names
 * @typedef {{function: string, names: Map<string, string>, ids: Map<string, number>}} Frame
 * @typedef {"predicted" | "actual"} Side
 */

/** @type {Record<string, {glyph: string, label: string}>} */
const VERDICTS = {
  match: { glyph: "✓", label: "as predicted" },
  value: { glyph: "≠", label: "a value differs" },
  path: { glyph: "↷", label: "the model is elsewhere" },
  missing: { glyph: "−", label: "only Python goes here" },
  extra: { glyph: "+", label: "only the model goes here" },
  pending: { glyph: "·", label: "not checked yet" },
};
/** @type {Record<Side, {mark: string, name: string}>} */
const SIDES = { predicted: { mark: "◆", name: "Model" }, actual: { mark: "▶", name: "Python" } };
const MAX_OUTPUT = 20000; // characters of output kept in the page

/**
 * An element with attributes and children; strings become text, never markup.
 * @param {string} tag @param {Record<string, any>} [attributes] @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children);
  return node;
}

/** The frames alive at step `index`, outermost first: steps only tell differences.
 * @param {Step[]} steps @param {number} index @returns {Frame[]} */
function stackAt(steps, index) {
  /** @type {Frame[]} */
  const stack = [];
  for (let i = 0; i <= index && i < steps.length; i++) {
    const step = steps[i];
    stack.length = Math.min(stack.length, step.depth + 1);
    if (step.event === "call" && stack.length > step.depth) stack.pop();
    while (stack.length <= step.depth) {
      const name = stack.length < step.depth ? "?" : step.function;
      stack.push({ function: name, names: new Map(), ids: new Map() });
    }
    const top = stack[stack.length - 1];
    for (const name of step.removed ?? []) top.names.delete(name);
    for (const [name, value] of Object.entries(step.locals ?? {})) {
      top.names.set(name, value);
      top.ids.delete(name);
    }
    for (const [name, id] of Object.entries(step.ids ?? {})) top.ids.set(name, id);
  }
  return stack;
}

/** What a step is, in words. @param {Step} step */
function describe(step) {
  const where = step.depth ? ` in ${step.function}` : "";
  const place = step.line < 0 ? `line ${-step.line} of the earlier cells` : `line ${step.line}`;
  if (step.event === "call") {
    return `${step.detail === "resume" ? "resume" : "call"} ${step.function}, ${place}`;
  }
  if (step.event === "exception") return `${place}${where} raises ${step.value ?? "an exception"}`;
  if (step.event === "return") {
    if (!step.depth) return "the program has finished";
    return `${step.function} ${step.detail === "yield" ? "yields" : "returns"} ${step.value}`;
  }
  return `about to run ${place}${where}`;
}

/** One source line with its colours. @param {string} text @param {[number, number, string][]} spans */
function codeLine(text, spans) {
  const code = h("code", { class: "cwm-code" });
  const letters = Array.from(text); // columns count characters, not UTF-16 units
  let at = 0;
  for (const [start, end, kind] of spans) {
    if (start > at) code.append(letters.slice(at, start).join(""));
    code.append(h("span", { class: `cwm-tok-${kind}` }, letters.slice(start, end).join("")));
    at = end;
  }
  code.append(letters.slice(at).join(""));
  return code;
}

/** @param {Step[]} steps @param {number} last output up to and with this step, in two parts */
function outputUntil(steps, last) {
  let before = "";
  for (let i = 0; i < last; i++) before += steps[i]?.stdout ?? "";
  if (before.length > MAX_OUTPUT) before = "…" + before.slice(-MAX_OUTPUT);
  const fresh = steps[last]?.stdout ?? "";
  return { before, fresh: fresh.length > MAX_OUTPUT ? "…" + fresh.slice(-MAX_OUTPUT) : fresh };
}

/** An arrow, drawn: fonts do not agree on these signs. @param {string} path */
function arrow(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of [["viewBox", "0 0 16 16"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** The fixed parts of the page, by name. */
function skeleton() {
  const navigate = (/** @type {string} */ key, /** @type {string} */ path, /** @type {string} */ label) =>
    h("button", { type: "button", class: "cwm-nav", "data-key": key, title: label, "aria-label": label }, arrow(path));
  const parts = {
    status: h("span", { class: "cwm-status", role: "status" }),
    model: h("span", { class: "cwm-model" }),
    scores: h("div", { class: "cwm-scores" }),
    message: h("p", { class: "cwm-message", role: "alert", hidden: true }),
    summary: h("span", { class: "cwm-summary-text" }),
    jump: h("button", { type: "button", class: "cwm-jump", "data-key": "Divergence" }, "Go there"),
    nav: h(
      "div",
      { class: "cwm-navs", role: "group", "aria-label": "Step through the trace" },
      navigate("Home", "M4 3v10M12 3.5 7 8l5 4.5", "First step (Home)"),
      navigate("ArrowLeft", "M10.5 3.5 5.5 8l5 4.5", "Previous step (←)"),
      navigate("ArrowRight", "M5.5 3.5l5 4.5-5 4.5", "Next step (→)"),
      navigate("End", "M12 3v10M4 3.5 9 8l-5 4.5", "Last step (End)"),
    ),
    counter: h("span", { class: "cwm-counter" }),
    strip: h("div", { class: "cwm-strip", role: "group", "aria-label": "All steps" }),
    legend: h("div", { class: "cwm-legend" }),
    events: h("div", { class: "cwm-events", "aria-live": "polite" }),
    context: h("details", { class: "cwm-context" }, h("summary", {}, "From earlier cells")),
    source: h("div", { class: "cwm-source", role: "list", "aria-label": "Source" }),
    crumbs: h("div", { class: "cwm-crumbs", "aria-label": "Call stack" }),
    variables: h("div", { class: "cwm-variables" }),
    output: h("div", { class: "cwm-output" }),
    ending: h("div", { class: "cwm-ending" }),
  };
  const known = h(
    "details",
    { class: "cwm-known" },
    h("summary", {}, "What is known, what is predicted"),
    h("p", {}, h("b", {}, "Known from the source: "),
      "the text of each line, which lines can follow it, and which names it reads and binds."),
    h("p", {}, h("b", {}, "Predicted by the network: "),
      "every value, every branch taken, each turn of a loop, arguments, return values, exceptions " +
      "and printed text. The model never runs your code."),
    h("p", {}, h("b", {}, "Recorded from Python: "),
      "what really happened, one step at a time, just before each line ran."),
  );
  const top = h("header", { class: "cwm-top" }, h("div", { class: "cwm-who" }, parts.status, parts.model), parts.scores);
  const verdict = h("p", { class: "cwm-summary", hidden: true }, parts.summary, parts.jump);
  const bar = h("div", { class: "cwm-bar" }, parts.nav, parts.counter, parts.events);
  const left = h("section", { class: "cwm-left" }, parts.context, parts.source);
  const right = h("section", { class: "cwm-right" }, parts.crumbs, parts.variables, parts.output, parts.ending);
  const root = h(
    "div",
    {
      class: "cwm-player",
      tabindex: 0,
      role: "region",
      "aria-label": "Predicted and real steps of this cell",
      "aria-keyshortcuts": "ArrowLeft ArrowRight Home End",
      "data-lm-suppress-shortcuts": "true", // JupyterLab's own arrow keys must not move the cell
    },
    top, parts.message, verdict, parts.strip, parts.legend, bar,
    h("div", { class: "cwm-main" }, left, right), known,
  );
  return { root, verdict, parts };
}

class View {
  /** @param {any} model @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    const { root, verdict, parts } = skeleton();
    Object.assign(this, { root, verdict, parts });
    /** @type {any} */ this.parts = parts;
    this.root = root;
    this.verdict = verdict;
    /** @type {Step[]} */ this.predicted = [...model.get("predicted")];
    /** @type {Step[] | null} */ this.actual = model.get("actual");
    /** @type {Map<number, HTMLElement>} */ this.lines = new Map();
    this.position = model.get("position");
    this.follow = model.get("status") === "predicting";
    /** @type {number | null} */ this.frame = null; // a frame chosen in the call stack
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("keydown", (event) => this.key(event));
    el.append(root);
    this.drawSource();
    this.drawAll();
  }

  /** Pairs to show: the comparison's, or each lone step while there is nothing to compare with.
   * @returns {Pair[]} */
  get pairs() {
    const judged = this.model.get("pairs");
    if (judged) return judged;
    if (this.predicted.length || !this.actual) {
      return this.predicted.map((_, i) => [i, null, "pending", []]);
    }
    return this.actual.map((_, i) => [null, i, "pending", []]);
  }

  /** @returns {Record<Side, Step[]>} */
  get steps() {
    return { predicted: this.predicted, actual: this.actual ?? [] };
  }

  // ---- what the Python side sends ----

  /** @param {{kind: string, from: number, steps: Step[]}} message */
  receive(message) {
    // After a gap (the page opened late) wait: the whole list comes soon.
    if (message.kind !== "steps" || message.from !== this.predicted.length) return;
    this.predicted.push(...message.steps);
    this.grow();
  }

  replaced() {
    this.predicted = [...this.model.get("predicted")];
    if (this.model.get("pairs")) this.drawAll();
    else this.grow();
  }

  /** More predicted steps: extend the strip and, unless the reader moved, go with them. */
  grow() {
    const pairs = this.pairs;
    const { strip } = this.parts;
    if (strip.childElementCount > pairs.length) strip.replaceChildren();
    for (let i = strip.childElementCount; i < pairs.length; i++) strip.append(this.cell(pairs[i], i));
    if (this.follow) this.position = Math.max(0, pairs.length - 1);
    this.drawHead();
    this.drawStep();
  }

  compared() {
    this.actual = this.model.get("actual");
    if (this.model.get("pairs") && this.follow) this.position = this.model.get("position");
    if (this.model.get("pairs")) this.follow = false;
    this.drawAll();
  }

  moved() {
    if (this.follow) return;
    this.position = this.model.get("position");
    this.drawStep();
  }

  // ---- what the reader does ----

  /** @param {number} position */
  go(position) {
    const last = this.pairs.length - 1;
    this.position = Math.max(0, Math.min(last, position));
    this.follow = false;
    this.frame = null;
    this.model.set("position", this.position);
    this.model.save_changes();
    this.drawStep();
  }

  /** @param {string} key @returns {boolean} whether the key means a move */
  move(key) {
    const pairs = this.pairs;
    const first = pairs.findIndex((pair) => pair[2] !== "match" && pair[2] !== "pending");
    const target = {
      Home: 0,
      End: pairs.length - 1,
      ArrowLeft: this.position - 1,
      ArrowRight: this.position + 1,
      Divergence: first < 0 ? this.position : first,
    }[key];
    if (target === undefined) return false;
    this.go(target);
    return true;
  }

  /** @param {MouseEvent} event */
  click(event) {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!button) return;
    if (button.dataset.key) this.move(button.dataset.key);
    if (button.dataset.step) this.go(Number(button.dataset.step));
    if (button.dataset.frame) {
      this.frame = Number(button.dataset.frame);
      this.drawState();
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!this.move(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  // ---- drawing ----

  drawAll() {
    const { strip } = this.parts;
    const cells = this.pairs.map((pair, i) => this.cell(pair, i));
    strip.replaceChildren(...cells);
    strip.classList.toggle("cwm-dense", cells.length > 150);
    this.drawHead();
    this.drawLegend();
    this.drawStep();
  }

  /** @param {Pair} pair @param {number} index */
  cell(pair, index) {
    const { glyph, label } = VERDICTS[pair[2]];
    const step = this.stepOf(pair, "actual") ?? this.stepOf(pair, "predicted");
    const text = `Step ${index + 1}: ${label}${step ? `; ${describe(step)}` : ""}`;
    return h("button", {
      type: "button", class: `cwm-cell cwm-${pair[2]}`, "data-step": index, tabindex: -1,
      title: text, "aria-label": text,
    }, glyph);
  }

  /** @param {Pair} pair @param {Side} side @returns {Step | undefined} */
  stepOf(pair, side) {
    const index = pair[side === "predicted" ? 0 : 1];
    return index === null ? undefined : this.steps[side][index];
  }

  drawHead() {
    const { status, model, scores, message, summary, jump } = this.parts;
    const state = this.model.get("status");
    const count = this.predicted.length;
    const steps = `${count} ${count === 1 ? "step" : "steps"}`;
    status.textContent = {
      predicting: `The model is predicting: ${steps}`, running: "Python is running the cell",
      done: "Compared with Python", failed: "Not complete",
    }[state] ?? state;
    status.dataset.status = state;
    model.textContent = `model: ${this.model.get("model")}`;
    message.textContent = [this.model.get("message"), ...this.model.get("notes")].filter(Boolean).join(" ");
    message.hidden = !message.textContent;
    summary.textContent = this.model.get("summary");
    const pairs = this.model.get("pairs");
    this.verdict.hidden = !pairs;
    jump.hidden = !pairs?.some((/** @type {Pair} */ pair) => pair[2] !== "match");
    this.verdict.classList.toggle("cwm-perfect", !!pairs && this.model.get("scores").trace_exact === 1);
    scores.replaceChildren(...(pairs ? this.tiles() : []));
    this.root.classList.toggle("cwm-single", !pairs);
  }

  tiles() {
    const score = this.model.get("scores");
    /** @param {number} value */
    const percent = (value) => `${value > 0.99 && value < 1 ? 99 : Math.round(100 * value)} %`;
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

  drawLegend() {
    /** @type {Record<string, number>} */
    const counts = {};
    for (const pair of this.pairs) counts[pair[2]] = (counts[pair[2]] ?? 0) + 1;
    const judged = this.model.get("pairs");
    const shown = judged ? Object.keys(VERDICTS).filter((name) => counts[name]) : [];
    this.parts.legend.replaceChildren(...shown.map((name) =>
      h("span", { class: "cwm-key" },
        h("span", { class: `cwm-cell cwm-${name}`, "aria-hidden": "true" }, VERDICTS[name].glyph),
        `${counts[name]} ${VERDICTS[name].label}`)));
  }

  drawSource() {
    const { lines, spans, context, contextSpans } = this.model.get("program");
    const row = (/** @type {string} */ text, /** @type {any} */ colours, /** @type {number} */ number) => {
      const node = h("div", { class: "cwm-line", role: "listitem" },
        h("span", { class: "cwm-marks", "aria-hidden": "true" },
          h("span", { class: "cwm-mark-predicted" }, SIDES.predicted.mark),
          h("span", { class: "cwm-mark-actual" }, SIDES.actual.mark)),
        h("span", { class: "cwm-number" }, String(Math.abs(number))),
        codeLine(text, colours ?? []), h("span", { class: "cwm-here" }));
      this.lines.set(number, node);
      return node;
    };
    this.parts.source.replaceChildren(
      ...lines.map((/** @type {string} */ text, /** @type {number} */ i) => row(text, spans[i], i + 1)));
    const earlier = context.map((/** @type {string} */ text, /** @type {number} */ i) => row(text, contextSpans[i], -i - 1));
    this.parts.context.append(h("div", { class: "cwm-earlier", role: "list" }, ...earlier));
    this.parts.context.hidden = !earlier.length;
  }

  drawStep() {
    const pairs = this.pairs;
    const { strip, counter, events, nav } = this.parts;
    this.position = Math.max(0, Math.min(this.position, pairs.length - 1));
    const pair = pairs[this.position];
    strip.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const cell = /** @type {HTMLElement | undefined} */ (strip.children[this.position]);
    if (cell) {
      cell.setAttribute("aria-current", "step");
      const top = cell.offsetTop - strip.offsetTop; // scrolls the strip alone, never the notebook
      if (top < strip.scrollTop || top + cell.offsetHeight > strip.scrollTop + strip.clientHeight) {
        strip.scrollTop = top - strip.clientHeight / 2;
      }
    }
    counter.textContent = pairs.length ? `Step ${this.position + 1} of ${pairs.length}` : "No step yet";
    const [first, previous, next, last] = nav.children;
    for (const button of [first, previous]) button.setAttribute("aria-disabled", String(this.position <= 0));
    for (const button of [next, last]) button.setAttribute("aria-disabled", String(this.position >= pairs.length - 1));
    events.replaceChildren(...(pair ? this.sentences(pair) : []));
    this.drawLines(pair);
    this.drawState();
  }

  /** What happens at this step: one sentence if both agree on it. @param {Pair} pair */
  sentences(pair) {
    const said = /** @type {Side[]} */ (["predicted", "actual"]).map((side) => {
      const step = this.stepOf(pair, side);
      return step ? describe(step) : "";
    });
    const verdict = h("span", { class: "cwm-hidden" }, `${VERDICTS[pair[2]].label}: `);
    if (said[0] === said[1] || pair[2] === "pending") {
      return [verdict, h("span", { class: "cwm-said" }, said[0] || said[1])];
    }
    return [verdict, ...(/** @type {Side[]} */ (["predicted", "actual"])).map((side, i) =>
      h("span", { class: `cwm-said cwm-by-${side}` },
        h("b", {}, `${SIDES[side].mark} ${SIDES[side].name}: `), said[i] || "no such step"))];
  }

  /** @param {Pair | undefined} pair */
  drawLines(pair) {
    for (const node of this.root.querySelectorAll(".cwm-line.cwm-now")) {
      node.classList.remove("cwm-now", "cwm-at-predicted", "cwm-at-actual", "cwm-raises");
      node.removeAttribute("aria-current");
    }
    if (!pair) return;
    for (const side of /** @type {Side[]} */ (["predicted", "actual"])) {
      const step = this.stepOf(pair, side);
      const node = step && this.lines.get(step.line);
      if (!step || !node) continue;
      node.classList.add("cwm-now", `cwm-at-${side}`);
      node.classList.toggle("cwm-raises", step.event === "exception");
      node.setAttribute("aria-current", "location");
      if (step.line < 0) this.parts.context.open = true;
      const box = /** @type {HTMLElement} */ (node.parentElement);
      const top = node.offsetTop - box.offsetTop;
      if (top < box.scrollTop || top + node.offsetHeight > box.scrollTop + box.clientHeight) {
        box.scrollTop = top - box.clientHeight / 3;
      }
    }
  }

  /** Call stack, variables, output: the state at this step. */
  drawState() {
    const pair = this.pairs[this.position];
    const { crumbs, variables, output, ending } = this.parts;
    if (!pair) {
      for (const part of [crumbs, variables, output, ending]) part.replaceChildren();
      return;
    }
    const stacks = {
      predicted: pair[0] === null ? [] : stackAt(this.predicted, pair[0]),
      actual: pair[1] === null ? [] : stackAt(this.actual ?? [], pair[1]),
    };
    this.drawCrumbs(stacks);
    this.drawVariables(pair, stacks);
    this.drawOutput();
    this.drawEnding();
  }

  /** @param {Record<Side, Frame[]>} stacks */
  drawCrumbs(stacks) {
    const path = (/** @type {Frame[]} */ stack) => stack.map((frame) => frame.function);
    const same = path(stacks.predicted).join("\0") === path(stacks.actual).join("\0");
    /** @param {Side} side */
    const row = (side) => {
      const stack = stacks[side];
      const chosen = this.frame ?? stack.length - 1;
      const names = path(stack).flatMap((name, i) => [
        h("span", { class: "cwm-then", "aria-hidden": "true" }, i ? "›" : ""),
        h("button", { type: "button", class: "cwm-crumb", "data-frame": i, "aria-pressed": String(i === chosen),
          title: `Show the variables of ${name}` }, name === "<module>" ? "cell" : name)]);
      const mark = same ? "" : `${SIDES[side].mark} `;
      return h("div", { class: `cwm-path${same ? "" : ` cwm-by-${side}`}` }, mark, ...names);
    };
    const sides = /** @type {Side[]} */ (["actual", "predicted"]).filter((side) => stacks[side].length);
    this.parts.crumbs.replaceChildren(...(same ? sides.slice(0, 1) : sides).map(row));
  }

  /** @param {Pair} pair @param {Record<Side, Frame[]>} stacks */
  drawVariables(pair, stacks) {
    const frameOf = (/** @type {Side} */ side) => stacks[side][this.frame ?? stacks[side].length - 1];
    const frames = { predicted: frameOf("predicted"), actual: frameOf("actual") };
    const judged = !!this.model.get("pairs");
    const sides = /** @type {Side[]} */ (["predicted", "actual"]).filter(
      (side) => judged || this.steps[side].length);
    const names = new Set([...(frames.actual?.names.keys() ?? []), ...(frames.predicted?.names.keys() ?? [])]);
    const onTop = this.frame === null || this.frame === stacks.actual.length - 1;
    const rows = [...names].map((name) => this.variable(name, pair, frames, sides, onTop));
    const values = sides.map((side) => ({ side, value: this.stepOf(pair, side)?.value }));
    const event = (this.stepOf(pair, "actual") ?? this.stepOf(pair, "predicted"))?.event;
    if (onTop && values.some(({ value }) => value !== undefined) && (stacks.actual.length || stacks.predicted.length) > 1 || event === "exception") {
      const wrong = judged && values.length === 2 && values[0].value !== values[1].value;
      rows.push(h("tr", { class: `cwm-result${wrong ? " cwm-wrong" : ""}` },
        h("th", { scope: "row" }, event === "exception" ? "exception" : "result"),
        ...values.map(({ value }) => this.valueCell(value, undefined, wrong))));
    }
    const head = h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "name"),
      ...sides.map((side) => h("th", { scope: "col", class: `cwm-by-${side}`,
        title: side === "predicted" ? "What the network says" : "What Python recorded" },
      `${SIDES[side].mark} ${side === "predicted" ? "predicted" : "Python"}`))));
    const body = rows.length ? rows
      : [h("tr", {}, h("td", { class: "cwm-none", colspan: sides.length + 1 }, "no variables yet"))];
    this.parts.variables.replaceChildren(h("table", {}, head, h("tbody", {}, ...body)));
  }

  /** @param {string} name @param {Pair} pair @param {Record<Side, Frame | undefined>} frames
   * @param {Side[]} sides @param {boolean} onTop */
  variable(name, pair, frames, sides, onTop) {
    const changed = onTop && sides.some((side) => {
      const locals = this.stepOf(pair, side)?.locals;
      return locals && Object.hasOwn(locals, name);
    });
    const values = sides.map((side) => frames[side]?.names.get(name));
    const wrong = sides.length === 2 && frames.predicted && frames.actual && values[0] !== values[1];
    const label = h("th", { scope: "row", title: changed ? "new or changed at this step" : undefined },
      h("span", { class: "cwm-dot", "aria-hidden": "true" }, changed ? "●" : ""), name,
      h("span", { class: "cwm-hidden" }, changed ? ", changed" : ""));
    return h("tr", { class: `${changed ? "cwm-changed" : ""}${wrong ? " cwm-wrong" : ""}` }, label,
      ...values.map((value, i) => this.valueCell(value, frames[sides[i]], !!wrong, name)));
  }

  /** @param {string | undefined} value @param {Frame | undefined} frame @param {boolean} wrong
   * @param {string} [name] */
  valueCell(value, frame, wrong, name = "") {
    const id = frame?.ids.get(name);
    const shared = id !== undefined && [...(frame?.ids ?? [])].some(([other, at]) => at === id && other !== name && frame?.names.has(other));
    const cell = h("td", { title: value }, value === undefined ? h("span", { class: "cwm-none" }, "–") : h("code", {}, value));
    if (shared) cell.append(h("span", { class: "cwm-alias", title: "Names with the same number share one object" }, `#${id}`));
    if (wrong) cell.append(h("span", { class: "cwm-hidden" }, " (differs)"));
    return cell;
  }

  drawOutput() {
    const pair = this.pairs[this.position];
    const sides = /** @type {Side[]} */ (["predicted", "actual"]).filter((side) => this.steps[side].length);
    const any = sides.some((side) => this.steps[side].some((step) => step.stdout));
    this.parts.output.replaceChildren(...(any ? sides : []).map((side) => {
      const { before, fresh } = outputUntil(this.steps[side], this.lastStep(side));
      const now = pair[side === "predicted" ? 0 : 1] === null ? "" : fresh;
      const text = h("pre", { tabindex: 0, "aria-label": `Output, ${SIDES[side].name}` }, now ? before : before + fresh);
      if (!before && !fresh) text.append(h("span", { class: "cwm-none" }, "nothing yet"));
      if (now) text.append(h("span", { class: "cwm-fresh" }, now));
      return h("div", { class: "cwm-pane" }, h("div", { class: `cwm-label cwm-by-${side}` },
        `${SIDES[side].mark} output, ${side === "predicted" ? "predicted" : "Python"}`), text);
    }));
  }

  /** Index of this side's newest step at or before the current pair, or -1. @param {Side} side */
  lastStep(side) {
    const pairs = this.pairs;
    for (let i = this.position; i >= 0; i--) {
      const index = pairs[i][side === "predicted" ? 0 : 1];
      if (index !== null) return index;
    }
    return -1;
  }

  /** How each side ends; only said where a side does not simply finish. */
  drawEnding() {
    const outcomes = this.model.get("outcomes");
    const sides = /** @type {Side[]} */ (["predicted", "actual"]).filter((side) => outcomes[side]);
    const plain = sides.every((side) => outcomes[side] === "finished");
    const same = sides.length === 2 && outcomes.predicted === outcomes.actual;
    const rows = (same ? sides.slice(0, 1) : sides).map((side) =>
      h("div", { class: same ? "" : `cwm-by-${side}` },
        h("span", { class: "cwm-label" }, same ? "Both end: " : `${SIDES[side].mark} ${SIDES[side].name} ends: `),
        h("code", {}, outcomes[side])));
    this.parts.ending.replaceChildren(...(plain ? [] : rows));
  }
}

/** @param {{model: any, el: HTMLElement}} context @returns {() => void} */
function render({ model, el }) {
  const view = new View(model, el);
  /** @type {[string, (...args: any[]) => void][]} */
  const listeners = [
    ["msg:custom", (message) => view.receive(message)],
    ["change:predicted", () => view.replaced()],
    ["change:actual change:pairs", () => view.compared()],
    ["change:position", () => view.moved()],
    ["change:status change:message change:summary change:scores change:notes", () => view.drawHead()],
    ["change:outcomes", () => view.drawState()],
  ];
  for (const [names, listener] of listeners) {
    for (const name of names.split(/ (?=change)/)) model.on(name, listener);
  }
  return () => {
    for (const [names, listener] of listeners) {
      for (const name of names.split(/ (?=change)/)) model.off(name, listener);
    }
  };
}

export default { render };
