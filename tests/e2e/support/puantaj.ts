// The page of the timesheets as a person uses it.

import { expect, type Locator, type Page } from "@playwright/test";

import { type Hours, type Shift, hoursOf, shown, sumOf } from "./hours.ts";

/** A month of the past in which the demo company has no entries. */
export const JANUARY = "from=2026-01-01&to=2026-01-31";

/** Columns as the page heads them. */
const COLUMNS: Record<keyof Hours, string> = {
  worked: "Çalışılan (sa)",
  scheduled: "Normal süre",
  overtime: "Fazla mesai",
  night: "Gece",
  overnight: "Geceye taşan",
  specialNormal: "Ö.G. normal",
  specialOvertime: "Ö.G. fazla",
  specialNight: "Ö.G. gece",
};

/** The dates of which the demo company has entries: on the first of a month the month of today has none. */
export const RECENT = `from=${daysAgo(40)}&to=${daysAgo(0)}`;

/** A date in Istanbul. */
export function daysAgo(days: number): string {
  return new Date(Date.now() + 3 * 3_600_000 - days * 86_400_000).toISOString().slice(0, 10);
}

export interface Person {
  id: string;
  name: string;
}

/** Adds an employee through the form. */
export async function addEmployee(page: Page, name: string, details: Record<string, string> = {}): Promise<Person> {
  await page.goto("/employees/new");
  for (const [label, value] of Object.entries({ "Ad soyad": name, ...details })) {
    await page.getByLabel(label, { exact: true }).fill(value);
  }
  await page.getByRole("button", { name: "Kaydet" }).click();
  await expect(toast(page, `${name} eklendi.`)).toBeVisible();
  const answer = (await (await page.request.get(`/api/v1/employees?q=${encodeURIComponent(name)}`)).json()) as { items: { id: string; full_name: string }[] };
  return { id: answer.items.find((employee) => employee.full_name === name)?.id ?? "", name };
}

/** Opens January's list of one person. */
export async function openList(page: Page, person: Person): Promise<void> {
  await page.goto(`/timesheets?employee_id=${person.id}&${JANUARY}`);
  await expect(entryForm(page)).toBeVisible();
}

export function entryForm(page: Page): Locator {
  return page.locator("#entry form");
}

/** Types an entry into a form, without saving it. */
export async function fillEntry(form: Locator, person: Person | null, shift: Partial<Shift> & { notes?: string }): Promise<void> {
  if (person) {
    await form.getByLabel("Çalışan").selectOption(person.id);
  }
  const fields: [string, string | undefined][] = [
    ["Tarih", shift.date],
    ["Giriş", shift.start],
    ["Çıkış", shift.end],
    ["Mola (dk)", shift.breakMinutes?.toString()],
    ["Not", shift.notes],
  ];
  for (const [label, value] of fields) {
    if (value !== undefined) {
      await form.getByLabel(label, { exact: true }).fill(value);
    }
  }
  if (shift.special !== undefined) {
    await form.getByLabel("Özel gün").setChecked(shift.special);
  }
}

export async function save(form: Locator): Promise<void> {
  await form.getByRole("button", { name: "Kaydet" }).click();
}

/** Enters a day and waits until the list shows it. Answers its id. */
export async function enter(page: Page, person: Person, shift: Shift & { notes?: string }): Promise<string> {
  await fillEntry(entryForm(page), person, shift);
  await save(entryForm(page));
  await expect(rowOf(page, shift.date)).toBeVisible();
  return (await rowOf(page, shift.date).getAttribute("data-id")) ?? "";
}

/** The row of a day, by its date `YYYY-MM-DD`. */
export function rowOf(page: Page, date: string): Locator {
  return page.locator("#timesheet-list tbody tr").filter({ hasText: turkish(date) });
}

/** `2026-01-05` as pages write it. */
export function turkish(date: string): string {
  return date.split("-").reverse().join(".");
}

export function toast(page: Page, sentence: string | RegExp): Locator {
  return page.locator("[data-toast]").filter({ hasText: sentence });
}

export function pill(page: Page): Locator {
  return page.locator("#save-pill");
}

/** What the rows of the list show under each head. */
export async function tableOf(page: Page): Promise<Record<string, string>[]> {
  return page.locator("#timesheet-list table").evaluate((table) => {
    const texts = (cells: Iterable<Element>): string[] => Array.from(cells, (cell) => (cell as HTMLElement).innerText.trim());
    const heads = texts(table.querySelectorAll("thead th"));
    return Array.from(table.querySelectorAll("tbody tr"), (row) => {
      const cells = texts(row.children);
      return Object.fromEntries(heads.map((head, place) => [head, cells[place] ?? ""]));
    });
  });
}

/** The list shows this shift, and the hours that the rule gives. */
export async function expectRow(page: Page, shift: Shift): Promise<void> {
  await expect(rowOf(page, shift.date)).toBeVisible();
  await expect(async () => {
    const cells = (await tableOf(page)).find((row) => row["Tarih"]?.startsWith(turkish(shift.date))) ?? {};
    expect(cells["Giriş"]).toBe(shift.start);
    expect(cells["Çıkış"]?.replace(" +1", "")).toBe(shift.end);
    expect(cells["Mola (dk)"]).toBe(String(shift.breakMinutes));
    expect(hoursIn(cells)).toEqual(shown(hoursOf(shift)));
  }).toPass({ timeout: 10_000 });
}

export function hoursIn(cells: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(COLUMNS).map(([name, head]) => [name, cells[head] ?? "(no such column)"]));
}

/** The row of totals counts these shifts and no other. */
export async function expectTotals(page: Page, shifts: Shift[]): Promise<void> {
  await expect(page.locator("#timesheet-totals th")).toHaveText(`Toplam: ${shifts.length} kayıt`);
  const sums = shown(sumOf(shifts));
  const { worked, scheduled, overtime, night, overnight, specialNormal, specialOvertime, specialNight } = sums;
  const cells = [worked, scheduled, overtime, night, overnight, "", specialNormal, specialOvertime, specialNight, ""];
  await expect(page.locator("#timesheet-totals td")).toHaveText(cells);
}

/** What the server has stored for one person in January, asked past the page. */
export async function storedEntries(page: Page, person: Person): Promise<Record<string, unknown>[]> {
  const answer = await page.request.get(`/api/v1/timesheets?employee_id=${person.id}&${JANUARY}`);
  expect(answer.ok()).toBe(true);
  return ((await answer.json()) as { items: Record<string, unknown>[] }).items;
}

/** The `_op` of every post of the page to an address, as they are sent. */
export function opsSent(page: Page, path: string): string[] {
  const ops: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && new URL(request.url()).pathname === path) {
      ops.push(postedField(request.postData() ?? "", "_op"));
    }
  });
  return ops;
}

function postedField(body: string, name: string): string {
  return new URLSearchParams(body).getAll(name).find((value) => value !== "") ?? "";
}
