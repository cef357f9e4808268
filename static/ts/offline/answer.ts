// The response to a batch (SYNC 3.4). Without our own JSON, our header and our nonce, nothing counts as delivered.

import { isOurs } from "../verdict.ts";
import type { Verdict, VerdictKind } from "./types.ts";

export type Answer =
  | { kind: "verdicts"; verdicts: Verdict[]; missing: number[]; server_time: string | null }
  /** The PC's agent has stored them; there is no verdict of the server yet. */
  | { kind: "on_pc"; op_ids: string[] }
  /** 507: the PC has no room for them. */
  | { kind: "pc_full" }
  /** 401: a person has to sign in. */
  | { kind: "sign_in" }
  /** A portal, a proxy's page or a redirect: not our server. */
  | { kind: "blocked_network" }
  /** 403: another origin, or a read-only account. */
  | { kind: "refused" }
  /** 409: another sender is sending this queue. */
  | { kind: "busy" }
  /** 413. */
  | { kind: "too_large" }
  /** 400, 422: part of the batch is not an operation. */
  | { kind: "malformed" }
  /** 426: this build may not enter anything new. */
  | { kind: "too_old" }
  /** 429, 503. `why` is recorded with the operations: the server is busy, or a day's limit is reached. */
  | { kind: "wait"; seconds: number; why: "busy" | "volume" }
  /** A 500 of our server: one operation may be the cause. */
  | { kind: "fault" }
  /** A proxy's 5xx, or a response that was cut off. */
  | { kind: "trouble" }
  | { kind: "timeout" }
  | { kind: "offline" };

const KINDS = new Set<string>(["applied", "merged", "held", "rejected", "retry"] satisfies VerdictKind[]);
/** The longest wait in seconds that is accepted from a server. */
const LONGEST_WAIT = 3600;

/** Sends a request and returns the response. Never throws on network errors. */
export async function ask(fetcher: typeof fetch, url: string, init: RequestInit, timeoutMs: number): Promise<{ response: Response; text: string } | "timeout" | "offline"> {
  const patience = new AbortController();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    patience.abort();
  }, timeoutMs);
  try {
    const response = await fetcher(url, { ...init, redirect: "manual", credentials: "same-origin", cache: "no-store", signal: patience.signal });
    return { response, text: await response.text() };
  } catch {
    return isLate ? "timeout" : "offline";
  } finally {
    clearTimeout(timer);
  }
}

/** The JSON of a successful response of our own server; otherwise why there is none. */
export async function askOurs(fetcher: typeof fetch, url: string, init: RequestInit, timeoutMs: number): Promise<Record<string, unknown> | "timeout" | "offline" | "trouble"> {
  const came = await ask(fetcher, url, init, timeoutMs);
  if (typeof came === "string") return came;
  const isGood = came.response.status === 200 && came.response.headers.get("X-Sync") === "1";
  return (isGood ? parse(came.text) : null) ?? "trouble";
}

/** The meaning of a response to a batch of these operations. */
export function judge(response: Pick<Response, "status" | "headers" | "type">, text: string, nonce: string, opIds: string[]): Answer {
  const { status, headers } = response;
  if (status === 200 || status === 202) return judgeSuccess(status, headers, text, nonce, new Set(opIds));
  if (response.type === "opaqueredirect" || status < 400 || status === 511) return { kind: "blocked_network" };
  if (status === 507 && isOurs(headers)) return { kind: "pc_full" };
  if (status === 503 || status === 429) {
    const why = isOurs(headers) && parse(text)?.["error"] === "volume" ? "volume" : "busy";
    return { kind: "wait", seconds: secondsOf(headers.get("Retry-After")) ?? 5, why };
  }
  if (status >= 500) return { kind: status === 500 && isOurs(headers) ? "fault" : "trouble" };
  if (!isOurs(headers)) return { kind: "blocked_network" };
  switch (status) {
    case 400:
    case 422:
      return { kind: "malformed" };
    case 401:
      return { kind: "sign_in" };
    case 409:
      return { kind: "busy" };
    case 413:
      return { kind: "too_large" };
    case 426:
      return { kind: "too_old" };
    default:
      return { kind: "refused" };
  }
}

function judgeSuccess(status: number, headers: Pick<Headers, "get">, text: string, nonce: string, asked: Set<string>): Answer {
  if (headers.get("X-Sync") !== "1") return { kind: "blocked_network" };
  const body = parse(text);
  if (body === null) return { kind: "trouble" };
  if (body["nonce"] !== nonce) return { kind: "blocked_network" };
  if (status === 202) return { kind: "on_pc", op_ids: list(body["stored"]).filter((id): id is string => typeof id === "string" && asked.has(id)) };
  const verdicts = list(body["results"]).filter((item): item is Verdict => isVerdict(item) && asked.has(item.op_id));
  const missing = list(body["missing"]).filter((n): n is number => Number.isSafeInteger(n));
  return { kind: "verdicts", verdicts, missing, server_time: typeof body["server_time"] === "string" ? body["server_time"] : null };
}

function isVerdict(item: unknown): item is Verdict {
  const { op_id, verdict } = (item ?? {}) as Partial<Verdict>;
  return typeof op_id === "string" && typeof verdict === "string" && KINDS.has(verdict);
}

/** A request that changes something at the API: no page of another site can send its header. */
export function post(body: string): RequestInit {
  return { method: "POST", headers: { "Content-Type": "application/json", "X-Sync-Client": "1" }, body };
}

/** A JSON object, or null for anything else. */
export function parse(text: string): Record<string, unknown> | null {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The seconds of `Retry-After` or `X-Backoff`; null if there are none. */
export function secondsOf(header: string | null): number | null {
  const seconds = header === null || header.trim() === "" ? NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, LONGEST_WAIT) : null;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
