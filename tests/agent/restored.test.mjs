// The server is restored from yesterday's copy: whatever this PC has seen since goes there again, and the copy of the region is taken anew (F62).

import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { after, before, test } from "node:test";

import { Office, until } from "./office.mjs";

let office;
before(async () => {
  office = await Office.open();
});
after(() => office.close());

test("a server that stands on older data is filled up from the PC's log, once", async () => {
  const { stack } = office;
  const queue = await office.newQueue();
  const person = office.employee(queue, "Geri Yüklenen");
  await office.store([person]);
  await office.drained();
  await office.mirrored();
  await stack.halt();
  const copy = `${stack.dataDir}-copy`;
  execFileSync("cp", ["-a", stack.dataDir, copy]);
  await stack.resume();
  const since = Array.from({ length: 30 }, (_, day) => office.entry(queue, person.id, day));
  await office.store(since);
  await office.drained();
  await office.assertOnce(since);
  await office.mirrored();

  await stack.halt();
  execFileSync("rm", ["-rf", stack.dataDir]);
  execFileSync("cp", ["-a", copy, stack.dataDir]);
  await rm(copy, { recursive: true });
  await stack.recover();
  await stack.resume();
  const ids = since.map(({ id }) => `'${id}'`).join(",");
  const there = () => office.count(`SELECT count(*) FROM app.timesheets WHERE id IN (${ids})`);
  await until(async () => (await there()) === since.length, "the log did not fill the server up", 60_000);
  await office.drained();
  await office.assertOnce(since);
  office.clerk = await stack.signIn("ankara1");
  await office.mirrored();
});
