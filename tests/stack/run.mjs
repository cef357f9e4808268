// `node tests/stack/run.mjs [--seeds N] [--from SEED] [--seconds S]`: the queue's own code, a bad line, a real server on a real PostgreSQL that
// crashes. A failure names its seed; `--from SEED --seeds 1` replays it.

import { parseArgs } from "node:util";

import { Proxy } from "./proxy.mjs";
import { CLERKS, play } from "./scenario.mjs";
import { Stack } from "./server.mjs";

const { values } = parseArgs({ options: { seeds: { type: "string", default: "200" }, from: { type: "string", default: "1" }, seconds: { type: "string", default: "Infinity" } } });
const [seeds, from, seconds] = [Number(values.seeds), Number(values.from), Number(values.seconds)];
class TimeoutError extends Error {}
const start = Date.now();
/** How long a seed may take. Most take a few seconds; what hangs is a failure with a seed of its own. */
const PATIENCE_MS = 180_000;
const stack = await Stack.start();
const proxy = await Proxy.start(stack.port);
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => stack.stop().finally(() => process.exit(130)));
}
const total = {};
const failed = [];
let played = 0;
try {
  const people = new Map();
  for (const { username } of CLERKS) people.set(username, await stack.signIn(username));
  for (let seed = from; seed < from + seeds && Date.now() - start < seconds * 1000; seed += 1) {
    played += 1;
    try {
      const figures = await within(PATIENCE_MS, play(seed, { stack, proxy, people }));
      for (const [name, count] of Object.entries(figures)) total[name] = (total[name] ?? 0) + count;
    } catch (error) {
      failed.push(seed);
      console.log(`seed ${seed} failed: ${error.stack}`);
      if (error instanceof TimeoutError) break; // it goes on somewhere, and would disturb the next one
      if (!(await stack.isWell())) throw new Error("the stack itself is broken", { cause: error });
    }
    if (played % 20 === 0) console.log(`${played} seeds, ${Math.round((Date.now() - start) / 1000)} s`);
  }
} finally {
  await proxy.stop();
  await stack.stop();
}
const faults = [...proxy.counts].sort(([a], [b]) => a.localeCompare(b)).map(([name, count]) => `${name} ${count}`).join(", ");
console.log(`${played} seeds (${from} to ${from + played - 1}) in ${Math.round((Date.now() - start) / 1000)} s: ${JSON.stringify(total)}`);
console.log(`on the line: ${faults}`);
console.log(failed.length === 0 ? "nothing lost, nothing doubled, digests equal" : `FAILED: seeds ${failed.join(", ")}`);
process.exit(failed.length === 0 ? 0 : 1); // a seed that hangs holds sockets and timers

function within(ms, job) {
  let timer;
  const late = new Promise((_, failed) => {
    timer = setTimeout(() => failed(new TimeoutError(`not done after ${ms / 1000} s`)), ms);
  });
  return Promise.race([job, late]).finally(() => clearTimeout(timer));
}
