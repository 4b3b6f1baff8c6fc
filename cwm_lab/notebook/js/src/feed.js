// The one place that knows how data comes: from Python through the widget's traits and messages, or
// from a saved page. The protocol is described in docs/player.md.

/**
 * @typedef {{
 *   get(name: string): any,
 *   set(name: string, value: any): void,
 *   on(listener: (name: string) => void): void,
 *   onMessage(listener: (message: any) => void): void,
 *   onGone(listener: () => void): void,
 *   send(message: Record<string, any>): void,
 *   ask(what: string, details: Record<string, any>): Promise<any>,
 *   live: boolean,
 *   close(): void,
 * }} Feed
 */

export const PATIENCE = 8000; // milliseconds until a question counts as unanswered
const TRAITS = [
  "program", "model", "status", "message", "notes", "summary", "scores", "outcomes", "divergences",
  "counts", "pack", "position", "quiz", "calibrated", "you", "resynced", "branches", "can",
];

/** A widget's feed. @param {any} model anywidget's model @returns {Feed} */
export function widgetFeed(model) {
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void, timer: any}>} */
  const waiting = new Map();
  const own = Math.floor(Math.random() * 1e9); // several views may share one model
  let number = 0;
  /** @type {(message: any) => void} */
  let listener = () => {};
  /** @type {() => void} */
  let gone = () => {};
  /** @type {[string, (...args: any[]) => void][]} */
  const handlers = [];
  const on = (/** @type {string} */ event, /** @type {(...args: any[]) => void} */ handler) => {
    handlers.push([event, handler]);
    model.on(event, handler);
  };
  on("msg:custom", (message, buffers) => {
    if (message.kind !== "answer") return listener(message);
    const question = message.view === own ? waiting.get(message.id) : undefined;
    if (!question) return;
    waiting.delete(message.id);
    clearTimeout(question.timer);
    if (message.error) question.reject(new Error(message.error));
    else question.resolve({ ...message, buffers });
  });
  on("comm_live_update", () => gone());
  return {
    live: true,
    get: (name) => model.get(name),
    set(name, value) {
      model.set(name, value);
      model.save_changes();
    },
    on(change) {
      for (const name of TRAITS) on(`change:${name}`, () => change(name));
    },
    onMessage: (handler) => void (listener = handler),
    onGone: (handler) => void (gone = handler),
    send: (message) => model.send(message),
    ask(what, details) {
      const id = ++number;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(id);
          reject(new Error("Python does not answer. It may be busy with another cell, or its kernel has gone."));
        }, PATIENCE);
        waiting.set(id, { resolve, reject, timer });
        model.send({ kind: "ask", view: own, id, what, ...details });
      });
    },
    close() {
      for (const [event, handler] of handlers) model.off(event, handler);
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}

/** A saved page's feed: what was saved, and nobody to ask. @param {Record<string, any>} saved @returns {Feed} */
export function savedFeed(saved) {
  return {
    live: false,
    get: (name) => saved[name],
    set: (name, value) => void (saved[name] = value),
    on() {},
    onMessage() {},
    onGone() {},
    send() {},
    ask: () => Promise.reject(new Error("Not in this saved page: Python is not here to answer.")),
    close() {},
  };
}
