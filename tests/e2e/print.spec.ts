// Pages on paper: the month that is signed, the day, the list and the summary, for small and large offices, in both languages.

import { type Browser } from "@playwright/test";

import { type Running, startServer } from "./server.ts";
import { type Page, expect, signIn, speak, test } from "./support/browser.ts";
import { type Sheet, expectSheets, sheetsOf } from "./support/paper.ts";
import { type Staff, addEntries, addRegion, addStaff, markOf, staffOf } from "./support/staff.ts";

test.describe.configure({ timeout: 300_000 });

const FIRM = "Yağmur Saha Hizmetleri A.Ş.";
const OFFICES = [
  { people: 9, code: "dokuz", name: "Dokuz Çeşme" },
  { people: 32, code: "otuziki", name: "Otuziki Eylül" },
  { people: 120, code: "yuzyirmi", name: "Yüzyirmi Işıklar" },
];
const MONTH = "2026-01";

let server: Running;
let staff: Staff;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  server = await startServer();
  staff = await staffOf(await admin(browser));
  await staff.page.goto("/admin/settings/company");
  await staff.page.getByLabel("Şirket adı").fill(FIRM);
  await staff.page.getByRole("button", { name: "Kaydet" }).click();
  await expect(staff.page.locator("[data-toast]")).toContainText("ayarlar kaydedildi");
  for (const { people, code, name } of OFFICES) {
    await addRegion(staff, name, code);
    await addEntries(staff, code, await addStaff(staff, code, people), MONTH);
  }
});

test.afterAll(async () => {
  await staff.page.context().close();
  await server.stop();
});

for (const { people, code, name } of OFFICES) {
  test(`the month of ${people} people: every sheet says what it is, and the last one is signed under people`, async () => {
    await staff.page.goto(`/timesheets/month?month=${MONTH}&region=${code}`);
    const sheets = await sheetsOf(staff.page, `month-${people}`);
    expectSheets(sheets, [FIRM, name, "Aylık puantaj cetveli", "Ocak 2026", "Çalışan", "İmza"]);
    expect(peopleOn(sheets), "everybody is there, once").toEqual(marks(people));
    const signed = sheets.filter(({ text }) => text.includes("Düzenleyen"));
    expect(signed).toEqual([sheets.at(-1)]);
    for (const words of ["Kontrol eden", "Onaylayan", "Toplam saat", "gece yarısını aşan vardiya"]) {
      expect(signed[0]?.text).toContain(words);
    }
    expect(peopleOn(signed).length, "signatures and legend stand under people").toBeGreaterThanOrEqual(2);
    expect(sheets.length, "25 people fit on a sheet").toBeLessThanOrEqual(Math.ceil(people / 20) + 1);
  });

  test(`the day of ${people} people: no empty sheet, no fields, everybody`, async () => {
    await staff.page.goto(`/today?date=${MONTH}-15&region=${code}`);
    const sheets = await sheetsOf(staff.page, `today-${people}`);
    expectSheets(sheets, [FIRM, name, "15 Ocak 2026 Perşembe", "Çalışan", "Plan", "Durum"]);
    expectNoSheetWithoutPeople(sheets, people);
  });
}

test("the list of entries: region, dates and which part of how many stand on every sheet", async () => {
  await staff.page.goto(`/timesheets?from=${MONTH}-01&to=${MONTH}-31&region=yuzyirmi`);
  const sheets = await sheetsOf(staff.page, "timesheets");
  expectSheets(sheets, [FIRM, "Yüzyirmi Işıklar", "Puantaj", "01.01.2026 – 31.01.2026", "1–50 arası", "Tarih", "Not"]);
  for (const sheet of sheets) {
    expect(peopleOn([sheet]).length, "no sheet without entries").toBeGreaterThan(0);
  }
  expect(sheets.at(-1)?.text).toContain("Toplam:");
});

test("the list of entries is printed as it was filtered last, without a new page from the server", async () => {
  await staff.page.goto(`/timesheets?from=${MONTH}-01&to=${MONTH}-31&region=dokuz`);
  await staff.page.getByLabel("Bitiş").fill(`${MONTH}-02`);
  await expect(staff.page).toHaveURL(/2026-01-02/);
  await expect(staff.page.locator(".paper-line")).toContainText("02.01.2026");
  expectSheets(await sheetsOf(staff.page, "timesheets-filtered"), [FIRM, "Dokuz Çeşme", "01.01.2026 – 02.01.2026"]);
});

test("the summary has all of its columns", async () => {
  await staff.page.goto(`/reports/summary?from=${MONTH}-01&to=${MONTH}-31&region=otuziki`);
  const sheets = await sheetsOf(staff.page, "summary");
  expectSheets(sheets, [FIRM, "Otuziki Eylül", "Çalışan özeti", "01.01.2026 – 31.01.2026"]);
  const [first] = sheets;
  for (const column of ["Ad soyad", "Departman", "Unvan", "Kayıt", "Çalışılan", "Fazla", "Gece", "Geceye", "Özel"]) {
    expect(first?.text).toContain(column);
  }
});

test("every other page carries firm, region and what it is, in English as well", async () => {
  const { page } = staff;
  for (const [path, title] of [
    ["/dashboard", "Pano"],
    ["/dashboard/blanks", "Boş günler"],
    ["/employees", "Çalışanlar"],
    ["/activity", "İşlem günlüğü"],
    ["/admin/calendar", "Takvim"],
  ] as const) {
    await page.goto(path);
    expectSheets(await sheetsOf(page, `paper${path.replaceAll("/", "-")}`), [FIRM, "Tüm bölgeler", title]);
  }
  for (const path of ["/employees?region=dokuz", "/activity?region=dokuz&kind=create"]) {
    await page.goto(path);
    const sheets = await sheetsOf(page, `paper${path.split("?")[0]?.replaceAll("/", "-") ?? ""}-region`);
    expectSheets(sheets, [FIRM, "Dokuz Çeşme"]);
    expect(sheets.map(({ text }) => text).join(" "), "a list of one region is not called one of all").not.toContain("Tüm bölgeler");
  }
  await page.goto("/dashboard");
  await speak(page, "English");
  await page.goto(`/timesheets/month?month=${MONTH}&region=otuziki`);
  expectSheets(await sheetsOf(page, "month-english"), [FIRM, "Otuziki Eylül", "January 2026"], "en");
  await page.goto("/dashboard");
  await speak(page, "Türkçe");
});

test("a dark page is printed black on white", async () => {
  await staff.page.emulateMedia({ colorScheme: "dark" });
  await staff.page.goto(`/timesheets/month?month=${MONTH}&region=dokuz`);
  await expect(staff.page.locator("html")).toHaveAttribute("data-bs-theme", "dark");
  const seen = await staff.page.evaluate(() => {
    dispatchEvent(new Event("beforeprint"));
    const theme = document.documentElement.dataset["bsTheme"];
    dispatchEvent(new Event("afterprint"));
    return [theme, document.documentElement.dataset["bsTheme"]];
  });
  expect(seen).toEqual(["light", "dark"]);
  await staff.page.emulateMedia({ colorScheme: "light" });
});

/** The marks that end the people's names, sorted. */
function peopleOn(sheets: Sheet[]): string[] {
  return sheets.flatMap(({ words }) => words.map(({ text }) => text).filter((text) => /^K\d{3}$/.test(text))).sort();
}

function marks(people: number): string[] {
  return Array.from({ length: people }, (_, n) => markOf(n + 1));
}

function expectNoSheetWithoutPeople(sheets: Sheet[], people: number): void {
  expect(peopleOn(sheets), "everybody is there, once").toEqual(marks(people));
  for (const sheet of sheets) {
    expect(peopleOn([sheet]).length, sheet.text.slice(0, 80)).toBeGreaterThan(0);
  }
}

async function admin(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.url, locale: "tr-TR", timezoneId: "Europe/Istanbul", viewport: { width: 1366, height: 768 }, serviceWorkers: "block" });
  const page = await context.newPage();
  await page.goto("/login");
  await signIn(page, "admin");
  return page;
}
