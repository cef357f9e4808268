// Sends the waiting operations. One drainer at a time (Web Locks), each queue in order, one request at a time. Only
// JSON of the Rainstaff server or of the PC's agent counts as a response.

import { type Answer, ask, askOurs, judge, post, secondsOf } from "./answer.ts";
import { type Contact, Contacts, keepOffset } from "./contact.ts";
import { INTERNAL_ERROR, type Length, Outbox, QUARANTINED, type Waiting } from "./outbox.ts";
import type { DrainMemory } from "./people.ts";
import type { Queue } from "./queue.ts";
import type { DrainState, Person, Progress, QueuedOp, Verdict } from "./types.ts";

/** The page or worker's surroundings, which tests replace. */
export interface Surroundings {
  fetch: typeof fetch;
  /** Undefined if the page is not in a secure context; the server recognizes duplicates anyway. */
  locks: Pick<LockManager, "request"> | undefined;
  now: () => number;
  random: () => number;
  /** A new nonce. */
  nonce: () => string;
  onProgress: (progress: Progress) => void;
  /** How long a request may take. */
  timeoutMs: number;
  /** Build of this client, for the heartbeat. */
  build: string | null;
}

/** How a run ended. */
export interface DrainResult {
  state: DrainState;
  sent: number;
  waiting: number;
  /** The time from which another run makes sense; 0: at once. */
  next_at: number;
}

export type { Contact } from "./contact.ts";

/** Name of the lock that a drain holds: a new worker does not take over while it is held. */
export const DRAIN_LOCK = "rainstaff-drain";

const FIRST_SIZE = 20;
const MOST_OPS = 100;
const MOST_BYTES = 256 * 1024;
const BACKOFF_MS = 1000;
const LONGEST_BACKOFF_MS = 300_000;
/** No pause is ever set to this length: a longer remaining pause means that the clock was set back. */
const LONGEST_PAUSE_MS = 7_200_000;
const HEARTBEAT_MS = 300_000;
const CARRIER_MS = 600_000;
/** How often the PC's agent is asked for the verdicts on the operations it holds. */
const ON_PC_MS = 30_000;
/** Server errors on one batch before it is cut in half. */
const MOST_FAULTS = 3;
/** How often the server may fail to store one operation before the operation is sent to quarantine as it is. */
const MOST_REFUSALS = 5;

/** Whether a run goes on after a step: with this queue, with the next one, or not at all. */
type Next = "again" | "next_queue" | "stop";

interface Run {
  memory: DrainMemory;
  sent: number;
  person: Person | null;
  /**
   * Whether to ask also for the verdicts on operations that the PC's agent holds. If false, only operations that no one
   * else has are sent.
   */
  asksPc: boolean;
  /** Per queue: the number up to which this run has handed operations over to the PC's agent. */
  handed: Map<string, number>;
}

export class Drainer {
  readonly #queue: Queue;
  readonly #outbox: Outbox;
  readonly #around: Surroundings;
  #running: Promise<DrainResult> | null = null;
  #again: { force: boolean } | null = null;
  readonly #contacts: Contacts;

  constructor(queue: Queue, around: Partial<Surroundings> = {}) {
    this.#queue = queue;
    this.#outbox = new Outbox(queue);
    this.#around = {
      fetch: (...args) => fetch(...args),
      locks: globalThis.navigator?.locks,
      now: queue.now,
      random: Math.random,
      nonce: () => crypto.randomUUID(),
      onProgress: () => undefined,
      timeoutMs: 30_000,
      build: null,
      ...around,
    };
    this.#contacts = new Contacts(queue, this.#outbox, this.#around);
  }

  /** Sends until the queues are empty or sending is blocked. `force` ignores a pause ("Şimdi gönder"). */
  drain({ force = false }: { force?: boolean } = {}): Promise<DrainResult> {
    if (this.#running) {
      // Operations that arrive while a run is ending are not forgotten: one more run follows.
      this.#again = { force: force || this.#again?.force === true };
      return this.#running;
    }
    this.#running = this.#runs(force).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #runs(force: boolean): Promise<DrainResult> {
    let outcome = await this.#locked(force);
    while (this.#again) {
      const { force: forced } = this.#again;
      this.#again = null;
      outcome = await this.#locked(forced);
    }
    return outcome;
  }

  async #locked(force: boolean): Promise<DrainResult> {
    const { locks } = this.#around;
    return locks ? await locks.request(DRAIN_LOCK, () => this.#run(force)) : this.#run(force);
  }

  async #run(force: boolean): Promise<DrainResult> {
    const memory = await this.#queue.people.drainMemory();
    const run: Run = { memory, sent: 0, person: await this.#queue.people.current(), asksPc: true, handed: new Map() };
    const { state: before, next_at: until } = memory;
    const pause = until - this.#around.now();
    const isPaused = !force && pause > 0 && pause < LONGEST_PAUSE_MS;
    if (isPaused && before !== "on_pc") return this.#ended(run);
    run.asksPc = !isPaused; // the pause is between two requests to the PC; new operations are sent there at once
    memory.state = "idle";
    memory.next_at = 0;
    if (force) memory.carrier = {};
    try {
      const isThrough = await this.#sendAll(run);
      if (isThrough && (isPaused || run.handed.size > 0)) this.#waitForPc(run, isPaused ? until : 0);
      if (isThrough && memory.next_at <= this.#around.now()) await this.#beat(run);
    } finally {
      run.memory = await this.#queue.people.keepDrainMemory(run.memory);
    }
    if (run.memory.state !== before) this.#queue.announce({ type: "state", op_ids: [] });
    return this.#ended(run);
  }

  async #ended({ memory, sent }: Run): Promise<DrainResult> {
    const waiting = (await this.#queue.summary(null)).others;
    this.#around.onProgress({ state: memory.state, sent, waiting });
    return { state: memory.state, sent, waiting, next_at: memory.next_at };
  }

  /** Sends all queues. False if sending as a whole is blocked, not only one queue. */
  async #sendAll(run: Run): Promise<boolean> {
    for (const waiting of this.#ordered(run, await this.#outbox.queues())) {
      let next: Next = "again";
      while (next === "again") {
        next = await this.#sendNext(run, waiting);
      }
      if (next === "stop") return false;
    }
    return true;
  }

  /**
   * The queue of the signed-in person comes first. Queues that this carrier may not deliver are skipped for a while.
   */
  #ordered({ memory, person }: Run, queues: Waiting[]): Waiting[] {
    const now = this.#around.now();
    const isOpen = ({ queue_id }: Waiting): boolean => {
      const block = memory.carrier[queue_id];
      return !block || block.user_id !== person?.user_id || block.until <= now;
    };
    const isOwn = ({ user_id }: Waiting): number => (user_id === person?.user_id ? 0 : 1);
    return queues.filter(isOpen).sort((a, b) => isOwn(a) - isOwn(b));
  }

  async #sendNext(run: Run, waiting: Waiting): Promise<Next> {
    const { queue_id } = waiting;
    const length = await this.#outbox.length(queue_id);
    const later = run.handed.get(queue_id) ?? (run.asksPc ? null : 0);
    const batch = await this.#outbox.take(queue_id, run.memory.sizes[queue_id] ?? FIRST_SIZE, MOST_BYTES, later, run.person?.user_id ?? null);
    if (batch.length === 0) return "next_queue";
    const answer = await this.#post(run, waiting, length, batch);
    if (answer.kind !== "fault" && answer.kind !== "timeout") run.memory.faults = null;
    switch (answer.kind) {
      case "verdicts":
        return this.#delivered(run, waiting, batch, answer);
      case "on_pc":
        return this.#handedToPc(run, queue_id, batch, answer.op_ids);
      case "too_large":
        return batch.length > 1 ? this.#halve(run, batch) : this.#deposit(run, batch);
      case "malformed":
        return batch.length > 1 ? this.#halve(run, batch) : this.#deposit(run, batch);
      case "fault":
      case "timeout":
        return this.#failed(run, batch, answer.kind);
      default:
        await this.#outbox.keepBecause(ids(batch), answer.kind === "wait" ? answer.why : answer.kind);
        this.#pause(run, answer);
        return "stop";
    }
  }

  async #delivered(run: Run, waiting: Waiting, batch: QueuedOp[], answer: Extract<Answer, { kind: "verdicts" }>): Promise<Next> {
    const { memory } = run;
    const left = await this.#outbox.settle(answer.verdicts);
    run.sent += left;
    memory.attempt = 0;
    if (waiting.user_id === run.person?.user_id) await this.#outbox.resend(waiting.queue_id, answer.missing);
    const stuck = batch.filter(({ op, refusals }) => (refusals ?? 0) >= MOST_REFUSALS - 1 && reasonOf(answer.verdicts, op.op_id) === INTERNAL_ERROR);
    if (left > 0) {
      memory.sizes[waiting.queue_id] = Math.min(MOST_OPS, (memory.sizes[waiting.queue_id] ?? FIRST_SIZE) * 2);
      await this.#report(run);
      return memory.next_at > this.#around.now() ? "stop" : "again";
    }
    if (stuck[0]) return this.#deposit(run, stuck);
    if (answer.verdicts.some(({ reason }) => reason === "carrier")) {
      memory.carrier[waiting.queue_id] = { user_id: run.person?.user_id ?? "", until: this.#around.now() + CARRIER_MS };
      return "next_queue";
    }
    // The server responded, but settled nothing: no better than no response.
    this.#pause(run, { kind: answer.verdicts.length > 0 ? "busy" : "trouble" });
    return "stop";
  }

  /**
   * The PC's agent has stored these operations. It sends in order, so the others that it holds of this queue wait as
   * well: the next ones to hand over are those it does not have.
   */
  async #handedToPc(run: Run, queueId: string, batch: QueuedOp[], stored: string[]): Promise<Next> {
    const { memory, handed } = run;
    await this.#outbox.keepOnPc(stored);
    if (stored.length < batch.length) {
      this.#pause(run, { kind: "trouble" });
      return "stop";
    }
    memory.attempt = 0;
    memory.sizes[queueId] = Math.min(MOST_OPS, (memory.sizes[queueId] ?? FIRST_SIZE) * 2);
    handed.set(queueId, batch.at(-1)?.n ?? Infinity);
    return "again";
  }

  /**
   * The PC's agent sends on its own. Its verdicts are requested at the time that is already set (`until`), or after
   * `ON_PC_MS`.
   */
  #waitForPc({ memory, sent }: Run, until: number): void {
    memory.state = "on_pc";
    // A newer operation has a verdict. The PC has sent the older ones before it, so they have a verdict, too.
    memory.next_at = until === 0 ? this.#around.now() + ON_PC_MS : sent > 0 ? 0 : until;
    if (until !== 0 && sent > 0) this.#again = { force: true };
  }

  /** From now on half as many operations per request; the next request follows at once. */
  #halve({ memory }: Run, batch: QueuedOp[]): Next {
    memory.sizes[queueOf(batch)] = Math.max(1, Math.floor(batch.length / 2));
    return "again";
  }

  /**
   * The server failed or timed out. A batch is cut in half after three failures in a row, or after one timeout. A
   * single operation is sent to quarantine as it is after three, if the server responds to a ping.
   */
  async #failed(run: Run, batch: QueuedOp[], kind: "fault" | "timeout"): Promise<Next> {
    const { memory } = run;
    const [head = ""] = ids(batch);
    const count = memory.faults?.op_id === head ? memory.faults.count + 1 : 1;
    memory.faults = { op_id: head, count };
    await this.#outbox.keepBecause(ids(batch), kind);
    if (count >= MOST_FAULTS && batch.length === 1 && (await this.ping()) !== null && (await this.#deposit(run, batch)) === "again") return "again";
    if ((kind === "timeout" || count >= MOST_FAULTS) && batch.length > 1) {
      this.#halve(run, batch);
      memory.faults = null;
    }
    this.#pause(run, { kind });
    return "stop";
  }

  /**
   * Sends an operation that the server cannot process to its quarantine, where it is stored as it is. Its author sees
   * it as held.
   */
  async #deposit(run: Run, batch: QueuedOp[]): Promise<Next> {
    const [queued] = batch;
    if (!queued) return "next_queue";
    const answer = await askOurs(this.#around.fetch, "/api/v1/ops/quarantine", post(JSON.stringify(queued.op)), this.#around.timeoutMs);
    if (typeof answer !== "string") {
      run.memory.faults = null;
      run.sent += await this.#outbox.settle([{ op_id: queued.op.op_id, verdict: "held", reason: QUARANTINED }]);
      return "again";
    }
    this.#pause(run, { kind: answer });
    return "stop";
  }

  async #post(run: Run, { queue_id }: Waiting, length: Length, batch: QueuedOp[]): Promise<Answer> {
    const nonce = this.#around.nonce();
    const queue = { id: queue_id, ...length, build: this.#around.build, offset_ms: run.person?.offset_ms ?? 0 };
    const sentAt = this.#around.now();
    const asked = ids(batch);
    const body = JSON.stringify({ nonce, queue, ops: batch.map(({ op }) => op) });
    const came = await ask(this.#around.fetch, "/api/v1/ops", post(body), this.#around.timeoutMs);
    if (typeof came === "string") return { kind: came };
    const answer = judge(came.response, came.text, nonce, asked);
    const pause = secondsOf(came.response.headers.get("X-Backoff"));
    if (answer.kind === "verdicts") {
      const now = this.#around.now();
      run.memory.last_contact = now;
      run.memory.beats[queue_id] = { len: length.len, at: now };
      run.person = await keepOffset(this.#queue.people, run.person, answer.server_time, sentAt, now);
      if (pause !== null && pause > 0) run.memory.next_at = now + pause * 1000;
    }
    return answer;
  }

  /** Sets the state, and the time before which nothing is sent unless it is forced. */
  #pause({ memory }: Run, answer: Pick<Answer, "kind"> & { seconds?: number }): void {
    const { random } = this.#around;
    const backoff = (): number => random() * Math.min(LONGEST_BACKOFF_MS, BACKOFF_MS * 2 ** memory.attempt++);
    const [state, wait] = ((): [DrainState, number] => {
      switch (answer.kind) {
        case "sign_in":
          return ["sign_in", 30_000];
        case "refused":
          return ["refused", LONGEST_BACKOFF_MS];
        case "too_old":
          return ["too_old", LONGEST_BACKOFF_MS];
        case "busy":
          return ["busy", 1000 + random() * 4000];
        case "wait":
          return ["busy", (answer.seconds ?? 5) * 1000 * (1 + random() * 0.2)];
        case "pc_full":
          return ["pc_full", backoff()];
        case "blocked_network":
          return ["blocked_network", backoff()];
        case "offline":
        case "timeout":
          return ["offline", backoff()];
        default:
          return ["server_trouble", backoff()];
      }
    })();
    memory.state = state;
    memory.next_at = Math.max(memory.next_at, this.#around.now() + wait);
  }

  async #report({ memory, sent }: Run): Promise<void> {
    const waiting = (await this.#queue.summary(null)).others;
    this.#around.onProgress({ state: waiting > 0 ? "sending" : memory.state, sent, waiting });
  }

  /** Sends a heartbeat with the length of each queue: when the length has changed, and every five minutes. */
  async #beat(run: Run): Promise<void> {
    const { memory, person } = run;
    const waiting = await this.#outbox.queues();
    const own = person && { queue_id: await this.#queue.people.queueOf(person.user_id), user_id: person.user_id };
    const all = own && waiting.every(({ queue_id }) => queue_id !== own.queue_id) ? [own, ...waiting] : waiting;
    for (const queue of all) {
      const length = await this.#outbox.length(queue.queue_id);
      const told = memory.beats[queue.queue_id];
      if (told?.len === length.len && this.#around.now() - told.at < HEARTBEAT_MS) continue;
      const answer = await this.#post(run, queue, length, []);
      if (answer.kind === "on_pc") return; // the PC's agent reports the length of its own queue
      if (answer.kind !== "verdicts") return this.#pause(run, answer);
      if (queue === own && (await this.#outbox.resend(own.queue_id, answer.missing)).resent > 0) this.#again ??= { force: false };
    }
    await this.#outbox.prune();
  }

  /**
   * The only proof of being online. Stores who is signed in, the worker's mode and the clock offset; fetches a grant
   * when one is due.
   */
  ping(): Promise<Contact | null> {
    return this.#contacts.ping();
  }
}

function ids(batch: QueuedOp[]): string[] {
  return batch.map(({ op }) => op.op_id);
}

function queueOf(batch: QueuedOp[]): string {
  return batch[0]?.queue_id ?? "";
}

function reasonOf(verdicts: Verdict[], opId: string): string | undefined {
  return verdicts.find((verdict) => verdict.op_id === opId)?.reason;
}
