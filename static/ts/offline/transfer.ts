// The queue as a file: one operation per line, as it would be sent. For a browser that will not have a network again.

import { find, type Head } from "./people.ts";
import { type Queue, queuedOf } from "./queue.ts";
import { result } from "./store.ts";
import type { Op, QueuedOp } from "./types.ts";

/** The result of an import. */
export interface Imported {
  stored: number;
  /** Known before: waiting, or in the log. */
  known: number;
  /** Numbers of the lines that are not an operation. */
  unreadable: number[];
}

/** A line of the file. */
interface Line {
  op: Op;
  label: string;
  href: string;
  stored_at: number;
}

/** The queue as NDJSON: what waits, and what was held or rejected. With `userId`, of that person only. */
export async function exportQueue(queue: Queue, userId?: string): Promise<string> {
  const waiting = await queue.listWaiting(userId);
  const failed = userId === undefined ? [] : await queue.listFailed(userId);
  const grants = new Map<string, string | null>();
  for (const id of new Set([...waiting, ...failed].map((entry) => entry.user_id))) {
    grants.set(id, (await queue.people.find(id))?.grant ?? null);
  }
  const lines = [...failed, ...waiting].map(({ op, label, href, stored_at, user_id }): Line => {
    const grant = grants.get(user_id) ?? op.grant;
    return { op: grant == null ? op : { ...op, grant }, label, href, stored_at };
  });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Imports such a file; every operation keeps its envelope: its author, its queue and its place there. */
export async function importQueue(queue: Queue, text: string): Promise<Imported> {
  const imported: Imported = { stored: 0, known: 0, unreadable: [] };
  const lines = text.split(/\r?\n/).map((content, at) => ({ content, number: at + 1 }));
  const stored: string[] = [];
  await queue.store.write(["meta", "ops", "done"], async (tx) => {
    for (const { content, number } of lines.filter((line) => line.content.trim() !== "")) {
      const line = readLine(content);
      if (line === null) imported.unreadable.push(number);
      else if (await isKnown(tx, line.op)) imported.known += 1;
      else {
        tx.objectStore("ops").put(await queuedFrom(tx, line));
        stored.push(line.op.op_id);
      }
    }
  });
  imported.stored = stored.length;
  if (stored.length > 0) queue.announce({ type: "queued", op_ids: stored });
  return imported;
}

function readLine(content: string): Line | null {
  try {
    const { op, label, href, stored_at } = JSON.parse(content) as Partial<Line>;
    const texts = [op?.op_id, op?.queue_id, op?.actor, op?.kind, op?.entity, op?.id, op?.region, op?.edited_at];
    const isOp = op !== undefined && texts.every((part) => typeof part === "string") && Number.isSafeInteger(op.n) && op.n > 0;
    if (!isOp || typeof op.fields !== "object" || op.fields === null || !Array.isArray(op.after)) return null;
    return { op, label: String(label ?? ""), href: readHref(href), stored_at: Number.isFinite(stored_at) ? Number(stored_at) : Date.parse(op.edited_at) };
  } catch {
    return null;
  }
}

/** Accepts only an address of this site; a file may contain anything. */
function readHref(href: unknown): string {
  return typeof href === "string" && /^\/(?!\/)/.test(href) ? href : "/queue";
}

async function isKnown(tx: IDBTransaction, op: Op): Promise<boolean> {
  return (await result(tx.objectStore("done").getKey(op.op_id))) !== undefined || (await queuedOf(tx, op.op_id)) !== null;
}

/** At its own number, or after the end of the queue if the number is taken: a number used twice loses nothing. */
async function queuedFrom(tx: IDBTransaction, { op, label, href, stored_at }: Line): Promise<QueuedOp> {
  const ops = tx.objectStore("ops");
  const { queue_id, actor } = op;
  const head = await find<Head>(tx.objectStore("meta"), `head:${actor}`);
  const isOwn = head?.queue_id === queue_id;
  const isFree = (await result(ops.getKey([queue_id, op.n]))) === undefined;
  const n = isFree ? op.n : Math.max(isOwn ? head.next : 0, (await lastNumber(tx, queue_id)) + 1);
  if (isOwn && n >= head.next) tx.objectStore("meta").put({ ...head, next: n + 1 });
  const queued = { queue_id, n, user_id: actor, op: { ...op, n }, state: "waiting" as const, stored_at, tries: 1, last_error: null, label, href };
  return { ...queued, origin: "imported" };
}

async function lastNumber(tx: IDBTransaction, queueId: string): Promise<number> {
  const keys = await result(tx.objectStore("ops").getAllKeys(IDBKeyRange.bound([queueId, 0], [queueId, Infinity])));
  return (keys.at(-1) as [string, number] | undefined)?.[1] ?? 0;
}
