// Doing it twice does it once: double clicks, Enter and click, the back button, a second tab.

import { type Page, expect, shot, test } from "./support/browser.ts";
import { addEmployee, enter, entryForm, expectRow, fillEntry, openList, opsSent, rowOf, save, storedEntries, toast } from "./support/puantaj.ts";
import type { Shift } from "./support/hours.ts";

// The page without its service worker: Playwright's routes stand in for a bad network, and do not reach a worker (offline.spec.ts has those).
test.use({ serviceWorkers: "block" });

const DAY: Shift = { date: "2026-01-20", start: "08:30", end: "17:30", breakMinutes: 60 };

const IMPATIENT: [string, (page: Page) => Promise<unknown>][] = [
  ["a double click on Kaydet", (page) => entryForm(page).getByRole("button", { name: "Kaydet" }).dblclick()],
  [
    "Enter and a click at once",
    async (page) => {
      await entryForm(page).getByLabel("Not").press("Enter");
      await entryForm(page).getByRole("button", { name: "Kaydet" }).click();
    },
  ],
];

for (const [what, act] of IMPATIENT) {
  test(`${what} makes one entry`, async ({ as }) => {
    const page = await as("bursa1");
    const person = await addEmployee(page, `Sabırsız ${IMPATIENT.findIndex(([name]) => name === what) + 1}`);
    await openList(page, person);
    const ops = opsSent(page, "/timesheets");
    // A slow line: the second attempt meets the first one under way.
    await page.route("**/timesheets", async (route) => {
      await new Promise((later) => setTimeout(later, 700));
      await route.continue();
    });
    await fillEntry(entryForm(page), person, DAY);
    await act(page);
    await expectRow(page, DAY);
    await page.waitForTimeout(1_000); // a second post would be here by now
    expect(ops).toHaveLength(1);
    expect(await storedEntries(page, person)).toHaveLength(1);
    await expect(entryForm(page).locator("[aria-invalid=true]")).toHaveCount(0);
  });
}

test("after the back button the form saves a new entry, not the old one again", async ({ as }) => {
  const page = await as("bursa1");
  const person = await addEmployee(page, "Geri Tuşu");
  await openList(page, person);
  await enter(page, person, DAY);
  await page.getByRole("link", { name: "Çalışanlar" }).click();
  await expect(page).toHaveURL(/employees/);
  await page.goBack();
  await expectRow(page, DAY);
  const next: Shift = { ...DAY, date: "2026-01-21" };
  await enter(page, person, next);
  expect((await storedEntries(page, person)).map((entry) => entry["work_date"])).toEqual([DAY.date, next.date]);
});

test("filters are in the address: the back button brings the list before", async ({ as }) => {
  const page = await as("bursa1");
  const person = await addEmployee(page, "Filtre Geçmişi");
  await openList(page, person);
  await enter(page, person, { ...DAY, notes: "ışıklar" });
  await page.getByRole("searchbox").fill("zzz");
  await expect(page.getByText("Filtreye uyan kayıt yok")).toBeVisible();
  await page.getByRole("searchbox").fill("isiklar");
  await expect(rowOf(page, DAY.date)).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/q=zzz/);
  await expect(page.getByText("Filtreye uyan kayıt yok")).toBeVisible();
  await page.goBack();
  await expect(page).not.toHaveURL(/q=/);
  await expect(rowOf(page, DAY.date)).toBeVisible();
});

test("two tabs change different fields of one entry: both changes stay", async ({ as }) => {
  const { first, second, person } = await twoTabs(await as("bursa1"), "İki Sekme");
  await fillEntry(editForm(first), null, { end: "18:45" });
  await save(editForm(first));
  await expectRow(first, { ...DAY, end: "18:45" });
  await fillEntry(editForm(second), null, { notes: "ikinci sekme" });
  await save(editForm(second));
  await expect(toast(second, "kayıt düzeltildi")).toBeVisible();
  await expectRow(second, { ...DAY, end: "18:45" });
  expect(await storedEntries(second, person)).toMatchObject([{ end_time: "18:45", notes: "ikinci sekme" }]);
});

test("two tabs change the same field: the second is told, and neither value is lost", async ({ as }) => {
  const { first, second, id } = await twoTabs(await as("bursa1"), "Çakışan Sekme");
  await fillEntry(editForm(first), null, { breakMinutes: 30 });
  await save(editForm(first));
  await expectRow(first, { ...DAY, breakMinutes: 30 });
  await fillEntry(editForm(second), null, { breakMinutes: 45 });
  await save(editForm(second));
  await expect(toast(second, "çakışma olarak saklandı")).toBeVisible();
  await shot(second, "twice-conflict");
  await second.goto(`/timesheets/${id}`);
  await expect(second.locator("#history-title ~ article").filter({ hasText: "30 dk" }).filter({ hasText: "45 dk" })).toBeVisible();
});

test("a row changed in one tab is not deleted unseen from another", async ({ as }) => {
  const page = await as("bursa1");
  const person = await addEmployee(page, "Silen Sekme");
  await openList(page, person);
  await enter(page, person, DAY);
  const stale = await page.context().newPage();
  await openList(stale, person);
  await rowOf(page, DAY.date)
    .getByRole("link", { name: /^Düzelt/ })
    .click();
  await fillEntry(editForm(page), null, { end: "20:00" });
  await save(editForm(page));
  await expectRow(page, { ...DAY, end: "20:00" });
  await rowOf(stale, DAY.date).getByRole("button", { name: /^Sil/ }).click();
  await expect(toast(stale, "değiştirildiği için silinmedi")).toBeVisible();
  await expectRow(stale, { ...DAY, end: "20:00" });
  expect(await storedEntries(page, person)).toHaveLength(1);
});

/** One entry, open for correction in two tabs. */
async function twoTabs(first: Page, name: string): Promise<{ first: Page; second: Page; person: { id: string; name: string }; id: string }> {
  const person = await addEmployee(first, name);
  await openList(first, person);
  const id = await enter(first, person, DAY);
  const second = await first.context().newPage();
  await openList(second, person);
  for (const tab of [first, second]) {
    await rowOf(tab, DAY.date)
      .getByRole("link", { name: /^Düzelt/ })
      .click();
    await expect(editForm(tab)).toBeVisible();
  }
  return { first, second, person, id };
}

function editForm(page: Page): ReturnType<Page["locator"]> {
  return page.getByRole("form", { name: /kaydı düzelt/ });
}
