// Who uses this browser, each with a queue of their own, and what is remembered between starts.

import { type Store, result } from "./store.ts";
import type { DrainState, Person, WorkerMode } from "./types.ts";

/** A person's queue in this browser: its id, and the number the next operation gets. */
export interface Head {
  key: string;
  user_id: string;
  queue_id: string;
  next: number;
}

/** What `/api/v1/ping` says about whoever is signed in. */
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
  /** What the server was told last about each queue. */
  beats: Record<string, { len: number; at: number }>;
  /** Queues that this carrier may not deliver, and until when not to try. */
  carrier: Record<string, { user_id: string; until: number }>;
}

const NO_MEMORY: DrainMemory = { state: "idle", attempt: 0, next_at: 0, last_contact: null, sizes: {}, faults: null, beats: {}, carrier: {} };

export class People {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Whoever was signed in at the last contact; null for nobody. */
  async current(): Promise<Person | null> {
    return this.#store.read(["meta"], async (tx) => {
      const meta = tx.objectStore("meta");
      const now = await find<{ user_id: string | null }>(meta, "current");
      return now?.user_id ? personOf(await find(meta, `person:${now.user_id}`)) : null;
    });
  }

  async find(userId: string): Promise<Person | null> {
    return this.#store.read(["meta"], async (tx) => personOf(await find(tx.objectStore("meta"), `person:${userId}`)));
  }

  /** Somebody is signed in. Their grant and clock offset stay what they were. */
  async signedIn(user: PingUser): Promise<Person> {
    return this.#store.write(["meta"], async (tx) => {
      const meta = tx.objectStore("meta");
      const known = personOf(await find(meta, `person:${user.id}`));
      const clock = await find<{ offset_ms: number }>(meta, "clock");
      const { id: user_id, username, role, regions } = user;
      const blank = { grant: null, grant_expires_at: null, grant_fetched_at: 0 };
      const person: Person = { ...blank, ...known, user_id, username, role, regions, offset_ms: clock?.offset_ms ?? known?.offset_ms ?? 0 };
      meta.put({ key: `person:${user_id}`, ...person });
      meta.put({ key: "current", user_id });
      return person;
    });
  }

  /** Nobody is signed in any more. Queues, grants and the log stay; the mirror of rows goes. */
  async signedOut(): Promise<void> {
    await this.#store.write(["meta", "rows"], async (tx) => {
      tx.objectStore("meta").put({ key: "current", user_id: null });
      tx.objectStore("rows").clear();
    });
  }

  async keepGrant(userId: string, grant: string, expiresAt: string, now: number): Promise<void> {
    await this.#change(`person:${userId}`, (known) => known && { ...known, grant, grant_expires_at: expiresAt, grant_fetched_at: now });
  }

  /** This browser's clock minus the server's; operations entered from now on carry it. */
  async keepOffset(offsetMs: number): Promise<void> {
    await this.#store.write(["meta"], async (tx) => {
      const meta = tx.objectStore("meta");
      meta.put({ key: "clock", offset_ms: offsetMs });
      const now = await find<{ user_id: string | null }>(meta, "current");
      const person = now?.user_id ? await find<Person>(meta, `person:${now.user_id}`) : null;
      if (person) meta.put({ ...person, offset_ms: offsetMs });
    });
  }

  /** Id of a person's queue in this browser, made at the first question. */
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

export async function find<T>(meta: IDBObjectStore, key: string): Promise<T | null> {
  return ((await result(meta.get(key))) as T | undefined) ?? null;
}

function personOf(found: (Person & { key?: string }) | null): Person | null {
  if (!found) return null;
  const { key: _, ...person } = found;
  return person;
}
