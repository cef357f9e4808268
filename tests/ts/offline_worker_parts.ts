// What offline_reader.test.mjs needs of the worker, in one bundle.

export { keep } from "../../static/ts/offline/page_cache.ts";
export { READING_MS, Reader } from "../../static/ts/offline/reader.ts";
export { SignOut } from "../../static/ts/offline/sign_out.ts";
export { warmUp } from "../../static/ts/offline/sw_warm.ts";
