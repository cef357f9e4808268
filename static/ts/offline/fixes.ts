// "Düzelt": an entry that waits, or that the server refused, is put back into its form. Nothing changes until that form
// is sent; then the new operation replaces the old one.

import { adopt } from "../op_fields.ts";
import { showToast } from "../toasts.ts";
import { make } from "./dom.ts";
import type { Queue } from "./queue.ts";
import { say } from "./say.ts";
import type { Draft } from "./types.ts";

const KEPT = "rainstaff-fix"; // the operation, kept while another page loads

let queue: Queue;
let repaint: () => Promise<void>;
const inHand = new Map<HTMLFormElement, string>();
let wanted: string | null = null; // the operation whose form is being looked for

export function startFixes(of: Queue, painter: () => Promise<void>): void {
  [queue, repaint] = [of, painter];
  document.addEventListener("rainstaff:saved", (event) => void done((event as CustomEvent<HTMLFormElement>).detail));
}

/** Whether this operation is open in a form right now. */
export function beingFixed(opId: string): boolean {
  return opId === wanted || [...inHand].some(([form, op]) => op === opId && form.isConnected);
}

/** Opens the form of an operation and fills it. */
export async function fix(opId: string): Promise<void> {
  const draft = await queue.edit(opId);
  if (!draft) {
    return;
  }
  inHand.clear();
  if (!(await fillHere(draft, opId))) {
    sessionStorage.setItem(KEPT, opId);
    location.assign(pageOf(draft));
  }
}

/** Continues on the page with the form, once it is loaded. */
export async function resumeFix(): Promise<void> {
  const opId = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  const draft = opId === null ? null : await queue.edit(opId);
  if (opId !== null && draft && !(await fillHere(draft, opId))) {
    showToast(say("offline-no-form"), { sticky: true });
  }
}

/** Fills the form of an operation. False if this page has none. */
async function fillHere(draft: Draft, opId: string): Promise<boolean> {
  wanted = opId;
  await repaint(); // a row of Bugün contains its form, which the overlay covers
  const form = formOn(draft);
  if (form) {
    await fill(form, draft, opId);
  }
  wanted = null;
  return form !== null;
}

/** The entry was sent again: its earlier version is settled. */
async function done(form: HTMLFormElement): Promise<void> {
  const opId = inHand.get(form);
  if (opId !== undefined) {
    inHand.delete(form);
    form.querySelector('input[name="_replaces"]')?.remove();
    await queue.discard(opId);
    await repaint();
  }
}

function pageOf({ kind, entity, id, fields, original }: Draft): string {
  const day = original?.["work_date"];
  const isTimesOnly = Object.keys(fields).every((name) => ["start_time", "end_time", "break_minutes", "is_special"].includes(name));
  switch (entity) {
    case "timesheet":
      return kind === "create" ? "/timesheets" : typeof day === "string" && isTimesOnly ? `/today?date=${day}` : `/timesheets/${id}/edit`;
    case "employee":
      return kind === "create" ? "/employees/new" : `/employees/${id}/edit`;
    case "shift_template":
      return kind === "create" ? "/shift-templates/new" : `/shift-templates/${id}/edit`;
  }
}

function formOn({ kind, entity, id }: Draft): HTMLFormElement | null {
  const base = { timesheet: "/timesheets", employee: "/employees", shift_template: "/shift-templates" }[entity];
  const actions = kind === "create" ? [base] : [`${base}/${id}`, `/today/entries/${id}`];
  const forms = [...document.querySelectorAll<HTMLFormElement>("form[data-write]")];
  return forms.find((form) => actions.includes(new URL(form.action).pathname)) ?? null;
}

async function fill(form: HTMLFormElement, draft: Draft, opId: string): Promise<void> {
  inHand.set(form, opId);
  await repaint();
  for (const [name, { to }] of Object.entries(draft.fields)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement && field.type === "checkbox") {
      field.checked = to === true;
    } else if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement) {
      field.value = to === null ? "" : String(to);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  if (draft.kind === "create") {
    adopt(form, draft.id);
  }
  form.querySelector('input[name="_replaces"]')?.remove();
  form.append(make("input", { type: "hidden", name: "_replaces", value: opId }));
  form.scrollIntoView({ block: "center" });
  (form.elements.namedItem(Object.keys(draft.fields)[0] ?? "") as HTMLElement | null)?.focus?.();
}
