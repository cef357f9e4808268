// Every page that a link leads to, as a clerk and as an admin, in both languages: no key in place of a word, nothing wider than the screen,
// nothing serious for axe, and no ERROR in the server's log.

import { readFileSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { seriousFindings } from "./support/axe.ts";
import { type Running, startServer } from "./server.ts";
import { type Page, expect, signIn, speak, test } from "./support/browser.ts";

test.describe.configure({ mode: "serial", timeout: 600_000 });

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const WIDTHS = [1366, 390, 320];

/** Of pages of one kind (`/employees/…/edit`) so many are opened, each with other fields in its query. */
const OF_A_KIND = 2;

/** Files and what is no page. */
const NO_PAGE = /^\/(static|api|logout|sw\.js|manifest|metrics)|format=/;

const KEYS = new Set(
  readdirSync(`${ROOT}/locales/tr`).flatMap((file) => [...readFileSync(`${ROOT}/locales/tr/${file}`, "utf8").matchAll(/^([a-z][a-z0-9-]*) =/gm)].map(([, key]) => key ?? "")),
);
const FAMILIES = new Set([...KEYS].map((key) => key.split("-")[0] ?? ""));

/** A server of its own, so that its log is of these pages alone. */
const LOG = `${ROOT}/test-results/crawl.log`;
let server: Running;

test.beforeAll(async () => {
  rmSync(LOG, { force: true });
  server = await startServer(LOG);
});

test.afterAll(() => server.stop());

for (const account of ["izmir1", "admin"] as const) {
  for (const language of ["Türkçe", "English"] as const) {
    test(`every page for ${account} in ${language}`, async ({ visit, complaints }) => {
      const page = await visit({ baseURL: server.url });
      await page.goto("/login");
      await signIn(page, account);
      await page.goto("/dashboard");
      await speak(page, language);
      const before = errorsLogged().length;
      const seen = await crawl(page, language === "Türkçe"); // what axe looks at does not depend on the language, but for a few words
      expect(seen.length, "pages").toBeGreaterThan(account === "admin" ? 30 : 20);
      expect.soft(errorsLogged().slice(before), "the server's log").toEqual([]);
      expect.soft(complaints, "the consoles").toEqual([]);
      await page.setViewportSize({ width: 1366, height: 768 });
      await page.goto("/dashboard");
      await speak(page, "Türkçe");
    });
  }
}

async function crawl(page: Page, withAxe: boolean): Promise<string[]> {
  const waiting = ["/dashboard", "/today", "/timesheets", "/reports/summary", "/account", "/account/tokens", "/password"];
  const kinds = new Map<string, Set<string>>();
  const seen: string[] = [];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const [kind, fields] = kindOf(path);
    const queries = kinds.get(kind) ?? new Set();
    if (queries.has(fields) || queries.size >= OF_A_KIND) continue;
    kinds.set(kind, queries.add(fields));
    await page.setViewportSize({ width: 1366, height: 768 });
    const answer = await page.goto(path);
    expect.soft(answer?.status(), path).toBe(200);
    seen.push(path);
    await look(page, path, withAxe);
    waiting.push(...(await linksOf(page)));
  }
  return seen;
}

async function look(page: Page, path: string, withAxe: boolean): Promise<void> {
  expect.soft(await keysOn(page), `${path}: words`).toEqual([]);
  expect.soft(await brokenFigures(page), `${path}: figures over two lines`).toEqual([]);
  if (withAxe) expect.soft(await seriousFindings(page), `${path}: axe`).toEqual([]);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 768 });
    const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    expect.soft(inner, `${path} at ${width} px`).toBe(outer);
  }
}

/** What is shown, read out or hinted at and looks like the key of a text. */
async function keysOn(page: Page): Promise<string[]> {
  const words = await page.evaluate(() => {
    const shown: string[] = [document.title, document.body.innerText];
    for (const element of document.querySelectorAll("*")) {
      for (const name of ["title", "aria-label", "placeholder", "data-label", "alt"]) shown.push(element.getAttribute(name) ?? "");
      if (element instanceof HTMLOptionElement || element instanceof HTMLOptGroupElement) shown.push(element.label);
    }
    return [...new Set(shown.flatMap((text) => text.split(/[^\p{L}\p{N}_-]+/u)))];
  });
  return words.filter((word) => (KEYS.has(word) ? word.includes("-") : /^[a-z]+(-[a-z0-9]+){2,}$/.test(word) && FAMILIES.has(word.split("-")[0] ?? "")));
}

async function linksOf(page: Page): Promise<string[]> {
  const links = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLAnchorElement>("a[href]:not([download], [type])")]
      .filter(({ origin }) => origin === location.origin)
      .map(({ pathname, search }) => pathname + search),
  );
  return links.filter((link) => !NO_PAGE.test(link));
}

/** Times, dates and sums that stand on two lines. */
async function brokenFigures(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = [];
    const texts = document.createTreeWalker(document.querySelector("main") ?? document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const figure = (node.textContent ?? "").trim();
      if (!/^(\d\d:\d\d|\d\d\.\d\d\.\d{4}|-?[\d.]+,\d\d)$/.test(figure)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const lines = new Set(Array.from(range.getClientRects(), ({ top }) => Math.round(top)));
      if (lines.size > 1) found.push(figure);
    }
    return found;
  });
}

/** The path with ids, dates and codes left out, and which fields the query has. */
function kindOf(path: string): [string, string] {
  const { pathname, searchParams } = new URL(path, "http://x");
  const kind = pathname
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ":id")
    .replace(/\d{4}-\d\d-\d\d/g, ":date")
    .replace(/(\/admin\/(?:users|regions|settings|devices))\/(?!new$|company$)[^/]+/, "$1/:code");
  return [kind, [...searchParams.keys()].sort().join("&")];
}

/** The lines of the server's log that say ERROR. */
function errorsLogged(): string[] {
  return readFileSync(LOG, "utf8")
    .split("\n")
    .filter((line) => line.includes('"level":"ERROR"'));
}
