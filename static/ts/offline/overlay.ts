// Rows that wait, are held or were refused, shown in the lists they belong to (SYNC 3.14): the page's own rows first, then what is pending,
// anew every time. What is put in is taken out again before the next time, so doing it twice changes nothing.

import { formatDateTr } from "../civil.ts";
import { icon, iconButton, make } from "./dom.ts";
import { isOfPc } from "./kept.ts";
import type { PendingRow } from "./pending_rows.ts";
import { say, sentenceOf } from "./say.ts";
import type { Row, Value } from "./types.ts";

const TONES = { on_pc: "secondary", waiting: "secondary", held: "yellow", rejected: "red" } as const;
const WORDS = { on_pc: "offline-on-pc", waiting: "offline-waiting", held: "offline-held", rejected: "offline-rejected" } as const;
const DELETING: Partial<Record<PendingRow["state"], string>> = { on_pc: "offline-deleting-on-pc", waiting: "offline-deleting" };
/** As the server's rows have them. */
const CLASSES: Record<string, string> = { work_date: "nowrap", break_minutes: "num", notes: "note" };
const DAYS = /^\/employees\/[^/]+\/days\//;

interface ListOf {
  entity: string;
  /** The section that holds the list. */
  section: string;
  /** Column of each form field. */
  columns: Record<string, number>;
  fits: (values: Row, query: URLSearchParams) => boolean;
}

const LISTS: ListOf[] = [
  {
    entity: "timesheet",
    section: "#timesheet-list",
    columns: { work_date: 0, employee_id: 1, start_time: 2, end_time: 3, break_minutes: 4, is_special: 10, notes: 14 },
    fits: fitsTimesheets,
  },
  {
    entity: "employee",
    section: "#employee-list",
    columns: { full_name: 0, identity_no: 1, department: 2, title: 3, hire_date: 4, exit_date: 5, is_active: 6 },
    fits: () => true,
  },
  {
    entity: "shift_template",
    section: "#template-list",
    columns: { name: 0, start_time: 1, end_time: 2, break_minutes: 3, weekdays: 5 },
    fits: () => true,
  },
];

/** Rows of the page that stand aside while an overlay shows in their place. */
const aside = new Map<Element, Element>();

/** Paints what is pending over the page. `names` says what people are called who are not on the page. */
export function paintPending(rows: PendingRow[], names: Map<string, string>): void {
  clear();
  const nameOf = (id: Value | undefined): string => nameIn(String(id ?? "")) || names.get(String(id)) || "";
  for (const list of LISTS) {
    paintList(
      list,
      rows.filter((row) => row.entity === list.entity),
      nameOf,
    );
  }
  const entries = rows.filter((row) => row.entity === "timesheet");
  paintToday(entries, nameOf);
  paintMonth(entries);
  offerNewPeople(rows);
}

function clear(): void {
  for (const [shown, own] of aside) {
    if (shown.isConnected) {
      shown.replaceWith(own);
    }
  }
  aside.clear();
  document.querySelectorAll("[data-overlay]:not(option)").forEach((element) => element.remove());
  document.querySelectorAll("td.pending").forEach((cell) => cell.classList.remove("pending", "pending-held", "pending-rejected"));
}

function replace(own: Element, shown: Element): void {
  const hadFocus = own.contains(document.activeElement);
  own.replaceWith(shown);
  aside.set(shown, own);
  if (hadFocus) {
    (shown as HTMLElement).focus();
  }
}

// Lists ---------------------------------------------------------------------------------------------------------------------------------

function paintList(list: ListOf, rows: PendingRow[], nameOf: (id: Value | undefined) => string): void {
  const section = document.querySelector(list.section);
  if (!section || rows.length === 0) {
    return;
  }
  const query = new URLSearchParams(location.search);
  const body = section.querySelector("tbody");
  let shown = 0;
  for (const row of rows) {
    const own = section.querySelector(`tr[data-id="${CSS.escape(row.id)}"]`);
    if (own?.matches(".editing")) {
      continue; // somebody types in it
    }
    if (own) {
      replace(own, overlaid(own, list, row, nameOf));
      shown += 1;
    } else if (row.kind === "new" && list.fits(row.values, query)) {
      const columns = section.querySelectorAll("thead th").length;
      if (body) {
        body.prepend(newRow(list, row, columns, nameOf));
      } else {
        section.append(make("p", { class: "pending-alone", "data-overlay": "" }, ...shortly(row, nameOf)));
      }
      shown += 1;
    }
  }
  if (shown > 0) {
    note(section, shown, rows);
  }
}

function note(section: Element, count: number, rows: PendingRow[]): void {
  const isCounted = isOfPc() && rows.every(({ state }) => state === "on_pc"); // the PC's own pages count what it has
  const key = isCounted ? "offline-unsent-counted" : "offline-unsent";
  section.prepend(make("p", { class: "pending-note", "data-overlay": "", role: "note" }, icon("clock"), say(key, { n: count })));
}

function overlaid(own: Element, list: ListOf, row: PendingRow, nameOf: (id: Value | undefined) => string): HTMLTableRowElement {
  const shown = make("tr", { ...marks(row), tabindex: "-1" });
  for (const cell of own.children) {
    const copy = cell.cloneNode(true) as Element;
    copy.querySelectorAll("[id]").forEach((element) => element.removeAttribute("id"));
    shown.append(copy);
  }
  if (row.kind === "edited") {
    for (const [name, value] of Object.entries(row.values)) {
      const cell = shown.children[list.columns[name] ?? -1];
      const [old, now] = [cell?.textContent.trim() ?? "", told(name, value, nameOf)];
      if (cell) {
        cell.replaceChildren(...(old === "" || old === now ? [] : [make("s", {}, old), " "]), make("ins", {}, now));
      }
    }
  }
  shown.lastElementChild?.replaceChildren(...standing(row), ...acts(row));
  return shown;
}

function newRow(list: ListOf, row: PendingRow, columns: number, nameOf: (id: Value | undefined) => string): HTMLTableRowElement {
  const names = new Map(Object.entries(list.columns).map(([name, place]) => [place, name]));
  const shown = make("tr", { ...marks(row), "data-overlay": "", tabindex: "-1" });
  for (let place = 0; place < columns - 1; place += 1) {
    const name = names.get(place);
    shown.append(make("td", { class: CLASSES[name ?? ""] ?? "" }, name ? told(name, row.values[name], nameOf) : ""));
  }
  shown.append(make("td", { class: "row-actions" }, ...standing(row), ...acts(row)));
  return shown;
}

function shortly(row: PendingRow, nameOf: (id: Value | undefined) => string): (Node | string)[] {
  const words = ["work_date", "employee_id", "start_time", "end_time", "full_name", "name"].map((name) => told(name, row.values[name], nameOf)).filter((text) => text !== "");
  return [words.join(" · ") || row.label, " ", ...standing(row), ...acts(row)];
}

function marks(row: PendingRow): Record<string, string> {
  return { class: `pending pending-${row.state} is-${row.kind}`, "data-pending": row.id, "data-entity": row.entity };
}

/** The state in a word, and what is wrong in sentences. */
function standing(row: PendingRow): Node[] {
  const word = say((row.kind === "deleted" ? DELETING[row.state] : undefined) ?? WORDS[row.state]);
  const badge = make("span", { class: `badge bg-${TONES[row.state]}-lt` }, word);
  const why = whyOf(row).map((sentence) => make("span", { class: "pending-why" }, sentence));
  return [badge, ...why];
}

export function whyOf(row: Pick<PendingRow, "state" | "reason" | "errors">): string[] {
  if (row.errors.length > 0) {
    return row.errors.map(sentenceOf);
  }
  return row.state === "waiting" || row.state === "on_pc" ? [] : [say(`offline-reason-${row.reason.replaceAll("_", "-")}`) || say("offline-reason-other")];
}

function acts(row: PendingRow): Node[] {
  const fix = iconButton(say("offline-fix"), "edit", row.label, { "data-fix": row.ops.at(-1) ?? "" });
  // What the PC has can be corrected, by what follows it, but not taken back.
  const drops = row.state === "on_pc" ? [] : [iconButton(say("offline-drop"), "x", row.label, { "data-drop": row.ops.join(" ") })];
  return row.kind === "deleted" || row.kind === "restored" ? drops : [fix, ...drops];
}

function told(name: string, value: Value | undefined, nameOf: (id: Value | undefined) => string): string {
  if (value === null || value === undefined || value === "") {
    return "";
  }
  switch (name) {
    case "work_date":
    case "hire_date":
    case "exit_date":
      return formatDateTr(String(value));
    case "employee_id":
      return nameOf(value);
    case "identity_no":
      return `*******${String(value).slice(-4)}`;
    case "is_special":
    case "is_active":
      return say(value === true ? "offline-yes" : "offline-no");
    case "weekdays":
      return [...String(value)].map((day) => say(`offline-weekday-${day}`)).join(" ");
    default:
      return String(value);
  }
}

/** What the page itself calls a person. */
function nameIn(id: string): string {
  const option = document.querySelector(`option[value="${CSS.escape(id)}"]`);
  const link = document.querySelector(`a[href^="/employees/${CSS.escape(id)}"]`);
  const row = document.querySelector(`#person-${CSS.escape(id)} th`)?.firstChild ?? null;
  return (option ?? row ?? link)?.textContent?.trim() ?? "";
}

function fitsTimesheets(values: Row, query: URLSearchParams): boolean {
  const [employee, from, to] = [query.get("employee_id"), query.get("from"), query.get("to")];
  const day = String(values["work_date"] ?? "");
  return (!employee || employee === values["employee_id"]) && (!from || day >= from) && (!to || day <= to);
}

// Bugün ---------------------------------------------------------------------------------------------------------------------------------

function paintToday(rows: PendingRow[], nameOf: (id: Value | undefined) => string): void {
  const grid = document.querySelector<HTMLTableElement>("table[data-today]");
  const day = document.querySelector<HTMLInputElement>("#today-date")?.value;
  if (!grid || !day) {
    return;
  }
  let shown = 0;
  for (const row of rows) {
    const own = grid.querySelector(`form[action="/today/entries/${CSS.escape(row.id)}"]`)?.closest("tr") ?? null;
    if (own) {
      if (!own.matches("[data-unsaved], [data-dirty]")) {
        replace(own, dayRow(own, row, nameOf));
        shown += 1;
      }
    } else if (row.kind === "new" && row.values["work_date"] === day) {
      placeNew(grid, row, nameOf);
      shown += 1;
    }
  }
  const count = document.querySelector("#today-count");
  if (count && shown > 0) {
    note(count, shown, rows);
  }
}

/** A blank row makes way; where the person has none, or is not in the list yet, a row is added. */
function placeNew(grid: HTMLTableElement, row: PendingRow, nameOf: (id: Value | undefined) => string): void {
  const id = String(row.values["employee_id"]);
  const people = grid.querySelector<HTMLElement>(`#person-${CSS.escape(id)}`);
  const blank = people?.querySelector('tr[data-row][data-state="blank"]:not([data-dirty], [data-unsaved], [data-pending])');
  const shown = dayRow(blank ?? people?.querySelector("tr[data-row]") ?? null, row, nameOf);
  if (blank) {
    replace(blank, shown);
    return;
  }
  shown.setAttribute("data-overlay", "");
  if (people) {
    people.append(shown);
  } else {
    grid.append(make("tbody", { role: "rowgroup", "data-overlay": "" }, shown));
  }
}

function dayRow(own: Element | null, row: PendingRow, nameOf: (id: Value | undefined) => string): HTMLTableRowElement {
  const person = own?.getAttribute("data-person") ?? String(row.values["employee_id"] ?? "");
  const name = own?.querySelector("th")?.cloneNode(true) ?? make("th", { scope: "row", role: "rowheader", class: "name" }, nameOf(person));
  const plan = own?.querySelector("td.plan")?.cloneNode(true) ?? make("td", { role: "gridcell", class: "plan" });
  const kept = (field: string): string => own?.querySelector<HTMLInputElement>(`input[name="${field}"]`)?.dataset["kept"] ?? "";
  const value = (field: string): (Node | string)[] => {
    const [old, now] = [kept(field), row.values[field]];
    const changed = row.kind === "edited" && now !== undefined && String(now) !== old && old !== "";
    const text = String(now ?? old);
    return changed ? [make("s", {}, old), " ", make("ins", {}, text)] : [text];
  };
  const time = (field: string): Node => make("td", { role: "gridcell", class: "entry" }, ...value(field));
  const when = make("span", { class: "when" }, ...value("start_time"), "–", ...value("end_time")); // for a phone, which has no room for the fields
  const special = row.values["is_special"] ?? kept("is_special") === "true";
  return make(
    "tr",
    { ...marks(row), role: "row", tabindex: "-1", "data-row": "", "data-person": person, "data-state": "waiting", ...(own?.id ? { id: own.id } : {}) },
    name,
    plan,
    make("td", { role: "gridcell", class: "standing" }, ...standing(row), " ", when),
    time("start_time"),
    time("end_time"),
    time("break_minutes"),
    make("td", { role: "gridcell", class: "entry special" }, special === true ? say("offline-yes") : ""),
    make("td", { role: "gridcell", class: "num worked" }),
    make("td", { role: "gridcell", class: "num overtime" }),
    make("td", { role: "gridcell", class: "row-actions" }, ...acts(row)),
  );
}

// Ay ------------------------------------------------------------------------------------------------------------------------------------

function paintMonth(rows: PendingRow[]): void {
  const grid = document.querySelector("#month-grid");
  const table = grid?.querySelector("table.month");
  if (!grid || !table) {
    return;
  }
  let shown = 0;
  for (const row of rows) {
    const [employee, day] = [row.values["employee_id"] ?? row.before["employee_id"], row.values["work_date"] ?? row.before["work_date"]];
    const link = [...table.querySelectorAll<HTMLAnchorElement>(`tr[data-employee="${CSS.escape(String(employee))}"] td > a`)].find(
      ({ pathname }) => DAYS.test(pathname) && pathname.endsWith(`/${String(day)}`),
    );
    const cell = link?.closest("td");
    if (link && cell) {
      if (row.kind === "new" && cell.classList.contains("gap")) {
        const filled = link.cloneNode() as HTMLElement;
        filled.textContent = "…"; // no longer blank; its hours come with the server's answer
        replace(link, filled);
      }
      cell.classList.add("pending", `pending-${row.state}`);
      const words = [row.values["start_time"], row.values["end_time"]].filter(Boolean).join("–");
      cell.append(make("i", { class: "pending-mark", "data-overlay": "", title: `${say(WORDS[row.state])} ${words}` }, "•"));
      shown += 1;
    }
  }
  if (shown > 0) {
    note(grid, shown, rows);
  }
}

// Forms ---------------------------------------------------------------------------------------------------------------------------------

/** Somebody who was entered without a network has worked as well. */
function offerNewPeople(rows: PendingRow[]): void {
  for (const choice of document.querySelectorAll<HTMLSelectElement>('form[data-write] select[name="employee_id"]')) {
    const chosen = choice.value;
    for (const row of rows) {
      if (row.entity === "employee" && row.kind === "new" && row.state !== "rejected" && !choice.querySelector(`option[value="${CSS.escape(row.id)}"]`)) {
        choice.append(make("option", { value: row.id, "data-overlay": "" }, `${String(row.values["full_name"] ?? row.label)} (${say("offline-waiting")})`));
      }
    }
    choice.value = chosen;
  }
}
