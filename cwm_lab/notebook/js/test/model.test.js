// The parts that hold data: columns, tracks, states.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Columns } from "../src/columns.js";
import { CHUNK, Track } from "../src/track.js";

const step = (line, more = {}) => ({ event: "line", line, function: "<module>", depth: 0, ...more });

/** @param {[number, number, number, number, number, number][]} rows predicted, actual, line, depth, verdict, event */
function packed(rows) {
  const buffer = new ArrayBuffer(rows.length * 17);
  const view = new DataView(buffer);
  const n = rows.length;
  rows.forEach(([predicted, actual, line, depth, verdict, event], i) => {
    view.setInt32(4 * i, predicted, true);
    view.setInt32(4 * (n + i), actual, true);
    view.setInt32(4 * (2 * n + i), line, true);
    view.setUint16(12 * n + 2 * i, depth, true);
    view.setUint8(14 * n + i, verdict);
    view.setUint8(15 * n + i, event);
    view.setUint8(16 * n + i, 0);
  });
  return Columns.unpack(buffer);
}

test("columns grow past their capacity and keep what they held", () => {
  const columns = new Columns(2);
  for (let i = 0; i < 100; i++) columns.append(step(i + 1, { confidence: 0.5 }), "predicted");
  assert.equal(columns.length, 100);
  assert.deepEqual([...columns.line.subarray(0, 100)], Array.from({ length: 100 }, (_, i) => i + 1));
  assert.equal(columns.actual[99], -1);
  assert.equal(columns.doubt[3], 127);
});

test("columns unpack what Python packs, also an odd number of pairs", () => {
  const columns = packed([[0, 0, -3, 2, 1, 0], [-1, 1, 7, 65535, 4, 3], [1, -1, 9, 0, 5, 1]]);
  assert.deepEqual([columns.length, columns.line[0], columns.depth[1], columns.verdict[2]], [3, -3, 65535, 5]);
});

test("moves: divergences, over, out, and pairs of a step", () => {
  const columns = packed([
    [0, 0, 1, 0, 1, 0], [1, 1, 2, 1, 1, 1], [-1, 2, 3, 1, 4, 0], [2, -1, 4, 1, 5, 0], [3, 3, 2, 1, 1, 2], [4, 4, 5, 0, 2, 0],
  ]);
  assert.equal(columns.divergence(0, 1), 2);
  assert.equal(columns.divergence(4, 1), 5);
  assert.equal(columns.divergence(1, -1), -1);
  assert.equal(columns.over(0, 1), 5);
  assert.equal(columns.over(5, -1), 0);
  assert.equal(columns.out(2), 5);
  for (const side of ["predicted", "actual"]) {
    for (let pair = 0; pair < 6; pair++) {
      if (columns[side][pair] >= 0) assert.equal(columns.pairOf(side, columns[side][pair]), pair);
    }
    assert.equal(columns.pairOf(side, 17), -1);
  }
  assert.equal(columns.newest("predicted", 2), 1);
  assert.equal(columns.worst(0, 6), 4);
});

test("empty columns answer every question", () => {
  const columns = packed([]);
  assert.equal(columns.length, 0);
  assert.equal(columns.divergence(0, 1), -1);
  assert.equal(columns.pairOf("actual", 0), -1);
  assert.equal(columns.worst(0, 0), 0);
});

test("a track that streams knows each state, over chunks' edges", () => {
  const track = new Track();
  for (let i = 0; i < 2 * CHUNK + 10; i++) track.append(i, [step(1, { locals: { i: String(i) }, stdout: "." })]);
  for (const at of [0, CHUNK - 1, CHUNK, 2 * CHUNK + 9]) {
    assert.equal(track.state(at)?.frames[0].names.get("i")?.value, String(at));
    assert.equal(track.state(at)?.printed, at + 1);
    assert.equal(track.missing(at), null);
  }
  assert.equal(track.missing(track.count), null);
});

test("a track with a gap says which chunk is missing, and takes it", () => {
  const track = new Track();
  track.append(CHUNK + 5, [step(1)]);
  assert.equal(track.missing(CHUNK + 5), 1);
  assert.equal(track.missing(3), 0);
  track.put({ from: 0, state: { frames: [], objects: {}, tail: "", printed: 0 }, steps: [step(4)] });
  assert.equal(track.step(0)?.line, 4);
});

test("states follow calls, returns, removals and rebinding", () => {
  const track = new Track();
  track.append(0, [
    step(1, { locals: { a: "1" } }),
    step(2, { event: "call", function: "f", depth: 1, locals: { x: "[1]" }, ids: { x: 5 } }),
    step(3, { function: "f", depth: 1, locals: { x: "[1, 2]" }, ids: { x: 5 }, objects: { 5: { kind: "list", type: "list", size: 2, items: ["1", "2"] } } }),
    step(3, { event: "return", function: "f", depth: 1, value: "[1, 2]" }),
    step(4, { locals: { b: "[1, 2]" }, ids: { b: 5 }, removed: ["a"] }),
    step(5, { ids: { b: 9 } }),
  ]);
  assert.deepEqual(track.state(2)?.frames.map((frame) => frame.function), ["<module>", "f"]);
  assert.equal(track.state(2)?.frames[1].names.get("x")?.id, 5);
  const after = track.state(5);
  assert.equal(after?.frames.length, 1);
  assert.deepEqual([...(after?.frames[0].names.keys() ?? [])], ["b"]);
  assert.deepEqual([after?.frames[0].names.get("b")?.id, after?.frames[0].names.get("b")?.since], [9, 5]);
  assert.equal(after?.objects.get("5")?.size, 2);
  assert.deepEqual(track.history("x", 2), [[1, "[1]"], [2, "[1, 2]"]]);
});

test("old chunks are forgotten where they can be asked for again", () => {
  const track = new Track();
  const chunk = (number) => ({ from: number * CHUNK, state: { frames: [], objects: {}, tail: "", printed: 0 }, steps: Array.from({ length: CHUNK }, () => step(1)) });
  for (let i = 0; i < 100; i++) track.put(chunk(i), true);
  assert.ok(track.chunks.size <= 40);
  assert.equal(track.missing(99 * CHUNK), null);
  assert.equal(track.missing(0), 0);
});

test("names such as __proto__ are names like others", () => {
  const track = new Track();
  const locals = JSON.parse('{"__proto__": "1", "constructor": "2", "toString": "3"}');
  track.append(0, [step(1, { locals })]);
  assert.deepEqual([...(track.state(0)?.frames[0].names.keys() ?? [])], ["__proto__", "constructor", "toString"]);
});
