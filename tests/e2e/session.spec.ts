// A browser that several people use, a session that ends while somebody types, and a sign-out that the server cannot hear of yet.

import type { Locator, Page } from "@playwright/test";

import { PASSWORD, expect, shot } from "./support/browser.ts";
import { TIMES, enter, enterDay, entriesOn, queueOf, strip, test, tryDay } from "./support/offline.ts";
import { addEmployee, entryForm, fillEntry, pill, save } from "./support/puantaj.ts";

test.describe.configure({ timeout: 120_000 });

/** What the browser keeps of whom: names of page caches that hold something, and owners of mirrored rows. */
async function keptOf(page: Page): Promise<{ pages: string[]; rows: string[] }> {
  return page.evaluate(async () => {
    const pages = [];
    for (const name of (await caches.keys()).filter((one) => one.startsWith("pages-"))) {
      if ((await (await caches.open(name)).keys()).length > 0) pages.push(name.slice("pages-".length));
    }
    const rows = await new Promise<string[]>((resolve, reject) => {
      const open = indexedDB.open("rainstaff");
      open.onerror = () => reject(open.error);
      open.onsuccess = () => {
        const all = open.result.transaction("rows").objectStore("rows").getAllKeys();
        all.onsuccess = () => {
          open.result.close();
          resolve([...new Set((all.result as [string][]).map(([user]) => user))]);
        };
      };
    });
    return { pages, rows };
  });
}

async function userOf(page: Page): Promise<string> {
  return (await page.locator("body").getAttribute("data-user")) ?? "";
}

async function signOut(page: Page): Promise<void> {
  await page.locator(".user-menu summary").click();
  await page.getByRole("button", { name: "Oturumu kapat" }).click();
}

const again = (page: Page): Locator => page.locator("#sign-in-again");

// Several people ----------------------------------------------------------------------------------------------------------------------------

test("when somebody else signs in, nothing that was kept of the person before them is left", async ({ clerk }) => {
  const { page, context } = await clerk("ankara1");
  const ankara = await userOf(page);
  expect(await keptOf(page)).toEqual({ pages: [ankara], rows: [ankara] });
  await context.clearCookies(); // the session lapses; nobody signs out
  await enter(page, "bursa1");
  const bursa = await userOf(page);
  expect(bursa).not.toBe(ankara);
  await expect.poll(() => keptOf(page)).toEqual({ pages: [bursa], rows: [bursa] });
});

test("pages open without a network until 14 days after the last sign-in at this browser; then they say to sign in", async ({ clerk }) => {
  const { page, context, proxy } = await clerk("bursa1");
  await proxy.down();
  await page.goto("/timesheets");
  await enterDay(page, "2026-08-03", "on dört günden önce");
  await page.evaluate(async (days) => {
    const cache = await caches.open("worker-state");
    const kept = (await (await cache.match("/reader"))?.json()) as { user: string; at: number };
    await cache.put("/reader", new Response(JSON.stringify({ ...kept, at: kept.at - days * 86_400_000 })));
  }, 14);
  const devtools = await context.newCDPSession(page);
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.stopAllWorkers");
  await page.goto("/timesheets");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sayfaları görmek için oturum açmalısınız");
  await expect(page.getByText("14 günden fazla geçti")).toBeVisible();
  expect(await keptOf(page)).toEqual({ pages: [], rows: [] });
  await shot(page, "offline-reading-ended");

  await proxy.up();
  await page.goto("/timesheets"); // the session at the server is still good
  await expect(pill(page), "what waited has gone up").toHaveText("Kaydedildi", { timeout: 45_000 });
  await expect.poll(() => entriesOn(page, "2026-08-03"), { timeout: 30_000 }).toHaveLength(1);
});

test("signing out without a network says that the session is still open, forgets the pages at once, and ends it before anything else is shown", async ({ clerk }) => {
  const { page, proxy } = await clerk("bursa1");
  await page.goto("/timesheets");
  await proxy.down();
  await signOut(page);
  const title = page.getByRole("heading", { level: 1 });
  await expect(title).toHaveText("Bu bilgisayarda oturumu kapattınız, ama sunucuda hâlâ açıksınız");
  await expect(page.getByText("Bağlantı yok, bu sayfa bu bilgisayarda da yok"), "one reason is said").toBeHidden();
  await shot(page, "offline-leaving");
  expect(await keptOf(page)).toEqual({ pages: [], rows: [] });
  for (const address of ["/today", "/login", "/admin/users"]) {
    await page.goto(address);
    await expect(title, address).toContainText("sunucuda hâlâ açıksınız");
  }

  proxy.seen.length = 0;
  await proxy.up();
  await page.goto("/today");
  await expect(page).toHaveURL(/\/login/);
  // What the browser asks for by itself, before the worker is asked, is not shown.
  expect(proxy.seen.indexOf("POST /logout"), "the session ends first").toBeLessThan(proxy.seen.findIndex((line) => line.startsWith("GET /login")));
  const ping = (await (await page.request.get("/api/v1/ping")).json()) as { user: unknown };
  expect(ping.user).toBeNull();
  await enter(page, "ankara1");
});

test("the page of a sign-out that waits for the network leads to the sign-in by itself", async ({ clerk }) => {
  const { page, proxy } = await clerk("bursa1");
  await proxy.down();
  await signOut(page);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("hâlâ açıksınız");
  await proxy.up();
  await expect(page.getByLabel("Parola")).toBeVisible({ timeout: 15_000 });
});

test("signing out while pages are fetched ahead leaves none of them", async ({ clerk }) => {
  const { page, proxy } = await clerk("ankara1");
  let release = (): void => undefined;
  const held = new Promise<"pass">((goOn) => (release = (): void => goOn("pass")));
  await page.evaluate(async () => (await caches.open("worker-state")).delete("/warmth"));
  proxy.fate = ({ url }) => (url === "/shift-templates" ? held : "pass");
  await page.goto("/timesheets");
  await expect.poll(() => proxy.seen.filter((line) => line === "GET /shift-templates").length, { timeout: 30_000 }).toBeGreaterThan(0);
  await signOut(page);
  await expect(page.getByLabel("Parola")).toBeVisible();
  release();
  await page.waitForTimeout(1_500);
  expect(await keptOf(page)).toEqual({ pages: [], rows: [] });
});

// A session that ends while somebody types ------------------------------------------------------------------------------------------------------

test("a session that ends while somebody types: one press saves, over the page one signs in, and it goes on by itself", async ({ clerk }) => {
  const { page, context } = await clerk("izmir1");
  await page.goto("/timesheets");
  await context.clearCookies();
  await enterDay(page, "2026-08-05", "oturum biterken");
  await expect(pill(page), "it waits, and is not lost").toHaveText("Bekliyor (1)");
  await expect(again(page)).toContainText("1 kaydı göndermek için oturum açın");
  await expect(again(page).getByLabel("Kullanıcı adı")).toHaveValue("izmir1");
  await expect(again(page).getByLabel("Parola")).toBeFocused();
  await shot(page, "sign-in-over");
  await page.keyboard.type("yanlış parola");
  await page.keyboard.press("Enter");
  await expect(again(page)).toContainText("Kullanıcı adı veya parola yanlış.");
  await again(page).getByLabel("Parola").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(again(page)).toHaveCount(0);
  await expect(pill(page)).toHaveText("Kaydedildi", { timeout: 20_000 });
  expect(context.pages(), "no other tab").toHaveLength(1);
  expect(await entriesOn(page, "2026-08-05")).toHaveLength(1);
});

test("where somebody else signs in over the page, what was typed waits under its author's name", async ({ clerk }) => {
  const { page, context } = await clerk("izmir1");
  await page.goto("/timesheets");
  const izmir = await userOf(page);
  await context.clearCookies();
  await enterDay(page, "2026-08-06", "izmirin");
  await again(page).getByLabel("Kullanıcı adı").fill("bursa1");
  await again(page).getByLabel("Parola").fill(PASSWORD);
  await again(page).getByRole("button", { name: "Oturum aç" }).click();
  await expect(page.locator("body")).not.toHaveAttribute("data-user", izmir);
  await expect(strip(page, "others")).toContainText("başka kullanıcıların 1 kaydı", { timeout: 20_000 });
  expect(await entriesOn(page, "2026-08-06")).toEqual([]);
  expect((await queueOf(page)).map(({ op }) => (op as unknown as { actor: string }).actor)).toEqual([izmir]);

  await context.clearCookies();
  await enter(page, "izmir1");
  await expect.poll(async () => (await queueOf(page)).length, { timeout: 45_000 }).toBe(0);
  expect(await entriesOn(page, "2026-08-06")).toHaveLength(1);
});

test("a page of somebody who has left is not saved in the name of whoever has signed in since", async ({ clerk }) => {
  const { page, context } = await clerk("izmir1");
  await page.goto("/timesheets");
  const izmir = await userOf(page);
  await context.clearCookies();
  const other = await context.newPage();
  await enter(other, "bursa1");
  await tryDay(page, "2026-08-07", "eski sayfa");
  await expect.poll(async () => (await queueOf(page)).map(({ op }) => (op as unknown as { actor: string }).actor)).toEqual([izmir]);
  expect(await entriesOn(other, "2026-08-07")).toEqual([]);
});

test.describe("without a worker", () => {
  test.use({ serviceWorkers: "block" });

  test("what could not be saved is saved by itself after the sign-in over the page, and the red message goes", async ({ as }) => {
    const page = await as("izmir1");
    const person = await addEmployee(page, "Oturum Biten");
    await page.goto("/timesheets");
    await fillEntry(entryForm(page), person, { date: "2026-08-10", ...TIMES });
    const { cookies } = await page.context().storageState();
    await page.context().clearCookies();
    await save(entryForm(page));
    await expect(again(page)).toContainText("Oturumunuz kapanmış: oturum açın");
    await expect(page.locator('[data-toast][data-tone="danger"]')).toContainText("Henüz kaydedilmedi");
    await again(page).getByLabel("Parola").fill(PASSWORD);
    await page.keyboard.press("Enter");
    await expect(pill(page)).toHaveText("Kaydedildi");
    await expect(page.locator("[data-toast]").filter({ hasText: "puantaj kaydedildi" })).toBeVisible();
    await expect(page.locator('[data-toast][data-tone="danger"]'), "nothing is said that is no longer so").toHaveCount(0);
    expect(await entriesOn(page, "2026-08-10")).toHaveLength(1);
    await page.context().addCookies(cookies);
  });

  test("a message that something was not saved goes when the same form is saved", async ({ as }) => {
    const page = await as("izmir1");
    const person = await addEmployee(page, "Önce Olmayan");
    await page.goto("/timesheets");
    await fillEntry(entryForm(page), person, { date: "2026-08-11", ...TIMES });
    await page.route("**/timesheets", (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
    await save(entryForm(page));
    await expect(page.locator('[data-toast][data-tone="danger"]')).toContainText("Kaydedilemedi");
    await expect(pill(page)).toHaveText("Hata (1)");
    await page.unroute("**/timesheets");
    await save(entryForm(page));
    await expect(page.locator("[data-toast]").filter({ hasText: "puantaj kaydedildi" })).toBeVisible();
    await expect(page.locator('[data-toast][data-tone="danger"]')).toHaveCount(0);
    await expect(pill(page)).toHaveText("Kaydedildi");
  });
});

// The line and the day -----------------------------------------------------------------------------------------------------------------------

test("within ten seconds after the line is back nothing says that it is gone", async ({ clerk }) => {
  const { page, proxy } = await clerk("izmir1");
  await proxy.down();
  for (const address of ["/timesheets", "/today", "/employees"]) {
    await page.goto(address);
    await expect(strip(page, "age"), address).toContainText("Çevrimdışı");
  }
  await page.goto("/timesheets");
  await enterDay(page, "2026-08-17", "hat gelince");
  await expect(pill(page)).toHaveText("Bekliyor (1)");
  await proxy.up(); // and no browser says that it is online
  await expect(pill(page)).toHaveText("Kaydedildi", { timeout: 10_000 });
  await expect(page.getByText("Çevrimdışı")).toHaveCount(0, { timeout: 10_000 });
  expect(await entriesOn(page, "2026-08-17")).toHaveLength(1);
});

test("what the server has refused is on both lists of /queue at once, and none says that nothing waits", async ({ clerk, as }) => {
  const { page, proxy } = await clerk("izmir1");
  await page.goto("/timesheets");
  await proxy.down();
  await enterDay(page, "2026-08-18", "geç kalan");
  const colleague = await as("izmir1");
  await colleague.goto("/timesheets");
  await enterDay(colleague, "2026-08-18", "önce davranan");
  await page.goto("/queue");
  await proxy.up();
  await expect(pill(page)).toHaveText("Hata (1)", { timeout: 20_000 });
  await expect(page.locator("#queue-list .held")).toHaveCount(1, { timeout: 10_000 });
  await expect(page.getByText("Karar ya da düzeltme bekleyen kayıt yok.")).toHaveCount(0);
  await expect(page.getByText("Çevrimdışı")).toHaveCount(0, { timeout: 10_000 });
  await shot(page, "queue-refused");
  await page.locator('[data-part="rows"]').getByRole("button", { name: "Vazgeç" }).click();
  await page
    .locator(".held")
    .getByRole("button", { name: /^Gördüm/ })
    .click();
  await expect(page.locator(".held")).toHaveCount(0);
});

test("the day that comes and the next month open without a line, and the day is called by its name when it has come", async ({ clerk }) => {
  const { page, proxy } = await clerk("izmir1");
  await page.goto("/today");
  const day = await page.locator("#today-date").inputValue();
  const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
  await proxy.down();
  await page.clock.install();
  await page.goto(`/today?date=${next}`);
  const title = page.getByRole("heading", { level: 1 });
  await expect(title).not.toHaveText(/^Bugün/);
  await page.clock.fastForward(86_400_000);
  await expect(title).toHaveText(/^Bugün, /);
  await expect(page.locator("#strip-day"), "nobody opened it as another day's").toHaveCount(0);
  await page.goto("/today");
  await expect(title, "the page of before, by its right name").toHaveText(/^Dün, /);
  await expect(page.locator("#strip-day")).toContainText("Gün değişti");
  const month = new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 1)).toISOString().slice(0, 7);
  await page.goto(`/timesheets/month?month=${month}`);
  await expect(page.locator("table.month")).toBeVisible();
});
