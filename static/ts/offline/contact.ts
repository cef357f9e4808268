// The contact with the server: whether it responds, who is signed in there, and what follows from its response.

import { askOurs, post } from "./answer.ts";
import type { Outbox } from "./outbox.ts";
import type { People, PingUser } from "./people.ts";
import type { Queue } from "./queue.ts";
import type { Person, Verdict, WorkerMode } from "./types.ts";

const GRANT_MS = 7 * 86_400_000;
const GRANT_RETRY_MS = 3_600_000;
/** Clock differences below this are explained by the network's delay. */
const OFFSET_MS = 250;

/** The response of `/api/v1/ping`; `ping` returns null for everything that is not from our server. */
export interface Contact {
  server_time: string;
  mode: WorkerMode;
  build: string;
  person: Person | null;
}

/** What a contact needs of its surroundings. */
export interface Line {
  fetch: typeof fetch;
  now: () => number;
  timeoutMs: number;
}

export class Contacts {
  readonly #queue: Queue;
  readonly #outbox: Outbox;
  readonly #around: Line;
  /** When a person's grant was last requested without success. */
  readonly #askedInVain = new Map<string, number>();

  constructor(queue: Queue, outbox: Outbox, around: Line) {
    this.#queue = queue;
    this.#outbox = outbox;
    this.#around = around;
  }

  /**
   * The only proof of being online. Stores who is signed in, the worker's mode and the clock offset; fetches a grant
   * when one is due.
   */
  async ping(): Promise<Contact | null> {
    const [sentAt, asked] = [this.#around.now(), this.#queue.people.era];
    const body = await askOurs(this.#around.fetch, "/api/v1/ping", { headers: { Accept: "application/json" } }, this.#around.timeoutMs);
    if (typeof body === "string") return null;
    const time = body["server_time"];
    if (typeof time !== "string") return null;
    const { people } = this.#queue;
    const worker = (body["sw"] ?? {}) as { mode?: WorkerMode; build?: string };
    const mode = worker.mode === "drain_only" || worker.mode === "off" ? worker.mode : "normal";
    await people.keepWorkerMode(mode);
    const user = body["user"] as PingUser | null | undefined;
    const signedIn = user ? await people.signedIn(user, asked) : null;
    const person = await keepOffset(people, signedIn, time, sentAt, this.#around.now());
    await people.keepDrainMemory({ last_contact: this.#around.now() });
    if (person) await this.#catchUp(person, body);
    return { server_time: time, mode, build: worker.build ?? "", person };
  }

  /**
   * Follow-ups of a contact: numbers that the server misses, replaced server data, held operations, a grant that is
   * due.
   */
  async #catchUp(person: Person, body: Record<string, unknown>): Promise<void> {
    const { people } = this.#queue;
    const epoch = body["feed_epoch"];
    const known = await people.setting<string>("feed_epoch");
    if (typeof epoch === "string" && epoch !== known) {
      if (known !== null) {
        await this.#outbox.resendLog();
        await this.#queue.mirror.forget(); // its rows may have versions that the new data never had
      }
      await people.keepSetting("feed_epoch", epoch);
    }
    const own = await people.queueOf(person.user_id);
    const missing = (Array.isArray(body["missing"]) ? body["missing"] : []) as { queue_id?: unknown; n?: unknown }[];
    const numbers = missing.filter(({ queue_id }) => queue_id === own).map(({ n }) => n);
    if (numbers.length > 0)
      await this.#outbox.resend(
        own,
        numbers.filter((n): n is number => Number.isSafeInteger(n)),
      );
    await this.#review(person);
    if (this.#around.now() - person.grant_fetched_at > GRANT_MS) await this.refreshGrant(person);
  }

  /** Asks for the state of held operations: fixing what they waited for releases them at the server. */
  async #review(person: Person): Promise<void> {
    const held = await this.#outbox.held(person.user_id);
    if (held.length === 0) return;
    const body = await askOurs(this.#around.fetch, "/api/v1/ops/status", post(JSON.stringify({ op_ids: held.slice(0, 1000) })), this.#around.timeoutMs);
    const results = typeof body === "string" ? null : body["results"];
    if (Array.isArray(results)) await this.#outbox.review(results as Verdict[]);
  }

  /** Fetches a new grant; after a failure not again for an hour, per person. False if the server sent none. */
  async refreshGrant(person: Person): Promise<boolean> {
    const [now, { user_id }, { people }] = [this.#around.now(), person, this.#queue];
    if (now - (this.#askedInVain.get(user_id) ?? -Infinity) < GRANT_RETRY_MS) return false;
    const asked = people.era;
    const queue_id = await people.queueOf(user_id);
    const body = await askOurs(this.#around.fetch, "/api/v1/grant", post(JSON.stringify({ queue_id })), this.#around.timeoutMs);
    if (typeof body === "string" || typeof body["grant"] !== "string") {
      this.#askedInVain.set(user_id, now);
      return false;
    }
    this.#askedInVain.delete(user_id);
    if (asked === people.era) await people.keepGrant(user_id, body["grant"], String(body["expires_at"] ?? ""), now);
    return true;
  }
}

/**
 * Stores this browser's clock minus the server's, assuming that request and response took equally long. Returns the
 * person with it.
 */
export async function keepOffset(people: People, person: Person | null, serverTime: string | null, sentAt: number, now: number): Promise<Person | null> {
  const offset = Math.round((sentAt + now) / 2 - Date.parse(serverTime ?? ""));
  if (!Number.isFinite(offset) || Math.abs(offset - (person?.offset_ms ?? Infinity)) < OFFSET_MS) return person;
  await people.keepOffset(offset);
  return person && { ...person, offset_ms: offset };
}
