// The shapes of what Python sends (docs/player.md) and of what the modules hand each other.

/**
 * @typedef {"predicted" | "actual" | "learner"} Side
 * @typedef {{event: string, line: number, function: string, depth: number,
 *   locals?: Record<string, string>, removed?: string[], value?: string, stdout?: string,
 *   detail?: string, ids?: Record<string, number>, types?: Record<string, string>,
 *   confidence?: number, confidences?: Record<string, number>,
 *   objects?: Record<string, ObjectRecord>}} Step
 * @typedef {string | number} Part a text, or the number of an object
 * @typedef {{kind: string, type: string, size: number, items: (Part | [Part, Part])[]}} ObjectRecord
 * @typedef {(string | [string])[]} Sentence words, and code in one-item lists
 * @typedef {[string, string, number, number | null, string | null, number | null]} SavedName
 * @typedef {{frames: {function: string, opened: number, line: number, names: SavedName[]}[],
 *   objects: Record<string, ObjectRecord>, tail: string, printed: number}} Snapshot
 * @typedef {{from: number, state: Snapshot, steps: Step[], said?: Sentence[]}} Chunk
 * @typedef {{value: string, since: number, id: number | null, type: string | null,
 *   sure: number | null}} Name
 * @typedef {{function: string, opened: number, line: number, names: Map<string, Name>}} Frame
 * @typedef {{frames: Frame[], objects: Map<string, ObjectRecord>, tail: string, printed: number}} State
 * @typedef {[number, number, string]} Span first column, last column, kind
 * @typedef {{lines: string[], spans: Span[][], context: string[], contextSpans: Span[][],
 *   loops: [number, number][]}} Program
 * @typedef {{pair: number, cause: string, text: string, first: boolean}} Divergence
 * @typedef {{predicted: number, actual: number, learner?: number, pairs: number, judged: boolean,
 *   divergences?: number}} Counts
 * @typedef {{version: number, columns: string | null, tracks: Record<string, Chunk[]>,
 *   learner?: [number, number][]}} Pack
 * @typedef {[step: number, value: string][]} History
 * @typedef {{id: number, index: number, values: Record<string, string>, before: Record<string, string>,
 *   status: "working" | "done" | "failed", message: string, counts: Counts, pack: Pack,
 *   scores: Record<string, number>, summary: string, divergences: Divergence[],
 *   outcomes: Record<string, string>}} Branch
 * @typedef {{step: number, credit: number, said: string, name: string, asked: string}} Mark
 * @typedef {{mode: string, score: number, marks: Mark[]}} You
 * @typedef {{marks: string, says: Record<string, string>, why: string}} Resynced
 */

export {};
