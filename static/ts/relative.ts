// How long ago something was, in the same words as src/pages/i18n/format.rs.

const MINUTE = 60_000;
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 24 * 60 * MINUTE],
  ["hour", 60 * MINUTE],
  ["minute", MINUTE],
];

/** "5 dakika önce"; null for less than a minute: the page already has words for that. */
export function relative(lang: string, at: number, now: number): string | null {
  const step = STEPS.find(([, length]) => now - at >= length);
  if (!step) {
    return null;
  }
  const [unit, length] = step;
  return new Intl.RelativeTimeFormat(lang, { numeric: "always" }).format(-Math.floor((now - at) / length), unit);
}
