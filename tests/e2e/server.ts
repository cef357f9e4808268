// Starts a `rainstaff dev` with a company of its own for each worker before the tests, and stops them afterwards like Ctrl-C does: nothing of
// them may stay.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import type { FullConfig } from "@playwright/test";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LOG = join(ROOT, "test-results/server.log");
const START_MS = 120_000;
const STOP_MS = 30_000;

/** Playwright calls it before all tests, and what it answers after them. One after the other: the first one unpacks what all need. */
export default async function start({ workers }: FullConfig): Promise<() => Promise<void>> {
  const servers: Running[] = [];
  const stop = async (): Promise<void> => {
    for (const server of servers) await server.stop();
  };
  try {
    while (servers.length < workers) servers.push(await startServer());
  } catch (error) {
    await stop();
    throw error;
  }
  process.env["RAINSTAFF_E2E_URLS"] = servers.map(({ url }) => url).join(" "); // the workers inherit it
  return stop;
}

/** The address of this worker's server; without a started one, where `make run` listens. */
export function ownServer(): string {
  const urls = process.env["RAINSTAFF_E2E_URLS"]?.split(" ") ?? [];
  return urls[Number(process.env["TEST_PARALLEL_INDEX"])] ?? "http://127.0.0.1:8080";
}

export interface Running {
  url: string;
  /** Ends it, and nothing of it stays. */
  stop: () => Promise<void>;
  /** Ends it; its data stay for `resume`. */
  halt: () => Promise<void>;
  /** Starts it again at the same address. */
  resume: () => Promise<void>;
}

/** A server with the demo company in a new folder. What it says goes to the log of all servers, or to one of its own. */
export async function startServer(logTo = LOG): Promise<Running> {
  const binary = join(resolve(ROOT, process.env["CARGO_TARGET_DIR"] ?? "target"), "debug/rainstaff");
  const dataDir = await mkdtemp(join(tmpdir(), "rainstaff-e2e-"));
  await chmod(dataDir, 0o755); // started by root, the account that PostgreSQL runs under must get in
  const url = `http://127.0.0.1:${await freePort()}`;
  const listen = url.replace("http://", "");
  await mkdir(join(ROOT, "test-results"), { recursive: true });
  const log = createWriteStream(logTo, { flags: "a" });
  let server: ChildProcess | null = null;
  const resume = async (): Promise<void> => {
    const started = spawn(binary, ["dev", "--data-dir", dataDir, "--listen", listen], { cwd: ROOT, env: plainEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
    started.stdout.pipe(log, { end: false });
    started.stderr.pipe(log, { end: false });
    try {
      await listening(started, binary);
    } catch (error) {
      started.kill("SIGKILL");
      throw error;
    }
    server = started;
  };
  const halt = async (): Promise<void> => {
    const running = server;
    server = null;
    if (running) await stopped(running);
  };
  const stop = async (): Promise<void> => {
    await halt();
    await rm(dataDir, { recursive: true, force: true });
  };
  await resume();
  return { url, stop, halt, resume };
}

/** The developer's own settings must not reach the server under test. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const isOurs = (name: string): boolean => name === "DATABASE_URL" || name === "PORT" || (name.startsWith("RAINSTAFF_") && name !== "RAINSTAFF_PG_BIN");
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs(name)));
}

async function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer().once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === "object" ? found(address.port) : failed(new Error("no port"))));
    });
  });
}

async function listening(server: ChildProcess, binary: string): Promise<void> {
  await new Promise<void>((ready, failed) => {
    const patience = setTimeout(() => failed(new Error(`the server does not listen after ${START_MS / 1000} s, see ${LOG}`)), START_MS);
    let said = "";
    server.stdout?.on("data", (part: Buffer) => {
      said += part.toString();
      if (said.includes("listening http://")) {
        clearTimeout(patience);
        ready();
      }
    });
    server.once("error", (error) => failed(new Error(`${binary}: ${error.message}`)));
    server.once("exit", (code) => failed(new Error(`the server ended with ${code}, see ${LOG}`)));
  });
}

async function stopped(server: ChildProcess): Promise<void> {
  const family = familyOf(server.pid);
  const code = await new Promise<number | null>((ended, failed) => {
    const patience = setTimeout(() => {
      server.kill("SIGKILL");
      failed(new Error(`the server still runs ${STOP_MS / 1000} s after SIGINT, see ${LOG}`));
    }, STOP_MS);
    server.removeAllListeners("exit").once("exit", (exitCode) => {
      clearTimeout(patience);
      ended(exitCode);
    });
    server.kill("SIGINT");
  });
  if (code !== 0) {
    throw new Error(`the server ended with ${code} after SIGINT, see ${LOG}`);
  }
  const postgres = [...family.values()].filter((command) => command.includes("postgres"));
  if (postgres.length === 0) {
    throw new Error(`no PostgreSQL among the server's processes: this check has lost sight of it\n${[...family.values()].join("\n")}`);
  }
  const left = [...processes()].filter(([pid, { command }]) => family.get(pid) === command);
  if (left.length > 0) {
    throw new Error(`the server left processes behind:\n${left.map(([pid, { command }]) => `${pid} ${command}`).join("\n")}`);
  }
}

/** The command lines of a process and of everything it has started, by process id. */
function familyOf(root: number | undefined): Map<number, string> {
  const all = processes();
  const family = new Map<number, string>();
  const add = (pid: number): void => {
    const found = all.get(pid);
    if (found) {
      family.set(pid, found.command);
      [...all].filter(([, child]) => child.parent === pid).forEach(([child]) => add(child));
    }
  };
  add(root ?? -1);
  return family;
}

function processes(): Map<number, { parent: number; command: string }> {
  const lines = execFileSync("ps", ["-axo", "pid=,ppid=,args="], { encoding: "utf8" }).trim().split("\n");
  return new Map(
    lines.map((line) => {
      const [pid = "", parent = "", ...command] = line.trim().split(/\s+/);
      return [Number(pid), { parent: Number(parent), command: command.join(" ") }];
    }),
  );
}
