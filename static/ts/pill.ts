// The save pill: Kaydedildi, Bekliyor (n), Hata (n). It counts forms, and what this browser's queue and this PC's agent
// hold, and shows "saved" only if nothing is under way, nothing waits and nothing has failed.

import { isRevoked } from "./offline/kept.ts";
import { say } from "./offline/say.ts";
import { text } from "./texts.ts";
import { showToast } from "./toasts.ts";

const waiting = new Set<HTMLFormElement>();
const failed = new Map<HTMLFormElement, Failure>();

/** Why a form was not saved, and the message that shows it. */
interface Failure {
  sentence: string;
  signedOut: boolean;
  toast: HTMLElement | null;
}

/**
 * This person's waiting operations by place: `here` in this browser only, `onPc` on this PC; `failed`: held or refused
 * by the server.
 */
export interface Queued {
  here: number;
  onPc: number;
  failed: number;
}

/** The counts of the browser's queue, and of what only the PC's agent has. */
const queues: Record<"browser" | "pc", Queued> = { browser: { here: 0, onPc: 0, failed: 0 }, pc: { here: 0, onPc: 0, failed: 0 } };

/** Operations that a queue has stored, but that are not in its counts yet. */
const kept = new Map<string, "browser" | "pc">();

/** A queue has stored this operation: it counts as waiting from now on, even before the queue is read. */
export function nowKept(op: string, whose: "browser" | "pc"): void {
  kept.set(op, whose);
  paint();
}

/** The operations that a read of the queue which starts now will include in its counts. */
export function beingCounted(whose: "browser" | "pc"): string[] {
  return [...kept.keys()].filter((op) => kept.get(op) === whose);
}

/** One of the two queues has changed; these operations are in its counts, or have left it. */
export function nowQueued(whose: "browser" | "pc", counts: Queued, counted: Iterable<string>): void {
  queues[whose] = counts;
  for (const op of counted) {
    kept.delete(op);
  }
  paint();
}

function queued(): Queued {
  const { browser, pc } = queues;
  return { here: browser.here + pc.here, onPc: browser.onPc + pc.onPc, failed: browser.failed + pc.failed };
}

/** The form's write is on its way. */
export function nowWaiting(form: HTMLFormElement): void {
  forgetFailure(form);
  waiting.add(form);
  paint();
}

/** Whether the form's write is on its way. */
export function isWaiting(form: HTMLFormElement): boolean {
  return waiting.has(form);
}

/** The write has a response; a failure is reported separately. */
export function noLongerWaiting(form: HTMLFormElement): void {
  waiting.delete(form);
  paint();
}

/** The write did not reach the server, or was refused: the form keeps what was typed. */
export function nowFailed(form: HTMLFormElement, sentence: string, signedOut: boolean): void {
  waiting.delete(form);
  forgetFailure(form);
  failed.set(form, { sentence, signedOut, toast: showToast(sentence, { sticky: true, signIn: signedOut }) });
  form.dataset["failed"] = "";
  paint();
}

/** The form is sent again, or gone: forgets its failure and the message about it. */
function forgetFailure(form: HTMLFormElement): void {
  const before = failed.get(form);
  failed.delete(form);
  delete form.dataset["failed"];
  const isSaidOfAnother = [...failed.values()].some(({ toast }) => toast === before?.toast);
  if (before && !isSaidOfAnother) {
    before.toast?.remove();
  }
}

/** Paints the pill, and forgets forms that are no longer on the page. */
export function paint(): void {
  for (const form of [...waiting, ...failed.keys()]) {
    if (!form.isConnected) {
      waiting.delete(form);
      forgetFailure(form);
    }
  }
  const pill = document.getElementById("save-pill");
  const words = document.getElementById("save-pill-text");
  if (!pill || !words) {
    return;
  }
  const queue = queued();
  const [bad, open] = [failed.size + queue.failed, waiting.size + kept.size + queue.here + queue.onPc];
  const [state, count] = bad > 0 ? ["failed", bad] : open > 0 ? ["waiting", open] : ["saved", 0];
  const sentence = (pill.dataset[String(state)] ?? "").replace("{n}", String(count));
  pill.dataset["state"] = String(state);
  pill.title = [
    queue.onPc > 0 ? say(isRevoked() ? "offline-pc-revoked" : "offline-pill-on-pc", { n: queue.onPc }) : "",
    queue.here > 0 ? say("offline-pill-here", { n: queue.here }) : "",
  ]
    .join(" ")
    .trim();
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
      const [form, failure] = first;
      failure.toast = showToast(failure.sentence, { sticky: true, signIn: failure.signedOut });
      form.scrollIntoView({ block: "center" });
      form.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea, button")?.focus();
    } else if (queued().here + queued().onPc + queued().failed > 0) {
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
