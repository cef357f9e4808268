// A small copy of the server's rows, per person: for checks, and for the names of rows. Never shown instead of a page.

import { formatDateTr } from "../civil.ts";
import { currentOf } from "./people.ts";
import { type Store, result } from "./store.ts";
import type { Draft, Entity, MirrorRow, Op, QueuedOp, Row, Verdict } from "./types.ts";

/** A row as the API and verdicts return it: the form's fields besides `id`, `version` and `deleted`. */
export type ServerRow = Row & { id: string; version: number; deleted?: boolean; region?: string };

const NOT_FIELDS = new Set(["id", "version", "deleted", "region"]);

export class Mirror {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Stores rows of the server while their reader is signed in here. An older version never replaces a newer one. */
  async putAll(userId: string, entity: Entity, items: ServerRow[]): Promise<void> {
    await this.#store.write(["meta", "rows"], async (tx) => {
      for (const item of items) {
        await putRow(tx, userId, entity, item.region ?? "", item);
      }
    });
  }

  /** Deletes the mirrored rows of an entity, before all of them are stored again. */
  async clear(userId: string, entity: Entity): Promise<void> {
    await this.#store.write(["rows"], async (tx) => {
      const keys = await result(tx.objectStore("rows").index("entity").getAllKeys([userId, entity]));
      keys.forEach((key) => tx.objectStore("rows").delete(key));
    });
  }

  /** Deletes all mirrored rows, of everyone: the server's data have been replaced. */
  async forget(): Promise<void> {
    await this.#store.write(["rows"], async (tx) => {
      tx.objectStore("rows").clear();
    });
  }

  async find(userId: string, entity: Entity, id: string): Promise<MirrorRow | null> {
    return this.#store.read(["rows"], async (tx) => ((await result(tx.objectStore("rows").get([userId, entity, id]))) as MirrorRow | undefined) ?? null);
  }

  async list(userId: string, entity: Entity): Promise<MirrorRow[]> {
    return this.#store.read(["rows"], async (tx) => (await result(tx.objectStore("rows").index("entity").getAll([userId, entity]))) as MirrorRow[]);
  }

  /** The entries of one employee that the mirror knows. */
  async entriesOf(userId: string, employeeId: string): Promise<MirrorRow[]> {
    return this.#store.read(["rows"], async (tx) => (await result(tx.objectStore("rows").index("employee").getAll([userId, employeeId]))) as MirrorRow[]);
  }

  /** The waiting operations of one person that create or move an entry of one employee. */
  async waitingEntriesOf(userId: string, employeeId: string): Promise<Op[]> {
    const key = [userId, employeeId];
    const waiting = await this.#store.read(["ops"], async (tx) => (await result(tx.objectStore("ops").index("employee").getAll(key))) as QueuedOp[]);
    return waiting.map(({ op }) => op);
  }

  /** The waiting operations of one person on one row, in their order. */
  async waitingOn(userId: string, entity: Entity, id: string): Promise<Op[]> {
    const key = [userId, entity, id];
    const waiting = await this.#store.read(["ops"], async (tx) => (await result(tx.objectStore("ops").index("row").getAll(key))) as QueuedOp[]);
    return waiting.map(({ op }) => op);
  }

  /**
   * A row as it will be once everything that waits is applied (except `without`); null if this browser does not know
   * it.
   */
  async expected(userId: string, entity: Entity, id: string, without?: string): Promise<Expected> {
    const known = await this.find(userId, entity, id);
    const ops = (await this.waitingOn(userId, entity, id)).filter((op) => op.op_id !== without);
    return ops.reduce<Expected>(withOp, known && { row: known.row, region: known.region, version: known.version, deleted: known.deleted });
  }

  /** The draft with a name for its row: the employee's and the date for an entry. */
  async named(draft: Draft, userId: string): Promise<Draft> {
    if (draft.label !== "") return draft;
    const row = { ...(await this.expected(userId, draft.entity, draft.id))?.row, ...draft.original, ...valuesOf(draft) };
    return { ...draft, label: await this.#labelOf(draft.entity, row, userId) };
  }

  async #labelOf(entity: Entity, row: Row, userId: string): Promise<string> {
    if (entity !== "timesheet") return text(row["full_name"] ?? row["name"]);
    const person = await this.expected(userId, "employee", text(row["employee_id"]));
    return [text(person?.row["full_name"]), formatDateTr(text(row["work_date"]))].filter((part) => part !== "").join(", ");
  }
}

/**
 * Stores a row of the server in the mirror, unless a newer one is there. Rows of a person who is not signed in here
 * (any more) are not kept.
 */
export async function putRow(tx: IDBTransaction, userId: string, entity: Entity, region: string, item: Row): Promise<void> {
  if ((await currentOf(tx.objectStore("meta"))) !== userId) return;
  const rows = tx.objectStore("rows");
  const [id, version] = [text(item["id"]), Number(item["version"])];
  const known = (await result(rows.get([userId, entity, id]))) as MirrorRow | undefined;
  if (known && known.version > version) return;
  const row = Object.fromEntries(Object.entries(masked(item)).filter(([name]) => !NOT_FIELDS.has(name)));
  rows.put({ user_id: userId, entity, id, region, version, deleted: item["deleted"] === true, row });
}

/** A row without unnecessary personal data: it is enough to know that there is an identity number. */
export function masked(row: Row): Row {
  const { identity_no, ...rest } = row;
  return identity_no === undefined ? row : { ...rest, identity_no_masked: identity_no === null ? null : "*" };
}

/** Stores the row of a verdict. */
export async function putVerdict(tx: IDBTransaction, queued: QueuedOp, verdict: Verdict): Promise<void> {
  const { entity, region } = queued.op;
  if (verdict.row) await putRow(tx, queued.user_id, entity as Entity, region, verdict.row);
}

/** The new values of an operation. */
export function valuesOf(op: Pick<Op, "fields">): Row {
  return Object.fromEntries(Object.entries(op.fields).map(([name, change]) => [name, change.to]));
}

/** A row as far as this browser knows it; null if it does not. */
export type Expected = { row: Row; region: string; version: number; deleted: boolean } | null;

/** A row after one more operation. */
export function withOp(state: Expected, op: Pick<Op, "kind" | "fields" | "region">): Expected {
  switch (op.kind) {
    case "create":
      return { row: { ...state?.row, ...valuesOf(op) }, region: op.region, version: state?.version ?? 0, deleted: false };
    case "update":
      return state && { ...state, row: { ...state.row, ...valuesOf(op) } };
    case "delete":
      return state && { ...state, deleted: true };
    case "restore":
      return state && { ...state, deleted: false };
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
