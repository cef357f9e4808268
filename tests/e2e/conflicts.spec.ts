// The conflict inbox: what met is shown with both values, and two clicks settle it; the keyboard does it, too.

import { type Page, expect, shot, test } from "./support/browser.ts";
import { addEmployee, enter, openList, storedEntries, toast } from "./support/puantaj.ts";
import { type Shift } from "./support/hours.ts";

const DAY: Shift = { date: "2026-01-22", start: "08:30", end: "17:30", breakMinutes: 60 };

/** Two people write the note of one entry, each without having seen the other's. */
async function meet(page: Page, name: string): Promise<{ id: string; name: string }> {
  const person = await addEmployee(page, name);
  await openList(page, person);
  const id = await enter(page, person, DAY);
  for (const [note, minutes] of [["ilk not", 2], ["ikinci not", 1]] as const) {
    const words = await page.evaluate(change, { id, note, minutes });
    expect(words, note).toEqual([note === "ilk not" ? "applied" : "merged"]);
  }
  return person;
}

async function change({ id, note, minutes }: { id: string; note: string; minutes: number }): Promise<string[]> {
  const ping = await (await fetch("/api/v1/ping")).json();
  const op = {
    v: 1, op_id: crypto.randomUUID(), queue_id: crypto.randomUUID(), n: 1, actor: ping.user.id, kind: "update", entity: "timesheet", id,
    region: ping.user.regions[0], base_version: 1, fields: { notes: { from: "", to: note } }, after: [],
    edited_at: new Date(Date.now() - 60_000 + minutes * 10_000).toISOString(), offset_ms: 0,
  };
  const headers = { "Content-Type": "application/json", "X-Sync-Client": "1" };
  const answer = await fetch("/api/v1/ops", { method: "POST", headers, body: JSON.stringify({ nonce: 1, ops: [op] }) });
  return (await answer.json()).results.map((verdict: { verdict: string }) => verdict.verdict);
}

test("two clicks settle a conflict: the page, and the value to be used", async ({ as }) => {
  const page = await as("izmir1");
  const person = await meet(page, "Çakışan Kayıt");
  await page.reload();
  await expect(page.locator("#badge-conflicts")).toContainText(/[1-9]/);
  await page.getByRole("link", { name: /^Çakışmalar/ }).click();
  const conflict = page.getByRole("form", { name: new RegExp(`Not.*${person.name}`) });
  await expect(conflict).toContainText("ilk not");
  await shot(page, "conflicts");
  await conflict.getByRole("button", { name: /Bunu kullan: ikinci not/ }).click();
  await expect(toast(page, "Öteki değer yerine kondu")).toBeVisible();
  await expect(conflict).toHaveCount(0);
  expect(await storedEntries(page, person)).toMatchObject([{ notes: "ikinci not" }]);
  await page.goto("/conflicts?state=settled");
  await expect(conflict).toContainText("izmir1 ötekini yerine koydu");
});

test("the keyboard goes from conflict to conflict, chooses and decides", async ({ as }) => {
  const page = await as("izmir1", { viewport: { width: 390, height: 844 } });
  const person = await meet(page, "Klavye Kararı");
  await page.goto("/conflicts");
  const conflict = page.getByRole("form", { name: new RegExp(`Not.*${person.name}`) });
  await page.keyboard.press("ArrowDown");
  await expect(conflict.locator("[data-choice='1']")).toBeFocused();
  await shot(page, "conflicts-phone");
  await page.keyboard.press("2");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await expect(toast(page, "Geçerli değer onaylandı")).toBeVisible();
  expect(await storedEntries(page, person)).toMatchObject([{ notes: "ilk not" }]);
});

test("what was refused out of a queue is shown with its sentence, and can be marked as seen", async ({ as }) => {
  const page = await as("izmir1");
  await page.goto("/employees");
  await page.evaluate(refuse);
  await page.goto("/queue");
  const item = page.locator(".held").filter({ hasText: "Reddedildi" }).first();
  await expect(item.locator(".held-errors")).toContainText("Ad soyad");
  await shot(page, "queue");
  await item.getByRole("button", { name: /^Gördüm/ }).click();
  await expect(toast(page, "Görüldü olarak işaretlendi")).toBeVisible();
  await expect(page.locator(".held")).toHaveCount(0);
});

async function refuse(): Promise<void> {
  const ping = await (await fetch("/api/v1/ping")).json();
  const op = {
    v: 1, op_id: crypto.randomUUID(), queue_id: crypto.randomUUID(), n: 1, actor: ping.user.id, kind: "create", entity: "employee",
    id: crypto.randomUUID(), region: ping.user.regions[0], base_version: null, fields: { full_name: { from: null, to: "" }, title: { from: null, to: "Usta" } },
    after: [], edited_at: new Date().toISOString(), offset_ms: 0,
  };
  const headers = { "Content-Type": "application/json", "X-Sync-Client": "1" };
  await fetch("/api/v1/ops", { method: "POST", headers, body: JSON.stringify({ nonce: 1, ops: [op] }) });
}
