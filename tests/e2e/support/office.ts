// An office: a server of its own, a PC there with its agent, and browsers at that PC.

import { type Browser, type BrowserContext, type BrowserContextOptions, type Page, expect } from "@playwright/test";

import { Agent } from "../../stack/agent.mjs";
import { type Running, startServer } from "../server.ts";
import { PASSWORD, signIn } from "./browser.ts";
import { FaultyProxy } from "./proxy.ts";

export class Office {
  /** What the pages of this office have complained about. */
  readonly grave: string[] = [];
  private readonly contexts: BrowserContext[] = [];

  private constructor(
    private readonly browser: Browser,
    readonly server: Running,
    /** The line between the PC and the server. */
    readonly line: FaultyProxy,
    readonly code: string,
    private pc: Agent | null,
  ) {}

  /** An admin adds the PC on the page, and it is enrolled with the code that is shown there. */
  static async open(browser: Browser, name: string, shown: (page: Page) => Promise<void> = async () => undefined): Promise<Office> {
    const server = await startServer();
    const line = new FaultyProxy(new URL(server.url));
    await line.up();
    const admin = await browser.newPage({ baseURL: server.url, locale: "tr-TR" });
    await admin.goto("/login");
    await signIn(admin, "admin");
    await admin.goto("/admin/devices");
    await admin.getByLabel("Cihazın adı").fill(name);
    await admin.getByLabel("Bölge").selectOption("ankara");
    await admin.getByRole("button", { name: "Cihaz ekle" }).click();
    const code = await admin.locator("[data-code]").innerText();
    await shown(admin);
    await admin.close();
    const office = new Office(browser, server, line, code, null);
    office.pc = await Agent.start(line.url, code);
    return office;
  }

  get agent(): Agent {
    if (!this.pc) throw new Error("the agent was not started");
    return this.pc;
  }

  /** Where browsers find the agent. */
  get url(): string {
    return `http://localhost:${this.agent.port}`;
  }

  /** A browser profile that has never been here; with `at` of another address, such as the server's. */
  async profile(options: BrowserContextOptions = {}, at = this.url): Promise<Page> {
    const context = await this.browser.newContext({ baseURL: at, locale: "tr-TR", timezoneId: "Europe/Istanbul", viewport: { width: 1366, height: 768 }, ...options });
    this.contexts.push(context);
    context.on("weberror", (error) => this.grave.push(`uncaught: ${error.error().stack ?? error.error().message}`));
    context.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) this.grave.push(message.text());
    });
    context.on("request", (request) => {
      if (!request.url().startsWith("data:") && new URL(request.url()).origin !== at) this.grave.push(`request to ${request.url()}`);
    });
    return context.newPage();
  }

  /** Whoever sits there closes all browsers. */
  async closeBrowsers(): Promise<void> {
    for (const context of this.contexts.splice(0)) await context.close();
  }

  /** What the agent says of itself. */
  async health(): Promise<Health> {
    const health: unknown = await this.agent.health();
    expect(health, "the agent answers").not.toBeNull();
    return health as Health;
  }

  /** The copy of the region is whole and the server's newest. */
  async synchronised(): Promise<void> {
    await expect
      .poll(
        async () => {
          const { mirror } = await this.health();
          return [mirror.is_whole, Number(mirror.seq) >= (await this.seqOfServer())];
        },
        { timeout: 60_000 },
      )
      .toEqual([true, true]);
  }

  /** The number of the region's last change, asked at the server itself. */
  private async seqOfServer(): Promise<number> {
    const { seq } = (await this.ask<{ regions: Record<string, { seq: number }> }>("/api/v1/digest?region=ankara")).regions["ankara"] ?? { seq: -1 };
    return Number(seq);
  }

  /** The server's answer to an admin who asks past the PC. */
  async ask<T>(path: string): Promise<T> {
    this.cookie ??= await this.signedIn("admin");
    const answer = await fetch(this.server.url + path, { headers: { Cookie: this.cookie } });
    expect(answer.ok, `${path}: ${answer.status}`).toBe(true);
    return (await answer.json()) as T;
  }

  /** Every row in the order of its last change. */
  async changes(): Promise<{ id: string; seq: number }[]> {
    const all: { id: string; seq: number; region: string }[] = [];
    for (let cursor = ""; ; ) {
      const page = await this.ask<{ cursor: string; more: boolean; changes: { id: string; seq: number; region: string }[] }>(`/api/v1/changes?limit=1000${cursor}`);
      all.push(...page.changes);
      if (!page.more) return all.filter(({ region }) => region === "ankara").sort((a, b) => a.seq - b.seq);
      cursor = `&cursor=${encodeURIComponent(page.cursor)}`;
    }
  }

  private cookie: string | null = null;

  private async signedIn(username: string): Promise<string> {
    const answer = await fetch(`${this.server.url}/login`, {
      method: "POST",
      body: new URLSearchParams({ username, password: PASSWORD, next: "" }),
      redirect: "manual",
      headers: { Origin: this.server.url },
    });
    return answer.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; ");
  }

  async close(): Promise<void> {
    await this.closeBrowsers();
    await this.pc?.stop();
    await this.line.down();
    await this.server.stop();
  }
}

export interface Health {
  waiting: number;
  failed: number;
  server: { reachable: boolean };
  mirror: { seq: number; synced_at: string | null; is_whole: boolean; digest: Record<string, string> };
  is_revoked: boolean;
}
