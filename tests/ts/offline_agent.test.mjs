// A browser behind this PC's agent: what it has taken over stays in the browser until the server has spoken, and is asked for without haste.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.mjs";
import { ANKARA, Agent, BURSA, Browser, Server, draft, signIn } from "./offline_world.mjs";

const { pendingRows } = await load("static/ts/offline/pending_rows.ts");
const { complaintOf, onlyThere, readQueue } = await load("static/ts/offline/agent_queue.ts");

/** A browser with `count` operations waiting, behind an agent whose line is down. */
async function behindAgent(count) {
  const [server, clock] = [new Server(), { now: 1_795_000_000_000 }];
  const agent = new Agent(server);
  agent.isUp = false;
  const browser = new Browser({ server: agent, clock, random: () => 0.5 });
  const { queue, drainer } = browser.open();
  const person = await signIn(queue);
  const drafts = Array.from({ length: count }, () => draft());
  if (count > 0) await queue.enqueueAll(drafts, person);
  return { browser, clock, server, agent, queue, drainer, person, ids: drafts.map(({ op_id }) => op_id) };
}

const states = async (queue) => (await queue.listWaiting()).map(({ state }) => state);

test("everything goes to the PC at once, in its order and once, however long the queue is", async () => {
  const { browser, agent, drainer, queue, ids } = await behindAgent(450);
  const { sent, state, waiting, next_at } = await drainer.drain();
  assert.deepEqual([sent, state, waiting, next_at - browser.now()], [0, "on_pc", 450, 30_000]);
  assert.deepEqual([...agent.held.keys()], ids);
  assert.deepEqual(
    agent.batches().map(({ length }) => length),
    [20, 40, 80, 100, 100, 100, 10],
  );
  assert.ok((await states(queue)).every((one) => one === "on_pc"));
  const told = browser.events.filter(({ type }) => type === "on_pc").flatMap(({ op_ids }) => op_ids);
  assert.deepEqual(told, ids, "pages hear of it");
  assert.deepEqual([...(await queue.known([...ids.slice(0, 2), "another"]))], ids.slice(0, 2));
});

test("the PC is asked every 30 seconds, with one request, and at once when a page is opened", async () => {
  const { clock, agent, drainer, queue } = await behindAgent(450);
  await drainer.drain();
  for (let second = 0; second < 300; second += 1) {
    clock.now += 1000;
    await drainer.drain();
  }
  assert.equal(agent.batches().length - 7, 10, "ten questions in five minutes");
  const before = agent.requests.length;
  await drainer.drain({ force: true });
  assert.equal(agent.requests.length - before, 1);
  const { state, last_contact } = await queue.summary(ANKARA);
  assert.deepEqual([state, last_contact], ["on_pc", null], "nobody says that the server was there");
  assert.ok(
    (await queue.listWaiting()).every(({ tries }) => tries === 1),
    "a question is no new attempt",
  );
});

test("what is entered between two questions goes to the PC at once, and alone", async () => {
  const { clock, agent, drainer, queue, person } = await behindAgent(3);
  const { next_at } = await drainer.drain();
  clock.now += 10_000;
  const late = draft();
  await queue.enqueue(late, person);
  const { state, next_at: then } = await drainer.drain();
  assert.deepEqual(agent.batches().at(-1), [late.op_id]);
  assert.deepEqual([state, then], ["on_pc", next_at], "the question is not put off by it");
  assert.deepEqual(await states(queue), ["on_pc", "on_pc", "on_pc", "on_pc"]);
});

test("they leave the browser with the server's word on each, and not before", async () => {
  const { clock, server, agent, drainer, queue, ids } = await behindAgent(60);
  server.verdictOf = ({ op_id }) => (op_id === ids[7] ? { verdict: "held", reason: "waiting_after" } : { verdict: "applied" });
  await drainer.drain();
  agent.isUp = true; // but the agent has not come round to them: they go behind what it holds
  await drainer.drain({ force: true });
  assert.equal((await states(queue)).length, 60);
  agent.replay();
  clock.now += 30_000;
  const { sent, state, waiting } = await drainer.drain();
  assert.deepEqual([sent, state, waiting], [60, "idle", 0]);
  assert.deepEqual([...server.stored.keys()], ids);
  assert.deepEqual(
    (await queue.listFailed(ANKARA)).map(({ op_id }) => op_id),
    [ids[7]],
  );
  assert.equal((await queue.listDone(ANKARA, 100)).length, 60);
});

test("a word on something newer: the PC has sent what it held, which is asked for without waiting", async () => {
  const { agent, drainer, queue, person } = await behindAgent(5);
  await drainer.drain();
  agent.replay();
  await queue.enqueue(draft(), person);
  assert.equal((await drainer.drain()).waiting, 0);
});

test("verdicts on some of them only take these out", async () => {
  const { agent, clock, drainer, queue, ids } = await behindAgent(5);
  await drainer.drain();
  agent.verdicts.set(ids[0], { op_id: ids[0], verdict: "applied" });
  const answer = agent.fetch.bind(agent);
  let isFirst = true;
  agent.fetch = async (url, init, browser) => {
    const came = await answer(url, init, browser);
    if (!isFirst) return came;
    isFirst = false;
    const body = { nonce: JSON.parse(init.body).nonce, results: [agent.verdicts.get(ids[0])] };
    return new Response(JSON.stringify(body), { status: 200, headers: came.headers });
  };
  clock.now += 30_000;
  const { sent, state } = await drainer.drain();
  assert.deepEqual([sent, state], [1, "on_pc"]);
  assert.deepEqual(
    (await queue.listWaiting()).map(({ op }) => op.op_id),
    ids.slice(1),
  );
});

test("an agent that has lost them gets them again, and the server has each once", async () => {
  const { server, agent, clock, drainer, queue, ids } = await behindAgent(30);
  await drainer.drain();
  agent.held.clear(); // another disk
  clock.now += 30_000;
  await drainer.drain();
  agent.replay();
  clock.now += 30_000;
  await drainer.drain();
  clock.now += 30_000;
  await drainer.drain();
  assert.deepEqual(await states(queue), []);
  assert.deepEqual([...server.stored.keys()].sort(), [...ids].sort());
});

test("a PC without room: the entries stay in the browser, and it says so", async () => {
  const { agent, clock, drainer, queue } = await behindAgent(2);
  agent.isFull = true;
  const { state, next_at } = await drainer.drain();
  assert.equal(state, "pc_full");
  assert.deepEqual(await states(queue), ["waiting", "waiting"]);
  agent.isFull = false;
  clock.now = next_at;
  assert.equal((await drainer.drain()).state, "on_pc");
});

test("a 202 that leaves some out, or is somebody else's, has not taken them over", async () => {
  for (const change of [(body) => ({ ...body, stored: body.stored.slice(1) }), (body) => ({ ...body, nonce: "another" })]) {
    const { agent, drainer, queue, browser } = await behindAgent(3);
    const answer = agent.fetch.bind(agent);
    agent.fetch = async (...request) => {
      const came = await answer(...request);
      return new Response(JSON.stringify(change(await came.json())), { status: came.status, headers: came.headers });
    };
    const { state, next_at } = await drainer.drain();
    assert.notEqual(state, "on_pc");
    assert.ok(next_at > browser.now());
    assert.ok((await states(queue)).includes("waiting"));
  }
});

test("an agent whose process is gone: the state says that nobody is reached, and nothing is lost", async () => {
  const { agent, clock, drainer, queue } = await behindAgent(3);
  await drainer.drain();
  const answer = agent.fetch.bind(agent);
  agent.fetch = async () => {
    throw new TypeError("connection refused");
  };
  clock.now += 30_000;
  assert.equal((await drainer.drain()).state, "offline");
  assert.equal(await drainer.ping(), null);
  agent.fetch = answer;
  clock.now += 60_000;
  assert.equal((await drainer.drain()).state, "on_pc");
  assert.deepEqual(await states(queue), ["on_pc", "on_pc", "on_pc"]);
});

test("a heartbeat that the agent answers itself is no trouble", async () => {
  const { drainer } = await behindAgent(0);
  assert.equal((await drainer.drain()).state, "idle");
});

test("what the PC has cannot be thrown away, and a correction follows it", async () => {
  const { drainer, queue, person, ids } = await behindAgent(1);
  await drainer.drain();
  assert.equal((await queue.discard(ids[0])).result, "under_way");
  const again = await queue.edit(ids[0]);
  await queue.enqueue({ ...again, fields: { ...again.fields, notes: { from: null, to: "düzeltildi" } } }, person);
  const [, second] = await queue.listWaiting();
  assert.deepEqual([second.op.kind, second.op.after, Object.keys(second.op.fields)], ["update", [ids[0]], ["notes"]]);
});

test("everybody's go to the PC, others' under their own name", async () => {
  const { agent, drainer, queue } = await behindAgent(1);
  await queue.people.keepGrant(ANKARA, "proof", "2027-01-01", 0);
  const bursa = await signIn(queue, BURSA, ["bursa"]);
  await queue.enqueue(draft({ region: "bursa" }), bursa);
  await drainer.drain();
  assert.deepEqual([...agent.held.values()].map(({ actor }) => actor).sort(), [ANKARA, BURSA]);
});

test("a row says where it waits: on the PC only where all of it is there", async () => {
  const { drainer, queue, person, ids } = await behindAgent(1);
  await drainer.drain();
  assert.deepEqual(
    pendingRows(await queue.listWaiting(ANKARA), []).map(({ state }) => state),
    ["on_pc"],
  );
  const again = await queue.edit(ids[0]);
  await queue.enqueue({ ...again, fields: { notes: { from: null, to: "x" } } }, person);
  const [row] = pendingRows(await queue.listWaiting(ANKARA), []);
  assert.deepEqual([row.state, row.ops.length], ["waiting", 2]);
});

test("the agent's list counts nothing twice, and anything else is no list", () => {
  const op = (op_id) => ({ op_id, kind: "create", entity: "timesheet" });
  const list = readQueue({ waiting: [op("a"), op("b")], failed: [op("c")], others: 2 });
  assert.deepEqual(onlyThere(list, new Set(["a", "c"])), { waiting: [op("b")], failed: [], count: 1 });
  const long = readQueue({ waiting: [op("a"), op("b")], failed: [], count: 450, others: 0 });
  assert.equal(onlyThere(long, new Set(["a"])).count, 449, "those that are not listed count as well");
  for (const other of [null, "x", {}, { waiting: 3, failed: [] }]) assert.equal(readQueue(other), null);
});

test("what is wrong with the PC is said, the worst first", () => {
  assert.equal(complaintOf({ waiting: 0, troubles: ["clock"], is_revoked: false }), null);
  assert.equal(complaintOf(null), null);
  assert.deepEqual(complaintOf({ waiting: 3, troubles: ["file_corrupt", "disk_full"] }), { key: "offline-pc-disk-full", n: 3 });
  assert.deepEqual(complaintOf({ waiting: 3, troubles: ["disk_full"], is_revoked: true }), { key: "offline-pc-revoked", n: 3 });
});
