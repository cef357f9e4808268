// The `test` of every spec: `as("ankara1")` is a page of somebody who is signed in, and every page is watched.

import { type BrowserContextOptions, type BrowserContext, type Page, test as plain, expect } from "@playwright/test";
import { fileURLToPath } from "node:url";

import { ownServer } from "../server.ts";

export { expect };
export type { Page };

/** The demo's password, which its sign-in page shows. */
export const PASSWORD = "rainstaff-demo";

type Account = "ankara1" | "istanbul1" | "bursa1" | "izmir1" | "admin";
type Session = Awaited<ReturnType<BrowserContext["storageState"]>>;

interface Fixtures {
  /** A browser of its own, watched. */
  visit: (options?: BrowserContextOptions) => Promise<Page>;
  /** The same, signed in. */
  as: (account: Account, options?: BrowserContextOptions) => Promise<Page>;
  /** What the consoles of this test's pages have complained about. */
  complaints: string[];
}

interface WorkerFixtures {
  sessions: Map<Account, Session>;
}

export const test = plain.extend<Fixtures, WorkerFixtures>({
  baseURL: async ({}, use) => use(ownServer()),
  sessions: [async ({}, use) => use(new Map()), { scope: "worker" }],
  complaints: async ({}, use) => use([]),

  visit: async ({ browser, baseURL, complaints }, use) => {
    const grave: string[] = [];
    const contexts: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ baseURL: baseURL ?? "", ...options });
      contexts.push(context);
      watch(context, new URL(options.baseURL ?? baseURL ?? "").origin, complaints, grave);
      return context.newPage();
    });
    for (const context of contexts) {
      await context.close();
    }
    expect(grave, "requests to other hosts, violations of the content policy, uncaught errors").toEqual([]);
  },

  as: async ({ visit, sessions }, use) => {
    await use(async (account, options = {}) => {
      const known = sessions.get(account);
      const page = await visit(known ? { storageState: known, ...options } : options);
      if (!known) {
        await page.goto("/login");
        await signIn(page, account);
        sessions.set(account, await page.context().storageState());
      }
      return page;
    });
  },
});

/** Fills the sign-in page that is shown. */
export async function signIn(page: Page, account: Account): Promise<void> {
  await page.getByLabel("Kullanıcı adı").fill(account);
  await page.getByLabel("Parola").fill(PASSWORD);
  await page.getByRole("button", { name: "Oturum aç" }).click();
  await expect(page, "a clerk's day, or an admin's first page").toHaveURL(/\/(timesheets|dashboard)?$/);
}

/** Shows the pages in the other language from now on, also in the account's other browsers. */
export async function speak(page: Page, language: "Türkçe" | "English"): Promise<void> {
  await page.locator(".user-menu summary").click();
  await page.locator(".preferences").getByRole("button", { name: language }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", language === "English" ? "en" : "tr");
}

/** Keeps a picture in tests/e2e/shots. Nothing is added to the page for it: the content policy would refuse a style. */
export async function shot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: fileURLToPath(new URL(`../shots/${name}.png`, import.meta.url)), caret: "initial" });
}

/** The page itself does not scroll sideways; a table in its box may. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(widths[0], "the page is not wider than the screen").toBe(widths[1]);
}

function watch(context: BrowserContext, origin: string, complaints: string[], grave: string[]): void {
  context.on("request", (request) => {
    if (!request.url().startsWith("data:") && new URL(request.url()).origin !== origin) {
      grave.push(`request to ${request.url()}`);
    }
  });
  context.on("weberror", (error) => grave.push(`uncaught: ${error.error().message}`));
  context.on("console", (message) => {
    const isOfTheTest = message.text() === "Service Worker registration blocked by Playwright";
    if ((message.type() === "error" || message.type() === "warning") && !isOfTheTest) {
      const complaint = `${message.type()}: ${message.text()} (${message.location().url})`;
      (/Content Security Policy/i.test(complaint) ? grave : complaints).push(complaint);
    }
  });
}
