// Pages that were seen or warmed, kept per person: a cache's name carries the id of the person whose pages it holds, as the server names
// them (`X-User`). A page is never stored under, or shown to, anybody else.

const PREFIX = "pages-";
const STATE = "worker-state";
/** Pages of one person; the ones refreshed longest ago go first. */
const MAX_PAGES = 400;

/** Says since when a kept answer has been what it is. */
export const KEPT_SINCE = "X-Kept-Since";

// These are never kept: the way in and out, administration, what changes by itself, what is no page.
const NOT_KEPT = /^\/(agent|api|static|login|logout|password|preferences|account|admin|region-view|health|ready|metrics|offline|sw\.js|manifest\.webmanifest)(\/|$)/;

/** Whether a GET address is one whose page may be kept. */
export function isKeepable(path: string): boolean {
  return !NOT_KEPT.test(path);
}

/** Made by this PC's agent from its own copy of the rows: never kept as a page of the server. */
export function isFromAgent({ headers }: Pick<Response, "headers">): boolean {
  return headers.get("X-App") === "agent";
}

/** One address has several answers: the page, and a fragment for each place it goes into. */
export function keyOf(request: Pick<Request, "url" | "headers">): string {
  const url = new URL(request.url);
  url.hash = "";
  if (request.headers.get("HX-Request-Type") === "partial") {
    url.searchParams.set("__into", request.headers.get("HX-Target") ?? "");
  }
  return url.href;
}

// One at a time: pages that are being kept and pages that are being forgotten must not meet.
let turn: Promise<unknown> = Promise.resolve();

function alone<T>(job: () => Promise<T>): Promise<T> {
  const done = turn.then(job);
  turn = done.catch(() => undefined);
  return done;
}

/**
 * Keeps an answer for the person it was made for; what is no page of ours, or went elsewhere, is not kept, and nothing once its reader has
 * left (`isTheirs`). Takes the response's body.
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

/** The kept answer, marked with its age; null where there is none. */
export async function recall(key: string, user: string | null): Promise<Response | null> {
  const kept = await find(key, user);
  if (!kept) {
    return null;
  }
  const since = kept.headers.get(KEPT_SINCE) ?? "";
  const text = await kept.text();
  return new Response(text.replace("<html ", `<html data-kept-by="browser" data-kept-since="${since}" `), { status: 200, headers: kept.headers });
}

/** When a kept answer was kept; null where there is none. */
export async function keptAt(key: string, user: string | null): Promise<number | null> {
  const since = (await find(key, user))?.headers.get(KEPT_SINCE);
  return since == null ? null : Number(since);
}

/** Whether there is a kept answer. */
export async function isKept(key: string, user: string | null): Promise<boolean> {
  return (await find(key, user)) !== undefined;
}

/** Looks without making a place for pages of somebody who has none. */
async function find(key: string, user: string | null): Promise<Response | undefined> {
  return user === null ? undefined : caches.match(key, { cacheName: PREFIX + user });
}

/** Drops what was refreshed longest ago. */
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

/** Forgets the pages of everybody, or of everybody but one. */
export async function forgetPages(but: string | null = null): Promise<void> {
  await alone(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== PREFIX + (but ?? ""));
    await Promise.all(names.map((name) => caches.delete(name)));
  });
}

/** Nothing of ours is kept any more: the worker takes its leave. */
export async function forgetAll(): Promise<void> {
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
}

// What the worker remembers over its own restarts: who is signed in, how it is switched, what was warmed when.

/** Reads a value that `remember` has stored. */
export async function recollect<T>(name: string): Promise<T | null> {
  const kept = await (await caches.open(STATE)).match(`/${name}`);
  return kept ? ((await kept.json()) as T) : null;
}

export async function remember(name: string, value: unknown): Promise<void> {
  await (await caches.open(STATE)).put(`/${name}`, new Response(JSON.stringify(value)));
}
