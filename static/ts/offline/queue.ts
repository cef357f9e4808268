// The queue of operations that were entered without a network, or while the server did not respond. An operation leaves
// it only with a verdict of the server, or if its author discards or replaces it; it is then kept in a log. Pages and
// the worker share the queue.

import { newId } from "../ids.ts";
import { contentOf, draftOf, enteredOf, following, rebaseLater, repointAfter, wantedAfter } from "./links.ts";
import { Mirror } from "./mirror.ts";
import { type Head, People, find, headOf } from "./people.ts";
import { Store, result } from "./store.ts";
import type { DoneOp, Draft, Op, Person, QueuedOp, Summary } from "./types.ts";

export { QuotaError, StorageError, UnavailableError } from "./store.ts";

/**
 * `known`: stored before, with the same content (a double click). `reused`: the op_id belongs to another operation;
 * create a new id.
 */
export interface Enqueued {
  result: "stored" | "known" | "reused";
  ops: Op[];
}

/**
 * `under_way`: it may have reached the server, so its verdict has to come first. `has_dependents`: these need it; show
 * them to the author and ask again.
 */
export interface Discarded {
  result: "discarded" | "under_way" | "has_dependents" | "unknown";
  dependents: QueuedOp[];
}

/** Events for other tabs and the worker. */
export type QueueEvent = { type: "queued" | "on_pc" | "verdict" | "state" | "discarded"; op_ids: string[] };

export interface QueueOptions {
  factory?: IDBFactory | undefined;
  name?: string;
  now?: () => number;
  app?: string;
  announce?: (event: QueueEvent) => void;
}

/** Name of the BroadcastChannel on which every `QueueEvent` goes to all tabs and the worker. */
export const CHANNEL = "rainstaff-queue";

/** The queue of this browser. */
export function openQueue(options: QueueOptions = {}): Queue {
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);
  return new Queue({ factory: globalThis.indexedDB, announce: (event) => channel?.postMessage(event), ...options });
}

export class Queue {
  readonly store: Store;
  readonly people: People;
  readonly mirror: Mirror;
  readonly now: () => number;
  readonly announce: (event: QueueEvent) => void;
  readonly #app: string | undefined;

  constructor(options: QueueOptions) {
    this.store = new Store(options.factory, options.name);
    this.people = new People(this.store);
    this.mirror = new Mirror(this.store);
    this.now = options.now ?? Date.now;
    this.announce = options.announce ?? (() => undefined);
    this.#app = options.app;
  }

  async close(): Promise<void> {
    await this.store.close();
  }

  async enqueue(draft: Draft, person: Person): Promise<Enqueued> {
    return this.enqueueAll([draft], person);
  }

  /** Stores all drafts or none: one click is one action. They are on the disk when this resolves. */
  async enqueueAll(drafts: Draft[], person: Person): Promise<Enqueued> {
    const named = await Promise.all(drafts.map((draft) => this.mirror.named(draft, person.user_id)));
    const enqueued = await this.store.write(["meta", "ops", "done"], async (tx): Promise<Enqueued> => {
      const known = await Promise.all(named.map((draft) => storedAs(tx, draft.op_id)));
      const isOther = (draft: Draft, at: number): boolean => {
        const before = known[at];
        return before != null && (before.discarded === true || contentOf(before.op) !== contentOf({ ...draft, actor: person.user_id }));
      };
      if (named.some(isOther)) return { result: "reused", ops: [] };
      const head = await headOf(tx, person.user_id);
      const ops: Op[] = [];
      for (const [at, draft] of named.entries()) {
        ops.push(known[at]?.op ?? (await this.#insert(tx, head, draft, person)));
      }
      tx.objectStore("meta").put(head);
      return { result: known.every((before) => before != null) ? "known" : "stored", ops };
    });
    this.announce({ type: "queued", op_ids: enqueued.ops.map((op) => op.op_id) });
    return enqueued;
  }

  async #insert(tx: IDBTransaction, head: Head, asked: Draft, person: Person): Promise<Op> {
    const ops = tx.objectStore("ops");
    const retired = asked.replaces === undefined ? null : await this.#retire(tx, asked.replaces);
    const underWay = asked.replaces === undefined || retired ? null : await queuedOf(tx, asked.replaces);
    const draft = underWay ? following(asked, underWay.op) : asked;
    const slot = retired?.slot?.queue_id === head.queue_id ? retired.slot.n : head.next++;
    const now = this.now();
    const place = { user_id: person.user_id, queue_id: head.queue_id, n: slot };
    const op: Op = {
      v: 1,
      op_id: draft.op_id,
      queue_id: head.queue_id,
      n: slot,
      actor: person.user_id,
      ...(this.#app === undefined ? {} : { app: this.#app }),
      kind: draft.kind,
      entity: draft.entity,
      id: draft.id,
      region: draft.region,
      base_version: draft.base_version,
      fields: draft.fields,
      after: await wantedAfter(tx, place, draft),
      edited_at: new Date(now).toISOString(),
      offset_ms: person.offset_ms,
    };
    const { label, href, original } = draft;
    const queued: QueuedOp = {
      ...place,
      op,
      state: "waiting",
      stored_at: now,
      tries: 0,
      last_error: null,
      label,
      href,
      ...(original && { original }),
    };
    await result(ops.add(queued));
    if (retired) await repointAfter(tx, head.queue_id, retired.op_id, [op.op_id]);
    if (retired?.slot) await rebaseLater(tx, retired.slot, op.fields);
    return op;
  }

  /**
   * Moves the operation that a new one replaces to the log; its place in the queue becomes free. Returns null if it
   * cannot be replaced, or is under way: then its verdict comes first, and the new one follows it.
   */
  async #retire(tx: IDBTransaction, opId: string): Promise<{ op_id: string; slot?: QueuedOp } | null> {
    const done = tx.objectStore("done");
    const finished = (await result(done.get(opId))) as DoneOp | undefined;
    if (finished) {
      if (!canBeReplaced(finished)) return null;
      done.put(settled(finished, { discarded: true }));
      return { op_id: opId };
    }
    const waiting = await queuedOf(tx, opId);
    if (!waiting || waiting.tries > 0) return null;
    tx.objectStore("ops").delete([waiting.queue_id, waiting.n]);
    done.put(discardedOf(waiting, this.now()));
    return { op_id: opId, slot: waiting };
  }

  /** What waits, in the order of sending; of one person, or of all. */
  async listWaiting(userId?: string): Promise<QueuedOp[]> {
    return this.store.read(["ops"], async (tx) => {
      const ops = tx.objectStore("ops");
      const request = userId === undefined ? ops.getAll() : ops.index("user_id").getAll(userId);
      return (await result(request)) as QueuedOp[];
    });
  }

  async hasWaiting(userId: string): Promise<boolean> {
    return this.store.read(["ops"], async (tx) => (await result(tx.objectStore("ops").index("user_id").count(userId))) > 0);
  }

  /** Held or rejected, and not dealt with by its author yet. */
  async listFailed(userId: string): Promise<DoneOp[]> {
    return this.store.read(["done"], async (tx) => (await result(tx.objectStore("done").index("failed").getAll([userId, 1]))) as DoneOp[]);
  }

  /** The log, newest first. */
  async listDone(userId: string, limit = 200): Promise<DoneOp[]> {
    const all = await this.store.read(["done"], async (tx) => (await result(tx.objectStore("done").index("at").getAll())) as DoneOp[]);
    return all
      .filter((entry) => entry.user_id === userId)
      .reverse()
      .slice(0, limit);
  }

  async find(opId: string): Promise<QueuedOp | DoneOp | null> {
    return this.store.read(["ops", "done"], async (tx) => {
      const finished = (await result(tx.objectStore("done").get(opId))) as DoneOp | undefined;
      return finished ?? (await queuedOf(tx, opId));
    });
  }

  /** Which of these operations are here, waiting or in the log: callers do not count them twice. */
  async known(opIds: string[]): Promise<Set<string>> {
    return this.store.read(["ops", "done"], async (tx) => {
      const [ops, done] = [tx.objectStore("ops").index("op_id"), tx.objectStore("done")];
      const found = await Promise.all(opIds.map(async (id) => (await result(ops.count(id))) + (await result(done.count(id))) > 0));
      return new Set(opIds.filter((_, at) => found[at]));
    });
  }

  async summary(userId: string | null): Promise<Summary> {
    const { state, next_at, last_contact } = await this.people.drainMemory();
    return this.store.read(["meta", "ops", "done"], async (tx) => {
      const ops = tx.objectStore("ops");
      const all = await result(ops.count());
      const oldest = userId === null ? [] : ((await result(ops.index("user_id").getAll(userId, 1))) as QueuedOp[]);
      const waiting = userId === null ? 0 : await result(ops.index("user_id").count(userId));
      const failed = userId === null ? 0 : await result(tx.objectStore("done").index("failed").count([userId, 1]));
      const head = userId === null ? null : await find<Head>(tx.objectStore("meta"), `head:${userId}`);
      const lost = head === null ? null : await find<{ numbers: number[] }>(tx.objectStore("meta"), `lost:${head.queue_id}`);
      return {
        waiting,
        failed,
        oldest_at: oldest[0]?.stored_at ?? null,
        others: all - waiting,
        state,
        next_at,
        last_contact,
        lost: lost?.numbers.length ?? 0,
      };
    });
  }

  /**
   * Discards an operation: kept in the log, never sent. If it creates a row, the operations that need it are discarded
   * as well, but only with `withDependents`.
   */
  async discard(opId: string, withDependents = false): Promise<Discarded> {
    const discarded = await this.store.write(["meta", "ops", "done"], async (tx): Promise<Discarded> => {
      const finished = (await result(tx.objectStore("done").get(opId))) as DoneOp | undefined;
      if (finished) {
        if (finished.verdict && finished.failed !== 1) return { result: "unknown", dependents: [] };
        tx.objectStore("done").put(settled(finished, { discarded: true }));
        return { result: "discarded", dependents: [] };
      }
      const waiting = await queuedOf(tx, opId);
      if (!waiting) return { result: "unknown", dependents: [] };
      const dependents = waiting.op.kind === "create" ? await dependentsOf(tx, waiting) : [];
      if ([waiting, ...dependents].some((queued) => queued.tries > 0)) return { result: "under_way", dependents };
      if (dependents.length > 0 && !withDependents) return { result: "has_dependents", dependents };
      for (const gone of [...dependents.reverse(), waiting]) {
        await this.#remove(tx, gone);
      }
      return { result: "discarded", dependents };
    });
    if (discarded.result === "discarded") {
      this.announce({ type: "discarded", op_ids: [opId, ...discarded.dependents.map((queued) => queued.op.op_id)] });
    }
    return discarded;
  }

  /** Moves an operation from the queue to the log. If no later one was sent, their numbers close the gap. */
  async #remove(tx: IDBTransaction, gone: QueuedOp): Promise<void> {
    const ops = tx.objectStore("ops");
    tx.objectStore("done").put(discardedOf(gone, this.now()));
    ops.delete([gone.queue_id, gone.n]);
    await repointAfter(tx, gone.queue_id, gone.op.op_id, gone.op.after);
    await rebaseLater(tx, gone, {});
    const head = await find<Head>(tx.objectStore("meta"), `head:${gone.user_id}`);
    const later = (await result(ops.getAll(after(gone)))) as QueuedOp[];
    if (head?.queue_id !== gone.queue_id || gone.origin !== undefined || later.some((queued) => queued.tries > 0)) return;
    for (const queued of later) {
      ops.delete([queued.queue_id, queued.n]);
      ops.put(renumbered(queued, queued.n - 1));
    }
    tx.objectStore("meta").put({ ...head, next: head.next - 1 });
  }

  /** A draft from an operation, to be entered in its place (`replaces`). Null if it cannot be replaced. */
  async edit(opId: string): Promise<Draft | null> {
    const entry = await this.find(opId);
    return entry && canBeReplaced(entry) ? { ...draftOf(entry), op_id: newId(this.now()), replaces: opId } : null;
  }

  /** Enters the same again under a new id: for operations that the server has rejected or holds. */
  async retry(opId: string, person: Person): Promise<Enqueued | null> {
    const draft = await this.edit(opId);
    return draft && this.enqueue(draft, person);
  }

  /** The author has seen the result: the entry needs no more attention. */
  async dismiss(opId: string): Promise<void> {
    await this.store.write(["done"], async (tx) => {
      const done = tx.objectStore("done");
      const finished = (await result(done.get(opId))) as DoneOp | undefined;
      if (finished) done.put(settled(finished, {}));
    });
    this.announce({ type: "verdict", op_ids: [opId] });
  }
}

/** The waiting operation with this id. */
export async function queuedOf(tx: IDBTransaction, opId: string): Promise<QueuedOp | null> {
  return ((await result(tx.objectStore("ops").index("op_id").get(opId))) as QueuedOp | undefined) ?? null;
}

/** All numbers of a queue after an operation's. */
export function after(queued: { queue_id: string; n: number }): IDBKeyRange {
  return IDBKeyRange.bound([queued.queue_id, queued.n], [queued.queue_id, Infinity], true);
}

/**
 * Whether an operation can be replaced: it waits, was discarded, or the server did not apply it. If it was applied, its
 * row is changed like any other.
 */
function canBeReplaced(entry: QueuedOp | DoneOp): boolean {
  return !("verdict" in entry) || (entry.verdict?.verdict !== "applied" && entry.verdict?.verdict !== "merged");
}

async function storedAs(tx: IDBTransaction, opId: string): Promise<{ op: Op; discarded?: boolean } | null> {
  const finished = (await result(tx.objectStore("done").get(opId))) as DoneOp | undefined;
  return finished ?? (await queuedOf(tx, opId));
}

/** The operations that need this one, directly or through others, in the order of the queue. */
async function dependentsOf(tx: IDBTransaction, root: QueuedOp): Promise<QueuedOp[]> {
  const later = (await result(tx.objectStore("ops").getAll(after(root)))) as QueuedOp[];
  const needed = new Set([root.op.op_id]);
  return later.filter((queued) => {
    const needs = queued.op.after.some((id) => needed.has(id));
    if (needs) needed.add(queued.op.op_id);
    return needs;
  });
}

function renumbered(queued: QueuedOp, n: number): QueuedOp {
  return { ...queued, n, op: { ...queued.op, n } };
}

/** A log entry that needs no more attention. */
function settled(finished: DoneOp, more: Partial<DoneOp>): DoneOp {
  const { failed: _, ...rest } = finished;
  return { ...rest, ...more, seen: true };
}

function discardedOf(queued: QueuedOp, at: number): DoneOp {
  return { ...enteredOf(queued), op_id: queued.op.op_id, verdict: null, at, seen: true, discarded: true };
}
