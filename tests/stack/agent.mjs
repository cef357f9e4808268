// This PC's agent as a process of its own, which can be killed and started again on the same data.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { freePort, plainEnvironment } from "./server.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const BINARY = join(resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target"), "debug/rainstaff-agent");
const START_MS = 30_000;

export class Agent {
  dataDir = "";
  port = 0;
  /** What it said last. */
  log = [];

  /** Enrols a new PC of a region at `server`, which `code` lets in, and runs its agent. */
  static async start(server, code) {
    const agent = new Agent();
    agent.dataDir = await mkdtemp(join(tmpdir(), "rainstaff-agent-"));
    agent.port = await freePort();
    try {
      await agent.#once(["enrol", "--server", server, "--code", code, "--data-dir", agent.dataDir]);
      await agent.run();
    } catch (error) {
      await rm(agent.dataDir, { recursive: true, force: true });
      throw error;
    }
    return agent;
  }

  /** Runs one command to its end; answers what it said. */
  async #once(args) {
    const child = spawn(BINARY, args, { env: plainEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (said += part));
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`rainstaff-agent ${args[0]} ended with ${code}:\n${said}`);
    return said;
  }

  /** Starts the process; resolves when it answers. */
  async run() {
    const child = spawn(BINARY, ["run", "--listen", `127.0.0.1:${this.port}`, "--data-dir", this.dataDir], { env: plainEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => this.#hear(part));
    for (const end = Date.now() + START_MS; ; ) {
      if (await this.health()) return;
      if (child.exitCode !== null || Date.now() > end) throw new Error(`the agent does not answer (${child.exitCode ?? "it runs"}):\n${this.log.join("")}`);
      await new Promise((later) => setTimeout(later, 20));
    }
  }

  #hear(part) {
    this.log.push(String(part));
    if (this.log.length > 400) this.log.shift();
  }

  /** `GET /agent/health?digest`; null where nobody answers. */
  async health() {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.port}/agent/health?digest`, { signal: AbortSignal.timeout(5000) });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  /** kill -9: what was not on the disk is gone. */
  async kill() {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** Killed, and started again after a while. */
  async crash(pauseMs = 0) {
    await this.kill();
    await new Promise((later) => setTimeout(later, pauseMs));
    await this.run();
  }

  async stop() {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const patience = setTimeout(() => child.kill("SIGKILL"), 15_000);
      await ended;
      clearTimeout(patience);
    }
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
