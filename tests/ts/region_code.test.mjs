import assert from "node:assert/strict";
import test from "node:test";

import { golden, load } from "./load.mjs";

const { codeOfName } = await load("static/ts/region_code.ts");

test("a code is the folded name, as the server makes it", async () => {
  const cases = await golden("region_codes.json");
  assert.ok(cases.length > 5, "the cases are there");
  for (const [name, code] of cases) assert.equal(codeOfName(name), code, name);
});
