// Where the boxes and arrows of the objects view go: frames at the left, objects in columns by how far
// they are from a name. Pure, and the same objects stay where they are from step to step.

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").ObjectRecord} ObjectRecord */
/** @typedef {import("./types.js").Part} Part */
/**
 * @typedef {{x: number, y: number, width: number, text: string, key: string, target: string | null,
 *   changed: boolean, wrong?: boolean}} Cell
 * @typedef {{id: string, kind: "frame" | "object", title: string, x: number, y: number,
 *   width: number, height: number, cells: Cell[], row: boolean, more: number, wrong?: boolean}} Box
 * @typedef {{from: [number, number], to: [number, number], id: string, back: boolean}} Arrow
 * @typedef {{boxes: Box[], arrows: Arrow[], width: number, height: number}} Picture
 */

export const LETTER = 7.3; // width of a letter
export const TITLE = 20;
export const CELL = 24;
const MAX_TEXT = 18; // letters in a cell
const MAX_ROW = 300; // width of a list that lies
const MAX_CELLS = 16; // of one object
const GAP_X = 56;
const GAP_Y = 16;
const ROWS = new Set(["list", "tuple", "set"]);

/** @param {string} text */
const cut = (text) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text);
/** @param {string} text @param {number} [least] */
const wide = (text, least = 22) => Math.max(least, Math.ceil(cut(text).length * LETTER) + 12);

/** What names and other objects point at, as object records; names whose object was not recorded get
 * a record of their text. @param {State} state @returns {Map<string, ObjectRecord>} */
export function reachable(state) {
  /** @type {Map<string, ObjectRecord>} */
  const found = new Map();
  const waiting = [];
  for (const frame of state.frames) {
    for (const at of frame.names.values()) {
      if (at.id === null) continue;
      const id = String(at.id);
      if (!state.objects.has(id) && !found.has(id)) {
        found.set(id, { kind: "other", type: at.type ?? "object", size: 1, items: [at.value] });
      }
      waiting.push(id);
    }
  }
  const seen = new Set();
  for (let at = 0; at < waiting.length; at++) {
    const id = waiting[at];
    const record = state.objects.get(id);
    if (seen.has(id) || !record) continue;
    seen.add(id);
    found.set(id, record);
    for (const item of record.items) {
      for (const part of Array.isArray(item) ? item : [item]) if (typeof part === "number") waiting.push(String(part));
    }
  }
  return found;
}

/**
 * @param {State} state @param {Map<string, number>} columns where objects were before: id -> column;
 *   it is brought up to date
 * @param {number} index of the step, to mark what it changes
 * @returns {Picture}
 */
export function arrange(state, columns, index) {
  const objects = reachable(state);
  place(state, objects, columns);
  /** @type {Box[]} */
  const boxes = [];
  let y = 0;
  for (const [number, frame] of state.frames.entries()) {
    const box = frameBox(frame, number, objects, index);
    box.y = y;
    y += box.height + GAP_Y;
    boxes.push(box);
  }
  const frameWidth = Math.max(110, ...boxes.map((box) => box.width));
  for (const box of boxes) widen(box, frameWidth);
  let x = frameWidth + GAP_X;
  const last = Math.max(0, ...columns.values());
  for (let column = 1; column <= last; column++) {
    const here = [...objects].filter(([id]) => columns.get(id) === column).sort(([a], [b]) => Number(a) - Number(b));
    let low = 0;
    let width = 0;
    for (const [id, record] of here) {
      const box = objectBox(id, record, objects);
      box.x = x;
      box.y = low;
      for (const cell of box.cells) cell.x += x;
      low += box.height + GAP_Y;
      width = Math.max(width, box.width);
      boxes.push(box);
    }
    if (here.length) x += width + GAP_X;
  }
  const found = arrows(boxes);
  const bends = found.some(({ back }) => back) ? GAP_X : 0; // room for arrows that go out to the right
  return { boxes, arrows: found, width: Math.max(frameWidth, x - GAP_X) + bends, height: Math.max(...boxes.map((box) => box.y + box.height), 0) };
}

/** Columns: what was seen before stays; else one more than what points at it. @param {State} state
 * @param {Map<string, ObjectRecord>} objects @param {Map<string, number>} columns */
function place(state, objects, columns) {
  for (const id of [...columns.keys()]) if (!objects.has(id)) columns.delete(id);
  /** @type {[string, number][]} */
  const waiting = [];
  for (const frame of state.frames) for (const at of frame.names.values()) if (at.id !== null) waiting.push([String(at.id), 1]);
  const seen = new Set();
  for (let at = 0; at < waiting.length; at++) {
    const [id, column] = waiting[at];
    const record = objects.get(id);
    if (seen.has(id) || !record) continue;
    seen.add(id);
    if (!columns.has(id)) columns.set(id, column);
    const own = columns.get(id) ?? column;
    for (const item of record.items) {
      for (const part of Array.isArray(item) ? item : [item]) if (typeof part === "number") waiting.push([String(part), own + 1]);
    }
  }
}

/** @param {import("./types.js").Frame} frame @param {number} number @param {Map<string, ObjectRecord>} objects
 * @param {number} index @returns {Box} */
function frameBox(frame, number, objects, index) {
  const title = frame.function === "<module>" ? "cell" : frame.function;
  /** @type {Cell[]} */
  const cells = [...frame.names].map(([name, at], i) => {
    const target = at.id !== null && objects.has(String(at.id)) ? String(at.id) : null;
    return { x: 0, y: TITLE + i * CELL, width: 0, key: cut(name), text: target ? "" : cut(at.value), target, changed: at.since === index };
  });
  const keys = Math.max(0, ...cells.map((cell) => wide(cell.key)));
  const values = Math.max(30, ...cells.map((cell) => (cell.target ? 0 : wide(cell.text))));
  return {
    id: `frame ${number}`, kind: "frame", title: cut(title), x: 0, y: 0, cells, row: false, more: 0,
    width: Math.max(keys + values, wide(title)), height: TITLE + Math.max(1, cells.length) * CELL,
  };
}

/** @param {Box} box @param {number} width */
function widen(box, width) {
  box.width = width;
  for (const cell of box.cells) cell.width = width;
}

/** @param {string} id @param {ObjectRecord} record @param {Map<string, ObjectRecord>} objects @returns {Box} */
function objectBox(id, record, objects) {
  const items = record.items.slice(0, MAX_CELLS);
  const more = Math.max(0, record.size - items.length);
  const row = ROWS.has(record.kind);
  /** @type {Cell[]} */
  const cells = items.map((item, i) => {
    const [key, part] = Array.isArray(item) ? item : [row && record.kind !== "set" ? String(i) : "", item];
    const target = typeof part === "number" && objects.has(String(part)) ? String(part) : null;
    const text = target ? "" : cut(typeof part === "number" ? "…" : part);
    return { x: 0, y: 0, width: 0, key: cut(typeof key === "number" ? `#${key}` : key), text, target, changed: false };
  });
  let width = 0;
  let height = TITLE;
  if (row) {
    let x = 0;
    let y = TITLE;
    for (const cell of cells) {
      cell.width = wide(cell.text, 26);
      if (x && x + cell.width > MAX_ROW) {
        x = 0;
        y += CELL + 10;
      }
      cell.x = x;
      cell.y = y;
      x += cell.width;
      width = Math.max(width, x);
    }
    height = y + CELL + (record.kind === "set" || !cells.length ? 0 : 10);
  } else {
    const keys = Math.max(0, ...cells.map((cell) => (cell.key ? wide(cell.key) : 0)));
    const values = Math.max(26, ...cells.map((cell) => wide(cell.text)));
    cells.forEach((cell, i) => {
      cell.y = TITLE + i * CELL;
      cell.width = keys + values;
    });
    width = keys + values;
    height = TITLE + Math.max(1, cells.length) * CELL;
  }
  const title = record.kind === "other" && record.items.length === 1 ? record.type : `${record.type}${row || record.kind === "dict" ? `, ${record.size}` : ""}`;
  width = Math.max(width, wide(title, 40));
  if (!row) for (const cell of cells) cell.width = width;
  return { id, kind: "object", title: cut(title), x: 0, y: 0, width, height: height + (more ? 16 : 0), cells, row, more };
}

/** @param {Box[]} boxes @returns {Arrow[]} */
function arrows(boxes) {
  const places = new Map(boxes.filter((box) => box.kind === "object").map((box) => [box.id, box]));
  return boxes.flatMap((box) => box.cells.flatMap((cell) => {
    const target = cell.target === null ? undefined : places.get(cell.target);
    if (!target) return [];
    const x = box.row ? cell.x + cell.width / 2 : box.x + box.width - 14;
    // What lies to the left, or in the same column, is entered from its right.
    const back = target.x < box.x + box.width;
    /** @type {Arrow} */
    const arrow = { from: [x, box.y + cell.y + CELL / 2], to: [back ? target.x + target.width : target.x, target.y + TITLE + CELL / 2], id: target.id, back };
    return [arrow];
  }));
}

/** What a picture shows, whatever its objects are numbered: two pictures that show the same give the
 * same text. @param {Picture} picture */
export function shape(picture) {
  const boxes = new Map(picture.boxes.map((box) => [box.id, box]));
  return JSON.stringify(walk(picture, (box) => [box.title, box.row, box.more, box.cells.map((cell) => [cell.key, cell.text])], boxes));
}

/** Boxes in the order in which they are reached from the frames, each arrow as the place of its box in
 * that order. @template T @param {Picture} picture @param {(box: Box) => T} tell @param {Map<string, Box>} boxes
 * @returns {[T, number[]][]} */
function walk(picture, tell, boxes) {
  const order = picture.boxes.filter((box) => box.kind === "frame");
  const places = new Map(order.map((box, i) => [box.id, i]));
  /** @type {[T, number[]][]} */
  const found = [];
  for (let at = 0; at < order.length; at++) {
    const targets = order[at].cells.map(({ target }) => {
      const box = target === null ? undefined : boxes.get(target);
      if (!box) return -1;
      if (!places.has(box.id)) places.set(box.id, order.push(box) - 1);
      return places.get(box.id) ?? -1;
    });
    found.push([tell(order[at]), targets]);
  }
  return found;
}

/** Mark what differs between two pictures of one moment: boxes are matched by the way that leads to them
 * from the frames' names. @param {Picture} left @param {Picture} right */
export function markDifferences(left, right) {
  const boxes = [left, right].map((picture) => new Map(picture.boxes.map((box) => [box.id, box])));
  /** @type {Map<string, string>} box at the left -> at the right */
  const matched = new Map();
  /** @type {[Box, Box][]} */
  const waiting = [];
  const frames = [left, right].map((picture) => picture.boxes.filter((box) => box.kind === "frame"));
  frames[0].forEach((box, i) => {
    if (frames[1][i]) waiting.push([box, frames[1][i]]);
    else box.wrong = true;
  });
  for (const extra of frames[1].slice(frames[0].length)) extra.wrong = true;
  for (let at = 0; at < waiting.length; at++) {
    const [a, b] = waiting[at];
    if (a.title !== b.title) a.wrong = b.wrong = true;
    // Names are told apart by their name, items by their place.
    const named = a.cells.some(({ key }) => key) && !a.row;
    const others = new Map(b.cells.map((cell, i) => [named ? cell.key : String(i), cell]));
    a.cells.forEach((cell, i) => {
      const key = named ? cell.key : String(i);
      const other = others.get(key);
      others.delete(key);
      if (!other) return void (cell.wrong = true);
      const [one, two] = [cell.target === null ? undefined : boxes[0].get(cell.target), other.target === null ? undefined : boxes[1].get(other.target)];
      if (!one || !two) {
        if (cell.text !== other.text || !!one !== !!two) cell.wrong = other.wrong = true;
        return undefined;
      }
      const before = matched.get(one.id);
      if (before === undefined && ![...matched.values()].includes(two.id)) {
        matched.set(one.id, two.id);
        waiting.push([one, two]);
      } else if (before !== two.id) cell.wrong = other.wrong = true; // shared here, not there
      return undefined;
    });
    for (const rest of others.values()) rest.wrong = true;
  }
}
