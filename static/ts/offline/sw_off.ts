// The emergency replacement for the service worker, in case a broken one was shipped. It handles no request, so every
// request goes to the network. It keeps the queue, still sends what waits, and unregisters itself when nothing waits
// any more.

import { Drainer } from "./drain.ts";
import { forgetAll, forgetPages } from "./page_cache.ts";
import { openQueue } from "./queue.ts";
import { worker } from "./worker_types.ts";

declare const BUILD: string;

const queue = openQueue({ app: BUILD });
const drainer = new Drainer(queue, { build: BUILD });

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
// The browser opens no page until the worker is active, so this does not wait for the network. The pages that are
// claimed ask for sending.
worker.addEventListener("activate", (event) => event.waitUntil(begin()));
worker.addEventListener("message", (event) => {
  const { type, force } = event.data as { type?: string; force?: boolean };
  event.waitUntil(finish(force === true || type === "probe"));
});
worker.addEventListener("sync", (event) => event.waitUntil(finish()));

async function begin(): Promise<void> {
  await worker.clients.claim();
  await forgetPages();
}

/**
 * Sends, and unregisters when nothing waits any more. `force` ignores a pause ("Şimdi gönder", a connection that may be
 * back).
 */
async function finish(force = false): Promise<void> {
  await drainer.drain({ force });
  if ((await queue.listWaiting()).length === 0) {
    await forgetAll();
    await worker.registration.unregister();
  }
}
