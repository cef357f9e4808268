// The list of a day by keyboard (UX 4.2, 4.4). The focus is on a row, or in a field of one. On a row: arrows, Home and
// End move to another row, Space enters it as planned, Enter enters all rows, a digit starts its first time, Del
// deletes its entry. In a field: Enter saves and moves to the next blank row, Esc discards, arrows save and stay in the
// column. Nothing typed is lost: a row left by arrow is saved, and a row whose fields differ from the stored values is
// not entered as planned with the others.

import { parseTime } from "./civil.ts";
import { wasHeld } from "./day.ts";
import { onHtmx } from "./htmx_events.ts";
import { isWaiting } from "./pill.ts";
import { showToast } from "./toasts.ts";
import { collectUndos, undoLast } from "./undo.ts";

const CONTROLS = "a[href], button, input:not([type=hidden])";
const PHONE = "(max-width: 767.98px)";

let current = "";
let lastFocus = "";

export function startToday(): void {
  if (!grid()) {
    return;
  }
  collectUndos();
  document.addEventListener("keydown", onKey);
  document.addEventListener("input", onInput);
  document.addEventListener("change", onInput);
  document.addEventListener("focusin", onFocus);
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit, { capture: true });
  onHtmx("htmx:after:settle", onSettle);
  window.addEventListener("beforeunload", (event) => {
    if (rows().some((row) => isUnsaved(row) || isUnderWay(row))) {
      event.preventDefault();
    }
  });
  prepare(rows());
  const first = rows().find(isBlank) ?? rows()[0];
  if (first) {
    setCurrent(first);
    if (document.activeElement === document.body && !matchMedia(PHONE).matches) {
      first.focus({ preventScroll: true });
    }
  }
}

function grid(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-today]");
}

function rows(): HTMLTableRowElement[] {
  return [...document.querySelectorAll<HTMLTableRowElement>("[data-today] tr[data-row]")];
}

// Keys ----------------------------------------------------------------------------------------------------------------------------------

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) {
    return;
  }
  const { target } = event;
  const row = target instanceof Element ? target.closest<HTMLTableRowElement>("[data-today] tr[data-row]") : null;
  const field = row && target instanceof HTMLInputElement && target.type === "text" ? target : null;
  if (event.altKey || event.ctrlKey || event.metaKey) {
    onChord(event, field);
  } else if (row && field) {
    onFieldKey(event, row, field);
  } else if (row && target === row) {
    onRowKey(event, row);
  } else if (row) {
    onControlKey(event, row);
  } else if (target === document.body || (target instanceof Element && target.id === "main")) {
    onPageKey(event);
  }
}

function onChord(event: KeyboardEvent, field: HTMLInputElement | null): void {
  if (event.altKey && !event.ctrlKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
    event.preventDefault();
    document.querySelector<HTMLElement>(`[data-day="${event.key === "ArrowLeft" ? "previous" : "next"}"]`)?.click();
  } else if (!event.altKey && !event.shiftKey && event.key.toLowerCase() === "z" && !isEditing(field)) {
    event.preventDefault();
    if (!undoLast()) {
      say("nothingToUndo");
    }
  }
}

/** In a field with typed text, Ctrl+Z is the browser's own. */
function isEditing(field: HTMLInputElement | null): boolean {
  const active = field ?? document.activeElement;
  return active instanceof HTMLInputElement && active.type !== "checkbox" && (field === null || differs(field));
}

function onRowKey(event: KeyboardEvent, row: HTMLTableRowElement): void {
  if (/^[0-9]$/.test(event.key)) {
    const start = row.querySelector<HTMLInputElement>("input[data-time]");
    row.dataset["open"] = "";
    start?.focus();
    start?.select(); // the digit itself is typed into the field: the field has the focus before the key event ends
    return;
  }
  const acts: Record<string, () => void> = {
    ArrowUp: () => moveTo(neighbour(row, -1)),
    ArrowDown: () => moveTo(neighbour(row, 1)),
    Home: () => moveTo(rows()[0]),
    End: () => moveTo(rows().at(-1)),
    " ": () => enterAsPlanned(row),
    Enter: () => event.repeat || enterAll(),
    Delete: () => row.querySelector<HTMLFormElement>("form[data-delete]")?.requestSubmit(),
  };
  const act = acts[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
}

function onFieldKey(event: KeyboardEvent, row: HTMLTableRowElement, field: HTMLInputElement): void {
  const acts: Record<string, () => void> = {
    Enter: () => saveAsked(row) && moveTo(nextBlank(row) ?? row),
    Escape: () => giveUp(row),
    ArrowUp: () => changeRow(row, field, -1),
    ArrowDown: () => changeRow(row, field, 1),
  };
  const act = acts[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
}

/** Keys on a button, a link or the checkbox of a row. */
function onControlKey(event: KeyboardEvent, row: HTMLTableRowElement): void {
  if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    event.preventDefault();
    moveTo(neighbour(row, event.key === "ArrowUp" ? -1 : 1));
  } else if (event.key === "Escape") {
    event.preventDefault();
    giveUp(row);
  } else if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
    event.preventDefault();
    if (saveAsked(row)) {
      moveTo(nextBlank(row) ?? row);
    }
  }
}

/** Keys while the focus is nowhere, for instance after a click beside the list: the list still reacts. */
function onPageKey(event: KeyboardEvent): void {
  const row = currentRow();
  if (event.key === "Enter" && !event.repeat) {
    event.preventDefault();
    enterAll();
  } else if (row && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    moveTo(row);
  }
}

// Actions -------------------------------------------------------------------------------------------------------------------------------

function enterAsPlanned(row: HTMLTableRowElement): void {
  if (isBlank(row) && save(row)) {
    moveTo(nextBlank(row) ?? neighbour(row, 1) ?? row);
  }
}

function enterAll(): void {
  const form = document.querySelector<HTMLFormElement>("#today-all");
  if (!form) {
    say("nothingBlank");
    return;
  }
  syncBatch();
  if (form.querySelector('input[name="planned"]:enabled')) {
    form.requestSubmit();
  } else {
    say("onlyUnsaved");
  }
}

/** Saves a row: what was typed, or the plan for a blank one. False if saving was held back for a confirmation. */
function save(row: HTMLTableRowElement): boolean {
  const form = isUnsaved(row) || isBlank(row) ? formOf(row) : null;
  form?.requestSubmit();
  return form === null || !wasHeld();
}

/** The same for Enter in one of its fields. Also saves the usual times of a person who is not expected that day. */
function saveAsked(row: HTMLTableRowElement): boolean {
  const form = formOf(row);
  if (!form?.matches("[data-new]")) {
    return save(row);
  }
  form.requestSubmit();
  return !wasHeld();
}

function giveUp(row: HTMLTableRowElement): void {
  if (row.dataset["extra"] !== undefined) {
    const person = row.parentElement;
    whyOf(row)?.remove();
    row.remove();
    person?.querySelector<HTMLElement>("tr[data-row]")?.focus();
    return;
  }
  for (const field of fields(row)) {
    if (field.type === "checkbox") {
      field.checked = field.dataset["kept"] === "true";
    } else {
      field.value = field.dataset["kept"] ?? "";
    }
    field.classList.remove("is-invalid");
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  whyOf(row)?.remove();
  delete row.dataset["unsaved"];
  delete row.dataset["open"];
  mark(row);
  moveTo(row);
}

/** The error row below a row that the server returned. */
function whyOf(row: HTMLTableRowElement): Element | null {
  const next = row.nextElementSibling;
  return next?.matches("[data-why]") ? next : null;
}

/** Moves up or down in a column; what was typed is saved. */
function changeRow(row: HTMLTableRowElement, field: HTMLInputElement, step: number): void {
  const other = neighbour(row, step);
  if (isUnsaved(row) && !save(row)) {
    return;
  }
  const there = other?.querySelector<HTMLInputElement>(`input[name="${field.name}"]`);
  if (other && there) {
    setCurrent(other);
    there.focus();
    there.select();
  }
}

function say(name: string): void {
  showToast(grid()?.dataset[name] ?? "", { tone: "info" });
}

// Rows ----------------------------------------------------------------------------------------------------------------------------------

function currentRow(): HTMLTableRowElement | null {
  return rows().find((row) => row.id === current) ?? rows()[0] ?? null;
}

function neighbour(row: HTMLTableRowElement, step: number): HTMLTableRowElement | undefined {
  const all = rows();
  return all[all.indexOf(row) + step];
}

/** The next row without an entry, from this one downwards and then from the top. */
function nextBlank(row: HTMLTableRowElement): HTMLTableRowElement | undefined {
  const all = rows();
  const place = all.indexOf(row);
  return [...all.slice(place + 1), ...all.slice(0, place)].find((other) => isBlank(other) && !isUnderWay(other));
}

function moveTo(row: HTMLTableRowElement | undefined): void {
  if (row) {
    setCurrent(row);
    row.focus();
  }
}

/** Sets the one row that is in the tab order, with its controls. */
function setCurrent(row: HTMLTableRowElement): void {
  const before = currentRow();
  if (before && before !== row) {
    prepare([before]);
  }
  current = row.id;
  row.tabIndex = 0;
  row.querySelectorAll<HTMLElement>(CONTROLS).forEach((control) => control.removeAttribute("tabindex"));
}

function prepare(some: HTMLTableRowElement[]): void {
  for (const row of some) {
    row.tabIndex = -1;
    row.querySelectorAll<HTMLElement>(CONTROLS).forEach((control) => (control.tabIndex = -1));
  }
}

function isBlank(row: HTMLTableRowElement): boolean {
  return row.dataset["state"] === "blank";
}

/** Whether its fields differ from what is stored or planned. */
function isUnsaved(row: HTMLTableRowElement): boolean {
  return row.dataset["unsaved"] !== undefined || row.dataset["dirty"] !== undefined;
}

function isUnderWay(row: HTMLTableRowElement): boolean {
  const form = formOf(row);
  return form !== null && isWaiting(form);
}

function formOf(row: HTMLTableRowElement): HTMLFormElement | null {
  return row.querySelector<HTMLInputElement>("input[form]")?.form ?? null;
}

function fields(row: HTMLTableRowElement): HTMLInputElement[] {
  return [...row.querySelectorAll<HTMLInputElement>("input[data-kept]")];
}

function differs(field: HTMLInputElement): boolean {
  const kept = field.dataset["kept"] ?? "";
  if (field.type === "checkbox") {
    return String(field.checked) !== kept;
  }
  const [typed, before] = [parseTime(field.value), parseTime(kept)];
  const isSameTime = field.matches("[data-time]") && typed.ok && before.ok && typed.value === before.value;
  return field.value.trim() !== kept && !isSameTime;
}

function mark(row: HTMLTableRowElement): void {
  row.toggleAttribute("data-dirty", fields(row).some(differs));
}

/**
 * Rows that were typed in, or that are being sent, are not entered as planned with the others. Checked when the form is
 * sent.
 */
function syncBatch(): void {
  const form = document.querySelector<HTMLFormElement>("#today-all");
  if (!form) {
    return;
  }
  const busy = new Set(
    rows()
      .filter((row) => isUnsaved(row) || isUnderWay(row) || row.dataset["pending"] !== undefined)
      .map((row) => row.dataset["person"]),
  );
  for (const planned of form.querySelectorAll<HTMLInputElement>('input[name="planned"]')) {
    planned.disabled = busy.has(planned.value.split(" ")[0]);
  }
}

// Events --------------------------------------------------------------------------------------------------------------------------------

function onInput({ target }: Event): void {
  const row = target instanceof Element ? target.closest<HTMLTableRowElement>("[data-today] tr[data-row]") : null;
  if (row) {
    mark(row);
  }
}

function onFocus({ target }: FocusEvent): void {
  const row = target instanceof Element ? target.closest<HTMLTableRowElement>("[data-today] tr[data-row]") : null;
  lastFocus = row ? row.id : "";
  if (row && row.id !== current) {
    setCurrent(row);
  }
}

/** A click on the row itself selects it; on a phone it opens and closes its fields. */
function onClick({ target }: MouseEvent): void {
  const row = target instanceof Element ? target.closest<HTMLTableRowElement>("[data-today] tr[data-row]") : null;
  if (!row || !(target instanceof Element) || target.closest("a, button, input, label")) {
    return;
  }
  if (matchMedia(PHONE).matches) {
    row.toggleAttribute("data-open");
  }
  setCurrent(row);
}

/** The form sent with its button follows the same rule as the key: unsaved rows are left out. */
function onSubmit({ target }: Event): void {
  if (target instanceof HTMLFormElement && target.id === "today-all") {
    syncBatch();
  }
}

function onSettle({ newContent }: { newContent: Node[] }): void {
  const fresh = newContent.filter((node): node is Element => node instanceof Element);
  const some = fresh.flatMap((node) => [...node.querySelectorAll<HTMLTableRowElement>("tr[data-row]")]);
  prepare(some);
  const row = currentRow();
  if (row) {
    setCurrent(row);
  }
  if (document.activeElement === document.body && lastFocus !== "" && row) {
    row.focus({ preventScroll: true });
  }
}
