// The numbers beside "Çakışmalar" and "Kuyruk". They are on every page and change seldom: the next page shows those of
// the last response, and asks the server again after a minute, after a reload, and once something has been sent from
// here.

import { onHtmx } from "./htmx_events.ts";

const KEPT = "rainstaff-badges";
const FRESH_MS = 60_000;
const ASKER = "[data-badges]";
const NUMBERS = ".nav-number";

/** The contents of each number from the last response, with its person and time. */
interface Kept {
  user: string;
  lang: string;
  at: number;
  html: Record<string, string>;
}

export function startBadges(): void {
  const kept = document.querySelector(ASKER) && !isReload() ? read(sessionStorage.getItem(KEPT), whose(), Date.now()) : null;
  if (kept) {
    for (const number of document.querySelectorAll(NUMBERS)) {
      number.innerHTML = kept[number.id] ?? ""; // as the server wrote it
    }
  }
  let isFirst = true; // the request of the page itself; later ones follow an event
  onHtmx("htmx:config:request", ({ ctx }, event) => {
    if (ctx.sourceElement.matches(ASKER)) {
      if (isFirst && kept) {
        event.preventDefault();
      }
      isFirst = false;
    } else if (ctx.request.method !== "GET") {
      sessionStorage.removeItem(KEPT);
    }
  });
  document.addEventListener("submit", () => sessionStorage.removeItem(KEPT), { capture: true });
  onHtmx("htmx:after:swap", ({ ctx }) => {
    if (ctx.sourceElement.matches(ASKER)) {
      keep();
    }
  });
}

/** The numbers, if they are this person's and not older than a minute. */
export function read(text: string | null, { user, lang }: { user: string; lang: string }, now: number): Record<string, string> | null {
  try {
    const kept = JSON.parse(text ?? "null") as Kept | null;
    return kept && kept.user === user && kept.lang === lang && now >= kept.at && now - kept.at < FRESH_MS ? kept.html : null;
  } catch {
    return null;
  }
}

function keep(): void {
  const html = Object.fromEntries([...document.querySelectorAll(NUMBERS)].map((number) => [number.id, number.innerHTML]));
  sessionStorage.setItem(KEPT, JSON.stringify({ ...whose(), at: Date.now(), html } satisfies Kept));
}

function whose(): { user: string; lang: string } {
  return { user: document.body.dataset["user"] ?? "", lang: document.documentElement.lang };
}

function isReload(): boolean {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming && navigation.type === "reload";
}
