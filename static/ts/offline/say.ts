// Sentences about working without a network, in the reader's language, from a file that the service worker keeps (scripts/build-assets.mjs).

import type { FieldError } from "./types.ts";

let texts: Record<string, string> = {};
let loading: Promise<void> | null = null;

/** Loads the sentences, once. Without them everything works, but with fewer messages. */
export function loadSentences(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  const address = document.querySelector<HTMLMetaElement>("meta[name=offline-texts]")?.content;
  if (!address) {
    return;
  }
  try {
    texts = (await (await fetch(address)).json()) as Record<string, string>;
  } catch {
    texts = {};
  }
}

/** The sentence of a key, with its blanks filled. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  return (texts[key] ?? "").replace(/\{(\w+)\}/g, (blank, name: string) => String(values[name] ?? blank));
}

/** What is wrong with a field, in the server's words. */
export function sentenceOf(error: FieldError): string {
  const namesOther = error.code === "overlap" && error.args?.["start"] !== undefined;
  return say(namesOther ? "error-overlap-with" : `error-${error.code}`, error.args ?? {}) || error.code;
}
