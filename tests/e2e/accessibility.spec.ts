// axe-core finds nothing serious or critical, in light and in dark.

import axe from "axe-core";

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
      await page.goto("/timesheets/month");
      await page.locator("tr[data-employee] th a").first().click();
      await page.locator("details.total summary").first().click();
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

async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe: inPage } = window as unknown as { axe: typeof axe };
    return (await inPage.run({ resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })).violations;
  });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`));
}
