// A post that writes business data: the network first, and the queue where it does not answer in our own words (SYNC 3.13). While something
// of this person waits, what is entered later goes behind it: the server gets it in the order in which it was entered.

import { readerOf } from "../op_fields.ts";
import { checkDrafts } from "./check.ts";
import type { Drainer } from "./drain.ts";
import { QuotaError, type Queue } from "./queue.ts";
import { planWrite, type WriteRoute } from "./routes.ts";
import type { SignOut } from "./sign_out.ts";
import { offlinePage } from "./sw_pages.ts";
import type { FieldError, Person } from "./types.ts";
import type { RequestEvent } from "./worker_types.ts";

/** How long a write waits for the server before it is queued. */
const PATIENCE_MS = 10_000;
/** The session has ended, or is somebody else's: what was entered waits, and goes on when its author has signed in. */
const SIGN_IN = 401;
/** Tells this PC's agent that there is a queue here: where the server is out of reach it then leaves the form to us. */
const HAS_QUEUE = { "X-Offline-Queue": "1" };

export interface Desk {
  queue: Queue;
  drainer: Drainer;
  signOut: Pick<SignOut, "isDue">;
  /** Sends what waits, and tells the pages. */
  send(): Promise<void>;
}

interface Write {
  route: WriteRoute;
  pairs: [string, string][];
  op: string;
  body: string;
  request: Request;
  isNative: boolean;
}

let turn: Promise<unknown> = Promise.resolve();

/** Answers a write. One at a time: a second one must not overtake the first on its way into the queue. */
export async function answerWrite(event: RequestEvent, route: WriteRoute, desk: Desk): Promise<Response> {
  const request = event.request.clone();
  const body = await event.request.clone().text();
  const pairs = [...new URLSearchParams(body)];
  const op = pairs.find(([name, value]) => name === "_op" && value !== "")?.[1] ?? "";
  const person = await authorOf(pairs, desk.queue).catch(() => null);
  if (op === "" || !person) {
    return fetch(request).catch(() => nothing("not-stored", request.mode === "navigate"));
  }
  const write: Write = { route, pairs, op, body, request, isNative: request.mode === "navigate" };
  const answer = turn.then(
    () => settle(event, write, person, desk),
    () => settle(event, write, person, desk),
  );
  turn = answer.catch(() => undefined);
  return answer;
}

/** Whoever the form's page was made for: that may be somebody else than who is signed in by now. An old page does not say. */
async function authorOf(pairs: [string, string][], { people }: Queue): Promise<Person | null> {
  const reader = readerOf(pairs.find(([name]) => name === "_csrf")?.[1] ?? "");
  const current = await people.current();
  return reader === null || reader === current?.user_id ? current : people.find(reader);
}

async function settle(event: RequestEvent, write: Write, person: Person, desk: Desk): Promise<Response> {
  const isBehind = (await desk.signOut.isDue()) || (await desk.queue.hasWaiting(person.user_id).catch(() => false));
  const direct = isBehind ? null : await Promise.race([tryServer(write), later(PATIENCE_MS)]);
  return direct ?? (await store(event, write, person, desk));
}

/** The server's own answer; null for a failure, and for whatever somebody else on the way has answered. */
async function tryServer(write: Write): Promise<Response | null> {
  try {
    const response = write.isNative ? await postLikeAScript(write) : await whole(await fetch(marked(write.request)));
    if (response.redirected) {
      return null; // we redirect no script: a portal has
    }
    if (response.headers.get("X-Sync") === "1" && response.headers.get("X-Op-Ack") === write.op) {
      return write.isNative ? Response.redirect(absolute(response.headers.get("HX-Redirect") ?? write.route.list), 303) : response;
    }
    if (response.status === 202 && response.headers.get("X-Sync") === "1" && response.headers.get("X-Op-Queued") === write.op) {
      return write.isNative ? Response.redirect(absolute(write.route.list), 303) : response; // this PC's agent has stored it
    }
    const isRefusal = response.headers.has("X-App") && response.status >= 200 && response.status < 500;
    if (!isRefusal || response.status === SIGN_IN) {
      return null;
    }
    return write.isNative ? await fetch(write.request.clone()) : response;
  } catch {
    return null;
  }
}

function marked(request: Request): Request {
  const headers = new Headers(request.headers);
  Object.entries(HAS_QUEUE).forEach(([name, value]) => headers.set(name, value));
  return new Request(request.clone(), { headers });
}

/** The answer with all of its body: one that was cut short on the way is none. */
async function whole(response: Response): Promise<Response> {
  if (response.redirected || response.status === 204) {
    return response;
  }
  const { status, headers } = response;
  return new Response(await response.arrayBuffer(), { status, headers });
}

/** A form without a script is answered with a redirect, whose headers nobody sees: it could be a portal's. So it is posted as a script does. */
async function postLikeAScript({ request, body }: Write): Promise<Response> {
  const headers = { "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true", "HX-Request-Type": "partial", ...HAS_QUEUE };
  return fetch(request.url, { method: "POST", body, headers, credentials: "same-origin", redirect: "manual" });
}

async function store(event: RequestEvent, write: Write, person: Person, desk: Desk): Promise<Response> {
  try {
    const plan = await planWrite(write.route, write.pairs, person, desk.queue);
    const errors = plan.ok ? await checkDrafts(plan.drafts, person, desk.queue) : plan.errors;
    if (!plan.ok || errors.length > 0) {
      return refusal(errors, write.isNative);
    }
    const stored = await desk.queue.enqueueAll(plan.drafts, person);
    if (stored.result === "reused") {
      return refusal([{ field: "", code: "op-reused" }], write.isNative);
    }
    event.waitUntil(desk.send());
    return acceptance(write);
  } catch (error) {
    return nothing(error instanceof QuotaError ? "no-room" : "not-stored", write.isNative);
  }
}

/** 202 says "stored here", never "saved". A form without a script is led to the list, so that a reload does not post it again. */
function acceptance({ op, route, isNative }: Write): Response {
  if (isNative) {
    return Response.redirect(absolute(route.list), 303);
  }
  const headers = { "X-App": "offline", "X-Sync": "1", "X-Op-Queued": op, "HX-Reswap": "none", "HX-Trigger": JSON.stringify({ "ops:queued": { op_id: op } }) };
  return new Response("", { status: 202, headers });
}

function refusal(errors: FieldError[], isNative: boolean): Response {
  if (isNative) {
    return notStoredPage(422);
  }
  const headers = { "Content-Type": "application/json", "X-App": "offline", "X-Sync": "1", "X-Offline": "1" };
  return new Response(JSON.stringify({ errors }), { status: 422, headers });
}

/** Neither sent nor stored. */
export function nothing(why: "needs-connection" | "no-room" | "not-stored", isNative: boolean): Response {
  const status = why === "no-room" ? 507 : 503;
  return isNative ? notStoredPage(status) : new Response("", { status, headers: { "X-App": "offline", "X-Offline": why } });
}

/** The page before it, with what was typed, is one step back. */
function notStoredPage(status: number): Response {
  const stream = new ReadableStream<Uint8Array>({
    async start(controller): Promise<void> {
      controller.enqueue(new TextEncoder().encode((await offlinePage("unknown")) ?? ""));
      controller.close();
    },
  });
  return new Response(stream, { status, headers: { "Content-Type": "text/html; charset=utf-8", "X-App": "offline" } });
}

function absolute(path: string): string {
  return new URL(path, globalThis.location.href).href;
}

function later(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms));
}
