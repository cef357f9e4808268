// A POST that writes business data: the network first, then the queue if no response of Rainstaff arrives in time (SYNC
// 3.13). While an operation of this person waits, later ones are queued behind it: the server receives them in the
// order in which they were entered.

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
/**
 * The session has ended, or belongs to another person: the operation waits, and is sent once its author has signed in.
 */
const SIGN_IN = 401;
/**
 * Informs this PC's agent that this browser has a queue: if the server is unreachable, the agent leaves the form to the
 * browser.
 */
const HAS_QUEUE = { "X-Offline-Queue": "1" };

export interface Desk {
  queue: Queue;
  drainer: Drainer;
  signOut: Pick<SignOut, "isDue">;
  /** Sends what waits, and reports the progress to the pages. */
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

/** Handles a write. One at a time: a second one must not enter the queue before the first. */
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

/**
 * The person the form's page was made for, who may differ from the person signed in by now. If an old page does not
 * name one: the person signed in.
 */
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

/**
 * The response of the server or of this PC's agent; null for a failure, and for a response of anything else on the way
 * (portal, proxy).
 */
async function tryServer(write: Write): Promise<Response | null> {
  try {
    const response = write.isNative ? await postLikeAScript(write) : await whole(await fetch(marked(write.request)));
    if (response.redirected) {
      return null; // the server never redirects a script: this is a portal
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

/** The response with its whole body. Fails if the body was cut off on the way. */
async function whole(response: Response): Promise<Response> {
  if (response.redirected || response.status === 204) {
    return response;
  }
  const { status, headers } = response;
  return new Response(await response.arrayBuffer(), { status, headers });
}

/**
 * Posts a form without a script as a script does. Otherwise the response would be a redirect, whose headers cannot be
 * read: it could be a portal's.
 */
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

/**
 * 202 means "stored here", never "saved". A form without a script is redirected to the list, so that a reload does not
 * post it again.
 */
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

/** An error page. The form with what was typed is one step back in the browser's history. */
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
