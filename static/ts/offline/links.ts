// How operations of one queue depend on each other, and what an operation means.

import { sameValue } from "./form_codec.ts";
import { result } from "./store.ts";
import type { DoneOp, Draft, Entered, Entity, Fields, Op, QueuedOp } from "./types.ts";

/** Which field of an entity refers to a row of another entity. */
const REFERENCES: Record<Entity, [field: string, entity: Entity] | null> = {
  employee: ["shift_template_id", "shift_template"],
  shift_template: null,
  timesheet: ["employee_id", "employee"],
};

/** A place in a queue. */
export interface Place {
  user_id: string;
  queue_id: string;
  n: number;
}

/**
 * The operations that have to be applied before the one in `place`: the last one of the queue on its row, and the last
 * one on the row it refers to, unless they are applied already.
 */
export async function wantedAfter(tx: IDBTransaction, place: Place, draft: Draft): Promise<string[]> {
  const own = await lastOn(tx, place, draft.entity, draft.id);
  const reference = REFERENCES[draft.entity];
  const target = reference ? draft.fields[reference[0]]?.to : null;
  const other = reference && typeof target === "string" ? await lastOn(tx, place, reference[1], target) : null;
  // A new attempt to create a row does not wait for the refused attempt.
  const isNewAttempt = draft.kind === "create" && own?.refused === true;
  const wanted = [isNewAttempt ? null : own, other].filter((last) => last !== null);
  return [...new Set(wanted.map((last) => last.op_id))];
}

async function lastOn(tx: IDBTransaction, place: Place, entity: Entity, id: string): Promise<{ op_id: string; refused: boolean } | null> {
  const key = [place.user_id, entity, id];
  const isBefore = (entry: QueuedOp | DoneOp): boolean => entry.queue_id === place.queue_id && entry.n < place.n;
  const waiting = ((await result(tx.objectStore("ops").index("row").getAll(key))) as QueuedOp[]).filter(isBefore);
  const finished = ((await result(tx.objectStore("done").index("row").getAll(key))) as DoneOp[]).filter((done) => isBefore(done) && !done.discarded);
  const last = [...waiting, ...finished].reduce<QueuedOp | DoneOp | null>((a, b) => (a !== null && a.n > b.n ? a : b), null);
  const verdict = last && "verdict" in last ? last.verdict?.verdict : null;
  if (!last || verdict === "applied" || verdict === "merged") return null;
  return { op_id: last.op.op_id, refused: verdict === "rejected" };
}

/** What waited for `gone` now waits for `instead`. Only operations that were never sent are changed. */
export async function repointAfter(tx: IDBTransaction, queueId: string, gone: string, instead: string[]): Promise<void> {
  const ops = tx.objectStore("ops");
  const queue = (await result(ops.getAll(IDBKeyRange.bound([queueId, 0], [queueId, Infinity])))) as QueuedOp[];
  for (const queued of queue.filter(({ op, tries }) => tries === 0 && op.after.includes(gone))) {
    const after = [...new Set(queued.op.after.flatMap((id) => (id === gone ? instead : [id])))].filter((id) => id !== queued.op.op_id);
    ops.put({ ...queued, op: { ...queued.op, after } });
  }
}

/**
 * The author of later changes of the row saw the result of `gone` when entering them. Without `gone`, they saw what
 * `gone` was based on, or what now stands `instead` of it. Only operations that were never sent are changed.
 */
export async function rebaseLater(tx: IDBTransaction, gone: QueuedOp, instead: Fields): Promise<void> {
  const ops = tx.objectStore("ops");
  const { entity, id, fields } = gone.op;
  const onRow = (await result(ops.index("row").getAll([gone.user_id, entity, id]))) as QueuedOp[];
  const later = onRow.filter(({ queue_id, n, tries }) => queue_id === gone.queue_id && n > gone.n && tries === 0).sort((a, b) => a.n - b.n);
  for (const [name, change] of Object.entries(fields)) {
    const next = later.find(({ op }) => name in op.fields);
    const seen = next?.op.fields[name];
    if (!next || !seen || !sameValue(seen.from, change.to)) continue;
    next.op = { ...next.op, fields: { ...next.op.fields, [name]: { from: instead[name]?.to ?? change.from, to: seen.to } } };
    ops.put(next);
  }
}

/**
 * A correction of an operation that is under way: it follows that operation, and changes its values into the ones
 * wanted now.
 */
export function following(draft: Draft, before: Op): Draft {
  const wanted = Object.entries(draft.fields).map(([name, { from, to }]) => [name, { from: before.fields[name]?.to ?? from, to }] as const);
  const taken = before.kind === "update" ? Object.entries(before.fields).filter(([name]) => !(name in draft.fields)) : [];
  const back = taken.map(([name, { from, to }]) => [name, { from: to, to: from }] as const);
  const fields = Object.fromEntries([...wanted, ...back].filter(([, { from, to }]) => !sameValue(from, to)));
  return { ...draft, kind: draft.kind === "create" ? "update" : draft.kind, fields };
}

/** The content of an operation as text, equal for a repeat. Made of the same parts as the server's fingerprint. */
export function contentOf(op: Pick<Op, "kind" | "entity" | "id" | "region" | "base_version" | "fields" | "actor">): string {
  const fields = Object.keys(op.fields)
    .sort()
    .map((name) => [name, op.fields[name]?.from ?? null, op.fields[name]?.to ?? null]);
  return JSON.stringify([op.kind, op.entity, op.id, op.region, op.base_version, op.actor, fields]);
}

/** The entered part of an operation, as queue and log both store it. */
export function enteredOf({ queue_id, n, user_id, op, stored_at, label, href, original }: Entered): Entered {
  return { queue_id, n, user_id, op, stored_at, label, href, ...(original && { original }) };
}

/** The draft an operation came from. */
export function draftOf({ op, label, href, original }: Pick<QueuedOp, "op" | "label" | "href" | "original">): Draft {
  const { op_id, kind, id, region, base_version, fields } = op;
  return { op_id, kind, entity: op.entity as Entity, id, region, base_version, fields, label, href, ...(original && { original }) };
}
