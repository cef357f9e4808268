// The service worker's answers behind this PC's agent: which forms it leaves to it, which pages it shows and which it keeps.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.mjs";
import { ANKARA, BURSA, Browser, Server, newId, signIn } from "./offline_world.mjs";

const ORIGIN = "http://localhost:8787";
globalThis.location ??= new URL(ORIGIN);

/** Caches in memory, as far as the worker uses them. */
class Shelf {
  pages = new Map();
  async match(request) {
    const kept = this.pages.get(typeof request === "string" ? request : request.url);
    return kept && new Response(kept.body, { status: 200, headers: kept.headers });
  }
  async put(key, response) {
    this.pages.set(key, { body: await response.text(), headers: [...response.headers] });
  }
  async keys() {
    return [...this.pages.keys()];
  }
}
const shelves = new Map();
globalThis.caches = {
  open: async (name) => shelves.get(name) ?? shelves.set(name, new Shelf()).get(name),
  keys: async () => [...shelves.keys()],
  has: async (name) => shelves.has(name),
  delete: async (name) => shelves.delete(name),
  match: async (key, { cacheName } = {}) => {
    for (const shelf of cacheName ? [shelves.get(cacheName)].filter(Boolean) : shelves.values()) {
      const found = await shelf.match(key);
      if (found) return found;
    }
    return undefined;
  },
};

const { answerPage, explain, isFile } = await load("static/ts/offline/sw_pages.ts");

const { answerWrite } = await load("static/ts/offline/sw_writes.ts");
const { writeRoute } = await load("static/ts/offline/routes.ts");

const AGENT = { "X-App": "agent", "X-Agent": "0.1.0" };
const SERVER = { "X-App": "rainstaff", "X-Agent": "0.1.0" };

/** The line, and what was asked on it. */
function line(answer) {
  const asked = [];
  globalThis.fetch = async (request, init) => {
    const full = new Request(request, init);
    asked.push({ url: full.url, headers: full.headers, mode: request.mode });
    return answer(full);
  };
  return asked;
}

function eventOf(request) {
  const works = [];
  return { request, works, waitUntil: (work) => works.push(work), ended: () => Promise.all(works) };
}

/** A request that the browser makes when it goes to a page. */
function navigation(url, init = {}) {
  const request = new Request(url, init);
  const clone = request.clone.bind(request);
  return Object.defineProperties(request, { mode: { value: "navigate" }, clone: { value: () => navigation(clone().url, { ...init }) } });
}

async function desk(isKnown = true, isLeft = false) {
  const { queue, drainer } = new Browser({ server: new Server() }).open();
  if (isKnown) await signIn(queue, ANKARA);
  let sends = 0;
  return {
    queue,
    drainer,
    signOut: { isDue: async () => isLeft },
    send: async () => {
      sends += 1;
    },
    sends: () => sends,
  };
}

const OP = newId();
const FORM = new URLSearchParams({ _op: OP, _id: newId(), full_name: "Ayşe", is_active: "true" }).toString();
const CONTENT = { "Content-Type": "application/x-www-form-urlencoded" };

async function write(answer, { isKnown = true, isNative = false, isLeft = false, body = FORM, before = async () => undefined } = {}) {
  const asked = line(answer);
  const at = await desk(isKnown, isLeft);
  await before(at);
  const init = { method: "POST", body, headers: { ...CONTENT, ...(isNative ? {} : { "HX-Request": "true" }) } };
  const event = eventOf(isNative ? navigation(`${ORIGIN}/employees`, init) : new Request(`${ORIGIN}/employees`, init));
  const response = await answerWrite(event, writeRoute("POST", "/employees"), at);
  await event.ended();
  return { response, asked, waiting: await at.queue.listWaiting(), sends: at.sends() };
}

test("a form says that there is a queue here, and is stored in it when the agent answers that nobody is reached", async () => {
  const { response, asked, waiting, sends } = await write(() => new Response("", { status: 503, headers: { ...AGENT, "X-Offline": "unreachable" } }));
  assert.deepEqual(
    asked.map(({ headers }) => headers.get("X-Offline-Queue")),
    ["1"],
  );
  assert.equal(asked[0].headers.get("HX-Request"), "true", "and what it said before");
  assert.deepEqual([response.status, response.headers.get("X-App"), response.headers.get("X-Op-Queued")], [202, "offline", OP]);
  assert.deepEqual([waiting.map(({ op }) => op.op_id), sends], [[OP], 1]);
});

test("a form posted without a script says so too", async () => {
  const { asked, waiting, response } = await write(() => new Response("", { status: 503, headers: { ...AGENT, "X-Offline": "unreachable" } }), { isNative: true });
  assert.equal(asked[0].headers.get("X-Offline-Queue"), "1");
  assert.deepEqual([response.status, response.headers.get("Location"), waiting.length], [303, `${ORIGIN}/employees`, 1]);
});

const STORED = () => new Response("", { status: 202, headers: { ...AGENT, "X-Sync": "1", "X-Op-Queued": OP, "HX-Trigger": JSON.stringify({ "ops:stored": { op_id: OP } }) } });

test("where nobody is known the agent stores it, and its answer is passed on as it is", async () => {
  const { response, asked, waiting } = await write(STORED, { isKnown: false });
  assert.equal(asked[0].headers.get("X-Offline-Queue"), null);
  assert.deepEqual([response.status, response.headers.get("X-App"), response.headers.get("X-Op-Queued"), waiting.length], [202, "agent", OP, 0]);
});

test("what the agent has stored all the same is not stored twice", async () => {
  const script = await write(STORED);
  assert.deepEqual([script.response.status, script.response.headers.get("X-App"), script.waiting.length], [202, "agent", 0]);
  const native = await write(STORED, { isNative: true });
  assert.deepEqual([native.response.status, native.waiting.length, native.asked.length], [303, 0, 1]);
});

test("a 202 that names another operation has stored nothing of ours", async () => {
  const other = () => new Response("", { status: 202, headers: { "X-Sync": "1", "X-Op-Queued": newId() } });
  assert.equal((await write(other)).waiting.length, 1);
});

// A session that has ended ---------------------------------------------------------------------------------------------------------------

const ENDED = () => new Response("", { status: 401, headers: SERVER });
const ofPageOf = (person) => `${FORM}&_csrf=${person}.token`;

test("a session that has ended refuses nothing: what was entered waits, also that of a form without scripts", async () => {
  for (const isNative of [false, true]) {
    const { response, waiting, sends } = await write(ENDED, { isNative, body: ofPageOf(ANKARA) });
    assert.deepEqual([response.status, waiting.map(({ user_id }) => user_id), sends], [isNative ? 303 : 202, [ANKARA], 1]);
  }
});

test("what was entered on somebody's page waits under their name, whoever has signed in since", async () => {
  const { response, waiting } = await write(ENDED, { body: ofPageOf(ANKARA), before: ({ queue }) => signIn(queue, BURSA, ["bursa"]) });
  assert.deepEqual([response.status, waiting.map(({ user_id, op }) => [user_id, op.actor, op.region])], [202, [[ANKARA, ANKARA, "ankara"]]]);
  const stranger = await write(ENDED, { body: ofPageOf(newId()) });
  assert.deepEqual([stranger.response.status, stranger.waiting.length], [401, 0], "of somebody whom nobody knows nothing is stored under another's name");
});

test("while somebody is on their way out nothing is sent with their session", async () => {
  const { asked, waiting } = await write(() => new Response("", { status: 200, headers: { ...SERVER, "X-Sync": "1", "X-Op-Ack": OP } }), { isLeft: true });
  assert.deepEqual([asked.length, waiting.length], [0, 1]);
});

// Pages ---------------------------------------------------------------------------------------------------------------------------------

const PAGE = `${ORIGIN}/timesheets`;
const html = (text, headers, status = 200) =>
  new Response(`<html lang="tr"><body>${text}</body></html>`, { status, headers: { "Content-Type": "text/html; charset=utf-8", ...headers } });

const NOW = Date.parse("2026-11-28T12:00:00+03:00");

async function open(answer, learned = []) {
  line(answer);
  const event = eventOf(navigation(PAGE));
  const reader = { era: 0, user: async () => ANKARA, hasEnded: async () => false, learn: async (user) => void learned.push(user) };
  const response = await answerPage(event, { reader, signOut: { isDue: async () => false, finish: async () => true }, now: () => NOW });
  const text = await response.text();
  await event.ended();
  return { response, text, learned };
}

const kept = () => [...(shelves.get(`pages-${ANKARA}`)?.pages.keys() ?? [])];
const own = () => html("of the server", { ...SERVER, "X-User": ANKARA });
const mirrored = () => html("of the PC", { ...AGENT, "X-User": ANKARA, "X-Kept-Since": "1795000000000" });

test("a page of the server is kept; one that the agent made is shown before it, and never takes its place", async () => {
  shelves.clear();
  await open(mirrored);
  assert.deepEqual(kept(), [], "not as the first one either");
  await open(own);
  assert.deepEqual(kept(), [PAGE]);
  const { text, response, learned } = await open(mirrored);
  assert.match(text, /of the PC/);
  assert.equal(response.headers.get("X-Kept-Since"), "1795000000000");
  assert.deepEqual(learned, [ANKARA]);
  const refused = await open(() => html("not in the copy", AGENT, 503));
  assert.match(refused.text, /of the server/);
  assert.match(refused.text, /data-kept-by="browser"/);
});

test("where nothing is kept the agent's own words are shown, and nobody is taken for signed out by them", async () => {
  shelves.clear();
  const { response, text, learned } = await open(() => html("not in the copy", AGENT, 503));
  assert.deepEqual([response.status, learned], [503, []]);
  assert.match(text, /not in the copy/);
  assert.deepEqual((await open(() => html("sign in", AGENT))).learned, [], "its pages for nobody forget nobody");
});

test("a server's or a proxy's error shows the kept page, as before", async () => {
  shelves.clear();
  await open(own);
  for (const failure of [() => html("x", SERVER, 503), () => html("x", {}, 502), () => html("<h1>portal</h1>", {})]) {
    assert.match((await open(failure)).text, /of the server/);
  }
});

// Files ---------------------------------------------------------------------------------------------------------------------------------

test("a list's file is known by its address, and where there is no line its own sentence is said", async () => {
  for (const [path, isOne] of [
    ["?format=xlsx", true],
    ["?q=a&format=csv", true],
    ["", false],
    ["?format=", false],
    ["?q=format", false],
  ]) {
    assert.equal(isFile(PAGE + path), isOne, path);
  }
  shelves.clear();
  const shelf = await caches.open("assets-x");
  await shelf.put("/offline", html("<!--unknown-->no page<!--/--><!--file-->no file<!--/--><!--leaving-->left<!--/--><!--ended-->over<!--/-->", {}));
  const readers = { reader: { user: async () => ANKARA, hasEnded: async () => false }, signOut: { isDue: async () => false } };
  const said = async (address) => (await explain(eventOf(navigation(address)), readers)).text();
  assert.match(await said(`${PAGE}?format=csv`), /<body>no file<\/body>/);
  assert.match(await said(PAGE), /<body>no page<\/body>/);
});

// "Now" in an address --------------------------------------------------------------------------------------------------------------------

/** A page as it was kept at a moment. */
function keptPage(path, at, text) {
  const shelf = shelves.get(`pages-${ANKARA}`) ?? shelves.set(`pages-${ANKARA}`, new Shelf()).get(`pages-${ANKARA}`);
  shelf.pages.set(ORIGIN + path, {
    body: `<html lang="tr">${text}</html>`,
    headers: [
      ["X-Kept-Since", String(Date.parse(at))],
      ["Content-Type", "text/html"],
    ],
  });
}

async function offline(path) {
  line(() => Promise.reject(new TypeError("no line")));
  const event = eventOf(navigation(ORIGIN + path));
  const reader = { era: 0, user: async () => ANKARA, hasEnded: async () => false, learn: async () => false };
  const response = await answerPage(event, { reader, signOut: { isDue: async () => false, finish: async () => true }, now: () => NOW });
  await event.ended();
  return response.text();
}

test("without a line an address that means now opens this day and this month, also where only its own address was kept ahead", async () => {
  shelves.clear();
  keptPage("/today", "2026-11-27T17:00:00+03:00", "of the 27th");
  keptPage("/", "2026-11-27T17:00:00+03:00", "of the 27th");
  keptPage("/timesheets/month", "2026-10-31T17:00:00+03:00", "of October");
  assert.match(await offline("/today"), /of the 27th/, "nothing newer is there");
  keptPage("/today?date=2026-11-28", "2026-11-27T17:00:00+03:00", "of the 28th");
  keptPage("/timesheets/month?month=2026-11", "2026-10-31T17:00:00+03:00", "of November");
  for (const path of ["/", "/today"]) assert.match(await offline(path), /of the 28th/, path);
  assert.match(await offline("/timesheets/month"), /of November/);
  keptPage("/today", "2026-11-28T00:00:30+03:00", "of this morning");
  assert.match(await offline("/today"), /of this morning/, "what was kept today is newer");
  assert.match(await offline("/today?date=2026-11-28"), /of the 28th/);
});
