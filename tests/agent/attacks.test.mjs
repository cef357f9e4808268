// What other sites, other names for this PC, forged proofs and stolen tokens come to: refused or held, and nothing leaked (SYNC F55 to F57).

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
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

test("a forged grant is held at the server; one that does not even fit, or none, never leaves the PC", async () => {
  const [first, second, third] = [await anOp(), await anOp(), await anOp()];
  const forged = { ...first, grant: `${first.grant.slice(0, -4)}AAAA` };
  const { grant: _, ...missing } = second;
  const borrowed = { ...third, grant: (await office.newQueue()).grant };
  const stolen = { ...(await anOp()), actor: (await office.stack.signIn("admin")).id };
  const nobodys = { ...(await anOp()), actor: newId() };
  office.cut();
  assert.equal((await office.post([forged])).status, 202);
  for (const op of [missing, borrowed, stolen, nobodys]) assert.equal((await office.post([op])).status, 503, "it stays in the browser");
  office.cut(false);
  await office.drained();
  const rows = await office.stack.query(`SELECT result ->> 'verdict' AS verdict, result ->> 'reason' AS reason FROM app.op_verdict WHERE op_id = '${forged.op_id}'`);
  assert.deepEqual(rows, [{ verdict: "held", reason: "grant_revoked" }]);
  for (const op of [missing, borrowed, stolen, nobodys]) assert.equal(await countOf(op), 0);
  for (const op of [forged, missing, borrowed, stolen]) assert.equal(await office.count(`SELECT count(*) FROM app.employees WHERE id = '${op.id}'`), 0);
});

test("without a session that the PC knows nothing is kept and nothing is told, whatever it carries", async () => {
  const queue = await office.newQueue();
  const good = Array.from({ length: 20 }, () => office.employee(queue, `Oturumsuz ${newId()}`));
  const junk = good.map((op) => ({ ...op, op_id: newId(), id: newId(), grant: "g1.e30.AAAA" }));
  const known = office.employee(queue, "Bilinen");
  await office.store([known]);
  await office.drained();
  for (const isDown of [false, true]) {
    office.cut(isDown);
    if (isDown)
      await until(async () => (await office.post([good[0]], { headers: {} })).status === 401 && !(await office.agent.health()).server.reachable, "the line is not seen to be down");
    for (const headers of [{}, { Cookie: "__Host-rainstaff=forged" }, { Cookie: "__Host-rainstaff-pc=forged" }, { Cookie: office.clerk.cookie.replace(/.$/, "x") }]) {
      for (const batch of [good, junk]) {
        const answer = await office.post(batch, { headers });
        assert.equal(answer.status, 401, JSON.stringify(headers));
      }
      const status = await send({
        method: "POST",
        path: "/api/v1/ops/status",
        headers: { ...JSON_POST, Origin: origin, ...headers },
        body: JSON.stringify({ op_ids: [known.op_id] }),
      });
      assert.equal(status.status, 401);
      assert.ok(!status.text.includes("Bilinen"));
    }
    // Whoever is signed in brings no junk either.
    if (isDown) assert.equal((await office.post(junk)).status, 503);
  }
  assert.equal((await office.agent.health()).waiting, 0);
  office.cut(false);
  await office.drained();
  for (const op of [...good, ...junk]) assert.equal(await countOf(op), 0);
});

test("a person's queue on the PC takes what their forms made, and nothing that a browser brings under its id", async () => {
  await office.drained();
  const admin = await office.stack.signIn("admin", office.agent.port);
  const token = await admin.token("/timesheets");
  office.cut();
  const form = { _op: newId(), _id: newId(), _csrf: token, region: "ankara", full_name: "Yönetici Girdi", is_active: "true" };
  const kept = await fetch(`${admin.origin}/employees`, {
    method: "POST",
    body: new URLSearchParams(form),
    redirect: "manual",
    headers: { Cookie: admin.cookie, Origin: admin.origin, "HX-Request": "true" },
  });
  assert.equal(kept.status, 202, await kept.text());
  const { waiting } = await (await admin.get("/agent/queue")).json();
  const [{ queue_id }] = waiting;
  const queue = { id: queue_id, n: 7, clerk: admin, grant: undefined };
  const claims = Buffer.from(JSON.stringify({ u: admin.id, r: ["ankara"], q: queue_id, i: 1_800_000_000, x: 2_000_000_000, e: 1 })).toString("base64url");
  const inTheirName = [undefined, `g1.${claims}.AAAA`].map((grant) => ({ ...office.employee(queue, "Adına Girildi"), grant }));
  for (const op of inTheirName) assert.equal((await office.post([op])).status, 503);
  office.cut(false);
  await office.drained();
  for (const op of inTheirName) assert.equal(await countOf(op), 0);
  assert.equal(await office.count(`SELECT count(*) FROM app.change_log WHERE entity_id = '${form._id}' AND actor_name = 'admin'`), 1, "the form's own is done");
});

test("an operation too large, too many at once, too much in a day: not kept, and the browser still has it", async () => {
  const queue = await office.newQueue();
  office.cut();
  const large = office.op(queue, { entity: "timesheet", fields: { notes: { from: null, to: "x".repeat(65_000) } } });
  assert.equal((await office.post([large])).status, 422);
  assert.equal((await office.post(Array.from({ length: 101 }, () => office.employee(queue, "Fazla")))).status, 422);
  const heavy = () => office.op(queue, { entity: "employee", fields: { full_name: { from: null, to: "y".repeat(60_000) } } });
  const before = (await office.agent.health()).waiting;
  let [answer, taken] = [null, 0];
  for (; taken < 200; taken += 15) {
    answer = await office.post(Array.from({ length: 15 }, heavy));
    if (answer.status !== 202) break;
  }
  assert.equal(answer.status, 429);
  assert.ok(taken >= 60 && taken < 150, `${taken} of 60 kB were taken`);
  assert.equal((await office.agent.health()).waiting, before + taken, "a batch is kept whole or not at all");
  office.cut(false);
  await office.drained();
});

test("guesses at once share one count, and what is answered does not tell whom the PC knows", async () => {
  office.cut();
  const strangers = [`yabanci${Date.now() % 10_000}`, "bursa1"];
  const said = {};
  for (const name of ["ankara1", ...strangers]) {
    const answers = await Promise.all(
      Array.from({ length: 24 }, async (_, i) => {
        const answer = await signInHere(name, `yanlış parola ${i}`);
        return [answer.status, (await answer.text()).replaceAll(name, "NAME").replace(/\d+ saniye|\d+ seconds/g, "N s")];
      }),
    );
    const looked = answers.filter(([, text]) => !text.includes("N s")).length;
    assert.ok(looked <= 5, `${looked} guesses for ${name} were looked at`);
    said[name] = [...new Set(answers.map(([status, text]) => `${status} ${text}`))].sort();
  }
  for (const name of strangers) assert.deepEqual(said[name], said.ankara1);
  assert.ok((await (await signInHere("ankara1", "rainstaff-demo")).text()).includes("saniye"), "the right one waits, too");
  office.cut(false);
});

test("a request that is its sender's fault says nothing of the line", async () => {
  const log = async () =>
    (await Promise.all((await readdir(join(office.agent.dataDir, "logs"))).map((name) => readFile(join(office.agent.dataDir, "logs", name), "utf8")))).join("");
  const downs = async () => (await log()).split("is out of reach").length;
  await until(async () => (await office.agent.health()).server.reachable, "the line does not come back");
  const before = await downs();
  const host = `Host: 127.0.0.1:${office.agent.port}`;
  const mine = `${host}\r\nOrigin: ${origin}\r\nCookie: ${office.agent.desk.cookie}`;
  const raw = [
    `GET * HTTP/1.1\r\n${host}\r\n\r\n`,
    `OPTIONS * HTTP/1.1\r\n${mine}\r\n\r\n`,
    `GET http://evil.example/today HTTP/1.1\r\n${host}\r\n\r\n`,
    `GET http://127.0.0.1:${office.agent.port}/today HTTP/1.1\r\n${host}\r\n\r\n`,
    `CONNECT evil.example:80 HTTP/1.1\r\n${mine}\r\n\r\n`,
    `TRACE /today HTTP/1.1\r\n${mine}\r\n\r\n`,
    `GET /today?${"x".repeat(60_000)} HTTP/1.1\r\n${host}\r\n\r\n`,
    `GET /api/v1/ping HTTP/1.1\r\n${host}\r\n${Array.from({ length: 90 }, (_, i) => `X-${i}: ${"y".repeat(1000)}`).join("\r\n")}\r\n\r\n`,
    `PUT /api/v1/grant HTTP/1.1\r\n${mine}\r\nContent-Length: 1000\r\n\r\nhalf`,
    `POST /api/v1/grant HTTP/1.1\r\n${mine}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n`,
    `POST /api/v1/grant HTTP/1.1\r\n${mine}\r\nExpect: nonsense\r\nContent-Length: 2\r\n\r\n{}`,
    `GET /today%00%ff HTTP/1.1\r\n${host}\r\n\r\n`,
    "NONSENSE\r\n\r\n",
  ];
  for (const text of raw) {
    await sendRaw(text);
    assert.ok((await office.agent.health()).server.reachable, text.slice(0, 60));
  }
  assert.equal(await downs(), before, "the line was taken to be down");
});

/** Sends bytes as they are; what came back until the other side closes, or two seconds are over. */
function sendRaw(text) {
  return new Promise((done) => {
    const socket = connect(office.agent.port, "127.0.0.1", () => socket.write(text));
    let said = "";
    const end = () => {
      socket.destroy();
      done(said);
    };
    const patience = setTimeout(end, 2000);
    socket.on("data", (part) => (said += part));
    for (const event of ["close", "error"]) {
      socket.once(event, () => {
        clearTimeout(patience);
        end();
      });
    }
  });
}

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

test("what somebody enters at the PC after a new password, without the server, is taken and not held", async () => {
  office.cut(false);
  await office.drained();
  const admin = await office.stack.signIn("admin");
  const [name, temporary, first, second] = [`parola${Date.now() % 100_000}`, "gecici-parola-2", "yağmur sonrası 1987", "gül kurusu 1923"];
  const made = await admin.post("/admin/users/new", "/admin/users", { username: name, role: "user", regions: ["ankara"], password: temporary });
  assert.equal(made.status, 200);
  const session = Object.assign(Object.create(Object.getPrototypeOf(office.clerk)), { origin, cookie: cookiesOf(await signInHere(name, temporary)) });
  const change = async (current, next) => {
    const changed = await session.post("/password", "/password", { current, new: next, repeat: next });
    assert.deepEqual([changed.status, changed.headers.get("Location")], [303, "/"]);
    session.cookie = cookiesOf(changed);
  };
  await change(temporary, first); // the PC gets a grant
  await change(first, second); // which is worth nothing any more
  const token = await session.token("/timesheets");
  office.cut();
  const form = { _op: newId(), _id: newId(), _csrf: token, region: "ankara", full_name: "Paroladan Sonra", is_active: "true" };
  const kept = await fetch(`${origin}/employees`, {
    method: "POST",
    body: new URLSearchParams(form),
    redirect: "manual",
    headers: { Cookie: session.cookie, Origin: origin, "HX-Request": "true" },
  });
  assert.equal(kept.status, 202, await kept.text());
  office.cut(false);
  await office.drained();
  assert.equal(await office.count(`SELECT count(*) FROM app.change_log WHERE entity_id = '${form._id}' AND actor_name = '${name}'`), 1);
});

const cookiesOf = (answer) =>
  answer.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");

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
