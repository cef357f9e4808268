// Pages on paper: the month that is signed, the day, the list and the summary, for small and large offices, in both languages.

import type { Browser } from "@playwright/test";

import { type Running, startServer } from "./server.ts";
import { type Page, expect, signIn, speak, test } from "./support/browser.ts";
import { type Sheet, cutOnPaper, expectNothingCut, expectSheets, sheetsOf } from "./support/paper.ts";
import { type Staff, addConflict, addEntries, addRefused, addRegion, addStaff, markOf, staffOf } from "./support/staff.ts";

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
/** Somebody of the smallest office, and an entry of theirs. */
let person: string;
let entry: string;

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
    const ids = await addStaff(staff, code, people);
    await addEntries(staff, code, ids, MONTH);
    person ||= ids[0] ?? "";
  }
  entry = await addConflict(staff, "dokuz", person, MONTH);
  await addRefused(staff, "dokuz");
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
    expect(signed[0]?.text, "counts are grouped as the hours are").toContain(` ${counted(27 * people + (code === "dokuz" ? 1 : 0))} `);
    await expectNothingCut(staff.page);
    expect(sheets.length, "25 people fit on a sheet").toBeLessThanOrEqual(Math.ceil(people / 20) + 1);
  });

  test(`the day of ${people} people: no empty sheet, no fields, everybody`, async () => {
    await staff.page.goto(`/today?date=${MONTH}-15&region=${code}`);
    const sheets = await sheetsOf(staff.page, `today-${people}`);
    expectSheets(sheets, [FIRM, name, "15 Ocak 2026 Perşembe", "Çalışan", "Plan", "Durum"]);
    expectNoSheetWithoutPeople(sheets, people);
    expectFullWidth(sheets);
    await expectNothingCut(staff.page);
  });

  test(`the list of entries of ${people} people: region, dates and which part of how many stand on every sheet`, async () => {
    await staff.page.goto(`/timesheets?from=${MONTH}-01&to=${MONTH}-31&region=${code}`);
    const sheets = await sheetsOf(staff.page, `timesheets-${people}`);
    expectSheets(sheets, [FIRM, name, "Puantaj", "01.01.2026 – 31.01.2026", "1–50 arası", "Tarih", "Not"]);
    for (const sheet of sheets) {
      expect(peopleOn([sheet]).length, "no sheet without entries").toBeGreaterThan(0);
    }
    expect(sheets.at(-1)?.text).toContain("Toplam:");
    expectFullWidth(sheets);
    await expectNothingCut(staff.page);
  });

  test(`the summary of ${people} people has all of its columns and everybody`, async () => {
    await staff.page.goto(`/reports/summary?from=${MONTH}-01&to=${MONTH}-31&region=${code}`);
    const sheets = await sheetsOf(staff.page, `summary-${people}`);
    expectSheets(sheets, [FIRM, name, "Çalışan özeti", "01.01.2026 – 31.01.2026", ...(people > 50 ? ["120 kayıttan 1–50 arası"] : [])]);
    for (const column of ["Ad soyad", "Departman", "Unvan", "Kayıt", "Çalışılan", "Fazla", "Gece", "Geceye", "Özel"]) {
      expect(sheets[0]?.text).toContain(column);
    }
    expectFullWidth(sheets);
    expect(new Set(peopleOn(sheets)).size, "everybody of this part").toBe(Math.min(people, 50));
    await expectNothingCut(staff.page);
  });
}

test("a list that is narrowed to a person, a department or a title says so on every sheet, in both languages", async () => {
  const { page } = staff;
  const name = "Abdurrahman Muhammed Çağlayangilzadeoğlu Karamanlıoğulları K001";
  const dates = `from=${MONTH}-01&to=${MONTH}-31`;
  for (const [lang, department, title, state, created] of [
    ["tr", "Departman: Saha", "Unvan: Teknisyen", "Aktif ve pasif", "Ekleme"],
    ["en", "Department: Saha", "Title: Teknisyen", "Active and passive", "Adding"],
  ] as const) {
    await page.goto("/dashboard");
    await speak(page, lang === "tr" ? "Türkçe" : "English");
    for (const [path, says] of [
      [`/timesheets?employee_id=${person}&${dates}`, ["Dokuz Çeşme", name]],
      [`/reports/summary?employee_id=${person}&${dates}`, ["Dokuz Çeşme", name]],
      [`/reports/summary?department=Saha&title=Teknisyen&region=dokuz&${dates}`, ["Dokuz Çeşme", department, title]],
      ["/employees?region=dokuz&q=K001&state=present", ["Dokuz Çeşme", state, "“K001”"]],
      ["/activity?region=dokuz&actor=admin&kind=create", ["Dokuz Çeşme", "admin", created]],
    ] as const) {
      await page.goto(path);
      const sheets = await sheetsOf(page, "narrowed");
      expectSheets(sheets, [FIRM, ...says], lang);
      expect(text(sheets), `${path}: of one region`).not.toMatch(/Tüm bölgeler|All regions/);
    }
  }
  await page.goto("/dashboard");
  await speak(page, "Türkçe");
});

test("what belongs to one region says which one, also to an admin, in both languages; the board says its month", async () => {
  const { page } = staff;
  for (const lang of ["tr", "en"] as const) {
    await page.goto("/dashboard");
    await speak(page, lang === "tr" ? "Türkçe" : "English");
    for (const [path, says, name] of [
      [`/employees/${person}?month=${MONTH}`, ["K001"], "card"],
      [`/timesheets/${entry}`, ["K001", "04.01.2026"], "entry"],
      [`/dashboard?region=dokuz&month=${MONTH}`, ["01.01.2026 – 31.01.2026", lang === "tr" ? "Pano" : "Dashboard"], "board"],
      ["/conflicts?region=dokuz", [], "conflicts"],
      ["/queue?region=dokuz", [], "queue"],
    ] as const) {
      await page.goto(path);
      const sheets = await sheetsOf(page, `region-${name}-${lang}`);
      expectSheets(sheets, [FIRM, "Dokuz Çeşme", ...says], lang);
      expect(text(sheets), `${path}: of one region`).not.toMatch(/Tüm bölgeler|All regions/);
      await expectNothingCut(page);
    }
    await page.goto("/conflicts?region=dokuz");
    const conflict = text(await sheetsOf(page, `region-conflicts-${lang}`));
    expect(conflict, "both values are printed").toContain("ilk not");
    expect(conflict).toContain("ikinci not");
  }
  await page.goto("/dashboard");
  await speak(page, "Türkçe");
});

test("the board is printed with the region and the month that were chosen last", async () => {
  const { page } = staff;
  await page.goto("/dashboard");
  await page.locator("#dash-filter").getByLabel("Bölge").selectOption("dokuz");
  await expect(page).toHaveURL(/region=dokuz/);
  await expect(page.locator("#dash > .paper-line")).toContainText("Dokuz Çeşme");
  const sheets = await sheetsOf(page, "board-filtered");
  expectSheets(sheets, [FIRM, "Dokuz Çeşme"]);
  expect(text(sheets)).not.toContain("Tüm bölgeler");
});

test("the list of entries is printed as it was filtered last, without a new page from the server", async () => {
  await staff.page.goto(`/timesheets?from=${MONTH}-01&to=${MONTH}-31&region=dokuz`);
  await staff.page.getByLabel("Bitiş").fill(`${MONTH}-02`);
  await expect(staff.page).toHaveURL(/2026-01-02/);
  await expect(staff.page.locator(".paper-line")).toContainText("02.01.2026");
  expectSheets(await sheetsOf(staff.page, "timesheets-filtered"), [FIRM, "Dokuz Çeşme", "01.01.2026 – 02.01.2026"]);
});

test("a list without a row says on paper whose it is and of which days", async () => {
  const { page } = staff;
  for (const [path, title] of [
    ["/timesheets?from=2019-01-01&to=2019-01-31&region=dokuz", "01.01.2019 – 31.01.2019"],
    ["/reports/summary?from=2019-01-01&to=2019-01-31&region=dokuz", "01.01.2019 – 31.01.2019"],
    ["/dashboard/blanks?from=2019-01-01&to=2019-01-31&region=dokuz", "01.01.2019 – 31.01.2019"],
    ["/employees?q=bulunmaz&region=dokuz", "bulunmaz"],
    ["/activity?actor=bulunmaz&region=dokuz", "İşlem günlüğü"],
    ["/queue?region=dokuz", "Senkron"],
    ["/conflicts?region=dokuz", "Çakışmalar"],
  ] as const) {
    await page.goto(path);
    expectSheets(await sheetsOf(page, `empty${path.split("?")[0]?.replaceAll("/", "-") ?? ""}`), [FIRM, "Dokuz Çeşme", title]);
  }
});

test("every other page carries firm, region and what it is, in English as well", async () => {
  const { page } = staff;
  for (const [path, title] of [
    ["/dashboard", "Pano"],
    ["/dashboard?month=2025-12", "01.12.2025 – 31.12.2025"],
    ["/dashboard/blanks", "Boş günler"],
    ["/employees", "Çalışanlar"],
    ["/activity", "İşlem günlüğü"],
    ["/admin/calendar", "Takvim"],
  ] as const) {
    await page.goto(path);
    expectSheets(await sheetsOf(page, `paper${path.replace(/\W/g, "-")}`), [FIRM, "Tüm bölgeler", title]);
    await expectNothingCut(page);
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

test("a text that its cell cuts is found, although the PDF has all of it", async () => {
  const { page } = staff;
  await page.goto(`/timesheets?from=${MONTH}-01&to=${MONTH}-31&region=dokuz`);
  expect(await cutOnPaper(page)).toEqual([]);
  await page
    .locator("tbody tr td")
    .nth(1)
    .evaluate((cell: HTMLElement) => {
      const box = document.createElement("div");
      box.append(...cell.childNodes);
      Object.assign(box.style, { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap", width: "3em" });
      cell.append(box);
    });
  expect(await cutOnPaper(page)).toEqual([expect.stringMatching(/^DIV\.: \p{L}/u)]);
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

function text(sheets: Sheet[]): string {
  return sheets.map((sheet) => sheet.text).join(" ");
}

/** `3.240`. */
function counted(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ".");
}

/** The marks that end the people's names, sorted. */
function peopleOn(sheets: Sheet[]): string[] {
  return sheets.flatMap(({ words }) => words.map(({ text }) => text).filter((text) => /^K\d{3}$/.test(text))).sort();
}

function marks(people: number): string[] {
  return Array.from({ length: people }, (_, n) => markOf(n + 1));
}

/** The columns go as far as the margin: none is left empty for what belongs to the screen. The number of the sheet stands lower down. */
function expectFullWidth(sheets: Sheet[]): void {
  for (const { words, width, height } of sheets) {
    const edge = Math.max(...words.filter(({ bottom }) => bottom > 0.12 * height && bottom < 0.9 * height).map(({ right }) => right));
    expect(edge, "points from the left").toBeGreaterThan(width - 60);
  }
}

function expectNoSheetWithoutPeople(sheets: Sheet[], people: number): void {
  expect(peopleOn(sheets), "everybody is there, once").toEqual(marks(people));
  for (const sheet of sheets) {
    expect(peopleOn([sheet]).length, sheet.text.slice(0, 80)).toBeGreaterThan(0);
  }
}

async function admin(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    baseURL: server.url,
    locale: "tr-TR",
    timezoneId: "Europe/Istanbul",
    viewport: { width: 1366, height: 768 },
    serviceWorkers: "block",
  });
  const page = await context.newPage();
  await page.goto("/login");
  await signIn(page, "admin");
  return page;
}
