import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./load.mjs";

const { dayAfter, dayAt, monthAfter } = await load("static/ts/istanbul.ts");

test("the company's day begins at Istanbul's midnight, three hours before UTC's", () => {
  assert.equal(dayAt(Date.parse("2026-11-28T20:59:59Z")), "2026-11-28");
  assert.equal(dayAt(Date.parse("2026-11-28T21:00:00Z")), "2026-11-29");
});

test("days and months go on over the ends of months and years", () => {
  assert.deepEqual([dayAfter("2026-11-30", 1), dayAfter("2027-01-01", -1), dayAfter("2028-02-28", 1)], ["2026-12-01", "2026-12-31", "2028-02-29"]);
  assert.deepEqual([monthAfter("2026-11-30"), monthAfter("2026-12-01"), monthAfter("2027-01-31")], ["2026-12", "2027-01", "2027-02"]);
});
