// Through the agent of an office's PC: the server is really stopped, the agent really killed, and everything entered arrives once.

import { readFile } from "node:fs/promises";

import { type Page, expect, test } from "@playwright/test";

import { expectNoSidewaysScroll, shot, signIn } from "./support/browser.ts";
import { enterDay, ready, strip } from "./support/offline.ts";
import { Office } from "./support/office.ts";
import { pill, rowOf, toast } from "./support/puantaj.ts";

test.describe.configure({ mode: "serial", timeout: 300_000 });

const PAGES = [
  ["/today", "Bugün"],
  ["/timesheets", "Puantaj"],
  ["/timesheets/month", "2026"],
  ["/employees", "Çalışanlar"],
] as const;
const SIZES = { desk: { width: 1366, height: 768 }, phone: { width: 390, height: 844 } };

let office: Office;

test.afterEach(async () => {
  await office.close();
  expect(office.grave, "requests to other hosts, violations of the content policy, uncaught errors").toEqual([]);
});

/** A picture at each size of screen. */
async function shots(page: Page, name: string): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    await expectNoSidewaysScroll(page);
    await shot(page, `agent-${name}-${size}`);
  }
  await page.setViewportSize(SIZES.desk);
}

/** The page was made on this PC, and says of when its copy is. */
async function expectCopy(page: Page, what: string): Promise<void> {
  await expect(page.locator("html"), `${what} is the PC's`).not.toHaveAttribute("data-kept-by", "browser");
  await expect(strip(page, "age"), `${what} says how old it is`).toContainText("bu bilgisayardaki kopya");
}

test("the walk: the server stops, the office goes on at two browsers, the agent is killed, and everything arrives by itself", async ({ browser }) => {
  office = await Office.open(browser, "Ankara ofis PC", (page) => shots(page, "code"));
  const clerk = await office.profile();

  await test.step("with a connection everything is as always", async () => {
    await clerk.goto("/login");
    await signIn(clerk, "ankara1");
    await ready(clerk);
    await clerk.goto("/today");
    await expect(clerk.locator("table[data-today]")).toBeVisible();
    await expect(strip(clerk, "age")).toHaveCount(0);
    await clerk.goto("/timesheets");
    await enterDay(clerk, "2026-03-01", "bağlantı varken");
    await expect(pill(clerk)).toHaveText("Kaydedildi");
    await office.synchronised();
  });

  await test.step("a file comes from the server through the agent", async () => {
    await clerk.goto("/timesheets?from=2026-03-01&to=2026-03-31");
    const download = clerk.waitForEvent("download");
    await clerk.getByRole("link", { name: "Excel indir" }).click();
    expect((await download).suggestedFilename()).toMatch(/^puantaj-.*\.xlsx$/);
    expect((await readFile((await (await download).path()) ?? "")).subarray(0, 2).toString()).toBe("PK");
  });

  await office.server.halt();
  await test.step("without the server the pages open, and say of when they are", async () => {
    for (const [address, name] of PAGES) {
      await clerk.goto(address);
      await expect(clerk.locator("h1")).toContainText(name);
      await expectCopy(clerk, name);
      await shots(clerk, `copy-${address.slice(1).replaceAll("/", "-")}`);
    }
    await clerk.goto("/timesheets?from=2026-03-01&to=2026-03-31");
    await expect(rowOf(clerk, "2026-03-01"), "the copy has what was entered last").toContainText("bağlantı varken");
    await expect(clerk.locator(".list-files"), "the server makes files: a copy offers none").toHaveCount(0);
    await clerk.goto("/timesheets?from=2026-03-01&to=2026-03-31&format=xlsx");
    await expect(clerk.locator("h1")).toHaveText("Bağlantı yok, dosya indirilemedi");
    await shots(clerk, "no-file");
    await clerk.goBack();
    await expect(rowOf(clerk, "2026-03-01"), "the list is one step back").toBeVisible();
  });

  await test.step("an entry is stored on the PC", async () => {
    await enterDay(clerk, "2026-03-02", "bağlantı yokken");
    await expect(toast(clerk, "Bilgisayarda saklandı; bağlantı gelince kendiliğinden gönderilecek.")).toBeVisible();
    await expect(pill(clerk)).toHaveText("Bekliyor (1)");
    await expect(rowOf(clerk, "2026-03-02")).toContainText("Bilgisayarda saklandı");
    await expect(clerk.locator("#timesheet-totals th"), "the PC's list counts it").toHaveText("Toplam: 2 kayıt");
    expect((await office.health()).waiting).toBe(1);
    await shots(clerk, "stored");
  });

  const other = await office.profile();
  await test.step("whoever has signed in through this PC signs in at a browser that has never been here", async () => {
    await other.goto("/today");
    await expect(other).toHaveURL(/\/login/);
    await other.getByLabel("Kullanıcı adı").fill("ankara1");
    await other.getByLabel("Parola").fill("yanlış parola");
    await other.getByRole("button", { name: "Oturum aç" }).click();
    await expect(other.getByRole("alert"), "a wrong password is refused").toBeVisible();
    await shots(other, "wrong-password");
    await other.getByLabel("Kullanıcı adı").fill("bursa1");
    await other.getByLabel("Parola").fill("rainstaff-demo");
    await other.getByRole("button", { name: "Oturum aç" }).click();
    await expect(other.getByRole("alert"), "so is somebody who has never been here").toContainText(/bilgisayar/);
    await shots(other, "not-known-here");
    await signIn(other, "ankara1");
    await other.goto("/timesheets?from=2026-03-01&to=2026-03-31");
    await expectCopy(other, "the list");
    await expect(rowOf(other, "2026-03-02"), "what waits on the PC is seen here as well").toContainText("bağlantı yokken");
    await enterDay(other, "2026-03-03", "hiç görülmemiş tarayıcıdan");
    await expect(toast(other, "Bilgisayarda saklandı")).toBeVisible();
    await expect(pill(other)).toHaveText("Bekliyor (2)");
    await expect(rowOf(other, "2026-03-03")).toContainText("hiç görülmemiş tarayıcıdan");
    const worker = await other.evaluate(async () => {
      const script = await fetch("/sw.js");
      return { status: script.status, isOfPc: script.headers.has("X-Agent"), state: (await navigator.serviceWorker.ready).active?.state };
    });
    expect(worker, "the worker is there as well, from the PC").toEqual({ status: 200, isOfPc: true, state: expect.stringMatching(/^activat/) });
    await other.goto("/queue");
    await expect(other.locator('#browser-queue [data-part="state"]')).toHaveText("Gönderilmeyi bekleyen kayıt yok.");
    await expect(other.locator("#pc-queue tbody").getByRole("link", { name: "Ayşe Yılmaz" }), "also what came out of the other browser's queue").toHaveCount(2);
    await shots(other, "queue");
  });

  await test.step("the agent is killed and started again: everything is there", async () => {
    await office.agent.crash();
    expect((await office.health()).waiting).toBe(2);
    for (const page of [clerk, other]) {
      await page.goto("/timesheets?from=2026-03-01&to=2026-03-31");
      await expectCopy(page, "the list");
      await expect(rowOf(page, "2026-03-03")).toContainText("hiç görülmemiş tarayıcıdan");
      await expect(pill(page), "no entry is counted twice").toHaveText("Bekliyor (2)");
    }
  });

  await office.closeBrowsers();
  await test.step("the server is back, no browser is open: everything arrives once, in its order", async () => {
    await office.server.resume();
    const start = Date.now();
    await expect.poll(async () => (await office.health()).waiting, { timeout: 60_000 }).toBe(0);
    console.log(`everything was delivered ${Date.now() - start} ms after the server was back`);
    const { items } = await office.ask<{ items: { id: string; work_date: string; notes: string }[] }>("/api/v1/timesheets?from=2026-03-01&to=2026-03-31&region=ankara&limit=500");
    expect(items.map(({ work_date, notes }) => `${work_date} ${notes}`).sort()).toEqual([
      "2026-03-01 bağlantı varken",
      "2026-03-02 bağlantı yokken",
      "2026-03-03 hiç görülmemiş tarayıcıdan",
    ]);
    const wanted = new Map(items.map(({ id, work_date }) => [id, work_date]));
    const order = (await office.changes()).filter(({ id }) => wanted.has(id)).map(({ id }) => wanted.get(id));
    expect(order, "in the order in which they were entered").toEqual(["2026-03-01", "2026-03-02", "2026-03-03"]);
  });

  await test.step("what headquarters has changed meanwhile is in the copy", async () => {
    const headquarters = await office.profile({}, office.server.url);
    await headquarters.goto("/login");
    await signIn(headquarters, "admin");
    await headquarters.goto("/employees/new");
    await headquarters.getByLabel("Ad soyad").fill("Merkezden Eklenen");
    await headquarters.getByLabel("Bölge").selectOption("ankara");
    await headquarters.getByRole("button", { name: "Kaydet" }).click();
    await expect(toast(headquarters, "Merkezden Eklenen eklendi.")).toBeVisible();
    await office.synchronised();
    await expect
      .poll(
        async () => {
          await headquarters.goto("/admin/devices");
          return headquarters.locator("tr", { hasText: "Ankara ofis PC" }).innerText();
        },
        { timeout: 90_000, intervals: [2000] },
      )
      .toMatch(/Çalışıyor[\s\S]*\b0\b/);
    await shots(headquarters, "devices");
    const { mirror } = await office.health();
    const { regions } = await office.ask<{ regions: Record<string, { tables: Record<string, { xor: string }> }> }>("/api/v1/digest?region=ankara");
    expect(mirror.digest).toEqual(Object.fromEntries(Object.entries(regions["ankara"]?.tables ?? {}).map(([entity, { xor }]) => [entity, xor])));
    await office.closeBrowsers();
    await office.server.halt();
    const later = await office.profile();
    await later.goto("/login");
    await signIn(later, "ankara1");
    await later.goto("/employees");
    await expect(later.locator("#employee-list")).toContainText("Merkezden Eklenen");
    await expect(pill(later)).toHaveText("Kaydedildi");
  });
});

test("a PC whose rights are taken away sends nothing more, keeps what it has, and says so", async ({ browser }) => {
  office = await Office.open(browser, "Çalınan PC");
  const clerk = await office.profile();
  await clerk.goto("/login");
  await signIn(clerk, "ankara1");
  await ready(clerk);
  await office.synchronised();
  await office.line.down();
  await clerk.goto("/timesheets");
  await enterDay(clerk, "2026-04-01", "iptalden önce");
  await expect.poll(async () => (await office.health()).waiting).toBe(1);

  const admin = await office.profile({}, office.server.url);
  await admin.goto("/login");
  await signIn(admin, "admin");
  await admin.goto("/admin/devices");
  await admin.getByRole("link", { name: "Çalınan PC", exact: true }).click();
  await admin.getByLabel("Onay").fill("Çalınan PC");
  await admin.getByRole("button", { name: "İptal et" }).click();
  await expect(toast(admin, "iptal edildi")).toBeVisible();
  await shots(admin, "revoked-admin");
  await office.line.up();
  await expect.poll(async () => (await office.health()).is_revoked, { timeout: 60_000 }).toBe(true);
  const { items } = await office.ask<{ items: unknown[] }>("/api/v1/timesheets?from=2026-04-01&to=2026-04-01&region=ankara");
  expect(items, "nothing is sent").toEqual([]);
  expect((await office.health()).waiting, "nothing is thrown away").toBe(1);
  await office.line.down();
  await clerk.goto("/timesheets");
  await expect(strip(clerk, "pc")).toBeVisible();
  await expect(strip(clerk, "age"), "nobody promises that it is sent").not.toContainText("gönderilir");
  await shots(clerk, "revoked");
  await expect(strip(clerk, "pc")).toContainText("yetkisini iptal etmiş: burada bekleyen 1 kayıt gönderilmiyor, ama silinmiyor da");
});
