// "Excel" and "CSV" on every list: a click saves the file of what is shown, the page stays as it is, and without a network a sentence says why
// there is none.

import { readFile } from "node:fs/promises";

import { type Page, expect, expectNoSidewaysScroll, shot } from "./support/browser.ts";
import { test } from "./support/offline.ts";
import { RECENT, daysAgo } from "./support/puantaj.ts";

const LISTS = [
  [`/timesheets?${RECENT}`, "puantaj"],
  [`/timesheets/month?month=${daysAgo(35).slice(0, 7)}`, "aylik-puantaj"],
  ["/employees", "calisanlar"],
  [`/reports/summary?${RECENT}`, "calisan-ozeti"],
  [`/dashboard/blanks?${RECENT}`, "bos-gunler"],
  ["/activity", "islem-gunlugu"],
] as const;
const SIZES = { desk: { width: 1366, height: 768 }, phone: { width: 390, height: 844 } };

/** Presses a link by keyboard and reads what it saves. */
async function save(page: Page, label: string): Promise<{ name: string; bytes: Buffer }> {
  const link = page.locator(".list-files").getByRole("link", { name: label });
  const download = page.waitForEvent("download");
  await link.focus();
  await page.keyboard.press("Enter");
  const file = await download;
  return { name: file.suggestedFilename(), bytes: await readFile((await file.path()) ?? "") };
}

test("every list is saved as a workbook and as CSV, and the page stays where it is", async ({ as }) => {
  const page = await as("ankara1");
  for (const [address, name] of LISTS) {
    await page.goto(address);
    const shown = page.url();
    const workbook = await save(page, "Excel indir");
    expect(workbook.name).toMatch(new RegExp(`^${name}-\\d{4}-\\d\\d-\\d\\d\\.xlsx$`));
    expect(workbook.bytes.subarray(0, 2).toString(), "a zip").toBe("PK");
    const csv = await save(page, "CSV indir");
    expect(csv.name).toMatch(new RegExp(`^${name}-\\d{4}-\\d\\d-\\d\\d\\.csv$`));
    expect(csv.bytes.toString().startsWith("\ufeff")).toBe(true);
    expect(page.url()).toBe(shown);
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await expectNoSidewaysScroll(page);
      await shot(page, `files-${name}-${size}`);
    }
    await page.setViewportSize(SIZES.desk);
  }
});

test("a filter that was typed goes into the file", async ({ as }) => {
  const page = await as("ankara1");
  await page.goto(`/timesheets?${RECENT}`);
  const person = (await page.locator(".timesheets tbody td.name").first().innerText()).trim();
  await page.getByRole("search").getByLabel("Ad veya not ara").fill(person);
  await expect(page).toHaveURL(/q=/);
  await expect.poll(async () => new Set(await page.locator(".timesheets tbody td.name").allInnerTexts()).size).toBe(1);
  const lines = (await save(page, "CSV indir")).bytes.toString().trim().split("\r\n");
  const total = await page.locator("#timesheet-totals th").innerText();
  expect(total).toBe(`Toplam: ${lines.length - 1} kayıt`);
  expect(lines.slice(1).every((line) => line.startsWith(`${person};Ankara;`))).toBe(true);
});

test("without a network a sentence says why there is no file, and the list is one step back", async ({ clerk }) => {
  const { page, proxy } = await clerk("ankara1");
  await page.goto(`/timesheets?${RECENT}`);
  await save(page, "Excel indir");
  await proxy.down();
  await page.locator(".list-files").getByRole("link", { name: "Excel indir" }).click();
  await expect(page.locator("h1")).toHaveText("Bağlantı yok, dosya indirilemedi");
  await expect(page.getByText("Excel ve CSV dosyalarını sunucu hazırlar.")).toBeVisible();
  await expect(page.getByText("bu sayfa bu bilgisayarda da yok"), "one reason is said").toHaveCount(0);
  await shot(page, "files-offline");
  await page.goBack();
  await expect(page.locator(".timesheets tbody tr").first()).toBeVisible();
});
