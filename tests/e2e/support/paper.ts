// A page as it is printed: every word of every sheet, with its place.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type Page, expect } from "./browser.ts";

/** Points, from the sheet's upper left corner. */
interface Word {
  text: string;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Sheet {
  width: number;
  height: number;
  words: Word[];
  /** All words in the order of the page. */
  text: string;
}

/** What the margins leave of A4 across, in the page's pixels. */
const SHEET = { width: 1062, height: 718 };

/** Numbers stand at least so far apart, in points. */
const GAP = 1;

/** What a number looks like, and two that touch: as in Turkish, English numbers have their marks changed first. */
const NUMBER = /^[-−+]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?[.:%]?$/;
const NUMBERS_TOUCH = /\d[.,]\d+[.,]\d{3,}[.,]|,\d{3,}|\d,\d+,/;

/** What stands around a page on the screen. */
const SCREEN_ONLY = ["İçeriğe geç", "Ana menü", "Yazdır", "Kaydet", "Filtrele", "Deneme sunucusu", "Trial server", "Kaydedildi", "Düzelt", "Çalışan ekle"];

/** The printed page, kept beside the screenshots as well. */
export async function sheetsOf(page: Page, name: string): Promise<Sheet[]> {
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  const shots = fileURLToPath(new URL("../shots", import.meta.url));
  mkdirSync(shots, { recursive: true });
  writeFileSync(join(shots, `${name}.pdf`), pdf);
  return read(pdf);
}

function read(pdf: Buffer): Sheet[] {
  const folder = mkdtempSync(join(tmpdir(), "rainstaff-paper-"));
  try {
    const file = join(folder, "page.pdf");
    writeFileSync(file, pdf);
    const program = execFileSync(fileURLToPath(new URL("../../../scripts/find-pdftotext.sh", import.meta.url)), { encoding: "utf8" }).trim();
    const boxes = execFileSync(program, ["-bbox", file, "-"], { encoding: "utf8", maxBuffer: 1 << 28 });
    return boxes.split("<page ").slice(1).map(sheetOf);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sheetOf(source: string): Sheet {
  const [, width, height] = /^width="([\d.]+)" height="([\d.]+)"/.exec(source) ?? [];
  const words = [...source.matchAll(/<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)<\/word>/g)].map(([, left, top, right, bottom, text]) => ({
    text: plain(text ?? ""),
    left: Number(left),
    top: Number(top),
    right: Number(right),
    bottom: Number(bottom),
  }));
  return { width: Number(width), height: Number(height), words, text: words.map(({ text }) => text).join(" ") };
}

function plain(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&apos;", "'").replaceAll("&amp;", "&");
}

/** Every sheet says whose it is, of which region, what it is and its number; nothing is cut, lies on something else, or belongs to the screen. */
export function expectSheets(sheets: Sheet[], says: string[], lang: "tr" | "en" = "tr"): void {
  expect(sheets.length, "something is printed").toBeGreaterThan(0);
  for (const [index, sheet] of sheets.entries()) {
    const place = `sheet ${index + 1} of ${sheets.length}`;
    const number = lang === "tr" ? `Sayfa ${index + 1} / ${sheets.length}` : `Page ${index + 1} of ${sheets.length}`;
    for (const words of [...says, number]) {
      expect.soft(sheet.text, place).toContain(words);
    }
    for (const words of SCREEN_ONLY) {
      expect.soft(sheet.text, place).not.toMatch(new RegExp(`${words.replace(/\./g, "\\.")}(?!\\p{L})`, "u"));
    }
    expect.soft(outside(sheet), `${place}: nothing lies outside`).toEqual([]);
    expect.soft(collisions(sheet), `${place}: nothing lies on something else`).toEqual([]);
    expect.soft(touching(sheet, lang), `${place}: no number touches another`).toEqual([]);
  }
}

/** Nothing of the printed page is hidden by the edge of what it stands in: the PDF has such text, and paper does not. */
export async function expectNothingCut(page: Page): Promise<void> {
  expect.soft(await cutOnPaper(page), `${page.url()}: nothing is cut`).toEqual([]);
}

/** What is hidden so, each with the beginning of its text. */
export async function cutOnPaper(page: Page): Promise<string[]> {
  const screen = page.viewportSize();
  await page.setViewportSize(SHEET);
  await page.emulateMedia({ media: "print" });
  const found = await page.evaluate(cutTexts);
  await page.emulateMedia({ media: null });
  if (screen) await page.setViewportSize(screen);
  return found;
}

function cutTexts(): string[] {
  const isSeen = (element: HTMLElement, { display, visibility }: CSSStyleDeclaration): boolean =>
    display !== "inline" && visibility === "visible" && element.getClientRects().length > 0 && !element.closest(".visually-hidden");
  const found: string[] = [];
  for (const element of document.body.querySelectorAll<HTMLElement>("*")) {
    const style = getComputedStyle(element);
    const isField = element instanceof HTMLInputElement;
    const text = isField ? element.value : (element.innerText ?? "").trim();
    const isWider = element.scrollWidth > element.clientWidth + 1;
    const isHigher = element.scrollHeight > element.clientHeight + 1;
    if (text !== "" && isSeen(element, style) && ((isWider && (isField || style.overflowX !== "visible")) || (isHigher && style.overflowY !== "visible"))) {
      found.push(`${element.tagName}.${element.className}: ${text.slice(0, 60)}`);
    }
  }
  return found;
}

function outside({ words, width, height }: Sheet): string[] {
  return words.filter(({ left, top, right, bottom }) => left < 0 || top < 0 || right > width || bottom > height).map(({ text }) => text);
}

/** Pairs of words whose boxes share more than a hair's breadth. */
function collisions({ words }: Sheet): string[] {
  const found: string[] = [];
  for (const [index, a] of words.entries()) {
    for (const b of words.slice(index + 1)) {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 0.6 && high > 0.35 * Math.min(a.bottom - a.top, b.bottom - b.top)) found.push(`${a.text} / ${b.text}`);
    }
  }
  return found;
}

function touching(sheet: Sheet, lang: "tr" | "en"): string[] {
  const words = lang === "tr" ? sheet.words : sheet.words.map((word) => ({ ...word, text: word.text.replace(/[.,]/g, (mark) => (mark === "." ? "," : ".")) }));
  const merged = words.filter(({ text }) => NUMBERS_TOUCH.test(text) && !/^\d\d([.,])\d\d\1\d{4}$/.test(text)).map(({ text }) => text);
  const numbers = words.filter(({ text }) => NUMBER.test(text));
  const close = numbers.flatMap((a) =>
    numbers
      .filter((b) => b !== a && b.left >= a.left && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5 * (a.bottom - a.top))
      .filter((b) => b.left - a.right < GAP)
      .map((b) => `${a.text} / ${b.text}`),
  );
  return [...merged, ...close];
}
