// What fits where: an office PC of 1366x768, a phone of 390 and 320 px, 200 % and 400 % zoom.

import type { Locator } from "@playwright/test";

import { expect, expectNoSidewaysScroll, test } from "./support/browser.ts";
import { RECENT, addEmployee, entryForm, fillEntry, save } from "./support/puantaj.ts";

const PC = { width: 1366, height: 768 };
const PHONES = [
  { width: 390, height: 844 },
  { width: 320, height: 640 },
];
/** 1366x768 at 200 % and at 400 %. */
const ZOOM_200 = { width: 683, height: 384 };
const ZOOM_400 = { width: 342, height: 192 };

test("an admin's office PC shows the region of an entry and the whole side bar", async ({ as }) => {
  const page = await as("admin", { viewport: PC });
  await page.goto(`/timesheets?${RECENT}`);
  await expect(page.getByRole("navigation").getByRole("link", { name: "Takvim" })).toBeInViewport({ ratio: 1 });
  const region = page.locator(".timesheets tbody tr").first().locator("td").nth(15);
  await expect(region).toHaveText(/Ankara|Bursa|İstanbul|İzmir/);
  const [cell, acts] = [await boxOf(region), await boxOf(page.locator(".timesheets tbody .row-actions").first())];
  expect(cell.width).toBeGreaterThan(45);
  const lines = await region.evaluate((td) => {
    const range = document.createRange();
    range.selectNodeContents(td);
    return new Set(Array.from(range.getClientRects(), ({ top }) => top)).size;
  });
  expect(lines, "the name of the region is not broken").toBe(1);
  expect(cell.right, "the acts do not cover it").toBeLessThanOrEqual(acts.left + 1);
});

test("the month shows a long name to its end", async ({ as }) => {
  const page = await as("izmir1", { viewport: PC });
  const person = await addEmployee(page, "Ahmet Fatma Gülbahar Hacıömeroğullarından", { "İşe giriş": "2025-12-01" });
  await page.goto("/timesheets/month?month=2026-01");
  const name = page.locator(`tr[data-employee="${person.id}"] .who a`);
  await expect(name).toHaveAttribute("title", person.name);
  const [needed, shown] = await name.evaluate((link) => [link.scrollHeight, link.clientHeight]);
  expect(needed, "nothing of it is cut").toBeLessThanOrEqual((shown ?? 0) + 1);
});

for (const viewport of PHONES) {
  test(`on ${viewport.width} px a person is a small card, and every form to correct a row fits`, async ({ as }) => {
    const page = await as("izmir1", { viewport, hasTouch: true, isMobile: true });
    await page.goto("/employees");
    expect((await boxOf(page.locator(".people tbody tr").first())).height).toBeLessThan(130);
    for (const [path, link] of [
      ["/employees", "a[href$='/edit']"],
      [`/timesheets?${RECENT}`, "a[href$='/edit']"],
      ["/shift-templates", "a[href$='/edit']"],
    ] as const) {
      await page.goto(path);
      await page.locator(link).first().click();
      const form = page.locator("tr.editing form");
      await expect(form).toBeVisible();
      expect((await boxOf(form)).right, path).toBeLessThanOrEqual(viewport.width);
      for (const field of await form.locator("input:visible, select:visible, button:visible").all()) {
        expect((await boxOf(field)).right, path).toBeLessThanOrEqual(viewport.width);
      }
      await expectNoSidewaysScroll(page);
    }
  });
}

test("at 200 % the open day of the month is not under the foot", async ({ as }) => {
  const page = await as("izmir1", { viewport: ZOOM_200 });
  await page.goto("/timesheets/month?month=2026-01");
  await page.locator("tr[data-employee] td > a").nth(8).click();
  const saveButton = page.locator("#day-editor").getByRole("button", { name: "Kaydet" });
  await saveButton.scrollIntoViewIfNeeded();
  const covered = await saveButton.evaluate((button) => {
    const { left, top, width, height } = button.getBoundingClientRect();
    return !button.contains(document.elementFromPoint(left + width / 2, top + height / 2));
  });
  expect(covered).toBe(false);
});

test("one long word makes no page wider than the screen, down to 400 %", async ({ as }) => {
  const page = await as("izmir1", { viewport: PC });
  const word = "ş".repeat(180);
  const person = await addEmployee(page, `Uzun ${word.slice(0, 90)}`);
  await page.goto("/timesheets");
  await fillEntry(entryForm(page), person, { date: "2026-01-20", start: "08:00", end: "17:00", breakMinutes: 60, notes: word });
  await save(entryForm(page));
  await expect(page.locator("[data-toast]")).toBeVisible();
  for (const path of ["/activity", "/dashboard", "/employees", "/timesheets?from=2026-01-20&to=2026-01-20", "/today?date=2026-01-20", `/employees/${person.id}`]) {
    await page.goto(path);
    for (const viewport of [PC, ZOOM_200, ...PHONES, ZOOM_400]) {
      await page.setViewportSize(viewport);
      await expectNoSidewaysScroll(page);
    }
  }
});

async function boxOf(element: Locator): Promise<{ left: number; right: number; width: number; height: number }> {
  const box = await element.boundingBox();
  if (!box) throw new Error("it is not shown");
  return { left: box.x, right: box.x + box.width, width: box.width, height: box.height };
}
