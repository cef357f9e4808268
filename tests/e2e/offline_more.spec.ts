// Without a network, continued: what a new build, an impatient browser, the admin's switch, a wrong clock or another person must not break.

import type { Locator, Page } from "@playwright/test";

import { expect, expectNoSidewaysScroll, shot } from "./support/browser.ts";
import { type Clerk, enter, enterDay, entriesOn, healed, newRows, queueOf, ready, strip, test, tryDay } from "./support/offline.ts";
import type { Fate, FaultyProxy } from "./support/proxy.ts";
import { entryForm, fillEntry, pill, save, toast } from "./support/puantaj.ts";

test.describe.configure({ timeout: 120_000 });

const OPS = "POST /api/v1/ops";
const DAY_MS = 86_400_000;

// A new build ----------------------------------------------------------------------------------------------------------------------------

test("a new build does not take over while something is being sent; then it does, and everything has arrived once", async ({ clerk }) => {
  const { page, proxy, context } = await clerk("izmir1");
  await page.goto("/timesheets");
  const old = await buildOf(page);
  await proxy.down();
  for (const day of ["2026-06-01", "2026-06-02", "2026-06-03"]) {
    await enterDay(page, day, "eski sürümle");
  }
  const line = hold();
  proxy.fate = ({ method, url }) => (`${method} ${url}` === OPS ? line.fate : "pass");
  proxy.worker = (script) => script.replaceAll(old, "0123456789ab");
  proxy.seen.length = 0;
  await proxy.up();
  await online(page);
  await expect.poll(() => count(proxy.seen, OPS)).toBe(1);

  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await expect.poll(() => stateOf(page, "waiting")).toBe("installed");
  await enterDay(page, "2026-06-04", "arkasına");
  await online(page);
  await page.waitForTimeout(1_000);
  expect(await stateOf(page, "waiting"), "it waits").toBe("installed");
  expect(await buildOf(page)).toBe(old);
  expect(count(proxy.seen, OPS), "one request under way").toBe(1);
  await expect(pill(page)).toHaveText("Bekliyor (4)");

  line.release();
  await expect(pill(page)).toHaveText("Kaydedildi", { timeout: 60_000 });
  await expect.poll(() => page.evaluate(async () => Object.values(await navigator.locks.query()).flat().length)).toBe(0);
  // The old one has nothing to do any more. Chromium ends such a worker by itself, but not one that is being watched, as all are here.
  await expect(async () => {
    await stopWorker(context, page);
    expect(await stateOf(page, "waiting")).toBeUndefined();
  }).toPass({ timeout: 60_000 });
  await expect(toast(page, "Yeni sürüm hazır"), "the new one has taken over").toBeVisible({ timeout: 60_000 });
  expect(await buildOf(page)).toBe("0123456789ab");
  await expect(pill(page)).toHaveText("Kaydedildi", { timeout: 30_000 });
  expect(await entriesOn(page, "2026-06-01", "2026-06-04")).toHaveLength(4);
  expect(await queueOf(page)).toEqual([]);
  expect((await queueOf(page, "done")).map(({ n }) => n).sort()).toEqual([1, 2, 3, 4]);
});

test("pages open while a new build begins, though what waits hangs on the line", async ({ clerk }) => {
  const { page, proxy } = await clerk("izmir1");
  await page.goto("/timesheets");
  const old = await buildOf(page);
  proxy.fate = ({ method }) => (method === "POST" ? { status: 502, body: "" } : "pass");
  await enterDay(page, "2026-06-05", "askıda kalan");
  await expect(pill(page)).toHaveText("Bekliyor (1)");
  const line = hold();
  let isNext = false; // the new worker: the old one's pause is over for it, and it sends at once
  proxy.fate = ({ method, url }) => {
    isNext ||= url === "/offline"; // installed
    return `${method} ${url}` !== OPS ? "pass" : isNext ? line.fate : { status: 502, body: "" };
  };
  proxy.worker = (script) => `const real = Date.now; Date.now = () => real() + 600_000;${script.replaceAll(old, "0123456789ab")}`;
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await expect.poll(() => isNext).toBe(true);
  await expect.poll(() => stateOf(page, "waiting")).toBeUndefined();
  await page.goto("/employees", { timeout: 10_000 });
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Çalışanlar");
  line.release();
  await expect.poll(() => queueOf(page), { timeout: 45_000 }).toEqual([]);
  expect(await entriesOn(page, "2026-06-05")).toHaveLength(1);
});

// An impatient browser -------------------------------------------------------------------------------------------------------------------

for (const what of ["a form", "a batch of the queue"] as const) {
  test(`the connection breaks off when ${what} is done and not answered yet, and the browser sends it again by itself: it is done once`, async ({ clerk }) => {
    const { page, proxy } = await clerk("izmir1");
    await page.goto("/timesheets");
    const [line, day] = what === "a form" ? await breakForm(page, proxy) : await breakBatch(page, proxy);
    const bodies = proxy.passed.filter((request) => request.line === line && request.body.includes(day)).map(({ body }) => body);
    expect(bodies, "the server got it twice").toHaveLength(2);
    expect(bodies[1], "the very same: neither the worker nor the drainer has sent another").toBe(bodies[0]);
    expect(await entriesOn(page, day)).toHaveLength(1);
    expect(await queueOf(page)).toEqual([]);
    expect(await queueOf(page, "done")).toHaveLength(line === OPS ? 1 : 0);
  });
}

/** Which connection is taken is the browser's choice: a form is entered again, for another day, until it takes one that was used before. */
async function breakForm(page: Page, proxy: FaultyProxy): Promise<[line: string, day: string]> {
  const line = "POST /timesheets";
  const wasBroken = breakUsedConnection(proxy, line, "pass");
  for (const day of ["2026-06-08", "2026-06-10", "2026-06-11", "2026-06-12", "2026-06-13"]) {
    await enterDay(page, day, "kendiliğinden");
    await expect(pill(page)).toHaveText("Kaydedildi");
    if (wasBroken()) {
      return [line, day];
    }
  }
  throw new Error("every form went over a new connection");
}

/** The batch that comes over a new connection is refused, and the next one uses that connection again. */
async function breakBatch(page: Page, proxy: FaultyProxy): Promise<[line: string, day: string]> {
  const day = "2026-06-09";
  proxy.fate = ({ method }) => (method === "POST" ? { status: 502, body: "" } : "pass");
  await enterDay(page, day, "kendiliğinden");
  await expect(pill(page)).toHaveText("Bekliyor (1)");
  const wasBroken = breakUsedConnection(proxy, OPS, { status: 502, body: "" });
  proxy.passed.length = 0;
  await healed(page);
  expect(wasBroken(), "a connection that had been used before broke off").toBe(true);
  return [OPS, day];
}

/** Once, on a connection that has carried a request before: the server does it, and the connection ends without a byte of an answer. */
function breakUsedConnection(proxy: FaultyProxy, line: string, onNew: Fate): () => boolean {
  let isBroken = false;
  proxy.fate = ({ method, url, headers }, isReused) => {
    const isHeartbeat = line === OPS && Number(headers["content-length"]) < 600; // an operation alone is longer
    if (isBroken || isHeartbeat || `${method} ${url}` !== line) {
      return "pass";
    }
    isBroken = isReused;
    return isReused ? "lose-answer" : onNew;
  };
  return () => isBroken;
}

test("the worker asks the server for a page once, also for one it does not keep: a message that is shown once is not lost", async ({ clerk }) => {
  const { page, proxy } = await clerk("admin");
  for (const path of ["/employees", "/admin/users", "/admin/regions"]) {
    proxy.seen.length = 0;
    await page.goto(path);
    expect(count(proxy.seen, `GET ${path}`), path).toBe(1);
  }
  await page.getByRole("button", { name: "Yeni kayda kapat: Bursa" }).click();
  await toast(page, "Bursa").getByRole("button", { name: "Geri al" }).click();
  await expect(page.locator("#region-bursa")).toContainText("Açık");

  await proxy.down();
  await page.goto("/admin/regions");
  await expect(page.getByRole("main"), "without a network: a page of ours, which says so").toContainText("Bağlantı yok");
});

// The admin's switch ---------------------------------------------------------------------------------------------------------------------

test.describe("the admin's switch", () => {
  test.afterEach(async ({ as }) => switchTo(await as("admin", { serviceWorkers: "block" }), "Açık"));

  test("drain only: what waits arrives; what is new is saved with a network, and said not to be without one, also by a worker that has just started", async ({ clerk, as }) => {
    const { page, context, proxy } = await clerk("izmir1");
    await page.goto("/timesheets");
    await proxy.down();
    await enterDay(page, "2026-06-15", "önceden bekleyen");
    await expect(pill(page)).toHaveText("Bekliyor (1)");
    await switchTo(await as("admin"), "Yalnızca boşalt");
    await proxy.up();
    await healed(page);
    expect(await entriesOn(page, "2026-06-15")).toHaveLength(1);

    await enterDay(page, "2026-06-16", "ağ varken");
    await expect(pill(page)).toHaveText("Kaydedildi");
    await proxy.down();
    await tryDay(page, "2026-06-17", "ağ yokken");
    await expectNotStored(page);
    await stopWorker(context, page);
    await save(entryForm(page));
    await expectNotStored(page);
    await proxy.up();
    await save(entryForm(page));
    await expect(pill(page)).toHaveText("Kaydedildi");
    expect(await entriesOn(page, "2026-06-15", "2026-06-17")).toHaveLength(3);
  });

  test("off: the worker stays until what waits has arrived, then it and its caches go; switched on again, it comes back", async ({ clerk, as }) => {
    const { page, proxy } = await clerk("izmir1");
    await page.goto("/timesheets");
    await proxy.down();
    await enterDay(page, "2026-06-18", "kapatılınca bekleyen");
    await expect(pill(page)).toHaveText("Bekliyor (1)");
    const admin = await as("admin", { serviceWorkers: "block" }); // whose own worker is not looked at
    await switchTo(admin, "Kapalı");
    proxy.fate = ({ method, url }) => (`${method} ${url}` === OPS ? { status: 502, body: "" } : "pass");
    await proxy.up();
    await online(page);
    await expect.poll(() => count(proxy.seen, OPS)).toBeGreaterThan(0);
    await page.goto("/timesheets");
    await expect(pill(page), "nothing is lost").toHaveText("Bekliyor (1)");
    await standInBegun(page);
    await page.goto("/queue");
    await expect(page.locator('[data-part="rows"] tr')).toHaveCount(1);
    expect(await workers(page)).toBe(1);

    proxy.fate = () => "pass";
    await page.getByRole("button", { name: "Şimdi gönder" }).click();
    await expect(pill(page), "at once, however long the pause is").toHaveText("Kaydedildi");
    expect(await entriesOn(page, "2026-06-18")).toHaveLength(1);
    await expect.poll(() => workers(page), { timeout: 30_000 }).toBe(0);
    await expect.poll(() => page.evaluate(() => caches.keys())).toEqual([]);
    await page.goto("/timesheets");
    await enterDay(page, "2026-06-19", "onsuz");
    await expect(pill(page)).toHaveText("Kaydedildi");
    await expect(page.locator("#works-offline")).toBeHidden();
    expect(await entriesOn(page, "2026-06-19")).toHaveLength(1);
    await expect.poll(() => page.evaluate(() => caches.keys()), "every page asks for the worker, which leaves again").toEqual([]);
    await expect.poll(() => workers(page)).toBe(0);

    await switchTo(admin, "Açık");
    await page.goto("/timesheets");
    await ready(page);
    await proxy.down();
    await enterDay(page, "2026-06-20", "yeniden");
    await expect(pill(page)).toHaveText("Bekliyor (1)");
    await proxy.up();
    await healed(page);
    expect(await entriesOn(page, "2026-06-20")).toHaveLength(1);
  });
});

/** The stand-in is in charge: under load Chromium now and then never answers a navigation that is made while one worker follows another. */
async function standInBegun(page: Page): Promise<void> {
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await expect.poll(() => stateOf(page, "waiting")).toBeUndefined();
  await expect.poll(() => stateOf(page, "active")).toBe("activated");
}

async function switchTo(admin: Page, mode: string): Promise<void> {
  await admin.goto("/admin/settings/company");
  await admin.getByLabel("Çevrimdışı çalışma").selectOption({ label: mode });
  await admin.getByRole("button", { name: "Kaydet" }).click();
  await expect(admin.getByLabel("Çevrimdışı çalışma").locator("option:checked")).toHaveText(mode);
  await expect(toast(admin, /./).first()).toBeVisible();
}

/** The form says that nothing was stored, and keeps what was typed. */
async function expectNotStored(page: Page): Promise<void> {
  await expect(pill(page)).toHaveText("Hata (1)");
  await expect(toast(page, "Kaydedilemedi").first()).toBeVisible();
  await expect(entryForm(page).getByLabel("Not")).toHaveValue("ağ yokken");
  expect(await queueOf(page)).toEqual([]);
  await toast(page, "Kaydedilemedi").first().getByRole("button").last().click();
}

/** As the browser does when nobody has asked the worker for anything for half a minute. */
async function stopWorker(context: Clerk["context"], page: Page): Promise<void> {
  const devtools = await context.newCDPSession(page);
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.stopAllWorkers");
  await devtools.detach();
}

async function workers(page: Page): Promise<number> {
  return page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
}

// Ay -------------------------------------------------------------------------------------------------------------------------------------

test("a cell of the month is corrected and another one filled in without a network: both show that they wait, and arrive", async ({ clerk }) => {
  const { page, proxy } = await clerk("izmir1");
  await page.goto("/timesheets");
  await enterDay(page, "2026-06-22", "aydan düzeltilecek");
  const [entry] = await entriesOn(page, "2026-06-22");
  const employee = String(entry?.["employee_id"]);
  await page.goto("/timesheets/month?month=2026-06");
  const cells = ["2026-06-22", "2026-06-23"].map((day) => page.locator(`tr[data-employee="${employee}"] td`).filter({ has: page.locator(`a[href$="${day}"]`) }));
  const [corrected, filled] = cells as [Locator, Locator];
  const editor = page.locator("#day-editor");
  for (const cell of cells) {
    await cell.locator("a").click();
    await expect(editor.getByLabel("Çıkış")).toBeVisible();
    await page.keyboard.press("Escape");
  }

  await proxy.down();
  await page.goto("/timesheets/month?month=2026-06");
  await expect(strip(page, "age")).toContainText("Çevrimdışı");
  await corrected.locator("a").click();
  await editor.getByLabel("Çıkış").fill("19:30");
  await editor.getByLabel("Çıkış").press("Enter");
  await expect(pill(page)).toHaveText("Bekliyor (1)");
  await expect(editor).toHaveCount(0);
  await expect(corrected).toHaveClass(/pending/);
  await expect(corrected.locator(".pending-mark")).toHaveAttribute("title", "Bekliyor 19:30");
  await filled.locator("a").click();
  await editor.getByLabel("Not").fill("ayda girilen");
  await editor.getByRole("button", { name: "Kaydet" }).click();
  await expect(pill(page)).toHaveText("Bekliyor (2)");
  await expect(filled).toHaveClass(/pending/);
  await expect(filled).not.toContainText("boş");
  await expect(page.locator("#month-grid .pending-note")).toContainText("2 kayıt henüz gönderilmedi");
  await page.goto("/queue");
  await expect(page.locator('[data-part="rows"] tr').first(), "a person's words for the row").toContainText("22.06.2026");
  await page.goto("/timesheets/month?month=2026-06");
  await expect(corrected).toHaveClass(/pending/);

  await proxy.up();
  await healed(page);
  await expect(corrected).toHaveText(/^10/);
  await expect(corrected).not.toHaveClass(/pending/);
  await expect(filled).not.toHaveText(/boş/);
  expect(await entriesOn(page, "2026-06-22", "2026-06-23")).toMatchObject([{ work_date: "2026-06-22", end_time: "19:30" }, { notes: "ayda girilen" }]);
});

// Düzelt ---------------------------------------------------------------------------------------------------------------------------------

test("Düzelt at /queue: an entry that waits is corrected without a network, and arrives once as it was corrected last", async ({ clerk }) => {
  const { page, proxy } = await clerk("izmir1");
  await page.goto("/timesheets");
  await proxy.down();
  await enterDay(page, "2026-07-01", "önce");
  await enterDay(page, "2026-07-02", "sonra");
  await page.goto("/queue");
  await fixAtQueue(page, "01.07.2026");
  const form = entryForm(page);
  await expect(form.getByLabel("Tarih")).toHaveValue("2026-07-01");
  await expect(form.getByLabel("Not")).toHaveValue("önce");
  await expect(pill(page), "nothing has changed yet").toHaveText("Bekliyor (2)");
  await fillEntry(form, null, { end: "18:15" });
  await save(form);
  await expect((await newRows(page)).filter({ hasText: "18:15" })).toHaveCount(1);
  await proxy.up();
  await healed(page);
  expect(await entriesOn(page, "2026-07-01", "2026-07-02")).toMatchObject([{ end_time: "18:15" }, { end_time: "17:30" }]);
});

test("Düzelt at /queue: a waiting correction of Bugün opens its day without a network, and arrives once as it was corrected last", async ({ clerk }) => {
  const { page, proxy } = await clerk("izmir1");
  await page.goto("/timesheets");
  await enterDay(page, "2026-07-06", "günden düzeltilecek");
  await page.goto("/today?date=2026-07-06");
  await proxy.down();
  const end = page
    .locator("tr[data-row]")
    .filter({ has: page.locator('form[action$="/deletion"]') })
    .locator('input[name="end_time"]');
  await end.fill("18:45");
  await end.press("Enter");
  await expect(pill(page)).toHaveText("Bekliyor (1)");
  await page.goto("/queue");
  await fixAtQueue(page, "06.07.2026");
  await expect(page).toHaveURL(/\/today\?date=2026-07-06/);
  await expect(end).toHaveValue("18:45");
  await end.fill("19:00");
  await end.press("Enter");
  await expect(page.locator("tr.pending.is-edited td.entry ins")).toHaveText("19:00");
  await proxy.up();
  await healed(page);
  expect(await entriesOn(page, "2026-07-06")).toMatchObject([{ end_time: "19:00" }]);
});

test("Düzelt at /queue: an entry that the server has refused is corrected and arrives once", async ({ clerk, as }) => {
  const { page, proxy } = await clerk("izmir1");
  await page.goto("/timesheets");
  await proxy.down();
  await enterDay(page, "2026-07-08", "geç kalan");
  const [waiting] = await queueOf(page);
  const colleague = await as("izmir1");
  await colleague.goto("/timesheets");
  await enterDay(colleague, "2026-07-08", "önce davranan");
  await proxy.up();
  await online(page);
  await expect(pill(page)).toHaveText("Hata (1)", { timeout: 45_000 });
  await page.goto("/queue");
  const refused = page.locator('[data-part="rows"] tr').filter({ hasText: "08.07.2026" });
  await expect(refused).toContainText("Reddedildi");
  await expect(refused).toContainText("bu saatlere denk gelen");
  await fixAtQueue(page, "08.07.2026");
  const form = entryForm(page);
  await expect(form.getByLabel("Not")).toHaveValue("geç kalan");
  await fillEntry(form, null, { start: "18:00", end: "21:00", breakMinutes: 0 });
  await save(form);
  await expect(pill(page)).toHaveText("Kaydedildi");
  const stored = await entriesOn(page, "2026-07-08");
  expect(stored.map((entry) => [entry["start_time"], entry["notes"]]).sort()).toEqual([
    ["08:30", "önce davranan"],
    ["18:00", "geç kalan"],
  ]);
  expect(stored.map((entry) => entry["id"])).toContain(waiting?.op.id);
  await page.goto("/queue");
  await expect(page.locator('[data-part="rows"] tr')).toHaveCount(0);
  await page
    .locator(".held")
    .getByRole("button", { name: /^Gördüm/ })
    .click(); // what was refused stays on the server's list until then
  await expect(page.locator(".held")).toHaveCount(0);
});

async function fixAtQueue(page: Page, words: string): Promise<void> {
  await page.locator('[data-part="rows"] tr').filter({ hasText: words }).getByRole("button", { name: "Düzelt" }).click();
  await page.waitForURL((url) => url.pathname !== "/queue");
}

// Clocks ---------------------------------------------------------------------------------------------------------------------------------

test("a clock that is a day ahead is said so, and does not win against what was entered later", async ({ clerk, as }) => {
  const { page, proxy } = await clerk("izmir1", {}, async ({ page: itself, proxy: line }) => {
    line.worker = (script) => `(${putAhead.toString()})(${DAY_MS});${script}`;
    await itself.addInitScript(putAhead, DAY_MS);
  });
  await page.goto("/timesheets");
  await expect(strip(page, "clock")).toHaveText("Bu bilgisayarın saati sunucudan 1440 dakika farklı. Saati düzeltin; kayıtlar kaybolmaz ama sıraları karışabilir.");
  await enterDay(page, "2026-07-13", "saat");
  await page.goto("/today?date=2026-07-13");
  const colleague = await as("izmir1");
  await colleague.goto("/today?date=2026-07-13");
  const endOn = (tab: Page): Locator =>
    tab
      .locator("tr[data-row]")
      .filter({ has: tab.locator('form[action$="/deletion"]') })
      .locator('input[name="end_time"]');

  await proxy.down();
  await endOn(page).fill("18:45");
  await endOn(page).press("Enter");
  await expect(pill(page)).toHaveText("Bekliyor (1)");
  await endOn(colleague).fill("19:15");
  await endOn(colleague).press("Enter");
  await expect.poll(async () => (await entriesOn(colleague, "2026-07-13")).map((entry) => entry["end_time"])).toEqual(["19:15"]);
  await proxy.up();
  await healed(page);

  expect(await entriesOn(page, "2026-07-13"), "the later one by the server's clock").toMatchObject([{ end_time: "19:15" }]);
  const [done] = await queueOf(page, "done");
  expect(Date.parse(done?.op.edited_at ?? "") - (done?.op.offset_ms ?? 0) - Date.now(), "the moment it was entered").toBeLessThan(0);
  expect(Math.abs((done?.op.offset_ms ?? 0) - DAY_MS)).toBeLessThan(60_000);
  await page.goto("/conflicts");
  await expect(page.locator("main")).toContainText("18:45");
});

function putAhead(by: number): void {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given: unknown[]) {
      super(...((given.length > 0 ? given : [Real.now() + by]) as [number]));
    }
    static override now(): number {
      return Real.now() + by;
    }
  } as DateConstructor;
}

// Another person -------------------------------------------------------------------------------------------------------------------------

test("what one person has left waiting is not sent by another of a region of their own; the admin carries it, and it is the author's", async ({ clerk }) => {
  const { page, proxy } = await clerk("ankara1");
  await page.goto("/timesheets");
  proxy.fate = ({ method, url }) => (method === "POST" && ["/timesheets", "/api/v1/ops"].includes(url ?? "") ? { status: 502, body: "" } : "pass");
  await enterDay(page, "2026-07-15", "ankara1 girdi");
  await expect(pill(page)).toHaveText("Bekliyor (1)", { timeout: 20_000 });
  await signOut(page);
  proxy.fate = () => "pass";

  await test.step("istanbul1 sees how many, sends nothing of it, and their own goes", async () => {
    await enter(page, "istanbul1");
    await page.goto("/timesheets");
    await expect(strip(page, "others")).toContainText("başka kullanıcıların 1 kaydı");
    await expect(page.getByText("ankara1 girdi")).toHaveCount(0);
    await proxy.down();
    await enterDay(page, "2026-07-16", "istanbul1 girdi");
    await expect(pill(page)).toHaveText("Bekliyor (1)");
    await proxy.up();
    await healed(page);
    expect(await entriesOn(page, "2026-07-15"), "nothing under the wrong name").toEqual([]);
    expect(await entriesOn(page, "2026-07-16")).toHaveLength(1);
    const [left, ...more] = await queueOf(page);
    expect([left?.last_error, more.length], "it waits for somebody who may").toEqual(["carrier", 0]);
    await signOut(page);
  });

  await test.step("the admin carries it with the author's proof", async () => {
    await enter(page, "admin");
    await expect.poll(async () => (await queueOf(page)).length, { timeout: 45_000 }).toBe(0);
    const [entry, ...more] = await entriesOn(page, "2026-07-15");
    expect([entry?.["notes"], more.length]).toEqual(["ankara1 girdi", 0]);
    await page.goto(`/timesheets/${String(entry?.["id"])}`);
    await expect(page.locator("#history-title ~ article").first()).toContainText("ankara1");
    await expect(page.locator("#history-title ~ article").filter({ hasText: "istanbul1" })).toHaveCount(0);
  });
});

async function signOut(page: Page): Promise<void> {
  await page.locator(".user-menu summary").click();
  await page.getByRole("button", { name: "Oturumu kapat", exact: true }).click();
  const stay = page.getByRole("button", { name: "Burada kalsın, oturumu kapat" });
  await expect(stay.or(page.getByLabel("Parola"))).toBeVisible();
  if (await stay.isVisible()) {
    await stay.click();
  }
  await expect(page).toHaveURL(/login/);
}

// A phone --------------------------------------------------------------------------------------------------------------------------------

test("on a phone without a network nothing is wider than the screen, and what waits can be told", async ({ clerk }) => {
  const { page, proxy } = await clerk("izmir1", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await page.goto("/timesheets");
  await enterDay(page, "2026-07-20", "ağ varken");
  await page.goto("/today?date=2026-07-20");
  await page.goto("/timesheets/month?month=2026-07");
  await proxy.down();
  await page.goto("/timesheets");
  await enterDay(page, "2026-07-20", "akşam", 2);
  await enterDay(page, "2026-07-21", "uzun bir not: depo sayımı geceye kaldı, servis bekledi", 2);
  await page.goto("/today?date=2026-07-20");
  const saved = page.locator("tr[data-row]").filter({ has: page.locator('form[action$="/deletion"]') });
  await saved.getByRole("rowheader").tap();
  await saved.locator('input[name="end_time"]').fill("18:45");
  await saved.getByRole("button", { name: /^Kaydet/ }).tap();
  await expect(pill(page)).toHaveText("Bekliyor (3)");
  await expect(page.locator("tr.pending")).toHaveCount(2);
  await expect(page.locator("tr.pending.is-edited")).toContainText("18:45");
  await expect(page.locator("tr.pending").getByRole("button", { name: "Düzelt" })).toHaveCount(2);
  await toast(page, /./).getByRole("button").last().tap();
  await pictured(page, "phone-offline-today");
  await page.goto("/timesheets/month?month=2026-07");
  await expect(page.locator("td.pending")).toHaveCount(3);
  await page
    .locator("td.pending")
    .last()
    .evaluate((cell) => cell.scrollIntoView({ inline: "center", block: "nearest" }));
  await pictured(page, "phone-offline-month");
  await page.goto("/queue");
  await expect(page.locator('[data-part="rows"] tr')).toHaveCount(3);
  await pictured(page, "phone-offline-queue");
  await page.locator('[data-part="rows"]').evaluate((rows) => rows.scrollIntoView({ behavior: "instant" }));
  await pictured(page, "phone-offline-queue-rows");
  await page.goto("/timesheets");
  await page.locator("#timesheet-list").evaluate((list) => list.scrollIntoView({ behavior: "instant" }));
  await pictured(page, "phone-offline-timesheets");
  await page.goto("/dashboard");
  await expect(page.locator("h1")).toHaveText("Bağlantı yok, bu sayfa bu bilgisayarda da yok");
  await pictured(page, "phone-offline-page");
  await proxy.up();
  await page.goto("/timesheets");
  await healed(page);
});

async function pictured(page: Page, name: string): Promise<void> {
  await expectNoSidewaysScroll(page);
  await shot(page, name);
}

// ----------------------------------------------------------------------------------------------------------------------------------------

async function online(page: Page): Promise<void> {
  await page.evaluate(() => dispatchEvent(new Event("online")));
}

function count(lines: string[], line: string): number {
  return lines.filter((seen) => seen === line).length;
}

/** A line on which nothing goes on until it is released. */
function hold(): { fate: Promise<"pass">; release: () => void } {
  let release = (): void => undefined;
  const fate = new Promise<"pass">((goOn) => {
    release = (): void => goOn("pass");
  });
  return { fate, release };
}

async function stateOf(page: Page, which: "active" | "waiting"): Promise<string | undefined> {
  return page.evaluate(async (name) => (await navigator.serviceWorker.getRegistration())?.[name]?.state, which);
}

/** The build of the worker that is in charge. */
async function buildOf(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        navigator.serviceWorker.addEventListener("message", ({ data }) => data.type === "warmth" && resolve(data.build));
        void navigator.serviceWorker.ready.then(({ active }) => active?.postMessage({ type: "warmth" }));
      }),
  );
}
