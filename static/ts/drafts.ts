// Drafts: what was typed into a form and not saved is still there when the same person opens the form again in this tab
// within a day. Never passwords, identity numbers or words that confirm an action. A list of Bugün asks before it is
// left instead.

import { onHtmx } from "./htmx_events.ts";
import { button, make } from "./offline/dom.ts";
import { loadSentences, say } from "./offline/say.ts";

const PREFIX = "rainstaff-draft ";
const FORMS = "form.entry-form[method=post]";
const DAY_MS = 86_400_000;
const NEVER = new Set(["identity_no", "confirm", "code"]);

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Per field its value; for checkboxes the values of those that are ticked. */
type Values = Record<string, string | string[]>;

interface Draft {
  at: number;
  values: Values;
  /** The form was sent, and the next page shows the result. */
  isSent?: boolean;
}

export function startDrafts(): void {
  const user = reader();
  if (user === "") {
    return;
  }
  tidy(user);
  dropSent();
  for (const form of document.querySelectorAll<HTMLFormElement>(FORMS)) {
    restore(form);
  }
  onHtmx("htmx:after:settle", ({ newContent }) => {
    for (const node of newContent) {
      const forms = node instanceof Element ? [...(node.matches(FORMS) ? [node] : []), ...node.querySelectorAll(FORMS)] : [];
      forms.forEach((form) => restore(form as HTMLFormElement));
    }
  });
  document.addEventListener("input", onInput);
  document.addEventListener("change", onInput);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("click", onClick);
  document.addEventListener("rainstaff:saved", (event) => forgetDraft((event as CustomEvent<HTMLFormElement>).detail));
}

/** Addresses of the forms that have a draft. */
export function draftedAddresses(): string[] {
  return keys(reader()).map((key) => key.slice(prefixOf(reader()).length));
}

/** Deletes all drafts when the person signs out. */
export function forgetDrafts(): void {
  keys("").forEach((key) => sessionStorage.removeItem(key));
}

function reader(): string {
  return document.body.dataset["user"] ?? "";
}

function prefixOf(user: string): string {
  return user === "" ? PREFIX : `${PREFIX}${user} `;
}

function keys(user: string): string[] {
  return Object.keys(sessionStorage).filter((key) => key.startsWith(prefixOf(user)));
}

/**
 * A form is identified by the address it posts to; a form for a new row also by what it was opened for, if anything.
 */
function keyOf(form: HTMLFormElement): string {
  const { pathname } = new URL(form.action);
  return `${prefixOf(reader())}${pathname}${location.pathname.endsWith("/new") ? location.search : ""}`;
}

/** Deletes the drafts of other people, and those older than a day. */
function tidy(user: string): void {
  for (const key of keys("")) {
    const draft = read(key);
    if (!key.startsWith(prefixOf(user)) || !draft || Math.abs(Date.now() - draft.at) > DAY_MS) {
      sessionStorage.removeItem(key);
    }
  }
}

function read(key: string): Draft | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null") as Draft | null;
  } catch {
    return null;
  }
}

function write(key: string, draft: Draft | null): void {
  const hadOne = sessionStorage.getItem(key) !== null;
  try {
    if (draft) sessionStorage.setItem(key, JSON.stringify(draft));
    else sessionStorage.removeItem(key);
  } catch {
    sessionStorage.removeItem(key); // no room: rather no draft than half of one
  }
  if (hadOne !== (draft !== null)) {
    document.dispatchEvent(new CustomEvent("rainstaff:drafts"));
  }
}

/** Deletes the form's draft: it is saved, or given up. */
export function forgetDraft(form: HTMLFormElement): void {
  if (form.matches(FORMS)) {
    write(keyOf(form), null);
    form.querySelector("[data-draft-note]")?.remove();
  }
}

// Fields ----------------------------------------------------------------------------------------------------------------------------------

function controls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter((control): control is Control => {
    const isField = control instanceof HTMLInputElement || control instanceof HTMLSelectElement || control instanceof HTMLTextAreaElement;
    return isField && control.name !== "" && !NEVER.has(control.name) && !control.matches("[type=hidden], [type=password], [type=file], [type=submit], [data-template]");
  });
}

function isBox(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio");
}

function valueIn(form: HTMLFormElement, name: string): string | string[] {
  const all = controls(form).filter((control) => control.name === name);
  const boxes = all.filter(isBox);
  return boxes.length > 0 ? boxes.filter(({ checked }) => checked).map(({ value }) => value) : (all[0]?.value ?? "");
}

function isChanged(control: Control): boolean {
  if (isBox(control)) {
    return control.checked !== control.defaultChecked;
  }
  if (control instanceof HTMLSelectElement) {
    const before = [...control.options].find(({ defaultSelected }) => defaultSelected) ?? control.options[0];
    return control.value !== before?.value;
  }
  return control.value !== control.defaultValue;
}

/** Whether the server has returned the form with errors and what was typed. */
function isRefused(form: HTMLFormElement): boolean {
  return form.querySelector("[aria-invalid=true], .alert-danger") !== null;
}

/** Fields that were typed in; what a form fills in on its own is not a draft. */
const touched = new WeakSet<Element>();

function onInput({ target }: Event): void {
  const form = target instanceof Element && "form" in target ? (target.form as HTMLFormElement | null) : null;
  if (form?.matches(FORMS)) {
    touched.add(target as Element);
    keep(form);
  }
}

function keep(form: HTMLFormElement): void {
  const key = keyOf(form);
  const before = isRefused(form) ? Object.keys(read(key)?.values ?? {}) : [];
  const names = new Set([
    ...before,
    ...controls(form)
      .filter((control) => touched.has(control) && isChanged(control))
      .map(({ name }) => name),
  ]);
  const values = Object.fromEntries([...names].map((name) => [name, valueIn(form, name)]));
  write(key, names.size > 0 ? { at: Date.now(), values } : null);
}

/** Restores what was typed into a form that has just been opened, and shows a message. */
function restore(form: HTMLFormElement): void {
  const key = keyOf(form);
  const draft = read(key);
  if (!draft || isRefused(form)) {
    if (draft) write(key, { at: draft.at, values: draft.values });
    return;
  }
  let isAny = false;
  for (const control of controls(form).filter(({ name }) => name in draft.values)) {
    const kept = draft.values[control.name] ?? "";
    const wanted = isBox(control) ? kept.includes(control.value) : String(kept);
    if (isBox(control) ? control.checked === wanted : control.value === wanted) {
      continue;
    }
    if (isBox(control)) control.checked = wanted === true;
    else control.value = String(wanted);
    isAny = true;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (isAny) {
    void tell(form);
  }
}

async function tell(form: HTMLFormElement): Promise<void> {
  await loadSentences();
  if (form.isConnected && !form.querySelector("[data-draft-note]")) {
    const undo = button(say("offline-draft-drop"), "x", { "data-draft-drop": "" });
    form.prepend(make("p", { class: "draft-note", role: "status", "data-draft-note": "" }, say("offline-draft-back"), " ", undo));
  }
}

function onClick({ target }: MouseEvent): void {
  const control = target instanceof Element ? target.closest("[data-draft-drop], [data-cancel]") : null;
  const form = control?.closest<HTMLFormElement>(FORMS);
  if (!control || !form) {
    return;
  }
  if (control.matches("[data-draft-drop]")) {
    form.reset();
    form.querySelector<HTMLElement>("select, input:not([type=hidden]), textarea")?.focus();
  }
  forgetDraft(form);
}

// Forms that lead to another page -----------------------------------------------------------------------------------------------------------

function onSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented) {
    return;
  }
  if (form.matches("[data-sign-out]")) {
    forgetDrafts();
  } else if (form.matches(FORMS) && !form.hasAttribute("hx-post")) {
    const draft = read(keyOf(form));
    if (draft) write(keyOf(form), { ...draft, isSent: true });
  }
}

/**
 * A sent form that was not returned is saved, unless the page is an error page (which has no side bar). A page may also
 * show the form empty below the message that it is saved.
 */
function dropSent(): void {
  const isSaved = document.querySelector("[data-made], [data-toast][data-tone=success]") !== null;
  const forms = [...document.querySelectorAll<HTMLFormElement>(FORMS)].filter((form) => !isSaved || isRefused(form));
  const shown = new Set(forms.map(keyOf));
  for (const key of keys(reader())) {
    if (read(key)?.isSent && !shown.has(key)) {
      write(key, null);
    }
  }
}
