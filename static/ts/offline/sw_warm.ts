// The warm-up: after sign-in, fetches the pages that a clerk works with, one at a time, so that they also open without
// a network (SYNC 3.13), and the rows that local checks compare with.

import { dayAfter, dayAt, monthAfter } from "../istanbul.ts";
import { isFromAgent, keep, prune, recollect, remember } from "./page_cache.ts";
import type { Queue } from "./queue.ts";
import type { ServerRow } from "./mirror.ts";
import type { Person } from "./types.ts";

const HOURS_6 = 6 * 3_600_000;
/** Days of Bugün after today: after a long holiday without a network, the browser still has the page of the day. */
const DAYS_AHEAD = 10;
/** Days of Bugün before today, also across the first of a month. */
const DAYS_BACK = 3;
const PAGES = ["/timesheets", "/timesheets/month", "/employees", "/employees/new", "/shift-templates", "/shift-templates/new", "/queue", "/conflicts"];

export interface Warmth {
  user: string;
  day: string;
  build: string;
  /** The epoch of the server's data that the rows belong to. */
  epoch: string | null;
  at: number;
  requests: number;
  bytes: number;
  ms: number;
}

let isWarming = false;

/**
 * Warms up if due: after sign-in, on a new day, with a new build, when the epoch of the server's data has changed, and
 * every six hours. Ends if its reader has left (`isTheirs`).
 */
export async function warmUp(queue: Queue, person: Person, build: string, isTheirs: () => boolean): Promise<void> {
  const day = dayAt(queue.now() - person.offset_ms);
  const last = await recollect<Warmth>("warmth");
  const epoch = await queue.people.setting<string>("feed_epoch");
  const isFresh = last?.user === person.user_id && last.day === day && last.build === build && last.epoch === epoch && queue.now() - last.at < HOURS_6;
  if (isWarming || isFresh) {
    return;
  }
  isWarming = true;
  try {
    const started = queue.now();
    const cost = { requests: 0, bytes: 0 };
    for (const address of pagesOf(person, day)) {
      const response = await fetch(address, { credentials: "same-origin", headers: { "X-Warm-Up": "1" }, priority: "low" } as RequestInit);
      cost.requests += 1;
      if (isFromAgent(response)) {
        return; // the server is unreachable: there is no page of its own to keep
      }
      if (!response.ok) {
        continue;
      }
      if (response.headers.get("X-User") !== person.user_id || !isTheirs()) {
        return; // signed out, or another person by now
      }
      cost.bytes += (await response.clone().blob()).size;
      await keep(new URL(address, globalThis.location.href).href, response, Date.now(), isTheirs);
    }
    await mirrorRows(queue, person, day, cost);
    await prune(person.user_id);
    if (isTheirs()) {
      await remember("warmth", { user: person.user_id, day, build, epoch, at: queue.now(), ms: queue.now() - started, ...cost } satisfies Warmth);
    }
  } catch {
    // the network failed: the next page tries again
  } finally {
    isWarming = false;
  }
}

function pagesOf({ regions }: Person, day: string): string[] {
  const nextMonth = `/timesheets/month?month=${monthAfter(day)}`;
  if (regions.length !== 1) {
    return ["/", "/today", ...PAGES, nextMonth];
  }
  const back = Math.max(Number(day.slice(8)) - 1, DAYS_BACK);
  const days = Array.from({ length: back + 1 + DAYS_AHEAD }, (_, at) => dayAfter(day, at - back)); // the next ones first, and then backwards
  const inOrder = [...days.slice(back), ...days.slice(0, back).reverse()];
  return ["/", "/today", ...PAGES, nextMonth, ...inOrder.map((date) => `/today?date=${date}`)];
}

async function mirrorRows(queue: Queue, { user_id }: Person, day: string, cost: { requests: number; bytes: number }): Promise<void> {
  const from = [`${day.slice(0, 8)}01`, dayAfter(day, -DAYS_BACK)].sort()[0] ?? day;
  const month = `from=${from}&to=${dayAfter(day, DAYS_AHEAD)}`;
  for (const [entity, start] of [
    ["employee", "/api/v1/employees?limit=500"],
    ["timesheet", `/api/v1/timesheets?${month}&limit=500`],
  ] as const) {
    let isFirst = true;
    for (let address: string | null = start; address !== null; ) {
      const response = await fetch(address, { credentials: "same-origin" });
      const text: string = await response.text();
      cost.requests += 1;
      cost.bytes += text.length;
      if (!response.ok) {
        throw new Error(`${address}: ${response.status}`);
      }
      const page = JSON.parse(text) as { items: ServerRow[]; next: string | null };
      if (isFirst) {
        await queue.mirror.clear(user_id, entity); // only once there are rows to replace the old ones
        isFirst = false;
      }
      await queue.mirror.putAll(user_id, entity, page.items);
      address = page.next;
    }
  }
}
