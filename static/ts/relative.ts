// How long ago something was, said like src/pages/i18n/format.rs says it.

const MINUTE = 60_000;
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 24 * 60 * MINUTE],
  ["hour", 60 * MINUTE],
  ["minute", MINUTE],
];

/** "5 dakika önce"; null for less than a minute, which the page has words for already. */
export function relative(lang: string, at: number, now: number): string | null {
  const step = STEPS.find(([, length]) => now - at >= length);
  if (!step) {
    return null;
  }
  const [unit, length] = step;
  return new Intl.RelativeTimeFormat(lang, { numeric: "always" }).format(-Math.floor((now - at) / length), unit);
}
