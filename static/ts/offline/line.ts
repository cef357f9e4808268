// Whether the server is reachable. The pill, the strips under the page's head, the badges, /queue and the lists all use
// this event, so none of them shows an outdated connection state.

import { onHtmx } from "../htmx_events.ts";
import { keptSince } from "./kept.ts";

/** How often the server is probed while there is no connection. */
const PROBE_MS = 5_000;

let isUp = keptSince() === null;

/** `ask` makes the worker ask the server. The result arrives through `lineIs`. */
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

/** Reports that the server responded, or did not. */
export function lineIs(up: boolean): void {
  if (up !== isUp) {
    isUp = up;
    document.dispatchEvent(new CustomEvent("rainstaff:line", { detail: { isUp } }));
  }
}
