// Pages that were seen or warmed, kept per person: a cache's name contains the id of the person whose pages it holds,
// as the server names them (`X-User`). A page is never stored for, or shown to, anyone else.

const PREFIX = "pages-";
const STATE = "worker-state";
/** Most pages per person; those refreshed longest ago are deleted first. */
const MAX_PAGES = 400;

/** Header with the time at which a response was kept. */
export const KEPT_SINCE = "X-Kept-Since";

// Never kept: signing in and out, administration, what changes on its own, what is not a page.
const NOT_KEPT = /^\/(agent|api|static|login|logout|password|preferences|account|admin|region-view|health|ready|metrics|offline|sw\.js|manifest\.webmanifest)(\/|$)/;

/** Whether the page of a GET address may be kept. */
export function isKeepable(path: string): boolean {
  return !NOT_KEPT.test(path);
}

/** Whether this PC's agent made it from its own copy of the rows: never kept as a page of the server. */
export function isFromAgent({ headers }: Pick<Response, "headers">): boolean {
  return headers.get("X-App") === "agent";
}

/** One address has several responses: the page, and a fragment for each target it is inserted into. */
export function keyOf(request: Pick<Request, "url" | "headers">): string {
  const url = new URL(request.url);
  url.hash = "";
  if (request.headers.get("HX-Request-Type") === "partial") {
    url.searchParams.set("__into", request.headers.get("HX-Target") ?? "");
  }
  return url.href;
}

// One at a time: storing pages and deleting pages must not overlap.
let turn: Promise<unknown> = Promise.resolve();

function alone<T>(job: () => Promise<T>): Promise<T> {
  const done = turn.then(job);
  turn = done.catch(() => undefined);
  return done;
}

/**
 * Keeps a response for the person it was made for. Responses that are not our pages, or were redirected, are not kept,
 * and none once its reader has left (`isTheirs`). Consumes the response's body.
 */
export async function keep(key: string, response: Response, now: number, isTheirs: () => boolean): Promise<void> {
  const user = response.headers.get("X-User");
  if (!user || !mayKeep(key, response)) {
    return;
  }
  const headers = new Headers(response.headers);
  headers.set(KEPT_SINCE, String(now));
  for (const name of ["Content-Encoding", "Content-Length", "Set-Cookie", "HX-Trigger", "Vary"]) {
    headers.delete(name);
  }
  const page = new Response(await response.text(), { status: 200, headers });
  await alone(async () => {
    if (isTheirs()) {
      await (await caches.open(PREFIX + user)).put(key, page);
    }
  });
}

function mayKeep(key: string, response: Response): boolean {
  const isHtml = response.headers.get("Content-Type")?.startsWith("text/html") ?? false;
  const isWhole = response.status === 200 && !response.redirected && response.type !== "opaque" && !response.headers.has("Content-Disposition");
  return isWhole && isHtml && response.headers.has("X-App") && !isFromAgent(response) && new URL(response.url || key).origin === new URL(key).origin;
}

/** The kept response, marked with its age; null if there is none. */
export async function recall(key: string, user: string | null): Promise<Response | null> {
  const kept = await find(key, user);
  if (!kept) {
    return null;
  }
  const since = kept.headers.get(KEPT_SINCE) ?? "";
  const text = await kept.text();
  return new Response(text.replace("<html ", `<html data-kept-by="browser" data-kept-since="${since}" `), { status: 200, headers: kept.headers });
}

/** When a response was kept; null if there is none. */
export async function keptAt(key: string, user: string | null): Promise<number | null> {
  const since = (await find(key, user))?.headers.get(KEPT_SINCE);
  return since == null ? null : Number(since);
}

/** Whether a response is kept. */
export async function isKept(key: string, user: string | null): Promise<boolean> {
  return (await find(key, user)) !== undefined;
}

/** Searches without creating a cache for a person who has none. */
async function find(key: string, user: string | null): Promise<Response | undefined> {
  return user === null ? undefined : caches.match(key, { cacheName: PREFIX + user });
}

/** Deletes the pages that were refreshed longest ago. */
export async function prune(user: string): Promise<void> {
  await alone(async () => {
    if (!(await caches.has(PREFIX + user))) {
      return;
    }
    const cache = await caches.open(PREFIX + user);
    const keys = await cache.keys();
    await Promise.all(keys.slice(0, Math.max(0, keys.length - MAX_PAGES)).map((key) => cache.delete(key)));
  });
}

/** Deletes the pages of everyone, or of everyone but one. */
export async function forgetPages(but: string | null = null): Promise<void> {
  await alone(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== PREFIX + (but ?? ""));
    await Promise.all(names.map((name) => caches.delete(name)));
  });
}

/** Deletes all caches, before the worker is unregistered. */
export async function forgetAll(): Promise<void> {
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
}

// What the worker remembers across its own restarts: who is signed in, its mode, what was warmed when.

/** Reads a value that `remember` has stored. */
export async function recollect<T>(name: string): Promise<T | null> {
  const kept = await (await caches.open(STATE)).match(`/${name}`);
  return kept ? ((await kept.json()) as T) : null;
}

export async function remember(name: string, value: unknown): Promise<void> {
  await (await caches.open(STATE)).put(`/${name}`, new Response(JSON.stringify(value)));
}
