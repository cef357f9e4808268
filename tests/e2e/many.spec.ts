// A region of 300 people: one key for all of them, in a company of its own.

import { makeCrowd } from "../../scripts/demo.mjs";

import { expect, signIn, test } from "./support/browser.ts";
import { pill, toast } from "./support/puantaj.ts";
import { type Running, startServer } from "./server.ts";

const PEOPLE = 300;
/** How long an act of so many may take on a machine that does other things besides; page-times measures it. */
const LONG = { timeout: 60_000 };

let own: Running;
test.beforeAll(async () => {
  own = await startServer();
});
test.afterAll(async () => {
  await own.stop();
});

for (const serviceWorkers of ["block", "allow"] as const) {
  test(`300 people take one key, one more takes them back, and what is typed stays (service worker: ${serviceWorkers})`, async ({ browser }) => {
    test.setTimeout(180_000);
    const context = await browser.newContext({ baseURL: own.url, serviceWorkers });
    const page = await context.newPage();
    await page.goto("/login");
    await signIn(page, "admin");
    const region: string = await makeCrowd(page, own.url, PEOPLE);
    await page.goto(`/today?region=${region}`);
    const rows = page.locator("[data-today] tr[data-row]");
    const words = page.locator("#today-count");
    await expect(rows).toHaveCount(PEOPLE, LONG);

    await test.step("somebody is typing in a row far below", async () => {
      const field = page.getByRole("textbox", { name: "Giriş: Kişi 0250" });
      await field.fill("0915");
      await rows.first().focus();
      await page.keyboard.press("Enter");
      await expect(words).toContainText("1 kişi boş", LONG);
      await expect(toast(page, "299 kişi planlandığı gibi kaydedildi.")).toBeVisible();
      await expect(pill(page)).toHaveText("Kaydedildi");
      await expect(rows.first(), "the cursor stays where it was").toBeFocused();
      await expect(field, "what was typed is still there, and not entered").toHaveValue("09:15");
      await expect(page.locator("tr[data-state=as-planned]")).toHaveCount(PEOPLE - 1);
    });

    await test.step("a row that came with the answer is changed, and taken back", async () => {
      await page.keyboard.press("ArrowDown");
      await expect(rows.nth(1)).toBeFocused();
      await page.keyboard.type("10");
      await page.keyboard.press("Enter");
      await expect(rows.nth(1)).toHaveAccessibleName(/Farklı, 10:00-18:00/);
      await rows.nth(1).focus();
      await page.keyboard.press("Control+z");
      await expect(rows.nth(1)).toHaveAccessibleName(/Planlandığı gibi/);
    });

    await test.step("all of them are taken back", async () => {
      await page.keyboard.press("Control+z");
      await expect(toast(page, "299 kayıt geri alındı.")).toBeVisible(LONG);
      await expect(words).toContainText("300 kişi boş", LONG);
      await expect(page.locator("tr[data-state=blank]")).toHaveCount(PEOPLE);
    });
    await context.close();
  });
}
