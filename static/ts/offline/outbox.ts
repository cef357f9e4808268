// The sender's side of the queue: what is sent next, and what the result was. Each step is one transaction.

import { enteredOf } from "./links.ts";
import { dropGrantUnlessNeeded, find } from "./people.ts";
import { masked, putVerdict } from "./mirror.ts";
import { type Queue, queuedOf } from "./queue.ts";
import { result } from "./store.ts";
import type { DoneOp, Op, Person, QueuedOp, Verdict } from "./types.ts";

const DAY_MS = 86_400_000;
/** How long the log is kept. */
const LOG_MS = 30 * DAY_MS;
/** Shortest time between two resends of an operation that the server reports as missing. */
const RESEND_MS = DAY_MS;
const FINAL = new Set(["applied", "merged", "held", "rejected"]);

/** A queue with waiting operations. */
export interface Waiting {
  queue_id: string;
  user_id: string;
}

/** The length of a queue, as the heartbeat reports it. */
export interface Length {
  len: number;
  oldest_at: string | null;
}

export class Outbox {
  readonly #queue: Queue;

  constructor(queue: Queue) {
    this.#queue = queue;
  }

  /** The queues with waiting operations. */
  async queues(): Promise<Waiting[]> {
    return this.#queue.store.read(["ops"], async (tx) => {
      const found: Waiting[] = [];
      let from: IDBKeyRange | undefined;
      for (;;) {
        const [first] = (await result(tx.objectStore("ops").getAll(from, 1))) as QueuedOp[];
        if (!first) return found;
        found.push({ queue_id: first.queue_id, user_id: first.user_id });
        from = IDBKeyRange.lowerBound([first.queue_id, Infinity], true);
      }
    });
  }

  /**
   * The next operations of a queue, in order: from its start, or from the first one after number `later` that the PC's
   * agent does not have. They are marked before sending as possibly seen by the server. If `carrier` is not the
   * author, only operations with a grant are taken: the server would hold the rest, which the author can send.
   * Operations imported from a file have no author here and are always taken: the server keeps them.
   */
  async take(queueId: string, most: number, mostBytes: number, later: number | null = null, carrier: string | null = null): Promise<QueuedOp[]> {
    return this.#queue.store.write(["meta", "ops"], async (tx) => {
      const ops = tx.objectStore("ops");
      const from = later === null ? 0 : await firstOffPc(ops, queueId, later);
      const found = (await result(ops.getAll(all(queueId, from), most))) as QueuedOp[];
      const author = found[0] ? await find<Person>(tx.objectStore("meta"), `person:${found[0].user_id}`) : null;
      const isTheirs = ({ user_id, origin }: QueuedOp): boolean => carrier === null || user_id === carrier || origin === "imported";
      const isProved = (queued: QueuedOp): boolean => isTheirs(queued) || Boolean(author?.grant ?? queued.op.grant);
      const firstDoubtful = found.findIndex((queued) => !isProved(queued));
      const batch = within(firstDoubtful < 0 ? found : found.slice(0, firstDoubtful), mostBytes);
      return batch.map((queued) => {
        const isQuestion = queued.state === "on_pc"; // not sent again: it asks the PC's agent for the verdict
        const taken = isQuestion ? queued : { ...queued, tries: queued.tries + 1 };
        if (!isQuestion) ops.put(taken);
        return { ...taken, op: withGrant(taken.op, author) };
      });
    });
  }

  async length(queueId: string): Promise<Length> {
    return this.#queue.store.read(["ops"], async (tx) => {
      const ops = tx.objectStore("ops");
      const [oldest] = (await result(ops.getAll(all(queueId), 1))) as QueuedOp[];
      const len = await result(ops.count(all(queueId)));
      return { len, oldest_at: oldest ? new Date(oldest.stored_at).toISOString() : null };
    });
  }

  /**
   * Applies verdicts: operations with a final one move from the queue to the log, the others stay. Returns how many
   * moved.
   */
  async settle(verdicts: Verdict[]): Promise<number> {
    const words = [...new Map(verdicts.map((verdict) => [verdict.op_id, verdict])).values()];
    const settled = await this.#queue.store.write(["meta", "ops", "done", "rows"], async (tx) => {
      const found = await Promise.all(words.map(async (verdict) => ({ verdict, queued: await queuedOf(tx, verdict.op_id) })));
      const known = found.filter((one): one is Settled => one.queued !== null);
      const [final, kept] = [known.filter(({ verdict }) => FINAL.has(verdict.verdict)), known.filter(({ verdict }) => !FINAL.has(verdict.verdict))];
      for (const { queued, verdict } of kept) {
        const refusals = verdict.reason === INTERNAL_ERROR ? (queued.refusals ?? 0) + 1 : 0;
        tx.objectStore("ops").put({ ...queued, last_error: verdict.reason ?? "retry", refusals });
      }
      await Promise.all(final.map((one) => finish(tx, one, this.#queue.now())));
      await Promise.all(newestRows(final).map(({ queued, verdict }) => putVerdict(tx, queued, verdict)));
      await Promise.all([...new Set(final.map(({ queued }) => queued.user_id))].map((user) => dropGrantUnlessNeeded(tx, user)));
      return final.map(({ verdict }) => verdict.op_id);
    });
    if (settled.length > 0) this.#queue.announce({ type: "verdict", op_ids: settled });
    return settled.length;
  }

  /** The PC's agent has stored these; they stay here until the server's verdict arrives. */
  async keepOnPc(opIds: string[]): Promise<void> {
    const news: string[] = [];
    await this.#change(opIds, (queued) => {
      if (queued.state !== "on_pc") news.push(queued.op.op_id);
      return { ...queued, state: "on_pc", last_error: null };
    });
    if (news.length > 0) this.#queue.announce({ type: "on_pc", op_ids: news });
  }

  /** Records why these are still here. */
  async keepBecause(opIds: string[], why: string): Promise<void> {
    await this.#change(opIds, (queued) => ({ ...queued, last_error: why }));
  }

  /**
   * The server reports numbers of a queue as missing: those in the log are put back into the queue. Numbers that are in
   * neither are lost, and recorded as lost.
   */
  async resend(queueId: string, numbers: number[]): Promise<{ resent: number; lost: number[] }> {
    const now = this.#queue.now();
    return this.#queue.store.write(["meta", "ops", "done"], async (tx) => {
      let resent = 0;
      const lost: number[] = [];
      for (const n of numbers) {
        const waiting = await result(tx.objectStore("ops").getKey([queueId, n]));
        const logged = (await result(tx.objectStore("done").index("number").getAll([queueId, n]))) as DoneOp[];
        const sent = logged.find(wasSent);
        if (waiting !== undefined) continue;
        if (sent && now - (sent.resent_at ?? 0) >= RESEND_MS) {
          putBack(tx, sent, now);
          resent += 1;
        } else if (logged.length === 0) {
          lost.push(n);
        }
      }
      if (lost.length > 0) tx.objectStore("meta").put({ key: `lost:${queueId}`, numbers: lost });
      return { resent, lost };
    });
  }

  /** The server's data have been replaced (restored from a backup): sends the whole log again. */
  async resendLog(): Promise<number> {
    const now = this.#queue.now();
    return this.#queue.store.write(["ops", "done"], async (tx) => {
      const logged = (await result(tx.objectStore("done").getAll())) as DoneOp[];
      const sent = logged.filter(wasSent);
      sent.forEach((done) => putBack(tx, done, now));
      return sent.length;
    });
  }

  /** The held operations of a person, whose verdict may change. */
  async held(userId: string): Promise<string[]> {
    const failed = await this.#queue.listFailed(userId);
    return failed.filter((done) => done.verdict?.verdict === "held").map((done) => done.op_id);
  }

  /** Stores the server's later verdicts on operations that it held. */
  async review(verdicts: Verdict[]): Promise<void> {
    const changed = await this.#queue.store.write(["done"], async (tx) => {
      const done = tx.objectStore("done");
      const news: string[] = [];
      for (const verdict of verdicts) {
        const entry = (await result(done.get(verdict.op_id))) as DoneOp | undefined;
        if (!entry || !FINAL.has(verdict.verdict) || (entry.verdict?.verdict === verdict.verdict && entry.verdict.reason === verdict.reason)) continue;
        done.put(withAttention({ ...entry, verdict }));
        news.push(verdict.op_id);
      }
      return news;
    });
    if (changed.length > 0) this.#queue.announce({ type: "verdict", op_ids: changed });
  }

  /** Deletes entries older than `LOG_MS`, except failed ones that their author has not seen. */
  async prune(): Promise<void> {
    await this.#queue.store.write(["done"], async (tx) => {
      const done = tx.objectStore("done");
      const old = (await result(done.index("at").getAll(IDBKeyRange.upperBound(this.#queue.now() - LOG_MS), 1000))) as DoneOp[];
      old.filter((entry) => entry.failed !== 1).forEach((entry) => done.delete(entry.op_id));
    });
  }

  async #change(opIds: string[], change: (queued: QueuedOp) => QueuedOp): Promise<void> {
    await this.#queue.store.write(["ops"], async (tx) => {
      for (const opId of opIds) {
        const queued = await queuedOf(tx, opId);
        if (queued) tx.objectStore("ops").put(change(queued));
      }
    });
  }
}

/** Reason of a verdict if the server could not store the operation. */
export const INTERNAL_ERROR = "internal_error";

/** Reason of a verdict if the server could not read the operation and stored it as it is. */
export const QUARANTINED = "quarantined";

/** An operation and its verdict. */
interface Settled {
  queued: QueuedOp;
  verdict: Verdict;
}

async function finish(tx: IDBTransaction, { queued, verdict }: Settled, now: number): Promise<void> {
  const { op } = queued;
  const before = (await result(tx.objectStore("done").get(op.op_id))) as DoneOp | undefined;
  const kept = verdict.row ? { ...verdict, row: masked(verdict.row) } : verdict;
  const { grant: _, ...plain } = op; // the log holds no grants
  const entry: DoneOp = { ...enteredOf({ ...queued, op: plain }), op_id: op.op_id, verdict: kept, at: now, seen: before?.seen ?? false };
  tx.objectStore("done").put(withAttention({ ...entry, ...(before?.resent_at === undefined ? {} : { resent_at: before.resent_at }) }));
  tx.objectStore("ops").delete([queued.queue_id, queued.n]);
}

/** Of several verdicts on one row, the one with the newest version. */
function newestRows(settled: Settled[]): Settled[] {
  const newest = new Map<string, Settled>();
  for (const one of settled) {
    const row = `${one.queued.op.entity} ${one.queued.op.id}`;
    if ((one.verdict.version ?? 0) >= (newest.get(row)?.verdict.version ?? 0)) newest.set(row, one);
  }
  return [...newest.values()];
}

/** Marks an entry that needs attention: held or rejected, and not seen yet. */
function withAttention(entry: DoneOp): DoneOp {
  const { failed: _, ...rest } = entry;
  const isFailed = entry.verdict?.verdict === "held" || entry.verdict?.verdict === "rejected";
  return isFailed && !entry.seen ? { ...rest, failed: 1 } : rest;
}

/** From the log back into the queue, with its old number; the log keeps it as well. */
function putBack(tx: IDBTransaction, done: DoneOp, now: number): void {
  const queued: QueuedOp = { ...enteredOf(done), state: "waiting", tries: 1, last_error: null, origin: "resent" };
  tx.objectStore("ops").put(queued);
  tx.objectStore("done").put({ ...done, resent_at: now });
}

/** Whether the server accepted it as an operation and its author has not discarded it since. */
function wasSent(done: DoneOp): boolean {
  return done.verdict !== null && done.verdict.reason !== QUARANTINED && !done.discarded;
}

/** Adds the author's newest grant, in case the carrier is another person. */
function withGrant(op: Op, author: Person | null): Op {
  return author?.grant ? { ...op, grant: author.grant } : op;
}

function within(batch: QueuedOp[], mostBytes: number): QueuedOp[] {
  const measure = new TextEncoder();
  let bytes = 0;
  return batch.filter((queued, at) => {
    bytes += measure.encode(JSON.stringify(queued.op)).length;
    return at === 0 || bytes <= mostBytes;
  });
}

function all(queueId: string, from = 0): IDBKeyRange {
  return IDBKeyRange.bound([queueId, from], [queueId, Infinity]);
}

/** The number of the first operation after `later` that the PC's agent does not have yet; `Infinity` if it has all. */
function firstOffPc(ops: IDBObjectStore, queueId: string, later: number): Promise<number> {
  const walk = ops.openCursor(IDBKeyRange.bound([queueId, later], [queueId, Infinity], true));
  return new Promise((found, failed) => {
    walk.onerror = () => failed(walk.error);
    walk.onsuccess = () => {
      const queued = walk.result?.value as QueuedOp | undefined;
      if (queued?.state === "on_pc") walk.result?.continue();
      else found(queued?.n ?? Infinity);
    };
  });
}
