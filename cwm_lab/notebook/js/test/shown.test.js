// What is shown: the object graph's layout, Markdown, curves, doubt, the keys.

import assert from "node:assert/strict";
import { test } from "node:test";
import { note, shade, share } from "../src/doubt.js";
import { arrange, markDifferences, reachable, shape } from "../src/graph.js";
import { curve } from "../src/history.js";
import { KEYS, moveOf } from "../src/keys.js";
import { Line, FATES } from "../src/line.js";
import { markdown } from "../src/share.js";
import { lightOf, themeOf } from "../src/theme.js";

const named = (value, id = null, since = 0) => ({ value, since, id, type: null, sure: null });
const list = (...items) => ({ kind: "list", type: "list", size: items.length, items });

/** @param {Record<string, any>} names @param {Record<string, any>} objects */
function state(names, objects) {
  return {
    frames: [{ function: "<module>", opened: 0, line: 1, names: new Map(Object.entries(names)) }],
    objects: new Map(Object.entries(objects)), tail: "", printed: 0,
  };
}

test("two names of one list are two arrows to one box", () => {
  const picture = arrange(state({ a: named("[1]", 1), b: named("[1]", 1) }, { 1: list("1") }), new Map(), 0);
  assert.equal(picture.boxes.filter((box) => box.kind === "object").length, 1);
  assert.deepEqual(picture.arrows.map((arrow) => arrow.id), ["1", "1"]);
});

test("nested, shared and cyclic lists: one box each, arrows between them", () => {
  const objects = { 1: list(2, 2), 2: list("0", 1) };
  const picture = arrange(state({ grid: named("…", 1) }, objects), new Map(), 0);
  assert.equal(picture.boxes.length, 3);
  assert.equal(picture.arrows.length, 4);
  assert.ok(Number.isFinite(picture.width) && Number.isFinite(picture.height));
});

test("boxes do not overlap", () => {
  const objects = { 1: list(2, 3, 4), 2: list("0"), 3: { kind: "dict", type: "dict", size: 2, items: [["'k'", 2], ["'l'", "1"]] }, 4: { kind: "instance", type: "Node", size: 1, items: [["next", 1]] } };
  const { boxes } = arrange(state({ a: named("", 1), b: named("", 4), c: named("7") }, objects), new Map(), 0);
  for (const a of boxes) {
    for (const b of boxes) {
      if (a === b) continue;
      assert.ok(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y, `${a.id} and ${b.id}`);
    }
  }
});

test("what was there stays in its column when more points at it", () => {
  const columns = new Map();
  arrange(state({ a: named("", 1) }, { 1: list(2), 2: list() }), columns, 0);
  const before = columns.get("2");
  arrange(state({ a: named("", 1), b: named("", 2) }, { 1: list(2), 2: list() }), columns, 1);
  assert.equal(columns.get("2"), before);
});

test("a name whose object was not recorded still gets a box; unreachable objects get none", () => {
  const found = reachable(state({ a: named("<zip>", 3) }, { 9: list() }));
  assert.deepEqual([...found.keys()], ["3"]);
});

test("no frames, no picture", () => {
  const picture = arrange({ frames: [], objects: new Map(), tail: "", printed: 0 }, new Map(), 0);
  assert.deepEqual([picture.boxes, picture.arrows], [[], []]);
});

test("Markdown cells cannot break out of their table", () => {
  const table = markdown([["step", "source"], ["1", "a | b\n# <b>*x*</b> `y` \\"]]);
  assert.equal(table.split("\n").length, 4);
  assert.ok(table.includes("a \\| b ⏎ \\# \\<b\\>\\*x\\*\\</b\\> \\`y\\` \\\\"));
});

test("curves are drawn of numbers and truths alone", () => {
  assert.ok(curve([[0, "1"], [5, "2.5"], [9, "-3"]]));
  assert.ok(curve([[0, "True"], [5, "False"]]));
  assert.equal(curve([[0, "1"], [5, "'2'"]]), null);
  assert.equal(curve([[0, "1"]]), null);
  assert.ok(!/NaN/.test(curve([[0, "1"], [1, "1"]]) ?? "NaN"));
});

test("doubt: none for what is sure or unknown, growing else", () => {
  assert.equal(shade(null), 0);
  assert.equal(shade(1), 0);
  assert.ok(shade(0.9) < shade(0.5) && shade(0.5) < shade(0.1));
  assert.match(note(0.8, true), /4 in 5/);
  assert.match(note(0.8, false), /80 %/);
  assert.equal(note(null, true), "");
  assert.equal(share(0), "1 in 20");
});

test("keys are unique, and arrows have names", () => {
  const keys = KEYS.flatMap(([keys]) => keys);
  assert.equal(new Set(keys).size, keys.length);
  const event = (key, more = {}) => ({ key, altKey: false, ctrlKey: false, metaKey: false, ...more });
  assert.equal(moveOf(event("ArrowRight")), "next");
  assert.equal(moveOf(event("?")), "help");
  assert.equal(moveOf(event("n", { ctrlKey: true })), null);
  assert.equal(moveOf(event("constructor")), null);
});

test("pictures are the same whatever their objects are numbered, and differ in what is shared", () => {
  const draw = (names, objects) => arrange(state(names, objects), new Map(), 0);
  const shared = draw({ a: named("", 1), b: named("", 1) }, { 1: list("1", 2), 2: list() });
  const renumbered = draw({ a: named("", 7), b: named("", 7) }, { 7: list("1", 9), 9: list() });
  const copied = draw({ a: named("", 1), b: named("", 3) }, { 1: list("1", 2), 2: list(), 3: list("1", 2) });
  assert.equal(shape(shared), shape(renumbered));
  assert.notEqual(shape(shared), shape(copied));
  markDifferences(shared, renumbered);
  const marked = (picture) => picture.boxes.flatMap((box) => [...(box.wrong ? [box.title] : []), ...box.cells.filter((cell) => cell.wrong).map((cell) => cell.key)]);
  assert.deepEqual(marked(shared), []);
  markDifferences(shared, copied);
  assert.deepEqual(marked(copied), ["b"]); // what a holds is shared on one side alone
});

test("values, sizes and names that differ are marked on both sides", () => {
  const left = arrange(state({ x: named("1"), l: named("", 1) }, { 1: list("1", "2") }), new Map(), 0);
  const right = arrange(state({ x: named("2"), l: named("", 1), y: named("3") }, { 1: list("1", "5", "6") }), new Map(), 0);
  markDifferences(left, right);
  const wrong = (picture) => picture.boxes.map((box) => [!!box.wrong, box.cells.filter((cell) => cell.wrong).map((cell) => cell.key)]);
  assert.deepEqual(wrong(left), [[false, ["x"]], [true, ["1"]]]);
  assert.deepEqual(wrong(right), [[false, ["x", "y"]], [true, ["1", "2"]]]);
});

test("the first mistake is its own; others by what re-sync says", () => {
  const line = new Line(null);
  const verdicts = [1, 2, 1, 2, 5, 2, 4];
  for (let i = 0; i < verdicts.length; i++) line.columns.append({ event: "line", line: 1, function: "f", depth: 0 }, "actual");
  verdicts.forEach((verdict, i) => (line.columns.verdict[i] = verdict));
  line.columns.actual.set([0, 1, 2, 3, -1, 4, 5]);
  const { none, own, follows } = FATES;
  assert.deepEqual([...line.fates("rrrrw?")], [none, own, none, follows, follows, own, none]);
  assert.deepEqual([...line.fates("")], verdicts.map(() => none));
});

test("light or dark: by the ground, else by the text, else by the system", () => {
  assert.equal(lightOf("rgba(0, 0, 0, 0)"), null);
  assert.ok((lightOf("rgb(255, 255, 255)") ?? 0) > 0.99);
  assert.equal(themeOf(0.1, 0, false), "dark");
  assert.equal(themeOf(1, 0, true), "light");
  assert.equal(themeOf(null, 0.9, false), "dark");
  assert.equal(themeOf(null, 0.2, true), "light");
  assert.equal(themeOf(null, 0, true), "dark");
});
