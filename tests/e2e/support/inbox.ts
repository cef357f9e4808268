// What waits for a decision: conflicts, and what was refused out of a queue.

import { type Page, expect } from "./browser.ts";
import type { Shift } from "./hours.ts";
import { type Person, addEmployee, enter, openList } from "./puantaj.ts";

const DAY: Shift = { date: "2026-01-22", start: "08:30", end: "17:30", breakMinutes: 60 };

/** Two people write the note of one entry, each without having seen the other's. */
export async function meet(page: Page, name: string): Promise<Person> {
  const person = await addEmployee(page, name);
  await openList(page, person);
  const id = await enter(page, person, DAY);
  for (const [note, minutes] of [
    ["ilk not", 2],
    ["ikinci not", 1],
  ] as const) {
    const words = await page.evaluate(change, { id, note, minutes });
    expect(words, note).toEqual([note === "ilk not" ? "applied" : "merged"]);
  }
  return person;
}

async function change({ id, note, minutes }: { id: string; note: string; minutes: number }): Promise<string[]> {
  const ping = await (await fetch("/api/v1/ping")).json();
  const op = {
    v: 1,
    op_id: crypto.randomUUID(),
    queue_id: crypto.randomUUID(),
    n: 1,
    actor: ping.user.id,
    kind: "update",
    entity: "timesheet",
    id,
    region: ping.user.regions[0],
    base_version: 1,
    fields: { notes: { from: "", to: note } },
    after: [],
    edited_at: new Date(Date.now() - 60_000 + minutes * 10_000).toISOString(),
    offset_ms: 0,
  };
  const headers = { "Content-Type": "application/json", "X-Sync-Client": "1" };
  const answer = await fetch("/api/v1/ops", { method: "POST", headers, body: JSON.stringify({ nonce: 1, ops: [op] }) });
  return (await answer.json()).results.map((verdict: { verdict: string }) => verdict.verdict);
}

/** Somebody without a name comes out of a queue, and is refused. The page is one of Rainstaff's. */
export async function refuse(page: Page): Promise<void> {
  await page.evaluate(sendNameless);
}

async function sendNameless(): Promise<void> {
  const ping = await (await fetch("/api/v1/ping")).json();
  const op = {
    v: 1,
    op_id: crypto.randomUUID(),
    queue_id: crypto.randomUUID(),
    n: 1,
    actor: ping.user.id,
    kind: "create",
    entity: "employee",
    id: crypto.randomUUID(),
    region: ping.user.regions[0],
    base_version: null,
    fields: { full_name: { from: null, to: "" }, title: { from: null, to: "Usta" } },
    after: [],
    edited_at: new Date().toISOString(),
    offset_ms: 0,
  };
  const headers = { "Content-Type": "application/json", "X-Sync-Client": "1" };
  await fetch("/api/v1/ops", { method: "POST", headers, body: JSON.stringify({ nonce: 1, ops: [op] }) });
}
