// What is shown and what the reader does with it. The views draw from here and call in here; nothing
// else holds state that they share.

import { Columns } from "./columns.js";
import { MATCH, ORDER } from "./words.js";
import { Track } from "./track.js";

/** @typedef {import("./feed.js").Feed} Feed */
/** @typedef {import("./types.js").Side} Side */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Step} Step */
/** @typedef {{side: Side, index: number, step: Step | undefined, state: State | undefined}} Now */

/** What a change touches, from the whole page down to one step. */
/** @typedef {"program" | "head" | "trace" | "step" | "panel"} Part */

export class App {
  /** @param {Feed} feed */
  constructor(feed) {
    this.feed = feed;
    this.columns = new Columns();
    /** @type {Record<Side, Track>} */
    this.tracks = { predicted: new Track(), actual: new Track(), learner: new Track() };
    this.position = Number(feed.get("position") ?? 0);
    this.follow = ["predicting", "running"].includes(feed.get("status"));
    /** @type {number | null} a frame chosen in the call stack, from outermost */
    this.frame = null;
    /** @type {"table" | "objects"} */
    this.view = "table";
    /** @type {string | null} the name whose history is open */
    this.picked = null;
    this.trouble = "";
    /** @type {((parts: Set<Part>) => void)[]} */
    this.listeners = [];
    /** @type {Set<Part>} */
    this.dirty = new Set();
    /** @type {Set<string>} */
    this.asked = new Set();
    this.version = 0; // grows when the columns are replaced
    feed.on((name) => this.changed(name));
    feed.onMessage((message) => this.receive(message));
    feed.onGone(() => this.lost());
    this.load();
  }

  // ---- what comes ----

  load() {
    const pack = this.feed.get("pack");
    if (pack?.version > 1) {
      this.trouble = "This was saved by a newer CWM Lab; parts of it cannot be shown.";
      return;
    }
    for (const side of ORDER) {
      for (const chunk of pack?.tracks?.[side] ?? []) this.tracks[side].put(chunk);
      this.tracks[side].count = Math.max(this.tracks[side].count, this.counts[side] ?? 0);
    }
    if (pack?.columns) this.replaceColumns(Columns.decode(pack.columns));
    else if (this.counts.pairs > this.columns.length) this.askColumns();
  }

  get counts() {
    return this.feed.get("counts") ?? { predicted: 0, actual: 0, learner: 0, pairs: 0, judged: false };
  }

  get judged() {
    return !!this.counts.judged;
  }

  /** @param {Columns} columns */
  replaceColumns(columns) {
    this.columns = columns;
    this.version++;
    this.position = Math.max(0, Math.min(this.follow && !this.judged ? Infinity : this.position, columns.length - 1));
  }

  /** @param {string} name */
  changed(name) {
    if (name === "pack" || name === "counts") {
      const judged = this.judged && this.follow;
      if (name === "pack") {
        this.asked.clear();
        for (const side of ORDER) this.tracks[side] = new Track();
      }
      this.load();
      if (judged) {
        this.follow = false;
        this.position = Number(this.feed.get("position") ?? 0);
      }
      this.redraw("trace", "head", "step");
    } else if (name === "position") {
      if (this.follow || this.position === this.feed.get("position")) return;
      this.position = this.feed.get("position");
      this.redraw("step");
    } else if (name === "program") this.redraw("program", "step");
    else this.redraw("head", "panel", "step");
  }

  /** @param {any} message */
  receive(message) {
    if (message.kind !== "steps") return this.redraw("panel");
    const side = /** @type {"predicted" | "actual"} */ (message.side);
    const known = this.columns.length;
    this.tracks[side].append(message.from, message.steps);
    if (this.judged) return;
    if (message.from > known) this.askColumns(); // the page opened late
    else for (const step of message.steps.slice(known - message.from)) this.columns.append(step, side);
    if (this.follow) this.position = Math.max(0, this.columns.length - 1);
    this.redraw("trace", "head", "step");
  }

  lost() {
    if (!["predicting", "running"].includes(this.feed.get("status"))) return;
    this.trouble = "The connection to Python was lost before this was done. Run the cell again.";
    this.redraw("head");
  }

  askColumns() {
    this.askOnce("columns", {}, (answer) => {
      const view = answer.buffers[0];
      const bytes = new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength);
      this.replaceColumns(Columns.unpack(bytes.slice().buffer));
      this.redraw("trace", "head", "step");
    });
  }

  /** Ask Python, but not twice at a time for the same. @param {string} what
   * @param {Record<string, any>} details @param {(answer: any) => void} use */
  askOnce(what, details, use) {
    const key = `${what} ${Object.values(details).join(" ")}`;
    if (this.asked.has(key)) return;
    this.asked.add(key);
    this.feed.ask(what, details).then(
      (answer) => {
        this.asked.delete(key);
        this.trouble = "";
        use(answer);
      },
      (/** @type {Error} */ error) => {
        this.trouble = this.feed.live && this.follow ? "" : error.message;
        setTimeout(() => this.asked.delete(key), 2000);
        this.redraw("head");
      },
    );
  }

  // ---- what is shown ----

  /** The part of a side that the current pair shows; undefined parts have been asked for.
   * @param {"predicted" | "actual"} side @returns {Now | null} */
  now(side) {
    const index = this.columns.length ? this.columns[side][this.position] : -1;
    if (index < 0) return null;
    return this.at(side, index);
  }

  /** @param {Side} side @param {number} index @returns {Now} */
  at(side, index) {
    const track = this.tracks[side];
    const missing = track.missing(index);
    if (missing !== null) {
      this.askOnce("chunk", { side, number: missing }, ({ chunk }) => {
        track.put(chunk, true);
        this.redraw("step");
      });
    }
    return { side, index, step: track.step(index), state: track.state(index) };
  }

  /** What the learner said of the current step; null where nothing was said. @returns {Now | null} */
  learner() {
    const actual = this.columns.length ? this.columns.actual[this.position] : -1;
    /** @type {[number, number][]} */
    const said = this.feed.get("pack")?.learner ?? [];
    const found = said.find(([at]) => at === actual);
    return found ? this.at("learner", found[1]) : null;
  }

  /** The sides that have anything to show. @returns {("predicted" | "actual")[]} */
  get sides() {
    const { counts } = this;
    return /** @type {("predicted" | "actual")[]} */ (["predicted", "actual"]).filter(
      (side) => this.judged || this.tracks[side].count || counts[side],
    );
  }

  // ---- what the reader does ----

  /** @param {number} position */
  go(position) {
    this.position = Math.max(0, Math.min(this.columns.length - 1, position));
    this.follow = false;
    this.frame = null;
    this.feed.set("position", this.position);
    this.redraw("step");
  }

  /** Jump to a step of one side. @param {"predicted" | "actual"} side @param {number} index */
  goTo(side, index) {
    const pair = this.columns.pairOf(side, index);
    if (pair >= 0) this.go(pair);
  }

  /** @param {string} move one of the moves of keys.js @returns {boolean} whether it is one */
  move(move) {
    const { columns, position } = this;
    const last = columns.length - 1;
    if (last < 0) return false;
    /** @type {Record<string, () => number>} */
    const moves = {
      first: () => 0,
      previous: () => position - 1,
      next: () => position + 1,
      last: () => last,
      over: () => columns.over(position, 1),
      back: () => columns.over(position, -1),
      out: () => columns.out(position),
      page: () => position + Math.max(10, Math.round(columns.length / 20)),
      pageBack: () => position - Math.max(10, Math.round(columns.length / 20)),
      divergence: () => columns.divergence(position + 1, 1),
      divergenceBack: () => columns.divergence(position - 1, -1),
      firstDivergence: () => columns.divergence(0, 1),
    };
    if (!moves[move]) return false;
    const target = moves[move]();
    if (target >= 0 || !move.startsWith("divergence")) this.go(target);
    return true;
  }

  /** @param {number | null} frame */
  choose(frame) {
    this.frame = frame;
    this.redraw("step");
  }

  /** @param {"table" | "objects"} view */
  show(view) {
    this.view = view;
    this.redraw("step");
  }

  /** @param {string | null} name */
  pick(name) {
    this.picked = this.picked === name ? null : name;
    this.redraw("step");
  }

  /** Whether the pair at the current position is judged and wrong. */
  get wrong() {
    return this.columns.length > 0 && this.columns.verdict[this.position] > MATCH;
  }

  // ---- drawing ----

  /** @param {...Part} parts */
  redraw(...parts) {
    if (!this.dirty.size) {
      requestAnimationFrame(() => {
        const dirty = this.dirty;
        this.dirty = new Set();
        for (const listener of this.listeners) listener(dirty);
      });
    }
    for (const part of parts) this.dirty.add(part);
  }
}
