// Sentences come from the page, in the reader's language; none is written here.

/** The sentence that the page contains under `name` (see `#texts` in base.html). */
export function text(name: string): string {
  return document.getElementById("texts")?.dataset[name] ?? "";
}
