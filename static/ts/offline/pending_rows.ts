// What the queue's operations make of the rows on a page: one entry per row, whatever number of operations it has.

import type { DoneOp, FieldError, QueuedOp, Row } from "./types.ts";

export interface PendingRow {
  entity: string;
  id: string;
  region: string;
  kind: "new" | "edited" | "deleted" | "restored";
  state: "on_pc" | "waiting" | "held" | "rejected";
  /** The values that were entered, by form field. */
  values: Row;
  /** What its author saw in the fields that change. */
  before: Row;
  /** Its operations, the last one last. */
  ops: string[];
  label: string;
  href: string;
  reason: string;
  errors: FieldError[];
}

const WORSE = ["on_pc", "waiting", "held", "rejected"] as const;

/** Both lists in the order in which they were entered. */
export function pendingRows(waiting: QueuedOp[], failed: DoneOp[]): PendingRow[] {
  const rows = new Map<string, PendingRow>();
  for (const item of [...failed, ...waiting].sort((a, b) => a.stored_at - b.stored_at)) {
    const key = `${item.op.entity} ${item.op.id}`;
    const row = rows.get(key) ?? blank(item);
    rows.set(key, row);
    add(row, item);
  }
  return [...rows.values()];
}

function blank({ op, label, href }: QueuedOp | DoneOp): PendingRow {
  const { entity, id, region } = op;
  return { entity, id, region, kind: "edited", state: "on_pc", values: {}, before: {}, ops: [], label, href, reason: "", errors: [] };
}

function add(row: PendingRow, item: QueuedOp | DoneOp): void {
  const { op } = item;
  row.kind = op.kind === "delete" ? "deleted" : op.kind === "restore" ? "restored" : op.kind === "create" || row.kind === "new" ? "new" : "edited";
  for (const [name, { from, to }] of Object.entries(op.fields)) {
    row.values[name] = to;
    row.before[name] ??= from;
  }
  row.before = { ...item.original, ...row.before };
  row.ops.push(op.op_id);
  row.label = item.label || row.label;
  row.href = item.href || row.href;
  const verdict = "verdict" in item ? item.verdict : null;
  const state = verdict?.verdict === "rejected" ? "rejected" : verdict?.verdict === "held" ? "held" : "state" in item ? item.state : "waiting";
  if (WORSE.indexOf(state) > WORSE.indexOf(row.state)) {
    row.state = state;
  }
  row.reason = verdict?.reason ?? row.reason;
  row.errors = verdict?.errors ?? row.errors;
}
