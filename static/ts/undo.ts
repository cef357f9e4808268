// Ctrl+Z: every act whose message offers "Geri al" can be taken back by key, the last one first, also when its message has left the corner.

import { isWaiting } from "./pill.ts";

const forms: HTMLFormElement[] = [];
let attic: HTMLElement | null = null;
/** How often the key was pressed while the last act was still being taken back. */
let owed = 0;

/** Collects the forms behind "Geri al" as their messages arrive. Only the newest message stays in view. */
export function collectUndos(): void {
  const area = document.getElementById("toasts");
  if (!area) {
    return;
  }
  area.querySelectorAll("[data-toast]").forEach((toast) => keep(area, toast));
  new MutationObserver((changes) => {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) {
      if (node instanceof Element) {
        keep(area, node);
      }
    }
  }).observe(area, { childList: true });
  document.addEventListener("rainstaff:saved", ({ target }) => {
    const place = target instanceof HTMLFormElement ? forms.indexOf(target) : -1;
    if (place >= 0) {
      forms.splice(place, 1);
      if (owed > 0) {
        const left = owed - 1;
        undoLast();
        owed = left;
      }
    }
  });
}

/** Takes the last act back; while it is on its way, the one before it follows. False when there is none. */
export function undoLast(): boolean {
  const form = forms.at(-1);
  if (!form) {
    return false;
  }
  if (isWaiting(form)) {
    owed += 1;
  } else {
    owed = 0; // what was asked for before a failure is asked for no more
    if (!form.isConnected) {
      attic ??= document.body.appendChild(Object.assign(document.createElement("div"), { hidden: true }));
      attic.append(form);
    }
    form.requestSubmit();
  }
  return true;
}

function keep(area: Element, toast: Element): void {
  const form = toast.querySelector<HTMLFormElement>("form[data-undo]");
  if (!form) {
    return;
  }
  forms.push(form);
  for (const older of area.querySelectorAll("[data-toast]")) {
    const undo = older.querySelector<HTMLFormElement>("form[data-undo]");
    if (older !== toast && undo && !isWaiting(undo) && undo.dataset["failed"] === undefined) {
      older.remove();
    }
  }
}
