// The company's days are Istanbul's, whatever the PC's time zone is. Days are strings `YYYY-MM-DD`, months `YYYY-MM`.

const DAY_MS = 86_400_000;

const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Istanbul" });

/** The day in Istanbul at a time. */
export function dayAt(at: number): string {
  return clock.format(at);
}

/** The day `days` after another; before it if `days` is negative. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The month after a day's. */
export function monthAfter(day: string): string {
  return dayAfter(`${day.slice(0, 8)}28`, 4).slice(0, 7);
}
