// Which cell a key moves to, in the month's table. Cells without a link (not employed, an empty total) are skipped.

/** The link of a person's day; names and totals are also links, but to other pages. */
export const DAY = "tr[data-employee] > td:not(.sum) > a";

/** A cell, by its person's id and its day of the month (`01` to `31`). */
export interface Place {
  employee: string;
  day: string;
}

export type Direction = "left" | "right" | "up" | "down" | "first-day" | "last-day" | "first-person" | "last-person" | "page-up" | "page-down" | "previous-month" | "next-month";

/** How many people PgUp and PgDn move by. */
const PAGE = 10;

/** The direction of a key (UX 4.4); null for every other key. */
export function directionOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "metaKey" | "shiftKey">): Direction | null {
  const { key, ctrlKey, altKey } = event;
  if (event.metaKey || event.shiftKey || (ctrlKey && altKey)) {
    return null;
  }
  if (altKey) {
    return key === "ArrowLeft" ? "previous-month" : key === "ArrowRight" ? "next-month" : null;
  }
  if (ctrlKey) {
    return key === "ArrowUp" ? "first-person" : key === "ArrowDown" ? "last-person" : null;
  }
  return PLAIN[key] ?? null;
}

const PLAIN: Partial<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first-day",
  End: "last-day",
  PageUp: "page-up",
  PageDown: "page-down",
};

/** The person and day of a link; null for names and totals. */
export function placeOf(link: HTMLAnchorElement): Place | null {
  const [, , employee = "", , date = ""] = link.pathname.split("/");
  return link.matches(DAY) ? { employee, day: date.slice(-2) } : null;
}

/** The cell of a person and a day; in a shorter month the last cell of the person. */
export function cellAt(table: HTMLTableElement, { employee, day }: Place): HTMLAnchorElement | null {
  const row = table.querySelector(`tr[data-employee="${CSS.escape(employee)}"]`);
  const links = [...(row?.querySelectorAll<HTMLAnchorElement>(DAY) ?? [])];
  return links.find((link) => link.pathname.endsWith(`-${day}`)) ?? links.at(-1) ?? null;
}

/** The next cell in a direction; null at the edge. */
export function move(from: HTMLAnchorElement, direction: Direction): HTMLAnchorElement | null {
  const cell = from.closest<HTMLTableCellElement>("td, th");
  const row = from.closest("tr");
  const table = from.closest("table");
  if (!cell || !row || !table) {
    return null;
  }
  const cells = [...row.cells];
  const days = cells.filter((other) => other.querySelector(DAY));
  const rows = [...table.rows].filter((other) => !other.matches(".editing"));
  const column = rows.map((other) => other.cells[cell.cellIndex]);
  const people = rows.filter((other) => other.matches("[data-employee]")).map((other) => other.cells[cell.cellIndex]);
  const [place, line, person] = [cell.cellIndex, rows.indexOf(row), people.indexOf(cell)];
  switch (direction) {
    case "left":
      return firstLink(cells.slice(0, place).reverse());
    case "right":
      return firstLink(cells.slice(place + 1));
    case "first-day":
      return firstLink(days);
    case "last-day":
      return firstLink(days.reverse());
    case "up":
      return firstLink(column.slice(0, line).reverse());
    case "down":
      return firstLink(column.slice(line + 1));
    case "first-person":
      return firstLink(people);
    case "last-person":
      return firstLink(people.reverse());
    case "page-up":
      return firstLink(people.slice(Math.max(0, person - PAGE), Math.max(0, person)));
    case "page-down":
      return firstLink(people.slice(person + 1, person + PAGE + 1).reverse());
    default:
      return null;
  }
}

function firstLink(cells: (HTMLTableCellElement | undefined)[]): HTMLAnchorElement | null {
  for (const cell of cells) {
    const link = cell?.querySelector("a");
    if (link) {
      return link;
    }
  }
  return null;
}
