// axe-core finds nothing serious or critical, in light and in dark.

import { seriousFindings } from "./support/axe.ts";
import { type Page, expect, test } from "./support/browser.ts";
import { RECENT, daysAgo } from "./support/puantaj.ts";

test.describe.configure({ timeout: 180_000 }); // each test looks through many pages

/** One person's rows: the other rows look the same. */
const FEW_ROWS = `/timesheets?q=hasan&${RECENT}`;

interface Visit {
  name: string;
  open: (page: Page) => Promise<unknown>;
}

const VISITS: Visit[] = [
  { name: "timesheets", open: (page) => page.goto(FEW_ROWS) },
  {
    name: "timesheets, a wrong entry and a row under correction",
    open: async (page) => {
      await page.goto(FEW_ROWS);
      await page.locator("#entry").getByRole("button", { name: "Kaydet" }).click();
      await expect(page.locator("#entry [aria-invalid=true]")).toHaveCount(1);
      await page
        .getByRole("link", { name: /^Düzelt/ })
        .first()
        .click();
      await expect(page.getByRole("form", { name: /kaydı düzelt/ })).toBeVisible();
    },
  },
  {
    name: "the month, with an open day",
    open: async (page) => {
      await page.goto("/timesheets/month");
      await page.locator("tr[data-employee] td > a").first().click();
      await expect(page.locator("#day-editor form").first()).toBeVisible();
    },
  },
  {
    name: "a person",
    open: async (page) => {
      await page.goto(`/timesheets/month?month=${daysAgo(10).slice(0, 7)}`);
      await page.locator("tr[data-employee] th a").first().click();
      await page.locator("details.total summary").first().click();
    },
  },
  { name: "employees", open: (page) => page.goto("/employees") },
  { name: "a new employee", open: (page) => page.goto("/employees/new") },
  { name: "shift templates", open: (page) => page.goto("/shift-templates") },
  { name: "activity", open: (page) => page.goto("/activity") },
  { name: "activity, filtered to nothing and with a wrong date", open: (page) => page.goto("/activity?actor=nobody&from=x") },
  { name: "conflicts", open: (page) => page.goto("/conflicts") },
  { name: "settled conflicts", open: (page) => page.goto("/conflicts?state=settled") },
  { name: "sync", open: (page) => page.goto("/queue?state=settled") },
  { name: "API keys", open: (page) => page.goto("/account/tokens") },
  {
    name: "the person's menu",
    open: async (page) => {
      await page.goto("/activity");
      await page.locator(".user-menu summary").click();
      await expect(page.locator(".user-menu-body")).toBeVisible();
    },
  },
];

const ADMIN_VISITS: Visit[] = [
  { name: "users", open: (page) => page.goto("/admin/users") },
  { name: "a new user", open: (page) => page.goto("/admin/users/new") },
  {
    name: "an account, with a wrong password",
    open: async (page) => {
      await page.goto("/admin/users");
      await page.getByRole("link", { name: "bursa1" }).click();
      await page.getByLabel("Geçici parola", { exact: true }).fill("kisa");
      await page.getByRole("button", { name: "Geçici parola ver" }).click();
      await expect(page.locator("[aria-invalid=true]")).toHaveCount(1);
    },
  },
  { name: "one's own account", open: (page) => page.goto("/account") },
  { name: "regions", open: (page) => page.goto("/admin/regions") },
  { name: "settings", open: (page) => page.goto("/admin/settings") },
  { name: "settings of a region", open: (page) => page.goto("/admin/settings/izmir") },
  { name: "calendar", open: (page) => page.goto("/admin/calendar?year=2026") },
  { name: "a new day", open: (page) => page.goto("/admin/calendar/new") },
];

for (const colorScheme of ["light", "dark"] as const) {
  test(`nothing serious on the sign-in page, ${colorScheme}`, async ({ visit }) => {
    const page = await visit({ colorScheme });
    await page.goto("/login");
    expect(await seriousFindings(page)).toEqual([]);
  });

  test(`nothing serious on the pages behind it, ${colorScheme}`, async ({ as }) => {
    const page = await as("izmir1", { colorScheme });
    for (const { name, open } of VISITS) {
      await open(page);
      await expect(page.locator("html")).toHaveAttribute("data-bs-theme", colorScheme);
      expect.soft(await seriousFindings(page), name).toEqual([]);
    }
  });

  test(`nothing serious on the pages of the administration, ${colorScheme}`, async ({ as }) => {
    const page = await as("admin", { colorScheme });
    for (const { name, open } of ADMIN_VISITS) {
      await open(page);
      expect.soft(await seriousFindings(page), name).toEqual([]);
    }
  });
}
