// The timeline: the strip of what happened, a small map with a brush where it is long, and a strip for
// each branch, below the step that it leaves.

import { button, count, h } from "./dom.js";
import { FATES } from "./line.js";
import { itemOf } from "./loops.js";
import { size } from "./pen.js";
import { strip } from "./strip.js";
import { MATCH, SIDES, VERDICTS } from "./words.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Branch} Branch */
/** @typedef {ReturnType<typeof strip>} Strip */

const MAP = 12; // pixels of the map
const MAP_FROM = 80; // items from which there is a map
const TOOLS_FROM = 40; // items from which zooming is offered
const ROOM = 240; // that a branch has at least

/** @param {App} app */
export function timeline(app) {
  const fold = button("Fold loops (f)", { class: "cwm-button cwm-small", "aria-pressed": "true", onclick: () => main.toggleFold() }, "Fold loops");
  const main = strip(app, () => app.main, { label: "Step", yours: true, arranged: tools, painted: drawMap });
  const map = h("canvas", { class: "cwm-map", "aria-hidden": "true", onpointerdown: brush });
  const bar = h("div", { class: "cwm-tools" }, fold,
    button("Zoom out (-)", { class: "cwm-button cwm-small", onclick: () => zoom(2) }, "−"),
    button("Zoom in (+)", { class: "cwm-button cwm-small", onclick: () => zoom(0.5) }, "+"),
    button("Show all (0)", { class: "cwm-button cwm-small", onclick: () => zoom(Infinity) }, "All"));
  const legend = h("div", { class: "cwm-legend" });
  const branches = h("div", { class: "cwm-branches" });
  const node = h("section", { class: "cwm-timeline", "aria-label": "Timeline" },
    h("div", { class: "cwm-strip" }, main.canvas, map, main.tip), branches, h("div", { class: "cwm-under" }, legend, bar));
  /** @type {Map<number, {strip: Strip | null, node: HTMLElement, head: HTMLElement, status: string}>} */
  const rows = new Map();
  let told = "";
  const observer = new ResizeObserver(() => app.redraw("trace"));
  observer.observe(node);

  function tools() {
    fold.hidden = !main.folds;
    fold.setAttribute("aria-pressed", String(main.folding));
  }

  function draw() {
    const width = Math.floor(node.clientWidth);
    if (!width) return;
    main.draw(width);
    node.classList.toggle("cwm-elsewhere", app.line !== app.main);
    for (const tool of [...bar.children].slice(1)) /** @type {HTMLElement} */ (tool).hidden = main.items.length < TOOLS_FROM;
    drawBranches(width);
    drawLegend();
  }

  function drawLegend() {
    const { columns } = app;
    const fates = app.fates();
    const you = app.line === app.main ? app.feed.get("you") : null;
    const key = `${app.line.number} ${app.line.version} ${app.judged} ${app.feed.get("resynced")?.marks ?? ""} ${you ? JSON.stringify(you) : ""}`;
    if (key === told) return;
    told = key;
    const shown = app.judged ? VERDICTS.map((verdict, i) => ({ ...verdict, count: columns.counts(app.line.from)[i] })).filter(({ count }) => count) : [];
    /** @type {(Node | string)[]} */
    const keys = shown.map(({ name, glyph, label, count: number }) =>
      entry(`cwm-${name}`, glyph, `${count(number)} ${label}`));
    const own = fates.reduce((sum, fate) => sum + Number(fate === FATES.own), 0);
    const follow = fates.reduce((sum, fate) => sum + Number(fate === FATES.follows), 0);
    if (own + follow) {
      keys.push(entry("cwm-value cwm-own", "", `${count(own)} ${own === 1 ? "mistake" : "mistakes"} of its own`, "The model is wrong here from the true state as well"));
      if (follow) keys.push(entry("cwm-value cwm-follows", "", `${count(follow)} ${follow === 1 ? "follows" : "follow"} from ${own === 1 ? "it" : "them"}`, "From the true state the model would be right here"));
    }
    if (you?.marks?.length) {
      const right = you.marks.filter((/** @type {any} */ { credit }) => credit === 1).length;
      keys.push(entry("cwm-by-you", SIDES.learner.mark, `${right} of ${you.marks.length} answers of yours right`));
    }
    legend.replaceChildren(...keys);
  }

  /** @param {string} kind @param {string} glyph @param {string} text @param {string} [title] */
  function entry(kind, glyph, text, title) {
    return h("span", { class: "cwm-key", title }, h("span", { class: `cwm-cell ${kind}`, "aria-hidden": "true" }, glyph), text);
  }

  // ---- branches ----

  /** @param {number} width */
  function drawBranches(width) {
    /** @type {Branch[]} */
    const all = app.feed.get("branches") ?? [];
    for (const [number, row] of rows) {
      if (all.some(({ id }) => id === number)) continue;
      row.node.remove();
      rows.delete(number);
    }
    for (const branch of all) {
      const row = rows.get(branch.id) ?? open(branch);
      const line = app.branches.get(branch.id);
      if (row.status !== `${branch.status} ${app.made}`) {
        row.status = `${branch.status} ${app.made}`;
        row.head.replaceChildren(...heading(branch));
      }
      if (line && !row.strip) {
        row.strip = strip(app, () => app.branches.get(branch.id) ?? line, { label: `What if ${given(branch)}`, yours: false, arranged: () => {}, painted: () => {} });
        row.node.append(h("div", { class: "cwm-strip" }, row.strip.canvas, row.strip.tip));
      }
      const pair = app.main.columns.pairOf("actual", branch.index);
      const cell = itemOf(main.items, pair);
      const from = Math.max(0, Math.min(main.scale.x(cell), width - ROOM));
      row.node.style.setProperty("--cwm-leaves", `${from}px`);
      row.node.style.setProperty("--cwm-half", `${Math.min(main.scale.cell, 24) / 2 - 1}px`);
      row.node.classList.toggle("cwm-selected", app.line === line);
      row.head.querySelector(".cwm-branch-name")?.setAttribute("aria-pressed", String(app.line === line));
      row.strip?.draw(Math.floor(width - from));
    }
  }

  /** @param {Branch} branch */
  function open(branch) {
    const head = h("div", { class: "cwm-branch-head" });
    const node = h("div", { class: "cwm-branch", role: "group", "aria-label": `What if ${given(branch)}` }, head);
    const row = { strip: null, node, head, status: "" };
    rows.set(branch.id, row);
    branches.append(node);
    return row;
  }

  /** @param {Branch} branch */
  function heading(branch) {
    const { id, status, message } = branch;
    const name = `What if ${given(branch)}`;
    const close = button(`Take this branch away: ${name}`, { class: "cwm-close", onclick: () => app.request("drop", { number: id }) }, "×");
    const words = h("span", {}, "What if ", h("code", {}, given(branch)), ` at step ${count(branch.index + 1)}?`);
    const told = status === "working" ? working() : message;
    return [status === "done" ? h("button", { type: "button", class: "cwm-branch-name", "aria-pressed": "false", onclick: () => app.select(app.line.number === id ? null : id) }, words) : words,
      close, told ? h("span", { class: "cwm-none", role: "status" }, told) : ""];
  }

  function working() {
    return app.made ? `The model goes on: ${count(app.made)} steps …` : "Python and the model go on from here …";
  }

  // ---- the map ----

  function drawMap() {
    const { scale, items, colours } = main;
    map.hidden = items.length < MAP_FROM && !scale.zoomed;
    if (map.hidden) return;
    const pen = size(map, scale.width, MAP);
    const each = scale.width / items.length;
    pen.fillStyle = colours.soft;
    pen.fillRect(0, 0, scale.width, MAP);
    const stride = Math.max(1, Math.floor(1 / each));
    for (let i = 0; i < items.length; i += stride) {
      const worst = app.main.columns.worst(items[i].from, items[Math.min(i + stride, items.length) - 1].to);
      if (worst <= MATCH) continue;
      pen.fillStyle = colours[VERDICTS[worst].name];
      pen.fillRect(i * each, 2, Math.max(1, each * stride), MAP - 4);
    }
    pen.strokeStyle = colours.focus;
    pen.lineWidth = 2;
    if (scale.zoomed) pen.strokeRect(scale.start * each + 1, 1, Math.max(4, scale.span * each - 2), MAP - 2);
    pen.fillStyle = colours.text;
    pen.fillRect(Math.round(main.current * each), 0, 2, MAP);
  }

  /** @param {PointerEvent} event */
  function brush(event) {
    const { scale, items } = main;
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
      main.paint();
    };
    const up = () => {
      map.removeEventListener("pointermove", move);
      map.removeEventListener("pointerup", up);
      if (last === from && !inside) main.scrub(Math.min(items.length - 1, Math.floor(from)), event);
    };
    map.addEventListener("pointermove", move);
    map.addEventListener("pointerup", up);
  }

  /** @param {number} factor */
  function zoom(factor) {
    if (factor === Infinity) main.scale.all();
    else main.scale.zoom(factor, main.scale.x(main.current));
    main.paint();
  }

  return { node, draw, zoom, toggleFold: main.toggleFold, close: () => observer.disconnect() };
}

/** What a branch sets, as text. @param {Branch} branch */
export function given({ values }) {
  return Object.entries(values).map(([name, value]) => `${name} = ${value.length > 40 ? `${value.slice(0, 39)}…` : value}`).join(", ");
}
