// `hx-swap="rows"`: a response of many rows is inserted into its list in one pass. Each element of the response
// replaces the one with its id; the others stay as they are, with what is typed in them. (With one partial per row,
// htmx and all its listeners would search the whole page once per row.)

import htmx from "htmx.org";

/** Name of the extension; `templates/shell/head.html` allows it. */
const NAME = "rows";

export function startSwapRows(): void {
  htmx.registerExtension(NAME, {
    handle_swap: (style: string, target: Element, fragment: DocumentFragment) => (style === NAME ? swapRows(target, fragment) : false),
  });
}

/**
 * Inserts the rows and returns the inserted elements. The focus, and the selection in a field, are restored if their
 * element is there again.
 */
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

/** Returns a function that moves the focus to the element with the id of the one focused now. */
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
