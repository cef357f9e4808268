// What other sites, other names for this PC, forged proofs and stolen tokens come to: refused or held, and nothing leaked (SYNC F55 to F57).

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { newId, Office, until } from "./office.mjs";

const EVIL = "http://evil.example";

let office;
let origin;
before(async () => {
  office = await Office.open();
  origin = `http://127.0.0.1:${office.agent.port}`;
  await office.mirrored();
});
after(() => office.close());

/** A request with exactly these headers: `fetch` would not let us say `Host`. */
function send({ method = "GET", path = "/agent/health", headers = {}, body = "" }) {
  return new Promise((answered, failed) => {
    const asked = request({ host: "127.0.0.1", port: office.agent.port, method, path, headers: { Host: `127.0.0.1:${office.agent.port}`, ...headers } }, (answer) => {
      let text = "";
      answer.on("data", (part) => (text += part));
      answer.on("end", () => answered({ status: answer.statusCode, headers: answer.headers, text }));
    });
    asked.once("error", failed);
    asked.end(body);
  });
}

const JSON_POST = { "Content-Type": "application/json", "X-Sync-Client": "1" };

async function anOp() {
  const queue = await office.newQueue();
  return office.employee(queue, `Saldırı ${newId()}`);
}

function countOf(op) {
  return office.count(`SELECT count(*) FROM app.op_inbox WHERE op_id = '${op.op_id}'`);
}

test("a name that leads here from elsewhere is not answered, whatever is asked", async () => {
  for (const host of ["evil.example", `evil.example:${office.agent.port}`, "localhost", "127.0.0.1", `localhost.evil.example:${office.agent.port}`]) {
    for (const path of ["/agent/health", "/agent/queue", "/", "/timesheets", "/api/v1/ping", "/static/x.js", "/login"]) {
      const { status, text } = await send({ path, headers: { Host: host } });
      assert.equal(status, 421, `${host} ${path}`);
      assert.ok(!text.includes("ankara"), text);
    }
  }
});

test("a page of another site changes nothing, with the line up and with it down", async () => {
  for (const isDown of [false, true]) {
    office.cut(isDown);
    const sent = [
      { Origin: EVIL },
      { Origin: "null" },
      { Origin: `http://localhost:${office.agent.port + 1}` },
      { Origin: origin, "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
      { "Sec-Fetch-Site": "none" },
      { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" },
      {},
    ];
    for (const headers of sent) {
      const op = await anOp();
      const body = JSON.stringify({ nonce: "n", ops: [op] });
      const { status } = await send({ method: "POST", path: "/api/v1/ops", headers: { ...JSON_POST, ...headers }, body });
      assert.equal(status, 403, JSON.stringify(headers));
      const form = await send({ method: "POST", path: "/timesheets", headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers }, body: "notes=x" });
      assert.equal(form.status, 403, JSON.stringify(headers));
      assert.equal((await office.agent.health()).waiting, 0);
      assert.equal(await countOf(op), 0);
    }
  }
  office.cut(false);
});

test("a page of another site reads nothing, and gets no permission to", async () => {
  for (const headers of [{ Origin: EVIL }, { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image" }]) {
    for (const path of ["/agent/health", "/agent/queue", "/today"]) {
      const answer = await send({ path, headers });
      assert.equal(answer.status, 403);
      assert.ok(!Object.keys(answer.headers).some((name) => name.startsWith("access-control")), "no CORS");
    }
  }
  const preflight = await send({ method: "OPTIONS", path: "/api/v1/ops", headers: { Origin: EVIL, "Access-Control-Request-Method": "POST" } });
  assert.ok(preflight.status >= 400);
  assert.ok(!Object.keys(preflight.headers).some((name) => name.startsWith("access-control")));
});

test("JSON that says it is something else, or comes without the header of our scripts, is not taken", async () => {
  office.cut();
  const op = await anOp();
  const body = JSON.stringify({ nonce: "n", ops: [op] });
  const plain = await send({ method: "POST", path: "/api/v1/ops", headers: { Origin: origin, "Content-Type": "text/plain", "X-Sync-Client": "1" }, body });
  assert.equal(plain.status, 400);
  const bare = await send({ method: "POST", path: "/api/v1/ops", headers: { Origin: origin, "Content-Type": "application/json" }, body });
  assert.equal(bare.status, 400);
  office.cut(false);
});

test("without a sign-in on this PC nobody reads the copy or what waits", async () => {
  office.cut();
  await until(async () => !(await office.agent.health()).server.reachable || (await send({ path: "/today" })).status !== 200, "the line is not seen to be down");
  for (const cookie of ["", "__Host-rainstaff=forged", "__Host-rainstaff-pc=forged", office.clerk.cookie]) {
    for (const path of ["/today", "/timesheets", "/timesheets/month", "/employees", "/shift-templates", "/agent/queue"]) {
      const { status, text } = await send({ path, headers: { Cookie: cookie } });
      assert.notEqual(status, 200, `${path} with ${cookie.slice(0, 24)}`);
      assert.ok(!/Yılmaz|Demir|Kaya/.test(text), `${path} shows people`);
    }
  }
  office.cut(false);
});

test("an operation of another region is not this PC's to keep or bring", async () => {
  office.cut();
  const op = { ...(await anOp()), region: "izmir" };
  const answer = await office.post([op]);
  assert.equal(answer.status, 503);
  assert.equal((await office.agent.health()).waiting, 0);
  office.cut(false);
  // And with the stolen token itself.
  const { status, body } = await withToken([op]);
  assert.equal(status, 200);
  assert.deepEqual([body.results[0].verdict, body.results[0].reason, body.results[0].row ?? null], ["retry", "carrier", null]);
  assert.equal(await countOf(op), 0);
});

/** Straight to the server, with what a thief of the PC's token has. */
async function withToken(ops, { path = "/api/v1/ops", token } = {}) {
  const device = JSON.parse(await readFile(join(office.agent.dataDir, "device.json"), "utf8"));
  const answer = await fetch(`http://127.0.0.1:${office.stack.port}${path}`, {
    method: "POST",
    headers: { ...JSON_POST, Authorization: `Bearer ${token ?? device.token}` },
    body: JSON.stringify({ nonce: "n", ops }),
  });
  return { status: answer.status, body: await answer.json() };
}

test("a forged, a missing, a borrowed grant: held, never done in anybody's name", async () => {
  const [first, second, third] = [await anOp(), await anOp(), await anOp()];
  const forged = { ...first, grant: `${first.grant.slice(0, -4)}AAAA` };
  const { grant: _, ...missing } = second;
  const borrowed = { ...third, grant: (await office.newQueue()).grant };
  const stolen = { ...(await anOp()), actor: (await office.stack.signIn("admin")).id };
  office.cut();
  for (const op of [forged, missing, borrowed, stolen]) assert.equal((await office.post([op])).status, 202);
  office.cut(false);
  await office.drained();
  for (const op of [forged, missing, borrowed, stolen]) {
    const rows = await office.stack.query(`SELECT result ->> 'verdict' AS verdict, result ->> 'reason' AS reason FROM app.op_verdict WHERE op_id = '${op.op_id}'`);
    assert.deepEqual(rows, [{ verdict: "held", reason: "grant_revoked" }]);
    assert.equal(await office.count(`SELECT count(*) FROM app.employees WHERE id = '${op.id}'`), 0);
  }
});

test("a PC's token opens what its agent needs, and nothing else", async () => {
  const device = JSON.parse(await readFile(join(office.agent.dataDir, "device.json"), "utf8"));
  const get = (path) => fetch(`http://127.0.0.1:${office.stack.port}${path}`, { headers: { Authorization: `Bearer ${device.token}` }, redirect: "manual" });
  for (const path of ["/today", "/employees", "/admin/users", "/admin/devices", "/activity", "/dashboard"]) {
    const answer = await get(path);
    assert.ok([303, 401, 403].includes(answer.status), `${path} answered ${answer.status}`);
    assert.ok(!/Yılmaz|Demir/.test(await answer.text()), path);
  }
  for (const path of ["/api/v1/timesheets", "/api/v1/employees"]) assert.equal((await get(path)).status, 403, path);
  const all = await (await get("/api/v1/snapshot")).text();
  assert.ok(!/"identity_no"/.test(all), "no identity number leaves for a PC");
  const regions = new Set([...all.matchAll(/"region":"(\w+)"/g)].map(([, region]) => region));
  assert.deepEqual([...regions], ["ankara"]);
});

test("a code is good once", async () => {
  const code = await office.stack.addDevice("ankara", "İkinci PC");
  const second = await office.newAgentOf(code);
  await second.stop();
  await assert.rejects(office.newAgentOf(code), /code is wrong, used already, or older/);
});

test("after the first sign-in at the PC the new password opens it without the server: no temporary, old, wrong, empty or missing one does", async () => {
  const admin = await office.stack.signIn("admin");
  const [name, temporary, chosen] = [`yeni${Date.now() % 100_000}`, "gecici-parola-1", "gül kurusu 1923"];
  const made = await admin.post("/admin/users/new", "/admin/users", { username: name, role: "user", regions: ["ankara"], password: temporary });
  assert.equal(made.status, 200);
  const login = await signInHere(name, temporary);
  assert.deepEqual([login.status, login.headers.get("Location")], [303, "/password"]);
  office.cut();
  await assertShut(name, temporary); // nobody works with a temporary password
  office.cut(false);
  await until(async () => (await office.agent.health()).server.reachable, "the line does not come back");
  const session = Object.assign(Object.create(Object.getPrototypeOf(office.clerk)), { origin, cookie: cookiesOf(login) });
  const changed = await session.post("/password", "/password", { current: temporary, new: chosen, repeat: chosen });
  assert.deepEqual([changed.status, changed.headers.get("Location")], [303, "/"]);
  await office.stack.halt();
  await assertOpen(name, chosen);
  for (const password of ["", undefined, temporary, "yanlış parola 1"]) await assertShut(name, password);
  await office.stack.resume();
  // What the server names the account by since then is the new password's, not one set by somebody else.
  const since = new Date().toISOString();
  await office.agent.crash();
  await until(async () => (await office.count(`SELECT count(*) FROM app.device_contact WHERE last_at > '${since}'`)) > 0, "no contact");
  office.cut();
  await assertOpen(name, chosen);
  await assertShut(name, temporary);
  office.cut(false);
});

const cookiesOf = (answer) => answer.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");

/** Posts the form of signing in at the PC; without a password where none is given. */
function signInHere(username, password) {
  const body = new URLSearchParams({ username, next: "", ...(password === undefined ? {} : { password }) });
  return fetch(`${origin}/login`, { method: "POST", body, redirect: "manual", headers: { Origin: origin } });
}

/** The PC lets somebody in without the server, and shows its copy. */
async function assertOpen(username, password) {
  const answer = await signInHere(username, password);
  assert.deepEqual([answer.status, answer.headers.get("X-App")], [303, "agent"], await answer.text());
  const page = await fetch(`${origin}/today`, { headers: { Cookie: cookiesOf(answer) }, redirect: "manual" });
  assert.deepEqual([page.status, page.headers.get("X-App")], [200, "agent"]);
}

/** It does not. */
async function assertShut(username, password) {
  const answer = await signInHere(username, password);
  assert.notEqual(answer.status, 303, `${username} got in with ${JSON.stringify(password)}`);
  assert.equal(cookiesOf(answer), "");
}
