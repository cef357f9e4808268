// The month: a grid with arrow-key navigation (one tab stop, WAI-ARIA grid pattern). A cell opens its day in a separate
// row below the person. Without this script the cells are links to the pages of the timesheets.

import htmx from "htmx.org";

import { draftedAddresses } from "./drafts.ts";
import { onHtmx } from "./htmx_events.ts";
import { loadSentences, say } from "./offline/say.ts";
import { labelCells } from "./month_names.ts";
import { cellAt, DAY, directionOf, move, type Place, placeOf } from "./month_walk.ts";

const KEPT = "rainstaff-month-cell"; // where the focus was, while another month loads
const LINK = "table.month[role] > :not(caption) > tr:not(.editing) a";

let current: Place | null = null;
let hadFocus = false;
let editor: HTMLTableRowElement | null = null;
let returning: Element | null = null; // the focused element inside the editor, while the grid around it is replaced

export function startMonth(): void {
  prepare();
  onHtmx("htmx:before:swap", ({ ctx }) => {
    if (ctx.sourceElement.matches("#month-grid > [hidden]")) {
      beforeReload();
    }
  });
  onHtmx("htmx:after:settle", prepare);
  document.addEventListener("rainstaff:drafts", markDrafts);
  void loadSentences().then(markDrafts);
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusin", ({ target }) => {
    const link = target instanceof Element ? target.closest<HTMLAnchorElement>(LINK) : null;
    if (link) {
      makeCurrent(link);
    }
  });
  document.addEventListener("rainstaff:saved", ({ target }) => {
    if (target instanceof Element && editor?.contains(target)) {
      close();
    }
  });
}

/** Turns a table that has just arrived into a grid, and restores the focus. */
function prepare(): void {
  const table = document.querySelector<HTMLTableElement>("table.month:not([role])");
  if (!table) {
    return;
  }
  table.setAttribute("role", "grid");
  labelCells(table);
  markDrafts();
  for (const link of table.querySelectorAll("a")) {
    link.setAttribute("tabindex", "-1");
  }
  const kept = restored();
  const place = current ?? kept;
  const link = (place && cellAt(table, place)) ?? table.querySelector<HTMLAnchorElement>("td.now > a") ?? table.querySelector<HTMLAnchorElement>(DAY);
  if (!link) {
    return;
  }
  makeCurrent(link);
  if (editor) {
    link.closest("tr")?.after(editor);
    (returning instanceof HTMLElement ? returning : link).focus();
  } else if (hadFocus || kept) {
    link.focus();
  }
  [hadFocus, returning] = [false, null];
}

/** Marks the days that have a draft: opening them restores it. */
function markDrafts(): void {
  const drafted = draftedAddresses();
  for (const link of document.querySelectorAll<HTMLAnchorElement>(`table.month ${DAY}`)) {
    const has = drafted.some((address) => address === link.pathname || address.startsWith(`${link.pathname}/`));
    const cell = link.closest("td");
    cell?.classList.toggle("has-draft", has);
    if (cell && has) cell.title = say("offline-draft-cell");
    else if (cell?.title === say("offline-draft-cell")) cell.removeAttribute("title");
  }
}

/** Takes the open day out of the table before the table is replaced, so that what is typed in it is kept. */
function beforeReload(): void {
  const active = document.activeElement;
  hadFocus = Boolean(active?.closest("table.month"));
  if (editor) {
    returning = active && editor.contains(active) ? active : null;
    editor.remove();
  }
}

function makeCurrent(link: HTMLAnchorElement): void {
  document.querySelector("table.month a[tabindex='0']")?.setAttribute("tabindex", "-1");
  link.setAttribute("tabindex", "0");
  current = placeOf(link) ?? current;
}

function onClick(event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("[data-print]")) {
    print();
  } else if (target?.closest("[data-close-day]")) {
    close();
  }
  const link = target?.closest<HTMLAnchorElement>(LINK);
  if (link?.matches(DAY) && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    void open(link);
  }
}

function onKey(event: KeyboardEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  if (event.key === "Escape" && editor && !document.querySelector("dialog[open]")) {
    close();
    return;
  }
  const link = target?.closest<HTMLAnchorElement>(LINK);
  const step = link ? directionOf(event) : null;
  if (!link || !step) {
    return;
  }
  event.preventDefault();
  if (step === "previous-month" || step === "next-month") {
    leaveFor(step === "next-month" ? "next" : "prev");
  } else {
    move(link, step)?.focus();
  }
}

function leaveFor(rel: string): void {
  const link = document.querySelector<HTMLAnchorElement>(`.month-bar a[rel=${rel}]`);
  if (link) {
    sessionStorage.setItem(KEPT, current ? `${current.employee} ${current.day}` : "");
    location.assign(link.href);
  }
}

function restored(): Place | null {
  const [employee, day] = (sessionStorage.getItem(KEPT) ?? "").split(" ");
  sessionStorage.removeItem(KEPT);
  return employee && day ? { employee, day } : null;
}

/** Opens a cell's day below its row; closes another open day. */
async function open(link: HTMLAnchorElement): Promise<void> {
  editor?.remove();
  makeCurrent(link);
  const row = link.closest("tr");
  if (!row) {
    return;
  }
  const opened = document.createElement("tr");
  opened.className = "editing";
  const box = document.createElement("div");
  box.id = "day-editor";
  const cell = opened.insertCell();
  cell.colSpan = row.cells.length;
  cell.append(box);
  row.after(opened);
  editor = opened;
  await htmx.ajax("GET", link.href, { source: link, target: box, swap: "innerHTML" });
  if (editor === opened && box.childElementCount === 0) {
    close(); // no response; the message explains it
  } else {
    opened.scrollIntoView({ block: "nearest" });
  }
}

function close(): void {
  editor?.remove();
  editor = null;
  const table = document.querySelector<HTMLTableElement>("table.month");
  (table && current ? cellAt(table, current) : null)?.focus();
}
