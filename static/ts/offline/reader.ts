// The reader, as the worker knows them: whose kept pages may be shown, and for how long without a response of the
// server.

import { forgetPages, recollect, remember } from "./page_cache.ts";
import type { Queue } from "./queue.ts";

const DAY_MS = 86_400_000;
/**
 * How long kept pages open after the last sign-in in this browser; the same as on an office PC (src/agent/people.rs).
 */
export const READING_MS = 14 * DAY_MS;
/** Longest lifetime of a session: a person named by the server has signed in within this time. */
const SESSION_MS = DAY_MS;
const NAME = "reader";

/** What is remembered: the person, and when they signed in; `ended` if that is too long ago. */
interface Kept {
  user: string | null;
  at: number;
  ended?: boolean;
}

const NOBODY: Kept = { user: null, at: 0 };

export class Reader {
  readonly #queue: Queue;
  #kept: Kept | null = null;
  #reading: Promise<Kept> | null = null;
  #hasJustEntered = false;

  constructor(queue: Queue) {
    this.#queue = queue;
  }

  /** See `People.era`: a response to a request of an earlier era is ignored. */
  get era(): number {
    return this.#queue.people.era;
  }

  /** Whose pages may be shown; null if no one is known to be signed in, or the last sign-in is too long ago. */
  async user(): Promise<string | null> {
    const { user, at } = await this.#read();
    const age = this.#queue.now() - at;
    if (user !== null && (age > READING_MS || age < -DAY_MS)) {
      await this.#leave({ user: null, at, ended: true });
      return null;
    }
    return user;
  }

  /** Whether pages do not open because the last sign-in is too long ago. */
  async hasEnded(): Promise<boolean> {
    return (await this.user()) === null && (await this.#read()).ended === true;
  }

  /**
   * Learns who is signed in from a response of the server to a request of the era `asked`. Returns true if it is
   * another person than before.
   */
  async learn(user: string, asked: number): Promise<boolean> {
    const known = await this.#read();
    if (asked !== this.era) {
      return false;
    }
    const now = this.#queue.now();
    const isNews = known.user !== user;
    const isSignIn = isNews || this.#hasJustEntered;
    const at = isSignIn ? now : Math.max(known.at, now - SESSION_MS);
    this.#hasJustEntered = false;
    if (isSignIn) {
      void this.#queue.people.grantIsDue(user).catch(() => undefined);
    }
    if (isNews || at - known.at > SESSION_MS / 24) {
      void this.#put({ user, at });
    }
    if (isNews) {
      const isSeated = this.#queue.people.turnedTo(user).catch(() => undefined); // the era has changed when this returns
      await Promise.all([isSeated, forgetPages(user)]);
    }
    return isNews;
  }

  /** The server reports that no one is signed in: kept pages do not open until the next sign-in. */
  async unlearn(): Promise<void> {
    const { user, at } = await this.#read();
    if (user !== null) {
      await this.#put({ user: null, at });
    }
  }

  /** A person has just signed in; the next response names them. */
  entered(): void {
    this.#hasJustEntered = true;
    this.#queue.people.nextEra();
  }

  /** Signed out: pages and rows are deleted, waiting operations stay. */
  async left(): Promise<void> {
    await this.#leave(NOBODY);
  }

  async #leave(kept: Kept): Promise<void> {
    const isUnseated = this.#queue.people.signedOut().catch(() => undefined); // the era has changed when this returns
    await Promise.all([isUnseated, this.#put(kept), forgetPages(), remember("warmth", null)]);
  }

  async #put(kept: Kept): Promise<void> {
    this.#kept = kept;
    await remember(NAME, kept);
  }

  async #read(): Promise<Kept> {
    this.#reading ??= this.#recollect();
    const found = await this.#reading;
    return this.#kept ?? found;
  }

  /** An earlier build stored only the id. */
  async #recollect(): Promise<Kept> {
    const found = await recollect<Kept | string>(NAME);
    return typeof found === "string" ? { user: found, at: this.#queue.now() } : (found ?? NOBODY);
  }
}
