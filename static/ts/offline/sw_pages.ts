// GET: the network first, and what is kept where it does not answer in time (SYNC 3.13).

import { isFromAgent, isKeepable, isKept, keep, keyOf, recall } from "./page_cache.ts";
import { type RequestEvent } from "./worker_types.ts";

/** How long the network may take before a kept page is shown. */
const PATIENCE_MS = 2_000;
/** The same where this PC has an agent: it has to notice that the server is away, and then shows newer rows than any kept page. */
const PATIENCE_WITH_AGENT_MS = 6_000;
const ASSETS = "assets-";
const OFFLINE_PAGE = "/offline";

export interface Reader {
  /** Whose pages may be shown; null where nobody is known to be signed in. */
  user(): Promise<string | null>;
  /** An answer of the server says who it was made for. */
  learn(user: string | null): void;
}

/** Stores what every page of this build needs. Fails where one file is missing: half a build is worth nothing. */
export async function keepAssets(build: string, addresses: string[]): Promise<void> {
  const cache = await caches.open(ASSETS + build);
  await cache.addAll(addresses);
  await cache.put(OFFLINE_PAGE, await fetch(OFFLINE_PAGE, { credentials: "same-origin" }));
}

/** Pages that are kept still name the files of the build before this one; older ones go. */
export async function dropOldAssets(build: string): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(ASSETS) && name !== ASSETS + build);
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
}

/** A file whose name carries its hash never changes. */
export async function answerAsset(request: Request): Promise<Response> {
  for (const name of await caches.keys()) {
    const kept = name.startsWith(ASSETS) ? await (await caches.open(name)).match(request, { ignoreVary: true }) : undefined;
    if (kept) {
      return kept;
    }
  }
  return fetch(request);
}

/** A page or a fragment. */
export async function answerPage(event: RequestEvent, reader: Reader): Promise<Response> {
  const { request } = event;
  const key = keyOf(request);
  const network = ask(event, key, reader);
  event.waitUntil(network);
  const first = await Promise.race([network, later(hasAgent ? PATIENCE_WITH_AGENT_MS : PATIENCE_MS)]);
  if (first !== "late" && first.isGood) {
    return first.response;
  }
  const kept = await recall(key, await reader.user());
  if (kept) {
    return kept;
  }
  const { response } = first === "late" ? await network : first;
  // What the agent says where it has nothing to show is said for this page; ours is said for any.
  const isWorthShowing = response !== null && (response.status < 502 || (isFromAgent(response) && isHtml(response) && request.mode === "navigate"));
  return isWorthShowing ? response : explain(event, reader);
}

/** An answer to show; else one that says why there is none, where somebody of ours gave it. */
type Came = { isGood: true; response: Response } | { isGood: false; response: Response | null };

const NOTHING: Came = { isGood: false, response: null };

let hasAgent = false;

/**
 * What the server answers. The browser has already asked for a page it goes to, and asks a second time where the worker leaves that answer
 * alone; a message that is shown once would be gone with the first.
 */
export async function askServer(event: RequestEvent): Promise<Response> {
  return (await event.preloadResponse) ?? fetch(event.request);
}

/** The server's answer, kept for later; not good where there is none worth showing while a kept one may be there. */
async function ask(event: RequestEvent, key: string, reader: Reader): Promise<Came> {
  try {
    const response = await askServer(event);
    if (response.type === "opaqueredirect") {
      return { isGood: true, response };
    }
    hasAgent = response.headers.has("X-Agent");
    if (!response.headers.has("X-App")) {
      return response.status < 500 && !(await isKept(key, await reader.user())) ? { isGood: true, response } : NOTHING;
    }
    if (response.status >= 502) {
      return { isGood: false, response };
    }
    const user = response.headers.get("X-User");
    const isPage = isHtml(response);
    if (isPage && (user !== null || !isFromAgent(response))) {
      reader.learn(user);
    }
    if (isPage && isKeepable(new URL(key).pathname)) {
      event.waitUntil(keep(key, response.clone(), Date.now()));
    }
    return { isGood: true, response };
  } catch {
    return NOTHING;
  }
}

function isHtml({ headers }: Response): boolean {
  return headers.get("Content-Type")?.startsWith("text/html") ?? false;
}

/** Nothing is kept: a page that says so and where to go, or for a fragment the marks by which the page's script says it. */
export async function explain(event: RequestEvent, reader: Reader): Promise<Response> {
  if (event.request.mode !== "navigate") {
    const day = dayInstead(event.request.url);
    const instead = day && (await isKept(new URL(day, event.request.url).href, await reader.user())) ? day : "";
    return new Response("", { status: 503, headers: { "X-App": "offline", "X-Offline": "1", "X-Instead": instead } });
  }
  const page = await caches.match(OFFLINE_PAGE);
  return page ? new Response(page.body, { status: 503, headers: page.headers }) : Response.error();
}

/** A cell of the month opens one day of a person, which the day's own page has too. */
function dayInstead(address: string): string | null {
  const day = /^\/employees\/[^/]+\/days\/(\d{4}-\d\d-\d\d)$/.exec(new URL(address).pathname)?.[1];
  return day ? `/today?date=${day}` : null;
}

function later(ms: number): Promise<"late"> {
  return new Promise((resolve) => setTimeout(() => resolve("late"), ms));
}
