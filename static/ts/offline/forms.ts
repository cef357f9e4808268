// What happens to a form if the browser, and not the server, has responded: its row is in the queue, or its fields show
// what is wrong, in the same words as the server's.

import htmx from "htmx.org";

import { goOn } from "../entry_defaults.ts";
import { showToast } from "../toasts.ts";
import { icon, make } from "./dom.ts";
import { say, sentenceOf } from "./say.ts";
import type { FieldError } from "./types.ts";

const PHRASES: Record<string, string> = {
  "needs-connection": "offline-needs-connection",
  unreachable: "offline-needs-connection",
  leaving: "offline-leaving-title",
  ended: "offline-ended-title",
  "no-room": "offline-no-room",
  "not-stored": "offline-not-stored",
};

/** The entry is stored in this browser or on this PC: the form is finished, as after saving. */
export function queued(form: HTMLFormElement): void {
  clearErrors(form);
  const row = form.closest<HTMLTableRowElement>("tr[data-row]");
  const editor = form.closest("tr.editing");
  if (row) {
    giveBack(row);
  } else if (editor) {
    closeEditor(editor);
  } else if (form.matches("[data-new-entry]")) {
    startNext(form);
  } else if (form.matches(".entry-form") && !form.closest("#day-editor")) {
    form.reset();
    form.querySelector<HTMLElement>("input:not([type=hidden]), select")?.focus();
  }
}

/** A row of Bugün shows the planned or stored values again; what was entered is shown as an overlay. */
function giveBack(row: HTMLTableRowElement): void {
  for (const field of row.querySelectorAll<HTMLInputElement>("input[data-kept]")) {
    if (field.type === "checkbox") {
      field.checked = field.dataset["kept"] === "true";
    } else {
      field.value = field.dataset["kept"] ?? "";
    }
  }
  for (const mark of ["data-dirty", "data-unsaved", "data-open"]) {
    row.removeAttribute(mark);
  }
}

/** The person stays selected and the form moves to the next day, as after saving with a network. */
function startNext(form: HTMLFormElement): void {
  goOn(form);
  const date = form.elements.namedItem("work_date");
  const notes = form.elements.namedItem("notes");
  if (date instanceof HTMLInputElement) {
    date.focus();
  }
  if (notes instanceof HTMLInputElement) {
    notes.value = "";
  }
}

// The row before it was edited, in case the server is not reachable to restore it --------------------------------------------------------

const before = new Map<string, Element>();

/** Remembers a row before its form takes its place. */
export function rememberRow(row: Element): void {
  const copy = row.cloneNode(true) as Element;
  for (const element of [copy, ...copy.querySelectorAll("[data-htmx-powered]")]) {
    element.removeAttribute("data-htmx-powered"); // so that htmx processes it again
  }
  before.set(row.id, copy);
}

/** Puts the row back in place of its form. False if the row is not known. */
export function closeEditor(editor: Element): boolean {
  const row = before.get(editor.id);
  if (row) {
    editor.replaceWith(row);
    htmx.process(row);
  }
  return row !== undefined;
}

// Local refusals --------------------------------------------------------------------------------------------------------------------------

export async function refusedHere(form: HTMLFormElement, response: Response | undefined): Promise<void> {
  const { errors = [] } = ((await response?.json().catch(() => null)) ?? {}) as { errors?: FieldError[] };
  showErrors(form, errors);
}

/** Shows each error at its field, as the server's form would, and focuses the first one. */
export function showErrors(form: HTMLFormElement, errors: FieldError[]): void {
  clearErrors(form);
  const row = form.closest<HTMLTableRowElement>("tr[data-row]");
  const below = row ? whyRow(row) : null;
  let first: HTMLElement | null = null;
  const questions = errors.filter(({ field }) => field === "confirmed");
  for (const error of errors.filter((one) => !questions.includes(one))) {
    const field = form.elements.namedItem(error.field);
    const sentence = sentenceOf(error);
    if (field instanceof HTMLElement && (field as HTMLInputElement).type !== "hidden") {
      const id = below?.id ?? `${field.id}-error`;
      field.classList.add("is-invalid");
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", id);
      (below ?? field.closest(".field") ?? field.parentElement)?.append(
        below ? complaint(sentence) : make("div", { class: "invalid-feedback", id, "data-said-here": "" }, icon("alert-circle"), " ", sentence),
      );
      first ??= field;
    } else if (below) {
      below.append(complaint(sentence));
    } else {
      form.prepend(make("div", { class: "alert alert-danger", role: "alert", "data-said-here": "" }, icon("alert-circle"), " ", sentence));
    }
  }
  ask(form, questions, below);
  if (row) {
    row.dataset["unsaved"] = "";
  }
  if (!form.querySelector(".invalid-feedback, .alert") && !below) {
    showToast(errors.map(sentenceOf).join(" "), { sticky: true });
  }
  (first ?? form.querySelector<HTMLElement>("input:not([type=hidden]), select"))?.focus();
}

/** A question is not an error (src/core/hours/doubts.rs): sending the form again confirms it. */
function ask(form: HTMLFormElement, questions: FieldError[], below: HTMLElement | null): void {
  const confirmed = form.elements.namedItem("confirmed");
  if (questions.length === 0 || !(confirmed instanceof HTMLInputElement)) {
    return;
  }
  const codes = questions.map(({ code }) => code.replace(/^confirm-/, ""));
  confirmed.value = [...new Set([...confirmed.value.split(" "), ...codes])].join(" ").trim();
  const words = [...questions.map((question) => make("div", {}, sentenceOf(question))), make("strong", {}, say("offline-confirm"))];
  const box = make("div", { class: "alert alert-warning", role: "alert", "data-said-here": "", "data-question": "" }, icon("alert-triangle"), " ", make("div", {}, ...words));
  if (below) {
    below.after(box);
  } else {
    form.prepend(box);
  }
}

function complaint(sentence: string): HTMLElement {
  return make("div", {}, icon("alert-circle"), " ", sentence);
}

/** The row below a row of Bugün that shows what is wrong with it. */
function whyRow(row: HTMLTableRowElement): HTMLElement {
  const words = make("div", { class: "invalid-feedback", id: `errors-${row.id}` });
  row.after(make("tr", { role: "row", class: "why", "data-why": "", "data-said-here": "" }, make("td", { role: "gridcell", colspan: "10" }, words)));
  return words;
}

function clearErrors(form: HTMLFormElement): void {
  const row = form.closest("tr[data-row]");
  if (row?.nextElementSibling?.matches("[data-why]")) {
    row.nextElementSibling.remove();
  }
  form.querySelectorAll("[data-said-here], [data-question], .invalid-feedback, .alert-danger").forEach((element) => element.remove());
  for (const field of form.elements) {
    field.classList.remove("is-invalid");
    field.removeAttribute("aria-invalid");
    if (/-error$|^errors-/.test(field.getAttribute("aria-describedby") ?? "")) {
      field.removeAttribute("aria-describedby");
    }
  }
}

/** The requested page or fragment is not kept here: shows that, and where to go instead. */
export function explainNothing(headers: Headers, source: Element): void {
  const editor = source.matches("[data-cancel]") ? source.closest("tr.editing") : null;
  if (editor && closeEditor(editor)) {
    return;
  }
  const sentence = whyNothing(headers);
  const day = headers.get("X-Instead");
  const instead = day !== null && day !== "" ? day : dayOf(source);
  showToast(instead ? say("offline-not-kept-day") : sentence, { sticky: true, ...(instead ? { link: { href: instead, text: say("offline-open-day") } } : {}) });
}

/** Why a write was neither sent nor stored. */
export function whyNothing(headers: Headers): string {
  return say(PHRASES[headers.get("X-Offline") ?? ""] ?? "offline-not-kept");
}

/** No room for the entry: offers to save it as a file. */
export function offerFile(form: HTMLFormElement, headers: Headers): void {
  if (headers.get("X-Offline") === "no-room") {
    showToast(whyNothing(headers), { sticky: true, link: { href: entryAsFile(form), text: say("offline-download-entry"), download: "rainstaff-kayit.json" } });
  }
}

/** The date of a row of the timesheet list; that day's page of Bugün has forms for it. */
function dayOf(source: Element): string | null {
  const [, day, month, year] = /^(\d\d)\.(\d\d)\.(\d{4})/.exec(source.closest("#timesheet-list tr[data-id]")?.textContent.trim() ?? "") ?? [];
  return year ? `/today?date=${year}-${month}-${day}` : null;
}

function entryAsFile(form: HTMLFormElement): string {
  const fields = [...new FormData(form)].filter(([name]) => name !== "_csrf");
  return URL.createObjectURL(new Blob([JSON.stringify({ action: form.action, fields: Object.fromEntries(fields) })], { type: "application/json" }));
}
