// The service worker's answers behind this PC's agent: which forms it leaves to it, which pages it shows and which it keeps.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.mjs";
import { ANKARA, Browser, Server, newId, signIn } from "./offline_world.mjs";

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
  match: async (key) => {
    for (const shelf of shelves.values()) {
      const found = await shelf.match(key);
      if (found) return found;
    }
    return undefined;
  },
};

const { answerPage } = await load("static/ts/offline/sw_pages.ts");
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

async function desk(isKnown = true) {
  const { queue, drainer } = new Browser({ server: new Server() }).open();
  if (isKnown) await signIn(queue, ANKARA);
  let sends = 0;
  return { queue, drainer, send: async () => void (sends += 1), sends: () => sends };
}

const OP = newId();
const FORM = new URLSearchParams({ _op: OP, _id: newId(), full_name: "Ayşe", is_active: "true" }).toString();
const CONTENT = { "Content-Type": "application/x-www-form-urlencoded" };

async function write(answer, { isKnown = true, isNative = false } = {}) {
  const asked = line(answer);
  const at = await desk(isKnown);
  const init = { method: "POST", body: FORM, headers: { ...CONTENT, ...(isNative ? {} : { "HX-Request": "true" }) } };
  const event = eventOf(isNative ? navigation(`${ORIGIN}/employees`, init) : new Request(`${ORIGIN}/employees`, init));
  const response = await answerWrite(event, writeRoute("POST", "/employees"), at);
  await event.ended();
  return { response, asked, waiting: await at.queue.listWaiting(), sends: at.sends() };
}

test("a form says that there is a queue here, and is stored in it when the agent answers that nobody is reached", async () => {
  const { response, asked, waiting, sends } = await write(() => new Response("", { status: 503, headers: { ...AGENT, "X-Offline": "unreachable" } }));
  assert.deepEqual(asked.map(({ headers }) => headers.get("X-Offline-Queue")), ["1"]);
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

// Pages ---------------------------------------------------------------------------------------------------------------------------------

const PAGE = `${ORIGIN}/timesheets`;
const html = (text, headers, status = 200) => new Response(`<html lang="tr"><body>${text}</body></html>`, { status, headers: { "Content-Type": "text/html; charset=utf-8", ...headers } });

async function open(answer, learned = []) {
  line(answer);
  const event = eventOf(navigation(PAGE));
  const response = await answerPage(event, { user: async () => ANKARA, learn: (user) => learned.push(user) });
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
