// The service worker: parts of the site work without a network, and what is entered then arrives exactly once
// (docs/SYNC.md). The build inserts its id and the addresses of the files that every page needs.

import { Drainer, DRAIN_LOCK } from "./drain.ts";
import { forgetAll, recollect } from "./page_cache.ts";
import { openQueue } from "./queue.ts";
import { Reader } from "./reader.ts";
import { writeRoute } from "./routes.ts";
import { SignOut } from "./sign_out.ts";
import { answerAsset, answerPage, askServer, dropOldAssets, explain, isFile, keepAssets, type Readers } from "./sw_pages.ts";
import { warmUp } from "./sw_warm.ts";
import { answerWrite, nothing } from "./sw_writes.ts";
import type { DrainState, Progress, WorkerMode } from "./types.ts";
import { type RequestEvent, worker } from "./worker_types.ts";

declare const BUILD: string;
declare const ASSETS: string[];

/** A page's "hello" leads to a ping at most this often. */
const CONTACT_MS = 60_000;
/** States after sending which mean that the server was not reached. */
const UNREACHED = new Set<DrainState>(["offline", "blocked_network", "on_pc", "pc_full"]);

const queue = openQueue({ app: BUILD });
const drainer = new Drainer(queue, { build: BUILD, onProgress: (progress) => void tell({ type: "progress", progress }) });
const reader = new Reader(queue);
const signOut = new SignOut();
const readers: Readers = { reader, signOut, now: () => queue.now() - offset };

// This clock minus the server's.
let offset = 0;
// The mode that the admin has set for this worker. Undefined until it is read from the store.
let mode: WorkerMode | undefined;
let lastContact = 0;

const ready = (async (): Promise<void> => {
  const kept = await queue.people.workerMode().catch(() => "normal" as const);
  mode ??= kept;
  offset = (await queue.people.current().catch(() => null))?.offset_ms ?? 0;
})();

worker.addEventListener("install", (event) => {
  event.waitUntil(keepAssets(BUILD, ASSETS));
  void takeOver();
});

/**
 * Takes over when a running drain has ended. The lock is released before the new worker has taken over: the takeover
 * waits for the old worker to finish what it has begun, which may be a drain that waits for the lock.
 */
async function takeOver(): Promise<void> {
  await navigator.locks.request(DRAIN_LOCK, () => void worker.skipWaiting());
}

worker.addEventListener("activate", (event) => event.waitUntil(begin()));

/**
 * The browser opens no page until the worker is active, so nothing here waits for the network. The pages that are
 * claimed ask for sending.
 */
async function begin(): Promise<void> {
  await worker.registration.navigationPreload.enable().catch(() => undefined);
  await dropOldAssets(BUILD);
  await worker.clients.claim();
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const isOn = url.origin === worker.location.origin && (mode ?? "normal") === "normal";
  if (isOn && request.method === "GET" && url.pathname.startsWith("/static/")) {
    event.respondWith(answerAsset(request));
  } else if (isOn && request.method === "GET" && isPage(url.pathname) && !isFile(request.url)) {
    event.respondWith(whileOn(event, () => answerPage(event, readers)));
  } else if (url.origin === worker.location.origin && request.method === "POST" && url.pathname === "/logout") {
    event.respondWith(leave());
  } else if (url.origin === worker.location.origin && request.method === "POST" && url.pathname === "/login") {
    event.respondWith(enter(event));
  } else if (isOn && request.method === "POST" && !url.pathname.startsWith("/api/")) {
    event.respondWith(whileOn(event, () => answerPost(event, url.pathname)));
  } else if (request.method === "GET" && request.mode === "navigate") {
    event.respondWith(passOn(event));
  }
});

/** A worker that has just started reads its mode first. */
async function whileOn(event: RequestEvent, answer: () => Promise<Response>): Promise<Response> {
  if (mode === undefined) {
    await ready.catch(() => undefined);
  }
  return mode === "normal" ? answer() : passOn(event);
}

/** For requests that the worker does not handle: the server's response, or the offline page if there is none. */
async function passOn(event: RequestEvent): Promise<Response> {
  const isLeft = await signOut.isDue();
  if (isLeft && !(await signOut.finish())) {
    return explain(event, readers);
  }
  try {
    return await askServer(event, isLeft);
  } catch (error) {
    if (event.request.mode === "navigate") {
      return explain(event, readers);
    }
    throw error;
  }
}

worker.addEventListener("message", (event) => {
  const message = event.data as { type?: string; force?: boolean };
  switch (message.type) {
    case "hello":
      event.waitUntil(greeted());
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
    case "probe":
      event.waitUntil(contact(true).then(async (isGood) => isGood && send(true)));
      return;
    case "finish-sign-out":
      event.waitUntil(signOut.finish().then((isDone) => event.source?.postMessage({ type: "signed-out", isDone })));
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
    return answerWrite(event, route, { queue, drainer, signOut, send });
  }
  try {
    return await fetch(event.request);
  } catch {
    return nothing("needs-connection", event.request.mode === "navigate");
  }
}

// The signed-in person ------------------------------------------------------------------------------------------------------------------

/**
 * Signs out. Pages and rows are deleted at once, whether the server receives the sign-out now or later; the queue
 * stays.
 */
async function leave(): Promise<Response> {
  const user = await reader.user().catch(() => null);
  const last = user === null ? null : await queue.people.lastOf(user).catch(() => null);
  await reader.left();
  await signOut.begin(user, last);
  await tell({ type: "left", user });
  return Response.redirect(new URL("/login", worker.location.href).href, 303);
}

/** Signs in, on the sign-in page or over another page. Earlier requests belong to a session that has ended. */
async function enter(event: RequestEvent): Promise<Response> {
  if ((await signOut.isDue()) && !(await signOut.finish())) {
    return explain(event, readers);
  }
  try {
    const response = await fetch(event.request);
    if (response.type === "opaqueredirect") {
      lastContact = 0;
      reader.entered();
    }
    return response;
  } catch {
    return nothing("needs-connection", event.request.mode === "navigate");
  }
}

async function greeted(): Promise<void> {
  await ready;
  // A good response ends a pause. The verdicts on what the PC's agent holds are requested whenever a page opens or
  // comes to the front.
  const isGood = await contact(false);
  await send(isGood || (await queue.people.drainMemory()).state === "on_pc");
  const person = await queue.people.current();
  if (mode === "normal" && person && person.user_id === (await reader.user())) {
    const { era } = reader;
    await warmUp(queue, person, BUILD, () => reader.era === era);
    await tell({ type: "warm" });
  }
}

/**
 * Asks the server who is signed in, which mode this worker has, and whether there is a newer one. True if the server
 * has just responded.
 */
async function contact(isForced: boolean): Promise<boolean> {
  const { state } = await queue.people.drainMemory();
  const isFine = state === "idle" || state === "sending";
  const known = (await queue.people.current())?.user_id ?? null;
  if (!isForced && isFine && Date.now() - lastContact < CONTACT_MS && known !== null && known === (await reader.user())) {
    return false;
  }
  if (!(await signOut.finish())) {
    return false;
  }
  const { era } = reader;
  const answer = await drainer.ping();
  await tell({ type: "line", isUp: answer !== null });
  if (!answer) {
    return false;
  }
  lastContact = Date.now();
  if (answer.person) {
    offset = answer.person.offset_ms;
    await reader.learn(answer.person.user_id, era);
  } else if (era === reader.era) {
    await reader.unlearn();
  }
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

/** Sends what waits and reports the progress to the pages. */
async function send(force = false): Promise<void> {
  if (!(await signOut.finish())) {
    return; // nothing is sent in a session whose person has signed out
  }
  const result = await drainer.drain({ force });
  const { state, sent, waiting } = result;
  await tell({ type: "progress", progress: { state, sent, waiting } satisfies Progress });
  if (UNREACHED.has(state) || sent > 0) {
    await tell({ type: "line", isUp: !UNREACHED.has(state) });
  }
  if (mode === "off" && waiting === 0) {
    await contact(true);
  }
}

async function tell(message: unknown): Promise<void> {
  for (const client of await worker.clients.matchAll()) {
    client.postMessage(message);
  }
}
