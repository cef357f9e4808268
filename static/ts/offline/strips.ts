// Lines under the page's head that say what is the matter.

import { icon, make } from "./dom.ts";

/** Shows a sentence in the line of this name; an empty one takes the line away. */
export function showStrip(name: string, sentence: string): void {
  const id = `strip-${name}`;
  const shown = document.getElementById(id);
  if (sentence === "") {
    shown?.remove();
  } else if (shown) {
    const words = shown.lastChild;
    if (words && words.textContent !== sentence) {
      words.textContent = sentence;
    }
  } else {
    document.querySelector("header.page-head")?.after(make("p", { class: "offline-strip", id, role: "status" }, icon(name === "age" ? "wifi-off" : "alert-triangle"), sentence));
  }
}
