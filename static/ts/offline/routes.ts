// Which posts of the site write business data, and the operations each of them is: what src/routes.rs and its handlers do.

import type { Queue } from "./queue.ts";
import type { Draft, FieldError, Person } from "./types.ts";

/** A write that can be queued. */
export interface WriteRoute {
  name: string;
  /** Where a form without htmx is led to. */
  list: string;
  /** The parts of the address: `id`, `date`, `entry`, `op`. */
  params: Record<string, string>;
}

/** What a post is: operations, or why it cannot be any. */
export type Plan = { ok: true; drafts: Draft[] } | { ok: false; errors: FieldError[] };

/** The write route of an address; null for every other post. */
export function writeRoute(_method: string, _pathname: string): WriteRoute | null {
  return null;
}

/** The operations of a post, as the server would make them of the same form. */
export async function planWrite(_route: WriteRoute, _pairs: [string, string][], _person: Person, _queue: Queue): Promise<Plan> {
  throw new Error("not yet");
}
