// How long pages of a demo that runs take in Chromium with the service worker and without it, in turns, on a good line:
//
//   make page-times URL=http://127.0.0.1:8080
//
// Prints the medians, from the click to the first byte, to the page that can be used and to the end of loading. Fails where all pages
// together can be used, or are loaded, more than a tenth later with the worker. (The first byte has some milliseconds to go through the worker;
// the files that every page needs come out of its store, and make up for it.) Then one key for a whole region: 300 people, who are added to the
// demo as a region of their own, are entered as planned on Bugün and taken back, each measured from the key to the page that shows it and
// answers to the next key. Fails where that takes longer than 1.5 s.

import { chromium } from "@playwright/test";

import { executablePath, makeCrowd, signIn } from "./demo.mjs";

const demo = process.argv[2] ?? "http://127.0.0.1:8080";
const rounds = Number(process.argv[3] ?? 40);
const PAGES = ["/today", "/timesheets", "/timesheets/month", "/employees", "/shift-templates"];
const ALLOWED = 1.1;
const CROWD = 300;
const ALLOWED_MS = 1500;

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
  sums.crowd = await oneKeyForAll();
} finally {
  await browser.close();
}
const { crowd, ...pages } = sums;
for (const [what, { before, after }] of Object.entries(pages)) say("all of them", what, before, after);
for (const [what, ms] of Object.entries(crowd)) console.log(`${CROWD} people, one key  ${what.padEnd(12)} ${ms.toFixed(0)} ms`);
const isSlower = ["ready", "loaded"].some((what) => pages[what].after > pages[what].before * ALLOWED);
process.exitCode = isSlower || Object.values(crowd).some((ms) => ms > ALLOWED_MS) ? 1 : 0;

/** Medians of five rounds, with the worker. */
async function oneKeyForAll() {
  const context = await browser.newContext({ locale: "tr-TR", viewport: { width: 1366, height: 768 } });
  const tab = await context.newPage();
  await signIn(tab, demo, "admin");
  const region = await makeCrowd(tab, demo, CROWD);
  await tab.goto(`${demo}/today?region=${region}`);
  const times = { entered: [], "taken back": [] };
  for (let round = 0; round < 5; round += 1) {
    times.entered.push(await press(tab, "Enter", 0));
    times["taken back"].push(await press(tab, "Control+z", CROWD));
  }
  return Object.fromEntries(Object.entries(times).map(([what, all]) => [what, median(all)]));
}

/** From a key to the page that shows as many blank people as are left then, and has answered to the arrow after it. */
async function press(tab, key, left) {
  const row = tab.locator("[data-today] tr[data-row]");
  await row.first().focus();
  const begun = Date.now();
  await tab.keyboard.press(key);
  const isShown = (left) => document.querySelectorAll("[data-today] tr[data-state=blank]").length === left;
  await tab.waitForFunction(isShown, left, { polling: 20 });
  await tab.keyboard.press("ArrowDown");
  await tab.waitForFunction(() => document.activeElement?.matches("tr[data-row]:not(:first-child), tbody:nth-of-type(2) tr"), null, { polling: 20 });
  return Date.now() - begun;
}

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
