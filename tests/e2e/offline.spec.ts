// Without a network: what is entered arrives once, and is seen to arrive. The network is cut by a proxy, so it is gone for the worker too.

import { type Page, chromium } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PASSWORD, expect, shot, signIn } from "./support/browser.ts";
import { TIMES, enter, enterDay, entriesOn, healed, newRows, queueOf, strip, test, tryDay } from "./support/offline.ts";
import type { Fate } from "./support/proxy.ts";
import { entryForm, fillEntry, pill, save, toast } from "./support/puantaj.ts";

test.describe.configure({ timeout: 120_000 });

/** The page asks to sign in over itself. */
async function signInOver(page: Page, waiting: number): Promise<void> {
  const dialog = page.locator("#sign-in-again");
  await expect(dialog).toContainText(`${waiting} kaydı göndermek için oturum açın`, { timeout: 45_000 });
  await shot(page, "offline-sign-in");
  await dialog.getByLabel("Parola").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Oturum aç" }).click();
  await expect(dialog).toHaveCount(0);
}

test("the walk: a day's work without a network survives a closed browser and is sent by itself, in order, once", async ({ network }) => {
  const proxy = await network();
  const profile = await mkdtemp(join(tmpdir(), "rainstaff-profile-"));
  const open = () => chromium.launchPersistentContext(profile, { ...launch(), baseURL: proxy.url, locale: "tr-TR", viewport: { width: 1366, height: 768 } });
  let context = await open();
  let page = context.pages()[0] ?? (await context.newPage());
  await enter(page, "ankara1");
  await enterDay(page.url().includes("/timesheets") ? page : await at(page, "/timesheets"), "2026-02-02", "ağ varken");
  await enterDay(page, "2026-02-03", "ağ varken");
  await expect(pill(page)).toHaveText("Kaydedildi");
  await page.goto("/timesheets?from=2026-02-01&to=2026-02-28");
  await expect(page.locator("#timesheet-list tbody tr")).toHaveCount(2);
  await page.goto("/today?date=2026-02-02");
  await expect(page.locator("#today-date")).toHaveValue("2026-02-02");

  await proxy.down();
  for (const address of ["/timesheets", "/timesheets/month", "/employees", "/employees/new", "/shift-templates", "/queue", "/today"]) {
    await page.goto(address);
    await expect(strip(page, "age"), `${address} says how old it is`).toContainText("Çevrimdışı");
  }
  await page.goto("/dashboard");
  await expect(page.locator("h1"), "what is not kept says so").toHaveText("Bağlantı yok, bu sayfa bu bilgisayarda da yok");

  await page.goto("/timesheets");
  for (let day = 1; day <= 10; day += 1) {
    await enterDay(page, `2026-03-${String(day).padStart(2, "0")}`, `ağ yokken ${day}`);
    await expect(pill(page)).toHaveText(`Bekliyor (${day})`);
  }
  await expect(await newRows(page)).toHaveCount(10);
  await shot(page, "offline-timesheets");

  // Refused on the spot, in the server's words.
  await tryDay(page, "2026-03-03", "bu saatlere denk gelen");
  await expect(entryForm(page).getByText("Bu çalışanın bu saatlere denk gelen başka bir kaydı var")).toBeVisible();
  await fillEntry(entryForm(page), null, { date: "2026-03-20", end: "25:00" });
  await save(entryForm(page));
  await expect(entryForm(page).getByText("25:00 saat değil")).toBeVisible();
  await expect(entryForm(page).getByLabel("Çıkış")).toBeFocused();
  await shot(page, "offline-refused");
  await expect(pill(page)).toHaveText("Bekliyor (10)");

  // A correction and a deletion of rows that the server has.
  await page.goto("/today?date=2026-02-02");
  const saved = page.locator("tr[data-row]").filter({ has: page.locator('form[action^="/today/entries/"][action$="/deletion"]') });
  await saved.locator('input[name="end_time"]').fill("18:45");
  await saved.locator('input[name="end_time"]').press("Enter");
  await expect(pill(page)).toHaveText("Bekliyor (11)");
  await expect(page.locator("tr.pending.is-edited td.entry ins")).toHaveText("18:45");
  await shot(page, "offline-today");
  await page.goto("/timesheets?from=2026-02-01&to=2026-02-28");
  await page.locator("#timesheet-list tbody tr").filter({ hasText: "03.02.2026" }).getByRole("button", { name: /^Sil/ }).click();
  await expect(pill(page)).toHaveText("Bekliyor (12)");
  await expect(page.locator("#timesheet-list tr.pending.is-deleted")).toContainText("03.02.2026");
  await expect(page.locator("#timesheet-list tr.pending.is-edited ins")).toHaveText("18:45");
  await shot(page, "offline-changed");

  // A new employee, and three timesheets of theirs.
  await page.goto("/employees/new");
  await page.getByLabel("Ad soyad").fill("Ağsız Eklenen");
  await page.getByRole("button", { name: "Kaydet" }).click();
  await expect(pill(page)).toHaveText("Bekliyor (13)");
  await page.goto("/employees");
  await expect(page.locator("#employee-list tr.pending.is-new")).toContainText("Ağsız Eklenen");
  await page.goto("/timesheets");
  const newcomer = await entryForm(page).locator("option", { hasText: "Ağsız Eklenen" }).getAttribute("value");
  for (const day of ["2026-03-01", "2026-03-02", "2026-03-03"]) {
    await enterDay(page, day, "yeni kişi", newcomer ?? "");
  }
  await expect(pill(page)).toHaveText("Bekliyor (16)");
  await page.goto("/queue");
  await expect(page.locator('[data-part="rows"] tr')).toHaveCount(16);
  await shot(page, "offline-queue");
  const order = (await queueOf(page)).map(({ op }) => op.op_id);
  expect(
    (await queueOf(page)).map(({ n }) => n),
    "dense",
  ).toEqual(Array.from({ length: 16 }, (_, at) => at + 1));

  await context.close();
  context = await open();
  page = context.pages()[0] ?? (await context.newPage());
  await page.goto("/today");
  await expect(pill(page)).toHaveText("Bekliyor (16)");
  await proxy.up();
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await signInOver(page, 16); // the session ends with the browser
  await expect(pill(page)).toHaveText("Kaydedildi", { timeout: 45_000 });
  const march = await entriesOn(page, "2026-03-01", "2026-03-31");
  expect(march.filter((entry) => String(entry["notes"]).startsWith("ağ yokken"))).toHaveLength(10);
  expect(march.filter((entry) => entry["employee_name"] === "Ağsız Eklenen")).toHaveLength(3);
  expect(await entriesOn(page, "2026-02-01", "2026-02-28")).toMatchObject([{ work_date: "2026-02-02", end_time: "18:45" }]);
  expect(await queueOf(page)).toEqual([]);
  expect((await queueOf(page, "done")).sort((a, b) => a.n - b.n).map(({ op }) => op.op_id)).toEqual(order);
  await page.goto("/timesheets?from=2026-03-01&to=2026-03-31");
  await expect(page.locator("#timesheet-list tr.pending")).toHaveCount(0);
  await context.close();
  await rm(profile, { recursive: true, force: true });
});

interface Trouble {
  what: string;
  fate: Fate;
}

const PORTAL = "<html><body><h1>Wi-Fi girişi</h1></body></html>";
const TROUBLES: Trouble[] = [
  { what: "the answer is lost after the commit", fate: "lose-answer" },
  { what: "a captive portal answers 200 with its own page", fate: { status: 200, body: PORTAL } },
  { what: "a captive portal answers 302", fate: { status: 302, headers: { Location: "/static/nothing" }, body: "" } },
  { what: "a captive portal answers 511", fate: { status: 511, body: PORTAL } },
  { what: "a proxy answers 502 with its own page", fate: { status: 502, body: "<h1>502 Bad Gateway</h1>" } },
  { what: "the answer is cut short", fate: "truncate" },
];

for (const [at_, { what, fate }] of TROUBLES.entries()) {
  test(`${what}: the entry waits, nothing is said to be saved, and it arrives once`, async ({ clerk }) => {
    const { page, proxy } = await clerk("izmir1");
    const day = `2026-04-${String(at_ + 1).padStart(2, "0")}`;
    await page.goto("/timesheets");
    proxy.fate = ({ method, url }) => (method === "POST" && url !== "/api/v1/grant" ? fate : "pass");
    await enterDay(page, day, what);
    await expect(pill(page)).toHaveText("Bekliyor (1)", { timeout: 20_000 });
    await expect(page.getByText(/Wi-Fi girişi<|Bad Gateway/)).toHaveCount(0);
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await page.waitForTimeout(500);
    await expect(pill(page)).toHaveText("Bekliyor (1)");
    proxy.fate = () => "pass";
    await page.goto("/queue");
    await page.getByRole("button", { name: "Şimdi gönder" }).click();
    await expect(pill(page)).toHaveText("Kaydedildi", { timeout: 45_000 });
    expect(await entriesOn(page, day)).toHaveLength(1);
  });
}

test("a double click without a network is one entry", async ({ clerk }) => {
  const { page, proxy } = await clerk("izmir1");
  await page.goto("/timesheets");
  await proxy.down();
  const form = entryForm(page);
  await form.getByLabel("Çalışan").selectOption({ index: 1 });
  await fillEntry(form, null, { date: "2026-04-11", ...TIMES });
  await form.getByRole("button", { name: "Kaydet" }).dblclick();
  await expect(pill(page)).toHaveText("Bekliyor (1)");
  await page.waitForTimeout(300);
  expect(await queueOf(page)).toHaveLength(1);
  await proxy.up();
  await healed(page);
  expect(await entriesOn(page, "2026-04-11")).toHaveLength(1);
});

test("five tabs at once: each entry arrives once", async ({ clerk }) => {
  const { page, context, proxy } = await clerk("izmir1");
  const tabs = [page, ...(await Promise.all(Array.from({ length: 4 }, () => context.newPage())))];
  await Promise.all(tabs.map((tab) => tab.goto("/timesheets")));
  await proxy.down();
  await Promise.all(tabs.map((tab, at_) => enterDay(tab, `2026-05-0${at_ + 1}`, "beş sekme")));
  for (const tab of tabs) {
    await expect(pill(tab)).toHaveText("Bekliyor (5)");
  }
  await proxy.up();
  await Promise.all(tabs.map((tab) => healed(tab)));
  expect(await entriesOn(page, "2026-05-01", "2026-05-05")).toHaveLength(5);
});

test("the session ends while something waits: the page asks to sign in over itself, and goes on by itself", async ({ clerk }) => {
  const { page, context, proxy } = await clerk("izmir1");
  await page.goto("/timesheets");
  await proxy.down();
  await enterDay(page, "2026-05-11", "oturum bitti");
  await expect(pill(page)).toHaveText("Bekliyor (1)");
  await fillEntry(entryForm(page), null, { notes: "yarım kalan" });
  await context.clearCookies();
  await proxy.up();
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await signInOver(page, 1);
  await expect(pill(page)).toHaveText("Kaydedildi", { timeout: 45_000 });
  await expect(entryForm(page).getByLabel("Not")).toHaveValue("yarım kalan");
  expect(await entriesOn(page, "2026-05-11")).toHaveLength(1);
});

test("signing out with something that waits asks, deletes nothing, and the pages are gone", async ({ clerk }) => {
  const { page, proxy } = await clerk("izmir1");
  await page.goto("/timesheets");
  proxy.fate = ({ method, url }) => (method === "POST" && url !== "/logout" ? { status: 502, body: "" } : "pass");
  await enterDay(page, "2026-05-12", "çıkışta bekleyen");
  await expect(pill(page)).toHaveText("Bekliyor (1)");
  await page.locator(".user-menu summary").click();
  await page.getByRole("button", { name: "Oturumu kapat", exact: true }).click();
  const dialog = page.locator("#sign-out-waiting");
  await expect(dialog).toContainText("Gönderilmemiş 1 kaydınız var");
  await shot(page, "offline-sign-out");
  const [file] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name: "İndir" }).click()]);
  expect(file.suggestedFilename()).toMatch(/\.ndjson$/);
  await dialog.getByRole("button", { name: "Burada kalsın, oturumu kapat" }).click();
  await expect(page).toHaveURL(/login/);
  await expect.poll(() => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("pages-")))).toEqual([]);
  expect(await queueOf(page)).toHaveLength(1);

  // Somebody else: a count and nothing more, no pages of the other, and nothing under another's name.
  proxy.fate = ({ method, url }) => (method === "POST" && (url === "/api/v1/ops" || url === "/timesheets") ? { status: 502, body: "" } : "pass");
  await enter(page, "bursa1");
  await page.goto("/timesheets");
  await expect(strip(page, "others")).toContainText("başka kullanıcıların 1 kaydı");
  await expect(pill(page)).toHaveText("Kaydedildi");
  await expect(page.getByText("çıkışta bekleyen")).toHaveCount(0);
  await shot(page, "offline-others");
});

test("a full disk: the form stays filled, nothing is said to be stored, and the entry can be taken along", async ({ clerk }) => {
  const { page, context, proxy } = await clerk("izmir1");
  await page.goto("/timesheets");
  await proxy.down();
  // What Chromium says to a store when the disk is full; its own limit is looked at too seldom to be reached in a test.
  const worker = context.serviceWorkers()[0];
  await worker?.evaluate(() => {
    const scope = globalThis as unknown as { add?: IDBObjectStore["add"] };
    scope.add = IDBObjectStore.prototype.add;
    IDBObjectStore.prototype.add = () => {
      throw new DOMException("no room", "QuotaExceededError");
    };
  });
  await tryDay(page, "2026-05-13", "yer yok");
  await expect(pill(page)).toHaveText("Hata (1)");
  await expect(toast(page, "bu bilgisayarda yer kalmadı")).toBeVisible();
  await expect(entryForm(page).getByLabel("Not")).toHaveValue("yer yok");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Kaydı indir" }).click()]);
  expect(file.suggestedFilename()).toBe("rainstaff-kayit.json");
  expect(await queueOf(page)).toEqual([]);
  await worker?.evaluate(() => {
    const scope = globalThis as unknown as { add: IDBObjectStore["add"] };
    IDBObjectStore.prototype.add = scope.add;
  });
  await save(entryForm(page));
  await expect(pill(page)).toHaveText("Bekliyor (1)");
});

test("cleared storage loses nothing that the server has, and the page works on", async ({ clerk }) => {
  const { page, context } = await clerk("izmir1");
  await page.goto("/timesheets");
  await enterDay(page, "2026-05-14", "silinmeden önce");
  await expect(pill(page)).toHaveText("Kaydedildi");
  const devtools = await context.newCDPSession(page);
  await devtools.send("Storage.clearDataForOrigin", { origin: new URL(page.url()).origin, storageTypes: "indexeddb,cache_storage,service_workers" });
  await page.goto("/timesheets");
  await enterDay(page, "2026-05-15", "silindikten sonra");
  await expect(pill(page)).toHaveText("Kaydedildi");
  expect(await entriesOn(page, "2026-05-14", "2026-05-15")).toHaveLength(2);
});

const TRIALS = Number(process.env["RAINSTAFF_KILL_TRIALS"] ?? 3);

test(`the browser is killed with a request in flight, ${TRIALS} times: nothing is lost and nothing is doubled`, async ({ network }) => {
  test.setTimeout(60_000 + TRIALS * 60_000);
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const proxy = await network();
    const profile = await mkdtemp(join(tmpdir(), "rainstaff-profile-"));
    let context = await chromium.launchPersistentContext(profile, { ...launch(), baseURL: proxy.url, locale: "tr-TR" });
    let page = context.pages()[0] ?? (await context.newPage());
    await enter(page, "bursa1");
    await page.goto("/timesheets");
    await proxy.down();
    const month = new Date(Date.UTC(2022, trial, 1)).toISOString().slice(0, 8);
    for (const day of ["01", "02", "03"]) {
      await enterDay(page, `${month}${day}`, "öldürülen tarayıcı");
    }
    await expect(pill(page)).toHaveText("Bekliyor (3)");
    // Half of the trials: the server has done it, and the answer never arrives.
    proxy.fate = ({ url }) => (url !== "/api/v1/ops" ? "pass" : trial % 2 === 0 ? "hang" : "lose-answer");
    await proxy.up();
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await expect.poll(() => proxy.seen.filter((line) => line === "POST /api/v1/ops").length, { timeout: 30_000 }).toBeGreaterThan(0);
    kill(profile);
    await context.close().catch(() => undefined);

    proxy.fate = () => "pass";
    context = await chromium.launchPersistentContext(profile, { ...launch(), baseURL: proxy.url, locale: "tr-TR" });
    page = context.pages()[0] ?? (await context.newPage());
    await page.goto("/login"); // leads on where the cookies were on the disk already
    if (page.url().endsWith("/login")) await signIn(page, "bursa1");
    await expect(pill(page)).toHaveText("Kaydedildi", { timeout: 45_000 });
    await expect.poll(async () => (await queueOf(page)).length, { timeout: 45_000 }).toBe(0);
    expect((await entriesOn(page, `${month}01`, `${month}03`)).map((entry) => entry["work_date"]).sort()).toEqual(["01", "02", "03"].map((day) => month + day));
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
});

/** kill -9 for the browser of a profile, and all of its processes. */
function kill(profile: string): void {
  const lines = execFileSync("ps", ["-axo", "pid=,args="], { encoding: "utf8" }).split("\n");
  for (const line of lines.filter((text) => text.includes(profile))) {
    try {
      process.kill(Number(line.trim().split(/\s+/)[0]), "SIGKILL");
    } catch (error) {
      // Gone already, with the process it belonged to.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

async function at(page: Page, address: string): Promise<Page> {
  await page.goto(address);
  return page;
}

function launch(): { executablePath: string; args: string[] } {
  return { executablePath: process.env["RAINSTAFF_CHROMIUM"] ?? "", args: ["--no-sandbox", "--disable-gpu"] };
}
