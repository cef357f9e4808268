// Strips under the page's head that show problems.

import { icon, make } from "./dom.ts";

/** The action that a strip offers. */
export interface Act {
  words: string;
  do: () => void;
}

/** Shows a sentence in the strip of this name, with its action; an empty sentence removes the strip. */
export function showStrip(name: string, sentence: string, act?: Act): void {
  const id = `strip-${name}`;
  const shown = document.getElementById(id);
  if (sentence === "") {
    shown?.remove();
    return;
  }
  const words = shown?.querySelector("[data-words]") ?? shown?.lastChild;
  if (words && words.textContent !== sentence) {
    words.textContent = sentence;
  }
  const strip =
    shown ?? make("p", { class: "offline-strip", id, role: "status" }, icon(name === "age" ? "wifi-off" : "alert-triangle"), make("span", { "data-words": "" }, sentence));
  const own = strip.querySelector("button");
  if (act && own?.textContent !== act.words) {
    own?.remove();
    const control = make("button", { type: "button", class: "btn btn-sm btn-outline-secondary" }, act.words);
    control.addEventListener("click", () => act.do());
    strip.append(control);
  } else if (!act) {
    own?.remove();
  }
  if (!shown) {
    document.querySelector("header.page-head")?.after(strip);
  }
}
