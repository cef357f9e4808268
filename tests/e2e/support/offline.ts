// A clerk whose network can be cut: a browser of their own behind a proxy of their own.

import { type BrowserContext, type Locator, type Page, expect } from "@playwright/test";

import { test as watched, signIn } from "./browser.ts";
import { Proxy } from "./proxy.ts";

export interface Clerk {
  page: Page;
  context: BrowserContext;
  proxy: Proxy;
}

type Account = Parameters<typeof signIn>[1];

/** `clerk("ankara1")` is signed in, the worker serves the page, and everything is warmed. */
export const test = watched.extend<{ clerk: (account: Account) => Promise<Clerk>; network: () => Promise<Proxy> }>({
  network: async ({ baseURL }, use) => {
    const proxies: Proxy[] = [];
    await use(async () => {
      const proxy = new Proxy(new URL(baseURL ?? ""));
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
    await use(async (account) => {
      const proxy = await network();
      const context = await browser.newContext({ baseURL: proxy.url });
      contexts.push(context);
      const page = await context.newPage();
      await enter(page, account);
      return { page, context, proxy };
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

/** The operations this browser holds, waiting or done. */
export async function queueOf(page: Page, store: "ops" | "done" = "ops"): Promise<{ n: number; op: { op_id: string; kind: string } }[]> {
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
