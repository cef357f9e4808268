// One seed of the whole chain: the queue's code in several browsers, this PC's agent, a bad line, a server. Some of what is entered is posted as
// a form, by a browser without a worker: then the agent is the only one that keeps it.

import assert from "node:assert/strict";

import { newId } from "../ts/offline_world.mjs";
import { CUTS } from "./proxy.mjs";
import { Scenario } from "./scenario.mjs";

/** Both of the PC's region: a PC carries nobody else's. */
export const CHAIN_CLERKS = [
  { username: "ankara1", region: "ankara" },
  { username: "bursa1", region: "ankara" },
];
/** How long after the line is well everything has to be where it belongs. */
const HEALED_MS = 60_000;
/** How long a person waits for the answer to a form. */
const FORM_MS = 20_000;
/** How often the agent is killed while something is sent, PostgreSQL crashes, the server is killed: the last two are tried without the agent, too. */
const AGENT_CRASHES = Number(process.env.RAINSTAFF_AGENT_CRASHES ?? 0.12);
const CRASHES = Number(process.env.RAINSTAFF_CRASHES ?? 0.012);
const KILLS = Number(process.env.RAINSTAFF_KILLS ?? 0.006);

export class Chain extends Scenario {
  constructor(seed, world) {
    super(seed, world);
    const { agent, front } = world;
    Object.assign(this, { agent, front });
    for (const clerk of this.clerks) Object.assign(clerk, { forms: [], unanswered: null });
    Object.assign(this.figures, { agentCrashes: 0, forms: 0, keptOnPc: 0 });
  }

  /** A browser for each, or one for all. */
  openBrowsers() {
    if (this.chance(0.4)) return super.openBrowsers();
    return this.clerks.forEach((clerk) => Object.assign(clerk, { browser: this.newBrowser() }));
  }

  get door() {
    return this.isDirect ? { port: this.stack.port, home: this.stack.port } : { port: this.front.port, home: this.agent.port };
  }

  /** Everybody has been here before: the browser has the proof that its queue is theirs. */
  async prepare() {
    this.proxy.choose = this.front.choose = () => "none"; // whatever became of the seed before
    for (const clerk of this.clerks) {
      const { queue, drainer } = clerk.browser.open();
      clerk.browser.signedIn = clerk.username;
      await this.arrive(clerk.browser, queue);
      let contact = null; // a machine with much to do may take longer than a request here is given
      for (let attempt = 0; attempt < 20 && !contact?.person; attempt += 1) contact = await drainer.ping();
      assert.ok(contact?.person, "the line is well at the start");
      const person = this.people.get(clerk.username);
      person.tokenKept ??= person.token("/timesheets");
      clerk.token = await person.tokenKept;
    }
  }

  weather() {
    super.weather();
    this.front.choose = this.whims(this.pick([0, 0, 0.3, 0.6]), CUTS);
  }

  rates() {
    return { crashes: CRASHES, kills: KILLS };
  }

  accidents() {
    const others = super.accidents();
    if (!this.chance(AGENT_CRASHES)) return others;
    this.figures.agentCrashes += 1;
    const pause = this.random() * 100;
    return [...others, new Promise((later) => setTimeout(later, this.random() * 100)).then(() => this.agent.crash(pause))];
  }

  async enter(clerk) {
    if (!this.chance(0.35)) return super.enter(clerk);
    this.weather();
    return this.survive([this.postNext(clerk), ...(this.chance(0.2) ? this.accidents() : [])]);
  }

  /** A form that nobody has answered is still on the screen, and is sent again before the next one. */
  async postNext(clerk) {
    clerk.unanswered ??= this.nextForm(clerk);
    const said = await this.post(clerk, clerk.unanswered);
    if (said === null) return;
    clerk.forms.push({ ...clerk.unanswered, said });
    this.figures.forms += 1;
    if (said === "queued") this.figures.keptOnPc += 1;
    clerk.unanswered = null;
  }

  nextForm(clerk) {
    const [person] = clerk.forms;
    const ids = { _op: newId(), _id: newId(), _csrf: clerk.token };
    if (!person) return { path: "/employees", fields: { ...ids, region: clerk.region, full_name: `Form ${this.seed} ${ids._id.slice(-6)}`, is_active: "true" } };
    clerk.days += 1;
    const work_date = new Date(Date.UTC(2025, 0, clerk.days)).toISOString().slice(0, 10);
    const typed = { employee_id: person.fields._id, work_date, start_time: "08:30", end_time: "17:30", break_minutes: "60", notes: ids._op.slice(-8) };
    return { path: "/timesheets", fields: { ...ids, region: clerk.region, ...typed } };
  }

  /** What was said of it: `saved` by the server, or `queued` by the agent; null for no answer that says anything. */
  async post({ username }, { path, fields }) {
    const { port, home } = this.door;
    const headers = { "HX-Request": "true", "HX-Request-Type": "partial", Origin: `http://127.0.0.1:${home}`, Cookie: this.people.get(username).cookie };
    this.figures.requests += 1;
    try {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers,
        redirect: "manual",
        signal: AbortSignal.timeout(FORM_MS),
      });
      const text = await answer.text();
      assert.notEqual(
        answer.status,
        422,
        `${path} is refused: ${text
          .replace(/<[^>]*>/g, " ")
          .replace(/\s+/g, " ")
          .slice(0, 300)}`,
      );
      const isOurs = answer.headers.get("X-Sync") === "1";
      if (isOurs && answer.headers.get("X-Op-Ack") === fields._op) return "saved";
      return isOurs && answer.status === 202 && answer.headers.get("X-Op-Queued") === fields._op ? "queued" : null;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return null;
    }
  }

  async heal() {
    this.proxy.choose = this.front.choose = () => "none";
    this.until = Date.now() + HEALED_MS;
    for (const clerk of this.clerks) {
      while (clerk.unanswered && (await this.mayTry(1))) await this.postNext(clerk);
    }
    await super.heal();
    for (let round = 0; (await this.agent.health())?.waiting !== 0 && (await this.mayTry(1 + round)); round += 1);
    const { waiting, failed } = await this.agent.health();
    assert.equal(waiting, 0, `${waiting} operations wait on the PC ${HEALED_MS / 1000} s after the line is well`);
    assert.equal(typeof failed, "number");
  }

  async mayTry(round) {
    if (round > 0) await new Promise((later) => setTimeout(later, 40));
    return Date.now() < this.until;
  }

  async inspect() {
    this.until = Date.now() + HEALED_MS;
    this.isDirect = this.chance(0.5); // the log goes up once more, through the agent or past it
    await super.inspect();
    await this.inspectForms();
    await this.inspectMirror();
  }

  /** Every form that somebody was told is stored, or saved, is at the server once and made its row once. */
  async inspectForms() {
    const forms = this.clerks.flatMap((clerk) => clerk.forms);
    if (forms.length === 0) return;
    const ids = forms.map(({ fields }) => `'${fields._op}'`).join(",");
    const stored = await this.stack.query(`
      SELECT i.op_id, (SELECT v.verdict FROM app.op_verdict v WHERE v.op_id = i.op_id ORDER BY v.attempt DESC LIMIT 1) AS word
      FROM app.op_inbox i WHERE i.op_id IN (${ids})`);
    const rows = await this.stack.query(`
      SELECT id, version, notes FROM app.timesheets WHERE id IN (${forms.map(({ fields }) => `'${fields._id}'`).join(",")})
      UNION ALL SELECT id, version, '' FROM app.employees WHERE id IN (${forms.map(({ fields }) => `'${fields._id}'`).join(",")})`);
    for (const { fields, said } of forms) {
      const words = stored.filter(({ op_id }) => op_id === fields._op).map(({ word }) => word);
      assert.deepEqual(words, ["applied"], `the form ${fields._op}, which was ${said}`);
      const made = rows.filter(({ id }) => id === fields._id).map(({ version, notes }) => [Number(version), notes]);
      assert.deepEqual(made, [[1, fields.notes ?? ""]], `the row of ${fields._op}, which was ${said}`);
    }
  }

  /** The agent's copy of the region is the server's. */
  async inspectMirror() {
    const [{ username, region }] = this.clerks;
    const server = await (await this.atServer(username, `/api/v1/digest?region=${region}`)).json();
    const wanted = Object.fromEntries(Object.entries(server.regions[region].tables).map(([entity, { xor }]) => [entity, xor]));
    let mirror = null;
    for (let round = 0; await this.mayTry(round); round += 1) {
      mirror = (await this.agent.health())?.mirror;
      if (Number(mirror?.seq) >= Number(server.regions[region].seq)) break;
    }
    assert.deepEqual(mirror?.digest, wanted, `the agent's copy at ${mirror?.seq}, the server at ${server.regions[region].seq}`);
  }
}
