// Ctrl+Z: every action whose message offers "Geri al" can be undone by key, the last one first, also after its message
// has disappeared.

import { isWaiting } from "./pill.ts";

const forms: HTMLFormElement[] = [];
let attic: HTMLElement | null = null;
/** How often the key was pressed while the last action was still being undone. */
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

/** Undoes the last action; if that is still being sent, the one before it follows. False if there is none. */
export function undoLast(): boolean {
  const form = forms.at(-1);
  if (!form) {
    return false;
  }
  if (isWaiting(form)) {
    owed += 1;
  } else {
    owed = 0; // requests from before a failure no longer count
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
