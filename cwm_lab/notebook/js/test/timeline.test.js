// Folding loops, and the scale of the timeline.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Columns } from "../src/columns.js";
import { around, findLoops, itemOf, layOut, openAtFirst } from "../src/loops.js";
import { Scale } from "../src/scale.js";

/** @param {[line: number, depth?: number, event?: string][]} steps */
function trace(steps) {
  const columns = new Columns();
  for (const [line, depth = 0, event = "line"] of steps) {
    columns.append({ event, line, function: "f", depth }, "actual");
  }
  return columns;
}

test("rounds of a loop; the last visit of the header belongs to the last round", () => {
  const loops = findLoops(trace([[1], [2], [3], [2], [3], [2], [4]]), [[2, 3]]);
  assert.equal(loops.length, 1);
  assert.deepEqual([loops[0].from, loops[0].to], [1, 6]);
  assert.deepEqual(loops[0].rounds.map(({ from, to }) => [from, to]), [[1, 3], [3, 6]]);
});

test("nested loops, and a loop that runs again later", () => {
  const inner = [[2], [3], [2], [3], [2]];
  const columns = trace([[1], ...inner, [1], ...inner, [1], [4]]);
  const [outer] = findLoops(columns, [[1, 3], [2, 3]]);
  assert.equal(outer.rounds.length, 2);
  assert.deepEqual(outer.rounds.map((round) => round.loops.length), [1, 1]);
  assert.equal(outer.rounds[0].loops[0].rounds.length, 2);
});

test("a call inside a round stays in it; recursion opens loops of its own", () => {
  const columns = trace([[5], [6], [1, 1, "call"], [2, 1], [3, 1], [2, 1], [2, 1, "return"], [5], [7]]);
  const loops = findLoops(columns, [[2, 3], [5, 6]]);
  assert.equal(loops.length, 1);
  assert.deepEqual([loops[0].from, loops[0].to], [0, 8]);
  assert.equal(loops[0].rounds[0].loops[0].line, 2);
});

test("a loop left by return or by an exception ends there", () => {
  const columns = trace([[1, 1, "call"], [2, 1], [3, 1], [3, 1, "return"], [9, 0]]);
  const [loop] = findLoops(columns, [[2, 3]]);
  assert.deepEqual([loop.from, loop.to], [1, 4]);
});

test("items cover every step once, whatever is open", () => {
  const inner = [[2], [3], [2], [3], [2]];
  const columns = trace([[8], [1], ...inner, [1], ...inner, [1], [4]]);
  const loops = findLoops(columns, [[1, 3], [2, 3]]);
  const keys = [...new Set(Array.from({ length: columns.length }, (_, i) => around(loops, i)).flat())];
  for (let mask = 0; mask < 2 ** Math.min(keys.length, 8); mask++) {
    const items = layOut(columns.length, loops, (key) => ((mask >> keys.indexOf(key)) & 1) === 1);
    assert.equal(items[0].from, 0);
    assert.equal(items.at(-1)?.to, columns.length);
    items.forEach((item, i) => i && assert.equal(item.from, items[i - 1].to));
    for (let at = 0; at < columns.length; at++) {
      const item = items[itemOf(items, at)];
      assert.ok(item.from <= at && at < item.to);
    }
  }
});

test("a short trace is open at first, a long one is folded", () => {
  const short = trace([[2], [3], [2], [3], [2]]);
  assert.ok(layOut(5, findLoops(short, [[2, 3]]), (key) => openAtFirst(5, findLoops(short, [[2, 3]])).has(key)).every((item) => item.kind === "step"));
  const many = Array.from({ length: 500 }, () => [[2], [3]]).flat();
  const long = trace(many);
  const loops = findLoops(long, [[2, 3]]);
  assert.deepEqual(layOut(long.length, loops, (key) => openAtFirst(long.length, loops).has(key)).map(({ kind, label }) => [kind, label]), [["loop", "×500"]]);
});

test("no steps, no loops", () => {
  assert.deepEqual(findLoops(new Columns(), [[1, 2]]), []);
  assert.deepEqual(layOut(0, [], () => true), []);
});

test("100,000 steps are folded and laid out quickly enough to be done at once", () => {
  const columns = new Columns();
  for (let i = 0; i < 100_000; i++) columns.append({ event: "line", line: 1 + (i % 2), function: "f", depth: 0 }, "actual");
  const loops = findLoops(columns, [[1, 2]]);
  assert.equal(loops[0].rounds.length, 50_000);
  assert.equal(layOut(columns.length, loops, () => true).length, 100_000);
});

test("the scale zooms around a point, pans within bounds and reveals", () => {
  const scale = new Scale();
  scale.fit(1000, 500);
  assert.equal(scale.cell, 0.5);
  assert.ok(!scale.zoomed);
  scale.zoom(0.1, 250);
  assert.equal(scale.span, 100);
  assert.equal(scale.item(250), 500);
  scale.pan(-10_000);
  assert.equal(scale.start, 0);
  scale.reveal(999);
  assert.ok(scale.x(999) < 500 && scale.x(999) >= 0);
  scale.brush(700, 600);
  assert.deepEqual([scale.start, scale.span], [600, 100]);
  scale.zoom(0.0001, 0);
  assert.equal(scale.span, 8);
  scale.zoom(1e9, 0);
  assert.ok(!scale.zoomed);
});

test("the scale of nothing and of one item", () => {
  const scale = new Scale();
  scale.fit(0, 300);
  assert.equal(scale.item(10), 0);
  scale.fit(1, 300);
  assert.equal(scale.item(299), 0);
  scale.zoom(0.5, 3);
  assert.equal(scale.span, 1);
});
