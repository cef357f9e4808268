// IndexedDB as promises. A write resolves only when its transaction is complete and on the disk: no page shows "stored"
// before.

const VERSION = 1;

export type StoreName = "meta" | "ops" | "done" | "rows";

/** The browser cannot store anything (private window, broken profile, policy). */
export class UnavailableError extends Error {
  override name = "UnavailableError";
}

/** There is no room left; nothing of the transaction is stored. */
export class QuotaError extends Error {
  override name = "QuotaError";
}

/** Anything else that went wrong; nothing of the transaction is stored. */
export class StorageError extends Error {
  override name = "StorageError";
}

export class Store {
  readonly #factory: IDBFactory | undefined;
  readonly #name: string;
  #opening: Promise<IDBDatabase> | null = null;

  constructor(factory: IDBFactory | undefined, name = "rainstaff") {
    this.#factory = factory;
    this.#name = name;
  }

  /** Runs `job` in one transaction that is on the disk when this resolves. If `job` throws, all of it is undone. */
  async write<T>(stores: StoreName[], job: (tx: IDBTransaction) => Promise<T>): Promise<T> {
    return this.#run(stores, "readwrite", job);
  }

  async read<T>(stores: StoreName[], job: (tx: IDBTransaction) => Promise<T>): Promise<T> {
    return this.#run(stores, "readonly", job);
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = null;
    (await opening?.catch(() => null))?.close();
  }

  async #run<T>(stores: StoreName[], mode: IDBTransactionMode, job: (tx: IDBTransaction) => Promise<T>): Promise<T> {
    const tx = await this.#begin(stores, mode);
    const ended = new Promise<void>((complete, failed) => {
      tx.oncomplete = () => complete();
      tx.onabort = () => failed(tx.error);
    });
    ended.catch(() => null); // awaited below, at the latest after `job`
    try {
      const result = await job(tx);
      await ended;
      return result;
    } catch (error) {
      abort(tx);
      await ended.catch(() => null);
      throw typed(tx.error?.name === "QuotaExceededError" ? tx.error : error);
    }
  }

  /**
   * Begins a transaction. Another tab's upgrade, or the browser itself, may have closed the database connection: then
   * it is opened again.
   */
  async #begin(stores: StoreName[], mode: IDBTransactionMode): Promise<IDBTransaction> {
    try {
      return (await this.#open()).transaction(stores, mode, { durability: "strict" });
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      this.#opening = null;
      return (await this.#open()).transaction(stores, mode, { durability: "strict" });
    }
  }

  #open(): Promise<IDBDatabase> {
    this.#opening ??= this.#openAnew().catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  #openAnew(): Promise<IDBDatabase> {
    const forget = (): void => {
      this.#opening = null;
    };
    return new Promise((opened, failed) => {
      const fail = (why: unknown): void => failed(new UnavailableError(String(why)));
      if (!this.#factory) return fail("no IndexedDB");
      try {
        const request = this.#factory.open(this.#name, VERSION);
        request.onupgradeneeded = (event) => upgrade(request.result, event.oldVersion);
        request.onerror = () => fail(request.error);
        request.onsuccess = () => {
          const db = request.result;
          db.onversionchange = () => {
            forget();
            db.close();
          };
          db.onclose = forget;
          opened(db);
        };
      } catch (error) {
        fail(error);
      }
    });
  }
}

/** Only adds: an older build must be able to read what a newer build has stored. */
function upgrade(db: IDBDatabase, from: number): void {
  if (from < 1) {
    db.createObjectStore("meta", { keyPath: "key" });
    const ops = db.createObjectStore("ops", { keyPath: ["queue_id", "n"] });
    ops.createIndex("op_id", "op.op_id", { unique: true });
    ops.createIndex("user_id", "user_id");
    ops.createIndex("row", ["user_id", "op.entity", "op.id"]);
    ops.createIndex("employee", ["user_id", "op.fields.employee_id.to"]);
    const done = db.createObjectStore("done", { keyPath: "op_id" });
    done.createIndex("number", ["queue_id", "n"]);
    done.createIndex("row", ["user_id", "op.entity", "op.id"]);
    done.createIndex("at", "at");
    done.createIndex("failed", ["user_id", "failed"]);
    const rows = db.createObjectStore("rows", { keyPath: ["user_id", "entity", "id"] });
    rows.createIndex("entity", ["user_id", "entity"]);
    rows.createIndex("employee", ["user_id", "row.employee_id"]);
  }
}

/** The result of a request; its failure ends the transaction. */
export function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function abort(tx: IDBTransaction): void {
  try {
    tx.abort();
  } catch {
    // it has ended already
  }
}

function typed(error: unknown): Error {
  if (error instanceof Error && error.name === "QuotaExceededError") return new QuotaError(error.message);
  if (error instanceof QuotaError || error instanceof UnavailableError || error instanceof StorageError) return error;
  const isDatabase = typeof DOMException !== "undefined" && error instanceof DOMException;
  return isDatabase ? new StorageError(error.message) : error instanceof Error ? error : new StorageError(String(error));
}
