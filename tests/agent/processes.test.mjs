// The agent as a process, on a real server: killed, on a full disk, with a damaged file, with its rights taken away.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { chmod, copyFile, mkdtemp, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { newId, Office, takenIn, until } from "./office.mjs";

/** How often the agent is killed; `make agent-test` says 200. */
const KILLS = Number(process.env.RAINSTAFF_AGENT_KILLS ?? 25);
const WRITERS = 4;

let office;
before(async () => {
  office = await Office.open();
});
after(() => office.close());

test(`killed ${KILLS} times with ${WRITERS} writers: nothing that was taken is lost, nothing is doubled, the file is sound each time`, async () => {
  // Another person than in the tests that follow: 200 kills leave time to enter more than a person's share of a day.
  await office.stack.assign("izmir1", ["ankara"]);
  const clerk = await office.stack.signIn("izmir1");
  const desk = await office.stack.signIn("izmir1", office.agent.port);
  const taken = [];
  let running = true;
  const write = async (number) => {
    const queue = await office.newQueue(clerk);
    const person = office.employee(queue, `Yazan ${number}`);
    await office.store([person]);
    for (let day = 0; running; ) {
      const ops = Array.from({ length: 1 + (day % 3) }, () => office.entry(queue, person.id, day++));
      // As a browser does: the same batch until it is known to be kept.
      for (let left = ops; running && left.length > 0; ) {
        const ids = takenIn(await office.post(left, { headers: { Cookie: desk.cookie } }));
        taken.push(...left.filter(({ op_id }) => ids.includes(op_id)));
        left = left.filter(({ op_id }) => !ids.includes(op_id));
        if (left.length > 0) await new Promise((later) => setTimeout(later, 10));
      }
    }
  };
  const writers = Array.from({ length: WRITERS }, (_, number) => write(number));
  for (let kill = 0; kill < KILLS; kill += 1) {
    office.cut(Math.random() < 0.6);
    await new Promise((later) => setTimeout(later, Math.random() * 250));
    await office.agent.kill();
    assert.match(await office.command(["status", "--json", "--check"]), /"waiting"/);
    await office.agent.run();
  }
  running = false;
  await Promise.all(writers);
  office.cut(false);
  await office.drained();
  assert.ok(taken.length > KILLS, `only ${taken.length} operations were taken`);
  await office.assertOnce(taken);
  await office.mirrored();
  console.log(`# ${KILLS} kills, ${taken.length} operations taken, 0 lost, 0 doubled`);
});

test("a server that is killed, and a database that crashes, cost nothing", async () => {
  const queue = await office.newQueue();
  const person = office.employee(queue, "Kesinti Var");
  const ops = [person];
  await office.store([person]);
  for (let round = 0; round < 6; round += 1) {
    const batch = Array.from({ length: 20 }, (_, i) => office.entry(queue, person.id, round * 20 + i));
    const accident = round % 2 === 0 ? office.stack.killServer() : office.stack.crashPostgres(200);
    await Promise.all([office.store(batch), accident]);
    ops.push(...batch);
  }
  await office.drained();
  await office.assertOnce(ops.slice(1));
  await office.mirrored();
});

test("an entry for a person whom the copy does not have yet is kept: the server knows everybody, this PC may be behind", async () => {
  const desk = await newDesk();
  const person = office.employee(await office.newQueue(), "Kopyada Olmayan");
  office.cut();
  const entry = await enterByForm(desk, person.id);
  const made = await office.clerk.post("/employees", "/employees", { _op: newId(), _id: person.id, region: "ankara", full_name: "Kopyada Olmayan", is_active: "true" });
  assert.ok(made.status < 400, `the person is not at the server: ${made.status}`);
  office.cut(false);
  await office.drained();
  await office.assertOnce([entry]);
});

test("an entry for somebody whom headquarters deletes meanwhile is kept", async () => {
  const desk = await newDesk();
  const queue = await office.newQueue();
  const person = office.employee(queue, "Bu Arada Silinen");
  await office.postToServer([person]);
  await office.mirrored();
  office.cut();
  const deletion = office.op(queue, { kind: "delete", entity: "employee", id: person.id, base_version: 1 });
  const [deleted] = await office.postToServer([deletion]);
  assert.equal(deleted.verdict, "applied");
  const entry = await enterByForm(desk, person.id);
  office.cut(false);
  await office.drained();
  await office.assertOnce([entry]);
});

/** Somebody at a browser of the PC, with the form's token. */
async function newDesk() {
  const session = await office.stack.signIn("ankara1", office.agent.port);
  return { session, token: await session.token("/timesheets") };
}

/** Enters a day through the form while the line is down: the PC keeps it. */
async function enterByForm({ session, token }, employeeId) {
  const entry = {
    _op: newId(),
    _id: newId(),
    _csrf: token,
    region: "ankara",
    employee_id: employeeId,
    work_date: "2026-03-02",
    start_time: "08:30",
    end_time: "17:30",
    break_minutes: "60",
  };
  const answer = await fetch(`${session.origin}/timesheets`, {
    method: "POST",
    body: new URLSearchParams(entry),
    redirect: "manual",
    headers: { Cookie: session.cookie, Origin: session.origin, "HX-Request": "true" },
  });
  assert.equal(answer.status, 202, await answer.text());
  assert.equal(answer.headers.get("X-Op-Queued"), entry._op);
  return { op_id: entry._op, id: entry._id };
}

test("what the server held and has decided on since is no failure of this PC any more", async () => {
  const queue = await office.newQueue();
  const person = office.employee(queue, "Sonradan Gelen");
  const entry = { ...office.entry(queue, person.id, 77), after: [person.op_id] };
  const [held] = (await office.post([entry], { headers: { Cookie: office.clerk.cookie } })).body.results;
  assert.deepEqual([held.verdict, held.reason], ["held", "waiting_after"]);
  await until(async () => (await office.agent.health()).failed === 1, "the PC does not say that something is held");
  // What it waited for comes by another way, and the PC asks again: at the latest when it starts.
  const [made] = await office.postToServer([person]);
  assert.equal(made.verdict, "applied");
  await office.agent.kill();
  await office.agent.run();
  await until(async () => (await office.agent.health())?.failed === 0, "it still counts as held");
  await office.assertOnce([entry]);
});

test("a full disk: the agent says so, goes on reading, and takes entries again once there is room", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rainstaff-full-"));
  const { agent } = office;
  const before = { dataDir: agent.dataDir };
  await agent.kill();
  mountSmall(folder, await sizeOf(before.dataDir));
  execFileSync("cp", ["-a", `${before.dataDir}/.`, folder]);
  agent.dataDir = folder;
  try {
    await agent.run();
    office.cut();
    const queue = await office.newQueue();
    const person = office.employee(queue, "Yer Yok");
    const kept = [...(await office.store([person]))];
    const ballast = await fill(folder);
    let refused = null;
    for (let day = 0; day < 3000 && refused === null; day += 1) {
      const op = { ...office.entry(queue, person.id, day) };
      op.fields.notes = { from: null, to: "x".repeat(2000) };
      const answer = await office.post([op]);
      if (answer.status === 202) kept.push(op.op_id);
      else refused = { answer, op };
    }
    assert.equal(refused?.answer.status, 507, "a full disk was never said to be full");
    const health = await agent.health();
    assert.ok(health.troubles.includes("disk_full"), String(health.troubles));
    assert.equal(health.waiting, kept.length, "what was refused does not wait, what was taken does");
    await rm(ballast);
    assert.equal((await office.post([refused.op])).status, 202, "there is room again");
    await agent.crash();
    assert.equal((await agent.health()).waiting, kept.length + 1);
    assert.match(await office.command(["status", "--json", "--check"]), /"waiting"/);
    office.cut(false);
    await office.drained();
  } finally {
    await agent.kill();
    execFileSync("cp", ["-a", `${folder}/.`, before.dataDir]);
    execFileSync("umount", [folder]);
    await rm(folder, { recursive: true, force: true });
    agent.dataDir = before.dataDir;
    await agent.run();
  }
});

/** Bytes of the files in a folder. */
async function sizeOf(folder) {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** A disk with room for so many bytes and 8 MB more. */
function mountSmall(folder, bytes) {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${Math.ceil(bytes / 2 ** 20) + 8}m`, "tmpfs", folder]);
}

/** Takes all room but a little. */
async function fill(folder) {
  const path = join(folder, "ballast");
  const file = await open(path, "w");
  const block = Buffer.alloc(64 * 1024);
  try {
    for (;;) await file.write(block);
  } catch (error) {
    assert.equal(error.code, "ENOSPC");
  } finally {
    await file.close();
  }
  return path;
}

test("a damaged file is put aside, what can be read of it is sent, and the copy comes anew", async () => {
  office.cut();
  const queue = await office.newQueue();
  const person = office.employee(queue, "Bozuk Dosya");
  const ops = [person, ...Array.from({ length: 400 }, (_, day) => office.entry(queue, person.id, day))];
  for (let at = 0; at < ops.length; at += 100) await office.store(ops.slice(at, at + 100));
  const { agent } = office;
  await stopCleanly(agent);
  const path = join(agent.dataDir, "agent.db");
  const { size } = await stat(path);
  const file = await open(path, "r+");
  await file.write(Buffer.alloc(8192, 0xa5), 0, 8192, Math.floor(size / 2 / 4096) * 4096);
  await file.close();
  await agent.run();
  const names = await readdir(agent.dataDir);
  assert.ok(
    names.some((name) => /^broken-.*\.db$/.test(name)),
    String(names),
  );
  const health = await agent.health();
  assert.ok(health.troubles.includes("file_corrupt"), String(health.troubles));
  assert.ok(health.waiting >= ops.length * 0.8, `${health.waiting} of ${ops.length} were read`);
  office.cut(false);
  await office.drained();
  // The browsers still have theirs, and bring them again: what was lost here arrives, and what was not is not doubled.
  for (let at = 0; at < ops.length; at += 100) await office.store(ops.slice(at, at + 100));
  await office.drained();
  await office.assertOnce(ops.slice(1));
  await office.mirrored();
});

async function stopCleanly(agent) {
  const { child } = agent;
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  await ended;
}

test("a device whose rights are taken away sends nothing, shows nothing, and keeps what was entered", async () => {
  const agent = await office.newAgent("Çalınan PC");
  await until(async () => (await agent.health())?.mirror.is_whole, "no copy");
  const known = (await office.stack.query("SELECT full_name FROM app.employees WHERE region = 'ankara'")).map(({ full_name }) => full_name);
  assert.ok(
    known.some((name) => namesIn(agent.dataDir, [name]).length > 0),
    "the copy has names",
  );
  await copyFile(join(agent.dataDir, "agent.db"), join(agent.dataDir, "broken-20261128-120000.db"));
  office.cut();
  const queue = await office.newQueue();
  const person = office.employee(queue, "Çalınan Kayıt");
  assert.equal((await office.post([person], { agent })).status, 202);
  const admin = await office.stack.signIn("admin");
  const page = await (await admin.get("/admin/devices")).text();
  const { device_id: id } = JSON.parse(await readFile(join(agent.dataDir, "device.json"), "utf8"));
  assert.ok(page.includes(id), "the device is listed");
  const revoked = await admin.post("/admin/devices", `/admin/devices/${id}/revocation`, { confirmation: "Çalınan PC", confirm: "Çalınan PC", name: "Çalınan PC" });
  assert.ok(revoked.status < 400, `revocation answered ${revoked.status}`);
  office.cut(false);
  await until(async () => (await agent.health()).is_revoked, "the agent does not see that it was revoked");
  await until(async () => Object.keys((await agent.health()).mirror.digest).length === 0, "the copy of the region is still there");
  const gone = [...known, "ankara1", "g1.", "$argon2id"];
  await until(() => namesIn(agent.dataDir, gone).length === 0, "", 20_000).catch(() => assert.deepEqual(namesIn(agent.dataDir, gone), []));
  const health = await agent.health();
  assert.equal(health.waiting, 1, "what was entered is kept");
  assert.equal(await office.count(`SELECT count(*) FROM app.op_inbox WHERE op_id = '${person.op_id}'`), 0, "and not sent");
  assert.match(await office.command(["status"], agent), /REVOKED/);
  const file = join(agent.dataDir, "out.db");
  await office.command(["export", file, "--queue"], agent);
  const line = JSON.parse((await readFile(file.replace(/\.db$/, ".ndjson"), "utf8")).trim());
  assert.equal(line.op_id, person.op_id, "and can be taken out as a file");
  assert.deepEqual(line.fields.full_name, { from: null, to: "Çalınan Kayıt" });
  for (const name of [file, file.replace(/\.db$/, ".ndjson")]) assert.equal((await stat(name)).mode & 0o777, 0o600, `${name} is its owner's alone`);
  await agent.kill();
  assert.deepEqual(namesIn(agent.dataDir, gone), [], "and after its end");
  await agent.stop();
});

/** Which of these are in the bytes of any file of a folder. */
function namesIn(folder, names) {
  const found = new Set();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    for (const name of names) if (bytes.includes(name)) found.add(`${entry.name}: ${name}`);
  }
  return [...found];
}

test("two agents do not run on one folder", async () => {
  await assert.rejects(office.command(["run", "--listen", "127.0.0.1:0"]), /runs on .* already/);
});

test("an address that other PCs could reach is refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rainstaff-agent-"));
  await chmod(folder, 0o755);
  await assert.rejects(office.command(["run", "--listen", "0.0.0.0:8787"], { dataDir: folder }), /not enrolled|serves this PC only/);
  await office.agent.kill();
  await assert.rejects(office.command(["run", "--listen", "0.0.0.0:0"]), /serves this PC only/);
  await office.agent.run();
  await rm(folder, { recursive: true, force: true });
});

test("the file of the token is its owner's alone", async () => {
  assert.equal((await stat(join(office.agent.dataDir, "device.json"))).mode & 0o777, 0o600);
  assert.equal((await stat(office.agent.dataDir)).mode & 0o777, 0o700);
});
