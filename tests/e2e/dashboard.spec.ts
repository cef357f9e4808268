// Headquarters' morning: all regions at a glance, what comes in appears by itself, an oddity leads to its entry, a region is looked at.

import { type Page, expect, shot, test } from "./support/browser.ts";
import { addEmployee, enter, openList } from "./support/puantaj.ts";
import { seriousFindings } from "./support/axe.ts";

// The page without its service worker: Playwright's routes stand in for a bad network, and do not reach a worker (offline.spec.ts has those).
test.use({ serviceWorkers: "block" });

const NAME = "Pano Denemesi";

test("from the tiles to an oddity, to the very entry, and to who changed what", async ({ as, complaints }) => {
  const clerk = await as("bursa1");
  const person = await addEmployee(clerk, NAME);
  await openList(clerk, person);
  const id = await enter(clerk, person, { date: "2026-01-12", start: "08:00", end: "20:30", breakMinutes: 60 });

  const page = await as("admin");
  await page.goto("/");
  await expect(page).toHaveURL(/\/dashboard$/);
  await expect(page.locator("#tile-ankara, #tile-bursa, #tile-istanbul, #tile-izmir")).toHaveCount(4);
  await shot(page, "20-dashboard");

  await test.step("a number opens the list behind it", async () => {
    const people = page.locator("#tile-bursa").getByRole("link").first();
    const count = await people.innerText();
    await people.click();
    await expect(page.locator("#employee-list tbody tr")).toHaveCount(Number(count));
    await page.goBack();
  });

  await test.step("the oddities of January name the long shift and why", async () => {
    await page.goto("/dashboard?month=2026-01");
    const row = page.locator("#dash-alerts tbody tr").filter({ hasText: NAME });
    await expect(row).toContainText("Uzun mesai");
    await expect(row).toContainText("08:00–20:30 arası brüt 12,50 saat");
    await expect(row.getByRole("link", { name: NAME, exact: true })).toHaveAttribute("href", `/employees/${person.id}?region=bursa`);
    await row.getByRole("link", { name: /^Kayda git/ }).click();
    await expect(page).toHaveURL(`/timesheets/${id}?region=bursa`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${NAME}, 12.01.2026`);
    await expect(page.locator("article").filter({ hasText: "Puantaj kaydı eklendi" })).toContainText("bursa1");
  });

  await test.step("the person's entries and sums are one click further", async () => {
    await page.goto(`/reports/summary?from=2026-01-01&to=2026-01-31&employee_id=${person.id}`);
    await expect(page.locator("#sum-overtime")).toHaveText("3,50");
    await page.locator("#summary-list tbody td.number a").click();
    await expect(page.locator("#timesheet-list tbody tr")).toHaveCount(1);
  });
  expect(complaints, "the console stays quiet").toEqual([]);
});

test("what another office enters appears by itself and takes nothing away from the reader", async ({ as }) => {
  test.setTimeout(120_000);
  const page = await as("admin");
  await page.goto("/dashboard");
  await page.locator("#trend-numbers summary").click();
  const search = page.getByLabel("Çalışan ara");
  await search.pressSequentially("ay");
  await expect(page).toHaveURL(/q=ay/);
  await page.locator("#trend-numbers").scrollIntoViewIfNeeded();
  const scrolled = await page.evaluate(() => scrollY);
  expect(scrolled).toBeGreaterThan(200);
  // Half typed: what the page's address does not know yet, because nothing has answered.
  await page.route(/q=ay%C5%9F/, (route) => route.abort());
  await search.focus();
  await search.press("End");
  await search.pressSequentially("ş");
  await expect(page.locator("[data-toast]")).toBeVisible();
  await page.evaluate((y) => scrollTo(0, y), scrolled);

  const clerk = await as("izmir1");
  const person = await addEmployee(clerk, "Canlı Kayıt");
  await openList(clerk, person);
  await enter(clerk, person, { date: "2026-01-13", start: "09:00", end: "18:00", breakMinutes: 60 });

  const line = page.locator("#dash-recent li").filter({ hasText: "Canlı Kayıt, 13.01.2026" });
  await expect(line).toBeVisible({ timeout: 45_000 });
  await expect(line).toHaveClass(/is-new/);
  await expect(page.locator("#refresh-state")).toHaveText("1 yeni işlem");
  await expect(search).toBeFocused();
  await expect(search).toHaveValue("ayş");
  await expect(page.locator("#trend-numbers")).toHaveAttribute("open", "");
  expect(Math.abs((await page.evaluate(() => scrollY)) - scrolled)).toBeLessThan(80);
  await shot(page, "21-dashboard-live");
});

test("a refresh that fails says so once and leaves the page alone", async ({ as }) => {
  const page = await as("admin");
  await page.goto("/dashboard");
  await page.route("**/dashboard?**seen=**", (route) => route.fulfill({ status: 200, contentType: "text/html", body: "<p>portal</p>" }));
  await page.evaluate(() => document.dispatchEvent(new CustomEvent("dashboard-refresh")));
  await expect(page.locator("#refresh-state")).toHaveText(/Yenilenemedi/);
  await expect(page.locator("#tile-ankara, #tile-bursa, #tile-istanbul, #tile-izmir")).toHaveCount(4);
  await expect(page.locator("[data-toast]")).toHaveCount(0);
  await page.unroute("**/dashboard?**seen=**");
  await page.evaluate(() => document.dispatchEvent(new CustomEvent("dashboard-refresh")));
  await expect(page.locator("#refresh-state")).toHaveText(/Güncel|yeni işlem/);
});

test("the admin looks at a region as its clerk does, cannot save, and comes back", async ({ as }) => {
  const page = await as("admin");
  await page.goto("/dashboard");
  await page.getByRole("button", { name: "Bölge gözüyle bak: Ankara" }).click();
  const strip = page.locator(".view-strip");
  await expect(strip).toContainText("Ankara gözüyle bakıyorsunuz");
  await page.goto("/employees/new");
  await page.getByLabel("Ad soyad").fill("Olmayacak Kişi");
  await page.getByRole("button", { name: "Kaydet" }).click();
  await expect(page.locator("[data-toast]").filter({ hasText: "Kaydedilmedi" })).toBeVisible();
  await expect(page.getByLabel("Ad soyad")).toHaveValue("Olmayacak Kişi");
  await shot(page, "22-region-view");
  await strip.getByRole("button", { name: "Bitir" }).click();
  await expect(page).toHaveURL(/\/dashboard$/);
  await expect(page.locator("#tile-ankara, #tile-bursa, #tile-istanbul, #tile-izmir")).toHaveCount(4);
});

test("it fits a phone, and without scripts it reads the same", async ({ as }) => {
  const phone = await as("ankara1", { viewport: { width: 390, height: 844 } });
  for (const path of ["/dashboard", "/dashboard/blanks", "/reports/summary"]) {
    await phone.goto(path);
    expect(await widthOf(phone), path).toBeLessThanOrEqual(390);
  }
  await phone.goto("/dashboard");
  await expect(phone.locator("article.tile")).toHaveCount(1);
  await shot(phone, "23-dashboard-phone");
  const plain = await as("ankara1", { javaScriptEnabled: false });
  await plain.goto("/dashboard");
  await expect(plain.locator("article.tile")).toHaveCount(1);
  await plain.getByRole("link", { name: "Önceki gün" }).click();
  await expect(plain).toHaveURL(/day=.*#dash-day$/);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`nothing serious for assistive technology, ${colorScheme}`, async ({ as }) => {
    const page = await as("admin", { colorScheme });
    for (const path of ["/dashboard?month=2026-01", "/dashboard", "/dashboard/blanks", "/reports/summary"]) {
      await page.goto(path);
      expect.soft(await seriousFindings(page), path).toEqual([]);
    }
    await shot(page, `24-summary-${colorScheme}`);
  });
}

async function widthOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth);
}
