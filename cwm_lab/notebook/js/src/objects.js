// The objects view: frames and objects as boxes, references as arrows.

import { h, svg } from "./dom.js";
import { arrange, CELL, markDifferences, shape, TITLE } from "./graph.js";
import { SIDES } from "./words.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./graph.js").Box} Box */
/** @typedef {import("./graph.js").Arrow} Arrow */

/** @typedef {import("./types.js").Side} Side */
/** @typedef {import("./app.js").Now} Now */

/** @param {App} app */
export function objects(app) {
  const node = h("div", { class: "cwm-objects" });
  /** @type {Record<string, Map<string, number>>} where each side's objects stand */
  const columns = { predicted: new Map(), actual: new Map() };
  let line = app.line;
  let widest = 1; // of the pictures so far: all are drawn to one scale

  function draw() {
    if (line !== app.line) widest = 1;
    if (line !== app.line) for (const side of /** @type {const} */ (["predicted", "actual"])) columns[side].clear();
    line = app.line;
    const shown = app.sides.map((side) => ({ side, now: app.now(side) })).filter(({ now }) => now);
    const drawn = shown.map(({ side, now }) => ({ side, picture: now?.state ? arrange(now.state, columns[side], now.index) : null }));
    const shapes = drawn.map(({ picture }) => (picture ? shape(picture) : ""));
    const same = drawn.length > 1 && shapes[0] === shapes[1];
    if (drawn.length > 1 && !same && drawn[0].picture && drawn[1].picture) markDifferences(drawn[0].picture, drawn[1].picture);
    widest = Math.max(widest, ...drawn.map(({ picture }) => picture?.width ?? 0));
    node.replaceChildren(...(same ? drawn.slice(0, 1) : drawn).map(({ side, picture }) => pane(side, picture, same, drawn.length, widest)));
    if (!drawn.length) node.replaceChildren(h("p", { class: "cwm-none" }, "No such step."));
    node.classList.toggle("cwm-two", !same && drawn.length > 1);
  }
  return { node, draw };
}

/** @param {Side} side @param {import("./graph.js").Picture | null} picture @param {boolean} same @param {number} sides @param {number} widest */
function pane(side, picture, same, sides, widest) {
  const name = same ? "Objects, the same for model and Python" : `Objects, ${SIDES[side].name}`;
  const label = same
    ? h("div", { class: "cwm-label" }, h("span", { class: "cwm-by-predicted" }, SIDES.predicted.mark), h("span", { class: "cwm-by-actual" }, SIDES.actual.mark), h("span", { class: "cwm-none" }, "objects, the same on both sides"))
    : h("div", { class: `cwm-label cwm-by-${side}` }, `${SIDES[side].mark} objects, ${SIDES[side].column}`, sides > 1 ? h("span", { class: "cwm-none" }, "differ where marked ≠") : "");
  return h("div", { class: "cwm-objects-pane" }, label,
    picture ? h("div", { class: "cwm-objects-scroll", tabindex: 0, role: "group", "aria-label": name }, drawing(picture, widest)) : h("p", { class: "cwm-none" }, "loading …"));
}

/** @param {import("./graph.js").Picture} picture @param {number} widest */
function drawing(picture, widest) {
  const shared = new Set(picture.arrows.map(({ id }) => id).filter((id, i, all) => all.indexOf(id) !== i));
  const node = svg("svg", { width: picture.width + 4, height: picture.height + 4, viewBox: `-2 -2 ${picture.width + 4} ${picture.height + 4}`, role: "img", "aria-label": told(picture.boxes, picture.arrows) },
    ...picture.boxes.map((box) => boxNode(box, shared.has(box.id))), ...picture.arrows.map((arrow) => arrowNode(arrow, shared.has(arrow.id))));
  node.style.setProperty("--cwm-wide", `${picture.width + 4}px`); // it shrinks a little before it scrolls
  node.style.setProperty("--cwm-share", String(Math.min(1, (picture.width + 4) / (widest + 4))));
  return node;
}

/** @param {Box} box @param {boolean} shared */
function boxNode(box, shared) {
  const { x, y, width, height } = box;
  const node = svg("g", { class: `cwm-box cwm-${box.kind}${shared ? " cwm-shared" : ""}` },
    svg("text", { x: x + 2, y: y + TITLE - 7, class: `cwm-box-title${box.wrong ? " cwm-box-title-wrong" : ""}` }, box.wrong ? `${box.title} ≠` : box.title));
  if (!box.row) node.append(svg("rect", { x, y: y + TITLE, width, height: height - TITLE - (box.more ? 16 : 0), rx: 4, class: "cwm-box-frame" }));
  if (box.row && !box.cells.length) node.append(svg("rect", { x, y: y + TITLE, width: 26, height: CELL, rx: 4, class: "cwm-box-frame" }), svg("text", { x: x + 4, y: y + TITLE + 16, class: "cwm-box-key" }, "empty"));
  for (const cell of box.cells) {
    const low = y + cell.y;
    if (box.row) {
      node.append(svg("rect", { x: cell.x, y: low, width: cell.width, height: CELL, rx: 3, class: `cwm-box-frame${cell.wrong ? " cwm-box-wrong" : ""}` }),
        svg("text", { x: cell.x + cell.width / 2, y: low + 16, "text-anchor": "middle", class: "cwm-box-text" }, cell.text));
      if (cell.key) node.append(svg("text", { x: cell.x + cell.width / 2, y: low + CELL + 9, "text-anchor": "middle", class: "cwm-box-index" }, cell.key));
    } else {
      if (cell.wrong) node.append(svg("rect", { x: x + 1, y: low + 1, width: width - 2, height: CELL - 2, rx: 3, class: "cwm-box-wrong" }));
      else if (cell.changed) node.append(svg("rect", { x: x + 1, y: low + 1, width: width - 2, height: CELL - 2, rx: 3, class: "cwm-box-changed" }));
      if (cell.key) node.append(svg("text", { x: x + 8, y: low + 16, class: "cwm-box-key" }, cell.key));
      node.append(svg("text", { x: x + width - 8, y: low + 16, "text-anchor": "end", class: "cwm-box-text" }, cell.text));
    }
    if (cell.target !== null) {
      node.append(svg("circle", { cx: box.row ? cell.x + cell.width / 2 : x + width - 14, cy: low + CELL / 2, r: 3.5, class: "cwm-box-dot" }));
    }
  }
  if (box.more) node.append(svg("text", { x: x + 2, y: y + height - 3, class: "cwm-box-index" }, `… and ${box.more.toLocaleString("en")} more`));
  return node;
}

/** @param {Arrow} arrow @param {boolean} shared */
function arrowNode({ from: [x, y], to: [toX, toY], back }, shared) {
  const side = back ? 1 : -1; // of the target at which the arrow ends
  const bend = Math.max(26, Math.abs(toX - x) / 2);
  const leave = back && toX < x - 40 ? x - bend : x + bend;
  const path = `M${x},${y} C${leave},${y} ${toX + side * bend},${toY} ${toX + side * 7},${toY}`;
  return svg("g", { class: `cwm-arrow${shared ? " cwm-shared" : ""}` }, svg("path", { d: path }),
    svg("polygon", { points: `${toX + side},${toY} ${toX + side * 9},${toY - 4} ${toX + side * 9},${toY + 4}` }));
}

/** The picture in words. @param {Box[]} boxes @param {Arrow[]} arrows */
function told(boxes, arrows) {
  const objects = boxes.filter((box) => box.kind === "object");
  const names = boxes.flatMap((box) => (box.kind === "frame" ? box.cells.filter((cell) => cell.target !== null).map((cell) => `${cell.key} points to ${objects.find(({ id }) => id === cell.target)?.title} number ${cell.target}`) : []));
  return `${objects.length} objects, ${arrows.length} references. ${names.join("; ")}`;
}
