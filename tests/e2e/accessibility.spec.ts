// axe-core finds nothing serious or critical, in light and in dark.

import { seriousFindings } from "./support/axe.ts";
import { type Page, expect, test } from "./support/browser.ts";

/** One person's rows: the other rows look the same. */
const FEW_ROWS = "/timesheets?q=hasan";

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
      await page.getByRole("link", { name: /^Düzelt/ }).first().click();
      await expect(page.getByRole("form", { name: /kaydı düzelt/ })).toBeVisible();
    },
  },
  { name: "employees", open: (page) => page.goto("/employees") },
  { name: "a new employee", open: (page) => page.goto("/employees/new") },
  { name: "shift templates", open: (page) => page.goto("/shift-templates") },
  { name: "activity", open: (page) => page.goto("/activity") },
  {
    name: "the person's menu",
    open: async (page) => {
      await page.goto("/activity");
      await page.locator(".user-menu summary").click();
      await expect(page.locator(".user-menu-body")).toBeVisible();
    },
  },
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
}
