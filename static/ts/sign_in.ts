// Signing in over the page: the session has ended, and what is on the page, typed or being sent, stays. Actions that
// failed continue once their person has signed in again.

import { button, make } from "./offline/dom.ts";
import { loadSentences, say } from "./offline/say.ts";

/** Channel on which tabs announce who has signed in. */
const CHANNEL = "rainstaff-session";
const DIALOG = "sign-in-again";

const waitingActs = new Set<() => void>();
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);
channel?.addEventListener("message", ({ data }) => (data as { user?: string }).user === reader() && goOn());

/**
 * Asks the person to sign in, unless the dialog is already open. `waiting`: number of entries to send; `act`: what
 * continues afterwards.
 */
export async function askToSignIn(waiting: number, act?: () => void): Promise<void> {
  if (act) {
    waitingActs.add(act);
  }
  await loadSentences();
  const shown = document.getElementById(DIALOG);
  if (shown) {
    shown.querySelector("h2")?.replaceChildren(titleOf(waiting));
  } else if (!document.querySelector("dialog[open]")) {
    show(waiting);
  }
}

function reader(): string {
  return document.body.dataset["user"] ?? "";
}

function titleOf(waiting: number): string {
  return waiting > 0 ? say("offline-sign-in", { n: waiting }) : say("offline-sign-in-ended");
}

function show(waiting: number): void {
  const name = field("username", say("offline-sign-in-name"), {
    type: "text",
    autocomplete: "username",
    autocapitalize: "none",
    spellcheck: "false",
    value: document.body.dataset["username"] ?? "",
  });
  const password = field("password", say("offline-sign-in-password"), { type: "password", autocomplete: "current-password" });
  const problem = make("div", { class: "alert alert-danger", role: "alert", hidden: "" });
  const later = button(say("offline-later"), "clock");
  const form = make(
    "form",
    { method: "post", action: "/login" },
    problem,
    name,
    password,
    make("p", { class: "form-actions" }, make("button", { type: "submit", class: "btn btn-primary" }, say("offline-sign-in-now")), later),
  );
  const dialog = make("dialog", { class: "offline-dialog", id: DIALOG, "aria-labelledby": "sign-in-again-title" });
  dialog.append(make("h2", { id: "sign-in-again-title" }, titleOf(waiting)), make("p", {}, say("offline-sign-in-text")), form);
  later.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    before?.focus({ preventScroll: true });
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void signIn(form).then((why) => {
      problem.hidden = why === "";
      problem.textContent = why;
    });
  });
  const before = document.activeElement instanceof HTMLElement && document.activeElement !== document.body ? document.activeElement : null;
  document.body.append(dialog);
  dialog.showModal();
  (name.querySelector("input")?.value ? password : name).querySelector("input")?.focus();
}

function field(name: string, label: string, attributes: Record<string, string>): HTMLElement {
  const id = `again-${name}`;
  const input = make("input", { class: "form-control", id, name, required: "", ...attributes });
  return make("div", { class: "field" }, make("label", { class: "form-label", for: id }, label), input);
}

/** Signs in. Returns why that failed; empty if it succeeded. */
async function signIn(form: HTMLFormElement): Promise<string> {
  const fields = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)] as [string, string]));
  const answer = await fetch("/login", { method: "POST", body: fields, redirect: "manual", credentials: "same-origin" }).catch(() => null);
  if (answer?.type !== "opaqueredirect") {
    return (answer && (await problemIn(answer))) || say("offline-sign-in-unreachable");
  }
  const there = await whoIsThere();
  if (there === undefined) {
    return say("offline-sign-in-unreachable");
  }
  if (there === reader()) {
    channel?.postMessage({ user: there });
    goOn();
  } else {
    location.assign(there === null ? "/password" : "/"); // a password that has to be changed first, or another person, with pages of their own
  }
  return "";
}

/** The error message on the server's sign-in page. */
async function problemIn(answer: Response): Promise<string> {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.getElementById("login-problem")?.textContent.trim() ?? "";
}

/** Id of the person who is signed in at the server; null for none, undefined if the server does not respond. */
async function whoIsThere(): Promise<string | null | undefined> {
  const answer = await fetch("/api/v1/ping", { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null);
  if (!answer?.ok || answer.headers.get("X-Sync") !== "1") {
    return undefined;
  }
  const { user } = (await answer.json().catch(() => ({}))) as { user?: { id: string } | null };
  return user === undefined ? undefined : (user?.id ?? null);
}

/** The same person has signed in again: closes the dialog and continues what waited. */
function goOn(): void {
  const dialog = document.getElementById(DIALOG);
  if (dialog instanceof HTMLDialogElement) {
    dialog.close();
  }
  const acts = [...waitingActs];
  waitingActs.clear();
  acts.forEach((act) => act());
  document.dispatchEvent(new CustomEvent("rainstaff:signed-in"));
}
