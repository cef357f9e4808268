// What the queue stores, and what is sent (SYNC 3.2, 3.4). The envelope is `Op` of src/core/ops/op.rs.

/** A value as a form gives it. */
export type Value = null | boolean | number | string;
/** One field's change: what the author saw, and what they want. */
export interface Change {
  from: Value;
  to: Value;
}
export type Fields = Record<string, Change>;
/** A row by form field. Rows of the server also hold `id`, `version`, `deleted`. */
export type Row = Record<string, Value>;

export type Entity = "employee" | "shift_template" | "timesheet";
export type Kind = "create" | "update" | "delete" | "restore";

/** One operation. `op_id` stays the same on every retry: it makes a retry idempotent. */
export interface Op {
  v: number;
  op_id: string;
  queue_id: string;
  n: number;
  actor: string;
  grant?: string;
  app?: string;
  kind: Kind;
  entity: string;
  id: string;
  region: string;
  base_version: number | null;
  fields: Fields;
  after: string[];
  edited_at: string;
  offset_ms: number;
}

/** An action as entered in a form; the queue turns it into an operation. */
export interface Draft {
  op_id: string;
  kind: Kind;
  entity: Entity;
  id: string;
  region: string;
  base_version: number | null;
  fields: Fields;
  /** The values the form was rendered with, if it contains them: checks need the whole row. */
  original?: Row;
  /** The name of the row on the page; filled in by the queue if empty. */
  label: string;
  /** The page that shows the row. */
  href: string;
  /** The operation this one replaces: one that was refused, or that was not sent yet. */
  replaces?: string;
}

/** What is wrong with one field; `code` is a key of the message catalogue (`error-…`). */
export interface FieldError {
  field: string;
  code: string;
  args?: Record<string, string>;
}

export type VerdictKind = "applied" | "merged" | "held" | "rejected" | "retry";

/** The server's verdict on an operation. All but `retry` are final for the queue. */
export interface Verdict {
  op_id: string;
  verdict: VerdictKind;
  reason?: string;
  errors?: FieldError[];
  version?: number | null;
  seq?: number | null;
  replayed?: boolean;
  row?: Row | null;
  conflicts?: unknown[];
}

/** An operation as entered: its place in a queue, and its name and page. */
export interface Entered {
  queue_id: string;
  n: number;
  user_id: string;
  op: Op;
  stored_at: number;
  label: string;
  href: string;
  /** The row as its author saw it, if the form contained it: it identifies the edited cell of a page. */
  original?: Row;
}

/** An operation that waits. `on_pc`: the PC's agent has it too. */
export interface QueuedOp extends Entered {
  state: "waiting" | "on_pc";
  /** How often it was put into a request; 0: no one but this browser has seen it. */
  tries: number;
  last_error: string | null;
  /** How often in a row the server could not store it. */
  refusals?: number;
  /** `imported`: came from a file. `resent`: put back from the log because the server misses it. */
  origin?: "imported" | "resent";
}

/** An operation that needs no sending any more, kept for 30 days. */
export interface DoneOp extends Entered {
  op_id: string;
  /** Null if it was discarded before it was sent. */
  verdict: Verdict | null;
  at: number;
  /** Whether the author has seen the result. */
  seen: boolean;
  /** Discarded by its author: kept, never sent. */
  discarded?: boolean;
  /** When it was last put back into the queue because the server missed it. */
  resent_at?: number;
  /** Set while it needs the author's attention (an index uses it). */
  failed?: 1;
}

/** Who uses this browser, as far as is known without the server. */
export interface Person {
  user_id: string;
  username: string;
  role: string;
  regions: string[];
  grant: string | null;
  grant_expires_at: string | null;
  grant_fetched_at: number;
  /** This browser's clock minus the server's. */
  offset_ms: number;
}

/** A row of the small mirror that checks look at. */
export interface MirrorRow {
  user_id: string;
  entity: Entity;
  id: string;
  region: string;
  version: number;
  deleted: boolean;
  row: Row;
}

export type WorkerMode = "normal" | "drain_only" | "off";

/**
 * State of sending. `idle`: nothing hinders it. `on_pc`: this PC's agent has all operations, and the server's verdicts
 * are still missing.
 */
export type DrainState = "idle" | "sending" | "offline" | "sign_in" | "blocked_network" | "refused" | "too_old" | "server_trouble" | "busy" | "on_pc" | "pc_full";

/** What the page shows about the queue as a whole. */
export interface Summary {
  /** Operations of this person that wait. */
  waiting: number;
  /** Of this person, held or rejected and not dealt with. */
  failed: number;
  /** When the oldest waiting one was entered. */
  oldest_at: number | null;
  /** Operations of others in this browser that wait; never shown with content. */
  others: number;
  state: DrainState;
  /** Nothing is sent before this time, unless a person presses "send now". */
  next_at: number;
  last_contact: number | null;
  /** How many numbers of this person's queue here the server misses, and no log has any more. */
  lost: number;
}

/** The progress of sending, for a bar. */
export interface Progress {
  state: DrainState;
  sent: number;
  waiting: number;
}
