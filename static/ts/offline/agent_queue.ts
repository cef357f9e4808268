// What this PC's agent reports that it holds (`GET /agent/queue`).

import type { FieldError, Kind, Op, VerdictKind } from "./types.ts";

/** An operation that the agent holds. */
export interface AgentOp {
  op_id: string;
  kind: Kind;
  entity: Op["entity"];
  id: string;
  label: string;
  href: string;
  stored_at: string | number;
  verdict?: VerdictKind;
  reason?: string;
  errors?: FieldError[];
}

/** What the agent holds: this person's operations with content, of other people's only the number. */
export interface AgentQueue {
  waiting: AgentOp[];
  failed: AgentOp[];
  /** How many wait: possibly more than are listed. */
  count: number;
  others: number;
}

/** Reads the agent's response; null for anything else. */
export function readQueue(body: unknown): AgentQueue | null {
  const { waiting, failed, count, others } = (body ?? {}) as Partial<AgentQueue>;
  return Array.isArray(waiting) && Array.isArray(failed) ? { waiting, failed, count: Number(count ?? waiting.length), others: Number(others ?? 0) } : null;
}

/** What is wrong with the PC (`GET /agent/health`), as the key of a sentence and its number; null if nothing. */
export function complaintOf(health: unknown): { key: string; n: number } | null {
  const { is_revoked, troubles, waiting } = (health ?? {}) as { is_revoked?: unknown; troubles?: unknown; waiting?: unknown };
  const n = Number(waiting ?? 0);
  const all = Array.isArray(troubles) ? troubles : [];
  const trouble = ["disk_full", "file_corrupt"].find((name) => all.includes(name));
  return is_revoked === true ? { key: "offline-pc-revoked", n } : trouble === undefined ? null : { key: `offline-pc-${trouble.replace("_", "-")}`, n };
}

/** The operations that only the agent has. */
export function onlyThere({ waiting, failed, count }: AgentQueue, known: Set<string>): Omit<AgentQueue, "others"> {
  const isNew = ({ op_id }: AgentOp): boolean => !known.has(op_id);
  const [waitsThere, failedThere] = [waiting.filter(isNew), failed.filter(isNew)];
  return { waiting: waitsThere, failed: failedThere, count: count - (waiting.length - waitsThere.length) };
}
