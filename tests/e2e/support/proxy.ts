// A network that can be cut, between the browser and the server: real for a service worker too, which Playwright's routes do not reach.

import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What happens to a request: it passes, the server does it and the answer is lost, the answer is cut short, nobody ever answers, or somebody else does. */
export type Fate = "pass" | "lose-answer" | "truncate" | "hang" | { status: number; headers?: Record<string, string>; body: string };

export class FaultyProxy {
  /** Decided per request, at once or later: a request whose fate is pending is under way. `isReused`: its connection carried another before. */
  fate: (request: IncomingMessage, isReused: boolean) => Fate | Promise<Fate> = () => "pass";
  /** What becomes of the server's `/sw.js`: another build, a worker with another clock. */
  worker: ((script: string) => string) | null = null;
  /** Every request that arrived: method and path. */
  readonly seen: string[] = [];
  /** What was passed on to the server: method and path, and the body. */
  readonly passed: { line: string; body: string }[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly used = new WeakSet<Socket>();
  private server: Server | null = null;
  private port = 0;

  constructor(private readonly target: URL) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The network is there, at the same address as before. */
  async up(): Promise<void> {
    const server = createServer((incoming, answer) => void this.handle(incoming, answer));
    server.keepAliveTimeout = 60_000; // the browser uses its connections again, however slow the machine is
    server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => this.sockets.delete(socket));
    });
    await new Promise<void>((ready, failed) => server.once("error", failed).listen(this.port, "127.0.0.1", ready));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** The network is gone: what is under way breaks off, and nobody listens any more. */
  async down(): Promise<void> {
    const { server } = this;
    this.server = null;
    await new Promise<void>((closed) => {
      if (!server) {
        closed();
        return;
      }
      server.close(() => closed());
      this.sockets.forEach((socket) => socket.destroy());
    });
  }

  private async handle(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    this.seen.push(`${incoming.method ?? ""} ${incoming.url ?? ""}`);
    const isReused = this.used.has(incoming.socket);
    this.used.add(incoming.socket);
    const fate = await this.fate(incoming, isReused);
    if (typeof fate === "object") {
      incoming.resume();
      answer.writeHead(fate.status, { "Content-Type": "text/html", ...fate.headers }).end(fate.body);
    } else if (fate === "hang") {
      incoming.resume();
    } else {
      this.forward(incoming, answer, fate);
    }
  }

  private forward(incoming: IncomingMessage, answer: ServerResponse, fate: "pass" | "lose-answer" | "truncate"): void {
    const { hostname, port } = this.target;
    const change = incoming.url === "/sw.js" ? this.worker : null;
    const { "if-none-match": _, ...afresh } = incoming.headers;
    const headers = change ? { ...afresh, "accept-encoding": "identity" } : incoming.headers;
    // A connection of its own: one that is kept for the next request may be closed by the server at the moment it is used.
    const onward = request({ hostname, port, method: incoming.method, path: incoming.url, headers, agent: false }, (response) => {
      if (fate === "pass" && !change) {
        answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
        response.pipe(answer);
        return;
      }
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => {
        const { "content-length": _, "transfer-encoding": __, etag: ___, ...headers } = response.headers;
        if (change) {
          answer.writeHead(response.statusCode ?? 502, headers).end(change(Buffer.concat(parts).toString()));
          return;
        }
        if (fate === "truncate") {
          answer.writeHead(response.statusCode ?? 502, { ...headers, connection: "close" });
          answer.write(Buffer.concat(parts).subarray(0, 20));
        }
        setTimeout(() => answer.destroy(), 20);
      });
    });
    const sent: Buffer[] = [];
    incoming.on("data", (part: Buffer) => sent.push(part));
    incoming.on("end", () => this.passed.push({ line: `${incoming.method ?? ""} ${incoming.url ?? ""}`, body: Buffer.concat(sent).toString() }));
    onward.on("error", () => answer.destroy());
    incoming.on("error", () => onward.destroy());
    incoming.pipe(onward);
  }
}
