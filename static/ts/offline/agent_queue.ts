// What this PC's agent says that it keeps (`GET /agent/queue`).

import { type FieldError, type Kind, type Op, type VerdictKind } from "./types.ts";

/** An operation that the agent keeps. */
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

/** What the agent keeps: this person's with content, of others only how many. */
export interface AgentQueue {
  waiting: AgentOp[];
  failed: AgentOp[];
  others: number;
}

/** The agent's answer; null for anything else. */
export function readQueue(body: unknown): AgentQueue | null {
  const { waiting, failed, others } = (body ?? {}) as Partial<AgentQueue>;
  return Array.isArray(waiting) && Array.isArray(failed) ? { waiting, failed, others: Number(others ?? 0) } : null;
}

/** The operations that only the agent has. */
export function onlyThere({ waiting, failed }: AgentQueue, known: Set<string>): { waiting: AgentOp[]; failed: AgentOp[] } {
  const isNew = ({ op_id }: AgentOp): boolean => !known.has(op_id);
  return { waiting: waiting.filter(isNew), failed: failed.filter(isNew) };
}
