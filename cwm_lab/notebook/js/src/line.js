// One way that a program went: what happened, or a branch that leaves it. Columns, traces, and a place.

import { Columns } from "./columns.js";
import { Track } from "./track.js";
import { MATCH, ORDER } from "./words.js";

/** @typedef {import("./types.js").Branch} Branch */
/** @typedef {import("./types.js").Counts} Counts */
/** @typedef {import("./types.js").Divergence} Divergence */
/** @typedef {import("./types.js").Pack} Pack */
/** @typedef {import("./types.js").Side} Side */
/** @typedef {{scores?: Record<string, number>, summary?: string, divergences?: Divergence[], outcomes?: Record<string, string>}} About */

/** What became of a pair: nothing known, a consequence of an earlier mistake, a mistake of its own. */
export const FATES = { none: 0, follows: 1, own: 2 };

/** @returns {Counts} */
const nothing = () => ({ predicted: 0, actual: 0, learner: 0, pairs: 0, judged: false });

export class Line {
  /** @param {number | null} number of the branch @param {Branch | null} [branch] */
  constructor(number, branch = null) {
    this.number = number;
    this.branch = branch;
    this.from = branch?.index ?? 0; // the first pair that is its own
    this.position = this.from;
    this.columns = new Columns();
    this.version = 0; // grows when the columns are replaced
    /** @type {Record<Side, Track>} */
    this.tracks = { predicted: new Track(), actual: new Track(), learner: new Track() };
    /** @type {Counts} */
    this.counts = nothing();
    /** @type {About} */
    this.about = {};
  }

  /** Forget the traces: others come. */
  clear() {
    for (const side of ORDER) this.tracks[side] = new Track();
  }

  /** @param {Pack | null} pack @param {Counts | undefined} counts @param {About} about */
  fill(pack, counts, about) {
    this.counts = counts?.pairs === undefined ? nothing() : counts;
    this.about = about;
    for (const side of ORDER) {
      for (const chunk of pack?.tracks?.[side] ?? []) this.tracks[side].put(chunk);
      this.tracks[side].count = Math.max(this.tracks[side].count, this.counts[side] ?? 0);
    }
  }

  /** @param {Columns} columns */
  replaceColumns(columns) {
    this.columns = columns;
    this.version++;
    this.position = Math.max(Math.min(this.from, columns.length - 1), Math.min(this.position, columns.length - 1), 0);
  }

  /** @returns {Divergence[]} */
  get divergences() {
    return this.about.divergences ?? [];
  }

  /**
   * Of each pair, what re-sync tells of it: a mistake is the model's own if it makes it from the true
   * state as well; else it follows from an earlier one. @param {string} marks of Python's steps
   */
  fates(marks) {
    const { columns } = this;
    const fates = new Uint8Array(columns.length);
    const first = columns.divergence(0, 1);
    if (!marks || first < 0) return fates;
    for (let i = first; i < columns.length; i++) {
      if (columns.verdict[i] <= MATCH) continue;
      const actual = columns.actual[i];
      const mark = i === first ? "w" : actual < 0 ? "r" : marks[actual];
      fates[i] = mark === "w" ? FATES.own : mark === "r" ? FATES.follows : FATES.none;
    }
    return fates;
  }
}
