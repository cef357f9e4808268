// Random schedules over one browser profile: what is entered, thrown away, sent by several tabs at once, killed between two transactions, and
// answered by everything but our server. RAINSTAFF_RUNS sets how many; fast-check prints the seed of a failure (RAINSTAFF_SEED replays it).

import assert from "node:assert/strict";
import test from "node:test";

import fc from "fast-check";

import { ANKARA, BURSA, Browser, Crash, HOSTILE, Server, draft, newLocks, signIn } from "./offline_world.mjs";

const RUNS = Number(process.env.RAINSTAFF_RUNS ?? 120);
const SEED = process.env.RAINSTAFF_SEED === undefined ? {} : { seed: Number(process.env.RAINSTAFF_SEED) };
const FINAL = new Set(["applied", "merged", "held", "rejected"]);
const PEOPLE = [
  [ANKARA, ["ankara"]],
  [BURSA, ["bursa"]],
];

const behaviours = fc.constantFrom("ours", "ours", "ours", "lost", "late", "dropped", "cut", "half", "wrong nonce", "other ops", "signed out", ...HOSTILE);
const action = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("enter"), who: fc.nat(1), count: fc.integer({ min: 1, max: 4 }), life: life() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("change"), who: fc.nat(1), pick: fc.nat(), life: life() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("discard"), pick: fc.nat(), life: life() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("correct"), pick: fc.nat(), life: life() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("drain"),
      drainers: fc.array(life(), { minLength: 1, maxLength: 5 }),
      answers: fc.array(behaviours, { minLength: 1, maxLength: 6 }),
      force: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.integer({ min: 0, max: 600_000 }) }) },
);

/** How many transactions a tab lives; most live on. */
function life() {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(Infinity) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 12 }) });
}

/** What a person believes: every operation that was called stored, and what they have thrown away. */
class Witness {
  entered = new Map(); // op_id -> queue_id
  discarded = new Set();
  issued = new Map(); // op_id -> words the server has said
  afterVerdict = [];
}

/** Runs a schedule, then heals the network and lets everything go up. */
async function play(actions, verdicts, { shared, retries = true }) {
  const witness = new Witness();
  const clock = { now: 1_795_000_000_000 };
  let turn = 0;
  const word = (op) => ({ verdict: verdicts[Number.parseInt(op.op_id.slice(-4), 16) % verdicts.length] });
  const server = new Server({
    now: () => clock.now,
    verdictOf: (op) => {
      turn += 1;
      return retries && turn % 11 === 0 ? { verdict: "retry", reason: "busy" } : word(op);
    },
  });
  const take = server.take.bind(server);
  server.take = (op) => {
    const verdict = take(op);
    witness.issued.set(op.op_id, [...(witness.issued.get(op.op_id) ?? []), verdict.verdict]);
    return verdict;
  };
  const browser = new Browser({ server, clock, random: () => 0.5, locks: shared ? newLocks() : undefined });
  if (!shared) browser.locks = undefined;
  for (const step of actions) {
    clock.now += 1000;
    await perform(step, browser, server, witness, shared);
  }
  server.behave = () => "ours";
  server.signedIn = true;
  const { queue, drainer } = browser.open();
  // What cannot be proved to be its author's waits for the author.
  for (const [id, regions] of PEOPLE) {
    await signIn(queue, id, regions);
    for (let run = 0; run < 60 && (await queue.listWaiting(id)).length > 0; run += 1) {
      clock.now += 400_000;
      await drainer.drain({ force: true });
    }
  }
  return { queue, server, witness };
}

async function perform(step, browser, server, witness, shared) {
  switch (step.do) {
    case "wait":
      browser.clock.now += step.ms;
      return;
    case "drain":
      return drainAtOnce(step, browser, server, witness, shared);
    default:
      return mortal(() => act(step, browser.open(step.life), browser.open(), witness));
  }
}

/** A tab that is killed simply stops. */
async function mortal(job) {
  try {
    return await job();
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return undefined;
  }
}

/** `observer` is no tab of anybody: it looks at what became of a step, also when its tab is dead. */
async function act(step, { queue }, { queue: observer }, witness) {
  const [id, regions] = PEOPLE[step.who ?? 0];
  const pick = async () => {
    const all = await queue.listWaiting(step.who === undefined ? undefined : id);
    return all[step.pick % Math.max(1, all.length)];
  };
  switch (step.do) {
    case "enter": {
      const drafts = Array.from({ length: step.count }, () => draft({ region: regions[0] }));
      return enter(queue, drafts, await signIn(queue, id, regions), witness);
    }
    case "change": {
      const before = await pick();
      const person = await signIn(queue, id, regions);
      if (!before) return undefined;
      const { entity, id: row, region } = before.op;
      return enter(queue, [draft({ kind: "update", entity, id: row, region, base_version: 1, fields: { notes: { from: "", to: "x" } } })], person, witness);
    }
    case "correct": {
      const before = await pick();
      const form = before && (await queue.edit(before.op.op_id));
      const person = before && (await queue.people.find(before.user_id));
      if (!form) return undefined;
      try {
        return await enter(queue, [{ ...form, fields: { ...form.fields, notes: { from: null, to: "corrected" } } }], person, witness);
      } finally {
        if ((await observer.find(form.replaces)).discarded) witness.discarded.add(form.replaces);
      }
    }
    case "discard": {
      const before = await pick();
      if (!before) return undefined;
      const { result, dependents } = await queue.discard(before.op.op_id, true);
      if (result === "discarded") [before, ...dependents].forEach(({ op }) => witness.discarded.add(op.op_id));
      return undefined;
    }
  }
}

async function enter(queue, drafts, person, witness) {
  const { result, ops } = await queue.enqueueAll(drafts, person);
  assert.equal(result, "stored");
  ops.forEach((op) => witness.entered.set(op.op_id, op.queue_id));
}

async function drainAtOnce(step, browser, server, witness, shared) {
  let request = 0;
  server.behave = () => {
    const behaviour = step.answers[request % step.answers.length];
    request += 1;
    server.signedIn = behaviour !== "signed out";
    return behaviour;
  };
  const tabs = step.drainers.map((transactions) => browser.open(transactions));
  if (shared) {
    const { queue } = browser.open();
    const send = server.fetch.bind(server);
    server.fetch = async (url, init, from) => {
      const body = JSON.parse(init.body ?? "{}");
      for (const op of body.ops ?? []) {
        const known = await queue.find(op.op_id);
        if (known?.verdict && FINAL.has(known.verdict.verdict)) witness.afterVerdict.push(op.op_id);
      }
      return send(url, init, from);
    };
    await Promise.all(tabs.map(({ drainer }) => mortal(() => drainer.drain({ force: step.force }))));
    server.fetch = send;
  } else {
    await Promise.all(tabs.map(({ drainer }) => mortal(() => drainer.drain({ force: step.force }))));
  }
}

/** Nothing lost, nothing twice, nothing removed without its verdict, dense and in order. */
async function inspect({ queue, server, witness }, { shared }) {
  assert.deepEqual(
    (await queue.listWaiting()).map(({ op }) => op.op_id),
    [],
    "nothing is stuck",
  );
  for (const [opId, queueId] of witness.entered) {
    const entry = await queue.find(opId);
    assert.ok(entry, `${opId} is gone without a trace`);
    assert.equal(entry.queue_id, queueId);
    if (witness.discarded.has(opId)) {
      assert.equal(entry.discarded, true);
      assert.ok(!server.stored.has(opId), "what was thrown away is never sent");
    } else {
      assert.ok(server.stored.has(opId), `${opId} is lost`);
      assert.deepEqual(server.stored.get(opId).op.fields, entry.op.fields);
      assert.ok(witness.issued.get(opId).includes(entry.verdict?.verdict), "it left without the server's word");
      assert.ok(FINAL.has(entry.verdict.verdict));
    }
  }
  const places = new Map();
  for (const { op } of server.stored.values()) {
    places.set(op.queue_id, [...(places.get(op.queue_id) ?? []), op.n]);
  }
  for (const numbers of places.values()) {
    assert.deepEqual(
      [...numbers].sort((a, b) => a - b),
      numbers.map((_, at) => at + 1),
      "the numbers are dense",
    );
  }
  for (const { op } of server.stored.values()) {
    for (const wanted of op.after) {
      const before = server.stored.get(wanted)?.op;
      assert.ok(before && before.queue_id === op.queue_id && before.n < op.n, "an operation waits for one that came before it");
    }
  }
  if (shared) assert.deepEqual(witness.afterVerdict, [], "nothing is sent again after its verdict");
}

const verdicts = fc.array(fc.constantFrom("applied", "applied", "merged", "held", "rejected"), { minLength: 1, maxLength: 5 });

for (const shared of [true, false]) {
  test(`random schedules lose and double nothing, ${shared ? "with one drainer at a time" : "even where tabs cannot see each other"}`, async () => {
    const property = fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 24 }), verdicts, async (actions, words) => {
      await inspect(await play(actions, words, { shared }), { shared });
    });
    await fc.assert(property, { numRuns: RUNS, ...SEED });
  });
}

test("first arrivals of a queue are in its order, whatever happens on the way", async () => {
  const property = fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 24 }), async (actions) => {
    // A server that answers "retry" in the middle of a batch changes the order by its own will; this one does not.
    const { server } = await play(actions, ["applied"], { shared: true, retries: false });
    const arrived = [...server.stored.values()].map(({ op }) => op);
    for (const queueId of new Set(arrived.map(({ queue_id }) => queue_id))) {
      const numbers = arrived.filter(({ queue_id }) => queue_id === queueId).map(({ n }) => n);
      assert.deepEqual(
        numbers,
        numbers.map((_, at) => at + 1),
      );
    }
  });
  await fc.assert(property, { numRuns: Math.ceil(RUNS / 2), ...SEED });
});
