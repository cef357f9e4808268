// When a verdict has arrived: the lists that show such rows are requested again, and nothing that is being typed is
// lost.

import htmx from "htmx.org";

import { nowFresh } from "./kept.ts";

const EVENTS: Record<string, string> = { timesheet: "timesheets-changed", employee: "employees-changed", shift_template: "shift-templates-changed" };
const LISTS: Record<string, string> = { timesheet: "#timesheet-list", employee: "#employee-list", shift_template: "#template-list" };
/** Verdicts arrive in batches: one refresh for those that arrive together. */
const TOGETHER_MS = 400;

const due = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

export function refreshLists(entities: Set<string>): void {
  entities.forEach((entity) => due.add(entity));
  if (timer !== undefined) {
    return;
  }
  timer = setTimeout(() => {
    timer = undefined;
    const now = [...due];
    due.clear();
    now.forEach(refresh);
  }, TOGETHER_MS);
}

function refresh(entity: string): void {
  const isTyping = document.querySelector(`${LISTS[entity] ?? ""} tr.editing`);
  if (!isTyping) {
    document.dispatchEvent(new CustomEvent(EVENTS[entity] ?? ""));
  }
  if (document.querySelector("table[data-today]")) {
    void refreshDay();
  }
}

/** Bugün: refreshes the rows of people in which nothing is being typed. */
async function refreshDay(): Promise<void> {
  const response = await fetch(location.href, { headers: { "X-Warm-Up": "1" }, credentials: "same-origin" }).catch(() => null);
  if (!response?.ok || !response.headers.has("X-App")) {
    return;
  }
  if (!response.headers.has("X-Kept-Since")) {
    nowFresh();
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  page.querySelectorAll("noscript").forEach((element) => element.remove());
  const fresh: Element[] = [];
  for (const people of page.querySelectorAll("table[data-today] > tbody[id], #today-count")) {
    const own = document.getElementById(people.id);
    if (own?.querySelector("[data-dirty], [data-unsaved]")) {
      continue;
    }
    const arrived = document.adoptNode(people);
    if (own) {
      own.replaceWith(arrived);
    } else {
      document.querySelector("table[data-today]")?.append(arrived);
    }
    htmx.process(arrived);
    fresh.push(arrived);
  }
  document.dispatchEvent(new CustomEvent("htmx:after:settle", { detail: { newContent: fresh } }));
}
