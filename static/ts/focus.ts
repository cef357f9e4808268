// Where the focus goes when a page or a fragment arrives: to the first wrong field, else to the element that requests
// it (`data-focus`).

import { onHtmx } from "./htmx_events.ts";

export function startFocus(): void {
  focusWithin([document.body]);
  onHtmx("htmx:after:settle", ({ newContent }) => focusWithin(newContent));
}

function focusWithin(nodes: Node[]): void {
  if (isTypingElsewhere(nodes)) {
    return;
  }
  const elements = nodes.filter((node): node is Element => node instanceof Element);
  for (const selector of ["[aria-invalid=true]", "[data-focus]"]) {
    for (const element of elements) {
      const wanted = element.matches(selector) ? element : element.querySelector(selector);
      if (wanted instanceof HTMLElement) {
        wanted.focus();
        if (wanted instanceof HTMLInputElement && wanted.type === "text") {
          wanted.select();
        }
        return;
      }
    }
  }
}

/** Whether the focus is in a field that stays: keys meant for it must not land in another one. */
function isTypingElsewhere(nodes: Node[]): boolean {
  const active = document.activeElement;
  return active instanceof HTMLInputElement && active.matches("[data-time], [inputmode=numeric]") && !nodes.some((node) => node.contains(active));
}
