// One seed: what two clerks enter, correct and throw away on a bad line, and what must have come of it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { Browser, Crash, newId } from "../ts/offline_world.mjs";
import { FAULTS } from "./proxy.mjs";

export const CLERKS = [
  { username: "ankara1", region: "ankara" },
  { username: "bursa1", region: "bursa" },
];
/** How long a request may take here; a silent line costs this much of real time. */
const PATIENCE_MS = 400;
const DAY_MS = 86_400_000;
/** How often PostgreSQL crashes, or the server is killed, while something is being sent. */
const CRASHES = Number(process.env.RAINSTAFF_CRASHES ?? 0.12);
const KILLS = Number(process.env.RAINSTAFF_KILLS ?? 0.01);

/** A generator of numbers from 0 to 1 that a seed decides (mulberry32). */
function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Plays a seed and holds what came of it against the model. Answers what it was made of. */
export async function play(scenario) {
  for (const phase of ["prepare", "play", "heal", "inspect"]) {
    const start = Date.now();
    await scenario[phase]();
    scenario.figures[`${phase}Ms`] = Date.now() - start;
  }
  return scenario.figures;
}

export class Scenario {
  constructor(seed, { stack, proxy, people, clerks = CLERKS }) {
    Object.assign(this, { seed, stack, proxy, people });
    this.random = dice(seed);
    this.chance = (probability) => this.random() < probability;
    this.pick = (list) => list[Math.floor(this.random() * list.length)];
    this.clock = { now: Date.now() + Math.round((this.random() - 0.5) * 2 * DAY_MS) }; // nobody's clock is right
    this.browsers = [];
    this.clerks = clerks.map((clerk) => ({ ...clerk, id: people.get(clerk.username).id, employees: [], entries: [], days: 0 }));
    this.openBrowsers();
    this.entered = new Map(); // op_id -> clerk
    this.doubtful = new Set(); // rows that lie over one another on purpose: one of each pair stays
    this.figures = { ops: 0, requests: 0, faults: 0, crashes: 0, kills: 0 };
  }

  /** All clerks share one. */
  openBrowsers() {
    const browser = this.newBrowser();
    this.clerks.forEach((clerk) => Object.assign(clerk, { browser }));
  }

  newBrowser() {
    const server = { fetch: (url, init, asking) => this.fetch(url, init, asking) };
    const browser = new Browser({ server, clock: this.clock, random: this.random, timeoutMs: PATIENCE_MS });
    this.browsers.push(Object.assign(browser, { signedIn: null }));
    return browser;
  }

  /** Before anything goes wrong. */
  async prepare() {}

  /** Where browsers send their requests, and what they take the server for. */
  get door() {
    return { port: this.proxy.port, home: this.stack.port };
  }

  /** A browser's fetch, with the cookie of whoever is signed in. */
  fetch(url, init, { signedIn }) {
    const { port, home } = this.door;
    this.figures.requests += 1;
    const headers = { ...init.headers, Origin: `http://127.0.0.1:${home}`, Cookie: this.people.get(signedIn)?.cookie ?? "" };
    return fetch(`http://127.0.0.1:${port}${url}`, { ...init, headers });
  }

  async play() {
    const steps = 10 + Math.floor(this.random() * 16);
    for (let step = 0; step < steps; step += 1) {
      this.clock.now += Math.floor(this.random() * 120_000);
      if (this.chance(0.45)) await this.drain();
      else await this.enter(this.pick(this.clerks));
    }
  }

  /** A line of this weather: how often something happens to a request, and what. */
  weather() {
    const faults = this.pick([FAULTS.unseen, FAULTS.seen, [...FAULTS.unseen, ...FAULTS.seen]]);
    this.proxy.choose = this.whims(this.pick([0, 0.3, 0.6, 1]), faults);
  }

  whims(share, faults) {
    return () => {
      if (!this.chance(share)) return "none";
      this.figures.faults += 1;
      return this.pick(faults);
    };
  }

  async drain() {
    this.weather();
    const browser = this.pick(this.browsers);
    browser.signedIn = this.chance(0.1) ? null : this.pick(this.clerksOf(browser)).username;
    const tabs = Array.from({ length: this.chance(0.2) ? 3 : 1 }, () => browser.open(this.life()));
    const runs = tabs.map(({ drainer, queue }) => mortal(() => this.arrive(browser, queue).then(() => drainer.drain({ force: this.chance(0.7) }))));
    await this.survive([...runs, ...this.accidents()]);
  }

  clerksOf(browser) {
    return this.clerks.filter((clerk) => clerk.browser === browser);
  }

  /** What goes wrong besides the line, while something is sent. */
  accidents() {
    const accident = this.random();
    const { crashes, kills } = this.rates();
    if (accident < crashes) {
      this.figures.crashes += 1;
      return [this.stack.crashPostgres(this.random() * 200)];
    }
    if (accident < crashes + kills) {
      this.figures.kills += 1;
      return [this.stack.killServer()];
    }
    return [];
  }

  rates() {
    return { crashes: CRASHES, kills: KILLS };
  }

  async survive(runs) {
    const ended = await Promise.allSettled(runs);
    const failure = ended.find(({ status }) => status === "rejected");
    if (failure) throw failure.reason;
  }

  /** The page knows who is signed in. */
  async arrive({ signedIn }, queue) {
    const clerk = this.clerks.find(({ username }) => username === signedIn);
    if (clerk) await queue.people.signedIn({ id: clerk.id, username: clerk.username, role: "user", regions: [clerk.region] });
  }

  life() {
    return this.chance(0.25) ? Math.floor(this.random() * 16) : Infinity;
  }

  /** One act of a clerk, in a tab that may be killed in the middle of it. */
  async enter(clerk) {
    const { browser } = clerk;
    const { queue } = browser.open(this.life());
    const { queue: observer } = browser.open();
    browser.signedIn = clerk.username;
    await this.arrive(browser, observer);
    const person = await observer.people.current();
    const waiting = (await observer.listWaiting(person.user_id)).filter(({ tries, op }) => tries === 0 && op.kind === "update");
    if (waiting.length > 0 && this.chance(0.2)) return this.withdraw(queue, observer, this.pick(waiting).op.op_id, clerk);
    const drafts = this.chance(0.3) ? [this.employee(clerk), ...this.entries(clerk)] : this.acts(clerk);
    if (drafts.length === 0) return undefined;
    await mortal(async () => {
      const store = () => queue.enqueueAll(drafts, person);
      await Promise.all(this.chance(0.2) ? [store(), store()] : [store()]); // a double click now and then
    });
    for (const { op_id } of drafts) {
      if (await observer.find(op_id)) this.entered.set(op_id, clerk);
    }
    return this.learn(clerk, drafts, observer);
  }

  /** What is in the queue now is what later acts build on. */
  async learn(clerk, drafts, observer) {
    for (const draft of drafts) {
      if (!(await observer.find(draft.op_id))) continue;
      const known = [...clerk.employees, ...clerk.entries].find(({ id }) => id === draft.id);
      const row = known ?? { id: draft.id, entity: draft.entity, values: {}, acts: [] };
      if (!known) (draft.entity === "employee" ? clerk.employees : clerk.entries).push(row);
      row.acts.push(draft);
      apply(row, draft);
    }
  }

  /** Throws a change away that was never sent. What its author sees then is the row without it. */
  async withdraw(queue, observer, opId, clerk) {
    await mortal(() => queue.discard(opId));
    const { op, discarded } = await observer.find(opId);
    if (!discarded) return;
    const row = [...clerk.employees, ...clerk.entries].find(({ id }) => id === op.id);
    row.acts = row.acts.filter(({ op_id }) => op_id !== opId);
    Object.assign(row, { values: {}, deleted: false });
    row.acts.forEach((act) => apply(row, act));
  }

  employee(clerk) {
    const values = { full_name: `Seed ${this.seed} ${newId().slice(-6)}`, department: "", title: "", is_active: true };
    clerk.newest = newId();
    return this.draft(clerk, { kind: "create", entity: "employee", id: clerk.newest, fields: fromNothing(values) });
  }

  entries(clerk, count = 1 + Math.floor(this.random() * 3)) {
    const employeeId = clerk.newest ?? clerk.employees[0]?.id;
    return employeeId === undefined ? [] : Array.from({ length: count }, () => this.entry(clerk, employeeId));
  }

  entry(clerk, employeeId, more = {}) {
    clerk.days += 1;
    const date = new Date(Date.UTC(2026, 0, clerk.days)).toISOString().slice(0, 10);
    const values = { employee_id: employeeId, work_date: date, start_time: "08:00", end_time: "17:00", break_minutes: 60, is_special: false, notes: "", ...more };
    return this.draft(clerk, { kind: "create", entity: "timesheet", id: newId(), fields: fromNothing(values) });
  }

  acts(clerk) {
    const isClear = ({ id }) => !this.doubtful.has(id);
    const live = clerk.entries.filter((row) => !row.deleted && isClear(row));
    const gone = clerk.entries.filter((row) => row.deleted && isClear(row));
    const employee = this.pick(clerk.employees.filter(isClear));
    const entry = this.pick(live);
    const choices = [
      employee && (() => [this.entry(clerk, employee.id)]),
      employee && (() => [this.change(clerk, employee, { title: newId().slice(-8) })]),
      entry && (() => [this.change(clerk, entry, { notes: newId().slice(-8), break_minutes: Math.floor(this.random() * 400) + 70 })]),
      entry && (() => [this.change(clerk, entry, { notes: newId().slice(-8) })]),
      entry && (() => [this.draft(clerk, { kind: "delete", entity: "timesheet", id: entry.id })]),
      gone.length > 0 && (() => [this.draft(clerk, { kind: "restore", entity: "timesheet", id: this.pick(gone).id })]),
      employee && this.chance(0.3) && (() => this.overlapping(clerk, employee)),
    ].filter(Boolean);
    return choices.length === 0 ? [this.employee(clerk)] : this.pick(choices)();
  }

  /** Two entries of one day that lie over one another, past the check on the spot. */
  overlapping(clerk, employee) {
    const first = this.entry(clerk, employee.id);
    const second = this.entry(clerk, employee.id, { work_date: first.fields.work_date.to, start_time: "16:00", end_time: "20:00" });
    [first, second].forEach(({ id }) => this.doubtful.add(id));
    return [first, second];
  }

  change(clerk, row, values) {
    const fields = Object.fromEntries(Object.entries(values).map(([name, to]) => [name, { from: row.values[name] ?? "", to }]));
    return this.draft(clerk, { kind: "update", entity: row.entity, id: row.id, fields });
  }

  draft(clerk, more) {
    return { op_id: newId(this.clock.now), region: clerk.region, base_version: null, fields: {}, label: "x", href: "/", ...more };
  }

  /** The network is well again: everything goes up, everybody's. */
  async heal() {
    this.proxy.choose = () => "none";
    for (const browser of this.browsers) {
      await this.sendAll(browser);
      const { drainer } = browser.open();
      for (const { username } of this.clerksOf(browser)) {
        browser.signedIn = username;
        await drainer.ping(); // what was held and released since
      }
    }
  }

  async sendAll(browser) {
    const { queue, drainer } = browser.open();
    for (let round = 0; (await queue.listWaiting()).length > 0 && (await this.mayTry(round)); round += 1) {
      for (const { username } of this.clerksOf(browser)) {
        browser.signedIn = username;
        await this.arrive(browser, queue);
        this.clock.now += 400_000;
        await drainer.drain({ force: true });
      }
    }
  }

  async mayTry(round) {
    return round < 40;
  }

  async inspect() {
    const log = new Map();
    for (const browser of this.browsers) {
      const { queue } = browser.open();
      assert.deepEqual(
        (await queue.listWaiting()).map(({ op, last_error }) => [op.kind, op.op_id, last_error]),
        [],
        "something is stuck",
      );
      for (const [opId, done] of await everything(queue)) log.set(opId, done);
    }
    for (const opId of this.entered.keys()) assert.ok(log.has(opId), `${opId} is gone without a trace`);
    const sent = [...log.values()].filter(({ discarded }) => !discarded);
    this.figures.ops = sent.length;
    await this.inspectInbox(
      sent,
      [...log.values()].filter(({ discarded }) => discarded),
    );
    await this.inspectRows(sent);
    await this.inspectDigest();
  }

  /** Every operation is in the inbox once, as it was entered and at its place; what was thrown away is not. */
  async inspectInbox(sent, discarded) {
    if (sent.length + discarded.length === 0) return;
    const ids = [...sent, ...discarded].map(({ op_id }) => `'${op_id}'`).join(",");
    const stored = await this.stack.query(`
      SELECT i.op_id, i.queue_id, i.n, i.body, (SELECT v.verdict || ':' || coalesce(v.result->>'reason', '') FROM app.op_verdict v WHERE v.op_id = i.op_id ORDER BY v.attempt DESC LIMIT 1) AS word
      FROM app.op_inbox i WHERE i.op_id IN (${ids})`);
    for (const { op_id, op, verdict } of sent) {
      const rows = stored.filter((row) => row.op_id === op_id);
      assert.equal(rows.length, 1, `${op_id} (${op.kind}) is ${rows.length} times in the inbox, the browser believes ${JSON.stringify(verdict)}`);
      assert.deepEqual([rows[0].queue_id, Number(rows[0].n)], [op.queue_id, op.n]);
      // What was seen of a new row is null, which a body does not say.
      const fields = Object.entries(JSON.parse(rows[0].body).fields ?? {}).map(([name, change]) => [name, { from: null, ...change }]);
      assert.deepEqual(Object.fromEntries(fields), op.fields);
      assert.equal(rows[0].word.split(":")[0], verdict.verdict, `the browser has another word on ${op_id}: ${rows[0].word}`);
      const isDoubtful = this.doubtful.has(op.id);
      assert.ok(verdict.verdict === "applied" || (isDoubtful && verdict.verdict === "rejected"), `${op.kind} ${op_id}: ${JSON.stringify(verdict)}`);
    }
    for (const { op_id } of discarded) assert.ok(!stored.some((row) => row.op_id === op_id), "what was thrown away was sent");
    for (const queueId of new Set(sent.map(({ op }) => op.queue_id))) {
      const numbers = sent.filter(({ op }) => op.queue_id === queueId).map(({ op }) => op.n);
      assert.deepEqual(
        numbers.sort((a, b) => a - b),
        numbers.map((_, at) => at + 1),
        "the numbers are dense",
      );
    }
  }

  /** The rows are what the operations, in their order, make of nothing; a version per operation says that none took effect twice. */
  async inspectRows(sent) {
    const model = new Map();
    for (const { op } of sent.filter(({ verdict }) => verdict.verdict === "applied").sort((a, b) => a.op.n - b.op.n)) {
      const row = model.get(op.id) ?? { entity: op.entity, values: {}, version: 0, deleted: false };
      model.set(op.id, { ...apply(row, op), version: row.version + 1 });
    }
    const rows = [...(await this.select("timesheet", model)), ...(await this.select("employee", model))];
    assert.equal(rows.length, model.size, "as many rows as were made");
    for (const row of rows) {
      const { values, version, deleted, entity } = model.get(row.id);
      const wanted =
        entity === "employee"
          ? { full_name: values.full_name, title: values.title }
          : { work_date: values.work_date, notes: values.notes, break_min: String(values.break_minutes), employee_id: values.employee_id };
      const { id: _, version: found, deleted: gone, ...is } = row;
      assert.deepEqual({ ...is, version: Number(found), deleted: gone === "t" }, { ...wanted, version, deleted }, `${entity} ${row.id}`);
    }
    for (const clerk of this.clerks) await this.inspectPairs(clerk, sent);
  }

  select(entity, model) {
    const ids = [...model].filter(([, row]) => row.entity === entity).map(([id]) => `'${id}'`);
    if (ids.length === 0) return [];
    const columns = entity === "employee" ? "full_name, title" : "work_date, notes, break_min, employee_id";
    const table = entity === "employee" ? "app.employees" : "app.timesheets";
    return this.stack.query(`SELECT id, version, deleted_at IS NOT NULL AS deleted, ${columns} FROM ${table} WHERE id IN (${ids.join(",")})`);
  }

  /** Of two entries that lie over one another the server took one. */
  async inspectPairs(clerk, sent) {
    const pairs = sent.filter(({ op }) => op.region === clerk.region && this.doubtful.has(op.id));
    for (const date of new Set(pairs.map(({ op }) => op.fields.work_date.to))) {
      const words = pairs.filter(({ op }) => op.fields.work_date.to === date).map(({ verdict }) => verdict.verdict);
      if (words.length === 2) assert.deepEqual(words.sort(), ["applied", "rejected"], date);
    }
  }

  /** What the server says it has is what is there, and sending the whole log again changes nothing. */
  async inspectDigest() {
    const before = await this.digests();
    const { Outbox } = await outbox;
    for (const browser of this.browsers) {
      const { queue } = browser.open();
      await new Outbox(queue).resendLog();
      await this.sendAll(browser);
      assert.equal((await queue.listWaiting()).length, 0, "the log went up again");
    }
    assert.deepEqual(await this.digests(), before, "a second delivery changed something");
    for (const [region, tables] of Object.entries(before)) {
      for (const [entity, table] of [
        ["timesheet", "timesheets"],
        ["employee", "employees"],
      ]) {
        assert.deepEqual(tables[entity], await this.digestOf(region, table), `digest of ${region}'s ${table}`);
      }
    }
  }

  async digests() {
    const digests = {};
    for (const { username, region } of this.clerks) {
      const answer = await this.atServer(username, `/api/v1/digest?region=${region}`);
      digests[region] = (await answer.json()).regions[region].tables;
    }
    return digests;
  }

  /** Asks the server itself, past everything on the way. */
  atServer(username, path) {
    return fetch(`http://127.0.0.1:${this.stack.port}${path}`, { headers: { Cookie: this.people.get(username).cookie } });
  }

  async digestOf(region, table) {
    const rows = await this.stack.query(`SELECT id, version FROM app.${table} WHERE region = '${region}'`);
    const parts = rows.map(({ id, version }) => createHash("sha256").update(`${id}:${version}`).digest().readBigUInt64BE());
    const xor = parts
      .reduce((all, part) => all ^ part, 0n)
      .toString(16)
      .padStart(16, "0");
    return { count: rows.length, xor };
  }
}

const outbox = import("../ts/load.mjs").then(({ load }) => load("static/ts/offline/outbox.ts"));

function apply(row, { kind, fields }) {
  const values = { ...row.values, ...Object.fromEntries(Object.entries(fields).map(([name, { to }]) => [name, to])) };
  return Object.assign(row, { values, deleted: kind === "delete" || (kind === "update" && row.deleted === true) });
}

function fromNothing(values) {
  return Object.fromEntries(Object.entries(values).map(([name, to]) => [name, { from: null, to }]));
}

/** Everything the browser has in its log, by op_id. */
async function everything(queue) {
  const all = await queue.store.read(
    ["done"],
    (tx) =>
      new Promise((found, failed) => {
        const request = tx.objectStore("done").getAll();
        request.onsuccess = () => found(request.result);
        request.onerror = () => failed(request.error);
      }),
  );
  return new Map(all.map((entry) => [entry.op_id, entry]));
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
