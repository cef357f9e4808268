import assert from "node:assert/strict";
import test from "node:test";

import { golden, load } from "./load.mjs";

const { clean } = await load("static/ts/text.ts");
const vectors = await golden("text.json");

test("texts are cleaned as the shared vectors say", () => {
  assert.ok(vectors.length >= 40, "the vectors are there");
  for (const { kind, in: text, out } of vectors) assert.equal(clean(text), out, `${kind}: ${JSON.stringify(text)}`);
});

test("cleaning twice changes nothing more", () => {
  for (const { out } of vectors) assert.equal(clean(out), out);
});

test("half a pair, which only scripts can hold, is what the server would be sent", () => {
  assert.equal(clean("a\ud83db"), "a\ufffdb");
  assert.equal(clean("\udc69"), "\ufffd");
});
