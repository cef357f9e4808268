// The queue as a file: one operation per line, as it would be sent.

import type { Queue } from "./queue.ts";

/** What became of a file. */
export interface Imported {
  stored: number;
  /** Known before: waiting, or in the log. */
  known: number;
  /** Lines that are no operation, by number. */
  unreadable: number[];
}

/** The queue as NDJSON: what waits, and what was held or rejected. With `userId`, of that person only. */
export async function exportQueue(_queue: Queue, _userId?: string): Promise<string> {
  throw new Error("not yet");
}

/** Takes such a file over; every operation keeps its envelope. */
export async function importQueue(_queue: Queue, _text: string): Promise<Imported> {
  throw new Error("not yet");
}
