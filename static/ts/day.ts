// Which day it is, while a page stays open or was kept: after midnight the page is no longer called "Bugün", and the
// first save there asks for confirmation. The server's time counts: every page contains the time it was made.

import { longDay } from "./civil.ts";
import { dayAfter, dayAt } from "./istanbul.ts";
import { keptSince } from "./offline/kept.ts";
import { loadSentences, say } from "./offline/say.ts";
import { showStrip } from "./offline/strips.ts";
import { showToast } from "./toasts.ts";

const CLOCK = "rainstaff-clock"; // this clock minus the server's, for kept pages
const LOOK_MS = 20_000;

let offset = 0;
/** Whether the page was opened as the current day's: by that name, or by an address without a date. */
let wasToday = false;
let standing: "fresh" | "asked" | "confirmed" = "fresh";
let isHeld = false;
let question: HTMLElement | null = null;

export function startDay(): void {
  offset = readOffset();
  document.addEventListener("submit", hold, { capture: true });
  const page = heading();
  wasToday = page !== null && (page.dataset["date"] === today() || !new URLSearchParams(location.search).has("date"));
  turn();
  setInterval(turn, LOOK_MS);
  document.addEventListener("visibilitychange", () => document.hidden || turn());
}

/** The day in Istanbul, by the server's clock if known. */
export function today(): string {
  return dayAt(Date.now() - offset);
}

/** Whether the last attempt to save was held back because the day of the page is over. */
export function wasHeld(): boolean {
  return isHeld;
}

function readOffset(): number {
  const made = Number(document.body.dataset["now"] ?? NaN);
  if (keptSince() !== null || !Number.isFinite(made)) {
    return Number(localStorage.getItem(CLOCK) ?? 0) || 0;
  }
  const own = Date.now() - made;
  localStorage.setItem(CLOCK, String(own));
  return own;
}

function heading(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-day-heading]");
}

/** Whether the page of Bugün shows a day that is over, although it was opened as the current day's. */
function isOver(): boolean {
  const date = heading()?.dataset["date"];
  return wasToday && date !== undefined && date < today();
}

/** Updates the page for the current day: the name of its day, untouched forms, the month's marked column. */
function turn(): void {
  const now = today();
  renameDay(now);
  moveOnForms(now);
  markColumn(now);
}

function renameDay(now: string): void {
  const page = heading();
  const { date = "", name = "" } = page?.dataset ?? {};
  if (!page) {
    return;
  }
  const pattern = date === now ? page.dataset["isToday"] : date === dayAfter(now, -1) ? page.dataset["isYesterday"] : undefined;
  const words = (pattern ?? "{day}").replace("{day}", name);
  if (page.textContent !== words) {
    document.title = document.title.replace(page.textContent, words);
    document.querySelectorAll("main [aria-label]").forEach((element) => {
      if (element.getAttribute("aria-label") === page.textContent) element.setAttribute("aria-label", words);
    });
    page.textContent = words;
  }
  document.querySelectorAll<HTMLElement>("[data-while-future]").forEach((element) => (element.hidden = date <= now));
  if (isOver()) {
    void loadSentences().then(() => showStrip("day", say("offline-day-turned", { day: name }), { words: say("offline-day-open"), do: openToday }));
  }
}

function openToday(): void {
  const region = new URLSearchParams(location.search).get("region");
  location.assign(region === null ? "/today" : `/today?region=${encodeURIComponent(region)}`);
}

/** Sets the date of forms for a new entry to the current day, unless they were edited. */
function moveOnForms(now: string): void {
  const made = Number(document.body.dataset["now"] ?? NaN);
  const madeOn = Number.isFinite(made) ? dayAt(made) : now;
  for (const field of document.querySelectorAll<HTMLInputElement>('[data-new-entry] input[name="work_date"]')) {
    if (madeOn !== now && field.value === madeOn && field.defaultValue === madeOn && document.activeElement !== field) {
      field.value = now;
      field.defaultValue = now;
      field.dispatchEvent(new Event("change", { bubbles: true })); // fields that depend on the date follow
    }
  }
}

/** Marks the month's column of the current day. */
function markColumn(now: string): void {
  const heads = [...document.querySelectorAll<HTMLTableCellElement>("table.month thead th[data-date]")];
  const [marked, wanted] = [heads.find((head) => head.classList.contains("now")), heads.find((head) => head.dataset["date"] === now)];
  if (marked === wanted || (!marked && !wanted)) {
    return;
  }
  const table = (marked ?? wanted)?.closest("table");
  for (const row of table?.rows ?? []) {
    if (!row.matches(".editing")) {
      if (marked) row.cells[marked.cellIndex]?.classList.remove("now");
      if (wanted) row.cells[wanted.cellIndex]?.classList.add("now");
    }
  }
}

/** Holds back the first attempt to save on a page of yesterday and asks; the second attempt is not held back. */
function hold(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-today] form, #today-all")) {
    return;
  }
  isHeld = isOver() && standing === "fresh";
  if (isHeld) {
    standing = "asked";
    event.preventDefault();
    event.stopImmediatePropagation();
    const sentence = { day: heading()?.dataset["name"] ?? "", today: longDay(today(), document.documentElement.lang) };
    void loadSentences().then(() => (question = showToast(say("offline-day-ask", sentence), { tone: "warning", sticky: true })));
  } else if (standing === "asked") {
    standing = "confirmed";
    question?.remove();
  }
}
