// Loops folded to their rounds: which steps belong to which round of which loop, and what a timeline
// shows when some of the loops are closed.

/** @typedef {import("./columns.js").Columns} Columns */
/**
 * @typedef {{from: number, to: number, line: number, rounds: Round[], key: string}} Loop
 * @typedef {{from: number, to: number, loops: Loop[], key: string}} Round
 * @typedef {{from: number, to: number, kind: "step" | "round" | "loop", key: string, label: string}} Item
 */

const LINE = 0;
const CALL = 1;

/**
 * The loops of a trace as a tree. A round begins at the loop's header; the last visit of the header,
 * which finds no more items, belongs to the last round.
 * @param {Columns} columns @param {[number, number][]} headers first and last line of each loop
 * @returns {Loop[]} the outermost loops
 */
export function findLoops(columns, headers) {
  /** @type {Map<number, number>} */
  const ends = new Map(headers.map(([first, last]) => [first, last]));
  /** @type {Loop[]} */
  const top = [];
  /** @type {{loop: Loop, depth: number}[]} */
  const open = [];
  for (let i = 0; i < columns.length; i++) {
    const depth = columns.depth[i];
    const line = columns.line[i];
    const isLine = columns.event[i] === LINE;
    while (open.length) {
      const { loop, depth: at } = open[open.length - 1];
      const last = ends.get(loop.line) ?? loop.line;
      const outside = Math.abs(line) < Math.abs(loop.line) || Math.abs(line) > Math.abs(last);
      if (depth > at || (depth === at && columns.event[i] !== CALL && !outside)) break;
      close(loop, i);
      open.pop();
    }
    if (!isLine || !ends.has(line)) continue;
    const here = open[open.length - 1];
    if (here && here.depth === depth && here.loop.line === line) {
      const rounds = here.loop.rounds;
      rounds[rounds.length - 1].to = i;
      rounds.push({ from: i, to: i + 1, loops: [], key: `${here.loop.key}/${rounds.length}` });
      continue;
    }
    const siblings = here ? here.loop.rounds[here.loop.rounds.length - 1].loops : top;
    const key = `${i}`;
    const loop = { from: i, to: i + 1, line, rounds: [{ from: i, to: i + 1, loops: [], key: `${key}/0` }], key };
    siblings.push(loop);
    open.push({ loop, depth });
  }
  while (open.length) close(/** @type {any} */ (open.pop()).loop, columns.length);
  return top;
}

/** @param {Loop} loop @param {number} end */
function close(loop, end) {
  loop.to = end;
  const last = loop.rounds[loop.rounds.length - 1];
  last.to = end;
  // The header's last visit starts no round: give it to the round before.
  if (loop.rounds.length > 1 && last.to - last.from === 1) {
    loop.rounds.pop();
    loop.rounds[loop.rounds.length - 1].to = end;
  }
}

/**
 * What a timeline shows: steps, rounds and whole loops, in order, without gaps.
 * @param {number} length of the trace @param {Loop[]} loops
 * @param {(key: string) => boolean} isOpen whether the loop or round with this key is opened
 * @returns {Item[]}
 */
export function layOut(length, loops, isOpen) {
  /** @type {Item[]} */
  const items = [];
  /** @param {number} from @param {number} to @param {Loop[]} inner */
  const walk = (from, to, inner) => {
    let at = from;
    for (const loop of inner) {
      steps(at, loop.from);
      if (!isOpen(loop.key)) {
        items.push({ from: loop.from, to: loop.to, kind: "loop", key: loop.key, label: `×${loop.rounds.length}` });
      } else {
        loop.rounds.forEach((round, number) => {
          if (isOpen(round.key)) walk(round.from, round.to, round.loops);
          else items.push({ from: round.from, to: round.to, kind: "round", key: round.key, label: `${number + 1}` });
        });
      }
      at = loop.to;
    }
    steps(at, to);
  };
  /** @param {number} from @param {number} to */
  const steps = (from, to) => {
    for (let i = from; i < to; i++) items.push({ from: i, to: i + 1, kind: "step", key: "", label: "" });
  };
  walk(0, length, loops);
  return items;
}

/**
 * Which keys are open at first: short traces wholly; of long ones the outer loops down to rounds,
 * where these are few.
 * @param {number} length @param {Loop[]} loops @param {number} [room] items that may be shown
 * @returns {Set<string>}
 */
export function openAtFirst(length, loops, room = 60) {
  /** @type {Set<string>} */
  const open = new Set();
  if (length <= room) {
    const all = (/** @type {Loop[]} */ inner) => {
      for (const loop of inner) {
        open.add(loop.key);
        for (const round of loop.rounds) {
          open.add(round.key);
          all(round.loops);
        }
      }
    };
    all(loops);
    return open;
  }
  for (const loop of loops) if (loop.rounds.length <= 2 * room) open.add(loop.key);
  return open;
}

/** Keys of the loops and rounds that hold step `at`, outermost first.
 * @param {Loop[]} loops @param {number} at @returns {string[]} */
export function around(loops, at) {
  const loop = loops.find((loop) => loop.from <= at && at < loop.to);
  const round = loop?.rounds.find((round) => round.from <= at && at < round.to);
  return loop && round ? [loop.key, round.key, ...around(round.loops, at)] : [];
}

/** Index of the item that holds step `at`, by bisection. @param {Item[]} items @param {number} at */
export function itemOf(items, at) {
  let low = 0;
  let high = items.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (items[middle].from <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
