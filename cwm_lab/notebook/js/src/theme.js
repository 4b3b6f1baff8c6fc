// Whether the surroundings are light or dark. Each notebook says it in its own way, and in some the player
// lives in a shadow root, out of reach of the page's selectors; so it looks at what it inherits.

/** Light of a computed colour, 0 to 1; null for a transparent one. @param {string} colour */
export function lightOf(colour) {
  const [red, green, blue, alpha = 1] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  if (blue === undefined || alpha < 0.5) return null;
  const scale = colour.startsWith("color(") ? 1 : 255;
  return (0.299 * red + 0.587 * green + 0.114 * blue) / scale;
}

/** @param {number | null} ground of the notebook's background @param {number | null} text of its text
 * @param {boolean} preferred whether the system prefers dark @returns {"light" | "dark"} */
export function themeOf(ground, text, preferred) {
  if (ground !== null) return ground < 0.5 ? "dark" : "light";
  if (text !== null && text > 0.55) return "dark";
  if (text !== null && text > 0) return "light"; // somebody has chosen it
  return preferred ? "dark" : "light";
}

/** Keep `root` in the theme of its surroundings. @param {HTMLElement} root @param {() => void} changed
 * @returns {{node: HTMLElement, look: () => void, close: () => void}} a node to be put beside the root; `look` sees
 *   whether the theme is another, which is cheap */
export function followTheme(root, changed) {
  const node = root.ownerDocument.createElement("span");
  node.className = "cwm-sense"; // its colours are the notebook's, and change in a transition
  node.setAttribute("aria-hidden", "true");
  const system = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
  const look = () => {
    if (!node.isConnected) return;
    const style = getComputedStyle(node);
    const theme = themeOf(lightOf(style.backgroundColor), lightOf(style.color), !!system?.matches);
    if (root.dataset.theme === theme) return;
    root.dataset.theme = theme;
    changed();
  };
  // Out of sight there are no transitions, so it looks again when it comes into sight.
  const sight = new IntersectionObserver(look);
  sight.observe(root);
  node.addEventListener("transitionend", look);
  system?.addEventListener("change", look);
  return {
    node,
    look,
    close() {
      sight.disconnect();
      system?.removeEventListener("change", look);
    },
  };
}
