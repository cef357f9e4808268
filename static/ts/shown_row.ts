// A row that was just entered is marked in the list, and scrolled into view if the form in use stays in view as well.
// If the list shows something else, the message links to the row.

import { onHtmx } from "./htmx_events.ts";
import { make } from "./offline/dom.ts";
import { loadSentences, say } from "./offline/say.ts";

const WAIT_MS = 4_000;
const MARKED_MS = 4_000;
const MARGIN = 16;

let wanted = "";
let isListening = false;

/** Shows the row once it is in the list. */
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

/** Links to the row if the list was loaded again without it: another month, another person. */
async function leadTo(id: string): Promise<void> {
  await loadSentences();
  const toast = [...document.querySelectorAll("#toasts [data-counts]")].at(-1);
  toast?.querySelector(".toast-text")?.append(" ", make("a", { href: `/timesheets/${id}` }, say("toast-show")));
}
