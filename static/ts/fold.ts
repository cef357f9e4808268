// The search fold: `isik` finds `Işık`. For search only, never for identity.
// The same letters as src/fold.rs and sec.fold in the database; tests/golden/fold.json pins all three.

const FROM = "ÇçĞğİIıÖöŞşÜüÂâÎîÛû";
const TO = "ccggiiioossuuaaiiuu";
const LETTERS = new Map(Array.from(FROM, (letter, at) => [letter, TO.charAt(at)]));

/** Folds the letters Turkish names are written with to plain lower-case ASCII; every other character stays as it is. */
export function fold(text: string): string {
  return text.replace(/[A-ZÇçĞğİıÖöŞşÜüÂâÎîÛû]/g, (letter) => LETTERS.get(letter) ?? letter.toLowerCase());
}
