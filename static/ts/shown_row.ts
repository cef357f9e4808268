// A row that was just entered is marked in the list, and brought into view where the form that somebody types in stays in view as well.
// Where the list is of something else, the message leads to the row.

import { onHtmx } from "./htmx_events.ts";
import { make } from "./offline/dom.ts";
import { loadSentences, say } from "./offline/say.ts";

const WAIT_MS = 4_000;
const MARKED_MS = 4_000;
const MARGIN = 16;

let wanted = "";
let isListening = false;

/** Shows the row once the list has it. */
export function showRow(id: string): void {
  wanted = id;
  if (!isListening) {
    isListening = true;
    onHtmx("htmx:after:settle", () => mark());
  }
  setTimeout(() => {
    if (wanted === id) {
      wanted = "";
      void leadTo(id);
    }
  }, WAIT_MS);
  mark();
}

function mark(): void {
  const row = wanted === "" ? null : document.querySelector(`tr[data-id="${CSS.escape(wanted)}"]`);
  if (!row) {
    return;
  }
  wanted = "";
  row.classList.add("just-saved");
  setTimeout(() => row.classList.remove("just-saved"), MARKED_MS);
  bringIntoView(row);
}

function bringIntoView(row: Element): void {
  const [there, typing] = [row.getBoundingClientRect(), document.activeElement?.getBoundingClientRect()];
  const below = there.bottom + MARGIN - innerHeight;
  if (below > 0 && (!typing || typing.top - below > MARGIN)) {
    scrollBy({ top: below, behavior: "instant" });
  }
}

/** The list has been loaded again and does not have it: another month, another person. */
async function leadTo(id: string): Promise<void> {
  await loadSentences();
  const toast = [...document.querySelectorAll("#toasts [data-counts]")].at(-1);
  toast?.querySelector(".toast-text")?.append(" ", make("a", { href: `/timesheets/${id}` }, say("toast-show")));
}
