// The part of the service worker API that this site uses. TypeScript's "webworker" types exclude those of pages, and
// the worker shares modules with pages.

export interface LaterEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

export interface RequestEvent extends LaterEvent {
  readonly request: Request;
  readonly clientId: string;
  readonly preloadResponse?: Promise<Response | undefined>;
  respondWith(answer: Promise<Response> | Response): void;
}

export interface PageMessage extends LaterEvent {
  readonly data: unknown;
  readonly source: { postMessage(message: unknown): void } | null;
}

interface Events {
  install: LaterEvent;
  activate: LaterEvent;
  fetch: RequestEvent;
  message: PageMessage;
  sync: LaterEvent;
}

export interface WorkerScope {
  readonly location: Location;
  readonly clients: { claim(): Promise<void>; matchAll(): Promise<{ postMessage(message: unknown): void }[]> };
  readonly registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
  addEventListener<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): void;
}

/** What a service worker calls `self`. */
export const worker = globalThis as unknown as WorkerScope;
