// Builds static/dist: scripts, style sheet and icons under names that carry a hash of their content, each also compressed, and manifest.json
// (logical name -> file). The same sources give the same bytes. src/http/assets.rs embeds and serves the folder.
// Under their own names: the service worker, its pass-through stand-in, the web app's manifest, and the id of the whole build.
//
//   node scripts/build-assets.mjs

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
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
  chevron-down chevron-left chevron-right chevron-up circle-check clock cloud-check device-desktop device-floppy devices download edit eye eye-off
  filter history info-circle key keyboard layout-dashboard lock login logout map-pin menu-2 moon plus printer refresh restore search selector send
  settings star sun template trash upload user-circle user-off user-plus users wifi-off x
`
  .trim()
  .split(/\s+/);

// Class names put together in templates; everything else must stand there in full to survive.
const PUT_TOGETHER = [/^bg-(green|yellow|red|blue|secondary)-lt$/, /^btn-(ghost|outline)?-?(primary|secondary|danger)$/, /^data-bs-theme$/];

// The style sheets of ours, in their order.
const STYLES = ["app.css", "print.css"];

// What a page needs to stand without a network.
const PRECACHED = ["app.js", "theme.js", "app.css", "icons.svg", "favicon.svg", "offline-tr.json", "offline-en.json"];

const PNGS = ["icon-192", "icon-512", "icon-maskable-512", "apple-touch-icon"];

const manifest = {};

async function main() {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await emit("app.js", await bundled("static/ts/app.ts"));
  await emit("theme.js", await bundled("static/ts/theme.ts"));
  await emit("app.css", await styles());
  await emit("icons.svg", await sprite());
  await emit("favicon.svg", await readFile(join(root, "static/icons/favicon.svg")));
  for (const name of PNGS) await emit(`${name}.png`, await readFile(join(root, `static/icons/${name}.png`)));
  for (const lang of ["tr", "en"]) await emit(`offline-${lang}.json`, await sentences(lang));
  await plain("manifest.webmanifest", webManifest());
  await workers();
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(join(dist, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
}

// The worker carries the id of the build it belongs to, made from everything in it.
async function workers() {
  const scripts = { "sw.js": "static/ts/offline/sw.ts", "sw-off.js": "static/ts/offline/sw_off.ts" };
  const assets = PRECACHED.map((name) => `/static/${manifest[name]}`);
  const hash = createHash("sha256").update(JSON.stringify(manifest));
  for (const entry of Object.values(scripts)) hash.update(await bundled(entry, { BUILD: '""', ASSETS: "[]" }));
  const id = hash.digest("hex").slice(0, 12);
  for (const [name, entry] of Object.entries(scripts)) await plain(name, await bundled(entry, { BUILD: JSON.stringify(id), ASSETS: JSON.stringify(assets) }));
  await plain("build.txt", id);
}

// Sentences that scripts say: the complaints at fields, which the worker knows by their codes, and those about working without a network.
async function sentences(lang) {
  const folder = join(root, "locales", lang);
  const texts = {};
  for (const file of (await readdir(folder)).sort()) {
    for (const line of (await readFile(join(folder, file), "utf8")).split("\n")) {
      const [, key, text] = /^([a-z][a-z0-9-]*) = (.+)$/.exec(line) ?? [];
      const isComplaint = file === "form_errors.ftl" && key?.startsWith("error-");
      if (key && (isComplaint || file === "offline.ftl")) texts[key] = text.replace(/\{ ?\$(\w+) ?\}/g, "{$1}");
    }
  }
  return JSON.stringify(texts);
}

function webManifest() {
  const icon = (name, size, purpose) => ({ src: `/static/${manifest[`${name}.png`]}`, sizes: `${size}x${size}`, type: "image/png", purpose });
  return JSON.stringify({
    id: "/",
    name: "Rainstaff Puantaj",
    short_name: "Rainstaff",
    description: "Puantaj girişi; bağlantı yokken de çalışır.",
    lang: "tr",
    start_url: "/",
    scope: "/",
    display: "standalone",
    background_color: "#f6f8fb",
    theme_color: "#206bc4",
    icons: [icon("icon-192", 192, "any"), icon("icon-512", 512, "any"), icon("icon-maskable-512", 512, "maskable")],
    shortcuts: [
      { name: "Bugün", url: "/today" },
      { name: "Puantaj", url: "/timesheets" },
    ],
  });
}

async function bundled(entry, define = {}) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
    define,
    write: false,
  });
  return result.outputFiles[0].contents;
}

// Tabler's rules that no template, script or page module mentions are left out.
async function styles() {
  const tabler = await readFile(join(root, "node_modules/@tabler/core/dist/css/tabler.css"), "utf8");
  const files = await Promise.all(STYLES.map(async (name) => [name, await readFile(join(root, "static/css", name), "utf8")]));
  const [purged] = await new PurgeCSS().purge({
    css: [{ raw: tabler }],
    content: ["templates", "static/ts", "src"].map((folder) => join(root, folder, "**/*.{html,ts,rs}")),
    safelist: { standard: PUT_TOGETHER },
    variables: true,
    keyframes: true,
  });
  // A rule left open would swallow those after it without a word: what is wrong in a style sheet of ours stops the build.
  for (const [name, text] of files) {
    const { warnings } = await transform(text, { loader: "css" });
    if (warnings.length > 0) throw new Error(warnings.map(({ text, location }) => `static/css/${name}:${location?.line}: ${text}`).join("\n"));
  }
  const own = files.map(([, text]) => text).join("\n");
  const { code } = await transform(`${quickToRestyle(purged.css)}\n${own}`, { loader: "css", minify: true, target: "es2022" });
  return code;
}

/** Tabler's style sheet without selectors that make a browser look through the whole page at any change in it: `[class*=…]` above other
 *  elements matches anew wherever a class changes, and `.page:has(…)`, for a second navigation bar that we do not have, wherever a row comes
 *  in. With 300 rows on Bugün each such look takes 110 ms. */
function quickToRestyle(tabler) {
  return tabler
    .replace(/[^{}]*\.page:has\([^{}]*\{[^{}]*\}/g, "")
    .replace(/\[class\*="?navbar-expand"?\]/g, ".navbar-expand-lg")
    .replace(/\[class\^="?container"?\]/g, ".container-fluid");
}

async function sprite() {
  const symbols = await Promise.all(
    ICONS.map(async (name) => {
      const source = await readFile(join(root, `node_modules/@tabler/icons/icons/outline/${name}.svg`), "utf8");
      const shapes = source
        .replace(/<!--[\s\S]*?-->/g, "")
        .replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "")
        .replace(/\s*\n\s*/g, "");
      return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

async function plain(name, content) {
  await writeFile(join(dist, name), content);
  console.log(`${name.padEnd(32)} ${String(Buffer.from(content).length).padStart(8)} bytes`);
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
