import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.mjs";

const { isOurs, judge } = await load("static/ts/verdict.ts");
const { newId } = await load("static/ts/ids.ts");

const OP = "019ab3aa-0000-7000-8000-000000000001";

function verdict(status, headers) {
  return judge(status, new Headers(headers), OP);
}

test("only an answer that names the op counts as saved", () => {
  assert.equal(verdict(200, { "X-App": "1", "X-Sync": "1", "X-Op-Ack": OP }), "saved");
  assert.equal(verdict(200, { "X-App": "1", "X-Sync": "1", "X-Op-Ack": "another" }), "refused");
  assert.equal(verdict(200, { "X-App": "1", "X-Sync": "1" }), "refused");
  assert.equal(verdict(200, { "X-Op-Ack": OP }), "unreachable");
  assert.equal(judge(200, new Headers({ "X-Sync": "1", "X-Op-Ack": "" }), ""), "refused");
});

test("a captive portal or a proxy is not our server, whatever its status", () => {
  for (const status of [200, 204, 302, 401, 422, 500, 502]) {
    assert.equal(verdict(status, { "Content-Type": "text/html" }), "unreachable", String(status));
  }
});

test("our own refusals are told apart", () => {
  assert.equal(verdict(422, { "X-App": "1" }), "form-errors");
  assert.equal(verdict(401, { "X-App": "1" }), "signed-out");
  for (const status of [400, 403, 404, 409, 429, 500, 503]) {
    assert.equal(verdict(status, { "X-App": "1" }), "refused", String(status));
  }
});

test("an answer is ours by its mark", () => {
  assert.ok(isOurs(new Headers({ "x-app": "1" })));
  assert.ok(!isOurs(new Headers({ server: "proxy" })));
});

test("an id is a UUIDv7 of its time and its random bytes", () => {
  assert.equal(newId(0x019ab3aa1234, new Uint8Array(10)), "019ab3aa-1234-7000-8000-000000000000");
  assert.equal(newId(0x019ab3aa1234, new Uint8Array(10).fill(255)), "019ab3aa-1234-7fff-bfff-ffffffffffff");
});

test("ids of one moment differ, and later ids sort after earlier ones", () => {
  const ids = Array.from({ length: 1000 }, () => newId(5));
  assert.equal(new Set(ids).size, 1000);
  assert.ok(newId(1_800_000_000_000) < newId(1_800_000_000_001));
});
