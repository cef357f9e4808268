// Without JavaScript everything works, one page at a time.

import { PASSWORD, expect, shot, signIn, test } from "./support/browser.ts";
import { JANUARY, type Person, expectRow, expectTotals, fillEntry, rowOf, save, storedEntries, toast, turkish } from "./support/puantaj.ts";
import type { Shift } from "./support/hours.ts";

const NAME = "Yalın Sayfa";
const DAY: Shift = { date: "2026-01-26", start: "08:30", end: "17:30", breakMinutes: 60 };
const OTHER: Shift = { date: "2026-01-27", start: "22:00", end: "06:00", breakMinutes: 30, special: true };

test("without JavaScript one signs in, enters, corrects, deletes, takes back and filters", async ({ visit }) => {
  const page = await visit({ javaScriptEnabled: false });
  await page.goto("/");
  await signIn(page, "bursa1");

  await test.step("an employee is added", async () => {
    await page.goto("/employees/new");
    await page.getByLabel("Ad soyad").fill(NAME);
    await page.getByRole("button", { name: "Kaydet" }).click();
    await expect(toast(page, `${NAME} eklendi.`)).toBeVisible();
  });
  const answer = (await (await page.request.get(`/api/v1/employees?q=${encodeURIComponent(NAME)}`)).json()) as { items: { id: string }[] };
  const person: Person = { id: answer.items[0]?.id ?? "", name: NAME };
  const list = `/timesheets?employee_id=${person.id}&${JANUARY}`;

  await test.step("a day is entered, times as they come", async () => {
    await page.goto(list);
    await fillEntry(page.locator("#entry form"), person, { ...DAY, start: "830", end: "17.30" });
    await save(page.locator("#entry form"));
    await expect(toast(page, `${NAME}, ${turkish(DAY.date)}: puantaj kaydedildi.`)).toBeVisible();
    await expect(page, "the filters are still there").toHaveURL(list);
    await expectRow(page, DAY);
    await expectTotals(page, [DAY]);
    await shot(page, "no-script-entered");
  });

  await test.step("posted again from the page before, it stays one entry", async () => {
    await page.goBack();
    await fillEntry(page.locator("#entry form"), person, DAY);
    await save(page.locator("#entry form"));
    expect(await storedEntries(page, person)).toHaveLength(1);
  });

  await test.step("a wrong entry comes back as it was typed", async () => {
    await page.goto(list);
    await fillEntry(page.locator("#entry form"), person, { ...OTHER, end: "25:00", notes: "gece" });
    await save(page.locator("#entry form"));
    await expect(page.getByLabel("Çıkış")).toHaveAccessibleDescription(/25:00 saat değil/);
    await expect(page.getByLabel("Çıkış")).toHaveValue("25:00");
    await expect(page.getByLabel("Özel gün")).toBeChecked();
    await expect(page.locator("#entry").getByLabel("Not")).toHaveValue("gece");
    await shot(page, "no-script-refused");
    await page.getByLabel("Çıkış").fill("0600");
    await save(page.locator("#entry form"));
    await page.goto(list);
    await expectRow(page, OTHER);
    await expectTotals(page, [DAY, OTHER]);
  });

  await test.step("a day is corrected on its own page", async () => {
    await rowOf(page, DAY.date)
      .getByRole("link", { name: /^Düzelt/ })
      .click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${NAME}: kaydı düzelt`);
    await page.getByLabel("Çıkış").fill("19:30");
    await page.getByRole("button", { name: "Kaydet" }).click();
    await expect(toast(page, `${NAME}, ${turkish(DAY.date)}: kayıt düzeltildi.`)).toBeVisible();
    await page.goto(list);
    await expectRow(page, { ...DAY, end: "19:30" });
  });

  await test.step("a day is deleted, and the message takes it back", async () => {
    await rowOf(page, DAY.date).getByRole("button", { name: /^Sil/ }).click();
    await expect(rowOf(page, DAY.date)).toHaveCount(0);
    await expectTotals(page, [OTHER]);
    await toast(page, `${NAME}, ${turkish(DAY.date)}: kayıt silindi.`)
      .getByRole("button", { name: "Geri al" })
      .click();
    await expectRow(page, { ...DAY, end: "19:30" });
    await expectTotals(page, [{ ...DAY, end: "19:30" }, OTHER]);
    await expect(toast(page, "geri getirildi")).toBeVisible();
    await page.reload();
    await expect(page.locator("[data-toast]"), "a message is shown once").toHaveCount(0);
  });

  await test.step("the filter's button filters", async () => {
    const filters = page.getByRole("search");
    await filters.getByLabel("Başlangıç").fill("2026-01-27");
    await filters.getByRole("button", { name: "Filtrele" }).click();
    await expect(page).toHaveURL(/from=2026-01-27/);
    await expectTotals(page, [OTHER]);
  });
});

test("without JavaScript a session that ends while somebody types says so, and what was typed is back after the sign-in", async ({ visit }) => {
  const page = await visit({ javaScriptEnabled: false });
  await page.goto("/");
  await signIn(page, "bursa1");
  await page.goto("/employees/new");
  await page.getByLabel("Ad soyad").fill("Oturumu Biten");
  await page.getByLabel("Departman").fill("Depo");
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Kaydet" }).click();
  await expect(page.getByRole("alert")).toContainText("Oturumunuz kapandı");
  await shot(page, "no-script-session-ended");
  await page.getByLabel("Kullanıcı adı").fill("bursa1");
  await page.getByLabel("Parola").fill(PASSWORD);
  await page.getByRole("button", { name: "Oturum aç" }).click();
  await expect(page.getByLabel("Ad soyad")).toHaveValue("Oturumu Biten");
  await expect(page.getByLabel("Departman")).toHaveValue("Depo");
  await shot(page, "no-script-resume");
  await page.getByLabel("Departman").fill("Ofis");
  await page.getByRole("button", { name: "Kaydet" }).click();
  await expect(toast(page, "Oturumu Biten eklendi.")).toBeVisible();
});
