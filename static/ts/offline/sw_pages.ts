// GET: the network first; a kept page if the network does not respond in time (SYNC 3.13).

import { dayAt } from "../istanbul.ts";
import { isFromAgent, isKeepable, isKept, keep, keptAt, keyOf, recall } from "./page_cache.ts";
import type { Reader } from "./reader.ts";
import type { SignOut } from "./sign_out.ts";
import type { RequestEvent } from "./worker_types.ts";

/** How long the network may take before a kept page is shown. */
const PATIENCE_MS = 2_000;
/**
 * The same if this PC has an agent: it needs time to notice that the server is unreachable, and then shows newer rows
 * than any kept page.
 */
const PATIENCE_WITH_AGENT_MS = 6_000;
const ASSETS = "assets-";
const OFFLINE_PAGE = "/offline";

/** The reader, and whether a sign-out is not finished yet. */
export interface Readers {
  reader: Pick<Reader, "era" | "user" | "hasEnded" | "learn">;
  signOut: Pick<SignOut, "isDue" | "finish">;
  /** The server's time. */
  now: () => number;
}

/** Stores the files that every page of this build needs. Fails if one is missing: half a build is useless. */
export async function keepAssets(build: string, addresses: string[]): Promise<void> {
  const cache = await caches.open(ASSETS + build);
  await cache.addAll(addresses);
  await cache.put(OFFLINE_PAGE, await fetch(OFFLINE_PAGE, { credentials: "same-origin" }));
}

/** Deletes the files of old builds. Those of the previous build stay: kept pages still refer to them. */
export async function dropOldAssets(build: string): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(ASSETS) && name !== ASSETS + build);
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
}

/** Serves a file from the cache: its name contains its hash, so it never changes. */
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
export async function answerPage(event: RequestEvent, readers: Readers): Promise<Response> {
  const { request } = event;
  const isLeft = await readers.signOut.isDue();
  if (isLeft && !(await readers.signOut.finish())) {
    return explain(event, readers);
  }
  const { reader } = readers;
  const key = keyOf(request);
  const network = ask(event, key, reader, isLeft);
  event.waitUntil(network);
  const first = await Promise.race([network, later(hasAgent ? PATIENCE_WITH_AGENT_MS : PATIENCE_MS)]);
  if (first !== "late" && first.isGood) {
    return first.response;
  }
  const kept = await recallNow(key, await reader.user(), readers.now());
  if (kept) {
    return kept;
  }
  const { response } = first === "late" ? await network : first;
  // The agent's page that it has nothing to show is about this page; the offline page is a general one.
  const isWorthShowing = response !== null && (response.status < 502 || (isFromAgent(response) && isHtml(response) && request.mode === "navigate"));
  return isWorthShowing ? response : explain(event, readers);
}

/**
 * The kept response. An address without a date means today: if its kept page is of another day (or month), the kept
 * page with today's date in its address comes first.
 */
async function recallNow(key: string, user: string | null, now: number): Promise<Response | null> {
  const own = ofNow(new URL(key), dayAt(now));
  const isStale = own !== null && dayAt((await keptAt(key, user)) ?? 0).slice(0, own.span.length) !== own.span;
  return (isStale ? await recall(own.key, user) : null) ?? recall(key, user);
}

/**
 * For an address without a date: the address of the same page with a date, and the day or month that it shows. Null for
 * other addresses.
 */
function ofNow(url: URL, day: string): { key: string; span: string } | null {
  const isMonth = url.pathname === "/timesheets/month";
  const [name, span] = isMonth ? ["month", day.slice(0, 7)] : ["date", day];
  if (!(isMonth || url.pathname === "/" || url.pathname === "/today") || url.searchParams.has(name) || url.searchParams.has("__into")) {
    return null;
  }
  const [own, query] = [new URL(isMonth ? url.pathname : "/today", url), new URLSearchParams(url.searchParams)];
  own.search = `?${name}=${span}${query.size > 0 ? `&${query.toString()}` : ""}`;
  return { key: own.href, span };
}

/** A response to show. If there is none: the server's or the agent's response that reports why, or null. */
type Came = { isGood: true; response: Response } | { isGood: false; response: Response | null };

const NOTHING: Came = { isGood: false, response: null };

let hasAgent = false;

/**
 * The server's response. For a navigation, the browser has already sent the request (preload). If the worker ignored
 * that response, the page would be requested twice, and a message that is shown once would be lost with the first
 * response. `isAfresh`: the preloaded response belongs to a session that has ended since.
 */
export async function askServer(event: RequestEvent, isAfresh = false): Promise<Response> {
  const preloaded = await event.preloadResponse?.catch(() => undefined);
  return (isAfresh ? undefined : preloaded) ?? fetch(event.request);
}

/** The server's response, which is also kept. Not good if it is not worth showing and a kept page may exist. */
async function ask(event: RequestEvent, key: string, reader: Readers["reader"], isAfresh: boolean): Promise<Came> {
  const asked = reader.era;
  try {
    const response = await askServer(event, isAfresh);
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
    const isNews = isPage && user !== null && (await reader.learn(user, asked));
    if (isPage && isKeepable(new URL(key).pathname) && (isNews || asked === reader.era)) {
      const era = reader.era;
      event.waitUntil(keep(key, response.clone(), Date.now(), () => reader.era === era));
    }
    return { isGood: true, response };
  } catch {
    return NOTHING;
  }
}

function isHtml({ headers }: Response): boolean {
  return headers.get("Content-Type")?.startsWith("text/html") ?? false;
}

/**
 * Whether the address is that of a list as a file. The server creates the file; it is not kept, and no kept page
 * replaces it.
 */
export function isFile(address: string): boolean {
  return (new URL(address).searchParams.get("format") ?? "") !== "";
}

/**
 * The response if nothing is kept: for a navigation the offline page with the reason, for a fragment the headers from
 * which the page's script shows the reason.
 */
export async function explain(event: RequestEvent, readers: Readers): Promise<Response> {
  const why = (await readers.signOut.isDue()) ? "leaving" : (await readers.reader.hasEnded()) ? "ended" : "";
  if (event.request.mode !== "navigate") {
    const day = dayInstead(event.request.url);
    const instead = day && (await isKept(new URL(day, event.request.url).href, await readers.reader.user())) ? day : "";
    return new Response("", { status: 503, headers: { "X-App": "offline", "X-Offline": why || "1", "X-Instead": instead } });
  }
  const page = await offlinePage(why || (isFile(event.request.url) ? "file" : "unknown"));
  return page === null ? Response.error() : new Response(page, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8", "X-App": "offline" } });
}

/** The offline page with the parts for this reason; null if the page is not stored. */
export async function offlinePage(why: "unknown" | "file" | "leaving" | "ended"): Promise<string | null> {
  const text = await (await caches.match(OFFLINE_PAGE))?.text();
  const parts = text?.replace(/<!--(unknown|file|leaving|ended)-->([\s\S]*?)<!--\/-->/g, (_, reason: string, part: string) => (reason === why ? part : ""));
  return parts?.replace("<html ", `<html data-offline="${why}" `) ?? null;
}

/** A cell of the month opens one day of a person; the page of that day shows the same. Returns its address, or null. */
function dayInstead(address: string): string | null {
  const day = /^\/employees\/[^/]+\/days\/(\d{4}-\d\d-\d\d)$/.exec(new URL(address).pathname)?.[1];
  return day ? `/today?date=${day}` : null;
}

function later(ms: number): Promise<"late"> {
  return new Promise((resolve) => setTimeout(() => resolve("late"), ms));
}
