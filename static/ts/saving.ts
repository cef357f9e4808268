// Saving: ids for writes, no second post of a form under way, and a verdict on every response before htmx may show it.

import { forgetDraft } from "./drafts.ts";
import { onHtmx, type RequestContext } from "./htmx_events.ts";
import { newId } from "./ids.ts";
import { tellWhereKept } from "./offline/agent.ts";
import { explainNothing, offerFile, queued, refusedHere, whyNothing } from "./offline/forms.ts";
import { mint, renew, fieldValue, writeForm } from "./op_fields.ts";
import { isWaiting, noLongerWaiting, nowFailed, nowKept, nowWaiting, paint, startPill } from "./pill.ts";
import { showRow } from "./shown_row.ts";
import { askToSignIn } from "./sign_in.ts";
import { text } from "./texts.ts";
import { showToast } from "./toasts.ts";
import { isOurs, judge } from "./verdict.ts";

/** How long a form without htmx stays blocked if the browser does not leave the page. */
const NATIVE_POST_MS = 30_000;

interface Sent {
  form: HTMLFormElement;
  op: string;
  /** Id of the row; for a new row it is created here. */
  row: string;
  verdict: "none" | "saved" | "queued" | "other";
}

const sent = new WeakMap<RequestContext, Sent>();
const pressed = new WeakMap<HTMLFormElement, HTMLElement | null>();

export function startSaving(): void {
  document.addEventListener("submit", onSubmit, { capture: true });
  onHtmx("htmx:config:request", onConfig);
  onHtmx("htmx:before:request", onRequest);
  onHtmx("htmx:before:response", onResponse);
  onHtmx("htmx:before:swap", ({ tasks }) => tasks.forEach(({ fragment }) => dropNoscript(fragment)));
  onHtmx("htmx:error", onError);
  onHtmx("htmx:finally:request", onFinally);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      document.querySelectorAll("form").forEach(noLongerWaiting);
    }
  });
  startPill();
}

function onSubmit(event: SubmitEvent): void {
  const form = writeForm(event.target instanceof Element ? event.target : null);
  if (!form) {
    return;
  }
  if (isWaiting(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  mint(form, newId);
  pressed.set(form, event.submitter);
  if (!form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) {
    nowWaiting(form);
    setTimeout(() => noLongerWaiting(form), NATIVE_POST_MS);
  }
}

/** A button may post its form without a submit event; its fields are filled here. */
function onConfig({ ctx }: { ctx: RequestContext }, event: Event): void {
  const form = formOf(ctx);
  const { body } = ctx.request;
  if (!form || !body?.has("_op")) {
    return;
  }
  if (isWaiting(form)) {
    event.preventDefault();
    return;
  }
  mint(form, newId);
  body.set("_op", fieldValue(form, "_op"));
  if (body.has("_id")) {
    body.set("_id", fieldValue(form, "_id"));
  }
}

function onRequest({ ctx }: { ctx: RequestContext }, event: Event): void {
  const form = formOf(ctx);
  const op = String(ctx.request.body?.get("_op") ?? "");
  if (!form || op === "") {
    return;
  }
  if (isWaiting(form)) {
    event.preventDefault(); // a second click, queued behind the first
    return;
  }
  sent.set(ctx, { form, op, row: String(ctx.request.body?.get("_id") ?? ""), verdict: "none" });
  nowWaiting(form);
}

function onResponse({ ctx }: { ctx: RequestContext }, event: Event): void {
  const { response } = ctx;
  if (!response || isPoll(ctx)) {
    return; // dashboard.ts shows its own message if it cannot refresh
  }
  if (isQuiet(ctx)) {
    if (!isOurs(response.headers) || response.status >= 400) event.preventDefault();
    return;
  }
  const write = sent.get(ctx);
  if (write) {
    judgeWrite(write, response, event);
  } else if (response.headers.has("X-Offline")) {
    event.preventDefault();
    explainNothing(response.headers, ctx.sourceElement);
  } else if (!isOurs(response.headers)) {
    event.preventDefault();
    showToast(text("loadFailed"), { sticky: true });
  } else if (response.status === 401) {
    event.preventDefault();
    void askToSignIn(0, () => askAgain(ctx.sourceElement));
  } else if (response.status >= 400 && response.status !== 422) {
    showToast(text("loadFailed"), { sticky: true });
  }
}

function judgeWrite(write: Sent, response: { status: number; headers: Headers; raw?: Response }, event: Event): void {
  const verdict = judge(response.status, response.headers, write.op);
  write.verdict = verdict === "saved" || verdict === "queued" ? verdict : "other";
  switch (verdict) {
    case "queued":
      event.preventDefault();
      return;
    case "refused-here":
      event.preventDefault();
      void refusedHere(write.form, response.raw);
      return;
    case "kept-nothing":
      event.preventDefault();
      nowFailed(write.form, whyNothing(response.headers), false);
      offerFile(write.form, response.headers);
      return;
    case "saved":
      forgetDraft(write.form); // before the response replaces it with another form
      return;
    case "form-errors":
      return;
    case "signed-out":
      event.preventDefault();
      nowFailed(write.form, text("signedOut"), true);
      void askToSignIn(0, () => sendAgain(write.form));
      return;
    case "refused":
      event.preventDefault();
      nowFailed(write.form, text(response.status === 413 ? "tooLarge" : "refused").replace("{id}", response.headers.get("X-Request-Id") ?? "-"), false);
      return;
    case "unreachable":
      event.preventDefault();
      nowFailed(write.form, text("unreachable"), false);
      return;
  }
}

function onError({ ctx }: { ctx?: RequestContext }): void {
  const write = ctx && sent.get(ctx);
  if (write) {
    failUnanswered(write);
  } else if (ctx && !ctx.response && !isPoll(ctx) && !isQuiet(ctx)) {
    showToast(text("loadFailed"), { sticky: true });
  }
}

/**
 * Fails a write without a response: however it ended, it was not confirmed as saved. htmx reports no error for an
 * aborted request.
 */
function failUnanswered(write: Sent): void {
  if (write.verdict === "none") {
    write.verdict = "other";
    nowFailed(write.form, text("unreachable"), false);
  }
}

function onFinally({ ctx }: { ctx: RequestContext }): void {
  const write = sent.get(ctx);
  if (write) {
    failUnanswered(write);
    if (write.verdict === "queued") {
      nowKept(write.op, ctx.response?.headers.get("X-App") === "agent" ? "pc" : "browser");
    }
    noLongerWaiting(write.form);
    if (write.verdict === "saved" || write.verdict === "queued") {
      renew(write.form);
      if (write.verdict === "queued") {
        queued(write.form);
        void tellWhereKept(write.op, ctx.response?.headers ?? new Headers());
      }
      // The response may have replaced the form with another one.
      const place = write.form.isConnected ? write.form : document;
      place.dispatchEvent(new CustomEvent("rainstaff:saved", { bubbles: true, detail: write.form }));
      if (write.verdict === "saved" && write.form.matches("[data-new-entry]")) {
        showRow(write.row);
      }
    }
  }
  paint();
}

/** Sends a failed form again after the sign-in, unless it was saved or given up in the meantime. */
function sendAgain(form: HTMLFormElement): void {
  if (form.isConnected && form.dataset["failed"] !== undefined && !isWaiting(form)) {
    form.requestSubmit(pressed.get(form)?.isConnected ? pressed.get(form) : null);
  }
}

function askAgain(source: Element): void {
  if (source.isConnected && source instanceof HTMLElement) {
    if (source instanceof HTMLFormElement) source.requestSubmit();
    else source.click();
  }
}

function isPoll(ctx: RequestContext): boolean {
  return ctx.sourceElement.matches("[data-poll]");
}

/** Whether the request is one that the page can do without: its failure is not reported. */
function isQuiet(ctx: RequestContext): boolean {
  return ctx.sourceElement.matches("[data-quiet]");
}

function formOf(ctx: RequestContext): HTMLFormElement | null {
  return writeForm(ctx.request.form ?? ctx.sourceElement.closest("form"));
}

/**
 * htmx parses responses as if scripts were off; the server's fallback ids inside `noscript` must not be sent beside
 * ours.
 */
function dropNoscript(fragment: DocumentFragment): void {
  fragment.querySelectorAll("noscript").forEach((element) => element.remove());
}
