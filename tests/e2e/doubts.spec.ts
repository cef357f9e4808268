// What looks like a slip is asked about, and Enter once more confirms it: no dialog, no mouse.

import { expect, shot, test } from "./support/browser.ts";
import { addEmployee, entryForm, fillEntry, openList, pill, rowOf, save, storedEntries, toast } from "./support/puantaj.ts";

test("Enter asks, and Enter once more saves", async ({ as }) => {
  const page = await as("bursa1");
  const person = await addEmployee(page, "Şüpheli Kayıt");
  await openList(page, person);
  await fillEntry(entryForm(page), person, { date: "2026-01-20", start: "09:00", end: "13:00", breakMinutes: 300 });
  await entryForm(page).getByLabel("Mola (dk)", { exact: true }).press("Enter");
  const question = entryForm(page).locator("[data-question]");
  await expect(question).toContainText("Mola vardiyanın tamamını kaplıyor");
  await expect(entryForm(page).getByLabel("Mola (dk)", { exact: true })).toHaveValue("300");
  await shot(page, "doubts-asked");
  expect(await storedEntries(page, person)).toHaveLength(0);
  await page.keyboard.press("Enter");
  await expect(rowOf(page, "2026-01-20")).toBeVisible();
  await expect(pill(page)).toHaveText("Kaydedildi");
  expect(await storedEntries(page, person)).toHaveLength(1);
});

test("whoever is made passive is asked for the last day", async ({ as }) => {
  const page = await as("bursa1");
  const person = await addEmployee(page, "Ayrılan Kişi");
  await openList(page, person);
  await fillEntry(entryForm(page), person, { date: "2026-01-21", start: "08:30", end: "17:30", breakMinutes: 60 });
  await save(entryForm(page));
  await expect(rowOf(page, "2026-01-21")).toBeVisible();
  await page.goto(`/employees?q=${encodeURIComponent(person.name)}`);
  const row = page.locator(`#row-${person.id}`);
  await row.locator("summary").press("Enter");
  await expect(row.getByLabel("Son iş günü")).toHaveValue("2026-01-21");
  await shot(page, "employees-last-day");
  await row.getByLabel("Son iş günü").fill("2026-01-31");
  await row.getByLabel("Son iş günü").press("Enter");
  await expect(toast(page, `${person.name} pasif yapıldı.`)).toBeVisible();
  await page.goto(`/employees/${person.id}?month=2026-01`);
  await expect(page.getByText("31.01.2026").first()).toBeVisible();
});
