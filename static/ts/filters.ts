// A list's address names only the filters that are set.

import { onHtmx } from "./htmx_events.ts";

export function startFilters(): void {
  onHtmx("htmx:config:request", ({ ctx }) => {
    const { body, method } = ctx.request;
    if (method !== "GET" || !body || !ctx.sourceElement.matches('form[data-keep-empty="false"]')) {
      return;
    }
    for (const name of new Set(body.keys())) {
      if (body.getAll(name).every((value) => value === "")) {
        body.delete(name);
      }
    }
  });
}
