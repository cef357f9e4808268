// /queue, part A: what this browser holds, since when, what failed and why, and what can be done about it.

import { relative } from "../relative.ts";
import { showToast } from "../toasts.ts";
import { button, make } from "./dom.ts";
import { whyOf } from "./overlay.ts";
import type { Queue } from "./queue.ts";
import { say } from "./say.ts";
import { formatInstant } from "../civil.ts";
import { download } from "./session.ts";
import { importQueue } from "./transfer.ts";
import type { DoneOp, Progress, QueuedOp, Summary } from "./types.ts";

const WORDS: Record<string, string> = {
  applied: "offline-applied",
  merged: "offline-merged",
  held: "offline-held",
  rejected: "offline-rejected",
  discarded: "offline-discarded",
};
/** Most rows that are shown; the others are counted. */
const SHOWN = 200;

interface Helpers {
  send: (isForced: boolean) => Promise<void>;
  repaint: () => Promise<void>;
}

export function startQueuePage(queue: Queue, user: string, { send, repaint }: Helpers): void {
  const root = document.getElementById("browser-queue");
  if (!root) {
    return;
  }
  const part = <T extends HTMLElement>(name: string): T => root.querySelector<T>(`[data-part="${name}"]`) ?? ({} as T);
  root.querySelectorAll<HTMLButtonElement>("[data-act]").forEach((control) => (control.disabled = false));

  document.addEventListener("rainstaff:queue", (event) => void paint((event as CustomEvent<Summary>).detail));
  navigator.serviceWorker.addEventListener("message", ({ data }) => onProgress(data as { type?: string; progress?: Progress }));
  root.addEventListener("click", (event) => void onClick(event));
  root.querySelector<HTMLInputElement>("[data-act=upload]")?.addEventListener("change", (event) => void upload(event.target as HTMLInputElement));

  async function paint(summary: Summary): Promise<void> {
    const [waiting, failed, done] = [await queue.listWaiting(user), await queue.listFailed(user), await queue.listDone(user, SHOWN)];
    part("state").textContent = stateOf(summary, waiting);
    part("contact").textContent = summary.last_contact === null ? "" : say("offline-last-contact", { when: instant(summary.last_contact) });
    part("table").hidden = waiting.length + failed.length === 0;
    const more = waiting.length > SHOWN ? [make("tr", {}, make("td", { colspan: "6" }, say("offline-more", { n: waiting.length - SHOWN })))] : [];
    part("rows").replaceChildren(...failed.map(failedRow), ...waiting.slice(0, SHOWN).map(waitingRow), ...more);
    part("log").hidden = done.length === 0;
    part("done").replaceChildren(...done.map(doneRow));
    part<HTMLProgressElement>("progress").hidden = summary.waiting === 0 || summary.state !== "sending";
  }

  function onProgress({ type, progress }: { type?: string; progress?: Progress }): void {
    const bar = part<HTMLProgressElement>("progress");
    if (type === "progress" && progress && progress.sent + progress.waiting > 0) {
      bar.hidden = progress.waiting === 0;
      bar.max = progress.sent + progress.waiting;
      bar.value = progress.sent;
    }
  }

  async function onClick({ target }: Event): Promise<void> {
    const control = target instanceof Element ? target.closest<HTMLElement>("button[data-act]") : null;
    const op = control?.dataset["op"] ?? "";
    switch (control?.dataset["act"]) {
      case "send":
        await send(true);
        showToast(say("offline-sending"), { tone: "info" });
        return;
      case "download":
        await download(queue, user);
        return;
      case "retry": {
        const person = await queue.people.find(user);
        if (person) {
          await queue.retry(op, person);
          await send(true);
        }
        break;
      }
      case "seen":
        await queue.dismiss(op);
        break;
      default:
        return;
    }
    await repaint();
  }

  async function upload(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0];
    if (!file) {
      return;
    }
    const { stored, known, unreadable } = await importQueue(queue, await file.text());
    input.value = "";
    showToast(say("offline-uploaded", { stored, known, unreadable: unreadable.length }), { tone: unreadable.length > 0 ? "danger" : "info", sticky: true });
    await repaint();
    await send(true);
  }
}

function stateOf({ waiting, failed, oldest_at, others, state }: Summary, queued: QueuedOp[]): string {
  const onPc = queued.filter((one) => one.state === "on_pc").length;
  const parts = [
    waiting === 0 ? say("offline-nothing-waits") : say("offline-n-wait", { n: waiting, age: age(oldest_at) }),
    onPc > 0 ? say("offline-of-these-on-pc", { n: onPc }) : "",
    failed > 0 ? say("offline-n-failed", { n: failed }) : "",
    others > 0 ? say("offline-others", { n: others }) : "",
    waiting + others > 0 ? say(`offline-state-${state.replaceAll("_", "-")}`) : "",
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function waitingRow(queued: QueuedOp): HTMLElement {
  const { op, tries, last_error, stored_at } = queued;
  const isOnPc = queued.state === "on_pc";
  const state = [
    make("span", { class: "badge bg-secondary-lt" }, say(isOnPc ? "offline-on-pc" : "offline-waiting")),
    ...(last_error ? [make("span", { class: "pending-why" }, errorOf(last_error))] : []),
  ];
  const acts = [...(op.kind === "delete" ? [] : [fixButton(op.op_id)]), ...(isOnPc ? [] : [dropButton(op.op_id)])];
  return line(queued, stored_at, [
    make("td", { class: "num", "data-label": say("offline-col-tries") }, String(tries)),
    cell("offline-col-state", ...state),
    make("td", { class: "row-actions" }, ...acts),
  ]);
}

function failedRow(done: DoneOp): HTMLElement {
  const { op_id, op, verdict } = done;
  const state = verdict?.verdict === "rejected" ? "rejected" : "held";
  const why = whyOf({ state, reason: verdict?.reason ?? "", errors: verdict?.errors ?? [] }).map((sentence) => make("span", { class: "pending-why" }, sentence));
  const badge = make("span", { class: `badge bg-${state === "rejected" ? "red" : "yellow"}-lt` }, say(WORDS[state] ?? ""));
  const acts = [
    ...(op.kind === "delete" ? [] : [fixButton(op_id)]),
    button(say("offline-retry"), "refresh", { "data-act": "retry", "data-op": op_id }),
    dropButton(op_id),
    ...(state === "held" ? [button(say("offline-seen"), "check", { "data-act": "seen", "data-op": op_id })] : []),
  ];
  return line(done, done.stored_at, [
    make("td", { class: "num", "data-label": say("offline-col-tries") }, ""),
    cell("offline-col-state", badge, ...why),
    make("td", { class: "row-actions" }, ...acts),
  ]);
}

function doneRow(done: DoneOp): HTMLElement {
  const word = done.discarded ? "discarded" : (done.verdict?.verdict ?? "discarded");
  return line(done, done.at, [cell("offline-col-state", say(WORDS[word] ?? ""))]);
}

function line({ label, href, op }: QueuedOp | DoneOp, at: number, rest: HTMLElement[]): HTMLElement {
  const name = label || op.id;
  const entity = op.entity.replaceAll("_", "-");
  const what = {
    create: say(`offline-create-${entity}`),
    update: say(`offline-update-${entity}`),
    delete: say(`offline-delete-${entity}`),
    restore: say(`offline-restore-${entity}`),
  }[op.kind];
  return make(
    "tr",
    { "data-op": op.op_id },
    cell("offline-col-row", href ? make("a", { href }, name) : name),
    cell("offline-col-what", what),
    cell("offline-col-since", instant(at)),
    ...rest,
  );
}

function cell(label: string, ...children: (Node | string)[]): HTMLElement {
  return make("td", { "data-label": say(label) }, ...children);
}

function fixButton(op: string): HTMLElement {
  return button(say("offline-fix"), "edit", { "data-fix": op });
}

function dropButton(op: string): HTMLElement {
  return button(say("offline-drop"), "x", { "data-drop": op });
}

function errorOf(error: string): string {
  return say(`offline-state-${error.replaceAll("_", "-")}`) || error;
}

function instant(at: number): string {
  return formatInstant(at);
}

function age(at: number | null): string {
  return at === null ? "" : (relative(document.documentElement.lang, at, Date.now()) ?? say("offline-just-now"));
}
