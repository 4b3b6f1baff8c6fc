// The current step as one picture for slides: program, variables, output and the explanation, drawn
// with text alone, so that the SVG needs no font or style from elsewhere.

import { plain, svg } from "./dom.js";
import { polished, saidBy } from "./explanation.js";
import { frameOf } from "./variables.js";
import { SIDES } from "./words.js";

/** @typedef {import("./app.js").App} App */

const MONO = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const SANS = "system-ui, 'DejaVu Sans', sans-serif";
const LINE = 20;
const LETTER = 7.8; // width of a letter at 13 px
const MAX_LINES = 40;

/** @param {string} text @param {number} room letters */
function fitted(text, room) {
  const flat = text.replace(/\n/g, "⏎");
  return flat.length > room ? `${flat.slice(0, room - 1)}…` : flat;
}

/** @param {App} app @param {Element} near an element inside the player, for the colours @returns {SVGSVGElement} */
export function picture(app, near) {
  const style = getComputedStyle(near);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(`--cwm-${name}`).trim();
  const program = app.feed.get("program");
  const now = app.now("actual") ?? app.now("predicted");
  const line = now?.step?.line ?? 0;
  const lines = line < 0 ? program.context : program.lines;
  const first = Math.max(0, Math.min(Math.abs(line) - MAX_LINES / 2, lines.length - MAX_LINES));
  const shown = lines.slice(first, first + MAX_LINES);
  const left = Math.min(64, Math.max(24, ...shown.map((/** @type {string} */ text) => text.length)) + 9) * LETTER;
  const width = left + 400;
  const node = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width });
  let y = 28;
  /** @param {number} x @param {string} text @param {Record<string, any>} [more] */
  const write = (x, text, more = {}) => node.append(svg("text", { x, y, fill: colour("text"), "font-family": MONO, "font-size": 13, "xml:space": "preserve", ...more }, text));
  const said = app.sides.map((side) => ({ side, words: saidBy(app, side) })).filter(({ words }) => words);
  const background = svg("rect", { width, fill: colour("bg") });
  node.append(background);
  write(20, `Step ${app.position + 1} of ${app.columns.length}`, { "font-family": SANS, fill: colour("quiet") });
  for (const { side, words } of said.length > 1 && plain(said[0].words ?? []) === plain(said[1].words ?? []) ? said.slice(1) : said) {
    y += LINE;
    write(20, fitted(`${SIDES[side].mark} ${plain(polished(words ?? []))}`, Math.floor((width - 40) / 7)), { "font-family": SANS });
  }
  y += LINE * 1.5;
  const top = y;
  shown.forEach((/** @type {string} */ text, /** @type {number} */ i) => {
    const here = first + i + 1 === Math.abs(line);
    if (here) node.append(svg("rect", { x: 12, y: y - 15, width: left - 16, height: LINE, rx: 3, fill: colour("focus"), "fill-opacity": 0.16 }));
    write(20, String(first + i + 1).padStart(3), { fill: colour("quiet") });
    write(20 + 5 * LETTER, fitted(text, Math.floor(left / LETTER) - 6), here ? { "font-weight": 600 } : {});
    y += LINE;
  });
  const bottom = y;
  y = top;
  const frames = app.sides.map((side) => ({ side, frame: frameOf(app, app.now(side)) }));
  const names = [...new Set([...frames].reverse().flatMap(({ frame }) => [...(frame?.names.keys() ?? [])]))];
  const room = frames.length > 1 ? 16 : 34;
  frames.forEach(({ side }, i) => write(left + 110 + i * 145, `${SIDES[side].mark} ${SIDES[side].column}`, { "font-family": SANS, fill: colour(side) }));
  for (const name of names.slice(0, MAX_LINES)) {
    y += LINE;
    const values = frames.map(({ frame }) => frame?.names.get(name)?.value);
    const wrong = frames.every(({ frame }) => frame) && new Set(values).size > 1;
    write(left + 10, fitted(name, 12));
    values.forEach((value, i) => write(left + 110 + i * 145, value === undefined ? "–" : fitted(value, room), wrong ? { "font-weight": 600, fill: colour("value") } : {}));
  }
  const text = now?.state?.tail ?? "";
  if (text) {
    y += LINE * 1.6;
    write(left + 10, "output", { "font-family": SANS, fill: colour("quiet") });
    for (const printed of text.replace(/\n$/, "").split("\n").slice(-8)) {
      y += LINE;
      write(left + 10, fitted(printed, 46));
    }
  }
  const height = Math.max(y + LINE, bottom) + 8;
  background.setAttribute("height", String(height));
  node.setAttribute("height", String(height));
  node.setAttribute("viewBox", `0 0 ${width} ${height}`);
  return node;
}

/** @param {Blob} blob an SVG @param {SVGSVGElement} drawn @returns {Promise<Blob>} */
export async function toPng(blob, drawn) {
  const image = new Image();
  const address = URL.createObjectURL(blob);
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  const scale = 2;
  canvas.width = Number(drawn.getAttribute("width")) * scale;
  canvas.height = Number(drawn.getAttribute("height")) * scale;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((resolve, reject) => canvas.toBlob((png) => (png ? resolve(png) : reject(new Error("no picture")))));
}

/** @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
