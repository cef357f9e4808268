// `hx-swap="rows"`: an answer of many rows goes into its list in one pass. Each element of the answer takes the place of the one with its id;
// the others stay as they are, with what is typed in them. (A partial of its own per row has htmx, and everything that listens to it, look at
// the whole page once per row.)

import htmx from "htmx.org";

/** Name of the extension; `templates/shell/head.html` allows it. */
const NAME = "rows";

export function startSwapRows(): void {
  htmx.registerExtension(NAME, {
    handle_swap: (style: string, target: Element, fragment: DocumentFragment) => (style === NAME ? swapRows(target, fragment) : false),
  });
}

/** What has come in. The focus, and the selection in a field, stay where they were if that is there again. */
function swapRows(list: Element, fragment: DocumentFragment): Element[] {
  const focus = focusIn(list);
  const fresh = [...fragment.children];
  for (const row of fresh) {
    const old = document.getElementById(row.id);
    if (old && list.contains(old)) {
      old.replaceWith(row);
    }
  }
  focus?.();
  return fresh.filter((row) => row.isConnected);
}

/** Puts the focus back to what has the same id as what has it now. */
function focusIn(list: Element): (() => void) | null {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || active.id === "" || !list.contains(active)) {
    return null;
  }
  const [start, end] = active instanceof HTMLInputElement && active.type === "text" ? [active.selectionStart, active.selectionEnd] : [null, null];
  return () => {
    const again = active.isConnected ? null : document.getElementById(active.id);
    again?.focus({ preventScroll: true });
    if (again instanceof HTMLInputElement && start !== null) {
      again.setSelectionRange(start, end);
    }
  };
}
