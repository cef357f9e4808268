// Sends what waits. One drainer at a time (Web Locks), each queue in its order, one request under way; only our own JSON counts.

import type { Queue } from "./queue.ts";
import type { DrainState, Person, Progress, WorkerMode } from "./types.ts";

/** The page or worker's surroundings, which tests replace. */
export interface Surroundings {
  fetch: typeof fetch;
  locks: Pick<LockManager, "request">;
  now: () => number;
  random: () => number;
  /** A new nonce. */
  nonce: () => string;
  onProgress: (progress: Progress) => void;
  /** How long a request may take. */
  timeoutMs: number;
}

/** What `/api/v1/ping` said; null for everything but our own answer. */
export interface Contact {
  server_time: string;
  mode: WorkerMode;
  build: string;
  person: Person | null;
}

/** How a run ended. */
export interface DrainResult {
  state: DrainState;
  sent: number;
  waiting: number;
  /** The moment from which another run makes sense; 0 for at once. */
  next_at: number;
}

/** Name of the lock that a drain holds: a new worker does not take over while it is held. */
export const DRAIN_LOCK = "rainstaff-drain";

export class Drainer {
  constructor(_queue: Queue, _around: Partial<Surroundings> = {}) {}

  /** Sends until nothing is left or something is in the way. `force` ignores a pause ("Şimdi gönder"). */
  async drain(_options: { force?: boolean } = {}): Promise<DrainResult> {
    throw new Error("not yet");
  }

  /** The only proof of being online. Keeps who is signed in, the worker's mode, the clock's offset; fetches a grant when one is due. */
  async ping(): Promise<Contact | null> {
    throw new Error("not yet");
  }

  /** Fetches a new proof of authorship when the last is older than a week. False where the server gave none. */
  async refreshGrant(_person: Person): Promise<boolean> {
    throw new Error("not yet");
  }
}
