import assert from "node:assert/strict";
import test from "node:test";

import { golden, load } from "./load.mjs";

const { defaultsOf } = await load("static/ts/entry_defaults.ts");
const { plan, cases } = await golden("entry_defaults.json");

test("times and marks of a new entry are what the shared vectors say", () => {
  assert.ok(cases.length > 12);
  for (const { why, region, own, day, start, end, rest, special } of cases) {
    assert.deepEqual(defaultsOf(plan, region, own, day), { start, end, break: rest, special }, why);
  }
});
