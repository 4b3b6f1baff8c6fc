// The strip of all steps, drawn on a canvas: one cell a step, a round or a loop; verdict by colour and
// sign, call depth as height. Below it, for long traces, a small map with a brush.

import { button, count, h } from "./dom.js";
import { around, findLoops, itemOf, layOut, openAtFirst } from "./loops.js";
import { GLYPH_CELL, Scale } from "./scale.js";
import { MATCH, place, VERDICTS } from "./words.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./loops.js").Item} Item */

const BASE = 22; // pixels of a cell at depth 0
const HEAD = 10; // above the highest cell
const LEVEL = 7; // what a level of calls adds, as long as there is room
const MAX_RISE = 36;
const MAP = 12; // of the map
const MAP_FROM = 80; // items from which there is a map

/** @param {App} app */
export function timeline(app) {
  const canvas = h("canvas", {
    class: "cwm-canvas", tabindex: 0, role: "slider", "aria-label": "Step", "aria-orientation": "horizontal",
    onpointerdown: press, onpointermove: hover, onpointerleave: () => (tip.hidden = true), onwheel: wheel, ondblclick: doubleClick,
  });
  const map = h("canvas", { class: "cwm-map", "aria-hidden": "true", onpointerdown: brush });
  const tip = h("div", { class: "cwm-tip", hidden: true, "aria-hidden": "true" });
  const fold = button("Fold loops (f)", { class: "cwm-button cwm-small", "aria-pressed": "true", onclick: () => toggleFold() }, "Fold loops");
  const tools = h("div", { class: "cwm-tools" }, fold,
    button("Zoom out (-)", { class: "cwm-button cwm-small", onclick: () => zoom(2) }, "−"),
    button("Zoom in (+)", { class: "cwm-button cwm-small", onclick: () => zoom(0.5) }, "+"),
    button("Show all (0)", { class: "cwm-button cwm-small", onclick: () => zoom(Infinity) }, "All"));
  const legend = h("div", { class: "cwm-legend" });
  const node = h("section", { class: "cwm-timeline", "aria-label": "Timeline" }, h("div", { class: "cwm-strip" }, canvas, map, tip), h("div", { class: "cwm-under" }, legend, tools));
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
  let height = BASE + HEAD;
  const observer = new ResizeObserver(() => app.redraw("trace"));
  observer.observe(node);

  // ---- what is in the strip ----

  function build() {
    const { columns } = app;
    const key = `${app.version} ${columns.length} ${folding}`;
    if (key === built) return;
    const fresh = !built || built.split(" ")[0] !== String(app.version);
    built = key;
    const streaming = !app.judged && app.feed.get("status") === "predicting";
    loops = streaming ? [] : findLoops(columns, app.feed.get("program").loops ?? []);
    if (fresh || !open.size) open = openAtFirst(columns.length, loops);
    arrange();
    deepest = Math.max(1, columns.deepest(0, columns.length));
    rise = Math.min(MAX_RISE, LEVEL * columns.deepest(0, columns.length));
    height = BASE + HEAD + rise;
    drawLegend();
  }

  function arrange() {
    items = layOut(app.columns.length, loops, folding ? (key) => open.has(key) : () => true);
    scale.fit(items.length, scale.width);
    fold.hidden = !loops.length;
    fold.setAttribute("aria-pressed", String(folding));
  }

  function toggleFold() {
    folding = !folding;
    if (folding) open = openAtFirst(app.columns.length, loops, folding ? 0 : 60);
    built = built.split(" ").slice(0, 1).join(" ") + " ";
    arrange();
    scale.all();
    app.redraw("trace");
  }

  function drawLegend() {
    const counts = app.columns.counts();
    const shown = app.judged ? VERDICTS.map((verdict, i) => ({ ...verdict, count: counts[i] })).filter(({ count }) => count) : [];
    legend.replaceChildren(...shown.map(({ name, glyph, label, count: number }) =>
      h("span", { class: "cwm-key" }, h("span", { class: `cwm-cell cwm-${name}`, "aria-hidden": "true" }, glyph), `${count(number)} ${label}`)));
  }

  // ---- drawing ----

  function draw() {
    const width = Math.floor(canvas.parentElement?.clientWidth ?? 0);
    if (!width) return;
    build();
    scale.fit(items.length, width);
    const current = itemOf(items, app.position);
    if (scale.zoomed) scale.reveal(current);
    readColours();
    drawStrip(size(canvas, width, height), current);
    map.hidden = items.length < MAP_FROM && !scale.zoomed;
    if (!map.hidden) drawMap(size(map, width, MAP), current);
    for (const tool of [...tools.children].slice(1)) /** @type {HTMLElement} */ (tool).hidden = items.length < 40;
    describeSlider();
  }

  function readColours() {
    const style = getComputedStyle(node);
    for (const { name } of VERDICTS) colours[name] = style.getPropertyValue(`--cwm-${name}`).trim();
    for (const name of ["bg", "text", "quiet", "soft", "line", "focus"]) colours[name] = style.getPropertyValue(`--cwm-${name}`).trim();
    colours.font = style.getPropertyValue("--cwm-ui-font");
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} current */
  function drawStrip(pen, current) {
    const { columns } = app;
    const cell = scale.cell;
    const first = Math.floor(scale.start);
    const last = Math.min(items.length, Math.ceil(scale.start + scale.span) + 1);
    const gap = cell > 6 ? 2 : cell > 3 ? 1 : 0;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    // Cells narrower than a pixel are gathered, the worst of them is seen.
    const stride = Math.max(1, Math.floor(1 / cell));
    for (let i = first; i < last; i += stride) {
      const end = Math.min(i + stride, last);
      const from = items[i].from;
      const to = items[end - 1].to;
      const verdict = VERDICTS[columns.worst(from, to)];
      const wrong = columns.worst(from, to) > MATCH;
      const item = items[i];
      const depth = columns.deepest(from, to);
      const tall = BASE + (rise * depth) / deepest;
      const x = scale.x(i);
      const wide = Math.max(cell * stride - gap, 1);
      const here = current >= i && current < end;
      box(pen, x, height - tall, wide, tall, cell > 6 ? 3 : 0, colours[verdict.name], here ? 1 : wrong ? 0.36 : 0.17);
      if (item.kind !== "step" && cell > 9) stacked(pen, x, height - tall, wide, colours[verdict.name]);
      if (cell >= GLYPH_CELL) {
        pen.globalAlpha = 1;
        pen.fillStyle = here ? colours.bg : colours[verdict.name];
        pen.font = item.kind === "step" || wrong ? `600 12px ${colours.font}` : `10px ${colours.font}`;
        const text = item.kind === "step" || wrong ? verdict.glyph : item.label;
        pen.fillText(text, x + wide / 2, height - 10, wide);
      } else if (wrong && cell < GLYPH_CELL) {
        pen.globalAlpha = 1;
        pen.fillStyle = colours[verdict.name];
        pen.fillRect(x, height - 3, wide, 3);
      }
    }
    drawFlags(pen, first, last);
    cursor(pen, current);
  }

  /** Signs of the divergences above cells that are too small for one, as far as they have room.
   * @param {CanvasRenderingContext2D} pen @param {number} first @param {number} last */
  function drawFlags(pen, first, last) {
    if (scale.cell >= GLYPH_CELL) return;
    let free = -Infinity;
    pen.font = `600 11px ${colours.font}`;
    for (let i = first; i < last; i++) {
      const worst = app.columns.worst(items[i].from, items[i].to);
      const x = scale.x(i) + scale.cell / 2;
      if (worst <= MATCH || x < free) continue;
      pen.globalAlpha = 1;
      pen.fillStyle = colours[VERDICTS[worst].name];
      pen.fillText(VERDICTS[worst].glyph, Math.min(Math.max(x, 6), scale.width - 6), 6);
      free = x + 14;
    }
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} current */
  function cursor(pen, current) {
    if (!items.length) return;
    const item = items[current];
    const inside = item.to - item.from > 1 ? (app.position - item.from + 0.5) / (item.to - item.from) : 0.5;
    const wide = Math.max(scale.cell - (scale.cell > 6 ? 2 : 0), 1);
    const x = scale.x(current) + wide * inside;
    const slim = scale.cell < GLYPH_CELL;
    const top = slim ? 0 : height - BASE - (rise * app.columns.deepest(item.from, item.to)) / deepest - 8;
    pen.globalAlpha = 1;
    pen.fillStyle = colours.text;
    if (slim) pen.fillRect(Math.round(x) - 1, 0, 2, height);
    pen.beginPath();
    pen.moveTo(x - 4.5, top);
    pen.lineTo(x + 4.5, top);
    pen.lineTo(x, top + 6);
    pen.fill();
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} current */
  function drawMap(pen, current) {
    const each = scale.width / items.length;
    pen.globalAlpha = 1;
    pen.fillStyle = colours.soft;
    pen.fillRect(0, 0, scale.width, MAP);
    const stride = Math.max(1, Math.floor(1 / each));
    for (let i = 0; i < items.length; i += stride) {
      const worst = app.columns.worst(items[i].from, items[Math.min(i + stride, items.length) - 1].to);
      if (worst <= MATCH) continue;
      pen.fillStyle = colours[VERDICTS[worst].name];
      pen.fillRect(i * each, 2, Math.max(1, each * stride), MAP - 4);
    }
    pen.strokeStyle = colours.focus;
    pen.lineWidth = 2;
    if (scale.zoomed) pen.strokeRect(scale.start * each + 1, 1, Math.max(4, scale.span * each - 2), MAP - 2);
    pen.fillStyle = colours.text;
    pen.fillRect(Math.round(current * each), 0, 2, MAP);
  }

  // ---- the pointer ----

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
    const number = itemAt(event);
    const item = items[number];
    const line = app.columns.line[item.from];
    const text = (line > 0 ? app.feed.get("program").lines[line - 1] : app.feed.get("program").context[-line - 1]) ?? "";
    const verdict = VERDICTS[app.columns.worst(item.from, item.to)];
    const what = item.kind === "step" ? `Step ${count(item.from + 1)}` : item.kind === "round" ? `Round ${item.label}, steps ${count(item.from + 1)}–${count(item.to)}` : `Loop ${item.label}, steps ${count(item.from + 1)}–${count(item.to)}`;
    tip.replaceChildren(h("b", {}, what), h("span", { class: "cwm-none" }, ` ${place(line)}${app.judged ? ` · ${verdict.glyph} ${verdict.label}` : ""}`),
      h("code", {}, text.trim().slice(0, 80)), item.kind === "step" ? "" : h("span", { class: "cwm-none" }, "click to open"));
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

  /** @param {PointerEvent} event */
  function brush(event) {
    map.setPointerCapture(event.pointerId);
    const each = scale.width / items.length;
    const from = event.offsetX / each;
    const inside = scale.zoomed && from >= scale.start && from <= scale.start + scale.span;
    let last = from;
    const move = (/** @type {PointerEvent} */ now) => {
      const to = now.offsetX / each;
      if (inside) scale.pan(to - last);
      else if (Math.abs(to - from) * each > 3) scale.brush(from, to);
      last = to;
      paint();
    };
    const up = () => {
      map.removeEventListener("pointermove", move);
      map.removeEventListener("pointerup", up);
      if (last === from && !inside) scrub(Math.min(items.length - 1, Math.floor(from)), event);
    };
    map.addEventListener("pointermove", move);
    map.addEventListener("pointerup", up);
  }

  /** Draw without going back to the current step. */
  function paint() {
    const current = itemOf(items, app.position);
    drawStrip(size(canvas, scale.width, height), current);
    map.hidden = items.length < MAP_FROM && !scale.zoomed;
    if (!map.hidden) drawMap(size(map, scale.width, MAP), current);
  }

  /** @param {number} factor */
  function zoom(factor) {
    if (factor === Infinity) scale.all();
    else scale.zoom(factor, scale.x(itemOf(items, app.position)));
    paint();
  }

  /** @param {MouseEvent} event */
  function itemAt(event) {
    return scale.item(event.offsetX);
  }

  function describeSlider() {
    const { columns, position } = app;
    const verdict = VERDICTS[columns.verdict[position] ?? 0];
    const line = columns.length ? place(columns.line[position]) : "";
    canvas.setAttribute("aria-valuemin", "1");
    canvas.setAttribute("aria-valuemax", String(Math.max(1, columns.length)));
    canvas.setAttribute("aria-valuenow", String(columns.length ? position + 1 : 1));
    canvas.setAttribute("aria-valuetext", columns.length ? `step ${position + 1} of ${columns.length}, ${line}, ${verdict.label}` : "no step yet");
  }

  return { node, draw, zoom, toggleFold, close: () => observer.disconnect() };
}

/** Fit a canvas to its place and to the screen's pixels. @param {HTMLCanvasElement} canvas
 * @param {number} width @param {number} height @returns {CanvasRenderingContext2D} */
function size(canvas, width, height) {
  const ratio = globalThis.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} wide
 * @param {number} tall @param {number} round @param {string} colour @param {number} alpha */
function box(pen, x, y, wide, tall, round, colour, alpha) {
  pen.globalAlpha = alpha;
  pen.fillStyle = colour;
  pen.beginPath();
  if (round && pen.roundRect) pen.roundRect(x, y, wide, tall, round);
  else pen.rect(x, y, wide, tall);
  pen.fill();
}

/** Lines above a cell say that it holds several steps. @param {CanvasRenderingContext2D} pen
 * @param {number} x @param {number} y @param {number} wide @param {string} colour */
function stacked(pen, x, y, wide, colour) {
  pen.globalAlpha = 0.55;
  pen.fillStyle = colour;
  pen.fillRect(x + 2, y - 3, Math.max(1, wide - 4), 1.5);
  pen.fillRect(x + 3, y - 6, Math.max(1, wide - 6), 1.5);
}
