// A forgotten week of one person, one Enter a day: from "Boş günler" and from the person's card; and the form's times and mark, which follow the
// person and the date that are chosen in it.

import { expect, type Page, shot, test } from "./support/browser.ts";
import { addEmployee, entryForm, type Person, toast } from "./support/puantaj.ts";

test.describe.configure({ mode: "serial" });

/** The week from 5 to 9 January 2026 and the one after it, in which the demo company has no entries. */
const WEEKS = ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09", "2026-01-12", "2026-01-13"];

let person: Person;

for (const serviceWorkers of ["block", "allow"] as const) {
  test(`a forgotten week of a night worker takes one Enter a day (service worker: ${serviceWorkers})`, async ({ as }) => {
    const page = await as("istanbul1", { serviceWorkers });
    person = await addEmployee(page, `Gece ${serviceWorkers}`, { "İşe giriş": "2026-01-05" });
    await giveNights(page, person);

    await test.step("from the list of blank days", async () => {
      await page.goto("/dashboard/blanks?from=2026-01-01&to=2026-01-31");
      await page.locator(`a[data-blank="2026-01-05"][href*="${person.id}"]`).click();
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
      for (const day of WEEKS.slice(5)) {
        await expect(entryForm(page).getByLabel("Tarih")).toHaveValue(day);
        await expect(entryForm(page).getByLabel("Giriş")).toHaveValue("22:00");
        await page.keyboard.press("Enter");
        await expect(toast(page, `${person.name}: puantaj kaydedildi`).first()).toBeVisible();
        await expect(entryForm(page).getByLabel("Tarih")).not.toHaveValue(day);
      }
    });

    const answer = await page.request.get(`/api/v1/timesheets?employee_id=${person.id}&from=2026-01-01&to=2026-01-31`);
    const stored = ((await answer.json()) as { items: { work_date: string; start_time: string }[] }).items.map((entry) => `${entry.work_date} ${entry.start_time}`);
    expect(stored.sort(), "once each, at night").toEqual(WEEKS.map((day) => `${day} 22:00`));
  });
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

/** The person works by the template of the nights. */
async function giveNights(page: Page, { id }: Person): Promise<void> {
  await page.goto(`/employees/${id}/edit`);
  const shift = page.getByLabel("Vardiya", { exact: true });
  await shift.selectOption((await shift.locator("option", { hasText: "Gece" }).getAttribute("value")) ?? "");
  await page.getByRole("button", { name: "Kaydet" }).click();
  await expect(toast(page, "bilgiler kaydedildi")).toBeVisible();
}
