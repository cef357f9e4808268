// Without a network: what is entered arrives once, and is seen to arrive. The network is cut by a proxy, so it is gone for the worker too.

import { expect, shot } from "./support/browser.ts";
import { type Clerk, entriesOn, queueOf, ready, strip, test } from "./support/offline.ts";
import { entryForm, fillEntry, pill, save, toast } from "./support/puantaj.ts";

test.describe.configure({ timeout: 120_000 });

test("the walk: a day's work without a network is sent by itself, in order, once", async ({ clerk }) => {
  const { page, proxy } = await clerk("ankara1");
  await proxy.down();
  for (const [address, heading] of [
    ["/timesheets", "Puantaj"],
    ["/timesheets/month", ""],
    ["/employees", "Çalışanlar"],
    ["/employees/new", "Yeni çalışan"],
    ["/shift-templates", ""],
    ["/today", ""],
  ] as const) {
    await page.goto(address);
    await expect(page.locator("h1")).toContainText(heading);
    await expect(strip(page, "age"), `${address} says how old it is`).toContainText("Çevrimdışı");
  }
  await page.goto("/timesheets");
  await fillEntry(entryForm(page), null, { date: "2026-03-02", start: "08:30", end: "17:30", breakMinutes: 60, notes: "ağ yokken" });
  await entryForm(page).getByLabel("Çalışan").selectOption({ index: 1 });
  await save(entryForm(page));
  await expect(pill(page)).toHaveText("Bekliyor (1)");
  await expect(page.locator("#timesheet-list tr.pending")).toHaveCount(1);
  await shot(page, "offline-timesheets");
  await proxy.up();
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(pill(page)).toHaveText("Kaydedildi", { timeout: 30_000 });
  expect(await entriesOn(page, "2026-03-02")).toHaveLength(1);
});
