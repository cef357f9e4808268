// Headquarters at work: a new region and its first person, seen from both sides; what one ends, the other loses.

import { PASSWORD, type Page, expect, shot, test } from "./support/browser.ts";

const OWN_PASSWORD = "antalyanın kendi parolası";

test.describe.configure({ mode: "serial" });

for (const [size, options] of [
  ["desk", { viewport: { width: 1366, height: 768 } }],
  ["phone", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
] as const) {
  test(`a region is added, its person signs in with a temporary password, works, and is signed out by the admin (${size})`, async ({ visit }) => {
    // One company for both walks: each has a region of its own.
    const region = size === "desk" ? { name: "Antalya", code: "antalya", user: "antalya1" } : { name: "Çanakkale", code: "canakkale", user: "canakkale1" };
    const admin = await visit(options);
    const person = await visit(options);
    await admin.goto("/login");
    await enter(admin, "admin", PASSWORD);

    await test.step("the region is added; its code follows the name", async () => {
      await admin.goto("/admin/regions");
      await admin.getByLabel("Bölge", { exact: true }).fill(region.name);
      await expect(admin.getByLabel("Kod", { exact: true })).toHaveValue(region.code);
      await shot(admin, `admin-region-${size}`);
      await admin.getByRole("button", { name: "Bölge ekle" }).click();
      await expect(admin.locator(`#region-${region.code}`)).toContainText(region.name);
      await expect(admin.locator("[data-toast]")).toContainText(`${region.name} bölgesi eklendi.`);
      await noSidewaysScroll(admin);
      await shot(admin, `admin-regions-${size}`);
    });

    const password = await test.step("the account is added; its password is shown once", async () => {
      await admin.goto("/admin/users");
      await admin.getByRole("link", { name: "Kullanıcı ekle" }).click();
      await admin.getByLabel("Kullanıcı adı").fill(region.user);
      await admin.getByLabel(region.name).check();
      await noSidewaysScroll(admin);
      await shot(admin, `admin-user-new-${size}`);
      await admin.getByRole("button", { name: "Hesabı aç" }).click();
      const shown = await admin.locator("#temporary-password").innerText();
      expect(shown).toMatch(/^[a-z0-9]{5}(-[a-z0-9]{5}){3}$/);
      await shot(admin, `admin-password-${size}`);
      await admin.getByRole("link", { name: "Hesaba git" }).click();
      await expect(admin.getByRole("main")).toContainText("geçici parola");
      await expect(admin.getByRole("main")).not.toContainText(shown);
      return shown;
    });

    await test.step("the person has to choose another before anything else, and then works", async () => {
      await person.goto("/login");
      await enter(person, region.user, password);
      await expect(person).toHaveURL(/\/password$/);
      await person.getByLabel("Şu anki parola").fill(password);
      await person.getByLabel("Yeni parola", { exact: true }).fill(OWN_PASSWORD);
      await person.getByLabel("Yeni parola (tekrar)").fill(OWN_PASSWORD);
      await person.getByRole("button", { name: "Parolayı değiştir" }).click();
      await expect(person.locator(".region-name")).toHaveText(region.name);
      await person.goto("/employees/new");
      await person.getByLabel("Ad soyad").fill("Derya Akdeniz");
      await person.getByRole("button", { name: "Kaydet" }).click();
      await expect(person.locator("[data-toast]")).toContainText("Derya Akdeniz eklendi.");
      await person.goto("/account");
      await expect(person.locator("tr[data-session]")).toHaveCount(1);
      await expect(person.locator("tr[data-session]")).toContainText(/Chrome \d+, (Linux|Android).*bu oturum/s);
      await noSidewaysScroll(person);
      await shot(person, `account-${size}`);
    });

    await test.step("the admin sees the session and ends it, and the person is out", async () => {
      await admin.reload();
      await expect(admin.locator("tr[data-session]")).toHaveCount(1);
      await noSidewaysScroll(admin);
      await shot(admin, `admin-user-${size}`);
      await admin
        .locator("tr[data-session]")
        .getByRole("button", { name: /oturumu kapat$/ })
        .click();
      await expect(admin.getByText("Açık oturum yok.")).toBeVisible();
      await person.goto("/employees");
      await expect(person).toHaveURL(/\/login\?next=/);
      await enter(person, region.user, OWN_PASSWORD);
      await expect(person.locator("td.name").filter({ hasText: "Derya Akdeniz" })).toBeVisible();
    });

    await test.step("the region is closed: read, but not written; and opened again from the message", async () => {
      await admin.goto("/admin/regions");
      await admin.getByRole("button", { name: `Yeni kayda kapat: ${region.name}` }).click();
      await expect(admin.locator(`#region-${region.code}`)).toContainText("kapalı");
      await person.goto("/employees/new");
      await expect(person.locator(".closed-strip")).toContainText(`${region.name} yeni kayda kapatıldı`);
      await person.getByLabel("Ad soyad").fill("Geç Kalan");
      await person.getByRole("button", { name: "Kaydet" }).click();
      await expect(person.getByText("Bu bölge yeni kayda kapatıldı")).toBeVisible();
      await expect(person.getByLabel("Ad soyad")).toHaveValue("Geç Kalan");
      await shot(person, `closed-${size}`);
      await admin.getByRole("button", { name: "Geri al" }).click();
      await expect(admin.locator(`#region-${region.code}`)).toContainText("Açık");
      await person.getByRole("button", { name: "Kaydet" }).click();
      await expect(person.locator("[data-toast]").filter({ hasText: "Geç Kalan eklendi." })).toBeVisible();
    });
  });
}

test("settings of a region show what they take from the company, and the calendar its holidays", async ({ visit }) => {
  const page = await visit();
  await page.goto("/login");
  await enter(page, "admin", PASSWORD);
  await page.goto("/admin/settings");
  await shot(page, "admin-settings");
  await page.getByRole("link", { name: "Düzelt: Bursa" }).click();
  await expect(page.getByText("Boş bırakılırsa varsayılan geçerlidir: 9,00 saat.")).toBeVisible();
  await page.getByLabel("Hafta içi normal süre (saat)").fill("sekiz");
  await page.getByRole("button", { name: "Kaydet" }).click();
  await expect(page.getByText("Süre biçimi geçersiz")).toBeVisible();
  await page.getByLabel("Hafta içi normal süre (saat)").fill("7,5");
  await shot(page, "admin-settings-edit");
  await page.getByRole("button", { name: "Kaydet" }).click();
  await expect(page.locator("[data-toast]")).toContainText("Bursa: ayarlar kaydedildi.");
  await expect(page.locator(".example").first()).toContainText("7,50");
  await page.getByLabel("Hafta içi normal süre (saat)").fill("");
  await page.getByRole("button", { name: "Kaydet" }).click();
  await expect(page.locator(".example").first()).toContainText("9,00");

  await page.goto("/admin/calendar?year=2026");
  await expect(page.locator("tr[data-day='2026-10-29']")).toContainText("Cumhuriyet Bayramı");
  await shot(page, "admin-calendar");
  await page.getByRole("button", { name: /^Sil: 29 Ekim/ }).click();
  await expect(page.locator("tr[data-day='2026-10-29']")).toHaveCount(0);
  await page.getByRole("button", { name: "Geri al" }).click();
  await expect(page.locator("tr[data-day='2026-10-29']")).toHaveCount(1);
});

async function enter(page: Page, account: string, password: string): Promise<void> {
  await page.getByLabel("Kullanıcı adı").fill(account);
  await page.getByLabel("Parola", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Oturum aç" }).click();
  await expect(page).not.toHaveURL(/\/login/);
}

async function noSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
}
