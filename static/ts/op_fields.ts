// The hidden fields of a write form. `_op` identifies one attempt to save one content: it is created at the first
// attempt and kept for every retry, so that the server can tell a repeat from a new write. Changed content gets a new
// `_op`; the row's `_id` stays.

const contentOfOp = new WeakMap<HTMLFormElement, string>();
const ownIds = new WeakSet<HTMLFormElement>();

/** The write form a request belongs to, if it is one. */
export function writeForm(form: Element | null | undefined): HTMLFormElement | null {
  return form instanceof HTMLFormElement && hidden(form, "_op") ? form : null;
}

/** Fills `_op` and, for a new row, `_id`, unless this is a retry of the same content. */
export function mint(form: HTMLFormElement, newId: () => string): void {
  const op = hidden(form, "_op");
  const id = hidden(form, "_id");
  const content = contentOf(form);
  if (op && (op.value === "" || contentOfOp.get(form) !== content)) {
    op.value = newId();
    contentOfOp.set(form, content);
  }
  if (id && id.value === "") {
    id.value = newId();
    ownIds.add(form);
  }
}

/** After the server has stored the write: a form that stays on the page gets new ids. */
export function renew(form: HTMLFormElement): void {
  const op = hidden(form, "_op");
  const id = hidden(form, "_id");
  if (op) {
    op.value = "";
  }
  if (id && ownIds.has(form)) {
    id.value = "";
  }
  contentOfOp.delete(form);
  ownIds.delete(form);
}

/** The form enters an existing row again: the row keeps its id, the attempt gets a new one. */
export function adopt(form: HTMLFormElement, rowId: string): void {
  const op = hidden(form, "_op");
  const id = hidden(form, "_id");
  if (op) {
    op.value = "";
  }
  if (id) {
    id.value = rowId;
    ownIds.add(form);
  }
  contentOfOp.delete(form);
}

/**
 * The id of the person a page was made for: its forms contain it in front of the session's token. Null if they do not.
 */
export function readerOf(csrf: string): string | null {
  return /^([0-9a-f-]{36})\./.exec(csrf)?.[1] ?? null;
}

/** The value of a hidden field. */
export function fieldValue(form: HTMLFormElement, name: "_op" | "_id"): string {
  return hidden(form, name)?.value ?? "";
}

function hidden(form: HTMLFormElement, name: "_op" | "_id"): HTMLInputElement | null {
  return form.querySelector<HTMLInputElement>(`input[type="hidden"][name="${name}"]`);
}

function contentOf(form: HTMLFormElement): string {
  const fields = [...new FormData(form)].filter(([name]) => !["_op", "_id", "_csrf"].includes(name));
  return JSON.stringify(fields.map(([name, value]) => [name, value instanceof File ? value.name : value]));
}
