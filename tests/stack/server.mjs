// A real server on a real PostgreSQL, which can be crashed and started again.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, chmod, chown, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { query } from "./postgres.mjs";
import { Session } from "./session.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const START_MS = 120_000;

/** `rainstaff dev` in a folder of its own. */
export class Stack {
  static async start() {
    const stack = new Stack();
    stack.dataDir = await mkdtemp(join(tmpdir(), "rainstaff-stack-"));
    await chmod(stack.dataDir, 0o755); // started by root, the account that PostgreSQL runs under must get in
    stack.port = await freePort();
    await stack.#startServer();
    return stack;
  }

  async #startServer() {
    const binary = join(resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target"), "debug/rainstaff");
    const options = ["dev", "--data-dir", this.dataDir, "--listen", `127.0.0.1:${this.port}`];
    this.server = spawn(binary, options, { cwd: ROOT, env: plainEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
    this.log = [];
    const said = await new Promise((ready, failed) => {
      let text = "";
      const patience = setTimeout(() => failed(new Error(`the server does not listen:\n${text}`)), START_MS);
      const hear = (part) => {
        text += part;
        this.log.push(String(part));
        if (this.log.length > 400) this.log.shift();
        if (/listening http[\s\S]*database (\S+)\n/.test(text)) {
          clearTimeout(patience);
          ready(text);
        }
      };
      this.server.stdout.on("data", hear);
      this.server.stderr.on("data", hear);
      this.server.once("error", failed);
      this.server.once("exit", (code) => failed(new Error(`the server ended with ${code}:\n${text}`)));
    });
    const [, url] = /database (\S+)\n/.exec(said);
    const { hostname, pathname } = new URL(url.replace("postgres:", "http:").replace(/@([^/]+)/, (_, host) => `@${Buffer.from(host).toString("hex")}`));
    this.sockets = decodeURIComponent(Buffer.from(hostname, "hex").toString());
    this.database = pathname.slice(1);
    this.data ??= await findData(this.dataDir);
  }

  /** Rows of a query that no policy holds back: the oracle sees everything. */
  query(sql) {
    return query(join(this.sockets, ".s.PGSQL.5432"), this.database, sql);
  }

  /** `pg_ctl -m immediate`, and a new start after `pauseMs`: what was not on the disk is gone. */
  async crashPostgres(pauseMs) {
    const [pid] = (await readFile(join(this.data, "postmaster.pid"), "utf8")).split("\n").map(Number);
    process.kill(pid, "SIGQUIT");
    await until(async () => !(await this.#answers()), "PostgreSQL goes on answering");
    await new Promise((later) => setTimeout(later, pauseMs));
    await this.#startPostgres();
  }

  /** PostgreSQL as it was started last. */
  async #startPostgres() {
    const command = await readFile(join(this.data, "postmaster.opts"), "utf8");
    const [binary, ...options] = [...command.trim().matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);
    const { uid, gid } = await stat(this.data);
    const account = process.getuid?.() === 0 ? { uid, gid } : {};
    let postgres = null;
    await until(async () => {
      // The old one may take a moment to let go of its memory; the new one then refuses, and is started once more.
      if (postgres === null || postgres.exitCode !== null) postgres = spawn(binary, options, { ...account, cwd: "/", stdio: "ignore" });
      return this.#answers();
    }, "PostgreSQL does not start again");
    return postgres;
  }

  /** What a restore does: PostgreSQL recovers from the files that are there, and goes on upon a timeline of its own. */
  async recover() {
    const { uid, gid } = await stat(this.data);
    await appendFile(join(this.data, "postgresql.auto.conf"), "\nrestore_command = 'false'\n");
    const signal = join(this.data, "recovery.signal");
    await writeFile(signal, "");
    await chown(signal, uid, gid);
    const postgres = await this.#startPostgres();
    await until(async () => (await this.query("SELECT pg_is_in_recovery() AS still"))[0].still === "f", "PostgreSQL goes on recovering");
    const ended = once(postgres, "exit");
    postgres.kill("SIGINT");
    await ended;
  }

  /** The server does this itself, unless it was killed. */
  async #stopPostgres() {
    const file = await readFile(join(this.data ?? this.dataDir, "postmaster.pid"), "utf8").catch(() => null);
    if (file === null) return;
    try {
      process.kill(Number(file.split("\n")[0]), "SIGQUIT");
    } catch {
      // it is gone
    }
  }

  async #answers() {
    return this.query("SELECT 1").then(
      () => true,
      () => false,
    );
  }

  /** Whether server and database are there for the next seed. */
  async isWell() {
    const answer = await fetch(`http://127.0.0.1:${this.port}/health`).catch(() => null);
    return answer?.ok === true && (await this.#answers());
  }

  /** The server is killed, and started again on the same data. */
  async killServer() {
    this.server.removeAllListeners("exit");
    const ended = once(this.server, "exit");
    this.server.kill("SIGKILL");
    await ended;
    await this.#startServer();
  }

  /** The server ends as it should, and its database with it; the data stay. */
  async halt() {
    this.server.removeAllListeners("exit");
    const ended = once(this.server, "exit");
    this.server.kill("SIGINT");
    await ended;
  }

  /** It starts again on the data that are there. */
  resume() {
    return this.#startServer();
  }

  /** Signs in at the server itself, or at the agent that listens on `port`. */
  signIn(username, port = this.port) {
    return Session.open(`http://127.0.0.1:${port}`, username);
  }

  /** Adds a PC to a region, as an admin does; answers the code with which it enrols. */
  async addDevice(region, name) {
    const admin = await this.signIn("admin");
    const page = await (await admin.post("/admin/devices", "/admin/devices", { region, name })).text();
    const code = /data-code[^>]*>([^<]+)</.exec(page)?.[1];
    if (!code)
      throw new Error(
        `no code for a new PC in:\n${page
          .replace(/<[^>]*>/g, " ")
          .replace(/\s+/g, " ")
          .slice(0, 600)}`,
      );
    return code;
  }

  /** Gives somebody these regions, and no other. */
  async assign(username, regions) {
    const admin = await this.signIn("admin");
    const { id } = await this.signIn(username);
    const answer = await admin.post(`/admin/users/${id}`, `/admin/users/${id}/rights`, { role: "user", regions });
    if (answer.status !== 303) throw new Error(`${username} does not get ${regions}: ${answer.status}`);
  }

  /** Ends the server, and what it or a crash has left of PostgreSQL. */
  async stop() {
    this.server.removeAllListeners("exit");
    if (this.server.exitCode === null && this.server.signalCode === null) {
      const ended = once(this.server, "exit");
      this.server.kill("SIGINT");
      const patience = setTimeout(() => this.server.kill("SIGKILL"), 30_000);
      await ended;
      clearTimeout(patience);
    }
    await this.#stopPostgres();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** The developer's own settings must not reach the server under test. */
export function plainEnvironment() {
  const isOurs = (name) => name === "DATABASE_URL" || name === "PORT" || (name.startsWith("RAINSTAFF_") && name !== "RAINSTAFF_PG_BIN");
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs(name)));
}

async function findData(folder) {
  const found = (await readdir(folder, { recursive: true })).find((path) => path.endsWith("postmaster.opts"));
  if (!found) throw new Error(`no PostgreSQL in ${folder}`);
  return join(folder, found, "..");
}

export async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  await new Promise((closed) => probe.close(closed));
  return port;
}

async function until(holds, complaint) {
  for (let attempt = 0; attempt < 1500; attempt += 1) {
    if (await holds()) return;
    await new Promise((later) => setTimeout(later, 20));
  }
  throw new Error(complaint);
}
