// İşlem günlüğü: who changed what, found by filters, and one change taken back. Also the page of the API keys.

import { readFile } from "node:fs/promises";

import { PASSWORD, expect, shot, test } from "./support/browser.ts";
import { JANUARY, addEmployee, enter, openList, rowOf, toast } from "./support/puantaj.ts";

const DAY = { date: "2026-01-14", start: "08:30", end: "17:30", breakMinutes: 60 };

test("a changed note is found in the log, taken back there, and somebody's later edit is not overwritten", async ({ as }) => {
  const page = await as("bursa1");
  const person = await addEmployee(page, "Nazlı Tekin");
  await openList(page, person);
  const entry = await enter(page, person, { ...DAY, notes: "ilk" });

  await test.step("the note is changed and the page of the entry has its history", async () => {
    await rowOf(page, DAY.date)
      .getByRole("link", { name: /^Düzelt/ })
      .click();
    const form = page.getByRole("form", { name: /kaydı düzelt/ });
    await form.getByLabel("Not").fill("yanlış not");
    await form.getByLabel("Not").press("Enter");
    await expect(rowOf(page, DAY.date)).toContainText("yanlış not");
    await rowOf(page, DAY.date)
      .getByRole("link", { name: /^Hesap ve geçmiş/ })
      .click();
    await page.getByRole("link", { name: "İşlem günlüğünde göster" }).click();
    await expect(page.locator(".activity-subject")).toContainText("Geçmiş: Nazlı Tekin, 14.01.2026");
    await expect(page.locator("#activity-list article")).toHaveCount(2);
  });

  await test.step("the filters follow while one types, and stand in the address", async () => {
    const filters = page.getByRole("search");
    await filters.getByLabel("İşlem").selectOption({ label: "Değiştirme" });
    await expect(page).toHaveURL(/kind=update/);
    await expect(page.locator("#activity-list article")).toHaveCount(1);
    await filters.getByLabel("Kişi (hesap adı)").fill("admin");
    await expect(page.locator("#activity-list")).toContainText("Bu filtrelere uyan işlem yok");
    await filters.getByLabel("Kişi (hesap adı)").fill("bursa1");
    await expect(page.locator("#activity-list article")).toHaveCount(1);
    await page.reload();
    await expect(page.getByRole("search").getByLabel("İşlem")).toHaveValue("update");
    await shot(page, "history-filtered");
  });

  await test.step("one button puts the note back, and that is a line of its own", async () => {
    await page.getByRole("button", { name: /^Bu değişikliği geri al/ }).click();
    await expect(toast(page, "Nazlı Tekin, 14.01.2026: değişiklik geri alındı.")).toBeVisible();
    await expect(page.locator("#activity-list article")).toHaveCount(2);
    await expect(page.locator("#save-pill")).toContainText("Kaydedildi");
    await page.goto(`/timesheets?employee_id=${person.id}&${JANUARY}`);
    await expect(rowOf(page, DAY.date)).toContainText("ilk");
  });

  await test.step("headquarters' later note is named, not overwritten", async () => {
    const admin = await as("admin");
    await admin.goto(`/timesheets/${entry}/edit`);
    await admin.getByLabel("Not").fill("merkezin notu");
    await admin.getByRole("button", { name: "Kaydet" }).click();
    await expect(admin).toHaveURL(/\/timesheets/);
    await page.goto(`/activity?entity_id=${entry}`);
    await page
      .getByRole("button", { name: /^Bu değişikliği geri al/ })
      .nth(1)
      .click();
    await expect(toast(page, /“Not” daha sonra admin tarafından .* üzerine yazılmadı/)).toBeVisible();
    await page.goto(`/timesheets?employee_id=${person.id}&${JANUARY}`);
    await expect(rowOf(page, DAY.date)).toContainText("merkezin notu");
  });

  await test.step("a deleted entry is brought back from its history", async () => {
    await rowOf(page, DAY.date).getByRole("button", { name: /^Sil/ }).click();
    await expect(rowOf(page, DAY.date)).toHaveCount(0);
    await page.goto(`/activity?entity_id=${entry}`);
    await page.getByRole("button", { name: /^Kaydı geri getir/ }).click();
    await expect(toast(page, "kayıt geri getirildi")).toBeVisible();
    await expect(page.locator("#activity-list article").first()).toContainText("Puantaj kaydı geri");
  });

  await test.step("the same lines as a file", async () => {
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "CSV indir" }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^islem-gunlugu-\d{4}-\d\d-\d\d\.csv$/);
    const text = await readFile((await file.path()) ?? "", "utf8");
    expect(text.startsWith("\ufeffZaman;Kim;Bölge;")).toBe(true);
    expect(text).toContain(";Not;ilk;yanlış not;");
  });
});

test("the log can be filtered and a change taken back without scripts", async ({ as }) => {
  const page = await as("izmir1", { javaScriptEnabled: false });
  await page.goto("/employees");
  await page
    .getByRole("link", { name: /^Düzelt/ })
    .first()
    .click();
  await page.getByLabel("Unvan").fill("Kısa süreli");
  await page.getByRole("button", { name: "Kaydet" }).click();
  await page.goto("/activity");
  await page.getByLabel("İşlem", { exact: true }).selectOption("update");
  await page.getByRole("button", { name: "Filtrele" }).click();
  await expect(page).toHaveURL(/kind=update/);
  await page
    .getByRole("button", { name: /^Bu değişikliği geri al/ })
    .first()
    .click();
  await expect(page).toHaveURL(/kind=update/);
  await expect(page.locator("[data-toast]")).toContainText("değişiklik geri alındı");
});

test("an API key is made, shown once, reads, and is revoked", async ({ as, request }) => {
  const page = await as("istanbul1");
  await page.goto("/timesheets");
  await page.locator(".user-menu summary").click();
  await page.getByRole("link", { name: "API anahtarları" }).click();
  await page.getByLabel("Ad", { exact: true }).fill("bordro");
  await page.getByLabel("Parolanız").fill(PASSWORD);
  await page.getByRole("button", { name: "Anahtar oluştur" }).click();
  const key = await page.locator("[data-token]").innerText();
  await shot(page, "api-key");
  const asked = { headers: { Authorization: `Bearer ${key}` } };
  const answer = await request.get("/api/v1/timesheets?limit=3", asked);
  expect(answer.status()).toBe(200);
  expect(((await answer.json()) as { items: { region: string }[] }).items.map((item) => item.region)).toEqual(["istanbul", "istanbul", "istanbul"]);
  await page.reload();
  await expect(page.locator("[data-token]")).toHaveCount(0);
  await page.getByRole("button", { name: "İptal et: bordro" }).click();
  await expect(toast(page, "“bordro” anahtarı iptal edildi.")).toBeVisible();
  expect((await request.get("/api/v1/timesheets", asked)).status()).toBe(401);
});
