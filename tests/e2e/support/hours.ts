// The company's rule for one entry (DOMAIN 4.1), written a second time from its text, so that pages are compared with the rule and not with
// the program. All numbers are minutes.

export interface Shift {
  /** YYYY-MM-DD */
  date: string;
  /** HH:MM */
  start: string;
  /** HH:MM; at or before the start it is the next day's. */
  end: string;
  breakMinutes: number;
  special?: boolean;
}

export interface Hours {
  worked: number;
  scheduled: number;
  overtime: number;
  night: number;
  overnight: number;
  specialNormal: number;
  specialOvertime: number;
  specialNight: number;
}

const DAY = 1440;
const WEEKDAY_PLAN = 540;
const SATURDAY_PLAN = 300;
const NIGHTS = [
  [0, 360],
  [1320, 1800],
  [2760, 3240],
] as const;

export function hoursOf({ date, start, end, breakMinutes, special = false }: Shift): Hours {
  const from = minutesOf(start);
  const to = minutesOf(end) + (minutesOf(end) <= from ? DAY : 0);
  const gross = to - from;
  const worked = gross - Math.min(breakMinutes, gross);
  const night = NIGHTS.reduce((sum, [dusk, dawn]) => sum + Math.max(0, Math.min(to, dawn) - Math.max(from, dusk)), 0);
  const overnight = Math.max(0, to - DAY);
  if (special) {
    return { worked, scheduled: 0, overtime: 0, night, overnight, specialNormal: worked, specialOvertime: 0, specialNight: night };
  }
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  const scheduled = weekday === 0 ? 0 : weekday === 6 ? SATURDAY_PLAN : WEEKDAY_PLAN;
  const overtime = scheduled === 0 ? worked : Math.max(0, gross - scheduled);
  return { worked, scheduled, overtime, night, overnight, specialNormal: 0, specialOvertime: 0, specialNight: 0 };
}

export function sumOf(shifts: Shift[]): Hours {
  const zero: Hours = { worked: 0, scheduled: 0, overtime: 0, night: 0, overnight: 0, specialNormal: 0, specialOvertime: 0, specialNight: 0 };
  return shifts.map(hoursOf).reduce((sum, day) => Object.fromEntries(names(sum).map((name) => [name, sum[name] + day[name]])) as unknown as Hours, zero);
}

/** As a Turkish page shows them: `7,50`. */
export function shown(hours: Hours): Record<keyof Hours, string> {
  return Object.fromEntries(names(hours).map((name) => [name, (hours[name] / 60).toFixed(2).replace(".", ",")])) as Record<keyof Hours, string>;
}

function names(hours: Hours): (keyof Hours)[] {
  return Object.keys(hours) as (keyof Hours)[];
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return hour * 60 + minute;
}
