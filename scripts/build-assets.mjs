// Builds static/dist: scripts, style sheet and icons under names that carry a hash of their content, each also compressed, and manifest.json
// (logical name -> file). The same sources give the same bytes. src/web/assets.rs embeds and serves the folder.
//
//   node scripts/build-assets.mjs

import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { build, transform } from "esbuild";
import { PurgeCSS } from "purgecss";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "static/dist");

// The icons in use, by their names at https://tabler.io/icons (outline). Keep the list sorted.
const ICONS = `
  alert-circle alert-triangle api archive arrow-back-up arrows-split building calendar-check calendar-event calendar-month calendar-time check
  chevron-down chevron-left chevron-right chevron-up circle-check clock device-desktop device-floppy devices download edit eye eye-off
  filter history info-circle key keyboard layout-dashboard lock login logout map-pin menu-2 moon plus printer refresh restore search selector
  settings star sun template trash user-circle user-off user-plus users x
`.trim().split(/\s+/);

// Class names put together in templates; everything else must stand there in full to survive.
const PUT_TOGETHER = [/^bg-(green|yellow|red|blue|secondary)-lt$/, /^btn-(ghost|outline)?-?(primary|secondary|danger)$/, /^data-bs-theme$/];

const manifest = {};

async function main() {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await emit("app.js", await bundled("static/ts/app.ts"));
  await emit("theme.js", await bundled("static/ts/theme.ts"));
  await emit("app.css", await styles());
  await emit("icons.svg", await sprite());
  await emit("favicon.svg", await readFile(join(root, "static/icons/favicon.svg")));
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(join(dist, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
}

async function bundled(entry) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
    write: false,
  });
  return result.outputFiles[0].contents;
}

// Tabler's rules that no template, script or page module mentions are left out.
async function styles() {
  const tabler = await readFile(join(root, "node_modules/@tabler/core/dist/css/tabler.css"), "utf8");
  const own = await readFile(join(root, "static/css/app.css"), "utf8");
  const [purged] = await new PurgeCSS().purge({
    css: [{ raw: tabler }],
    content: ["templates", "static/ts", "src"].map((folder) => join(root, folder, "**/*.{html,ts,rs}")),
    safelist: { standard: PUT_TOGETHER },
    variables: true,
    keyframes: true,
  });
  // A rule left open would swallow those after it without a word: what is wrong in a style sheet of ours stops the build.
  const { warnings } = await transform(own, { loader: "css" });
  if (warnings.length > 0) throw new Error(warnings.map(({ text, location }) => `static/css/app.css:${location?.line}: ${text}`).join("\n"));
  const { code } = await transform(`${purged.css}\n${own}`, { loader: "css", minify: true, target: "es2022" });
  return code;
}

async function sprite() {
  const symbols = await Promise.all(
    ICONS.map(async (name) => {
      const source = await readFile(join(root, `node_modules/@tabler/icons/icons/outline/${name}.svg`), "utf8");
      const shapes = source.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "").replace(/\s*\n\s*/g, "");
      return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

async function emit(name, content) {
  const bytes = Buffer.from(content);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const dot = name.lastIndexOf(".");
  const hashed = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  await writeFile(join(dist, hashed), bytes);
  await writeFile(join(dist, `${hashed}.br`), brotli);
  await writeFile(join(dist, `${hashed}.gz`), gzipSync(bytes, { level: 9 }));
  manifest[name] = hashed;
  console.log(`${hashed.padEnd(32)} ${String(bytes.length).padStart(8)} bytes, ${String(brotli.length).padStart(7)} with brotli`);
}

await main();
