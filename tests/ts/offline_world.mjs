// A browser and a server for the queue's tests: IndexedDB in memory that can die between two transactions, locks, and a server that answers
// like ours, or like whatever else sits on the way.

import "fake-indexeddb/auto";

import { IDBFactory } from "fake-indexeddb";

import { load } from "./load.mjs";

export const { Queue, QuotaError, StorageError, UnavailableError } = await load("static/ts/offline/queue.ts");
export const { Drainer, DRAIN_LOCK } = await load("static/ts/offline/drain.ts");
export const { newId } = await load("static/ts/ids.ts");

export const ANKARA = "11111111-1111-4111-8111-111111111111";
export const BURSA = "22222222-2222-4222-8222-222222222222";
const FINAL = new Set(["applied", "merged", "held", "rejected"]);

/** Web Locks within one process: one holder per name, the others wait in line. */
export function newLocks() {
  const lines = new Map();
  return {
    request(name, job) {
      const before = lines.get(name) ?? Promise.resolve();
      const turn = before.then(() => job({ name }));
      lines.set(
        name,
        turn.catch(() => null),
      );
      return turn;
    },
  };
}

/** The process was killed: no transaction begins any more. */
export class Crash extends Error {}

/** One profile of a browser: storage and locks that all its tabs share. */
export class Browser {
  constructor({ factory = new IDBFactory(), server, clock = { now: 1_795_000_000_000 }, random = Math.random, locks = newLocks(), timeoutMs = 15 } = {}) {
    Object.assign(this, { factory, server, clock, random, locks, timeoutMs });
    this.events = [];
  }

  now = () => this.clock.now;

  /** A tab, or the worker. `life` is the number of transactions after which it is killed. */
  open(life = Infinity) {
    const queue = new Queue({ factory: this.factory, now: this.now, announce: (event) => this.events.push(event) });
    const { store } = queue;
    let left = life;
    for (const kind of ["read", "write"]) {
      const run = store[kind].bind(store);
      store[kind] = (...args) => {
        if (left <= 0) throw new Crash("killed");
        left -= 1;
        return run(...args);
      };
    }
    const drainer = new Drainer(queue, {
      fetch: (url, init) => {
        if (left <= 0) throw new Crash("killed");
        return this.server.fetch(url, init, this);
      },
      locks: this.locks,
      now: this.now,
      random: this.random,
      timeoutMs: this.timeoutMs,
    });
    return { queue, drainer, isDead: () => left <= 0 };
  }
}

/** The signed-in person, known to the browser. */
export async function signIn(queue, id = ANKARA, regions = ["ankara"]) {
  return queue.people.signedIn({ id, username: "x", role: "user", regions });
}

export function draft(more = {}) {
  const row = { employee_id: newId(), work_date: "2026-11-20", start_time: "08:00", end_time: "17:00", break_minutes: 60, is_special: false, notes: "" };
  const fields = Object.fromEntries(Object.entries(row).map(([name, to]) => [name, { from: null, to }]));
  const usual = { op_id: newId(), kind: "create", entity: "timesheet", id: newId(), region: "ankara", base_version: null, label: "x", href: "/timesheets" };
  return { ...usual, fields, ...more };
}

/** A server that keeps every operation once, with one verdict. `behave` chooses what happens to a request. */
export class Server {
  constructor({ verdictOf = () => ({ verdict: "applied" }), behave = () => "ours", now = () => 1_795_000_000_000 } = {}) {
    Object.assign(this, { verdictOf, behave, now });
    this.stored = new Map(); // op_id -> {op, verdict}, in the order of arrival
    this.quarantined = [];
    this.requests = [];
    this.beats = [];
    this.missing = [];
    this.grants = 0;
    this.faulty = new Set(); // op_ids on which the server falls over
    this.malformed = new Set(); // op_ids that it cannot read
    this.signedIn = true;
  }

  async fetch(url, init, browser) {
    const request = { url, ops: [], body: init.body };
    this.requests.push(request);
    const behaviour = this.behave(request);
    if (behaviour === "dropped") throw new TypeError("connection refused");
    if (behaviour === "silent") return silence(init.signal);
    const elsewhere = hostile(behaviour);
    if (elsewhere) return elsewhere;
    const answer = this.answer(url, init, browser, request);
    switch (behaviour) {
      case "lost":
        throw new TypeError("connection reset");
      case "late":
        return silence(init.signal);
      case "cut":
        return cut(answer);
      case "wrong nonce":
        return changed(answer, (body) => ({ ...body, nonce: "another" }));
      case "other ops":
        return changed(answer, (body) => ({ ...body, results: (body.results ?? []).map((one) => ({ ...one, op_id: newId() })) }));
      case "half":
        return changed(answer, (body) => ({ ...body, results: (body.results ?? []).filter((_, at) => at % 2 === 0) }));
      default:
        return answer;
    }
  }

  answer(url, init, _browser, request) {
    if (!this.signedIn && url !== "/api/v1/ping") return ours(401, { code: "sign_in" });
    if (url === "/api/v1/ops") return this.takeBatch(JSON.parse(init.body), request);
    if (url === "/api/v1/ops/quarantine") {
      this.quarantined.push(JSON.parse(init.body));
      return ours(200, {}, true);
    }
    if (url === "/api/v1/ops/status") {
      const { op_ids } = JSON.parse(init.body);
      return ours(200, { results: op_ids.map((op_id) => this.stored.get(op_id)?.verdict ?? { op_id, verdict: "unknown" }) }, true);
    }
    if (url === "/api/v1/grant") {
      this.grants += 1;
      return ours(200, { grant: `g${this.grants}`, expires_at: "2027-01-20T00:00:00Z" }, true);
    }
    return ours(
      200,
      { server_time: new Date(this.now()).toISOString(), feed_epoch: this.epoch ?? null, sw: { mode: this.mode ?? "normal", build: "b1" }, user: this.user ?? null, missing: [] },
      true,
    );
  }

  takeBatch({ nonce, queue, ops }, request) {
    request.ops = ops;
    if (queue) this.beats.push({ ...queue, ops: ops.length });
    if (ops.length > 100) return ours(413, { code: "too_many_ops" });
    if (ops.some(({ op_id }) => this.malformed.has(op_id))) return ours(422, { code: "malformed_op" });
    if (ops.some(({ op_id }) => this.faulty.has(op_id))) return ours(500, { code: "internal_error" });
    const results = ops.map((op) => this.take(op));
    return ours(200, { nonce, server_time: new Date(this.now()).toISOString(), results, missing: this.missing.splice(0) }, true);
  }

  take(op) {
    const known = this.stored.get(op.op_id);
    if (known) return { ...known.verdict, replayed: true };
    const verdict = { op_id: op.op_id, ...this.verdictOf(op) };
    if (FINAL.has(verdict.verdict)) this.stored.set(op.op_id, { op, verdict });
    return verdict;
  }

  /** Ids in the order in which they arrived first, of one queue. */
  arrived(queueId) {
    return [...this.stored.values()].filter(({ op }) => op.queue_id === queueId).map(({ op }) => op.op_id);
  }
}

export function ours(status, body, isSync = false) {
  const headers = { "Content-Type": "application/json", "X-App": "1", ...(isSync ? { "X-Sync": "1" } : {}) };
  return new Response(JSON.stringify(body), { status, headers });
}

/** Answers that are not our server's. */
export const HOSTILE = ["portal", "redirect", "511", "502", "empty", "portal with JSON", "401 of a proxy", "500 of a proxy", "503 of a proxy"];

function hostile(behaviour) {
  const html = (status, headers = {}) => new Response("<html>login</html>", { status, headers: { "Content-Type": "text/html", ...headers } });
  switch (behaviour) {
    case "portal":
      return html(200);
    case "redirect":
      return html(302, { Location: "http://portal.example/" });
    case "511":
      return html(511);
    case "502":
      return html(502);
    case "empty":
      return new Response("", { status: 200, headers: { "X-Sync": "1" } });
    case "portal with JSON":
      return new Response('{"results":[]}', { status: 200, headers: { "Content-Type": "application/json" } });
    case "401 of a proxy":
      return html(401);
    case "500 of a proxy":
      return html(500);
    case "503 of a proxy":
      return html(503, { "Retry-After": "1" });
    default:
      return null;
  }
}

function silence(signal) {
  return new Promise((_, failed) => {
    const abort = () => failed(new DOMException("aborted", "AbortError"));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort);
  });
}

async function cut(answer) {
  const text = await answer.text();
  return new Response(text.slice(0, Math.floor(text.length / 2)), { status: answer.status, headers: answer.headers });
}

async function changed(answer, change) {
  return new Response(JSON.stringify(change(await answer.json())), { status: answer.status, headers: answer.headers });
}

/** This PC's agent, between a browser and the server: while the line is down it keeps what comes and says so, and sends it by itself later. */
export class Agent {
  constructor(server) {
    Object.assign(this, { server, isUp: true, isFull: false });
    this.held = new Map(); // op_id -> op, in the order of arrival
    this.verdicts = new Map();
    this.requests = [];
  }

  async fetch(url, init, browser) {
    const { nonce = null, ops = [] } = init.body === undefined ? {} : JSON.parse(init.body);
    this.requests.push({ url, ops: ops.map(({ op_id }) => op_id) });
    const isBatch = url === "/api/v1/ops" && ops.length > 0;
    if (isBatch && ops.every(({ op_id }) => this.verdicts.has(op_id))) {
      return ofAgent(200, { nonce, results: ops.map(({ op_id }) => ({ ...this.verdicts.get(op_id), replayed: true })), missing: [] });
    }
    if (this.isUp && !(isBatch && this.held.size > 0)) return this.server.fetch(url, init, browser);
    if (!isBatch) return ofAgent(url === "/api/v1/ops" ? 202 : 503, { nonce, stored: [] });
    if (this.isFull) return ofAgent(507, {});
    for (const op of ops) if (!this.verdicts.has(op.op_id)) this.held.set(op.op_id, op);
    return ofAgent(202, { nonce, stored: ops.map(({ op_id }) => op_id) });
  }

  /** The line is well: everything goes up, in its order. */
  replay() {
    this.isUp = true;
    for (const [opId, op] of this.held) this.verdicts.set(opId, this.server.take(op));
    this.held.clear();
  }

  batches() {
    return this.requests.filter(({ url, ops }) => url === "/api/v1/ops" && ops.length > 0).map(({ ops }) => ops);
  }
}

function ofAgent(status, body) {
  const headers = { "Content-Type": "application/json", "X-App": "agent", "X-Agent": "0.1.0", ...(status < 300 ? { "X-Sync": "1" } : {}) };
  return new Response(JSON.stringify(body), { status, headers });
}
