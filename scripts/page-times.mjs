// How long pages of a demo that runs take in Chromium with the service worker and without it, in turns, on a good line:
//
//   make page-times URL=http://127.0.0.1:8080
//
// Prints the medians, from the click to the first byte, to the page that can be used and to the end of loading. Fails where all pages
// together can be used, or are loaded, more than a tenth later with the worker. (The first byte has some milliseconds to go through the worker;
// the files that every page needs come out of its store, and make up for it.)

import { chromium } from "@playwright/test";

import { executablePath, signIn } from "./demo.mjs";

const demo = process.argv[2] ?? "http://127.0.0.1:8080";
const rounds = Number(process.argv[3] ?? 40);
const PAGES = ["/today", "/timesheets", "/timesheets/month", "/employees", "/shift-templates"];
const ALLOWED = 1.1;

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const sums = {};
try {
  const without = await open("block");
  const withWorker = await open("allow");
  await withWorker.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  for (const path of PAGES) {
    const times = { without: [], with: [] };
    for (const tab of [without, withWorker]) await visit(tab, path); // caches
    for (let round = 0; round < rounds; round += 1) {
      times.without.push(await visit(without, path));
      times.with.push(await visit(withWorker, path));
    }
    for (const what of ["begun", "ready", "loaded"]) {
      const [before, after] = [times.without, times.with].map((all) => median(all.map((one) => one[what])));
      say(path, what, before, after);
      sums[what] = { before: (sums[what]?.before ?? 0) + before, after: (sums[what]?.after ?? 0) + after };
    }
  }
  if (!(await withWorker.evaluate(() => Boolean(navigator.serviceWorker.controller)))) throw new Error("the worker never took the page");
} finally {
  await browser.close();
}
for (const [what, { before, after }] of Object.entries(sums)) say("all of them", what, before, after);
process.exitCode = ["ready", "loaded"].some((what) => sums[what].after > sums[what].before * ALLOWED) ? 1 : 0;

function say(path, what, before, after) {
  console.log(`${path.padEnd(18)} ${what.padEnd(9)} ${before.toFixed(1)} ms without, ${after.toFixed(1)} ms with the worker: ${(after / before).toFixed(2)} times`);
}

async function open(serviceWorkers) {
  const context = await browser.newContext({ locale: "tr-TR", viewport: { width: 1366, height: 768 }, serviceWorkers });
  const tab = await context.newPage();
  await signIn(tab, demo, "ankara1");
  return tab;
}

async function visit(tab, path) {
  await tab.goto(demo + path, { waitUntil: "load" });
  return tab.evaluate(async () => {
    await new Promise((later) => setTimeout(later, 0)); // loadEventEnd is set after the event
    const [page] = performance.getEntriesByType("navigation");
    return { begun: page.responseStart, ready: page.domContentLoadedEventEnd, loaded: page.loadEventEnd };
  });
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
