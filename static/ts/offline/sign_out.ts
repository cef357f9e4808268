// A sign-out is complete when the server reports that no one is signed in. Without the server, pages and rows are
// deleted from this browser at once; the session, still open at the server, is ended as soon as the server is
// reachable, before any other request.

import { askOurs } from "./answer.ts";
import { recollect, remember } from "./page_cache.ts";
import type { PingUser } from "./people.ts";

const NAME = "leaving";
const TIMEOUT_MS = 10_000;
/**
 * After this many refusals of the server itself the sign-out counts as done: a browser must not be locked out because
 * the server refuses the form.
 */
const MOST_REFUSALS = 3;

/** Whose session is to end, the last entry of theirs before it (`_queue`), and how often the server itself refused. */
interface Leaving {
  user: string | null;
  last: string;
  refusals: number;
}

export class SignOut {
  readonly #fetch: typeof fetch;
  #due: Leaving | null | undefined;
  #finishing: Promise<boolean> | null = null;

  constructor(fetcher: typeof fetch = (...args) => fetch(...args)) {
    this.#fetch = fetcher;
  }

  /** Whether the session of a person who has signed out is still open at the server, as far as this browser knows. */
  async isDue(): Promise<boolean> {
    this.#due ??= await recollect<Leaving>(NAME);
    return this.#due !== null;
  }

  /**
   * A person signs out (null if unknown). `last`: their queue here and the number of its last entry; the grant that
   * stays for the queue covers entries up to it and no later ones. True if the server's session has ended as well.
   */
  async begin(user: string | null, last: { queue_id: string; n: number } | null): Promise<boolean> {
    await this.#keep({ user, last: last ? `${last.queue_id} ${last.n}` : "", refusals: 0 });
    return this.finish();
  }

  /** Ends the session if the server is reachable. True if no session is open any more. */
  finish(): Promise<boolean> {
    this.#finishing ??= this.#end().finally(() => {
      this.#finishing = null;
    });
    return this.#finishing;
  }

  async #end(): Promise<boolean> {
    if (!(await this.isDue()) || !this.#due) {
      return true;
    }
    const { user, last, refusals } = this.#due;
    const body = new URLSearchParams(last === "" ? {} : { _queue: last }).toString();
    const answer = await this.#fetch("/logout", { ...BY_SCRIPT, body, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => null);
    // A portal also redirects, and a PC's agent accepts the form without the server: only a ping of the server counts.
    const contact = await askOurs(this.#fetch, "/api/v1/ping", { headers: { Accept: "application/json" } }, TIMEOUT_MS);
    if (typeof contact === "string") {
      return false;
    }
    const there = contact["user"] as PingUser | null;
    const isRefused = answer !== null && answer.status >= 400;
    if (there === null || (user !== null && there.id !== user) || (isRefused && refusals + 1 >= MOST_REFUSALS)) {
      await this.#keep(null);
      return true;
    }
    await this.#keep({ user, last, refusals: refusals + Number(isRefused) });
    return false;
  }

  async #keep(due: Leaving | null): Promise<void> {
    this.#due = due;
    await remember(NAME, due);
  }
}

/** The form as a script posts it: it needs no token, and the page with the token of this session may be gone. */
const BY_SCRIPT: RequestInit = {
  method: "POST",
  headers: { "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true", "HX-Request-Type": "partial" },
  redirect: "manual",
  credentials: "same-origin",
  cache: "no-store",
};
