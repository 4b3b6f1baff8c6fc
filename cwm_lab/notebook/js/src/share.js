// What can be taken along: the steps as a Markdown table, the current step as a picture, and the
// table that is printed.

import { button, h, plain } from "./dom.js";
import { download, picture, toPng } from "./picture.js";
import { polished, saidBy } from "./explanation.js";
import { VERDICTS } from "./words.js";

/** @typedef {import("./app.js").App} App */

const MAX_ROWS = 1000; // of a copied or printed table

/** One cell of a Markdown table: no pipe, line end or markup of the text takes effect. @param {string} text */
export function markdownCell(text) {
  return text.replace(/\s*\n\s*/g, " ⏎ ").replace(/[\\|`*_<>[\]#~&!$]/g, "\\$&").trim();
}

/** @param {string[][]} rows the first is the head */
export function markdown(rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  const [top, ...rest] = rows.map((row) => row.map(markdownCell));
  return [line(top), line(top.map(() => "---")), ...rest.map(line)].join("\n") + "\n";
}

/** Each step in a row: number, verdict, line, source, what happens. @param {App} app @returns {string[][]} */
export function rows(app) {
  const { columns } = app;
  const program = app.feed.get("program");
  const sides = app.sides;
  const found = [["step", ...(app.judged ? [""] : []), "line", "source", ...sides.map((side) => (side === "actual" ? "Python" : "model"))]];
  for (let i = 0; i < Math.min(columns.length, MAX_ROWS); i++) {
    const line = columns.line[i];
    const text = (line > 0 ? program.lines[line - 1] : program.context[-line - 1]) ?? "";
    found.push([String(i + 1), ...(app.judged ? [VERDICTS[columns.verdict[i]].glyph] : []), String(line), text.trim(),
      ...sides.map((side) => {
        const said = columns[side][i] < 0 ? undefined : app.tracks[side].said(columns[side][i]);
        return said ? plain(polished(said)) : "";
      })]);
  }
  if (columns.length > MAX_ROWS) found.push(["…", ...(app.judged ? [""] : []), "", `${columns.length - MAX_ROWS} more steps`, ...sides.map(() => "")]);
  return found;
}

/** @param {App} app */
export function share(app) {
  const told = h("span", { class: "cwm-told", role: "status" });
  const menu = h("div", { class: "cwm-menu", hidden: true, role: "group", "aria-label": "Take along" },
    item("Copy steps as a Markdown table", copy), item("Save this step as SVG", () => save("svg")), item("Save this step as PNG", () => save("png")), told);
  const toggle = button("Copy or save", { class: "cwm-nav", "aria-expanded": "false", "aria-haspopup": "true", onclick: () => open(!!menu.hidden) }, "⋯");
  const node = h("div", { class: "cwm-share", onkeydown: escape }, toggle, menu);
  const table = h("div", { class: "cwm-print", "aria-hidden": "true" });
  const print = () => table.replaceChildren(printed());
  globalThis.addEventListener?.("beforeprint", print);

  /** @param {string} text @param {() => void} act */
  function item(text, act) {
    return h("button", { type: "button", class: "cwm-menu-item", onclick: act }, text);
  }

  /** @param {boolean} shown */
  function open(shown) {
    menu.hidden = !shown;
    told.textContent = "";
    toggle.setAttribute("aria-expanded", String(shown));
  }

  /** @param {KeyboardEvent} event */
  function escape(event) {
    if (event.key !== "Escape" || menu.hidden) return;
    open(false);
    toggle.focus();
    event.stopPropagation();
  }

  async function copy() {
    const text = markdown(rows(app));
    try {
      await navigator.clipboard.writeText(text);
      told.textContent = "Copied.";
    } catch (error) {
      download(new Blob([text], { type: "text/markdown" }), "steps.md");
      told.textContent = "The browser does not let a page copy here: saved as steps.md.";
    }
  }

  /** @param {"svg" | "png"} kind */
  async function save(kind) {
    const drawn = picture(app, node);
    const name = `step-${app.position + 1}.${kind}`;
    const blob = new Blob([new XMLSerializer().serializeToString(drawn)], { type: "image/svg+xml" });
    download(kind === "svg" ? blob : await toPng(blob, drawn), name);
    told.textContent = `Saved as ${name}.`;
  }

  function printed() {
    const [top, ...rest] = rows(app);
    return h("table", {}, h("thead", {}, h("tr", {}, ...top.map((text) => h("th", {}, text)))),
      h("tbody", {}, ...rest.map((row) => h("tr", {}, ...row.map((text) => h("td", {}, text))))));
  }
  return { node, table, said: () => plain(saidBy(app, "actual") ?? []), close: () => globalThis.removeEventListener?.("beforeprint", print) };
}
