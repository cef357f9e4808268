// The conflict inbox: what met is shown with both values, and two clicks settle it; the keyboard does it, too.

import { expect, shot, test } from "./support/browser.ts";
import { meet, refuse } from "./support/inbox.ts";
import { storedEntries, toast } from "./support/puantaj.ts";

test("two clicks settle a conflict: the page, and the value to be used", async ({ as }) => {
  const page = await as("izmir1");
  const person = await meet(page, "Çakışan Kayıt");
  await page.reload();
  await expect(page.locator("#badge-conflicts")).toContainText(/[1-9]/);
  await page.getByRole("link", { name: /^Çakışmalar/ }).click();
  const conflict = page.getByRole("form", { name: new RegExp(`Not.*${person.name}`) });
  await expect(conflict).toContainText("ilk not");
  await shot(page, "conflicts");
  await conflict.getByRole("button", { name: /Bunu kullan: ikinci not/ }).click();
  await expect(toast(page, "Öteki değer yerine kondu")).toBeVisible();
  await expect(conflict).toHaveCount(0);
  expect(await storedEntries(page, person)).toMatchObject([{ notes: "ikinci not" }]);
  await page.goto("/conflicts?state=settled");
  // What is settled is no form any more.
  await expect(page.getByRole("group", { name: new RegExp(`Not.*${person.name}`) })).toContainText("izmir1 ötekini yerine koydu");
});

test("the keyboard goes from conflict to conflict, chooses and decides", async ({ as }) => {
  const page = await as("izmir1", { viewport: { width: 390, height: 844 } });
  const person = await meet(page, "Klavye Kararı");
  await page.goto("/conflicts");
  const conflict = page.getByRole("form", { name: new RegExp(`Not.*${person.name}`) });
  await page.keyboard.press("ArrowDown");
  await expect(conflict.locator("[data-choice='1']")).toBeFocused();
  await shot(page, "conflicts-phone");
  await page.keyboard.press("2");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await expect(toast(page, "Geçerli değer onaylandı")).toBeVisible();
  expect(await storedEntries(page, person)).toMatchObject([{ notes: "ilk not" }]);
});

test("what was refused out of a queue is shown with its sentence, and can be marked as seen", async ({ as }) => {
  const page = await as("izmir1");
  await page.goto("/employees");
  await refuse(page);
  await page.goto("/queue");
  const item = page.locator(".held").filter({ hasText: "Reddedildi" }).first();
  await expect(item.locator(".held-errors")).toContainText("Ad soyad");
  await shot(page, "queue");
  await item.getByRole("button", { name: /^Gördüm/ }).click();
  await expect(toast(page, "Görüldü olarak işaretlendi")).toBeVisible();
  await expect(page.locator(".held")).toHaveCount(0);
});
