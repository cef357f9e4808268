// The service worker: what of the site works without a network, and what is entered then arrives once (docs/SYNC.md). It is built with the id
// of its build and the addresses of the files that every page needs.

import { Drainer, DRAIN_LOCK } from "./drain.ts";
import { forgetAll, forgetPages, recollect, remember } from "./page_cache.ts";
import { openQueue } from "./queue.ts";
import { writeRoute } from "./routes.ts";
import { answerAsset, answerPage, askServer, dropOldAssets, explain, keepAssets } from "./sw_pages.ts";
import { coolDown, warmUp } from "./sw_warm.ts";
import { answerWrite, nothing } from "./sw_writes.ts";
import { type Progress, type WorkerMode } from "./types.ts";
import { type RequestEvent, worker } from "./worker_types.ts";

declare const BUILD: string;
declare const ASSETS: string[];

/** A page's greeting is answered with a question to the server at most this often. */
const CONTACT_MS = 60_000;

const queue = openQueue({ app: BUILD });
const drainer = new Drainer(queue, { build: BUILD, onProgress: (progress) => void tell({ type: "progress", progress }) });

// Whose pages may be shown. Undefined until it is recollected after a start of the worker.
let reader: string | null | undefined;
// How the admin has switched this worker. Undefined until it is recollected, too.
let mode: WorkerMode | undefined;
let lastContact = 0;

const ready = (async (): Promise<void> => {
  const kept = await queue.people.workerMode().catch(() => "normal" as const);
  mode ??= kept;
  reader = await recollect<string>("reader");
})();

worker.addEventListener("install", (event) => {
  event.waitUntil(keepAssets(BUILD, ASSETS));
  void takeOver();
});

/**
 * Not while something is being sent: this waits for the drain to end. The lock is not held until the new worker has taken over: that waits for
 * the old one to finish all it has begun, which may be a drain that waits for the lock.
 */
async function takeOver(): Promise<void> {
  await navigator.locks.request(DRAIN_LOCK, () => void worker.skipWaiting());
}

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    (async (): Promise<void> => {
      await worker.registration.navigationPreload.enable().catch(() => undefined);
      await dropOldAssets(BUILD);
      await worker.clients.claim();
      await send();
    })(),
  );
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const isOn = url.origin === worker.location.origin && (mode ?? "normal") === "normal";
  if (isOn && request.method === "GET" && url.pathname.startsWith("/static/")) {
    event.respondWith(answerAsset(request));
  } else if (isOn && request.method === "GET" && isPage(url.pathname)) {
    event.respondWith(whileOn(event, () => answerPage(event, { user, learn })));
  } else if (isOn && request.method === "POST" && !url.pathname.startsWith("/api/")) {
    event.respondWith(whileOn(event, () => answerPost(event, url.pathname)));
  } else if (request.method === "GET" && request.mode === "navigate") {
    event.respondWith(passOn(event));
  }
});

/** A worker that has just started asks first how it is switched. */
async function whileOn(event: RequestEvent, answer: () => Promise<Response>): Promise<Response> {
  if (mode === undefined) {
    await ready.catch(() => undefined);
  }
  return mode === "normal" ? answer() : passOn(event);
}

/** Not the worker's affair: what the server answers, or a page of ours where it does not. */
async function passOn(event: RequestEvent): Promise<Response> {
  try {
    return await askServer(event);
  } catch (error) {
    if (event.request.mode === "navigate") {
      return explain(event, { user, learn });
    }
    throw error;
  }
}

worker.addEventListener("message", (event) => {
  const message = event.data as { type?: string; user?: string | null; force?: boolean };
  switch (message.type) {
    case "hello":
      event.waitUntil(greeted(message.user ?? null));
      return;
    case "drain":
      event.waitUntil(send(message.force === true));
      return;
    case "take-over":
      event.waitUntil(takeOver());
      return;
    case "contact":
      event.waitUntil(contact(true));
      return;
    case "warmth":
      event.waitUntil(recollect("warmth").then((warmth) => event.source?.postMessage({ type: "warmth", warmth, build: BUILD })));
      return;
  }
});

worker.addEventListener("sync", (event) => event.waitUntil(send()));

function isPage(path: string): boolean {
  return !/^\/(api\/|agent\/|login$|admin(\/|$)|sw\.js$|manifest\.webmanifest$|health$|ready$|metrics$)/.test(path);
}

async function answerPost(event: RequestEvent, path: string): Promise<Response> {
  const route = writeRoute("POST", path);
  if (route) {
    return answerWrite(event, route, { queue, drainer, send });
  }
  try {
    const response = await fetch(event.request);
    if (path === "/logout" && (response.type === "opaqueredirect" || response.ok)) {
      await left();
    }
    return response;
  } catch {
    return nothing("needs-connection", event.request.mode === "navigate");
  }
}

// Who is there --------------------------------------------------------------------------------------------------------------------------

async function user(): Promise<string | null> {
  await ready;
  return reader ?? null;
}

function learn(id: string | null): void {
  if (id === reader) {
    return;
  }
  reader = id;
  lastContact = 0;
  void remember("reader", id);
  if (id !== null) {
    void forgetPages(id);
  }
}

/** Signed out: the pages and the copies of rows go, the queue stays. */
async function left(): Promise<void> {
  learn(null);
  await Promise.all([coolDown(), queue.people.signedOut().catch(() => undefined)]);
}

async function greeted(id: string | null): Promise<void> {
  await ready;
  if (id !== null) {
    learn(id);
  }
  // A good answer ends a pause. What the PC's agent holds is asked for with every page that is opened or comes to the front.
  const isGood = await contact(false);
  await send(isGood || (await queue.people.drainMemory()).state === "on_pc");
  const person = await queue.people.current();
  if (mode === "normal" && person && person.user_id === reader) {
    await warmUp(queue, person, BUILD);
    await tell({ type: "warm" });
  }
}

/** Asks the server who is signed in, how this worker is switched, and whether there is a newer one. True where it has just answered. */
async function contact(isForced: boolean): Promise<boolean> {
  const { state } = await queue.people.drainMemory();
  const isFine = state === "idle" || state === "sending";
  if (!isForced && isFine && Date.now() - lastContact < CONTACT_MS && (await queue.people.current())?.user_id === reader) {
    return false;
  }
  const answer = await drainer.ping();
  if (!answer) {
    return false;
  }
  lastContact = Date.now();
  learn(answer.person?.user_id ?? null);
  lastContact = Date.now();
  mode = answer.mode;
  if (mode === "off" && (await queue.listWaiting()).length === 0) {
    await forgetAll();
    await worker.registration.unregister();
  } else if (answer.build !== BUILD) {
    await worker.registration.update().catch(() => undefined);
  }
  return true;
}

// Sending -------------------------------------------------------------------------------------------------------------------------------

/** Sends what waits and tells the pages how it went. */
async function send(force = false): Promise<void> {
  const result = await drainer.drain({ force });
  const { state, sent, waiting } = result;
  await tell({ type: "progress", progress: { state, sent, waiting } satisfies Progress });
  if (mode === "off" && waiting === 0) {
    await contact(true);
  }
}

async function tell(message: unknown): Promise<void> {
  for (const client of await worker.clients.matchAll()) {
    client.postMessage(message);
  }
}
