import assert from "node:assert/strict";
import test from "node:test";

import { golden, load } from "./load.mjs";

const { fold } = await load("static/ts/fold.ts");
const vectors = await golden("fold.json");

test("letters fold as the shared vectors say", () => {
  assert.ok(vectors.length > 20, "the vectors are there");
  for (const { in: text, out } of vectors) assert.equal(fold(text), out, text);
});

test("folding twice changes nothing more", () => {
  for (const { out } of vectors) assert.equal(fold(out), out);
});
