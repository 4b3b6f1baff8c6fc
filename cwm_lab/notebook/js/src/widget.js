// The entry: anywidget calls `render`; a saved page defines `cwmLabPage` and gets `mount`.

import { savedFeed, widgetFeed } from "./feed.js";
import { show } from "./view.js";

/** @param {{model: any, el: HTMLElement}} context @returns {() => void} */
function render({ model, el }) {
  return show(widgetFeed(model), el);
}

/** @param {HTMLElement} el @param {Record<string, any>} saved @returns {() => void} */
function mount(el, saved) {
  return show(savedFeed(saved), el);
}

/** @type {any} */ (globalThis).cwmLabPage?.(mount);

export default { render };
