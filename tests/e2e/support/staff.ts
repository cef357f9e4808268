// Regions with as many people and entries as a test wants; rows come as out of a queue.

import { expect, type Page } from "@playwright/test";

/** Such as nobody forgets: long, with every Turkish letter, or in one piece. */
const NAMES = [
  "Abdurrahman Muhammed Çağlayangilzadeoğlu Karamanlıoğulları",
  "Ayşe Yılmaz",
  "Şükrü Işık",
  "Gülbahar Nursultan Hacıömeroğlu",
  "İğdemöğündürülmüşoğullarındanmışçasına Öz",
  "Ali Koç",
];

/** Days of a month that are worked here: five or six of a week. */
const WORKED = Array.from({ length: 31 }, (_, n) => n + 1).filter((day) => day % 7 !== 4);

type Values = Record<string, unknown>;

/** A row as it is sent; `was` are the values that a change of its first version saw. */
interface Row {
  id: string;
  values: Values;
  was?: Values;
}

export interface Staff {
  page: Page;
  user: { id: string };
  sent: number;
}

/** Somebody who may write in all regions: an admin's page. */
export async function staffOf(page: Page): Promise<Staff> {
  const { user } = (await (await page.request.get("/api/v1/ping")).json()) as { user: { id: string } };
  return { page, user, sent: 0 };
}

/** What a person's name ends in: it is found again wherever the name is printed. */
export function markOf(number: number): string {
  return `K${String(number).padStart(3, "0")}`;
}

/** A new region. */
export async function addRegion({ page }: Staff, name: string, code: string): Promise<void> {
  await page.goto("/admin/regions");
  await page.getByLabel("Bölge", { exact: true }).fill(name);
  await page.getByLabel("Kod", { exact: true }).fill(code);
  await page.getByRole("button", { name: "Bölge ekle" }).click();
  await expect(page.locator("[data-toast]")).toContainText(`${name} bölgesi eklendi.`);
}

/** So many people; answers their ids. */
export async function addStaff(staff: Staff, region: string, count: number): Promise<string[]> {
  const people = Array.from({ length: count }, (_, n) => ({
    id: crypto.randomUUID(),
    values: { full_name: `${NAMES[n % NAMES.length]} ${markOf(n + 1)}`, department: "Saha", title: "Teknisyen", hire_date: "2025-01-01", is_active: true },
  }));
  await send(staff, region, "employee", people);
  return people.map(({ id }) => id);
}

/** A month of entries for each: long days, nights, special days, two entries on some days. `month` is `2026-01`. */
export async function addEntries(staff: Staff, region: string, people: string[], month: string): Promise<void> {
  const entry = (employee_id: string, day: number, start_time: string, end_time: string, more: Values = {}): { id: string; values: Values } => ({
    id: crypto.randomUUID(),
    values: { employee_id, work_date: `${month}-${String(day).padStart(2, "0")}`, start_time, end_time, break_minutes: 15, is_special: false, notes: "", ...more },
  });
  const rows = people.flatMap((person, place) =>
    WORKED.flatMap((day) => {
      if (place % 5 === 3) return [entry(person, day, "18:00", "06:45", { notes: "gece nöbeti" })];
      if (place % 5 === 4 && day % 9 === 0) return [entry(person, day, "08:00", "12:30"), entry(person, day, "13:15", "23:30", { is_special: true })];
      return [entry(person, day, "08:00", "22:00", { is_special: day === 1 })];
    }),
  );
  await send(staff, region, "timesheet", rows);
}

/** An entry of the fourth of a month whose note two people have changed, each without having seen the other's; answers its id. */
export async function addConflict(staff: Staff, region: string, employee_id: string, month: string): Promise<string> {
  const id = crypto.randomUUID();
  const values = { employee_id, work_date: `${month}-04`, start_time: "08:00", end_time: "17:00", break_minutes: 60, is_special: false, notes: "" };
  await send(staff, region, "timesheet", [{ id, values }]);
  await send(staff, region, "timesheet", [{ id, values: { notes: "ilk not" }, was: { notes: "" } }]);
  await send(staff, region, "timesheet", [{ id, values: { notes: "ikinci not" }, was: { notes: "" } }], "merged");
  return id;
}

/** Somebody without a name: refused, and kept for Senkron. */
export async function addRefused(staff: Staff, region: string): Promise<void> {
  await send(staff, region, "employee", [{ id: crypto.randomUUID(), values: { full_name: "", title: "Usta" } }], "rejected");
}

async function send(staff: Staff, region: string, entity: string, rows: Row[], wanted = "applied"): Promise<void> {
  const headers = { "Content-Type": "application/json", "X-Sync-Client": "tests", "Sec-Fetch-Site": "same-origin" };
  const rest = { grant: null, app: null, name: null, args: null, after: [], offset_ms: 0 };
  const queue_id = crypto.randomUUID();
  for (let from = 0; from < rows.length; from += 100) {
    const ops = rows.slice(from, from + 100).map(({ id, values, was }) => {
      const fields = Object.fromEntries(Object.entries(values).map(([name, to]) => [name, { from: was?.[name] ?? null, to }]));
      const kind = was ? "update" : "create";
      staff.sent += 1;
      return {
        v: 1,
        op_id: crypto.randomUUID(),
        queue_id,
        n: staff.sent,
        actor: staff.user.id,
        kind,
        base_version: was ? 1 : null,
        entity,
        id,
        region,
        fields,
        edited_at: "2026-02-01T08:00:00Z",
        ...rest,
      };
    });
    const answer = await staff.page.request.post("/api/v1/ops", { headers, data: { nonce: 1, ops } });
    expect(answer.ok(), await answer.text()).toBe(true);
    const { results } = (await answer.json()) as { results: { verdict: string }[] };
    expect(
      results.filter(({ verdict }) => verdict !== wanted),
      `all are ${wanted}`,
    ).toEqual([]);
  }
}
