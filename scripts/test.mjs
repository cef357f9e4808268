// `make test`: all that CI runs, in two lanes beside each other, and in the end how long each step took. A step is a target of the Makefile.
// What a step prints is shown when it ends, so that the lanes do not mix. The first failure stops the other lane.

import { spawn } from "node:child_process";

/** Compiling waits for nothing, so it takes what the lane of the browsers leaves: their tests have clocks. */
const LANES = [
  [{ step: "test-browser" }, { step: "test-agent" }, { step: "test-stack" }, { step: "test-chain" }, { step: "check-scripts" }, { step: "test-scripts" }],
  [{ step: "lint-agent", nice: true }, { step: "check-docs", nice: true }, { step: "check-queries", nice: true }, { step: "test-rust" }, { step: "check-licences" }],
];
/** Without these, nothing else makes sense; the build is that of all steps that run something. */
const FIRST = [{ step: "check-format" }, { step: "build-tests" }];

const start = Date.now();
const times = [];
const running = new Set();
let failed = null;

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => stop(`stopped by ${signal}`));
}
await lane(FIRST);
await Promise.all(LANES.map(lane));
report();
process.exit(failed ? 1 : 0);

async function lane(steps) {
  for (const step of steps) {
    if (failed) return;
    await play(step);
  }
}

async function play({ step, nice = false }) {
  const began = Date.now();
  console.log(`\n-- ${step} begins (${clock()})`);
  const make = ["make", "--silent", "--no-print-directory", step, "BUILT=1"];
  const [program, ...args] = nice ? ["nice", "-n", "10", ...make] : make;
  // A group of its own, so that ending it ends what it started.
  const child = spawn(program, args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const said = [];
  running.add({ child, said, step });
  child.stdout.on("data", (part) => said.push(part));
  child.stderr.on("data", (part) => said.push(part));
  const code = await new Promise((ended) => {
    child.once("error", (error) => ended(String(error)));
    child.once("close", (exit, signal) => ended(exit ?? signal));
  });
  [...running].filter((one) => one.child === child).forEach((one) => running.delete(one));
  const seconds = Math.round((Date.now() - began) / 1000);
  const wasStopped = failed !== null;
  times.push({ step, seconds, result: code === 0 ? "passed" : wasStopped ? "stopped" : "FAILED" });
  console.log(`\n== ${step}: ${times.at(-1).result} after ${seconds} s (${clock()})`);
  process.stdout.write(Buffer.concat(said));
  if (code !== 0 && !wasStopped) stop(`${step} failed with ${code}`);
}

function stop(why) {
  failed ??= why;
  for (const { child } of running) {
    try {
      process.kill(-child.pid, "SIGINT"); // as Ctrl-C does: servers and databases are stopped by whoever started them
    } catch {} // it has just ended
  }
}

function report() {
  const total = Math.round((Date.now() - start) / 1000);
  console.log(`\n${"step".padEnd(16)}${"seconds".padStart(8)}`);
  for (const { step, seconds, result } of times) {
    console.log(`${step.padEnd(16)}${String(seconds).padStart(8)}${result === "passed" ? "" : `  ${result}`}`);
  }
  console.log(`${"in all".padEnd(16)}${String(total).padStart(8)}  (${(total / 60).toFixed(1)} min)`);
  console.log(failed ? `\nFAILED: ${failed}` : "\nAll passed.");
}

function clock() {
  return new Date().toTimeString().slice(0, 8);
}
