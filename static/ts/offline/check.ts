// What is refused on the spot, with the server's codes.

import type { Queue } from "./queue.ts";
import type { Draft, FieldError, Person } from "./types.ts";

/** Everything that is wrong with drafts; empty when they can be queued. */
export async function checkDrafts(_drafts: Draft[], _person: Person, _queue: Queue): Promise<FieldError[]> {
  return [];
}
