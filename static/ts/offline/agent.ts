// This PC's agent, if there is one (docs/AGENT.md): it stores what is entered while the server is unreachable, also
// without a service worker, and sends it on its own. This module asks for this person's operations there and shows them
// beside the browser's own queue.

import { onHtmx } from "../htmx_events.ts";
import { beingCounted, nowQueued } from "../pill.ts";
import { showToast } from "../toasts.ts";
import { type AgentOp, type AgentQueue, complaintOf, onlyThere, readQueue } from "./agent_queue.ts";
import { button, make } from "./dom.ts";
import { isOfPc, nowRevoked } from "./kept.ts";
import { whyOf } from "./overlay.ts";
import { CHANNEL, type Queue, type QueueEvent } from "./queue.ts";
import { refreshLists } from "./refresh.ts";
import { formatInstant } from "../civil.ts";
import { loadSentences, say } from "./say.ts";
import { showStrip } from "./strips.ts";

const MET = "rainstaff-agent"; // set if an agent serves this address
const SEEN = "rainstaff-agent-seen"; // what failed there and a person at this browser has seen
const MOST_SEEN = 500;
const POLL_MS = 30_000;
/** How long a message waits for the hand-over to the PC, so that it can name where the entry is. */
const HAND_OVER_MS = 2_500;
const ENTITIES = ["timesheet", "employee", "shift_template"];

const NOTHING: AgentQueue = { waiting: [], failed: [], count: 0, others: 0 };

let latest = NOTHING;
let queue: Queue | null = null;
let browserWaits = 0;
let asking: Promise<void> | null = null;
let isAskDue = false;

export function startAgent(): void {
  if ((document.body.dataset["user"] ?? "") === "") {
    return;
  }
  onHtmx("htmx:before:response", ({ ctx }) => {
    if (ctx.response?.headers.has("X-Agent") && !isMet()) {
      meet();
    }
  });
  document.addEventListener("ops:stored", (event) => void stored((event as CustomEvent<{ op_id?: string } | null>).detail?.op_id ?? ""));
  document.addEventListener("rainstaff:queue", (event) => {
    browserWaits = (event as CustomEvent<{ waiting: number }>).detail.waiting;
    void paint();
  });
  document.addEventListener("visibilitychange", () => document.hidden || void look());
  document.addEventListener("click", ({ target }) => {
    const control = target instanceof Element ? target.closest<HTMLElement>("#pc-queue [data-seen]") : null;
    if (control) {
      const ids = [...seen(), control.dataset["seen"] ?? ""].slice(-MOST_SEEN);
      localStorage.setItem(SEEN, ids.join(" "));
      void paint();
    }
  });
  setInterval(() => latest.count + browserWaits > 0 && void look(), POLL_MS);
  if (isMet() || isOfPc()) {
    meet();
  }
}

/** Sets the browser's own queue: what is in both queues is counted and listed there. */
export function besides(own: Queue): void {
  queue = own;
}

/** Whether an agent serves this address. */
export function isMet(): boolean {
  return localStorage.getItem(MET) !== null;
}

/**
 * Shows where an entry is that the server has not received yet: in this browser, or on this PC, which also sends it
 * without a browser.
 */
export async function tellWhereKept(op: string, headers: Pick<Headers, "get">): Promise<void> {
  const isOnPc = headers.get("X-App") === "agent" || (isMet() && (await handedOver(op)));
  showToast(say(isOnPc ? "offline-stored-on-pc" : "offline-stored"), { tone: "info" });
}

function handedOver(op: string): Promise<boolean> {
  const channel = new BroadcastChannel(CHANNEL);
  return new Promise<boolean>((told) => {
    setTimeout(() => told(false), HAND_OVER_MS);
    channel.addEventListener("message", ({ data }) => {
      const { type, op_ids } = data as QueueEvent;
      if ((type === "on_pc" || type === "verdict") && op_ids.includes(op)) told(type === "on_pc");
    });
    void queue?.find(op).then((entry) => entry && "state" in entry && entry.state === "on_pc" && told(true));
  }).finally(() => channel.close());
}

function meet(): void {
  localStorage.setItem(MET, "1");
  void loadSentences().then(look);
}

/**
 * Asks the agent. A call in the meantime leads to one more request: the response under way may be older than what the
 * caller needs.
 */
async function look(): Promise<void> {
  if (isMet()) {
    isAskDue = true;
    asking ??= askAll().finally(() => {
      asking = null;
    });
    await asking;
  }
}

async function askAll(): Promise<void> {
  while (isAskDue) {
    isAskDue = false;
    await ask();
  }
}

async function ask(): Promise<void> {
  const counted = beingCounted("pc");
  const [response, health] = await Promise.all([get("queue"), get("health")]);
  const complaint = health?.ok ? complaintOf(await health.json().catch(() => null)) : null;
  nowRevoked(complaint?.key === "offline-pc-revoked");
  showStrip("pc", complaint ? say(complaint.key, { n: complaint.n }) : "");
  if (!response) {
    return; // the agent itself is unreachable: its last response stays valid
  }
  if (!response.headers.has("X-Agent")) {
    localStorage.removeItem(MET);
  }
  latest = (response.ok ? readQueue(await response.json().catch(() => null)) : null) ?? NOTHING;
  await paint(counted);
  document.dispatchEvent(new CustomEvent("rainstaff:agent", { detail: latest }));
}

function seen(): string[] {
  return (localStorage.getItem(SEEN) ?? "").split(" ");
}

function get(what: "queue" | "health"): Promise<Response | null> {
  return fetch(`/agent/${what}`, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" }).catch(() => null);
}

/** The agent has stored the write of a form: its lists show the row. */
async function stored(op: string): Promise<void> {
  meet();
  await look();
  const entity = latest.waiting.find(({ op_id }) => op_id === op)?.entity;
  refreshLists(new Set(entity === undefined ? ENTITIES : [entity]));
}

async function paint(counted: string[] = []): Promise<void> {
  const ids = [...latest.waiting, ...latest.failed].map(({ op_id }) => op_id);
  const known = (ids.length > 0 && (await queue?.known(ids).catch(() => null))) || new Set<string>();
  const there = onlyThere(latest, new Set([...known, ...seen()]));
  nowQueued("pc", { here: 0, onPc: there.count, failed: there.failed.length }, counted);
  paintSection(there);
}

// /queue, "Bu bilgisayarda" ----------------------------------------------------------------------------------------------------------------

function paintSection({ waiting, failed, count }: Omit<AgentQueue, "others">): void {
  const section = document.getElementById("pc-queue");
  if (!section) {
    return;
  }
  const part = (name: string): HTMLElement | null => section.querySelector(`[data-pc="${name}"]`);
  section.hidden = !isMet();
  const sentences = [
    count > 0 ? say("offline-n-on-pc", { n: count }) : say("offline-pc-nothing"),
    failed.length > 0 ? say("offline-n-failed", { n: failed.length }) : "",
    latest.others > 0 ? say("offline-others", { n: latest.others }) : "",
  ];
  part("state")?.replaceChildren(sentences.filter((sentence) => sentence !== "").join(" "));
  const more = count > waiting.length ? [make("tr", {}, make("td", { colspan: "5" }, say("offline-more", { n: count - waiting.length })))] : [];
  part("rows")?.replaceChildren(...failed.map(rowOf), ...waiting.map(rowOf), ...more);
  part("table")?.toggleAttribute("hidden", waiting.length + failed.length === 0);
}

function rowOf({ op_id, kind, entity, label, href, stored_at, verdict, reason, errors }: AgentOp): HTMLElement {
  const state = verdict === "rejected" || verdict === "held" ? verdict : "on_pc";
  const [tone, word] = ({ rejected: ["red", "offline-rejected"], held: ["yellow", "offline-held"], on_pc: ["secondary", "offline-on-pc"] } as const)[state];
  const why = whyOf({ state, reason: reason ?? "", errors: errors ?? [] }).map((sentence) => make("span", { class: "pending-why" }, sentence));
  const cell = (head: string, ...children: (Node | string)[]): HTMLElement => make("td", { "data-label": say(head) }, ...children);
  const what = say(`offline-${kind}-${entity.replaceAll("_", "-")}`);
  const name = label || what;
  const when = formatInstant(new Date(stored_at));
  return make(
    "tr",
    { "data-op": op_id },
    cell("offline-col-row", href ? make("a", { href }, name) : name),
    cell("offline-col-what", what),
    cell("offline-col-since", when),
    cell("offline-col-state", make("span", { class: `badge bg-${tone}-lt` }, say(word)), ...why),
    make("td", { class: "row-actions" }, ...(state === "on_pc" ? [] : [button(say("offline-seen"), "check", { "data-seen": op_id })])),
  );
}
