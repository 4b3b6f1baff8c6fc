// What is shown and what the reader does with it. The views draw from here and call in here; nothing
// else holds state that they share.

import { Columns } from "./columns.js";
import { Line } from "./line.js";

/** @typedef {import("./feed.js").Feed} Feed */
/** @typedef {import("./types.js").Side} Side */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./types.js").Mark} Mark */
/** @typedef {{side: Side, index: number, step: Step | undefined, state: State | undefined}} Now */

/** What a change touches, from the whole page down to one step. */
/** @typedef {"program" | "head" | "trace" | "step" | "panel"} Part */

export class App {
  /** @param {Feed} feed */
  constructor(feed) {
    this.feed = feed;
    this.main = new Line(null); // what happened
    /** @type {Map<number, Line>} what would have happened, by number */
    this.branches = new Map();
    this.line = this.main; // the one that is shown
    this.main.position = Number(feed.get("position") ?? 0);
    /** @type {number | null} the branch that this page has asked for */
    this.awaited = null;
    this.made = 0; // steps of it that the model has made so far
    /** @type {Set<string>} what Python has been asked to do */
    this.working = new Set();
    this.known = { key: "", fates: new Uint8Array(0) };
    /** @type {{you: any, version: number, marks: Map<number, Mark[]>}} */
    this.said = { you: undefined, version: -1, marks: new Map() };
    this.follow = ["predicting", "running"].includes(feed.get("status"));
    /** @type {number | null} a frame chosen in the call stack, from outermost */
    this.frame = null;
    /** @type {"table" | "objects"} */
    this.view = "table";
    /** @type {string | null} the name whose history is open */
    this.picked = null;
    this.trouble = "";
    this.gone = false; // Python, before this was done
    /** @type {((parts: Set<Part>) => void)[]} */
    this.listeners = [];
    /** @type {Set<Part>} */
    this.dirty = new Set();
    /** @type {Set<string>} */
    this.asked = new Set();
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
    if (!this.feed.get("counts") || !this.feed.get("program")?.spans) {
      this.trouble = "This was saved by an older CWM Lab, which kept its steps in another way. Run the cell again to see them.";
      return;
    }
    this.main.fill(pack, this.feed.get("counts"), this.about());
    if (pack?.columns) this.replaceColumns(Columns.decode(pack.columns));
    else if (this.main.counts.pairs > this.main.columns.length) this.askColumns();
    this.loadBranches();
  }

  about() {
    const { feed } = this;
    return { scores: feed.get("scores"), summary: feed.get("summary"), divergences: feed.get("divergences"), outcomes: feed.get("outcomes") };
  }

  /** Branches that are there now; one that this page has asked for is shown once it is done. */
  loadBranches() {
    /** @type {import("./types.js").Branch[]} */
    const all = this.feed.get("branches") ?? [];
    for (const number of [...this.branches.keys()]) if (!all.some(({ id }) => id === number)) this.branches.delete(number);
    for (const branch of all) {
      if (branch.status !== "done" || this.branches.has(branch.id) || !branch.pack?.columns) continue;
      const line = new Line(branch.id, branch);
      line.fill(branch.pack, branch.counts, branch);
      line.replaceColumns(Columns.decode(branch.pack.columns));
      this.branches.set(branch.id, line);
      if (branch.id === this.awaited) this.line = line;
    }
    if (all.some(({ id, status }) => id === this.awaited && status !== "working")) this.awaited = null;
    if (this.line !== this.main && this.branches.get(this.line.number ?? -1) !== this.line) this.line = this.main;
  }

  get columns() {
    return this.line.columns;
  }

  get tracks() {
    return this.line.tracks;
  }

  get counts() {
    return this.line.counts;
  }

  get position() {
    return this.line.position;
  }

  get judged() {
    return !!this.counts.judged;
  }

  /** What Python is ready to do. @param {string} what */
  can(what) {
    return this.feed.live && (this.feed.get("can") ?? []).includes(what);
  }

  /** @param {Columns} columns */
  replaceColumns(columns) {
    this.main.replaceColumns(columns);
    if (this.follow && !this.judged) this.main.position = Math.max(0, columns.length - 1);
  }

  /** @param {string} name */
  changed(name) {
    const { main } = this;
    if (name === "pack" || name === "counts") {
      const judged = !!this.feed.get("counts")?.judged && this.follow;
      if (name === "pack") {
        this.asked.clear();
        main.clear();
      }
      this.load();
      if (judged) {
        this.follow = false;
        main.position = Number(this.feed.get("position") ?? 0);
      }
      this.redraw("trace", "head", "step");
    } else if (name === "position") {
      if (this.follow || main.position === this.feed.get("position")) return;
      main.position = this.feed.get("position");
      this.redraw("step");
    } else if (name === "program") this.redraw("program", "step");
    else {
      this.main.about = this.about();
      this.loadBranches();
      if (name === "resynced") this.working.delete("resync");
      this.redraw("trace", "head", "panel", "step");
    }
  }

  /** @param {any} message */
  receive(message) {
    if (message.kind === "branch") this.made = Number(message.steps);
    if (message.kind !== "steps") return this.redraw("panel", "head");
    const side = /** @type {"predicted" | "actual"} */ (message.side);
    const { columns, tracks } = this.main;
    const known = columns.length;
    tracks[side].append(message.from, message.steps);
    if (this.judged) return;
    if (message.from > known) this.askColumns(); // the page opened late
    else for (const step of message.steps.slice(known - message.from)) columns.append(step, side);
    if (this.follow) this.main.position = Math.max(0, columns.length - 1);
    this.redraw("trace", "head", "step");
  }

  lost() {
    if (!["predicting", "running"].includes(this.feed.get("status"))) return;
    this.trouble = "The connection to Python was lost before this was done. Run the cell again.";
    this.gone = true;
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
        this.working.delete(what);
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
      this.askOnce("chunk", { side, number: missing, branch: this.line.number }, ({ chunk }) => {
        track.put(chunk, true);
        this.redraw("step");
      });
    }
    return { side, index, step: track.step(index), state: track.state(index) };
  }

  /** What the learner said of the current step; null where nothing was said. @returns {Now | null} */
  learner() {
    const actual = this.columns.length && this.line === this.main ? this.columns.actual[this.position] : -1;
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
    this.line.position = Math.max(this.line.from, Math.min(this.columns.length - 1, position));
    this.follow = false;
    this.frame = null;
    if (this.line === this.main) this.feed.set("position", this.position);
    this.redraw("step");
  }

  /** Show what happened (null), or a branch. @param {number | null} number */
  select(number) {
    this.line = (number !== null && this.branches.get(number)) || this.main;
    this.frame = null;
    this.redraw("trace", "head", "panel", "step");
  }

  /** Give names of the current step other values. @param {Record<string, string>} values
   * @returns {Promise<void>} rejected with a sentence */
  async whatIf(values) {
    const { branch } = await this.feed.ask("whatif", { at: this.main.columns.actual[this.main.position], values });
    this.made = 0;
    this.awaited = branch;
    this.loadBranches();
    if (this.branches.has(branch)) { // it was faster than its answer
      this.awaited = null;
      this.select(branch);
    }
    this.redraw("trace", "head", "panel", "step");
  }

  /** Ask Python for something that shows itself in a trait. @param {string} what @param {Record<string, any>} [details] */
  request(what, details = {}) {
    this.working.add(what);
    this.askOnce(what, details, () => this.redraw("head", "panel"));
    this.redraw("head", "panel");
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
      first: () => this.line.from,
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
      other: () => -1,
    };
    if (!moves[move]) return false;
    if (move === "other") {
      this.select(this.line === this.main ? [...this.branches.keys()].at(-1) ?? null : null);
      return true;
    }
    const target = moves[move]();
    if (target >= this.line.from || !move.startsWith("divergence")) this.go(target);
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

  /** What re-sync tells of each pair that is shown: see FATES. */
  fates() {
    const marks = this.line === this.main ? this.feed.get("resynced")?.marks ?? "" : "";
    const key = `${this.line.number} ${this.line.version} ${marks}`;
    if (this.known.key !== key) this.known = { key, fates: this.line.fates(marks) };
    return this.known.fates;
  }

  /** What the learner said, by the pair of what happened that shows it. @returns {Map<number, Mark[]>} */
  marks() {
    /** @type {import("./types.js").You | null} */
    const you = this.feed.get("you");
    if (this.said.you === you && this.said.version === this.main.version) return this.said.marks;
    /** @type {Map<number, Mark[]>} */
    const marks = new Map();
    for (const mark of you?.marks ?? []) {
      const pair = this.main.columns.pairOf("actual", mark.step);
      if (pair >= 0) marks.set(pair, [...(marks.get(pair) ?? []), mark]);
    }
    this.said = { you, version: this.main.version, marks };
    return marks;
  }

  /** What the learner said of the step that is shown. @returns {Mark[]} */
  saidHere() {
    return this.line === this.main ? this.marks().get(this.position) ?? [] : [];
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
