// Dates, times of day and durations as clerks type and read them; numbers are whole minutes. src/core/civil/mod.rs
// gives the same results (the reasons for each rule are there); tests/golden/civil.json pins both.

import { clean } from "./text.ts";

/**
 * The parsed value, or why there is none: `error` is a key of the message catalogue, the other fields fill its
 * placeholders.
 */
export type Parsed<T> = { ok: true; value: T } | ({ ok: false; error: string } & Partial<Record<Blank, string>>);
type Blank = "hour" | "minute" | "day" | "month" | "year";

/** Minutes of a day. */
export const DAY = 1440;
/** The longest break of a timesheet, in minutes. */
export const LONGEST_BREAK = 480;

/** Reads a time of day: `0830`, `830`, `8:30`, `8.30`, `8,30`, `9:5`, `08:30:45`, `8`. Returns minutes of the day. */
export function parseTime(text: string): Parsed<number> {
  const typed = clean(text);
  if (typed === "") return refuse("time-empty");
  const parts = splitTime(typed);
  if (!parts) return refuse("time-format");
  const [hour, minute, second] = parts;
  if (hour > 23 || minute > 59 || second > 59) {
    return { ok: false, error: "time-range", hour: pad(hour), minute: pad(minute) };
  }
  return accept(hour * 60 + minute);
}

function splitTime(typed: string): [number, number, number] | null {
  const bare = /^(\d{1,2})(\d\d)?$/.exec(typed.length === 3 ? `0${typed}` : typed);
  const marked = /^(\d{1,2})(?::(\d{1,2})|[.,](\d\d))$/.exec(typed);
  const seconds = /^(\d{1,2})(?::(\d{1,2}):|\.(\d\d)\.|,(\d\d),)(\d\d)$/.exec(typed);
  if (bare) return [Number(bare[1]), Number(bare[2] ?? 0), 0];
  if (marked) return [Number(marked[1]), Number(marked[2] ?? marked[3]), 0];
  if (seconds) return [Number(seconds[1]), Number(seconds[2] ?? seconds[3] ?? seconds[4]), Number(seconds[5])];
  return null;
}

/** Reads a date: `2026-01-05` or `05.01.2026`, also without leading zeros. Returns `YYYY-MM-DD`. */
export function parseDate(text: string): Parsed<string> {
  const typed = clean(text);
  if (typed === "") return refuse("date-empty");
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
  const turkish = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(typed);
  const parts = iso ? iso.slice(1) : turkish ? turkish.slice(1).reverse() : null;
  if (!parts) return refuse("date-format");
  const [year = 0, month = 0, day = 0] = parts.map(Number);
  if (year < 1 || day < 1 || day > daysInMonth(year, month)) {
    return { ok: false, error: "date-calendar", day: pad(day), month: pad(month), year: pad(year, 4) };
  }
  return accept(`${pad(year, 4)}-${pad(month)}-${pad(day)}`);
}

function daysInMonth(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

/** Reads a break in whole minutes, 0 to LONGEST_BREAK. */
export function parseBreak(text: string): Parsed<number> {
  const typed = clean(text);
  if (typed === "") return refuse("break-empty");
  if (!/^-?\d+$/.test(typed)) return refuse("break-format");
  const minutes = Number(typed);
  return minutes >= 0 && minutes <= LONGEST_BREAK ? accept(Math.abs(minutes)) : refuse("break-range");
}

/** Reads a number of hours: `7.5`, `8,5`, `9`, `8:30`, `0830`. Returns minutes, 0 to 1440, rounded to whole ones. */
export function parseHours(text: string): Parsed<number> {
  const typed = clean(text);
  if (typed === "") return refuse("hours-empty");
  const negative = typed.startsWith("-");
  const minutes = hoursAndMinutes(negative ? typed.slice(1) : typed);
  if (minutes === null) return refuse("hours-format");
  return (negative && minutes !== 0) || minutes > DAY ? refuse("hours-range") : accept(minutes);
}

function hoursAndMinutes(unsigned: string): number | null {
  const clock = /^(\d{1,2}):?(\d\d)$/.exec(unsigned);
  if (clock && unsigned.length > 2) {
    return Number(clock[2]) > 59 ? Infinity : Number(clock[1]) * 60 + Number(clock[2]);
  }
  const decimal = /^(\d{1,2})(?:[.,](\d{1,6}))?$/.exec(unsigned);
  if (!decimal) return null;
  const fraction = decimal[2] ?? "0";
  const scale = 10 ** fraction.length;
  const scaled = Number(decimal[1]) * scale + Number(fraction);
  return Math.floor((scaled * 60 + scale / 2) / scale);
}

/**
 * The end of a shift as it is stored: past DAY if the clock shows less than at the start. Null for equal times: that is
 * no shift.
 */
export function storedEnd(start: number, end: number): number | null {
  return end === start ? null : end < start ? end + DAY : end;
}

/** `510` as `08:30`; minutes past midnight show the clock of the next day. */
export function formatTime(minutes: number): string {
  const clock = ((minutes % DAY) + DAY) % DAY;
  return `${pad(Math.floor(clock / 60))}:${pad(clock % 60)}`;
}

/** `2026-01-05` as `05.01.2026`. */
export function formatDateTr(date: string): string {
  return date.split("-").reverse().join(".");
}

/** Minutes as hours with two decimals: `1.429,50` in Turkish (`tr`), `1,429.50` in any other language. */
export function formatHours(minutes: number, lang: string): string {
  const hundredths = Math.floor((Math.abs(minutes) * 5 + 1) / 3);
  const [mark, separator] = lang === "tr" ? [",", "."] : [".", ","];
  const whole = String(Math.floor(hundredths / 100)).replace(/\B(?=(\d{3})+$)/g, separator);
  return `${minutes < 0 ? "-" : ""}${whole}${mark}${pad(hundredths % 100)}`;
}

/** An instant in Istanbul time, whatever the computer's time zone is: `05.01.2026 14:30`, in both languages. */
export function formatInstant(at: Date | number): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Europe/Istanbul",
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const { day, month, year, hour, minute } = Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${day}.${month}.${year} ${hour}:${minute}`;
}

/** A day by its full name: `14 Ocak 2026 Çarşamba` in Turkish (`tr`), `Wednesday 14 January 2026` in English. */
export function longDay(date: string, lang: string): string {
  const names = new Intl.DateTimeFormat(lang, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const parts = names.formatToParts(Date.parse(`${date}T00:00:00Z`));
  const { weekday, day, month, year } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return lang === "tr" ? `${day} ${month} ${year} ${weekday}` : `${weekday} ${day} ${month} ${year}`;
}

/** Removes what Rust's `trim` removes; JavaScript's own differs in two characters. */
export function trim(text: string): string {
  return text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");
}

function pad(number: number, length = 2): string {
  return String(number).padStart(length, "0");
}

function accept<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

function refuse(error: string): Parsed<never> {
  return { ok: false, error };
}
