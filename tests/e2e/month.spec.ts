// The month: opened, walked, corrected and printed in a real browser.

import type { Locator } from "@playwright/test";

import { type Page, expect, expectNoSidewaysScroll, shot, test } from "./support/browser.ts";
import { addEmployee, enter, openList, pill, toast } from "./support/puantaj.ts";

const JANUARY = "/timesheets/month?month=2026-01";

test("a cell opens in its place, is filled in, corrected, deleted and taken back, and the focus stays on it", async ({ as, complaints }) => {
  const page = await as("izmir1");
  const first = await addEmployee(page, "İlk Kayıt", { "İşe giriş": "2025-12-01" });
  await openList(page, first); // a day is blank from a region's first entry on
  await enter(page, first, { date: "2026-01-02", start: "08:30", end: "17:30", breakMinutes: 60 });
  const person = await addEmployee(page, "Ayla Gündoğdu", { "İşe giriş": "2025-12-01" });
  await page.goto(JANUARY);
  const cell = cellOf(page, person.id, "2026-01-14");

  await test.step("a blank day opens as planned; Enter saves", async () => {
    await expect(cell).toHaveText("boş");
    await expect(cell).toHaveAccessibleName("Ayla Gündoğdu, 14 Ocak Çarşamba, boş, kayıt girilmemiş");
    await cell.click();
    await expect(editor(page)).toContainText("Ayla Gündoğdu, 14 Ocak Çarşamba");
    await expect(editor(page).getByLabel("Giriş")).toBeFocused();
    await expect(editor(page).getByLabel("Giriş")).toHaveValue("08:30");
    await shot(page, "month-open");
    await editor(page).getByLabel("Çıkış").fill("1930");
    await editor(page).getByLabel("Çıkış").press("Enter");
    await expect(editor(page)).toHaveCount(0);
    await expect(cell).toHaveText("10");
    await expect(cell).toBeFocused();
    await expect(cell).toHaveAccessibleName("Ayla Gündoğdu, 14 Ocak Çarşamba, 10 saat");
    await expect(sumsOf(page, person.id), "gün, boş, çalışılan, fazla mesai").toHaveText(["1", "25", "10", "2", "0", "0", "0"]);
    await expect(pill(page)).toHaveText("Kaydedildi");
  });

  await test.step("Enter opens it again; what is wrong is said and stays", async () => {
    await cell.press("Enter");
    await editor(page).getByLabel("Çıkış").fill("25:00");
    await editor(page).getByRole("button", { name: "Kaydet" }).click();
    await expect(editor(page).getByLabel("Çıkış")).toHaveAccessibleDescription(/25:00 saat değil/);
    await expect(editor(page).getByLabel("Çıkış")).toHaveValue("25:00");
    await editor(page).getByLabel("Çıkış").fill("22:30");
    await editor(page).getByLabel("Giriş").fill("2200");
    await editor(page).getByLabel("Çıkış").fill("0600");
    await editor(page).getByLabel("Çıkış").press("Enter");
    await expect(cell).toHaveText("7");
    await expect(cell).toHaveAccessibleName("Ayla Gündoğdu, 14 Ocak Çarşamba, 7 saat, gece yarısını aşıyor");
    await expect(cell).toBeFocused();
  });

  await test.step("Esc closes without a change", async () => {
    await cell.press("Enter");
    await editor(page).getByLabel("Not").fill("yarım kaldı");
    await page.keyboard.press("Escape");
    await expect(editor(page)).toHaveCount(0);
    await expect(cell).toBeFocused();
    await expect(cell).toHaveText("7");
  });

  await test.step("deleted and taken back, while another day is being typed", async () => {
    await cell.press("Enter");
    await expect(editor(page).getByLabel("Not"), "what was typed before Esc is offered again").toHaveValue("yarım kaldı");
    await editor(page).getByRole("button", { name: "Sil", exact: true }).click();
    await expect(cell).toHaveText("boş");
    const other = cellOf(page, person.id, "2026-01-15");
    await other.click();
    await editor(page).getByLabel("Not").fill("bunu kaybetme");
    await toast(page, "kayıt silindi").getByRole("button", { name: "Geri al" }).click();
    await expect(cell).toHaveText("7");
    await expect(editor(page).getByLabel("Not"), "what is typed outlives the table around it").toHaveValue("bunu kaybetme");
    await expect(page.locator("tr.editing")).toHaveCount(1);
    await editor(page).getByLabel("Not").press("Enter");
    await expect(other).toHaveText("8");
  });
  expect(complaints.filter((complaint) => !complaint.includes("422"))).toEqual([]);
});

test("one walks the grid with the keys of the contract", async ({ as }) => {
  const page = await as("izmir1");
  await page.goto(JANUARY);
  const rows = page.locator("tr[data-employee]");
  const first = (await rows.first().getAttribute("data-employee")) ?? "";
  const last = (await rows.last().getAttribute("data-employee")) ?? "";
  const at = (employee: string, day: string): Locator => cellOf(page, employee, `2026-01-${day}`);

  await expect(page.locator("table.month a[tabindex='0']"), "one tab stop").toHaveCount(1);
  await at(first, "01").focus();
  const steps: [string, string, string][] = [
    ["ArrowRight", first, "02"],
    ["End", first, "31"],
    ["ArrowLeft", first, "30"],
    ["Control+ArrowDown", last, "30"],
    ["Home", last, "01"],
    ["Control+ArrowUp", first, "01"],
    ["PageDown", (await rows.nth(Math.min(10, (await rows.count()) - 1)).getAttribute("data-employee")) ?? "", "01"],
    ["PageUp", first, "01"],
  ];
  for (const [key, employee, day] of steps) {
    await page.keyboard.press(key);
    await expect(at(employee, day), key).toBeFocused();
  }
  await page.keyboard.press("ArrowLeft");
  await expect(rows.first().getByRole("rowheader").getByRole("link"), "the name is a cell too").toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  await expect(page.locator("thead th[data-date='2026-01-31'] a")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Alt+ArrowRight");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Şubat 2026");
  await expect(cellOf(page, first, "2026-02-28"), "the last day of a shorter month").toBeFocused();
  await page.keyboard.press("Alt+ArrowLeft");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ocak 2026");
  await expect(at(first, "28")).toBeFocused();
});

test("25 people are one sheet of A4, more are two, and the sheet says who signs", async ({ as }) => {
  const page = await as("bursa1");
  await addPeople(page, 30);
  await page.goto(JANUARY);
  expect(await page.locator("tr[data-employee]").count()).toBeGreaterThan(30);
  expect(pagesOf(await page.pdf({ preferCSSPageSize: true }))).toBe(2);
  await page.evaluate(() => [...document.querySelectorAll("tr[data-employee]")].slice(25).forEach((row) => row.remove()));
  const sheet = await page.pdf({ preferCSSPageSize: true });
  expect(pagesOf(sheet)).toBe(1);
  expect(sheet.toString("latin1")).toMatch(/MediaBox \[0 0 84[12][.\d]* 59[45][.\d]*\]/);
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 1070, height: 741 }); // what a sheet has room for between its margins
  await shot(page, "month-print");
  for (const words of ["Aylık puantaj cetveli · Bursa", "Ocak 2026"]) {
    await expect(page.getByRole("banner").getByText(words, { exact: true })).toBeVisible();
  }
  for (const words of ["Düzenleyen", "Kontrol eden", "Onaylayan", "01.01.2026"]) {
    await expect(page.locator(".paper-end").getByText(words, { exact: true })).toBeVisible();
  }
  await expect(page.getByRole("columnheader", { name: "İmza" })).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Ana menü" })).toBeHidden();
});

test("on a phone the table scrolls in its own box and a cell opens under the thumb", async ({ as }) => {
  const page = await as("izmir1", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await page.goto(JANUARY);
  await expectNoSidewaysScroll(page);
  await page.locator("tr[data-employee]").nth(1).locator("td > a").nth(1).tap();
  await expect(editor(page).getByRole("button", { name: "Kaydet" })).toBeInViewport();
  await expectNoSidewaysScroll(page);
  await shot(page, "phone-month");
});

test("a person's page: how a total came about, the next person by key, the number on demand", async ({ as }) => {
  const page = await as("istanbul1");
  const person = await addEmployee(page, "Selin Karaağaç", { "T.C. kimlik no": "10000000146", "İşe giriş": "2025-12-01" });
  await page.goto(`/timesheets/new?employee_id=${person.id}&work_date=2026-01-14`);
  await page.locator("#entry").getByLabel("Çıkış").fill("19:30");
  await page.locator("#entry").getByLabel("Çıkış").press("Enter");
  await expect(toast(page, "puantaj kaydedildi")).toBeVisible();

  await page.goto(JANUARY);
  await page.locator(`tr[data-employee="${person.id}"] td.sum a[href$="#overtime"]`).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(person.name);
  await expect(page.locator("#overtime"), "the link opens the explanation").toBeVisible();
  await expect(page.locator("#overtime")).toContainText("660 − 540 = 120 dakika");
  await shot(page, "person");

  await expect(page.locator("#identity-no")).toContainText("100******46");
  await page.getByRole("button", { name: "Göster" }).click();
  await expect(page.locator("#identity-no")).toHaveText("10000000146");
  await page.goto("/activity");
  await expect(page.getByText(`T.C. kimlik numarası görüntülendi: ${person.name}`)).toBeVisible();

  await page.goto(`/employees/${person.id}?month=2026-01`);
  await page.keyboard.press("PageUp");
  await expect(page).toHaveURL(/month=2026-01/);
  await expect(page.getByRole("heading", { level: 1 })).not.toHaveText(person.name);
  await page.waitForLoadState();
  await page.keyboard.press("PageDown");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(person.name);
});

test("60 people by 31 days are small on the wire", async ({ as }) => {
  const page = await as("bursa1", { serviceWorkers: "block" }); // the line itself is looked at
  await addPeople(page, 60);
  await page.goto(JANUARY);
  expect(await page.locator("tr[data-employee]").count()).toBeGreaterThanOrEqual(60);
  const bytes = await page.evaluate(() => (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming).encodedBodySize);
  expect(bytes).toBeGreaterThan(1_000);
  expect(bytes).toBeLessThan(35_000);
});

function cellOf(page: Page, employee: string, date: string): Locator {
  return page.locator(`tr[data-employee="${employee}"] td > a[href$="${date}"]`);
}

function sumsOf(page: Page, employee: string): Locator {
  return page.locator(`tr[data-employee="${employee}"] td.sum`);
}

function editor(page: Page): Locator {
  return page.locator("#day-editor");
}

function pagesOf(pdf: Buffer): number {
  return pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
}

/** Sees to it that the region has at least so many invented people more than the demo's; they come as out of a queue. */
async function addPeople(page: Page, count: number): Promise<void> {
  const { user } = (await (await page.request.get("/api/v1/ping")).json()) as { user: { id: string; regions: string[] } };
  const names = ["Akın", "Bozkurt", "Çakır", "Dağ", "Erdoğan", "Fidan", "Gürsoy", "Ilgaz", "İpekçi", "Karaca"];
  const ops = Array.from({ length: count }, (_, n) => {
    const id = `019b0000-0000-7000-8000-${String(n).padStart(12, "0")}`;
    const values = { full_name: `Ek ${names[n % names.length]} ${n}`, department: "Saha", title: "Teknisyen", hire_date: "2025-01-01", is_active: true };
    const fields = Object.fromEntries(Object.entries(values).map(([name, to]) => [name, { from: null, to }]));
    const op_id = `019b0001-0000-7000-8000-${String(n).padStart(12, "0")}`;
    const rest = { grant: null, app: null, base_version: null, name: null, args: null, after: [], offset_ms: 0 };
    return { v: 1, op_id, queue_id: user.id, n: 0, actor: user.id, kind: "create", entity: "employee", id, region: "bursa", fields, edited_at: "2026-01-01T08:00:00Z", ...rest };
  });
  const headers = { "Content-Type": "application/json", "X-Sync-Client": "tests", "Sec-Fetch-Site": "same-origin" };
  const answer = await page.request.post("/api/v1/ops", { headers, data: { nonce: 1, ops } });
  expect(answer.ok(), await answer.text()).toBe(true);
}
