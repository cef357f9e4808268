// If the focused element disappears (a row was deleted, a conflict resolved, a list loaded again, a message closed),
// the focus goes to its neighbour: the same button of the row that has taken its place. It never goes to the page as a
// whole, where keyboard navigation starts over.

import { onHtmx } from "./htmx_events.ts";

/** The items of a list: a row, or an element with siblings of its kind. */
const ROW = "tr[data-id], tr[data-op], tr[data-session], tr[data-day], tr[data-row], tr[data-pending], tr[id], li.held, article.change-line";
const CONTROLS = "a[href], button:not([disabled]), input:not([type=hidden], [disabled]), select:not([disabled]), textarea:not([disabled])";
const KEPT = "rainstaff-focus"; // kept while a form leads to another page

/** Where the focus was: the list, the position of the row in it, and which control of the row. */
interface Spot {
  list: string;
  row: string;
  place: number;
  what: string;
}

let last: Spot | null = null;
let lastElement: Element | null = null;
/** The focused control of a message or a dialog, if any. */
let aside: Element | null = null;
let isDue = false;

export function startFocusKeeper(): void {
  resume();
  document.addEventListener("focusin", ({ target }) => target instanceof Element && remember(target));
  document.addEventListener("focusout", onBlur);
  onHtmx("htmx:after:settle", lookSoon);
  new MutationObserver(() => (isGone(lastElement) || isGone(aside)) && lookSoon()).observe(document.body, { childList: true, subtree: true });
  document.addEventListener("submit", onSubmit);
}

function remember(target: Element): void {
  if (target.matches("[data-toast] *, dialog *")) {
    aside = target; // a message is not the place of work: the focus returns to where it was before
    return;
  }
  aside = null;
  lastElement = target;
  last = spotOf(target);
}

/** The user removed the focus with a click on an empty place: it is not restored. */
function onBlur({ target }: FocusEvent): void {
  setTimeout(() => {
    if (document.activeElement === document.body && target instanceof Element && target.isConnected && document.hasFocus()) {
      lastElement = null;
    }
  });
}

function spotOf(target: Element): Spot | null {
  const row = target.closest(ROW);
  const list = row?.parentElement?.closest("[id]:not(tr)");
  if (!row || !list || row === list) {
    return null;
  }
  return { list: list.id, row: row.id || (row.getAttribute("data-id") ?? ""), place: rowsOf(list).indexOf(row), what: whatOf(target) };
}

function rowsOf(list: Element): Element[] {
  return [...list.querySelectorAll(ROW)];
}

/** The purpose of a control, without its row: "Sil", the address without its id. */
function whatOf(control: Element): string {
  const label = (control.getAttribute("aria-label") ?? control.textContent ?? "").split(":")[0]?.trim() ?? "";
  return `${control.tagName} ${label}`;
}

/** Looks after the current update: a list that is loaded again first replaces the old one. */
function lookSoon(): void {
  if (!isDue) {
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      look();
    });
  }
}

function look(): void {
  const isLost = document.activeElement === null || document.activeElement === document.body;
  if (!isLost || !(isGone(lastElement) || isGone(aside)) || document.querySelector("dialog[open]")) {
    return;
  }
  aside = null;
  (lastElement?.isConnected && lastElement instanceof HTMLElement ? lastElement : placeFor(last))?.focus({ preventScroll: true });
  if (document.activeElement === document.body) {
    landing(last)?.focus({ preventScroll: true });
  }
}

function isGone(element: Element | null): boolean {
  return element !== null && !element.isConnected;
}

/** The same control of the same row, else of the row in its place, else of the row before. */
function placeFor(spot: Spot | null): HTMLElement | null {
  const list = spot && document.getElementById(spot.list);
  if (!spot || !list) {
    return null;
  }
  const rows = rowsOf(list);
  const own = spot.row === "" ? null : rows.find((row) => row.id === spot.row || row.getAttribute("data-id") === spot.row);
  const row = own ?? rows[Math.min(Math.max(spot.place, 0), rows.length - 1)];
  return row ? controlIn(row, spot.what) : null;
}

function controlIn(row: Element, what: string): HTMLElement | null {
  const controls = [...row.querySelectorAll<HTMLElement>(CONTROLS)];
  const same = controls.find((control) => whatOf(control) === what);
  const first = same ?? row.querySelector<HTMLElement>(`.row-actions :is(${CONTROLS}), .held-acts :is(${CONTROLS})`) ?? controls[0];
  return first ?? (row instanceof HTMLElement && row.hasAttribute("tabindex") ? row : null);
}

/** If the list has no rows left: the control that the empty list offers, else the list, else the page's contents. */
function landing(spot: Spot | null): HTMLElement | null {
  const list = (spot && document.getElementById(spot.list)) ?? document.getElementById("main");
  const offer = list?.querySelector<HTMLElement>(`.empty :is(${CONTROLS})`);
  if (list && !offer && !list.hasAttribute("tabindex")) {
    list.setAttribute("tabindex", "-1");
  }
  return offer ?? list;
}

// Forms that lead to another page, and back to this one ---------------------------------------------------------------------------------------

function onSubmit(event: SubmitEvent): void {
  const form = event.target;
  const spot = form instanceof Element && !event.defaultPrevented && !form.matches("[hx-post], .entry-form") ? spotOf(event.submitter ?? form) : null;
  if (spot) {
    sessionStorage.setItem(KEPT, JSON.stringify({ ...spot, path: location.pathname }));
  }
}

function resume(): void {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as (Spot & { path: string }) | null;
  sessionStorage.removeItem(KEPT);
  if (kept?.path === location.pathname && (document.activeElement === null || document.activeElement === document.body)) {
    last = kept;
    (placeFor(kept) ?? landing(kept))?.focus();
  }
}
