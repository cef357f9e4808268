// What a browser, or another program of the PC, may send the agent, and how slowly.

import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

import { newId, Office, until } from "./office.mjs";

/** A trickle is cut within so long. */
const CUT_MS = 30_000;

let office;
before(async () => {
  office = await Office.open();
});
after(() => office.close());

const head = (method, path, more) =>
  [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${office.agent.port}`, `Origin: http://127.0.0.1:${office.agent.port}`, `Cookie: ${office.agent.desk.cookie}`, ...more].join(
    "\r\n",
  );

/** Sends parts with a pause between them; what came back and after how long the other side closed or answered. */
async function sendSlowly(parts, pauseMs) {
  const socket = connect(office.agent.port, "127.0.0.1");
  const start = Date.now();
  let [said, ended] = ["", false];
  socket.on("data", (part) => (said += part));
  for (const event of ["close", "end", "error"]) socket.on(event, () => (ended = true));
  for await (const part of parts) {
    if (ended || said !== "") break;
    socket.write(part);
    await new Promise((later) => setTimeout(later, pauseMs));
  }
  while (!ended && said === "" && Date.now() - start < CUT_MS + 10_000) await new Promise((later) => setTimeout(later, 50));
  const ms = Date.now() - start;
  socket.destroy();
  return { said, ended, ms };
}

function* drops(first, drop, times = 100) {
  yield first;
  for (let n = 0; n < times; n += 1) yield drop;
}

test("512 connections at once are served, and more when one of them ends", async () => {
  const [most, more] = [512, 40];
  let answered = 0;
  const sockets = Array.from({ length: most + more }, () => {
    const socket = connect(office.agent.port, "127.0.0.1").on("error", () => undefined);
    socket.once("data", () => {
      socket.isAnswered = true;
      answered += 1;
    });
    socket.write(`GET /agent/health HTTP/1.1\r\nHost: 127.0.0.1:${office.agent.port}\r\n\r\n`);
    return socket;
  });
  await until(() => answered >= most, "512 are not served", 60_000);
  await new Promise((later) => setTimeout(later, 1000));
  assert.equal(answered, most);
  for (const socket of sockets.filter((one) => one.isAnswered)) socket.destroy();
  await until(() => answered === most + more, "the others are not served when there is room", 60_000);
  for (const socket of sockets) socket.destroy();
});

test("a packed body is refused before a byte of it is unpacked", async () => {
  const origin = `http://127.0.0.1:${office.agent.port}`;
  const body = gzipSync(Buffer.alloc(40_000_000));
  for (const [path, type] of [
    ["/api/v1/ops", "application/json"],
    ["/login", "application/x-www-form-urlencoded"],
    ["/timesheets", "application/x-www-form-urlencoded"],
    ["/api/v1/grant", "application/json"],
    ["/agent/queue", "application/json"],
  ]) {
    for (const code of ["gzip", "deflate", "br", "zstd", "identity"]) {
      const answer = await fetch(origin + path, { method: "POST", body, headers: { Origin: origin, "Content-Type": type, "Content-Encoding": code, "X-Sync-Client": "1" } });
      assert.deepEqual([answer.status, answer.headers.get("X-App"), (await answer.json()).error], [415, "agent", "content_encoding"], `${path} ${code}`);
    }
  }
});

test("a trickle is cut within half a minute, in the head as in the body, and whatever asks for it", async () => {
  const form = ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 100000", "", ""];
  const trickles = {
    "a head": drops(`GET /today HTTP/1.1\r\nHost: 127.0.0.1:${office.agent.port}\r\nX-A: `, "a"),
    "a form": drops(head("POST", "/login", form), "a"),
    "a batch": drops(head("POST", "/api/v1/ops", ["Content-Type: application/json", "X-Sync-Client: 1", "Content-Length: 100000", "", ""]), " "),
    chunks: drops(head("PUT", "/api/v1/grant", ["Transfer-Encoding: chunked", "", ""]), "1\r\na\r\n"),
    "nothing at all": drops(head("POST", "/login", form), ""),
  };
  await Promise.all(
    Object.entries(trickles).map(async ([what, parts]) => {
      const { said, ended, ms } = await sendSlowly(parts, 500);
      assert.ok(ended || /^HTTP\/1.1 408/.test(said), `${what}: ${said.slice(0, 80)}`);
      assert.ok(ms < CUT_MS, `${what} was waited for, ${ms} ms`);
    }),
  );
  assert.ok(await office.agent.health(), "and everybody else is served");
});

test("a body that comes steadily over a slow line is taken", async () => {
  const queue = await office.newQueue();
  const ops = Array.from({ length: 100 }, () =>
    office.op(queue, { entity: "employee", fields: { full_name: { from: null, to: `Yavaş ${newId()}` }, title: { from: null, to: "x".repeat(90) } } }),
  );
  const body = JSON.stringify({ nonce: "slow", ops }) + " ".repeat(90_000);
  const more = ["Content-Type: application/json", "X-Sync-Client: 1", `Content-Length: ${Buffer.byteLength(body)}`, "", ""];
  const bytes = Buffer.from(body);
  assert.ok(bytes.length > 140_000, `${bytes.length}`);
  const step = Math.ceil(bytes.length / 32); // over eight seconds
  const parts = (function* () {
    yield head("POST", "/api/v1/ops", more);
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
  })();
  const { said, ms } = await sendSlowly(parts, 250);
  assert.match(said, /^HTTP\/1.1 20[02] /);
  assert.ok(ms > 7500, `${ms} ms`);
});
