// Messages in the corner. They disappear after a time, but not under the pointer or the focus, and not while their own
// form is being sent.

import { loadSentences, say } from "./offline/say.ts";
import { askToSignIn } from "./sign_in.ts";

const SHORT_MS = 6_000;
const LONG_MS = 12_000; // enough time for "Geri al"

/** Most days and names that a message about several actions lists. */
const MOST_NAMED = 8;

const timers = new WeakMap<Element, number>();
/** For a message that counts actions: the subject of each action, the newest first. */
const acts = new WeakMap<Element, string[]>();

interface Options {
  tone?: "danger" | "info" | "warning";
  sticky?: boolean;
  /** Adds a link to the sign-in page. */
  signIn?: boolean;
  /** Adds another link. */
  link?: { href: string; text: string; download?: string };
}

/** Shows a message and returns its element. `sticky` ones stay until closed. */
export function showToast(sentence: string, options: Options = {}): HTMLElement | null {
  const area = document.getElementById("toasts");
  const blank = document.querySelector<HTMLTemplateElement>("#toast-blank")?.content.firstElementChild;
  if (!area || !blank || sentence === "") {
    return null;
  }
  for (const shown of area.querySelectorAll(".toast-text")) {
    if (shown.textContent === sentence) {
      shown.closest("[data-toast]")?.remove();
    }
  }
  const toast = blank.cloneNode(true) as HTMLElement;
  toast.dataset["tone"] = options.tone ?? "danger";
  if (options.sticky) {
    toast.dataset["sticky"] = "";
  }
  const words = toast.querySelector(".toast-text");
  if (words) {
    words.textContent = sentence;
  }
  const link = toast.querySelector("a");
  if (link && options.signIn) {
    link.hidden = false;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      void askToSignIn(0);
    });
  } else if (link && options.link) {
    const { href, text, download } = options.link;
    Object.assign(link, { hidden: false, href, textContent: text, target: "" }, download === undefined ? {} : { download });
  }
  area.append(toast);
  return toast;
}

export function startToasts(): void {
  const area = document.getElementById("toasts");
  if (!area) {
    return;
  }
  area.querySelectorAll("[data-toast]").forEach(arm);
  new MutationObserver((changes) => {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) {
      if (node instanceof Element && node.isConnected) {
        countUp(area, node);
        arm(node);
      }
    }
  }).observe(area, { childList: true });
  area.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-dismiss]")) {
      event.target.closest("[data-toast]")?.remove();
    }
  });
  area.addEventListener("rainstaff:saved", (event) => {
    const toast = event.target instanceof Element ? event.target.closest("[data-toast]") : null;
    if (toast && !countDown(toast, event.target as Element)) {
      toast.remove();
    }
  });
  void loadSentences(); // the sentences of messages about several actions
}

// One message for several actions of a kind: it counts them, lists their subjects, and undoes the newest one first -----------------------------

function countUp(area: Element, toast: Element): void {
  const { counts = "", about = "" } = (toast as HTMLElement).dataset;
  const before = [...area.querySelectorAll<HTMLElement>("[data-counts]")].find((other) => other !== toast && other.dataset["counts"] === counts);
  if (counts === "") {
    return;
  }
  acts.set(toast, [about, ...((before && acts.get(before)) ?? (before ? [before.dataset["about"] ?? ""] : []))]);
  if (before) {
    const undos = [...before.querySelectorAll<HTMLFormElement>("form[data-undo]")];
    undos.forEach((form) => (form.hidden = true));
    toast.querySelector(".toast-body")?.append(...undos);
    clearTimeout(timers.get(before));
    before.remove();
    tell(toast);
  }
}

/** One of the actions has been undone. False if there was only one. */
function countDown(toast: Element, undo: Element): boolean {
  const [, ...left] = acts.get(toast) ?? [];
  if (left.length === 0) {
    return false;
  }
  acts.set(toast, left);
  undo.remove();
  const next = toast.querySelector<HTMLFormElement>("form[data-undo]");
  if (next) {
    next.hidden = false;
    next.querySelector("button")?.focus();
  }
  tell(toast);
  return true;
}

function tell(toast: Element): void {
  const about = acts.get(toast) ?? [];
  const sentence = say(`offline-many-${(toast as HTMLElement).dataset["counts"] ?? ""}`, { n: about.length, about: told(about) });
  const words = toast.querySelector(".toast-text");
  if (words && sentence !== "") {
    words.textContent = sentence;
  }
}

/** "Ayşe Yılmaz 28.11.2026, 29.11.2026; Ali Can 28.11.2026": the days of each person, in the order in which they were entered. */
function told(about: string[]): string {
  const days = new Map<string, string[]>();
  for (const one of [...about.slice(0, MOST_NAMED)].reverse()) {
    const cut = one.lastIndexOf(", ");
    const [name, day] = cut < 0 ? [one, ""] : [one.slice(0, cut), one.slice(cut + 2)];
    days.set(name, [...(days.get(name) ?? []), day]);
  }
  const words = [...days].map(([name, list]) => `${name} ${list.join(", ")}`.trim()).join("; ");
  return about.length > MOST_NAMED ? `… ${words}` : words;
}

function arm(toast: Element): void {
  if (toast.hasAttribute("data-sticky")) {
    return;
  }
  const duration = toast.querySelector("form") ? LONG_MS : SHORT_MS;
  const stop = (): void => clearTimeout(timers.get(toast));
  const start = (): void => {
    stop();
    timers.set(
      toast,
      setTimeout(() => leave(toast, start), duration),
    );
  };
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("submit", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusout", start);
  start();
}

function leave(toast: Element, later: () => void): void {
  if (toast.matches(":hover, :focus-within") || toast.querySelector("form[data-failed]")) {
    later();
  } else {
    toast.remove();
  }
}
