// One trace as the page knows it: a count, and the chunks that have come so far.

import { feed, nothing, restore } from "./state.js";

/** @typedef {import("./types.js").Chunk} Chunk */
/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Sentence} Sentence */
/** @typedef {import("./types.js").History} History */

export const CHUNK = 250;
const MAX_CHUNKS = 40; // kept at a time where more can be asked for

export class Track {
  constructor() {
    this.count = 0;
    /** @type {Map<number, Chunk>} */
    this.chunks = new Map();
  }

  /** @param {Chunk} chunk @param {boolean} [forget] whether old chunks may go */
  put(chunk, forget = false) {
    const number = chunk.from / CHUNK;
    this.chunks.delete(number); // the newest is last
    this.chunks.set(number, chunk);
    this.count = Math.max(this.count, chunk.from + chunk.steps.length);
    if (!forget) return;
    for (const old of this.chunks.keys()) {
      if (this.chunks.size <= MAX_CHUNKS) break;
      if (old !== number) this.chunks.delete(old);
    }
  }

  /** Steps that stream in. Those after a gap are only counted: their chunk can be asked for.
   * @param {number} from @param {Step[]} steps */
  append(from, steps) {
    steps.forEach((step, i) => {
      const index = from + i;
      const start = index - (index % CHUNK);
      let chunk = this.chunks.get(start / CHUNK);
      if (!chunk && index === start) {
        chunk = { from: start, state: this.snapshotBefore(start), steps: [] };
        if (start === 0 || this.step(start - 1)) this.chunks.set(start / CHUNK, chunk);
      }
      if (chunk && chunk.steps.length === index - start) chunk.steps.push(step);
    });
    this.count = Math.max(this.count, from + steps.length);
  }

  /** @param {number} start @returns {import("./types.js").Snapshot} */
  snapshotBefore(start) {
    const state = start ? this.state(start - 1) : null;
    if (!state) return nothing();
    return {
      frames: state.frames.map((frame) => ({
        ...frame,
        names: [...frame.names].map(([name, at]) => [name, at.value, at.since, at.id, at.type, at.sure]),
      })),
      objects: Object.fromEntries(state.objects),
      tail: state.tail,
      printed: state.printed,
    };
  }

  /** Number of the chunk to ask for before step `index` can be shown, or null. @param {number} index */
  missing(index) {
    if (index < 0 || index >= this.count) return null;
    return this.step(index) ? null : Math.floor(index / CHUNK);
  }

  /** @param {number} index @returns {Step | undefined} */
  step(index) {
    return this.chunks.get(Math.floor(index / CHUNK))?.steps[index % CHUNK];
  }

  /** @param {number} index @returns {Sentence | undefined} */
  said(index) {
    return this.chunks.get(Math.floor(index / CHUNK))?.said?.[index % CHUNK];
  }

  /** @param {number} index @returns {State | undefined} */
  state(index) {
    const chunk = this.chunks.get(Math.floor(index / CHUNK));
    if (!chunk || !chunk.steps[index % CHUNK]) return undefined;
    const state = restore(chunk.state);
    for (let i = chunk.from; i <= index; i++) feed(state, chunk.steps[i - chunk.from], i);
    return state;
  }

  /** Each value of `name` in the frame of step `at`, from the chunks that are here.
   * @param {string} name @param {number} at @returns {History} */
  history(name, at) {
    const state = this.state(at);
    const depth = this.step(at)?.depth;
    const opened = state?.frames.at(-1)?.opened ?? 0;
    /** @type {History} */
    const entries = [];
    for (let i = opened; i < this.count; i++) {
      const step = this.step(i);
      if (!step) continue;
      if (depth === undefined || step.depth < depth) break;
      if (i > opened && step.depth === depth && step.event === "call") break;
      const value = step.depth === depth && Object.hasOwn(step.locals ?? {}, name) ? step.locals?.[name] : undefined;
      if (value !== undefined) entries.push([i, value]);
    }
    return entries;
  }
}
