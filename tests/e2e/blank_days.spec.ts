// A forgotten week of one person, one Enter a day: from "Boş günler" and from the person's card; and the form's times and mark, which follow the
// person and the date that are chosen in it.

import { expect, type Page, shot, test } from "./support/browser.ts";
import { addEmployee, enter, entryForm, openList, type Person } from "./support/puantaj.ts";

test.describe.configure({ mode: "serial" });

/** The week from 5 to 9 January 2026 and the one after it, in which the demo company has no entries. */
const WEEKS = ["05", "06", "07", "08", "09", "12", "13", "14", "15", "16"].map((day) => `2026-01-${day}`);

let person: Person;

for (const serviceWorkers of ["block", "allow"] as const) {
  test(`a forgotten week of a night worker takes one Enter a day (service worker: ${serviceWorkers})`, async ({ as }) => {
    const page = await as("istanbul1", { serviceWorkers });
    await beginYear(page);
    person = await addEmployee(page, `Gece ${serviceWorkers}`, { "İşe giriş": "2026-01-05" });
    await giveNights(page, person);

    await test.step("from the list of blank days", async () => {
      await page.goto("/dashboard/blanks?from=2026-01-01&to=2026-01-31");
      await page.locator(`a[data-blank="2026-01-05"][href*="${person.id}"]`).click();
      await page.waitForLoadState();
      for (const day of WEEKS.slice(0, 5)) {
        await expect(entryForm(page).getByLabel("Tarih")).toHaveValue(day);
        await expect(entryForm(page).getByLabel("Giriş")).toHaveValue("22:00");
        await expect(entryForm(page).getByLabel("Çıkış")).toHaveValue("06:00");
        await expect(entryForm(page).getByLabel("Giriş"), "the cursor is where one goes on").toBeFocused();
        await page.keyboard.press("Enter");
        await expect(page.locator("#timesheet-list tbody tr").filter({ hasText: day.split("-").reverse().join(".") })).toBeVisible();
        await expect(page.locator("#timesheet-list #entry"), "no page inside the list").toHaveCount(0);
      }
      await shot(page, "blank-days");
    });

    await test.step("from the person's card", async () => {
      await page.goto(`/employees/${person.id}?month=2026-01`);
      await page.locator(`a[href*="work_date=2026-01-12"]`).click();
      await page.waitForLoadState();
      for (const day of WEEKS.slice(5)) {
        await expect(entryForm(page).getByLabel("Tarih")).toHaveValue(day);
        await expect(entryForm(page).getByLabel("Giriş")).toHaveValue("22:00");
        await expect(entryForm(page).getByLabel("Çıkış")).toHaveValue("06:00");
        await expect(entryForm(page).getByLabel("Giriş"), "the cursor is where one goes on").toBeFocused();
        await page.keyboard.press("Enter");
        await expect(entryForm(page).getByLabel("Tarih"), `after ${day}`).not.toHaveValue(day);
      }
    });

    const answer = await page.request.get(`/api/v1/timesheets?employee_id=${person.id}&from=2026-01-01&to=2026-01-31`);
    const stored = ((await answer.json()) as { items: { work_date: string; start_time: string }[] }).items.map((entry) => `${entry.work_date} ${entry.start_time}`);
    expect(stored.sort(), "once each, at night").toEqual(WEEKS.map((day) => `${day} 22:00`));
  });
}

/** A week that ends with a feast: on Thursday the afternoon is free, Friday is the holiday itself, which somebody has worked all the same. */
const FEAST = [
  {
    who: "Bayram Gündüz",
    nights: false,
    days: ["16 08:30 17:30 60", "17 08:30 17:30 60", "18 08:30 17:30 60", "19 08:30 13:00 30"],
    holiday: "20 08:30 17:30 60",
    after: "23 08:30 17:30 60",
  },
  { who: "Bayram Gece", nights: true, days: ["16 22:00 06:00 30", "17 22:00 06:00 30", "18 22:00 06:00 30"], holiday: "20 22:00 06:00 30", after: "23 22:00 06:00 30" },
];

for (const { who, nights, days, holiday, after } of FEAST) {
  for (const from of ["the list of blank days", "the person's card"]) {
    test(`a week with a holiday comes with the right times and marks from ${from}, one Enter a day: ${who}`, async ({ as }) => {
      const page = await as("istanbul1");
      await beginYear(page);
      const worker = await addEmployee(page, `${who} ${from.length}`, { "İşe giriş": "2026-03-16" });
      if (nights) await giveNights(page, worker);
      await page.goto(from === "the person's card" ? `/employees/${worker.id}?month=2026-03` : "/dashboard/blanks?from=2026-03-01&to=2026-03-31");
      await page.locator(`main a[href*="${worker.id}"][href*="work_date=2026-03-16"]`).click();
      await page.waitForLoadState();
      const form = entryForm(page);
      const shown = async (): Promise<string> => {
        const fields = ["Tarih", "Giriş", "Çıkış", "Mola (dk)"].map(async (label) => form.getByLabel(label).inputValue());
        const [date = "", ...times] = await Promise.all(fields);
        return [date.replace("2026-03-", ""), ...times, (await form.getByLabel("Özel gün").isChecked()) ? "special" : ""].join(" ").trim();
      };
      for (const day of days) {
        await expect.poll(shown).toBe(day);
        await page.keyboard.press("Enter");
      }
      await expect.poll(shown, "nobody is expected on the holiday").toBe(after);
      await form.getByLabel("Tarih").fill("2026-03-20");
      await expect.poll(shown, "worked all the same").toBe(`${holiday} special`);
      await form.getByLabel("Giriş").press("Enter");
      await expect.poll(shown, "the mark does not stay").toBe(after);
      await page.keyboard.press("Enter");
      await expect.poll(shown).not.toBe(after);

      const answer = await page.request.get(`/api/v1/timesheets?employee_id=${worker.id}&from=2026-03-01&to=2026-03-31`);
      const { items } = (await answer.json()) as { items: { work_date: string; start_time: string; end_time: string; break_minutes: number; is_special: boolean }[] };
      const stored = items.map((one) => `${one.work_date.slice(-2)} ${one.start_time} ${one.end_time} ${one.break_minutes}${one.is_special ? " special" : ""}`);
      expect(stored.sort(), "each day once").toEqual([...days, `${holiday} special`, after]);
    });
  }
}

test("times and mark of the form follow the person and the date, and what was typed stays", async ({ as }) => {
  const page = await as("istanbul1");
  await page.goto("/timesheets");
  const form = entryForm(page);
  const values = async (): Promise<string[]> => [
    await form.getByLabel("Giriş").inputValue(),
    await form.getByLabel("Çıkış").inputValue(),
    await form.getByLabel("Mola (dk)").inputValue(),
    String(await form.getByLabel("Özel gün").isChecked()),
  ];
  await form.getByLabel("Tarih").fill("2026-01-14");
  expect(await values()).toEqual(["08:30", "17:30", "60", "false"]);
  await form.getByLabel("Çalışan").selectOption(person.id);
  expect(await values(), "a night worker").toEqual(["22:00", "06:00", "30", "false"]);
  await form.getByLabel("Tarih").fill("2026-10-29");
  expect(await values(), "on a holiday").toEqual(["22:00", "06:00", "30", "true"]);
  await form.getByLabel("Tarih").fill("2026-01-17");
  expect(await values(), "a Saturday").toEqual(["22:00", "06:00", "30", "false"]);
  await form.getByLabel("Giriş").fill("21:00");
  await form.getByLabel("Tarih").fill("2026-01-14");
  await form.getByLabel("Çalışan").selectOption({ index: 1 });
  expect(await values(), "what was typed is not overwritten").toEqual(["21:00", "17:30", "60", "false"]);
});

test("a month is understood as it is typed where the browser has no field for months", async ({ as }) => {
  const page = await as("istanbul1");
  await page.goto("/timesheets/month");
  const field = page.locator("#month");
  await field.evaluate((input) => input.setAttribute("type", "text")); // as Firefox shows it
  await field.fill("Ocak 2026");
  await field.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ocak 2026");
  await page.locator("#month").evaluate((input) => input.setAttribute("type", "text"));
  await page.locator("#month").fill("13.2026");
  await page.locator("#month").press("Enter");
  await expect(page.locator("#month-error")).toContainText("Ay anlaşılamadı");
  await expect(page.locator("table.month")).toHaveCount(0);
  await shot(page, "month-wrong");
});

test("swapped dates are said where the list was, while one types", async ({ as }) => {
  const page = await as("istanbul1");
  await page.goto("/dashboard/blanks?from=2026-01-05&to=2026-01-31");
  await page.getByLabel("Bitiş", { exact: true }).fill("2026-01-01");
  await expect(page.locator("#blank-list")).toContainText("Bitiş başlangıçtan (05.01.2026) önce olamaz");
  await expect(page.locator("#blank-list")).not.toContainText("Boş gün yok");
  await shot(page, "blanks-swapped");
  await page.getByLabel("Bitiş", { exact: true }).fill("2026-01-31");
  await expect(page.locator("#blank-count")).toBeVisible();
});

/** Nobody is expected before a region's first entry: the year has one. */
async function beginYear(page: Page): Promise<void> {
  const answer = await page.request.get("/api/v1/timesheets?from=2026-01-02&to=2026-01-02");
  if (((await answer.json()) as { items: unknown[] }).items.length === 0) {
    const first = await addEmployee(page, "Yılın İlk Kaydı");
    await openList(page, first);
    await enter(page, first, { date: "2026-01-02", start: "08:30", end: "17:30", breakMinutes: 60 });
  }
}

/** The person works by the template of the nights. */
async function giveNights(page: Page, { id }: Person): Promise<void> {
  await page.goto(`/employees/${id}/edit`);
  const shift = page.getByLabel("Vardiya", { exact: true });
  await shift.selectOption((await shift.locator("option", { hasText: "Gece" }).getAttribute("value")) ?? "");
  await page.getByRole("button", { name: "Kaydet" }).click();
  await expect(page, "saved: a message would be gone where the worker shows the list as it was kept").toHaveURL(/\/employees(\?|$)/);
}
