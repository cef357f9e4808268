// What can happen between a browser and the server, or between this PC's agent and the server. A fault is chosen per request by `choose`.

import { Agent, createServer, request } from "node:http";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";

/** The faults, by what reached the server. */
export const FAULTS = {
  unseen: ["dropped before", "reset before", "502", "503", "portal", "redirect", "511", "silent before"],
  seen: ["dropped after", "reset after", "502 after", "portal after", "cut", "cut JSON", "silent after", "sent twice", "slow", "closed"],
};

/** What happens on the way to a process of the same PC: a request is cut, nobody comes between. */
export const CUTS = ["dropped before", "reset before", "dropped after", "reset after", "cut", "closed"];

export class FaultyProxy {
  static async start(port) {
    const proxy = new FaultyProxy();
    proxy.target = { host: "127.0.0.1", port, agent: new Agent({ keepAlive: true }) };
    proxy.choose = () => "none";
    /** How long a line that says nothing stays open, in milliseconds. */
    proxy.silence = Infinity;
    proxy.counts = new Map();
    proxy.server = createServer((from, to) => proxy.#handle(from, to).catch(() => to.destroy()));
    proxy.server.listen(0, "127.0.0.1");
    await once(proxy.server, "listening");
    proxy.port = proxy.server.address().port;
    return proxy;
  }

  async stop() {
    this.server.closeAllConnections();
    this.target.agent.destroy();
    await new Promise((closed) => this.server.close(closed));
  }

  async #handle(from, to) {
    const body = await buffer(from);
    const fault = this.choose(from.url);
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
    if (fault.startsWith("silent") && Number.isFinite(this.silence)) setTimeout(() => to.destroy(), this.silence).unref();
    if (before(fault, from, to)) return;
    const answer = await this.#forward(from, body);
    if (fault === "sent twice") await this.#forward(from, body);
    await after(fault, answer, from, to);
  }

  /** The server's whole answer. */
  #forward(from, body) {
    return new Promise((answered, failed) => {
      const { method, url, headers } = from;
      const { host, port, agent } = this.target;
      // Whoever takes this proxy for the server names it as the origin.
      const origin = headers.origin === `http://${host}:${this.port}` ? { origin: `http://${host}:${port}` } : {};
      const passed = request({ host, port, agent, method, path: url, headers: { ...headers, ...origin, host: `${host}:${port}` } }, (answer) => {
        const { statusCode: status, headers: said } = answer;
        buffer(answer).then((whole) => answered({ status, headers: said, body: whole }), failed);
      });
      passed.once("error", failed);
      passed.end(body);
    });
  }
}

/** Faults that the server never hears of. */
function before(fault, from, to) {
  switch (fault) {
    case "dropped before":
      to.destroy();
      return true;
    case "reset before":
      from.socket.resetAndDestroy();
      return true;
    case "502":
      page(to, 502);
      return true;
    case "503":
      page(to, 503, { "Retry-After": "1" });
      return true;
    case "portal":
      page(to, 200);
      return true;
    case "redirect":
      page(to, 302, { Location: "http://portal.example/login" });
      return true;
    case "511":
      page(to, 511);
      return true;
    case "silent before":
      return true;
    default:
      return false;
  }
}

/** What becomes of the server's answer. */
async function after(fault, { status, headers, body }, from, to) {
  const { "content-length": _, "transfer-encoding": __, connection: ___, ...kept } = headers;
  switch (fault) {
    case "dropped after":
      return to.destroy();
    case "reset after":
      return from.socket.resetAndDestroy();
    case "502 after":
      return page(to, 502);
    case "portal after":
      return page(to, 200);
    case "silent after":
      return undefined;
    case "cut":
      to.writeHead(status, { ...kept, "Content-Length": body.length });
      to.write(body.subarray(0, Math.floor(body.length / 2)));
      await new Promise((later) => setTimeout(later, 5));
      return to.destroy();
    case "cut JSON":
      to.writeHead(status, kept);
      return to.end(body.subarray(0, Math.floor(body.length / 2)));
    case "slow":
      await new Promise((later) => setTimeout(later, 60));
      break;
    case "closed":
      to.shouldKeepAlive = false;
      break;
  }
  to.writeHead(status, kept);
  return to.end(body);
}

function page(to, status, headers = {}) {
  to.writeHead(status, { "Content-Type": "text/html", ...headers });
  to.end("<html><body>Sign in to the network</body></html>");
}
