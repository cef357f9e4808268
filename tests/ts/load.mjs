// Node 20 runs no TypeScript: bundle a source in memory and import that.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const ROOT = new URL("../../", import.meta.url);

/** The exports of a TypeScript source, named by its path in the repository. */
export async function load(path) {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL(path, ROOT))],
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
    logLevel: "silent",
  });
  return import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`);
}

/** A vector file of tests/golden, which the Rust tests read too. */
export async function golden(name) {
  return JSON.parse(await readFile(new URL(`tests/golden/${name}`, ROOT), "utf8"));
}
