// `node tests/stack/run.mjs [--agent] [--seeds N] [--from SEED] [--seconds S]`: the queue's own code, a bad line, a real server on a real
// PostgreSQL that crashes; with `--agent` this PC's agent in between. A failure names its seed; `--from SEED --seeds 1` replays it.

import { parseArgs } from "node:util";

import { Agent } from "./agent.mjs";
import { CHAIN_CLERKS, Chain } from "./chain.mjs";
import { FaultyProxy } from "./proxy.mjs";
import { CLERKS, Scenario, play } from "./scenario.mjs";
import { Stack } from "./server.mjs";

const text = { type: "string" };
const { values } = parseArgs({
  options: { agent: { type: "boolean", default: false }, seeds: { ...text, default: "200" }, from: { ...text, default: "1" }, seconds: { ...text, default: "Infinity" } },
});
const [seeds, from, seconds] = [Number(values.seeds), Number(values.from), Number(values.seconds)];
class TimeoutError extends Error {}
/** How long a seed may take. Most take a few seconds; what hangs is a failure with a seed of its own. */
const PATIENCE_MS = 180_000;
/** A line that says nothing is closed after this long, where an agent waits at it. */
const SILENCE_MS = 600;

const stack = await Stack.start();
const proxy = await FaultyProxy.start(stack.port);
const parts = [proxy, stack];
const stop = async () => {
  for (const part of parts) await part.stop();
};
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => stop().finally(() => process.exit(130)));
}
let world = { stack, proxy, people: new Map() };
const total = {};
const failed = [];
let played = 0;
let start = Date.now();
try {
  if (values.agent) await addAgent();
  for (const { username } of values.agent ? CHAIN_CLERKS : CLERKS) world.people.set(username, await stack.signIn(username, world.agent?.port));
  start = Date.now();
  for (let seed = from; seed < from + seeds && Date.now() - start < seconds * 1000; seed += 1) {
    played += 1;
    try {
      const figures = await within(PATIENCE_MS, play(values.agent ? new Chain(seed, world) : new Scenario(seed, world)));
      for (const [name, count] of Object.entries(figures)) total[name] = (total[name] ?? 0) + count;
    } catch (error) {
      failed.push(seed);
      console.log(`seed ${seed} failed: ${error.stack}`);
      if (error instanceof TimeoutError) break; // it goes on somewhere, and would disturb the next one
      if (!(await stack.isWell())) throw new Error("the stack itself is broken", { cause: error });
    }
    if (played % 20 === 0) console.log(`${played} seeds, ${Math.round((Date.now() - start) / 1000)} s`);
  }
} catch (error) {
  failed.push("none: the stack");
  console.log(error.stack, world.agent?.log.join("") ?? "");
} finally {
  await stop();
}
const faultsOf = ({ counts }) =>
  [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
console.log(`${played} seeds (${from} to ${from + played - 1}) in ${Math.round((Date.now() - start) / 1000)} s: ${JSON.stringify(total)}`);
console.log(`on the line: ${faultsOf(proxy)}`);
if (world.front) console.log(`on the PC: ${faultsOf(world.front)}`);
console.log(failed.length === 0 ? "nothing lost, nothing doubled, digests equal" : `FAILED: seeds ${failed.join(", ")}`);
process.exit(failed.length === 0 ? 0 : 1); // a seed that hangs holds sockets and timers

/** A PC of Ankara, whose agent takes the proxy for the server; browsers reach it by a proxy of their own, which only cuts. */
async function addAgent() {
  await stack.assign("bursa1", ["ankara"]);
  proxy.silence = SILENCE_MS;
  const agent = await Agent.start(`http://127.0.0.1:${proxy.port}`, await stack.addDevice("ankara", "Deneme PC"));
  const front = await FaultyProxy.start(agent.port);
  parts.unshift(front, agent);
  world = { ...world, agent, front, clerks: CHAIN_CLERKS };
}

function within(ms, job) {
  let timer;
  const late = new Promise((_, failedLate) => {
    timer = setTimeout(() => failedLate(new TimeoutError(`not done after ${ms / 1000} s`)), ms);
  });
  return Promise.race([job, late]).finally(() => clearTimeout(timer));
}
