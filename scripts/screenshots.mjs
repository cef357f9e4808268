// Writes docs/screenshots/*.png, the pictures of the README, from a demo that runs: `make run` with fresh data, and in another terminal
//
//   node scripts/screenshots.mjs [http://127.0.0.1:8080]
//
// It enters one day and corrects it, so that the log of changes has something to show.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "@playwright/test";

import { executablePath } from "./demo.mjs";

const demo = process.argv[2] ?? "http://127.0.0.1:8080";
const folder = fileURLToPath(new URL("../docs/screenshots", import.meta.url));

await mkdir(folder, { recursive: true });
// The browser writes dates the way its own language does: Turkish, where the package chromium-l10n is installed.
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"], env: { ...process.env, LANGUAGE: "tr" } });
try {
  const clerk = await open({ colorScheme: "light" });
  await picture(clerk, "sign-in");
  await signIn(clerk, "ankara1");
  await enterAndCorrect(clerk);
  await picture(clerk, "timesheets");
  await clerk.goto("/employees");
  await picture(clerk, "employees");
  await clerk.goto("/timesheets/month");
  await picture(clerk, "month");

  const admin = await open({ colorScheme: "dark" });
  await signIn(admin, "admin");
  await admin.goto("/activity");
  await picture(admin, "activity");
  await admin.goto("/dashboard");
  await picture(admin, "dashboard");

  const phone = await open({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  await signIn(phone, "izmir1");
  await picture(phone, "phone");
} finally {
  await browser.close();
}

async function open(options) {
  const context = await browser.newContext({ baseURL: demo, locale: "tr-TR", timezoneId: "Europe/Istanbul", viewport: { width: 1366, height: 768 }, ...options });
  const page = await context.newPage();
  await page.goto("/login");
  return page;
}

async function signIn(page, account) {
  await page.getByLabel("Kullanıcı adı").fill(account);
  await page.getByLabel("Parola").fill("rainstaff-demo");
  await page.getByRole("button", { name: "Oturum aç" }).click();
  await page.waitForURL(/\/(timesheets|dashboard)?$/);
}

async function enterAndCorrect(page) {
  await page.goto(`${demo}/timesheets`);
  const form = page.locator("#entry form");
  await form.getByLabel("Çalışan").selectOption({ label: "Ayşe Yılmaz" });
  await form.getByLabel("Şablon").selectOption({ label: "Hafta içi" });
  await form.getByLabel("Not").fill("saha montajı");
  await form.getByLabel("Not").press("Enter");
  const row = page.locator("#timesheet-list tbody tr").filter({ hasText: "saha montajı" });
  await row.waitFor();
  await page.waitForLoadState("networkidle"); // the list loads itself again after a new entry
  await row.getByRole("link", { name: /^Düzelt/ }).click();
  const correction = page.getByRole("form", { name: /kaydı düzelt/ });
  await correction.getByLabel("Çıkış").fill("19:15");
  await correction.getByLabel("Çıkış").press("Enter");
  await row.getByText("19:15").waitFor();
  await page.getByRole("button", { name: "Bildirimi kapat" }).first().click();
  await page.mouse.move(0, 0);
}

async function picture(page, name) {
  await page.screenshot({ path: join(folder, `${name}.png`), caret: "initial" });
  console.log(join("docs/screenshots", `${name}.png`));
}
