import assert from "node:assert/strict";
import test from "node:test";

import { ANKARA, BURSA, Browser, HOSTILE, Server, draft, ours, signIn } from "./offline_world.mjs";

/** A browser with `count` operations waiting. */
async function waiting(count, server = new Server()) {
  const browser = new Browser({ server, random: () => 0.5 });
  const { queue, drainer } = browser.open();
  const person = await signIn(queue);
  const drafts = Array.from({ length: count }, () => draft());
  if (count > 0) await queue.enqueueAll(drafts, person);
  return { browser, server, queue, drainer, person, ids: drafts.map(({ op_id }) => op_id), own: await queue.people.queueOf(ANKARA) };
}

const batches = (server) => server.requests.filter(({ url, ops }) => url === "/api/v1/ops" && ops.length > 0).map(({ ops }) => ops.length);

test("everything goes up in order, in batches that grow", async () => {
  const { server, drainer, queue, ids, own } = await waiting(450);
  const { sent, state, waiting: left } = await drainer.drain();
  assert.deepEqual([sent, state, left], [450, "idle", 0]);
  assert.deepEqual(server.arrived(own), ids);
  assert.deepEqual(batches(server), [20, 40, 80, 100, 100, 100, 10]);
  assert.equal((await queue.listDone(ANKARA, 1000)).length, 450);
});

test("a batch stays below its bytes", async () => {
  const { server, queue, drainer, person } = await waiting(0);
  const long = () => draft({ fields: { notes: { from: null, to: "ş".repeat(20_000) } } });
  await queue.enqueueAll(Array.from({ length: 20 }, long), person);
  await drainer.drain();
  assert.ok(
    batches(server).every((count) => count <= 6),
    String(batches(server)),
  );
  for (const { body } of server.requests.slice(0, -1)) assert.ok(Buffer.byteLength(body) < 262_144 + 1000);
  assert.equal(server.stored.size, 20);
});

for (const behaviour of [...HOSTILE, "wrong nonce", "other ops", "cut", "dropped", "lost", "silent", "late"]) {
  test(`no answer of ours, nothing delivered: ${behaviour}`, async () => {
    const { browser, server, drainer, queue, ids } = await waiting(3);
    server.behave = () => behaviour;
    const { sent, state, next_at } = await drainer.drain();
    assert.equal(sent, 0);
    assert.notEqual(state, "idle");
    assert.ok(next_at > browser.now(), "it waits before it tries again");
    assert.equal((await queue.listWaiting()).length, 3);
    assert.deepEqual(await queue.listDone(ANKARA), []);
    server.behave = () => "ours";
    assert.equal((await drainer.drain()).sent, 0, "a pause is a pause");
    browser.clock.now = next_at;
    assert.equal((await drainer.drain()).sent, 3);
    assert.deepEqual([...server.stored.keys()], ids);
  });
}

test("a portal and a redirect are told apart from a broken line", async () => {
  for (const [behaviour, wanted] of Object.entries({ portal: "blocked_network", redirect: "blocked_network", 511: "blocked_network", 502: "server_trouble", dropped: "offline" })) {
    const { server, drainer } = await waiting(1);
    server.behave = () => behaviour;
    assert.equal((await drainer.drain()).state, wanted, behaviour);
  }
});

test("an answer that names only some of them takes only these out", async () => {
  const { server, drainer, queue, ids } = await waiting(5);
  let first = true;
  server.behave = () => {
    const behaviour = first ? "half" : "dropped";
    first = false;
    return behaviour;
  };
  await drainer.drain();
  assert.deepEqual(
    (await queue.listWaiting()).map(({ op }) => op.op_id),
    [ids[1], ids[3]],
  );
});

test("an expired session pauses the queue, and 'send now' goes on after signing in", async () => {
  const { server, drainer, queue } = await waiting(4);
  server.signedIn = false;
  assert.equal((await drainer.drain()).state, "sign_in");
  assert.equal((await queue.summary(ANKARA)).state, "sign_in");
  server.signedIn = true;
  assert.equal((await drainer.drain({ force: true })).sent, 4);
  assert.equal((await queue.summary(ANKARA)).state, "idle");
});

test("the server's pause is kept: Retry-After with a little more, and X-Backoff on a good answer", async () => {
  const { browser, server, drainer } = await waiting(30);
  const answer = server.answer.bind(server);
  server.answer = () => new Response("{}", { status: 503, headers: { "X-App": "1", "Retry-After": "40" } });
  const paused = await drainer.drain();
  assert.deepEqual([paused.state, paused.next_at - browser.now()], ["busy", 44_000]);
  server.answer = (...request) => {
    const good = answer(...request);
    good.headers.set("X-Backoff", "10");
    return good;
  };
  const slowed = await drainer.drain({ force: true });
  assert.deepEqual([slowed.sent, slowed.next_at - browser.now()], [20, 10_000]);
});

test("a pause grows with every failure, up to five minutes, and ends with a success", async () => {
  const { browser, server, drainer } = await waiting(1);
  server.behave = () => "dropped";
  const pauses = [];
  for (let attempt = 0; attempt < 12; attempt += 1) {
    pauses.push((await drainer.drain({ force: true })).next_at - browser.now());
  }
  assert.deepEqual(pauses.slice(0, 4), [500, 1000, 2000, 4000]);
  assert.equal(pauses.at(-1), 150_000);
  server.behave = () => "ours";
  assert.equal((await drainer.drain({ force: true })).next_at, 0);
});

test("a clock that was put back does not stop the queue for a day", async () => {
  const { browser, server, drainer } = await waiting(1);
  server.behave = () => "dropped";
  await drainer.drain();
  server.behave = () => "ours";
  browser.clock.now -= 86_400_000;
  assert.equal((await drainer.drain()).sent, 1);
});

test("too large is halved, at once", async () => {
  const { server, drainer } = await waiting(20);
  const answer = server.answer.bind(server);
  server.answer = (url, init, browser, request) => (JSON.parse(init.body).ops.length > 6 ? ours(413, {}) : answer(url, init, browser, request));
  assert.equal((await drainer.drain()).sent, 20);
  assert.equal(batches(server)[0], 5, "20 and 10 were refused before");
});

test("what the server cannot read is deposited as it is, and all others go on", async () => {
  const { server, drainer, queue, ids } = await waiting(50);
  server.malformed.add(ids[17]);
  assert.equal((await drainer.drain()).sent, 50);
  assert.equal(server.stored.size, 49);
  assert.deepEqual(
    server.quarantined.map(({ op_id }) => op_id),
    [ids[17]],
  );
  const [failed] = await queue.listFailed(ANKARA);
  assert.deepEqual([failed.op_id, failed.verdict.verdict, failed.verdict.reason], [ids[17], "held", "quarantined"]);
});

test("an operation the server falls over is found by halves, deposited, and stops no other", async () => {
  const { browser, server, drainer, queue, ids } = await waiting(30);
  server.faulty.add(ids[7]);
  for (let run = 0; run < 40 && (await queue.listWaiting()).length > 0; run += 1) {
    browser.clock.now += 400_000;
    await drainer.drain();
  }
  assert.equal(server.stored.size, 29);
  assert.deepEqual(
    server.quarantined.map(({ op_id }) => op_id),
    [ids[7]],
  );
});

test("a deposit that nobody has confirmed keeps the operation", async () => {
  const { server, drainer, queue, ids } = await waiting(1);
  server.malformed.add(ids[0]);
  server.behave = ({ url }) => (url === "/api/v1/ops/quarantine" ? "portal" : "ours");
  await drainer.drain();
  assert.equal((await queue.listWaiting()).length, 1);
});

test("an operation that the server can never store is deposited in the end", async () => {
  const { server, drainer, queue } = await waiting(1);
  server.verdictOf = () => ({ verdict: "retry", reason: "internal_error" });
  for (let run = 0; run < 5; run += 1) await drainer.drain({ force: true });
  assert.equal(server.quarantined.length, 1);
  assert.equal((await queue.listWaiting()).length, 0);
});

test("whoever may not deliver a queue leaves it for the right person, and delivers the others", async () => {
  const { browser, server, drainer, queue, person, ids } = await waiting(2);
  const bursa = await signIn(queue, BURSA, ["bursa"]);
  const theirs = draft({ region: "bursa" });
  await queue.enqueue(theirs, bursa);
  server.verdictOf = ({ region }) => (region === "bursa" ? { verdict: "applied" } : { verdict: "retry", reason: "carrier" });
  const { sent, state } = await drainer.drain();
  assert.deepEqual([sent, state], [1, "idle"]);
  const before = server.requests.length;
  await drainer.drain();
  assert.equal(server.requests.length, before, "not again and again");
  await signIn(queue, person.user_id);
  server.verdictOf = () => ({ verdict: "applied" });
  browser.clock.now += 1000;
  assert.equal((await drainer.drain()).sent, 2);
  assert.ok(ids.every((id) => server.stored.has(id)));
});

test("others' operations go under their own name, with their own proof", async () => {
  const { server, drainer, queue, person } = await waiting(0);
  await queue.people.keepGrant(ANKARA, "proof-of-ankara", "2027-01-01", 0);
  await queue.enqueue(draft(), person);
  await signIn(queue, BURSA, ["bursa"]);
  await drainer.drain();
  const [{ op }] = [...server.stored.values()];
  assert.deepEqual([op.actor, op.grant], [ANKARA, "proof-of-ankara"]);
});

test("the server hears how long a queue is: with every batch, when it has changed, and every five minutes", async () => {
  const { browser, server, drainer, queue, person } = await waiting(25);
  await drainer.drain();
  assert.deepEqual(
    server.beats.map(({ len, ops }) => [len, ops]),
    [
      [25, 20],
      [5, 5],
      [0, 0],
    ],
  );
  assert.equal(server.beats[2].oldest_at, null);
  assert.equal(server.beats[0].oldest_at, new Date(browser.now()).toISOString());
  await drainer.drain();
  assert.equal(server.beats.length, 3, "nothing new to say");
  browser.clock.now += 300_000;
  await drainer.drain();
  assert.equal(server.beats.length, 4);
  server.behave = () => "dropped";
  await queue.enqueue(draft(), person);
  await drainer.drain();
  server.behave = () => "ours";
  await queue.discard((await queue.listWaiting())[0].op.op_id);
  await drainer.drain({ force: true });
  assert.equal(server.beats.at(-1).len, 0);
});

test("numbers the server misses come out of the log again, once; what nobody has is said to be lost", async () => {
  const { server, drainer, queue, ids, own } = await waiting(3);
  await drainer.drain();
  server.stored.delete(ids[1]); // the server lost it
  await queue.enqueue(draft(), await queue.people.current());
  server.missing = [2, 99];
  await drainer.drain();
  assert.deepEqual([...server.stored.keys()].slice(-1), [ids[1]]);
  assert.equal((await queue.summary(ANKARA)).lost, 1);
  assert.equal((await queue.listWaiting()).length, 0);
  const [before, takeBatch] = [server.requests.length, server.takeBatch.bind(server)];
  server.takeBatch = (...batch) => {
    server.missing = [2];
    return takeBatch(...batch);
  };
  server.behave = () => (server.requests.length > before + 20 ? "dropped" : "ours");
  await queue.enqueue(draft(), await queue.people.current());
  await drainer.drain();
  assert.ok(server.requests.length <= before + 3, "a server that goes on asking gets no endless answer");
  assert.equal(own, (await queue.listDone(ANKARA))[0].queue_id);
});

test("a server restored from yesterday's copy gets the log once more", async () => {
  const { server, drainer, queue, ids } = await waiting(3);
  server.user = { id: ANKARA, username: "x", role: "user", regions: ["ankara"] };
  server.epoch = "one";
  await drainer.ping();
  await drainer.drain();
  server.stored.clear();
  await drainer.ping();
  await drainer.drain();
  assert.equal(server.stored.size, 0, "the same server is not told twice");
  const row = { id: "019ab3aa-0000-7000-8000-000000000001", version: 9, full_name: "Ayşe" };
  await queue.mirror.putAll(ANKARA, "employee", [row]);
  server.epoch = "two";
  await drainer.ping();
  assert.deepEqual(await queue.mirror.list(ANKARA, "employee"), [], "a row of a version that yesterday's copy does not have");
  await queue.mirror.putAll(ANKARA, "employee", [{ ...row, version: 7 }]);
  assert.equal((await queue.mirror.find(ANKARA, "employee", row.id)).version, 7);
  await drainer.drain();
  assert.deepEqual([...server.stored.keys()], ids);
  assert.equal((await queue.listWaiting()).length, 0);
});

test("a held operation that the server releases later needs nobody's attention any more", async () => {
  const { server, drainer, queue, ids } = await waiting(1);
  server.user = { id: ANKARA, username: "x", role: "user", regions: ["ankara"] };
  server.verdictOf = () => ({ verdict: "held", reason: "waiting_after" });
  await drainer.drain();
  assert.equal((await queue.summary(ANKARA)).failed, 1);
  server.stored.get(ids[0]).verdict = { op_id: ids[0], verdict: "applied" };
  await drainer.ping();
  assert.equal((await queue.summary(ANKARA)).failed, 0);
});

test("a ping is online only by our own answer, and keeps who is there, the mode and the clock", async () => {
  const { browser, server, drainer, queue } = await waiting(0);
  for (const behaviour of [...HOSTILE, "dropped", "cut", "silent"]) {
    server.behave = () => behaviour;
    assert.equal(await drainer.ping(), null, behaviour);
  }
  server.behave = () => "ours";
  server.mode = "drain_only";
  assert.equal((await drainer.ping()).person, null);
  assert.equal((await queue.people.current()).user_id, ANKARA, "an expired session forgets nobody");
  server.user = { id: BURSA, username: "bursa1", role: "user", regions: ["bursa"] };
  browser.clock.now -= 120_000;
  const { person, mode } = await drainer.ping();
  assert.deepEqual([mode, await queue.people.workerMode()], ["drain_only", "drain_only"]);
  assert.deepEqual([person.user_id, (await queue.people.current()).user_id], [BURSA, BURSA]);
  assert.equal((await queue.people.current()).offset_ms, -120_000);
  assert.equal(server.grants, 1);
  await drainer.ping();
  assert.equal(server.grants, 1, "a grant is asked for once a week");
  browser.clock.now += 8 * 86_400_000;
  await drainer.ping();
  assert.equal(server.grants, 2);
});

test("an operation entered while another run ends goes with the next one, without waiting for a trigger", async () => {
  const { server, drainer, queue, person } = await waiting(1);
  const late = draft();
  server.behave = ({ body }) => {
    if (JSON.parse(body).ops.length === 0 && server.stored.size === 1) {
      queue.enqueue(late, person).then(() => drainer.drain());
    }
    return "ours";
  };
  await drainer.drain();
  for (let turn = 0; turn < 50 && !server.stored.has(late.op_id); turn += 1) await new Promise((next) => setTimeout(next, 2));
  assert.ok(server.stored.has(late.op_id));
});
