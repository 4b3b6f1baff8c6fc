// The whole comparison in typed arrays: what the timeline draws and what moving needs to know.
// The layout is that of cwm_lab/notebook/columns.py.

import { EVENTS, MATCH, PENDING } from "./words.js";

/** @typedef {import("./types.js").Step} Step */

const BYTES = 17; // of one pair
const NAMES = /** @type {const} */ (["predicted", "actual", "line", "depth", "verdict", "event", "doubt"]);

export class Columns {
  /** @param {number} [capacity] */
  constructor(capacity = 64) {
    this.length = 0;
    this.predicted = new Int32Array(capacity);
    this.actual = new Int32Array(capacity);
    this.line = new Int32Array(capacity);
    this.depth = new Uint16Array(capacity);
    this.verdict = new Uint8Array(capacity);
    this.event = new Uint8Array(capacity);
    this.doubt = new Uint8Array(capacity);
  }

  grow() {
    const wider = new Columns(2 * this.length || 64);
    for (const name of NAMES) {
      wider[name].set(this[name]);
      /** @type {any} */ (this)[name] = wider[name];
    }
  }

  /** @param {ArrayBuffer} buffer @returns {Columns} */
  static unpack(buffer) {
    const count = Math.floor(buffer.byteLength / BYTES);
    const columns = new Columns(0);
    let at = 0;
    /** @param {any} kind */
    const take = (kind) => {
      const part = new kind(buffer.slice(at, at + count * kind.BYTES_PER_ELEMENT));
      at += count * kind.BYTES_PER_ELEMENT;
      return part;
    };
    columns.predicted = take(Int32Array);
    columns.actual = take(Int32Array);
    columns.line = take(Int32Array);
    columns.depth = take(Uint16Array);
    columns.verdict = take(Uint8Array);
    columns.event = take(Uint8Array);
    columns.doubt = take(Uint8Array);
    columns.length = count;
    return columns;
  }

  /** @param {string} text base64 */
  static decode(text) {
    return Columns.unpack(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  }

  /** One more step of one trace alone. @param {Step} step @param {"predicted" | "actual"} side */
  append(step, side) {
    if (this.length === this.line.length) this.grow();
    const at = this.length++;
    this.predicted[at] = side === "predicted" ? at : -1;
    this.actual[at] = side === "actual" ? at : -1;
    this.line[at] = step.line;
    this.depth[at] = Math.min(step.depth, 65535);
    this.verdict[at] = PENDING;
    this.event[at] = Math.max(0, EVENTS.indexOf(step.event));
    this.doubt[at] = step.confidence === undefined ? 0 : 255 - Math.round(255 * step.confidence);
  }

  /** How often each verdict occurs. @param {number} [from] the first pair that counts */
  counts(from = 0) {
    const counts = [0, 0, 0, 0, 0, 0];
    for (let i = from; i < this.length; i++) counts[this.verdict[i]]++;
    return counts;
  }

  /** The worst verdict in [from, to): the first that is no match. @param {number} from @param {number} to */
  worst(from, to) {
    for (let i = from; i < to; i++) if (this.verdict[i] > MATCH) return this.verdict[i];
    return from < to ? this.verdict[from] : PENDING;
  }

  /** Greatest depth in [from, to). @param {number} from @param {number} to */
  deepest(from, to) {
    let depth = 0;
    for (let i = from; i < to; i++) if (this.depth[i] > depth) depth = this.depth[i];
    return depth;
  }

  /** This side's newest index at or before pair `at`, or -1. @param {"predicted" | "actual"} side @param {number} at */
  newest(side, at) {
    const column = this[side];
    for (let i = at; i >= 0; i--) if (column[i] >= 0) return column[i];
    return -1;
  }

  /** The pair that shows a step of a side. @param {"predicted" | "actual"} side @param {number} index */
  pairOf(side, index) {
    const column = this[side];
    let low = 0;
    let high = this.length - 1;
    while (low <= high) {
      let middle = (low + high) >> 1;
      let probe = middle;
      while (probe < high && column[probe] < 0) probe++; // pairs where this side has no step
      if (column[probe] < 0) high = middle - 1;
      else if (column[probe] === index) return probe;
      else if (column[probe] < index) low = probe + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** The next pair from `at` on that is no match, in direction 1 or -1; -1 if there is none.
   * @param {number} at @param {1 | -1} direction */
  divergence(at, direction) {
    for (let i = at; i >= 0 && i < this.length; i += direction) if (this.verdict[i] > MATCH) return i;
    return -1;
  }

  /** Where stepping over (or back over) pair `at` leads: the next step that is not deeper.
   * @param {number} at @param {1 | -1} direction */
  over(at, direction) {
    for (let i = at + direction; i >= 0 && i < this.length; i += direction) {
      if (this.depth[i] <= this.depth[at]) return i;
    }
    return direction > 0 ? this.length - 1 : 0;
  }

  /** Where stepping out leads: the next step of a caller. @param {number} at */
  out(at) {
    for (let i = at + 1; i < this.length; i++) if (this.depth[i] < this.depth[at]) return i;
    return this.length - 1;
  }
}
