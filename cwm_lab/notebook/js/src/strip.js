// One strip of steps on a canvas: one cell a step, a round or a loop; verdict by colour and sign, call
// depth as height; below it, where there are any, the learner's own marks.

import { count, h } from "./dom.js";
import { FATES } from "./line.js";
import { around, findLoops, itemOf, layOut, openAtFirst } from "./loops.js";
import { box, dashed, size, stacked } from "./pen.js";
import { GLYPH_CELL, Scale } from "./scale.js";
import { credited, MATCH, place, VERDICTS } from "./words.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./line.js").Line} Line */
/** @typedef {import("./loops.js").Item} Item */

const BASE = 22; // pixels of a cell at depth 0
const HEAD = 12; // above the highest cell
const LEVEL = 7; // what a level of calls adds, as long as there is room
const MAX_RISE = 36;
const YOURS = 20; // of the learner's marks
const NAMES = ["bg", "text", "quiet", "soft", "line", "focus", "learner"];

/**
 * @param {App} app @param {() => Line} line the one that is drawn
 * @param {{label: string, yours: boolean, arranged: () => void, painted: () => void}} options `arranged` is
 *   called when other cells are shown, `painted` when the same were drawn again
 */
export function strip(app, line, { label, yours, arranged, painted }) {
  const canvas = h("canvas", {
    class: "cwm-canvas", tabindex: 0, role: "slider", "aria-label": label, "aria-orientation": "horizontal",
    onpointerdown: press, onpointermove: hover, onpointerleave: () => (tip.hidden = true), onwheel: wheel, ondblclick: doubleClick,
  });
  const tip = h("div", { class: "cwm-tip", hidden: true, "aria-hidden": "true" });
  const scale = new Scale();
  /** @type {import("./loops.js").Loop[]} */
  let loops = [];
  /** @type {Item[]} */
  let items = [];
  /** @type {Set<string>} */
  let open = new Set();
  let folding = true;
  let built = "";
  /** @type {Record<string, string>} */
  let colours = {};
  let deepest = 1;
  let rise = 0; // pixels of the deepest call
  let floor = HEAD + BASE; // where the cells stand

  // ---- what is in the strip ----

  function build() {
    const { columns, version, from } = line();
    const key = `${version} ${columns.length} ${folding}`;
    if (key === built) return;
    const fresh = !built || built.split(" ")[0] !== String(version);
    built = key;
    const streaming = !line().counts.judged && app.feed.get("status") === "predicting";
    loops = streaming ? [] : findLoops(columns, app.feed.get("program")?.loops ?? []);
    if (fresh || !open.size) open = openAtFirst(columns.length - from, loops);
    arrange();
    const levels = columns.deepest(from, columns.length);
    deepest = Math.max(1, levels);
    rise = Math.min(MAX_RISE, LEVEL * levels);
    floor = HEAD + rise + BASE;
  }

  function arrange() {
    const { columns, from } = line();
    const inside = new Set(around(loops, from)); // what a branch leaves cannot be folded with it
    items = layOut(columns.length, loops, folding ? (key) => open.has(key) || inside.has(key) : () => true);
    if (from) items = items.filter((item) => item.from >= from);
    scale.fit(items.length, scale.width);
    arranged();
  }

  function toggleFold() {
    folding = !folding;
    if (folding) open = openAtFirst(line().columns.length, loops, 0);
    built = `${built.split(" ")[0]} `;
    arrange();
    scale.all();
    app.redraw("trace");
  }

  // ---- drawing ----

  /** @param {number} width pixels */
  function draw(width) {
    build();
    scale.fit(items.length, width);
    if (scale.zoomed) scale.reveal(current());
    readColours();
    paint();
    describe();
  }

  function paint() {
    const pen = size(canvas, scale.width, floor + (marks().size ? YOURS : 0));
    drawCells(pen);
    drawFlags(pen);
    if (marks().size) drawMarks(pen);
    if (app.line === line()) cursor(pen);
    painted();
  }

  const current = () => itemOf(items, line().position);
  const marks = () => (yours ? app.marks() : new Map());

  function readColours() {
    const style = getComputedStyle(canvas);
    for (const { name } of VERDICTS) colours[name] = style.getPropertyValue(`--cwm-${name}`).trim();
    for (const name of NAMES) colours[name] = style.getPropertyValue(`--cwm-${name}`).trim();
    colours.font = style.getPropertyValue("--cwm-ui-font");
  }

  /** The worst that re-sync tells of some pairs. @param {number} from @param {number} to */
  function fate(from, to) {
    const fates = app.line === line() ? app.fates() : line().fates("");
    let worst = FATES.none;
    for (let i = from; i < to; i++) if (fates[i] > worst) worst = fates[i];
    return worst;
  }

  /** @param {CanvasRenderingContext2D} pen */
  function drawCells(pen) {
    const { columns } = line();
    const cell = scale.cell;
    const here = app.line === line() ? current() : -1;
    const last = Math.min(items.length, Math.ceil(scale.start + scale.span) + 1);
    const gap = cell > 6 ? 2 : cell > 3 ? 1 : 0;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    // Cells narrower than a pixel are gathered, the worst of them is seen.
    const stride = Math.max(1, Math.floor(1 / cell));
    for (let i = Math.floor(scale.start); i < last; i += stride) {
      const end = Math.min(i + stride, last);
      const [from, to] = [items[i].from, items[end - 1].to];
      const worst = columns.worst(from, to);
      const verdict = VERDICTS[worst];
      const wrong = worst > MATCH;
      const told = wrong ? fate(from, to) : FATES.none;
      const item = items[i];
      const tall = BASE + (rise * columns.deepest(from, to)) / deepest;
      const x = scale.x(i);
      const wide = Math.max(cell * stride - gap, 1);
      const now = here >= i && here < end;
      const round = cell > 6 ? 3 : 0;
      const alpha = now ? 1 : told === FATES.follows ? 0.1 : told === FATES.own ? 0.5 : wrong ? 0.36 : 0.17;
      box(pen, x, floor - tall, wide, tall, round, colours[verdict.name], alpha);
      if (told === FATES.follows && cell > 6 && !now) dashed(pen, x, floor - tall, wide, tall, round, colours[verdict.name]);
      if (item.kind !== "step" && cell > 9) stacked(pen, x, floor - tall, wide, colours[verdict.name]);
      pen.globalAlpha = 1;
      if (cell >= GLYPH_CELL) {
        pen.fillStyle = now ? colours.bg : told === FATES.own ? colours.text : colours[verdict.name];
        pen.font = item.kind === "step" || wrong ? `600 12px ${colours.font}` : `10px ${colours.font}`;
        pen.fillText(item.kind === "step" || wrong ? verdict.glyph : item.label, x + wide / 2, floor - 10, wide);
      } else if (wrong && told !== FATES.follows) {
        pen.fillStyle = colours[verdict.name];
        pen.fillRect(x, floor - 3, wide, 3);
      }
    }
  }

  /** Where cells are too small for signs, one stands above the first of each run of the same mistakes.
   * @param {CanvasRenderingContext2D} pen */
  function drawFlags(pen) {
    if (scale.cell >= GLYPH_CELL) return;
    const { columns } = line();
    const last = Math.min(items.length, Math.ceil(scale.start + scale.span) + 1);
    let free = -Infinity;
    let before = -1;
    pen.globalAlpha = 1;
    pen.font = `600 11px ${colours.font}`;
    for (let i = Math.floor(scale.start); i < last; i++) {
      const worst = columns.worst(items[i].from, items[i].to);
      const x = scale.x(i) + scale.cell / 2;
      const same = worst === before;
      before = worst;
      if (worst <= MATCH || same || x < free) continue;
      pen.fillStyle = colours[VERDICTS[worst].name];
      pen.fillText(VERDICTS[worst].glyph, Math.min(Math.max(x, 6), scale.width - 6), 5);
      free = x + 14;
    }
  }

  /** The learner's answers, below the cells of the steps that they are about. @param {CanvasRenderingContext2D} pen */
  function drawMarks(pen) {
    const middle = floor + YOURS / 2 + 2;
    pen.globalAlpha = 0.35;
    pen.fillStyle = colours.learner;
    const right = Math.min(scale.width, scale.x(items.length));
    pen.fillRect(0, middle - 0.5, right, 1);
    let free = -Infinity;
    for (const [pair, said] of marks()) {
      const item = items[itemOf(items, pair)];
      const x = scale.x(itemOf(items, pair)) + (scale.cell - 2) / 2;
      if (!item || x < 0 || x > scale.width || x < free) continue;
      const credit = Math.min(...said.map((/** @type {any} */ mark) => mark.credit));
      const { glyph, name } = credited(credit);
      const wide = Math.max(5, Math.min(16, scale.cell - 2));
      free = x + Math.max(2, wide * 0.8);
      box(pen, x - wide / 2, middle - 7.5, wide, 15, wide / 2, colours.bg, 1);
      box(pen, x - wide / 2, middle - 7.5, wide, 15, wide / 2, colours[name], name === "match" ? 0.2 : 0.32);
      if (wide < 11) continue;
      pen.globalAlpha = 1;
      pen.fillStyle = colours[name];
      pen.font = `600 10px ${colours.font}`;
      pen.fillText(glyph, x, middle + 0.5, wide);
    }
  }

  /** @param {CanvasRenderingContext2D} pen */
  function cursor(pen) {
    if (!items.length) return;
    const { columns, position } = line();
    const item = items[current()];
    const inside = item.to - item.from > 1 ? (position - item.from + 0.5) / (item.to - item.from) : 0.5;
    const wide = Math.max(scale.cell - (scale.cell > 6 ? 2 : 0), 1);
    const x = scale.x(current()) + wide * inside;
    const slim = scale.cell < GLYPH_CELL;
    const top = slim ? 0 : floor - BASE - (rise * columns.deepest(item.from, item.to)) / deepest - 9;
    pen.globalAlpha = 1;
    pen.fillStyle = colours.text;
    if (slim) pen.fillRect(Math.round(x) - 1, 0, 2, floor);
    pen.beginPath();
    pen.moveTo(x - 4.5, top);
    pen.lineTo(x + 4.5, top);
    pen.lineTo(x, top + 6);
    pen.fill();
  }

  // ---- the pointer ----

  /** @param {MouseEvent} event */
  const itemAt = (event) => scale.item(event.offsetX);

  /** @param {PointerEvent} event */
  function press(event) {
    if (event.button || !items.length) return;
    canvas.setPointerCapture(event.pointerId);
    const start = itemAt(event);
    let moved = false;
    const at = (/** @type {PointerEvent} */ move) => {
      const number = itemAt(move);
      if (number !== start) moved = true;
      scrub(number, move);
    };
    const up = () => {
      canvas.removeEventListener("pointermove", at);
      canvas.removeEventListener("pointerup", up);
      canvas.removeEventListener("pointercancel", up);
      if (!moved && items[start] && items[start].kind !== "step") unfold(items[start]);
    };
    canvas.addEventListener("pointermove", at);
    canvas.addEventListener("pointerup", up);
    canvas.addEventListener("pointercancel", up);
    scrub(start, event);
  }

  /** @param {number} number @param {PointerEvent} event */
  function scrub(number, event) {
    const item = items[number];
    if (!item) return;
    const share = (event.offsetX - scale.x(number)) / scale.cell;
    const within = Math.floor(Math.max(0, Math.min(0.999, share)) * (item.to - item.from));
    const target = item.kind === "step" ? item.from : item.from + within;
    if (app.line !== line()) app.select(line().number);
    if (target !== app.position) app.go(target);
  }

  /** @param {Item} item */
  function unfold(item) {
    open.add(item.key);
    arrange();
    app.redraw("trace", "step");
  }

  /** Close the innermost round or loop under the pointer. @param {MouseEvent} event */
  function doubleClick(event) {
    const item = items[itemAt(event)];
    if (!item || item.kind !== "step") return;
    const key = around(loops, item.from).findLast((key) => open.has(key));
    if (!key) return;
    open.delete(key);
    arrange();
    app.redraw("trace", "step");
  }

  /** @param {PointerEvent} event */
  function hover(event) {
    if (!items.length) return;
    const { columns, counts } = line();
    const item = items[itemAt(event)];
    const at = columns.line[item.from];
    const program = app.feed.get("program");
    const text = (at > 0 ? program.lines[at - 1] : program.context[-at - 1]) ?? "";
    const verdict = VERDICTS[columns.worst(item.from, item.to)];
    const steps = `steps ${count(item.from + 1)}–${count(item.to)}`;
    const what = { step: `Step ${count(item.from + 1)}`, round: `Round ${item.label}, ${steps}`, loop: `Loop ${item.label}, ${steps}` }[item.kind];
    const told = ["", " · follows from an earlier mistake", " · a mistake of its own"][fate(item.from, item.to)];
    tip.replaceChildren(h("b", {}, what), h("span", { class: "cwm-none" }, ` ${place(at)}${counts.judged ? ` · ${verdict.glyph} ${verdict.label}${told}` : ""}`),
      h("code", {}, text.trim().slice(0, 80)),
      ...(marks().get(item.from) ?? []).map((/** @type {any} */ { said, credit }) => h("span", { class: "cwm-by-learner" }, `● you: ${said || credited(credit).label}`)),
      item.kind === "step" ? "" : h("span", { class: "cwm-none" }, "click to open"));
    tip.hidden = false;
    tip.style.left = `${Math.max(0, Math.min(event.offsetX - 20, scale.width - 260))}px`;
  }

  /** @param {WheelEvent} event */
  function wheel(event) {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      scale.zoom(event.deltaY > 0 ? 1.25 : 0.8, event.offsetX);
    } else if (scale.zoomed && Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      scale.pan(event.deltaX / scale.cell);
    } else return;
    paint();
  }

  function describe() {
    const { columns, position } = line();
    const verdict = VERDICTS[columns.verdict[position] ?? 0];
    canvas.setAttribute("aria-valuemin", String(line().from + 1));
    canvas.setAttribute("aria-valuemax", String(Math.max(1, columns.length)));
    canvas.setAttribute("aria-valuenow", String(columns.length ? position + 1 : 1));
    canvas.setAttribute("aria-valuetext", columns.length ? `step ${position + 1} of ${columns.length}, ${place(columns.line[position])}, ${verdict.label}` : "no step yet");
  }

  return {
    canvas, tip, scale, draw, paint, toggleFold, scrub,
    get items() { return items; },
    get current() { return current(); },
    get folds() { return loops.length > 0; },
    get folding() { return folding; },
    get colours() { return colours; },
    get floor() { return floor; },
  };
}
