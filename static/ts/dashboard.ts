// The dashboard refreshes itself while it is in view. It only asks for changes (204 if there are none), and the
// response is merged into the page: focus, scroll, open details and half-typed filters stay. A page that is not in
// view, or without any input for half an hour, sends no requests: an unattended session has to be able to end.

import { onHtmx } from "./htmx_events.ts";
import { relative } from "./relative.ts";

const EVERY_MS = 20_000;
const UNATTENDED_MS = 30 * 60_000;

export function startDashboard(): void {
  const live = document.querySelector("[data-live]");
  const state = document.querySelector<HTMLElement>("#refresh-state");
  if (live && state) {
    new Refresher(live, state).start();
  }
}

function addressOf(href: string): string {
  const { pathname, search } = new URL(href, location.href);
  return pathname + search;
}

class Refresher {
  private known = new Set<string>();
  private lastAsked = Date.now();
  private lastInput = Date.now();
  private isPaused = false;
  private isAnswerOfPoll = false;

  constructor(
    private readonly live: Element,
    private readonly state: HTMLElement,
  ) {}

  start(): void {
    this.known = new Set(this.recent().keys());
    setInterval(() => this.tick(), EVERY_MS);
    document.addEventListener("visibilitychange", () => this.askIfDue());
    for (const name of ["pointermove", "keydown", "scroll", "touchstart"]) {
      document.addEventListener(name, () => this.attended(), { passive: true, capture: true });
    }
    onHtmx("htmx:before:response", ({ ctx }, event) => {
      if (ctx.sourceElement.matches("[data-poll]")) {
        this.judge(ctx.request.action ?? "", ctx.response, event);
      }
    });
    onHtmx("htmx:error", ({ ctx }) => {
      if (ctx?.sourceElement.matches("[data-poll]")) {
        this.say(this.state.dataset["failed"]);
      }
    });
    onHtmx("htmx:after:settle", () => this.settled());
    this.say(this.state.dataset["fresh"]);
  }

  private tick(): void {
    this.tellTimes();
    if (Date.now() - this.lastInput > UNATTENDED_MS) {
      this.isPaused = true;
      this.say(this.state.dataset["paused"]);
      return;
    }
    this.askIfDue();
  }

  private attended(): void {
    this.lastInput = Date.now();
    if (this.isPaused) {
      this.isPaused = false;
      this.say(this.state.dataset["fresh"]);
      this.askIfDue();
    }
  }

  private askIfDue(): void {
    if (!document.hidden && !this.isPaused && Date.now() - this.lastAsked >= EVERY_MS - 1000) {
      this.lastAsked = Date.now();
      document.dispatchEvent(new CustomEvent("dashboard-refresh"));
    }
  }

  /**
   * A response not from our server, a failure, or a response for filters that are no longer set changes nothing on the
   * page.
   */
  private judge(asked: string, response: { status: number; headers: Headers } | undefined, event: Event): void {
    const isOurs = response?.headers.get("X-App") !== null;
    const current = this.live.querySelector("[data-poll]")?.getAttribute("hx-get") ?? "";
    if (!response || !isOurs || response.status >= 400) {
      event.preventDefault();
      this.say(this.state.dataset["failed"]);
    } else if (addressOf(asked) !== addressOf(current)) {
      event.preventDefault();
    } else if (response.status === 200) {
      this.isAnswerOfPoll = true;
    } else if (this.state.textContent === this.state.dataset["failed"]) {
      this.say(this.state.dataset["fresh"]);
    }
  }

  private settled(): void {
    const now = this.recent();
    const fresh = [...now].filter(([id]) => !this.known.has(id)).map(([, line]) => line);
    if (this.isAnswerOfPoll) {
      fresh.forEach((line) => line.classList.add("is-new"));
      const news = this.state.dataset["news"]?.replace("{n}", String(fresh.length));
      this.say(fresh.length > 0 ? news : this.state.dataset["fresh"]);
    }
    this.isAnswerOfPoll = false;
    this.known = new Set(now.keys());
  }

  private recent(): Map<string, Element> {
    return new Map(Array.from(this.live.querySelectorAll("[data-recent]"), (line) => [line.id, line]));
  }

  /** A screen reader reads every change aloud, so the same sentence is not written again. */
  private say(sentence: string | undefined): void {
    if (sentence !== undefined && this.state.textContent !== sentence) {
      this.state.textContent = sentence;
    }
  }

  private tellTimes(): void {
    const lang = document.documentElement.lang;
    for (const time of this.live.querySelectorAll<HTMLTimeElement>("time[data-relative]")) {
      time.textContent = relative(lang, Date.parse(time.dateTime), Date.now()) ?? time.textContent;
    }
  }
}
