// The frame around the pages: theme, language, phone, keyboard.

import { type Page, expect, expectNoSidewaysScroll, shot, signIn, test } from "./support/browser.ts";
import { addEmployee, entryForm, expectRow, openList, rowOf, toast } from "./support/puantaj.ts";

test("theme and language are chosen in the menu and stay", async ({ visit }) => {
  const page = await visit();
  await page.goto("/login");
  await signIn(page, "izmir1");
  const html = page.locator("html");
  await choose(page, "Koyu");
  await expect(html).toHaveAttribute("data-bs-theme", "dark");
  await page.goto("/employees");
  await expect(html).toHaveAttribute("data-bs-theme", "dark");
  await shot(page, "shell-dark");
  await choose(page, "English");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Employees");
  await expect(html).toHaveAttribute("lang", "en");
  await page.goto("/timesheets");
  await expect(page.getByRole("columnheader", { name: /Overtime/ }).or(page.getByText("No entries"))).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText(/Çalışan|Kaydet|Giriş/);
  await shot(page, "shell-english");
  await choose(page, "Light");
  await expect(html).toHaveAttribute("data-bs-theme", "light");
  await choose(page, "Türkçe");
  await expect(html).toHaveAttribute("lang", "tr");
  await choose(page, "Cihaza göre");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(html, "as the device: dark where the device is").toHaveAttribute("data-bs-theme", "dark");
  await page.emulateMedia({ colorScheme: "light" });
  await expect(html).toHaveAttribute("data-bs-theme", "light");
});

test("the sign-in page speaks the browser's language, and the other one on a click", async ({ visit }) => {
  const page = await visit({ locale: "en-GB" });
  await page.goto("/login");
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await page.getByRole("link", { name: "Türkçe" }).click();
  await expect(page.getByRole("button", { name: "Oturum aç" })).toBeVisible();
});

test("on a phone one signs in, reads the list, opens the menu and enters a day", async ({ visit }) => {
  const page = await visit({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await page.goto("/login");
  await expectNoSidewaysScroll(page);
  await shot(page, "phone-sign-in");
  await signIn(page, "izmir1");
  await expectNoSidewaysScroll(page);
  await page.goto("/timesheets");
  await expectNoSidewaysScroll(page);
  await shot(page, "phone-timesheets");

  const toggler = page.getByRole("button", { name: "Menüyü aç veya kapat" });
  const employees = page.getByRole("link", { name: "Çalışanlar" });
  await expect(employees).toBeHidden();
  await toggler.click();
  await expect(toggler).toHaveAttribute("aria-expanded", "true");
  await expect(employees).toBeInViewport();
  await shot(page, "phone-menu");
  await employees.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Çalışanlar");
  await expectNoSidewaysScroll(page);
  await shot(page, "phone-employees");

  const person = await addEmployee(page, "Telefondan Giren");
  await expectNoSidewaysScroll(page);
  await openList(page, person);
  await entryForm(page).getByLabel("Çalışan").selectOption(person.id);
  await entryForm(page).getByLabel("Tarih").fill("2026-01-20");
  await entryForm(page).getByRole("button", { name: "Kaydet" }).tap();
  await expect(toast(page, "puantaj kaydedildi")).toBeVisible();
  await expect(rowOf(page, "2026-01-20")).toBeVisible();
  await expectNoSidewaysScroll(page);
  await shot(page, "phone-entered");
});

test("keys: / goes to the search, N to a new entry, ? shows the keys, and none of them disturbs typing", async ({ as }) => {
  const page = await as("izmir1");
  await page.goto("/timesheets");
  await page.locator("body").press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type("n/?");
  await expect(page.getByRole("searchbox")).toHaveValue("n/?");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("n");
  await expect(entryForm(page).getByLabel("Çalışan")).toBeFocused();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Klavye kısayolları" });
  await expect(dialog).toBeVisible();
  await shot(page, "keys");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();

  await page.keyboard.press("?");
  await dialog.getByLabel("Tek tuşlu kısayollar açık").uncheck();
  await dialog.getByRole("button", { name: "Kapat" }).click();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox"), "switched off").not.toBeFocused();
});

test("a day is entered, corrected and deleted without the mouse", async ({ as }) => {
  const page = await as("izmir1");
  const person = await addEmployee(page, "Zeliha Klavye");
  await openList(page, person);
  const form = entryForm(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "İçeriğe geç" })).toBeFocused();
  await page.keyboard.press("n");
  await page.keyboard.type("Zeliha");
  await expect(form.getByLabel("Çalışan")).toHaveValue(person.id);
  await form.getByLabel("Tarih").fill("2026-01-21");
  await form.getByLabel("Şablon").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.type("0700"); // replaces what stood in the field
  await page.keyboard.press("Tab");
  await page.keyboard.type("1630");
  await page.keyboard.press("Enter");
  const day = { date: "2026-01-21", start: "07:00", end: "16:30", breakMinutes: 60 };
  await expectRow(page, day);

  await rowOf(page, day.date)
    .getByRole("link", { name: /^Düzelt/ })
    .press("Enter");
  const edit = page.getByRole("form", { name: /kaydı düzelt/ });
  await edit.getByLabel("Mola (dk)").fill("30");
  await page.keyboard.press("Enter");
  await expectRow(page, { ...day, breakMinutes: 30 });
  await expect(rowOf(page, day.date).getByRole("link", { name: /^Düzelt/ }), "the cursor is back where it was").toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(rowOf(page, day.date)).toHaveCount(0);
  await toast(page, "kayıt silindi").getByRole("button", { name: "Geri al" }).press("Enter");
  await expectRow(page, { ...day, breakMinutes: 30 });
});

test("an address that does not exist, or no longer, gets a page that says so with a request number", async ({ as }) => {
  const page = await as("izmir1");
  for (const path of ["/yok", "/timesheets/019b8a00-0000-7000-8000-000000000000", "/timesheets/1", "/employees/x/edit"]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.locator("main code")).toHaveText(/\S{8,}/);
  }
  await shot(page, "not-found");
  await page.getByRole("main").getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^Bugün/);
});

/** Presses a button of the person's menu. */
async function choose(page: Page, name: string): Promise<void> {
  await page.locator(".user-menu summary").click();
  await page.locator(".user-menu").getByRole("button", { name, exact: true }).click();
}
