// Bundles the player: src/widget.js and styles/player.css into ../static/, each one file.
// With --check nothing is written; the exit status says whether the committed files are these.

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const { outputFiles } = await build({
  absWorkingDir: here("."),
  entryPoints: { player: "src/widget.js", "player-style": "styles/player.css" },
  outdir: "../static",
  bundle: true,
  write: false,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
});
const check = process.argv.includes("--check");
for (const file of outputFiles) {
  const path = file.path.replace("player-style.css", "player.css");
  const text = file.text;
  if (!check) await writeFile(path, text);
  else if ((await readFile(path, "utf8").catch(() => "")) !== text) {
    console.error(`${path} is not what the sources build: run \`make player\``);
    process.exitCode = 1;
  }
}
