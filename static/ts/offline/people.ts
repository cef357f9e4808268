// The people who use this browser, each with their own queue, and what is remembered between starts.

import { type Store, result } from "./store.ts";
import type { DrainState, Person, QueuedOp, WorkerMode } from "./types.ts";

/** A person's queue in this browser: its id, and the number the next operation gets. */
export interface Head {
  key: string;
  user_id: string;
  queue_id: string;
  next: number;
}

/** The signed-in person, as `/api/v1/ping` returns them. */
export interface PingUser {
  id: string;
  username: string;
  role: string;
  regions: string[];
}

/** What sending remembers between starts of the worker. */
export interface DrainMemory {
  state: DrainState;
  /** Failures in a row; the pause grows with them. */
  attempt: number;
  next_at: number;
  last_contact: number | null;
  /** Operations per request, by queue. */
  sizes: Record<string, number>;
  /** How often our own server failed on the batch that starts with this operation. */
  faults: { op_id: string; count: number } | null;
  /** The last heartbeat of each queue: its length and time. */
  beats: Record<string, { len: number; at: number }>;
  /** Queues that a carrier (`user_id`) may not deliver, and until when they are skipped. */
  carrier: Record<string, { user_id: string; until: number }>;
}

const NO_MEMORY: DrainMemory = { state: "idle", attempt: 0, next_at: 0, last_contact: null, sizes: {}, faults: null, beats: {}, carrier: {} };

export class People {
  readonly #store: Store;
  #era = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Counts the changes of the signed-in person. A response to a request of an earlier era belongs to a person who has
   * left since: it is not kept, and does not sign anyone in.
   */
  get era(): number {
    return this.#era;
  }

  /** A person has just signed in; who it is, is not known yet. */
  nextEra(): void {
    this.#era += 1;
  }

  /** The person who was signed in at the last contact; null if none. */
  async current(): Promise<Person | null> {
    return this.#store.read(["meta"], async (tx) => {
      const meta = tx.objectStore("meta");
      const now = await currentOf(meta);
      return now === null ? null : personOf(await find(meta, `person:${now}`));
    });
  }

  async find(userId: string): Promise<Person | null> {
    return this.#store.read(["meta"], async (tx) => personOf(await find(tx.objectStore("meta"), `person:${userId}`)));
  }

  /**
   * Stores the signed-in person, as the server names them. Keeps their grant and clock offset; deletes the rows of
   * everyone else. Returns null if the person has changed since the request, which was sent in the era `asked`.
   */
  async signedIn(user: PingUser, asked = this.#era): Promise<Person | null> {
    if (asked !== this.#era) return null;
    const person = await this.#store.write(["meta", "rows", "ops"], async (tx) => {
      const meta = tx.objectStore("meta");
      const known = personOf(await find(meta, `person:${user.id}`));
      const clock = await find<{ offset_ms: number }>(meta, "clock");
      const { id: user_id, username, role, regions } = user;
      const blank = { grant: null, grant_expires_at: null, grant_fetched_at: 0 };
      const now: Person = { ...blank, ...known, user_id, username, role, regions, offset_ms: clock?.offset_ms ?? known?.offset_ms ?? 0 };
      meta.put({ key: `person:${user_id}`, ...now });
      await seat(tx, user_id);
      return now;
    });
    return person;
  }

  /**
   * A page of the server names another person than before. They become the current person, so that nothing is entered
   * in the other's name until the server has sent their details.
   */
  async turnedTo(userId: string): Promise<void> {
    this.#era += 1;
    await this.#store.write(["meta", "rows", "ops"], async (tx) => seat(tx, userId));
  }

  /** After a sign-in: the stored grant belongs to an earlier session, and a new one is due. */
  async grantIsDue(userId: string): Promise<void> {
    await this.#change(`person:${userId}`, (known) => known && { ...known, grant_fetched_at: 0 });
  }

  /** A person's queue and the number of its last entry; null if they never entered anything here. */
  async lastOf(userId: string): Promise<{ queue_id: string; n: number } | null> {
    const head = await this.#store.read(["meta"], async (tx) => find<Head>(tx.objectStore("meta"), `head:${userId}`));
    return head && { queue_id: head.queue_id, n: head.next - 1 };
  }

  /**
   * Records the sign-out. Queues and the log stay; the rows are deleted, and so is the person's grant if their queue is
   * empty.
   */
  async signedOut(): Promise<void> {
    this.#era += 1;
    await this.#store.write(["meta", "rows", "ops"], async (tx) => seat(tx, null));
  }

  async keepGrant(userId: string, grant: string, expiresAt: string, now: number): Promise<void> {
    await this.#change(`person:${userId}`, (known) => known && { ...known, grant, grant_expires_at: expiresAt, grant_fetched_at: now });
  }

  /** This browser's clock minus the server's; operations entered from now on carry it. */
  async keepOffset(offsetMs: number): Promise<void> {
    await this.#store.write(["meta"], async (tx) => {
      const meta = tx.objectStore("meta");
      meta.put({ key: "clock", offset_ms: offsetMs });
      const now = await currentOf(meta);
      const person = now === null ? null : await find<Person>(meta, `person:${now}`);
      if (person) meta.put({ ...person, offset_ms: offsetMs });
    });
  }

  /** Id of a person's queue in this browser, created at the first call. */
  async queueOf(userId: string): Promise<string> {
    return this.#store.write(["meta"], async (tx) => (await headOf(tx, userId)).queue_id);
  }

  async workerMode(): Promise<WorkerMode> {
    return (await this.setting<WorkerMode>("worker_mode")) ?? "normal";
  }

  async keepWorkerMode(mode: WorkerMode): Promise<void> {
    await this.keepSetting("worker_mode", mode);
  }

  async setting<T>(name: string): Promise<T | null> {
    const found = await this.#store.read(["meta"], async (tx) => find<{ value: T }>(tx.objectStore("meta"), `setting:${name}`));
    return found?.value ?? null;
  }

  async keepSetting(name: string, value: unknown): Promise<void> {
    await this.#change(`setting:${name}`, () => ({ value }));
  }

  async drainMemory(): Promise<DrainMemory> {
    const found = await this.#store.read(["meta"], async (tx) => find<DrainMemory>(tx.objectStore("meta"), "drain"));
    return { ...NO_MEMORY, ...found };
  }

  async keepDrainMemory(memory: Partial<DrainMemory>): Promise<DrainMemory> {
    return (await this.#change("drain", (known) => ({ ...NO_MEMORY, ...known, ...memory }))) as unknown as DrainMemory;
  }

  async #change(key: string, change: (known: object | null) => object | null): Promise<object | null> {
    return this.#store.write(["meta"], async (tx) => {
      const meta = tx.objectStore("meta");
      const changed = change(await find<object>(meta, key));
      if (changed) meta.put({ ...changed, key });
      return changed;
    });
  }
}

/** A person's queue, within a transaction that writes `meta`. */
export async function headOf(tx: IDBTransaction, userId: string): Promise<Head> {
  const meta = tx.objectStore("meta");
  const known = await find<Head>(meta, `head:${userId}`);
  if (known) return known;
  const head: Head = { key: `head:${userId}`, user_id: userId, queue_id: crypto.randomUUID(), next: 1 };
  meta.put(head);
  return head;
}

/** Id of the person who is signed in here, within a transaction that reads `meta`. */
export async function currentOf(meta: IDBObjectStore): Promise<string | null> {
  return (await find<{ user_id: string | null }>(meta, "current"))?.user_id ?? null;
}

/**
 * Sets the signed-in person, or none. Deletes the rows of everyone else, and the grant of the person before unless
 * operations of theirs wait.
 */
async function seat(tx: IDBTransaction, userId: string | null): Promise<void> {
  const meta = tx.objectStore("meta");
  const before = await currentOf(meta);
  meta.put({ key: "current", user_id: userId });
  const rows = tx.objectStore("rows");
  if (userId === null) {
    rows.clear();
  } else {
    // Keys are [person, entity, id], and an array sorts after every string.
    rows.delete(IDBKeyRange.upperBound([userId], true));
    rows.delete(IDBKeyRange.lowerBound([userId, []], true));
  }
  if (before !== null && before !== userId) await dropGrantUnlessNeeded(tx, before);
}

/**
 * Deletes the grant of a person who is not signed in and has no waiting operations. The transaction writes `meta` and
 * reads `ops`.
 */
export async function dropGrantUnlessNeeded(tx: IDBTransaction, userId: string): Promise<void> {
  const meta = tx.objectStore("meta");
  const person = await find<Person & { key: string }>(meta, `person:${userId}`);
  if (!person?.grant || (await currentOf(meta)) === userId) return;
  const [waits] = (await result(tx.objectStore("ops").index("user_id").getAll(userId, 1))) as QueuedOp[];
  if (waits === undefined) meta.put({ ...person, grant: null, grant_expires_at: null, grant_fetched_at: 0 });
}

export async function find<T>(meta: IDBObjectStore, key: string): Promise<T | null> {
  return ((await result(meta.get(key))) as T | undefined) ?? null;
}

function personOf(found: (Person & { key?: string }) | null): Person | null {
  if (!found) return null;
  const { key: _, ...person } = found;
  return person;
}
