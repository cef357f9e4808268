// A clerk whose network can be cut: a browser of their own behind a proxy of their own.

import { type BrowserContext, type BrowserContextOptions, type Locator, type Page, expect } from "@playwright/test";

import { test as watched, signIn } from "./browser.ts";
import { FaultyProxy } from "./proxy.ts";
import { entryForm, fillEntry, pill, save } from "./puantaj.ts";

export interface Clerk {
  page: Page;
  context: BrowserContext;
  proxy: FaultyProxy;
}

type Account = Parameters<typeof signIn>[1];

type Prepare = (clerk: Clerk) => Promise<unknown>;

interface Fixtures {
  /** `clerk("ankara1")` is signed in, the worker serves the page, and everything is warmed. */
  clerk: (account: Account, options?: BrowserContextOptions, prepare?: Prepare) => Promise<Clerk>;
  network: () => Promise<FaultyProxy>;
}

export const test = watched.extend<Fixtures>({
  network: async ({ baseURL }, use) => {
    const proxies: FaultyProxy[] = [];
    await use(async () => {
      const proxy = new FaultyProxy(new URL(baseURL ?? ""));
      await proxy.up();
      proxies.push(proxy);
      return proxy;
    });
    for (const proxy of proxies) {
      await proxy.down();
    }
  },
  clerk: async ({ browser, network }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (account, options = {}, prepare = async () => undefined) => {
      const proxy = await network();
      const context = await browser.newContext({ baseURL: proxy.url, ...options });
      contexts.push(context);
      const clerk = { page: await context.newPage(), context, proxy };
      await prepare(clerk);
      await enter(clerk.page, account);
      return clerk;
    });
    for (const context of contexts) {
      await context.close();
    }
  },
});

/** Signs in and waits until the page says that it works offline. */
export async function enter(page: Page, account: Account): Promise<void> {
  await page.goto("/login");
  await signIn(page, account);
  await ready(page);
}

export async function ready(page: Page): Promise<void> {
  await expect(page.locator("#works-offline"), "warmed").toBeVisible({ timeout: 45_000 });
}

export function strip(page: Page, name: string): Locator {
  return page.locator(`#strip-${name}`);
}

/** What the server has of a day, asked past the worker and past the page. */
export async function entriesOn(page: Page, from: string, to = from): Promise<Record<string, unknown>[]> {
  const answer = await page.request.get(`/api/v1/timesheets?from=${from}&to=${to}&limit=500`);
  expect(answer.ok()).toBe(true);
  return ((await answer.json()) as { items: Record<string, unknown>[] }).items;
}

interface Kept {
  n: number;
  last_error?: string | null;
  op: { op_id: string; id: string; kind: string; edited_at: string; offset_ms: number };
}

/** The operations this browser holds, waiting or done. */
export async function queueOf(page: Page, store: "ops" | "done" = "ops"): Promise<Kept[]> {
  return page.evaluate(
    (name) =>
      new Promise((resolve, reject) => {
        const open = indexedDB.open("rainstaff");
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          const all = open.result.transaction(name).objectStore(name).getAll();
          all.onsuccess = () => {
            open.result.close();
            resolve(all.result);
          };
        };
      }),
    store,
  );
}

/** What was entered here and waits: rows of the list's table, or lines of their own where the list has no row and so no table. */
export async function newRows(page: Page): Promise<Locator> {
  const hasTable = (await page.locator("#timesheet-list table").count()) > 0;
  return page.locator(hasTable ? "#timesheet-list tr.pending.is-new" : "#timesheet-list .pending-alone");
}

export const TIMES = { start: "08:30", end: "17:30", breakMinutes: 60 };

/** Enters a day, and waits until the form is free for the next one. */
export async function enterDay(page: Page, date: string, notes: string, person: number | string = 1): Promise<void> {
  await tryDay(page, date, notes, person);
  await expect(entryForm(page).getByLabel("Not"), "the form has begun the next entry").toHaveValue("", { timeout: 20_000 });
}

/** Types an entry of the first person in the list and saves it. */
export async function tryDay(page: Page, date: string, notes: string, person: number | string = 1): Promise<void> {
  const form = entryForm(page);
  await form.getByLabel("Çalışan").selectOption(typeof person === "number" ? { index: person } : person);
  await fillEntry(form, null, { date, ...TIMES, notes });
  await save(form);
}

/** The browser hears that it is online, and everything is sent. */
export async function healed(page: Page): Promise<void> {
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(pill(page)).toHaveText("Kaydedildi", { timeout: 45_000 });
}
