// The emergency stand-in for the service worker, for the day a broken one was shipped: it answers nothing, so every request goes to the
// network; it still sends what waits, keeps the queue, and takes its leave when nothing waits any more.

import { Drainer } from "./drain.ts";
import { forgetAll, forgetPages } from "./page_cache.ts";
import { openQueue } from "./queue.ts";
import { worker } from "./worker_types.ts";

declare const BUILD: string;

const queue = openQueue({ app: BUILD });
const drainer = new Drainer(queue, { build: BUILD });

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(finish()));
worker.addEventListener("message", (event) => event.waitUntil(finish()));
worker.addEventListener("sync", (event) => event.waitUntil(finish()));

async function finish(): Promise<void> {
  await worker.clients.claim();
  await forgetPages();
  await drainer.drain();
  if ((await queue.listWaiting()).length === 0) {
    await forgetAll();
    await worker.registration.unregister();
  }
}
