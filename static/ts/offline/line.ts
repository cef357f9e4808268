// Whether the server is there. One word for the whole page: the pill, the lines under the head, the badges, /queue and the lists go by this
// event, so none of them speaks of a line that is back, or of one that is gone.

import { onHtmx } from "../htmx_events.ts";
import { keptSince } from "./kept.ts";

/** How often somebody who is without a line asks for it. */
const PROBE_MS = 5_000;

let isUp = keptSince() === null;

/** `ask` makes the worker ask the server. What came of it arrives with `lineIs`. */
export function startLine(ask: () => void): void {
  onHtmx("htmx:before:response", ({ ctx }) => {
    const app = ctx.response?.headers.get("X-App");
    if (app === "offline" || ctx.response?.headers.has("X-Kept-Since")) lineIs(false);
    else if (app && app !== "agent") lineIs(true);
  });
  const probe = (): void => {
    if (!isUp && !document.hidden) ask();
  };
  setInterval(probe, PROBE_MS);
  document.addEventListener("visibilitychange", probe);
  globalThis.addEventListener("online", ask);
  probe();
}

export function isLineUp(): boolean {
  return isUp;
}

/** Somebody has heard from the server, or has not. */
export function lineIs(up: boolean): void {
  if (up !== isUp) {
    isUp = up;
    document.dispatchEvent(new CustomEvent("rainstaff:line", { detail: { isUp } }));
  }
}
