// Elements. Text from programs enters the page here, as text nodes and attributes, never as markup.

/** @typedef {Record<string, any>} Attributes `onclick` and the like are listeners */

/** @param {Element} node @param {Attributes} attributes @param {(Node | string)[]} children */
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children);
}

/**
 * An element with attributes and children; strings become text.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Attributes} [attributes] @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  fill(node, attributes, children);
  return node;
}

/**
 * The same for SVG.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag @param {Attributes} [attributes] @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(node, attributes, children);
  return node;
}

/** A drawn sign, since fonts do not agree on arrows. @param {string} path */
export function icon(path) {
  return svg("svg", { viewBox: "0 0 16 16", class: "cwm-icon", "aria-hidden": "true" }, svg("path", { d: path }));
}

/** @param {string} label @param {Attributes} attributes @param {...(Node | string)} children */
export function button(label, attributes, ...children) {
  return h("button", { type: "button", "aria-label": label, title: label, ...attributes }, ...children);
}

/** Words and code of a sentence. @param {import("./types.js").Sentence} sentence */
export function sentence(sentence) {
  return sentence.map((part) => (typeof part === "string" ? part : h("code", {}, part[0])));
}

/** Words with `code` in backticks. @param {string} text @returns {(Node | string)[]} */
export function ticked(text) {
  return text.split(/`([^`]*)`/).map((part, i) => (i % 2 ? h("code", {}, part) : part));
}

/** @param {import("./types.js").Sentence} said */
export function plain(said) {
  return said.map((part) => (typeof part === "string" ? part : part[0])).join("");
}

/** A number with thousands marked. @param {number} value */
export function count(value) {
  return value.toLocaleString("en");
}
