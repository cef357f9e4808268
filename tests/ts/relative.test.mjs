import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./load.mjs";

const { relative } = await load("static/ts/relative.ts");

const MINUTE = 60_000;

test("a time that has passed is said as the server says it", () => {
  const ago = (lang, ms) => relative(lang, 1_000_000_000_000, 1_000_000_000_000 + ms);
  assert.equal(ago("tr", 59_999), null);
  assert.equal(ago("tr", MINUTE), "1 dakika önce");
  assert.equal(ago("tr", 59 * MINUTE + 59_999), "59 dakika önce");
  assert.equal(ago("tr", 60 * MINUTE), "1 saat önce");
  assert.equal(ago("tr", 49 * 60 * MINUTE), "2 gün önce");
  assert.equal(ago("en", 60 * MINUTE), "1 hour ago");
  assert.equal(ago("tr", -MINUTE), null, "clocks differ");
});
