// The save pill: Kaydedildi, Bekliyor (n), Hata (n). It counts forms and what this browser's queue holds, and says "saved" only when nothing
// is under way, nothing waits and nothing has failed.

import { text } from "./texts.ts";
import { showToast } from "./toasts.ts";

const waiting = new Set<HTMLFormElement>();
const failed = new Map<HTMLFormElement, { sentence: string; signedOut: boolean }>();

let queue = { waiting: 0, failed: 0 };

/** What the queue holds of this person's: waiting to be sent, and held or refused by the server. */
export function nowQueued(counts: { waiting: number; failed: number }): void {
  queue = counts;
  paint();
}

/** The form's write is on its way. */
export function nowWaiting(form: HTMLFormElement): void {
  failed.delete(form);
  delete form.dataset["failed"];
  waiting.add(form);
  paint();
}

/** Whether the form's write is on its way. */
export function isWaiting(form: HTMLFormElement): boolean {
  return waiting.has(form);
}

/** The write is answered; whether it failed is said apart. */
export function noLongerWaiting(form: HTMLFormElement): void {
  waiting.delete(form);
  paint();
}

/** The write did not reach the server, or was refused: the form keeps what was typed. */
export function nowFailed(form: HTMLFormElement, sentence: string, signedOut: boolean): void {
  waiting.delete(form);
  failed.set(form, { sentence, signedOut });
  form.dataset["failed"] = "";
  paint();
  showToast(sentence, { sticky: true, signIn: signedOut });
}

/** Paints the pill, and forgets forms that are no longer on the page. */
export function paint(): void {
  for (const form of [...waiting, ...failed.keys()]) {
    if (!form.isConnected) {
      waiting.delete(form);
      failed.delete(form);
    }
  }
  const pill = document.getElementById("save-pill");
  const words = document.getElementById("save-pill-text");
  if (!pill || !words) {
    return;
  }
  const [bad, open] = [failed.size + queue.failed, waiting.size + queue.waiting];
  const [state, count] = bad > 0 ? ["failed", bad] : open > 0 ? ["waiting", open] : ["saved", 0];
  const sentence = (pill.dataset[String(state)] ?? "").replace("{n}", String(count));
  pill.dataset["state"] = String(state);
  if (words.textContent !== sentence) {
    words.textContent = sentence;
  }
}

/** A click on the pill explains it, and goes to the form that failed. */
export function startPill(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("#save-pill")) {
      return;
    }
    const [first] = failed;
    if (first) {
      const [form, { sentence, signedOut }] = first;
      showToast(sentence, { sticky: true, signIn: signedOut });
      form.scrollIntoView({ block: "center" });
      form.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea, button")?.focus();
    } else if (queue.waiting + queue.failed > 0) {
      location.assign("/queue");
    } else {
      showToast(text(waiting.size > 0 ? "someWaiting" : "allSaved"), { tone: "info" });
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (failed.size > 0) {
      event.preventDefault();
    }
  });
}
