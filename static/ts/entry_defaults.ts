// The defaults of the form for a new entry, for the person and the date that are chosen in it. They are computed again
// when either changes, also without a network, since the page contains the data (`#entry-plan`). The rule is that of
// src/pages/roster/defaults.rs; tests/golden/entry_defaults.json pins both. Typed values are never overwritten.

import { DAY, formatTime, parseTime } from "./civil.ts";

const FORM = "form[data-new-entry]";
/** Nine to six with an hour's break, if there is no template. */
const NO_TEMPLATE: Times = { start: "09:00", end: "18:00", break: 60 };

interface Times {
  start: string;
  end: string;
  break: number;
}

/** The minute from which the day is free, and whether that is for a public holiday. */
type Mark = [freeFrom: number, isHoliday: boolean];

/** What a page knows of templates and calendar (`roster::Plan`). */
export interface Plan {
  /** The reader's only region; empty if it depends on the person. */
  region: string;
  templates: (Times & { id: string; region: string; weekdays: string })[];
  company: Record<string, Mark>;
  own: Record<string, Record<string, Mark | null>>;
}

export interface Defaults extends Times {
  special: boolean;
}

/** Times and mark on a date, for a person of a region with a template of their own (or null). */
export function defaultsOf(plan: Plan, region: string, own: string | null, date: string): Defaults {
  const template = plan.templates.find(({ id }) => id === own);
  const ofWeekday = claiming(plan, region, date);
  const times = plannedOf(plan, region, own, date) ?? template ?? ofWeekday ?? NO_TEMPLATE;
  const mark = markOf(plan, region, date);
  const isSpecial = mark?.[1] === true && minutesOf(times.start) >= mark[0];
  return { start: times.start, end: times.end, break: times.break, special: isSpecial };
}

/** The planned shift; null if the person is not expected. */
export function plannedOf(plan: Plan, region: string, own: string | null, date: string): Times | null {
  const template = plan.templates.find(({ id }) => id === own);
  const ofWeekday = claiming(plan, region, date);
  const holds = template === undefined ? ofWeekday : template.weekdays === "" ? ofWeekday && template : template.weekdays.includes(weekdayOf(date)) ? template : undefined;
  const mark = markOf(plan, region, date);
  return holds ? (mark ? cut(holds, mark[0]) : holds) : null;
}

function claiming(plan: Plan, region: string, date: string): Plan["templates"][number] | undefined {
  return plan.templates.find((template) => template.region === region && template.weekdays.includes(weekdayOf(date)));
}

function markOf(plan: Plan, region: string, date: string): Mark | null {
  const own = plan.own[region]?.[date];
  return own === undefined ? (plan.company[date] ?? null) : own;
}

/**
 * The part of a shift before `freeFrom`; if it is shortened, its break is at most the one that the law requires for
 * that length (article 68). Null if the shift starts at `freeFrom` or later.
 */
function cut(times: Times, freeFrom: number): Times | null {
  const start = minutesOf(times.start);
  const end = minutesOf(times.end);
  if (start >= freeFrom) {
    return null;
  }
  if ((end > start ? end : end + DAY) <= freeFrom) {
    return times;
  }
  const worked = freeFrom - start;
  const legal = worked <= 240 ? 15 : worked <= 450 ? 30 : 60;
  return { start: times.start, end: formatTime(freeFrom), break: Math.min(times.break, legal) };
}

/** ISO: "1" is Monday. */
function weekdayOf(date: string): string {
  return String(new Date(`${date}T12:00:00Z`).getUTCDay() || 7);
}

function minutesOf(time: string): number {
  const read = parseTime(time);
  return read.ok ? read.value : 0;
}

// Forms -----------------------------------------------------------------------------------------------------------------------------------

export function startEntryDefaults(): void {
  document.addEventListener("input", ({ target }) => {
    const field = target instanceof HTMLInputElement && target.form?.matches(FORM) ? target : null;
    if (field && field.name !== "work_date") {
      field.dataset["typed"] = "";
    }
  });
  document.addEventListener("change", ({ target }) => {
    const form = target instanceof HTMLInputElement || target instanceof HTMLSelectElement ? target.form : null;
    if (form?.matches(FORM) && ["employee_id", "work_date"].includes((target as HTMLInputElement).name)) {
      fillIn(form);
    }
  });
}

/** Moves the form to the next entry of the same person: the day after, or the next day on which they are expected. */
export function goOn(form: HTMLFormElement): void {
  const [plan, date] = [pagePlan(), fieldOf(form, "work_date")];
  if (!date || !/^\d{4}-\d\d-\d\d$/.test(date.value)) {
    return;
  }
  const typed = timesIn(form);
  const before = plan && defaultsOf(plan, ...whose(form, plan), date.value);
  const isWalk = fieldOf(form, "walk")?.value === "blanks";
  date.value = nextDay(date.value);
  for (let days = 1; plan && isWalk && days < 31 && plannedOf(plan, ...whose(form, plan), date.value) === null; days += 1) {
    date.value = nextDay(date.value);
  }
  // Times that differ from the defaults stay: night shifts come in weeks.
  const wereUsual = before !== null && before.start === typed.start && before.end === typed.end && String(before.break) === typed.break;
  for (const name of ["start_time", "end_time", "break_minutes", "is_special"]) {
    const field = fieldOf(form, name);
    if (field && (wereUsual || name === "is_special")) {
      delete field.dataset["typed"];
    }
  }
  fillIn(form);
}

/** Puts the defaults of person and date into the fields that were not typed in. */
function fillIn(form: HTMLFormElement): void {
  const [plan, date] = [pagePlan(), fieldOf(form, "work_date")?.value ?? ""];
  if (!plan || form.hasAttribute("data-typed") || !/^\d{4}-\d\d-\d\d$/.test(date)) {
    return;
  }
  const defaults = defaultsOf(plan, ...whose(form, plan), date);
  const values: Record<string, string> = { start_time: defaults.start, end_time: defaults.end, break_minutes: String(defaults.break) };
  for (const [name, value] of Object.entries(values)) {
    const field = fieldOf(form, name);
    if (field && field.dataset["typed"] === undefined) {
      field.value = value;
    }
  }
  const special = fieldOf(form, "is_special");
  if (special && special.dataset["typed"] === undefined) {
    special.checked = defaults.special;
  }
}

/** The region and the own template of the chosen person. */
function whose(form: HTMLFormElement, plan: Plan): [region: string, own: string | null] {
  const person = form.elements.namedItem("employee_id");
  const option = person instanceof HTMLSelectElement ? person.selectedOptions[0] : undefined;
  return [option?.dataset["region"] ?? plan.region, option?.dataset["template"] ?? null];
}

/** The page's plan; null if it has none. */
function pagePlan(): Plan | null {
  const text = document.getElementById("entry-plan")?.dataset["plan"];
  return text ? (JSON.parse(text) as Plan) : null;
}

function timesIn(form: HTMLFormElement): { start: string; end: string; break: string } {
  const fieldValue = (name: string): string => fieldOf(form, name)?.value ?? "";
  return { start: fieldValue("start_time"), end: fieldValue("end_time"), break: fieldValue("break_minutes") };
}

function fieldOf(form: HTMLFormElement, name: string): HTMLInputElement | null {
  const field = form.elements.namedItem(name);
  return field instanceof HTMLInputElement ? field : null;
}

function nextDay(date: string): string {
  const next = new Date(`${date}T12:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}
