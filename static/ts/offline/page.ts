// The page's part of working without a network: registers the service worker, shows waiting operations in the lists,
// passes their number to the pill, and wakes the sender.

import { forgetDrafts } from "../drafts.ts";
import { onHtmx } from "../htmx_events.ts";
import { beingCounted, nowQueued } from "../pill.ts";
import { relative } from "../relative.ts";
import { askToSignIn } from "../sign_in.ts";
import { showToast } from "../toasts.ts";
import { besides } from "./agent.ts";
import type { AgentQueue } from "./agent_queue.ts";
import { beingFixed, fix, resumeFix, startFixes } from "./fixes.ts";
import { rememberRow } from "./forms.ts";
import { isOfPc, isRevoked, keptSince, nowFresh } from "./kept.ts";
import { isLineUp, lineIs, startLine } from "./line.ts";
import { paintPending } from "./overlay.ts";
import { pendingRows } from "./pending_rows.ts";
import { startQueuePage } from "./queue_page.ts";
import { CHANNEL, openQueue, type Queue, type QueueEvent } from "./queue.ts";
import { refreshLists } from "./refresh.ts";
import { loadSentences, say } from "./say.ts";
import { guardSignOut } from "./session.ts";
import { showStrip } from "./strips.ts";
import { formatInstant } from "../civil.ts";
import type { Entity, Progress, Summary } from "./types.ts";

const WAKE_MS = 30_000;
const CLOCK_OFF_MS = 120_000;

let user = "";
let queue: Queue;
let painting: Promise<void> | null = null;
let isPaintDue = false;
let summary: Summary | null = null;
let hasPersisted = false;
let askedFor = 0;
let question: ReturnType<typeof setTimeout> | undefined;

export function startOffline(): void {
  user = document.body.dataset["user"] ?? "";
  if (user === "" || !isSecureContext || !("serviceWorker" in navigator) || !("indexedDB" in globalThis)) {
    return;
  }
  queue = openQueue();
  besides(queue);
  void loadSentences().then(begin);
}

async function begin(): Promise<void> {
  forgetOldMessages();
  listen();
  startLine(() => void post({ type: "probe" }));
  startFixes(queue, repaint);
  guardSignOut(queue, user, send);
  startQueuePage(queue, user, { send, repaint });
  await repaint();
  await resumeFix();
  register();
}

/** A kept page still contains the messages from the time it was kept: removes them. */
function forgetOldMessages(): void {
  if (keptSince() !== null) {
    document.querySelectorAll("#toasts [data-toast]").forEach((toast) => toast.remove());
    tellAge();
    setInterval(tellAge, WAKE_MS);
  }
}

function register(): void {
  const { serviceWorker } = navigator;
  const hadWorker = serviceWorker.controller !== null;
  serviceWorker.addEventListener("controllerchange", () => {
    if (hadWorker) {
      void send(false); // the first worker of a page sends when it is greeted
      showToast(say("offline-new-version"), { tone: "info", sticky: true, link: { href: location.href, text: say("offline-reload") } });
    }
  });
  serviceWorker.addEventListener("message", ({ data }) => onWorker(data as Word));
  void serviceWorker.register("/sw.js", { updateViaCache: "none" }).then(
    (registration: ServiceWorkerRegistration | undefined) => registration?.waiting?.postMessage({ type: "take-over" }),
    () => undefined, // if the browser refuses: everything works as without a worker
  );
  void serviceWorker.ready.then(({ active }) => active?.postMessage({ type: "hello", user }));
  void post({ type: "warmth" });
}

function listen(): void {
  new BroadcastChannel(CHANNEL).addEventListener("message", ({ data }) => void onQueue(data as QueueEvent));
  document.addEventListener("visibilitychange", () => document.hidden || wake());
  globalThis.addEventListener("online", wake);
  setInterval(() => summary && summary.waiting + summary.others > 0 && void send(false), WAKE_MS);
  onHtmx("htmx:after:settle", () => void repaint());
  onHtmx("htmx:before:swap", ({ ctx }) => {
    const row = ctx.sourceElement.matches("[hx-get$='/edit']") ? ctx.sourceElement.closest("tr[data-id]") : null;
    if (row) {
      rememberRow(row);
    }
  });
  onHtmx("htmx:before:response", ({ ctx }) => {
    const [since, app] = [ctx.response?.headers.get("X-Kept-Since"), ctx.response?.headers.get("X-App")];
    const { dataset } = document.documentElement;
    if (since) {
      dataset["keptSince"] = since;
      dataset["keptBy"] = app === "agent" ? "pc" : "browser";
    } else if (app && app !== "offline" && app !== "agent" && ctx.request.method === "GET" && ctx.sourceElement.closest("main")) {
      nowFresh();
    }
    tellAge();
  });
  document.addEventListener("rainstaff:fresh", tellAge);
  document.addEventListener("rainstaff:line", onLine);
  document.addEventListener("rainstaff:agent", (event) => void askPc((event as CustomEvent<AgentQueue>).detail));
  document.addEventListener("click", (event) => void onClick(event));
  document.addEventListener("rainstaff:signed-in", () => {
    askedFor = 0;
    void post({ type: "contact" }).then(() => send(true));
  });
}

/**
 * If the server is back: requests the lists of a kept page again, and what the server holds. If it is gone: shows how
 * old the page is.
 */
function onLine(): void {
  tellAge();
  if (isLineUp()) {
    document.dispatchEvent(new CustomEvent("queue-changed"));
    if (keptSince() !== null) {
      document.dispatchEvent(new CustomEvent("conflicts-changed"));
      refreshLists(new Set(["timesheet", "employee", "shift_template"]));
    }
  }
}

/** Sends if the PC's agent no longer holds an operation of this browser: then there is a verdict. */
async function askPc({ waiting }: AgentQueue): Promise<void> {
  tellAge();
  const kept = new Set(waiting.map(({ op_id }) => op_id));
  const first = (await queue.listWaiting(user)).find(({ state }) => state === "on_pc");
  if (first && !kept.has(first.op.op_id)) {
    await send(true);
  }
}

function wake(): void {
  void post({ type: "hello", user });
  if (summary && summary.waiting + summary.others > 0) {
    void send(false);
  }
}

/** Wakes the sender. */
async function send(isForced: boolean): Promise<void> {
  await post({ type: "drain", force: isForced });
}

async function post(message: unknown): Promise<void> {
  (await navigator.serviceWorker.ready).active?.postMessage(message);
}

// Messages of the queue and the worker ----------------------------------------------------------------------------------------------------

async function onQueue({ type, op_ids }: QueueEvent): Promise<void> {
  if (type === "queued") {
    await persist();
  }
  await repaint();
  // The PC's pages include what the agent holds: once it holds more, its lists are requested again.
  if (type === "verdict" || (type === "on_pc" && isOfPc())) {
    const entries = await Promise.all(op_ids.slice(0, 200).map((id) => queue.find(id)));
    refreshLists(new Set(entries.flatMap((entry) => (entry ? [entry.op.entity] : []))));
    document.dispatchEvent(new CustomEvent("queue-changed")); // its list also contains what the server has refused or holds
  }
}

/** Once entries are stored only here, asks the browser not to delete its storage. */
async function persist(): Promise<void> {
  if (!hasPersisted) {
    hasPersisted = true;
    await navigator.storage?.persist?.().catch(() => false);
    await (navigator.serviceWorker.controller && navigator.serviceWorker.ready)?.then((registration) =>
      (registration as unknown as { sync?: { register(tag: string): Promise<void> } }).sync?.register("drain").catch(() => undefined),
    );
  }
}

interface Word {
  type?: string;
  progress?: Progress;
  warmth?: { user: string; at: number } | null;
  isUp?: boolean;
  user?: string | null;
}

function onWorker({ type, progress, warmth, isUp, user: who }: Word): void {
  if (type === "line" && isUp !== undefined) {
    lineIs(isUp);
  } else if (type === "left" && who === user) {
    forgetDrafts();
  } else if (type === "progress" && progress) {
    void repaint();
    if (progress.state === "sign_in" && progress.waiting > askedFor) {
      askedFor = progress.waiting; // once for what waits; later entries are a reason to ask again
      void askToSignIn(progress.waiting);
    }
  } else if (type === "warm") {
    void post({ type: "warmth" });
  } else if (type === "warmth" && warmth?.user === user) {
    markReady(warmth.at);
  }
}

/** Shows the mark "works offline": a worker serves this page, and the pages of this person are kept. */
function markReady(at: number): void {
  const mark = document.getElementById("works-offline");
  if (mark && navigator.serviceWorker.controller) {
    const when = formatInstant(at);
    mark.hidden = false;
    mark.title = say("offline-ready", { when });
    mark.setAttribute("aria-label", mark.title);
  }
}

// Painting ------------------------------------------------------------------------------------------------------------------------------

/** Updates counts, strips and overlays. Calls in the meantime lead to one more round. */
function repaint(): Promise<void> {
  isPaintDue = true;
  painting ??= paintAll();
  return painting;
}

async function paintAll(): Promise<void> {
  try {
    while (isPaintDue) {
      isPaintDue = false;
      await paintOnce();
    }
  } catch {
    showStrip("storage", say("offline-no-storage"));
  } finally {
    painting = null;
  }
}

async function paintOnce(): Promise<void> {
  const counted = beingCounted("browser");
  const [waiting, failed] = [await queue.listWaiting(user), await queue.listFailed(user)];
  summary = await queue.summary(user);
  const rows = pendingRows(waiting, failed).filter((row) => !row.ops.some(beingFixed));
  const names = new Map<string, string>();
  for (const row of rows) {
    const kept = await queue.mirror.find(user, row.entity as Entity, row.id);
    row.before = { ...kept?.row, ...row.before };
    const person = row.values["employee_id"] ?? row.before["employee_id"];
    if (typeof person === "string" && !names.has(person)) {
      names.set(person, String((await queue.mirror.expected(user, "employee", person))?.row["full_name"] ?? ""));
    }
  }
  paintPending(rows, names);
  const onPc = waiting.filter(({ state }) => state === "on_pc").length;
  nowQueued("browser", { here: waiting.length - onPc, onPc, failed: summary.failed }, [...counted, ...waiting.map(({ op }) => op.op_id)]);
  askInTime(summary);
  tellState(summary);
  await tellClock();
  document.dispatchEvent(new CustomEvent("rainstaff:queue", { detail: summary }));
}

/**
 * Asks for the verdicts on what the PC has as soon as the pause between two requests is over, and not only at the next
 * tick of this page's timer.
 */
function askInTime({ state, next_at }: Summary): void {
  clearTimeout(question);
  if (state === "on_pc") {
    question = setTimeout(() => void send(false), Math.min(Math.max(next_at - Date.now(), 0) + 100, WAKE_MS));
  }
}

function tellState({ state, waiting, others, lost }: Summary): void {
  const key =
    waiting === 0
      ? ""
      : {
          blocked_network: "offline-blocked",
          sign_in: "offline-sign-in",
          too_old: "offline-too-old",
          refused: "offline-refused",
          server_trouble: "offline-trouble",
          pc_full: "offline-pc-full",
        }[state as string];
  const signIn = { words: say("offline-sign-in-now"), do: (): void => void askToSignIn(waiting) };
  showStrip("state", key ? say(key, { n: waiting }) : "", state === "sign_in" ? signIn : undefined);
  showStrip("others", others > 0 ? say("offline-others", { n: others }) : "");
  showStrip("lost", lost > 0 ? say("offline-lost", { n: lost }) : "");
}

async function tellClock(): Promise<void> {
  const offset = (await queue.people.find(user))?.offset_ms ?? 0;
  showStrip("clock", Math.abs(offset) > CLOCK_OFF_MS ? say("offline-clock", { n: Math.round(Math.abs(offset) / 60_000) }) : "");
}

function tellAge(): void {
  const since = keptSince();
  const age = since === null ? "" : (relative(document.documentElement.lang, since, Date.now()) ?? say("offline-just-now"));
  const key = isLineUp() ? "offline-age-back" : isRevoked() ? "offline-age-only" : isOfPc() ? "offline-age-pc" : "offline-age";
  const reload = { words: say("offline-reload"), do: (): void => location.reload() };
  showStrip("age", since === null ? "" : say(key, { age }), isLineUp() ? reload : undefined);
}

async function onClick({ target }: MouseEvent): Promise<void> {
  const control = target instanceof Element ? target.closest<HTMLElement>("[data-fix], [data-drop]") : null;
  if (!control) {
    return;
  }
  if (control.dataset["fix"]) {
    await fix(control.dataset["fix"]);
    return;
  }
  for (const op of (control.dataset["drop"] ?? "").split(" ").reverse()) {
    const { result, dependents } = await queue.discard(op);
    if (result === "has_dependents" && confirm(say("offline-drop-dependents", { n: dependents.length }))) {
      await queue.discard(op, true);
    } else if (result === "under_way") {
      showToast(say("offline-under-way"), { tone: "info" });
      break;
    }
  }
  await repaint();
}
