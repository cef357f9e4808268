import assert from "node:assert/strict";
import test from "node:test";

import { IDBFactory, IDBObjectStore } from "fake-indexeddb";

import { load } from "./load.mjs";
import { ANKARA, BURSA, Browser, QuotaError, Server, UnavailableError, Queue, draft, signIn } from "./offline_world.mjs";

const { exportQueue, importQueue } = await load("static/ts/offline/transfer.ts");

async function opened() {
  const browser = new Browser({ server: new Server() });
  const { queue, drainer } = browser.open();
  return { browser, queue, drainer, person: await signIn(queue) };
}

/** A draft of another kind on the same row. */
function again(first, kind, fields = {}) {
  return draft({ entity: first.entity, id: first.id, kind, fields, base_version: 1 });
}

function created(entity, fields) {
  return draft({ entity, fields: Object.fromEntries(Object.entries(fields).map(([name, to]) => [name, { from: null, to }])) });
}

const numbers = async (queue) => (await queue.listWaiting()).map(({ n, op }) => [n, op.op_id]);

test("numbers are dense, and one press stores all of its operations or none", async () => {
  const { queue, person } = await opened();
  const [a, b, c] = [draft(), draft(), draft()];
  await queue.enqueueAll([a, b], person);
  const { result } = await queue.enqueueAll([c, { ...b, region: "bursa" }], person);
  assert.equal(result, "reused");
  assert.deepEqual(await numbers(queue), [
    [1, a.op_id],
    [2, b.op_id],
  ]);
});

test("a double click is stored once; an op_id that stands for something else is not stored", async () => {
  const { queue, person } = await opened();
  const a = draft();
  const both = await Promise.all([queue.enqueue(a, person), queue.enqueue(a, person)]);
  assert.deepEqual(both.map(({ result }) => result).sort(), ["known", "stored"]);
  const other = { ...a, fields: { ...a.fields, notes: { from: null, to: "other" } } };
  assert.equal((await queue.enqueue(other, person)).result, "reused");
  assert.equal((await queue.listWaiting()).length, 1);
  assert.deepEqual(both[0].ops[0], both[1].ops[0]);
});

test("an operation carries what the server needs to know its author by", async () => {
  const { queue, drainer, browser } = await opened();
  browser.server.user = { id: ANKARA, username: "ankara1", role: "user", regions: ["ankara"] };
  browser.clock.now += 3_600_000; // this clock is an hour fast
  await drainer.ping();
  const person = await queue.people.current();
  const [op] = (await queue.enqueue(draft(), person)).ops;
  assert.equal(op.actor, ANKARA);
  assert.equal(op.grant, undefined, "the proof is kept once, with the person");
  assert.equal(op.offset_ms, 3_600_000);
  assert.equal(op.queue_id, await queue.people.queueOf(ANKARA));
  await drainer.drain();
  assert.equal(browser.server.stored.get(op.op_id).op.grant, "g1", "and goes along");
});

test("an operation waits for the last one on its row, and on the row it refers to, until these have taken effect", async () => {
  const { queue, person, drainer, browser } = await opened();
  const template = created("shift_template", { name: "Gece" });
  const employee = created("employee", { full_name: "Ayşe", shift_template_id: template.id });
  const entry = created("timesheet", { employee_id: employee.id });
  const later = again(entry, "update", { notes: { from: "", to: "x" } });
  const { ops } = await queue.enqueueAll([template, employee, entry, later], person);
  assert.deepEqual(
    ops.map(({ after }) => after),
    [[], [template.op_id], [employee.op_id], [entry.op_id]],
  );
  browser.server.verdictOf = ({ op_id }) => ({ verdict: op_id === employee.op_id ? "held" : "applied", reason: "natural_key" });
  await drainer.drain();
  const second = created("timesheet", { employee_id: employee.id });
  const third = again(template, "update", { name: { from: "Gece", to: "Gündüz" } });
  const next = await queue.enqueueAll([second, third], person);
  assert.deepEqual(
    next.ops.map(({ after }) => after),
    [[employee.op_id], []],
  );
});

test("a refused new row is entered again without waiting for its refusal", async () => {
  const { queue, person, drainer, browser } = await opened();
  const employee = created("employee", { full_name: "Ayşe" });
  await queue.enqueue(employee, person);
  browser.server.verdictOf = () => ({ verdict: "rejected", reason: "invalid", errors: [{ field: "full_name", code: "name-missing" }] });
  await drainer.drain();
  const [failed] = await queue.listFailed(ANKARA);
  assert.equal(failed.op_id, employee.op_id);
  const { ops } = await queue.retry(employee.op_id, person);
  assert.deepEqual(ops[0].after, []);
  assert.equal(ops[0].id, employee.id);
  assert.equal(ops[0].n, 2);
  assert.deepEqual(await queue.listFailed(ANKARA), [], "what was entered again needs nobody's attention");
});

test("what is thrown away is kept in the log, and the numbers close up", async () => {
  const { queue, person } = await opened();
  const drafts = [draft(), draft(), draft()];
  await queue.enqueueAll(drafts, person);
  assert.equal((await queue.discard(drafts[1].op_id)).result, "discarded");
  assert.deepEqual(await numbers(queue), [
    [1, drafts[0].op_id],
    [2, drafts[2].op_id],
  ]);
  const last = draft();
  await queue.enqueue(last, person);
  assert.deepEqual((await numbers(queue)).at(-1), [3, last.op_id]);
  const kept = await queue.find(drafts[1].op_id);
  assert.equal(kept.discarded, true);
  assert.deepEqual(kept.op.fields, drafts[1].fields);
  assert.equal((await queue.enqueue(drafts[1], person)).result, "reused", "saving the same form again is a new operation");
});

test("nothing is thrown away that the server may have seen", async () => {
  const { queue, person, drainer, browser } = await opened();
  const a = draft();
  await queue.enqueue(a, person);
  browser.server.behave = () => "lost";
  await drainer.drain();
  assert.equal((await queue.discard(a.op_id)).result, "under_way");
  assert.equal((await queue.listWaiting()).length, 1);
});

test("a new row is thrown away with what needs it, after saying so; a change alone", async () => {
  const { queue, person } = await opened();
  const employee = created("employee", { full_name: "Ayşe" });
  const entry = created("timesheet", { employee_id: employee.id });
  const change = again(entry, "update", { notes: { from: "", to: "x" } });
  const second = again(entry, "update", { notes: { from: "x", to: "y" } });
  const other = draft();
  await queue.enqueueAll([employee, entry, change, second, other], person);
  assert.equal((await queue.discard(change.op_id)).result, "discarded");
  assert.deepEqual((await queue.find(second.op_id)).op.after, [entry.op_id], "it now waits for what the other waited for");
  const asked = await queue.discard(employee.op_id);
  assert.deepEqual([asked.result, asked.dependents.map(({ op }) => op.op_id)], ["has_dependents", [entry.op_id, second.op_id]]);
  assert.equal((await queue.discard(employee.op_id, true)).result, "discarded");
  assert.deepEqual(await numbers(queue), [[1, other.op_id]]);
});

test("a corrected operation takes the place of the one that waits, and what waited for that waits for it", async () => {
  const { queue, person } = await opened();
  const employee = created("employee", { full_name: "Ayse" });
  const entry = created("timesheet", { employee_id: employee.id });
  await queue.enqueueAll([employee, entry], person);
  const form = await queue.edit(employee.op_id);
  assert.notEqual(form.op_id, employee.op_id);
  await queue.enqueue({ ...form, fields: { full_name: { from: null, to: "Ayşe" } } }, person);
  assert.deepEqual(await numbers(queue), [
    [1, form.op_id],
    [2, entry.op_id],
  ]);
  assert.deepEqual((await queue.find(entry.op_id)).op.after, [form.op_id]);
  assert.equal((await queue.find(employee.op_id)).discarded, true);
});

test("a change that was made on top of one thrown away, or corrected, says what its author sees now", async () => {
  const { queue, person } = await opened();
  const first = draft({ kind: "update", fields: { notes: { from: "a", to: "b" }, break_minutes: { from: 60, to: 30 } } });
  const second = again(first, "update", { notes: { from: "b", to: "c" } });
  const third = again(first, "update", { notes: { from: "c", to: "d" } });
  await queue.enqueueAll([first, second, third], person);
  const form = await queue.edit(first.op_id);
  await queue.enqueue({ ...form, fields: { notes: { from: "a", to: "x" } } }, person);
  const notes = async (op) => (await queue.find(op.op_id)).op.fields.notes;
  assert.deepEqual(await notes(second), { from: "x", to: "c" });
  await queue.discard(form.op_id);
  assert.deepEqual(
    [await notes(second), await notes(third)],
    [
      { from: "a", to: "c" },
      { from: "c", to: "d" },
    ],
  );
});

test("a correction of what is under way follows it as a change of what that one wanted", async () => {
  const { queue, person, drainer, browser } = await opened();
  const first = created("employee", { full_name: "Ayse", title: "Usta" });
  const second = draft({ kind: "update", fields: { notes: { from: "a", to: "b" }, break_minutes: { from: 60, to: 30 } } });
  await queue.enqueueAll([first, second], person);
  browser.server.behave = () => "lost";
  await drainer.drain();
  const correct = async (op, fields) => (await queue.enqueue({ ...(await queue.edit(op.op_id)), fields }, person)).ops[0];
  const name = await correct(first, { full_name: { from: null, to: "Ayşe" }, title: { from: null, to: "Usta" } });
  assert.deepEqual([name.kind, name.fields, name.after], ["update", { full_name: { from: "Ayse", to: "Ayşe" } }, [first.op_id]]);
  const notes = await correct(second, { notes: { from: "a", to: "c" } });
  assert.deepEqual(notes.fields, { notes: { from: "b", to: "c" }, break_minutes: { from: 30, to: 60 } });
  browser.server.behave = () => "ours";
  await drainer.drain({ force: true });
  assert.deepEqual(browser.server.arrived(name.queue_id), [first.op_id, second.op_id, name.op_id, notes.op_id]);
  assert.equal(await queue.edit(first.op_id), null, "what has taken effect is changed like any other row");
});

test("each person has a queue of their own, and sees of the others' only how much waits", async () => {
  const { queue, person, browser } = await opened();
  await queue.enqueue(draft(), person);
  const bursa = await signIn(queue, BURSA, ["bursa"]);
  const theirs = draft({ region: "bursa" });
  await queue.enqueue(theirs, bursa);
  const waiting = await queue.listWaiting(BURSA);
  assert.deepEqual(
    waiting.map(({ n, op }) => [n, op.op_id]),
    [[1, theirs.op_id]],
  );
  const { waiting: own, others } = await queue.summary(BURSA);
  assert.deepEqual([own, others], [1, 1]);
  assert.notEqual(await queue.people.queueOf(ANKARA), await queue.people.queueOf(BURSA));
  await queue.people.signedOut();
  assert.equal(await queue.people.current(), null);
  const { queue: later } = browser.open();
  assert.equal((await later.listWaiting()).length, 2, "signing out deletes nothing");
});

test("a full disk is said, and looks stored nowhere", async (t) => {
  const { queue, person } = await opened();
  await queue.enqueue(draft(), person);
  t.mock.method(IDBObjectStore.prototype, "add", () => {
    throw new DOMException("full", "QuotaExceededError");
  });
  await assert.rejects(queue.enqueue(draft(), person), QuotaError);
  t.mock.restoreAll();
  assert.equal((await queue.listWaiting()).length, 1);
  const next = draft();
  await queue.enqueue(next, person);
  assert.deepEqual((await numbers(queue)).at(-1), [2, next.op_id], "no number was given out in vain");
});

test("storage that cannot be opened is said", async () => {
  await assert.rejects(new Queue({ factory: undefined }).listWaiting(), UnavailableError);
  const broken = {
    open() {
      const request = {};
      setImmediate(() => request.onerror());
      return request;
    },
  };
  await assert.rejects(new Queue({ factory: broken }).listWaiting(), UnavailableError);
});

test("a connection that another build's upgrade has closed is opened again", async () => {
  const factory = new IDBFactory();
  const queue = new Queue({ factory });
  const person = await signIn(queue);
  await queue.enqueue(draft(), person);
  await new Promise((done, failed) => {
    const request = factory.open("rainstaff", 2);
    request.onsuccess = () => {
      request.result.close();
      done();
    };
    request.onerror = () => failed(request.error);
    request.onblocked = () => failed(new Error("the old build holds on to its connection"));
  });
});

test("the queue travels as a file: what is known is skipped, the rest keeps its envelope", async () => {
  const { queue, person } = await opened();
  const [a, b] = [draft(), draft()];
  await queue.enqueueAll([a, b], person);
  const text = await exportQueue(queue, ANKARA);
  const elsewhere = new Browser({ server: new Server() });
  const { queue: other, drainer } = elsewhere.open();
  await signIn(other, BURSA, ["bursa"]);
  await importQueue(other, text.split("\n")[0]);
  const imported = await importQueue(other, `${text}no line of ours\n`);
  assert.deepEqual(imported, { stored: 1, known: 1, unreadable: [3] });
  assert.deepEqual(
    (await other.listWaiting()).map(({ op }) => op),
    (await queue.listWaiting()).map(({ op }) => op),
  );
  await drainer.drain();
  assert.deepEqual(elsewhere.server.arrived(await queue.people.queueOf(ANKARA)), [a.op_id, b.op_id]);
  assert.deepEqual(await importQueue(other, text), { stored: 0, known: 2, unreadable: [] });
});

test("a file from a browser that has lost its storage finds its place beside the new queue", async () => {
  const { queue, person } = await opened();
  await queue.enqueueAll([draft(), draft()], person);
  const text = await exportQueue(queue, ANKARA);
  const again = new Browser({ server: new Server() }).open();
  const same = await signIn(again.queue);
  await again.queue.enqueue(draft(), same);
  await importQueue(again.queue, text);
  assert.equal((await again.queue.listWaiting(ANKARA)).length, 3);
  assert.deepEqual((await again.drainer.drain()).sent, 3);
});

test("the log is kept for thirty days, and longer where nobody has looked at a refusal", async () => {
  const { queue, person, drainer, browser } = await opened();
  const [good, bad] = [draft(), draft()];
  await queue.enqueueAll([good, bad], person);
  browser.server.verdictOf = ({ op_id }) => ({ verdict: op_id === bad.op_id ? "rejected" : "applied" });
  await drainer.drain();
  browser.clock.now += 29 * 86_400_000;
  await drainer.drain();
  assert.equal((await queue.listDone(ANKARA)).length, 2);
  browser.clock.now += 2 * 86_400_000;
  await drainer.drain();
  assert.deepEqual(
    (await queue.listDone(ANKARA)).map(({ op_id }) => op_id),
    [bad.op_id],
  );
  await queue.dismiss(bad.op_id);
  await drainer.drain();
  browser.clock.now += 86_400_000;
  await drainer.drain();
  assert.deepEqual(await queue.listDone(ANKARA), []);
});

test("a row is named by what waits as well", async () => {
  const { queue, person } = await opened();
  const employee = created("employee", { full_name: "Ayşe Işık" });
  const entry = created("timesheet", { employee_id: employee.id, work_date: "2026-11-20" });
  await queue.enqueue({ ...employee, label: "" }, person);
  await queue.enqueue({ ...entry, label: "" }, person);
  const removal = { ...again(entry, "delete"), label: "" };
  await queue.enqueue(removal, person);
  assert.deepEqual(
    (await queue.listWaiting()).map(({ label }) => label),
    ["Ayşe Işık", "Ayşe Işık, 20.11.2026", "Ayşe Işık, 20.11.2026"],
  );
});
