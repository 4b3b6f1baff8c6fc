// The state that a step shows, rebuilt from a snapshot and the differences after it. The same rules
// as cwm_lab/notebook/slices.py.

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {import("./types.js").Step} Step */

const MAX_TAIL = 20000;

/** @param {Snapshot} saved @returns {State} */
export function restore(saved) {
  return {
    frames: saved.frames.map((frame) => ({
      function: frame.function,
      opened: frame.opened,
      line: frame.line,
      names: new Map(frame.names.map(([name, value, since, id, type, sure]) => [name, { value, since, id, type, sure }])),
    })),
    objects: new Map(Object.entries(saved.objects)),
    tail: saved.tail,
    printed: saved.printed,
  };
}

/** @returns {Snapshot} */
export function nothing() {
  return { frames: [], objects: {}, tail: "", printed: 0 };
}

/** Take in what step `index` tells. @param {State} state @param {Step} step @param {number} index */
export function feed(state, step, index) {
  const { frames } = state;
  frames.length = Math.min(frames.length, step.depth + 1);
  if (step.event === "call" && frames.length > step.depth) frames.pop();
  while (frames.length <= step.depth) {
    const name = frames.length === step.depth ? step.function : "?";
    frames.push({ function: name, opened: index, line: step.line, names: new Map() });
  }
  const top = frames[frames.length - 1];
  top.line = step.line;
  for (const name of step.removed ?? []) top.names.delete(name);
  for (const [name, value] of Object.entries(step.locals ?? {})) {
    top.names.set(name, {
      value,
      since: index,
      id: step.ids?.[name] ?? null,
      type: step.types?.[name] ?? null,
      sure: step.confidences?.[name] ?? step.confidence ?? null,
    });
  }
  for (const [name, id] of Object.entries(step.ids ?? {})) {
    const known = top.names.get(name);
    if (known && !Object.hasOwn(step.locals ?? {}, name)) top.names.set(name, { ...known, id, since: index });
  }
  for (const [id, record] of Object.entries(step.objects ?? {})) state.objects.set(id, record);
  if (step.stdout) {
    state.printed += step.stdout.length;
    state.tail = (state.tail + step.stdout).slice(-MAX_TAIL);
  }
}
