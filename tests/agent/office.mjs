// An office with a PC: a server, a line that can be cut, an agent, and clerks whose browsers keep queues.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { load } from "../ts/load.mjs";
import { Agent, BINARY } from "../stack/agent.mjs";
import { FaultyProxy } from "../stack/proxy.mjs";
import { plainEnvironment, Stack } from "../stack/server.mjs";

export const { newId } = await load("static/ts/ids.ts");
const run = promisify(execFile);

export class Office {
  /** A server, and a PC of Ankara that reaches it by a line that can be cut. */
  static async open() {
    const office = new Office();
    office.stack = await Stack.start();
    office.proxy = await FaultyProxy.start(office.stack.port);
    office.clerk = await office.stack.signIn("ankara1");
    office.agent = await office.newAgent("Ankara ofis PC");
    return office;
  }

  async newAgent(name, region = "ankara") {
    return this.newAgentOf(await this.stack.addDevice(region, name));
  }

  /** An agent that enrols with this code, and somebody who has signed in at a browser of its PC. */
  async newAgentOf(code) {
    const agent = await Agent.start(`http://127.0.0.1:${this.proxy.port}`, code);
    agent.desk = await this.stack.signIn("ankara1", agent.port);
    return agent;
  }

  /** The line is cut, or mended. */
  cut(isCut = true) {
    this.proxy.choose = () => (isCut ? "dropped before" : "none");
  }

  /** Nothing waits on the PC any more, and it knows that the server is there. */
  async drained(ms = 60_000, agent = this.agent) {
    const isDone = (health) => health?.waiting === 0 && health.server.reachable;
    return until(async () => isDone(await agent.health()), "something still waits on the PC, or its line is down", ms);
  }

  /** The copy is whole and equal to the server's rows. */
  async mirrored(ms = 60_000, agent = this.agent) {
    return until(
      async () => {
        const health = await agent.health();
        if (!health?.mirror.is_whole) return false;
        const answer = await (await this.clerk.get("/api/v1/digest")).json();
        const theirs = Object.fromEntries(Object.entries(answer.regions.ankara.tables).map(([entity, { xor }]) => [entity, xor]));
        return JSON.stringify(sorted(theirs)) === JSON.stringify(sorted(health.mirror.digest));
      },
      "the copy does not become equal to the server",
      ms,
    );
  }

  /** Runs a command of the agent on the PC's folder; what it says, or throws. */
  async command(args, agent = this.agent) {
    const { stdout } = await run(BINARY, [...args, "--data-dir", agent.dataDir], { env: plainEnvironment() });
    return stdout;
  }

  /** A queue of the clerk's own, as a browser keeps one. */
  async newQueue(clerk = this.clerk) {
    const queue = { id: newId(), n: 0, clerk, grant: null };
    const answer = await fetch(`${clerk.origin}/api/v1/grant`, {
      method: "POST",
      headers: { Cookie: clerk.cookie, Origin: clerk.origin, "Content-Type": "application/json", "X-Sync-Client": "1" },
      body: JSON.stringify({ queue_id: queue.id }),
    });
    queue.grant = (await answer.json()).grant;
    assert.ok(queue.grant, "no grant");
    return queue;
  }

  /** An operation at the end of a queue. */
  op(queue, more) {
    queue.n += 1;
    return {
      v: 1,
      op_id: newId(),
      queue_id: queue.id,
      n: queue.n,
      actor: queue.clerk.id,
      grant: queue.grant,
      kind: "create",
      entity: "timesheet",
      id: newId(),
      region: "ankara",
      base_version: null,
      fields: {},
      after: [],
      edited_at: new Date().toISOString(),
      offset_ms: 0,
      ...more,
    };
  }

  employee(queue, name) {
    return this.op(queue, { entity: "employee", fields: fromNothing({ full_name: name, is_active: true }) });
  }

  /** An entry of the day with that number. */
  entry(queue, employeeId, day) {
    const date = new Date(Date.UTC(2000, 0, 1 + day)).toISOString().slice(0, 10);
    const values = { employee_id: employeeId, work_date: date, start_time: "08:00", end_time: "17:00", break_minutes: 60, is_special: false, notes: "" };
    return this.op(queue, { fields: fromNothing(values) });
  }

  /** What a browser's drainer posts, in the session of whoever sits there; null where nobody answers. */
  async post(ops, { agent = this.agent, headers = { Cookie: agent.desk.cookie } } = {}) {
    const origin = `http://127.0.0.1:${agent.port}`;
    const nonce = newId();
    try {
      const answer = await fetch(`${origin}/api/v1/ops`, {
        method: "POST",
        headers: { Origin: origin, "Content-Type": "application/json", "X-Sync-Client": "1", ...headers },
        body: JSON.stringify({ nonce, ops }),
        signal: AbortSignal.timeout(20_000),
      });
      return { status: answer.status, ours: answer.headers.get("X-Sync") === "1", body: await answer.json().catch(() => null) };
    } catch {
      return null;
    }
  }

  /** The same in the clerk's session, straight to the server; the verdicts. */
  async postToServer(ops) {
    return (await this.post(ops, { headers: { Cookie: this.clerk.cookie }, agent: { port: this.stack.port } })).body.results;
  }

  /** `post` until the PC has taken them; their ids. */
  async store(ops) {
    let taken = [];
    await until(async () => {
      taken = takenIn(await this.post(ops));
      return ops.every(({ op_id }) => taken.includes(op_id));
    }, "the PC does not take them");
    return taken;
  }

  /** The number that a query counts. */
  async count(sql) {
    const [row] = await this.stack.query(sql);
    return Number(Object.values(row)[0]);
  }

  /** How often each of these operations is in the server's inbox, and each row in its table: once, and nothing else. */
  async assertOnce(ops, table = "timesheets") {
    const list = (ids) => ids.map((id) => `'${id}'`).join(",") || "NULL";
    const inbox = await this.stack.query(`SELECT op_id, count(*) FROM app.op_inbox WHERE op_id IN (${list(ops.map(({ op_id }) => op_id))}) GROUP BY 1`);
    const rows = await this.stack.query(`SELECT id, count(*) FROM app.${table} WHERE id IN (${list(ops.map(({ id }) => id))}) GROUP BY 1`);
    assert.equal(inbox.length, ops.length, `${ops.length - inbox.length} operations were lost`);
    assert.equal(rows.length, ops.length, `${ops.length - rows.length} rows are missing`);
    for (const { count } of [...inbox, ...rows]) assert.equal(Number(count), 1, "something is there twice");
  }

  async close() {
    await this.agent.stop();
    await this.proxy.stop();
    await this.stack.stop();
  }
}

/** The operations that an answer says are kept, or done. */
export function takenIn(answer) {
  if (!answer?.ours) return [];
  if (answer.status === 202) return answer.body.stored;
  return answer.status === 200 ? answer.body.results.filter(({ verdict }) => verdict !== "retry").map(({ op_id }) => op_id) : [];
}

export async function until(holds, complaint, ms = 30_000) {
  for (const end = Date.now() + ms; ; ) {
    if (await holds()) return;
    assert.ok(Date.now() < end, complaint);
    await new Promise((later) => setTimeout(later, 50));
  }
}

function fromNothing(values) {
  return Object.fromEntries(Object.entries(values).map(([name, to]) => [name, { from: null, to }]));
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => a.localeCompare(b)));
}
