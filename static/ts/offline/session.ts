// Signing out with unsent work: nothing in the queue is deleted.

import { button, make } from "./dom.ts";
import type { Queue } from "./queue.ts";
import { say } from "./say.ts";
import { exportQueue } from "./transfer.ts";

const SIGN_OUT_PATIENCE_MS = 60_000;

/** If operations wait at sign-out, offers to send them now, leave them on this computer, or save them as a file. */
export function guardSignOut(queue: Queue, user: string, send: (isForced: boolean) => Promise<void>): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (form instanceof HTMLFormElement && form.matches("[data-sign-out]") && form.dataset["sure"] === undefined) {
        event.preventDefault();
        void ask(form, queue, user, send);
      }
    },
    { capture: true },
  );
}

async function ask(form: HTMLFormElement, queue: Queue, user: string, send: (isForced: boolean) => Promise<void>): Promise<void> {
  const { waiting } = await queue.summary(user).catch(() => ({ waiting: 0 }));
  const leave = (): void => {
    form.dataset["sure"] = "";
    form.requestSubmit();
  };
  if (waiting === 0) {
    leave();
    return;
  }
  const [now, keep, file, stay] = [
    button(say("offline-out-send"), "send"),
    button(say("offline-out-keep"), "logout"),
    button(say("offline-download"), "download"),
    button(say("offline-out-stay"), "x"),
  ];
  const words = make("p", { role: "status" }, say("offline-out-text"));
  const dialog = make("dialog", { class: "offline-dialog", id: "sign-out-waiting", "aria-labelledby": "sign-out-title" });
  dialog.append(make("h2", { id: "sign-out-title" }, say("offline-out", { n: waiting })), words, make("p", { class: "form-actions" }, now, keep, file, stay));
  document.body.append(dialog);
  now.addEventListener("click", () => void sendAndLeave());
  keep.addEventListener("click", leave);
  file.addEventListener("click", () => void download(queue, user));
  stay.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();

  async function sendAndLeave(): Promise<void> {
    words.textContent = say("offline-out-sending");
    await send(true);
    for (const end = Date.now() + SIGN_OUT_PATIENCE_MS; Date.now() < end && dialog.open; ) {
      if ((await queue.summary(user)).waiting === 0) {
        leave();
        return;
      }
      await new Promise((later) => setTimeout(later, 300));
    }
    words.textContent = say("offline-out-failed");
  }
}

/** Downloads this person's operations as a file. */
export async function download(queue: Queue, user: string): Promise<void> {
  const text = await exportQueue(queue, user);
  const link = make("a", {
    href: URL.createObjectURL(new Blob([text], { type: "application/x-ndjson" })),
    download: `rainstaff-kuyruk-${new Date().toISOString().slice(0, 10)}.ndjson`,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
