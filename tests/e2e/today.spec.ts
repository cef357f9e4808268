// Bugün: twenty people by keyboard, exceptions, taking back; by thumb; and without scripts.

import { randomUUID } from "node:crypto";

import { seriousFindings } from "./support/axe.ts";
import { type Page, expect, expectNoSidewaysScroll, shot, test } from "./support/browser.ts";
import { pill, toast } from "./support/puantaj.ts";

// The page without its service worker: Playwright's routes stand in for a bad network, and do not reach a worker (offline.spec.ts has those).
test.use({ serviceWorkers: "block" });

/** A Wednesday of the past on which the demo company has no entries. */
const DAY = "2026-03-04";
const PLAN = { start: "08:30", end: "17:30", breakMinutes: "60" };
/** With as many of these as are missing, İstanbul has twenty people. */
const MORE = ["Adnan", "Berna", "Ceyda", "Çetin", "Deniz", "Erdal", "Figen", "Güler", "Işıl", "İsmet", "Jale", "Kadir"].map((name) => `${name} Yirmi`);

test.describe.configure({ mode: "serial" });

test("twenty ordinary people take one key, and one more takes them all back", async ({ as, complaints }) => {
  const page = await as("istanbul1");
  await addPeople(page);
  await page.goto(`/today?date=${DAY}`);
  await expect(rows(page)).toHaveCount(20);
  await expect(words(page)).toContainText("20 kişi boş");
  await expect(rows(page).first()).toBeFocused();
  await expect(rows(page).first()).toHaveAccessibleName("Adnan Yirmi, 4 Mart Çarşamba, Boş, plan 08:30-17:30");
  await shot(page, "today-blank");

  const keys = countKeys(page);
  await keys.press("Enter");
  await expect(words(page)).toHaveText(/20 \/ 20 tamam/);
  await expect(toast(page, "20 kişi planlandığı gibi kaydedildi.")).toBeVisible();
  await expect(pill(page)).toHaveText("Kaydedildi");
  expect(keys.count, "at most three").toBeLessThanOrEqual(3);
  expect(await stored(page)).toHaveLength(20);
  await expect(rows(page).first(), "the cursor stays where it was").toBeFocused();
  await shot(page, "today-entered");

  await keys.press("Control+z");
  await expect(words(page)).toContainText("20 kişi boş");
  await expect(toast(page, "20 kayıt geri alındı.")).toBeVisible();
  expect(keys.count).toBe(2);
  expect(await stored(page)).toEqual([]);
  expect(complaints, "the console stays quiet").toEqual([]);
});

test("exceptions are typed, Enter goes on to the next blank row, and the rest is entered as planned", async ({ as }) => {
  const page = await as("istanbul1");
  await page.goto(`/today?date=${DAY}`);
  await expect(rows(page).first()).toBeFocused();
  const keys = countKeys(page);

  await test.step("start and end without colon", async () => {
    await keys.type("0915");
    await keys.press("Tab");
    await keys.type("1945");
    await keys.press("Enter");
    await expect(row(page, "Adnan Yirmi")).toHaveAccessibleName("Adnan Yirmi, 4 Mart Çarşamba, Farklı, 09:15-19:45, plan 08:30-17:30");
    await expect(row(page, "Ali Koç")).toBeFocused();
    await expect(words(page)).toContainText("19 kişi boş");
  });

  await test.step("a row as planned with Space", async () => {
    await keys.press("Space");
    await expect(row(page, "Ali Koç")).toHaveAccessibleName(/Planlandığı gibi/);
    await expect(words(page)).toContainText("18 kişi boş");
  });

  await test.step("Esc gives up, and nothing is saved", async () => {
    await focusRow(page, "Derya Polat", keys);
    await keys.type("7");
    await expect(field(page, "Derya Polat", "Giriş")).toHaveValue("7");
    await keys.press("Escape");
    await expect(field(page, "Derya Polat", "Giriş")).toHaveValue(PLAN.start);
    await expect(row(page, "Derya Polat")).toBeFocused();
  });

  await test.step("what is wrong is said in its row, with the cursor on it", async () => {
    await keys.type("2500");
    await keys.press("Enter");
    await expect(field(page, "Derya Polat", "Giriş")).toBeFocused();
    await expect(field(page, "Derya Polat", "Giriş")).toHaveAccessibleDescription(/25:00 saat değil/);
    await shot(page, "today-refused");
  });

  await test.step("whoever was typed for and not saved is not entered with the others", async () => {
    await page.getByRole("button", { name: "Hepsini planlandığı gibi gir" }).click();
    await expect(words(page)).toContainText("1 kişi boş");
    await expect(field(page, "Derya Polat", "Giriş"), "and what was typed is still there").toHaveValue("2500");
    expect((await stored(page)).map((entry) => entry["employee_name"])).not.toContain("Derya Polat");
    await field(page, "Derya Polat", "Giriş").press("Escape");
    await keys.press("Space");
    await expect(words(page)).toHaveText(/20 \/ 20 tamam/);
  });

  await test.step("a saved row is changed in place, deleted, and each is taken back in turn", async () => {
    await focusRow(page, "Erdal Yirmi", keys);
    await keys.type("10");
    await keys.press("Enter");
    await expect(row(page, "Erdal Yirmi")).toHaveAccessibleName(/Farklı, 10:00-17:30/);
    await expect(row(page, "Erdal Yirmi"), "nobody is blank: the cursor stays").toBeFocused();
    await keys.press("ArrowDown");
    await keys.press("Delete");
    await expect(words(page)).toContainText("1 kişi boş");
    await shot(page, "today-deleted");
    await keys.press("Control+z");
    await expect(words(page)).toHaveText(/20 \/ 20 tamam/);
    await keys.press("Control+z");
    await expect(row(page, "Erdal Yirmi")).toHaveAccessibleName(/Planlandığı gibi, 08:30-17:30/);
    await keys.press("Control+z");
    await expect(row(page, "Derya Polat")).toHaveAccessibleName(/Boş/);
    await keys.press("Control+z");
    await expect(toast(page, "17 kayıt geri alındı.")).toBeVisible();
    await expect(words(page)).toContainText("18 kişi boş");
  });

  await test.step("arrows, Home, End and days", async () => {
    await keys.press("End");
    await expect(rows(page).last()).toBeFocused();
    await keys.press("Home");
    await expect(rows(page).first()).toBeFocused();
    await keys.press("ArrowDown");
    await expect(rows(page).nth(1)).toBeFocused();
    await keys.press("Alt+ArrowLeft");
    await expect(page).toHaveURL(/date=2026-03-03/);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("3 Mart 2026 Salı");
    await keys.press("Alt+ArrowRight");
    await expect(page).toHaveURL(new RegExp(`date=${DAY}`));
    await expect(page.locator("[data-today] tr[data-row]:focus"), "the page listens").toHaveCount(1);
    await keys.press("?");
    await expect(page.getByRole("dialog")).toContainText("boş herkesi planlandığı gibi gir");
    await keys.press("Escape");
  });
});

test("a column is typed downwards: a row left by arrow is saved", async ({ as }) => {
  const page = await as("istanbul1");
  await page.goto("/today?date=2026-03-05");
  await expect(rows(page).first()).toBeFocused();
  await page.keyboard.type("0900");
  await page.keyboard.press("ArrowDown");
  await expect(field(page, "Ali Koç", "Giriş")).toBeFocused();
  await page.keyboard.type("0930");
  await page.keyboard.press("ArrowDown");
  await expect(words(page)).toContainText("18 kişi boş");
  const times = (await stored(page, "2026-03-05")).map((entry) => `${String(entry["employee_name"])} ${String(entry["start_time"])}`);
  expect(times.sort()).toEqual(["Adnan Yirmi 09:00", "Ali Koç 09:30"]);
});

test("the answer is lost: nothing is entered twice, and the day says what is so", async ({ as }) => {
  const page = await as("istanbul1", { serviceWorkers: "block" }); // Playwright's routes do not reach a worker
  await page.goto("/today?date=2026-03-06");
  await expect(rows(page).first()).toBeFocused();
  await page.route("**/today/batches", async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  });
  await page.keyboard.press("Enter");
  await expect(pill(page)).toHaveText("Hata (1)");
  await expect(words(page), "nobody has said that it is saved").toContainText("20 kişi boş");
  await page.unroute("**/today/batches");
  await rows(page).first().focus();
  await page.keyboard.press("Enter");
  await expect(words(page)).toHaveText(/20 \/ 20 tamam/);
  await expect(pill(page)).toHaveText("Kaydedildi");
  await expect(toast(page, "20 kişi planlandığı gibi kaydedildi.")).toBeVisible();
  expect(await stored(page, "2026-03-06")).toHaveLength(20);
});

test("a write that is given up before its answer is not said to be saved", async ({ as }) => {
  const page = await as("istanbul1", { serviceWorkers: "block" });
  await page.goto("/today?date=2026-03-11");
  await expect(rows(page).first()).toBeFocused();
  await page.route("**/today/batches", () => undefined);
  await page.keyboard.press("Enter");
  await expect(pill(page)).toHaveText("Bekliyor (1)");
  await page.locator("#today-all").dispatchEvent("htmx:abort");
  await expect(pill(page)).toHaveText("Hata (1)");
  await expect(toast(page, "Kaydedilemedi: sunucuya ulaşılamadı")).toBeVisible();
});

test("on a phone a thumb enters all, one, and an exception", async ({ as }) => {
  const page = await as("istanbul1", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await page.goto("/today?date=2026-03-09");
  await expectNoSidewaysScroll(page);
  await expect(field(page, "Adnan Yirmi", "Giriş")).toBeHidden();
  const button = row(page, "Adnan Yirmi").getByRole("button", { name: "Gir: Adnan Yirmi" });
  const box = await button.boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0), "room for a thumb").toBeGreaterThanOrEqual(44);
  await shot(page, "today-phone");
  await button.tap();
  await expect(words(page)).toContainText("19 kişi boş");

  await row(page, "Ali Koç").getByRole("rowheader").tap();
  await expectNoSidewaysScroll(page);
  await field(page, "Ali Koç", "Çıkış").fill("1900");
  await shot(page, "today-phone-open");
  await row(page, "Ali Koç")
    .getByRole("button", { name: /^Gir|^Kaydet/ })
    .tap();
  await expect(row(page, "Ali Koç")).toContainText("08:30–19:00");
  await page.getByRole("button", { name: "Hepsini planlandığı gibi gir" }).tap();
  await expect(words(page)).toHaveText(/20 \/ 20 tamam/);
  await expectNoSidewaysScroll(page);
  await shot(page, "today-phone-entered");
  await toast(page, "18 kişi").getByRole("button", { name: "Geri al" }).tap();
  await expect(words(page)).toContainText("18 kişi boş");
});

test("without scripts the rows and the button for all post, and the message takes them back", async ({ as }) => {
  const page = await as("istanbul1", { javaScriptEnabled: false });
  await page.goto("/today?date=2026-03-10");
  await field(page, "Adnan Yirmi", "Çıkış").fill("1845");
  await row(page, "Adnan Yirmi").getByRole("button", { name: /^Gir/ }).click();
  await expect(page).toHaveURL(/date=2026-03-10/);
  await expect(row(page, "Adnan Yirmi")).toContainText("Farklı");
  await field(page, "Ali Koç", "Çıkış").fill("25:00");
  await row(page, "Ali Koç").getByRole("button", { name: /^Gir/ }).click();
  await expect(field(page, "Ali Koç", "Çıkış")).toHaveAccessibleDescription(/25:00 saat değil/);
  await page.goto("/today?date=2026-03-10");
  await page.getByRole("button", { name: "Hepsini planlandığı gibi gir" }).click();
  await expect(words(page)).toHaveText(/20 \/ 20 tamam/);
  await shot(page, "today-no-script");
  await toast(page, "19 kişi").getByRole("button", { name: "Geri al" }).click();
  await expect(words(page)).toContainText("19 kişi boş");
  await row(page, "Adnan Yirmi").getByRole("button", { name: /^Sil/ }).click();
  await expect(words(page)).toContainText("20 kişi boş");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious, ${colorScheme}`, async ({ as }) => {
    const page = await as("istanbul1", { colorScheme });
    await page.goto("/today?date=2026-03-11");
    await expect(rows(page).first()).toBeFocused();
    expect.soft(await seriousFindings(page), "blank").toEqual([]);
    await page.keyboard.type("2500");
    await page.keyboard.press("Enter");
    await expect(field(page, "Adnan Yirmi", "Giriş")).toHaveAttribute("aria-invalid", "true");
    expect.soft(await seriousFindings(page), "a row that came back").toEqual([]);
    await page.goto("/today?date=2026-03-06");
    expect.soft(await seriousFindings(page), "entered").toEqual([]);
    await page.goto("/today?date=2026-10-29");
    expect.soft(await seriousFindings(page), "a holiday").toEqual([]);
  });
}

/** Presses keys, and counts every one that a person would press. */
function countKeys(page: Page): { count: number; press: (key: string) => Promise<void>; type: (text: string) => Promise<void> } {
  const keys = {
    count: 0,
    press: async (key: string): Promise<void> => {
      keys.count += 1;
      await page.keyboard.press(key);
    },
    type: async (text: string): Promise<void> => {
      keys.count += text.length;
      await page.keyboard.type(text);
    },
  };
  return keys;
}

function rows(page: Page): ReturnType<Page["locator"]> {
  return page.locator("[data-today] tr[data-row]");
}

function row(page: Page, name: string): ReturnType<Page["locator"]> {
  return rows(page).filter({ hasText: name });
}

function field(page: Page, name: string, label: string): ReturnType<Page["locator"]> {
  return page.getByLabel(`${label}: ${name}`, { exact: true });
}

function words(page: Page): ReturnType<Page["locator"]> {
  return page.locator("#today-count [role=status]");
}

/** Goes to a row by keyboard, from the top. */
async function focusRow(page: Page, name: string, keys: ReturnType<typeof countKeys>): Promise<void> {
  const place = (await page.locator("[data-today] tr[data-row] th.name").allInnerTexts()).findIndex((text) => text.startsWith(name));
  await keys.press("Home");
  for (let step = 0; step < place; step += 1) {
    await keys.press("ArrowDown");
  }
  await expect(row(page, name)).toBeFocused();
}

/** Adds the twelve as a queue of a browser would. */
/** An entry long before: a day is blank from a region's first one on. */
const FIRST = { work_date: "2026-01-02", start_time: "08:30", end_time: "17:30", break_minutes: 60, is_special: false, notes: "" };

async function addPeople(page: Page): Promise<void> {
  const { user } = (await (await page.request.get("/api/v1/ping")).json()) as { user: { id: string } };
  await page.goto(`/today?date=${DAY}`);
  const missing = MORE.slice(0, 20 - (await rows(page).count()));
  const queue = randomUUID();
  const create = (n: number, entity: string, values: Record<string, unknown>, after: string[] = []) => ({
    v: 1,
    op_id: randomUUID(),
    queue_id: queue,
    n,
    actor: user.id,
    kind: "create",
    entity,
    id: randomUUID(),
    region: "istanbul",
    fields: Object.fromEntries(Object.entries(values).map(([name, to]) => [name, { from: null, to }])),
    after,
    edited_at: new Date().toISOString(),
  });
  const people = missing.map((full_name, place) => create(place + 1, "employee", { full_name }));
  const [first] = people;
  const ops = first ? [...people, create(people.length + 1, "timesheet", { employee_id: first.id, ...FIRST }, [first.op_id])] : [];
  const answer = await page.request.post("/api/v1/ops", {
    headers: { "Content-Type": "application/json", "X-Sync-Client": "1", Origin: new URL(page.url()).origin },
    data: { ops },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** What the server has stored for a day, asked past the page. */
async function stored(page: Page, date = DAY): Promise<Record<string, unknown>[]> {
  const answer = await page.request.get(`/api/v1/timesheets?from=${date}&to=${date}`);
  return ((await answer.json()) as { items: Record<string, unknown>[] }).items;
}
