// The search fold: `isik` finds `Işık`. For search only, never for identity. src/core/fold.rs and sec.fold in the
// database give the same results; tests/golden/fold.json pins all three.

import { clean } from "./text.ts";

const FROM = "‘’‚‛ʼʻ′´“”„‟″‐‑‒–—―−";
const TO = "''''''''\"\"\"\"\"-------";
const TYPED = new Map(Array.from(FROM, (mark, at) => [mark, TO.charAt(at)]));
const STROKES = "ıƏəØøŁłĐđÐðĦħ";
const PLAIN = new Map(Array.from(STROKES, (letter, at) => [letter, "ieeoollddddhh".charAt(at)]));

/**
 * Folds a text for search: cleaned, quotes and hyphens as on the keyboard, letters without diacritics, Latin letters as
 * plain lower-case ASCII.
 */
export function fold(text: string): string {
  return clean(text)
    .replace(/[‘’‚‛ʼʻ′´“”„‟″‐‑‒–—―−]/g, (mark) => TYPED.get(mark) ?? mark)
    .normalize("NFD")
    .replace(/[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u200d]/g, "")
    .replace(/[A-ZıƏəØøŁłĐđÐðĦħ]/g, (letter) => PLAIN.get(letter) ?? letter.toLowerCase())
    .normalize("NFC");
}
