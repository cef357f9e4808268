import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./load.mjs";

const { read } = await load("static/ts/badges.ts");

test("the numbers of the last answer are shown for a minute, to whom they were told, in the language they were told in", () => {
  const me = { user: "u1", lang: "tr" };
  const kept = JSON.stringify({ ...me, at: 1_000_000, html: { "badge-queue": "2" } });
  assert.deepEqual(read(kept, me, 1_059_999), { "badge-queue": "2" });
  assert.equal(read(kept, me, 1_060_000), null, "a minute later");
  assert.equal(read(kept, me, 999_999), null, "the clock was put back");
  assert.equal(read(kept, { user: "u2", lang: "tr" }, 1_000_001), null, "somebody else");
  assert.equal(read(kept, { user: "u1", lang: "en" }, 1_000_001), null, "another language");
  assert.equal(read(null, me, 1_000_001), null);
  assert.equal(read("{", me, 1_000_001), null);
});
