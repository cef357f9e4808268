// The main job from end to end: one clerk's day, what another office sees of it, and what headquarters sees.

import { expect, shot, signIn, test } from "./support/browser.ts";
import { type Shift, hoursOf, shown } from "./support/hours.ts";
import { RECENT, addEmployee, daysAgo, entryForm, expectRow, expectTotals, fillEntry, hoursIn, openList, pill, rowOf, tableOf, toast, turkish } from "./support/puantaj.ts";

const NAME = "Deniz Işıksoy";
const NIGHT: Shift = { date: "2026-01-09", start: "22:00", end: "06:00", breakMinutes: 30 };
const SATURDAY: Shift = { date: "2026-01-10", start: "08:30", end: "17:30", breakMinutes: 45 };
const LONGER: Shift = { ...SATURDAY, end: "19:00" };

// What the clerk's day leaves for the other two tests.
const made = { employee: "", entry: "" };

test.describe.configure({ mode: "serial" });

test("a clerk signs in, adds an employee, enters a day, corrects it, deletes it and takes the deletion back", async ({ visit, complaints }) => {
  const page = await visit();

  await test.step("the sign-in page of the demo says who may come in", async () => {
    await page.goto("/");
    await expect(page).toHaveURL(/\/login/);
    for (const word of ["ankara1", "istanbul1", "bursa1", "izmir1", "admin", "rainstaff-demo"]) {
      await expect(page.locator(".demo").getByText(word, { exact: true })).toBeVisible();
    }
    await shot(page, "01-sign-in");
    await signIn(page, "ankara1");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^Bugün, /);
    await expect(page.locator(".region-name")).toHaveText("Ankara");
  });

  await test.step("every row of Ankara shows the hours that the rule gives", async () => {
    await page.getByRole("link", { name: "Puantaj" }).click();
    const filters = page.getByRole("search");
    await filters.getByLabel("Başlangıç").fill(daysAgo(40));
    await filters.getByLabel("Bitiş").fill(daysAgo(0));
    await expect(page).toHaveURL(new RegExp(RECENT));
    await expect(page.locator("#timesheet-totals th")).toHaveText(/Toplam: \d{3} kayıt/);
    const rows = await tableOf(page);
    expect(rows.length).toBe(50);
    for (const cells of rows) {
      const [day = "", month = "", year = ""] = (cells["Tarih"] ?? "").slice(0, 10).split(".");
      const shift: Shift = {
        date: `${year}-${month}-${day}`,
        start: cells["Giriş"] ?? "",
        end: (cells["Çıkış"] ?? "").slice(0, 5),
        breakMinutes: Number(cells["Mola (dk)"]),
        special: cells["Özel gün"] === "Evet",
      };
      expect(hoursIn(cells), JSON.stringify(shift)).toEqual(shown(hoursOf(shift)));
    }
    await shot(page, "02-timesheets");
  });

  await test.step("an employee is added and found without Turkish letters", async () => {
    const person = await addEmployee(page, NAME, { Departman: "Depo", Unvan: "Şoför", "İşe giriş": "2025-12-01" });
    made.employee = person.id;
    await page.goto("/employees");
    await page.getByRole("search").getByLabel("Ad, departman veya unvan ara").fill("isiksoy");
    await expect(page).toHaveURL(/q=isiksoy/);
    await expect(page.locator("#employee-list tbody tr")).toHaveCount(1);
    await expect(page.getByRole("row", { name: NAME })).toContainText("01.12.2025");
    await shot(page, "03-employees");
  });

  const person = { id: made.employee, name: NAME };

  await test.step("a shift template fills the times, Enter saves and the form is ready for the next day", async () => {
    await openList(page, person);
    const form = entryForm(page);
    await fillEntry(form, person, { date: NIGHT.date });
    await form.getByLabel("Şablon").selectOption({ label: "Gece" });
    await expect(form.getByLabel("Giriş")).toHaveValue(NIGHT.start);
    await expect(form.getByLabel("Çıkış")).toHaveValue(NIGHT.end);
    await expect(form.getByLabel("Mola (dk)")).toHaveValue("30");
    await form.getByLabel("Not").press("Enter");
    await expect(toast(page, `${NAME}, ${turkish(NIGHT.date)}: puantaj kaydedildi.`)).toBeVisible();
    await expect(form.getByLabel("Çalışan")).toHaveValue(person.id);
    await expect(form.getByLabel("Tarih")).toHaveValue(SATURDAY.date);
    await expect(form.getByLabel("Tarih")).toBeFocused();
    await expectRow(page, NIGHT);
    await expectTotals(page, [NIGHT]);
    await expect(pill(page)).toHaveText("Kaydedildi");
    await shot(page, "04-entered-with-template");
  });

  await test.step("times typed without a colon are read, and totals follow", async () => {
    const form = entryForm(page);
    await form.getByLabel("Giriş").fill("830");
    await form.getByLabel("Çıkış").focus();
    await expect(form.getByLabel("Giriş")).toHaveValue("08:30");
    await fillEntry(form, null, { end: "17.30", breakMinutes: SATURDAY.breakMinutes });
    await form.getByLabel("Mola (dk)").press("Enter");
    await expectRow(page, SATURDAY);
    await expectTotals(page, [NIGHT, SATURDAY]);
    made.entry = (await rowOf(page, SATURDAY.date).getAttribute("data-id")) ?? "";
    await shot(page, "05-entered-by-typing");
  });

  await test.step("the day is corrected where it stands", async () => {
    await rowOf(page, SATURDAY.date)
      .getByRole("link", { name: /^Düzelt/ })
      .click();
    const form = page.getByRole("form", { name: `${NAME}: kaydı düzelt` });
    await form.getByLabel("Çıkış").fill("1900");
    await shot(page, "06-editing");
    await form.getByLabel("Çıkış").press("Enter");
    await expect(toast(page, `${NAME}, ${turkish(SATURDAY.date)}: kayıt düzeltildi.`)).toBeVisible();
    await expect(form).toHaveCount(0);
    await expectRow(page, LONGER);
    await expectTotals(page, [NIGHT, LONGER]);
  });

  await test.step("the day is deleted, and „Geri al“ brings it back", async () => {
    await rowOf(page, SATURDAY.date).getByRole("button", { name: /^Sil/ }).click();
    await expect(rowOf(page, SATURDAY.date)).toHaveCount(0);
    await expectTotals(page, [NIGHT]);
    await shot(page, "07-deleted");
    await toast(page, `${NAME}, ${turkish(SATURDAY.date)}: kayıt silindi.`)
      .getByRole("button", { name: "Geri al" })
      .click();
    await expectRow(page, LONGER);
    await expectTotals(page, [NIGHT, LONGER]);
    await expect(toast(page, `${NAME}, ${turkish(SATURDAY.date)}: kayıt geri getirildi.`)).toBeVisible();
    await expect(pill(page)).toHaveText("Kaydedildi");
    await shot(page, "08-restored");
  });

  await test.step("the page of the day says how its hours came about and what happened to it", async () => {
    await rowOf(page, SATURDAY.date)
      .getByRole("link", { name: /^Hesap ve geçmiş/ })
      .click();
    await expect(page).toHaveURL(`/timesheets/${made.entry}`);
    for (const deed of ["eklendi", "değiştirildi", "silindi", "geri getirildi"]) {
      await expect(page.getByText(`Puantaj kaydı ${deed}`)).toBeVisible();
    }
    await shot(page, "09-explained");
  });

  expect(complaints, "the console stays quiet").toEqual([]);
});

test("another office finds nothing of Ankara anywhere", async ({ as }) => {
  const page = await as("istanbul1");
  const everything = "from=1990-01-01&to=2100-12-31";
  for (const path of [
    "/timesheets",
    `/timesheets?${everything}`,
    `/timesheets?${everything}&q=isiksoy`,
    `/timesheets?${everything}&employee_id=${made.employee}`,
    "/employees",
    "/employees?state=present&q=isiksoy",
    "/employees?state=deleted",
    "/shift-templates",
    "/activity",
  ]) {
    await page.goto(path);
    const text = await page.locator("html").innerHTML();
    for (const word of [NAME, "Ayşe Yılmaz", "Ankara", "ankara", ...Object.values(made)]) {
      // The address of the page itself, with what was asked, may stand in it.
      expect(text.replaceAll(/(hx-get|href|value)="[^"]*"/g, ""), `${word} on ${path}`).not.toContain(word);
    }
  }
  await page.goto("/timesheets");
  await shot(page, "10-istanbul");

  for (const api of ["/api/v1/timesheets?limit=1000", "/api/v1/employees?limit=1000", `/api/v1/timesheets?employee_id=${made.employee}`]) {
    const body = await (await page.request.get(api)).text();
    expect(body).toContain('"items"');
    for (const word of [NAME, "ankara", ...Object.values(made)]) {
      expect(body, `${word} in ${api}`).not.toContain(word);
    }
  }
  for (const path of [
    `/timesheets/${made.entry}`,
    `/timesheets/${made.entry}/edit`,
    `/timesheets/${made.entry}/row`,
    `/employees/${made.employee}/edit`,
    `/employees/${made.employee}/row`,
    "/api/v1/timesheets?region=ankara",
    "/api/v1/employees?region=ankara",
  ]) {
    expect((await page.request.get(path)).status(), path).toBe(404);
  }
  const csrf = await page.locator('input[name="_csrf"]').first().inputValue();
  for (const path of [`/timesheets/${made.entry}`, `/timesheets/${made.entry}/deletion`, `/employees/${made.employee}/deletion`]) {
    const headers = { Origin: new URL(page.url()).origin };
    const answer = await page.request.post(path, { headers, form: { _csrf: csrf, _id: path.split("/")[2] ?? "", _base: "1", _orig: "{}" } });
    expect(answer.status(), `POST ${path}`).toBe(404);
  }
});

test("the admin sees all regions, and what ankara1 did with before and after", async ({ as, complaints }) => {
  const page = await as("admin");
  await page.goto(`/timesheets?${RECENT}`);
  await expect(page.locator(".region-name")).toHaveText("Tüm bölgeler");
  const regions = (await tableOf(page)).map((cells) => cells["Bölge"]);
  expect(new Set(regions)).toEqual(new Set(["Ankara", "Bursa", "İstanbul", "İzmir"]));
  await shot(page, "11-admin-timesheets");

  await page.goto("/activity");
  const deeds = page.locator("article").filter({ hasText: `${NAME}, 10.01.2026` });
  await expect(deeds.locator("strong")).toHaveText(["Puantaj kaydı geri getirildi", "Puantaj kaydı silindi", "Puantaj kaydı değiştirildi", "Puantaj kaydı eklendi"]);
  const correction = deeds.filter({ hasText: "değiştirildi" });
  await expect(correction.locator("del")).toHaveText("17:30");
  await expect(correction.locator("ins")).toHaveText("19:00");
  await expect(correction).toContainText("ankara1");
  await expect(correction).toContainText("Ankara");
  await expect(page.locator("article").filter({ hasText: "Oturum açıldı" }).filter({ hasText: "ankara1" }).first()).toBeVisible();
  await shot(page, "12-admin-activity");
  expect(complaints, "the console stays quiet").toEqual([]);
});
