// A browser that several people use: what stays of whom, until when pages open without the server, and a sign-out that has to wait for it.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.mjs";
import { ANKARA, BURSA, Browser, Server, draft, newId, ours, signIn } from "./offline_world.mjs";

const DAY = 86_400_000;
const ORIGIN = "http://localhost:8787";
globalThis.location ??= new URL(ORIGIN);

const shelves = new Map();
const shelf = (name) => ({
  match: async (key) => shelves.get(name)?.get(key)?.clone(),
  put: async (key, response) => void (shelves.get(name) ?? shelves.set(name, new Map()).get(name)).set(key, response.clone()),
  keys: async () => [...(shelves.get(name)?.keys() ?? [])],
  delete: async (key) => shelves.get(name)?.delete(key) ?? false,
});
globalThis.caches = {
  open: async (name) => {
    if (!shelves.has(name)) shelves.set(name, new Map());
    return shelf(name);
  },
  has: async (name) => shelves.has(name),
  keys: async () => [...shelves.keys()],
  delete: async (name) => shelves.delete(name),
  match: async (key, { cacheName } = {}) => (cacheName ? shelf(cacheName).match(key) : undefined),
};
// One bundle: the worker's modules share what they hold in memory.
const { Reader, READING_MS, SignOut, keep, warmUp } = await load("tests/ts/offline_worker_parts.ts");

function world(server = new Server()) {
  shelves.clear();
  const browser = new Browser({ server });
  const { queue, drainer } = browser.open();
  return { browser, server, queue, drainer, reader: new Reader(queue) };
}

const pages = () => [...shelves.keys()].filter((name) => name.startsWith("pages-") && shelves.get(name).size > 0);
const row = (more = {}) => ({ id: newId(), version: 1, region: "ankara", full_name: "Ayşe", ...more });
const page = (user) => new Response("<html>", { status: 200, headers: { "Content-Type": "text/html", "X-App": "1", "X-User": user } });
const keepNow = (user, reader, path = "/today") => {
  const { era } = reader;
  return keep(ORIGIN + path, page(user), 0, () => reader.era === era);
};

test("when somebody else signs in, the rows and pages of everybody before them go, and what waits stays", async () => {
  const { queue, reader } = world();
  await reader.learn(ANKARA, reader.era);
  const ankara = await signIn(queue, ANKARA);
  await queue.mirror.putAll(ANKARA, "employee", [row()]);
  await keepNow(ANKARA, reader);
  await queue.enqueue(draft(), ankara);
  await reader.learn(BURSA, reader.era); // a page of the server names her, before any ping does
  assert.deepEqual([await queue.mirror.list(ANKARA, "employee"), pages()], [[], []]);
  assert.equal(await queue.people.current(), null, "nothing is entered under another's name meanwhile");
  await signIn(queue, BURSA, ["bursa"]);
  await queue.mirror.putAll(BURSA, "employee", [row({ region: "bursa" })]);
  assert.deepEqual([(await queue.listWaiting(ANKARA)).length, (await queue.mirror.list(BURSA, "employee")).length], [1, 1]);
});

test("the server's rows of somebody who does not sit here are not kept, whoever carries their entries", async () => {
  const { queue, drainer, server } = world(new Server({ verdictOf: () => ({ verdict: "applied", row: row() }) }));
  const ankara = await signIn(queue, ANKARA);
  await queue.people.keepGrant(ANKARA, "proof", "2027-01-01", 0);
  await queue.enqueue(draft(), ankara);
  await signIn(queue, BURSA, ["ankara", "bursa"]);
  await drainer.drain();
  assert.equal(server.stored.size, 1);
  await signIn(queue, BURSA, ["ankara", "bursa"]);
  assert.deepEqual(await queue.mirror.list(ANKARA, "timesheet"), []);
  await queue.mirror.putAll(ANKARA, "employee", [row()]);
  assert.deepEqual(await queue.mirror.list(ANKARA, "employee"), []);
});

test("a proof goes at sign-out when nothing waits; with something that waits it stays until that has arrived", async () => {
  const { queue, drainer } = world();
  const grantOf = async (user) => (await queue.people.find(user)).grant;
  await signIn(queue, ANKARA);
  await queue.people.keepGrant(ANKARA, "proof", "2027-01-01", 0);
  await queue.people.signedOut();
  assert.equal(await grantOf(ANKARA), null);

  const ankara = await signIn(queue, ANKARA);
  await queue.people.keepGrant(ANKARA, "proof", "2027-01-01", 0);
  await queue.enqueue(draft(), ankara);
  await queue.people.signedOut();
  assert.equal(await grantOf(ANKARA), "proof");
  await signIn(queue, BURSA, ["bursa"]);
  await drainer.drain();
  assert.deepEqual([await grantOf(ANKARA), (await queue.listWaiting()).length], [null, 0]);
  const [done] = await queue.listDone(ANKARA);
  assert.equal(done.op.grant, undefined, "nor is one in the log");
});

test("what cannot be proved to be its author's waits for them, and is not given to the server by somebody else", async () => {
  const { queue, drainer, server } = world();
  await queue.enqueue(draft(), await signIn(queue, ANKARA));
  await signIn(queue, BURSA, ["bursa"]);
  await drainer.drain();
  assert.deepEqual([server.stored.size, (await queue.listWaiting())[0].tries], [0, 0]);
  await signIn(queue, ANKARA);
  await drainer.drain();
  assert.equal(server.stored.size, 1);
});

test("a grant is asked for per person: the second one in a browser gets theirs, and so does who comes back", async () => {
  const { queue, drainer, server } = world();
  for (const [id, region] of [
    [ANKARA, "ankara"],
    [BURSA, "bursa"],
    [ANKARA, "ankara"],
  ]) {
    server.user = { id, username: region, role: "user", regions: [region] };
    await drainer.ping();
    assert.match((await queue.people.current()).grant ?? "none", /^g/, region);
    await queue.people.signedOut();
  }
  assert.equal(server.grants, 3);
});

test("every sign-in asks for a new proof: the one before is of a session that may have ended", async () => {
  const { queue, drainer, server, reader } = world();
  server.user = { id: ANKARA, username: "x", role: "user", regions: ["ankara"] };
  await reader.learn(ANKARA, reader.era);
  await drainer.ping();
  await drainer.ping();
  assert.equal(server.grants, 1);
  reader.entered();
  await reader.learn(ANKARA, reader.era);
  await drainer.ping();
  assert.equal(server.grants, 2);
  await queue.enqueue(draft(), await queue.people.current());
  await reader.left(); // something waits: the proof stays for it
  await reader.learn(ANKARA, reader.era);
  await drainer.ping();
  assert.deepEqual([server.grants, (await queue.people.find(ANKARA)).grant], [3, "g3"]);
});

test("pages open without the server until 14 days after the last sign-in; then they go, and nothing that waits does", async () => {
  const { browser, queue, reader } = world();
  browser.clock.now = 100 * DAY;
  await reader.learn(ANKARA, reader.era);
  await queue.enqueue(draft(), await signIn(queue, ANKARA));
  await queue.mirror.putAll(ANKARA, "employee", [row()]);
  await keepNow(ANKARA, reader);
  browser.clock.now += READING_MS - 1000;
  assert.deepEqual([await reader.user(), await reader.hasEnded(), pages().length], [ANKARA, false, 1]);
  browser.clock.now += 2000;
  assert.deepEqual([await reader.user(), await reader.hasEnded(), pages()], [null, true, []]);
  assert.deepEqual([(await queue.mirror.list(ANKARA, "employee")).length, (await queue.listWaiting(ANKARA)).length], [0, 1]);
  const later = new Reader(queue); // the worker was started anew
  assert.deepEqual([await later.user(), await later.hasEnded()], [null, true]);
  later.entered();
  await later.learn(ANKARA, later.era);
  assert.deepEqual([await later.user(), await later.hasEnded()], [ANKARA, false]);
});

test("only a sign-in starts the 14 days anew; a clock that was put back does not give more of them", async () => {
  const { browser, reader } = world();
  browser.clock.now = 100 * DAY;
  await reader.learn(ANKARA, reader.era);
  browser.clock.now += 10 * DAY;
  reader.entered();
  await reader.learn(ANKARA, reader.era);
  browser.clock.now += 10 * DAY;
  assert.equal(await reader.user(), ANKARA);
  browser.clock.now -= 12 * DAY;
  assert.equal(await reader.user(), null);
});

test("what was asked for before the sign-out and comes after it is not kept and signs nobody in", async () => {
  const { queue, drainer, server, reader } = world();
  await reader.learn(ANKARA, reader.era);
  server.user = { id: ANKARA, username: "x", role: "user", regions: ["ankara"] };
  const person = (await drainer.ping()).person;
  const { era } = reader;
  const pending = Promise.withResolvers?.() ?? withResolvers();
  server.fetch = async () => {
    await pending.promise;
    return ours(200, { server_time: new Date().toISOString(), user: server.user, sw: {} }, true);
  };
  globalThis.fetch = async () => {
    await pending.promise;
    return page(ANKARA);
  };
  const late = [drainer.ping(), warmUp(queue, person, "b", () => reader.era === era), pending.promise.then(() => reader.learn(ANKARA, era))];
  await reader.left();
  pending.resolve();
  await Promise.all(late);
  assert.deepEqual(
    [pages(), await reader.user(), await queue.people.current(), shelves.get("worker-state").get("/warmth") && (await shelves.get("worker-state").get("/warmth").clone().json())],
    [[], null, null, null],
  );
  await keep(`${ORIGIN}/today`, page(ANKARA), 0, () => reader.era === era);
  await queue.mirror.putAll(ANKARA, "employee", [row()]);
  assert.deepEqual([pages(), await queue.mirror.list(ANKARA, "employee")], [[], []]);
});

function withResolvers() {
  const parts = {};
  parts.promise = new Promise((resolve) => (parts.resolve = resolve));
  return parts;
}

// A sign-out without the server -----------------------------------------------------------------------------------------------------------

/** A server that may be away, and has one session. */
function office({ user = ANKARA } = {}) {
  const state = { isUp: true, user, posts: 0, logout: null };
  state.fetch = async (url, init) => {
    if (!state.isUp) throw new TypeError("no line");
    if (url === "/logout") {
      state.posts += 1;
      state.body = init.body;
      if (state.logout) return state.logout();
      state.user = null;
      return new Response("", { status: 303, headers: { "X-App": "1" } });
    }
    return ours(200, { server_time: new Date().toISOString(), user: state.user && { id: state.user } }, true);
  };
  return state;
}

test("a sign-out without the server is finished when it is back, also by a worker that has started anew", async () => {
  shelves.clear();
  const state = office();
  state.isUp = false;
  const out = new SignOut(state.fetch);
  assert.deepEqual([await out.begin(ANKARA, null), await out.isDue()], [false, true]);
  const anew = new SignOut(state.fetch);
  assert.deepEqual([await anew.isDue(), await anew.finish()], [true, false]);
  state.isUp = true;
  assert.deepEqual([await anew.finish(), await anew.isDue(), state.user, state.posts], [true, false, null, 1]);
  assert.equal(await new SignOut(state.fetch).isDue(), false);
});

test("a sign-out says up to which entry the proof that stays is good, as it was when the person left", async () => {
  shelves.clear();
  const { queue } = new Browser({ server: new Server() }).open();
  const person = await signIn(queue, ANKARA);
  assert.equal(await queue.people.lastOf(ANKARA), null);
  await queue.enqueueAll([draft(), draft()], person);
  const state = office();
  state.isUp = false;
  const out = new SignOut(state.fetch);
  await out.begin(ANKARA, await queue.people.lastOf(ANKARA));
  await queue.enqueue(draft(), person); // on a page that was still open
  state.isUp = true;
  await out.finish();
  assert.equal(new URLSearchParams(state.body).get("_queue"), `${await queue.people.queueOf(ANKARA)} 2`);
});

test("neither a portal's redirect nor a PC's agent ends a session: only the server's own word", async () => {
  shelves.clear();
  const state = office();
  state.logout = () => new Response("", { status: 302 });
  const out = new SignOut(state.fetch);
  assert.deepEqual([await out.begin(ANKARA, null), state.user], [false, ANKARA]);
  state.logout = null;
  assert.deepEqual([await out.finish(), state.user], [true, null]);
});

test("a session of somebody else is left alone, and a server that will not end one locks nobody out", async () => {
  shelves.clear();
  const other = office({ user: BURSA });
  other.logout = () => new Response("", { status: 403, headers: { "X-App": "1" } });
  assert.equal(await new SignOut(other.fetch).begin(ANKARA, null), true);
  const stubborn = office();
  stubborn.logout = other.logout;
  const out = new SignOut(stubborn.fetch);
  assert.deepEqual([await out.begin(ANKARA, null), await out.finish(), await out.finish()], [false, false, true]);
});
