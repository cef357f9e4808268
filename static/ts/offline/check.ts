// What is refused on the spot, with the server's codes (src/core/ops/fields.rs, the entities' `parse`, the named constraints). The server looks
// again: whatever only it can know comes back with its verdict.

import { type Parsed, DAY, formatDateTr, parseBreak, parseDate, parseTime, storedEnd, trim } from "../civil.ts";
import { clean } from "../text.ts";
import { type Expected, type Mirror, valuesOf, withOp } from "./mirror.ts";
import type { Queue } from "./queue.ts";
import type { Draft, Entity, FieldError, Person, Row, Value } from "./types.ts";

const FIRST_YEAR = 1990;
const LAST_YEAR = 2100;

/** Everything that is wrong with drafts; empty when they can be queued. */
export async function checkDrafts(drafts: Draft[], person: Person, queue: Queue): Promise<FieldError[]> {
  const found: FieldError[] = [];
  for (const draft of drafts) {
    found.push(...(await checkDraft(draft, person.user_id, queue.mirror)));
  }
  return found;
}

async function checkDraft(draft: Draft, userId: string, mirror: Mirror): Promise<FieldError[]> {
  const known = await mirror.expected(userId, draft.entity, draft.id, draft.replaces);
  if (draft.kind === "delete") return draft.entity === "employee" ? checkUnused(draft.id, userId, mirror) : [];
  const row = { ...draft.original, ...known?.row, ...valuesOf(draft) };
  const errors = checkRow(draft.entity, row, new Set(Object.keys(draft.fields)));
  const isWhole = known !== null || draft.kind === "create";
  const relevant = isWhole ? errors : errors.filter(({ field, code }) => field in draft.fields || (code === "times-equal" && "start_time" in draft.fields));
  if (relevant.length > 0 || draft.entity !== "timesheet") return relevant;
  return inTheWay(draft, row, userId, mirror);
}

/** The complaints about a whole row, in the server's order. `changed` names the fields that the operation changes. */
export function checkRow(entity: Entity, row: Row, changed: ReadonlySet<string>): FieldError[] {
  const read = new Reader(row);
  switch (entity) {
    case "timesheet":
      read.id("employee_id", "employee-missing");
      read.workDate("work_date");
      read.shiftTimes();
      read.breakMinutes("break_minutes");
      read.text("notes", 2000);
      break;
    case "employee":
      readEmployee(read, changed);
      break;
    case "shift_template":
      read.required("name", 100, "template-name-missing");
      read.shiftTimes();
      read.breakMinutes("break_minutes");
      if (!/^1?2?3?4?5?6?7?$/.test(read.text("weekdays", 7))) read.complain("weekdays", "weekdays-format");
  }
  return read.errors;
}

function readEmployee(read: Reader, changed: ReadonlySet<string>): void {
  read.required("full_name", 200, "name-missing");
  const identityNo = read.text("identity_no", 20);
  read.text("department", 100);
  read.text("title", 100);
  const hired = read.optionalDate("hire_date");
  const left = read.optionalDate("exit_date");
  read.optionalId("shift_template_id", "template-unknown");
  const wrong = changed.has("identity_no") && identityNo !== "" ? identityNoError(identityNo) : null;
  if (wrong !== null) read.complain("identity_no", wrong);
  if (hired !== null && left !== null && left < hired) read.complain("exit_date", "exit-before-hire");
}

/** Why a text is no identity number (src/core/identity_no.rs); null for one that is. */
function identityNoError(typed: string): string | null {
  const number = clean(typed).replaceAll(" ", "");
  if (!/^[1-9]\d{10}$/.test(number)) return "identity-no-format";
  const digits = Array.from(number, Number);
  const sum = (wanted: (at: number) => boolean): number => digits.reduce((total, digit, at) => total + (wanted(at) ? digit : 0), 0);
  const odd = sum((at) => at < 9 && at % 2 === 0);
  const even = sum((at) => at < 8 && at % 2 === 1);
  const fits = digits[9] === (((7 * odd - even) % 10) + 10) % 10 && digits[10] === sum((at) => at < 10) % 10;
  return number.startsWith("99") || fits ? null : "identity-no-check-digits";
}

/** People with entries are not deleted. */
async function checkUnused(employeeId: string, userId: string, mirror: Mirror): Promise<FieldError[]> {
  const entries = [...(await expectedEntries(mirror, userId, employeeId)).values()].filter((entry) => !entry.deleted);
  return entries.length === 0 ? [] : [{ field: "", code: "employee-has-timesheets", args: { count: String(entries.length) } }];
}

/** The complaint that an entry would lie over another one of the same person, of those that this browser knows, with which one it is. */
async function inTheWay(draft: Draft, row: Row, userId: string, mirror: Mirror): Promise<FieldError[]> {
  const own = spanOf(row);
  if (!own || typeof row["employee_id"] !== "string") return [];
  const others = await expectedEntries(mirror, userId, row["employee_id"]);
  const found = [...others].find(([id, entry]) => {
    const other = id === draft.id || entry.deleted || entry.row["employee_id"] !== row["employee_id"] ? null : spanOf(entry.row);
    return other !== null && own.start < other.end && other.start < own.end;
  });
  if (!found) return [];
  const [id, { row: values }] = found;
  const args = { entry: id, date: formatDateTr(String(values["work_date"])), start: String(values["start_time"]), end: String(values["end_time"]) };
  return [{ field: "start_time", code: "overlap", args }];
}

/** The entries of an employee once everything that waits is applied. */
export async function expectedEntries(mirror: Mirror, userId: string, employeeId: string): Promise<Map<string, NonNullable<Expected>>> {
  const known = await mirror.entriesOf(userId, employeeId);
  const waiting = await mirror.waitingEntriesOf(userId, employeeId);
  const entries = new Map<string, NonNullable<Expected>>();
  for (const id of new Set([...known.map((entry) => entry.id), ...waiting.map((op) => op.id)])) {
    const found = known.find((entry) => entry.id === id) ?? (await mirror.find(userId, "timesheet", id));
    const ops = await mirror.waitingOn(userId, "timesheet", id);
    const entry = ops.reduce<Expected>(withOp, found);
    if (entry) entries.set(id, entry);
  }
  return entries;
}

/** Start and end in minutes of all time; null where the row does not say them. */
function spanOf(row: Row): { start: number; end: number } | null {
  const day = Date.parse(`${String(row["work_date"])}T00:00:00Z`) / 60_000;
  const [start, end] = [parseTime(String(row["start_time"] ?? "")), parseTime(String(row["end_time"] ?? ""))];
  const stored = start.ok && end.ok ? storedEnd(start.value, end.value) : null;
  return !Number.isFinite(day) || !start.ok || stored === null ? null : { start: day + start.value, end: day + stored };
}

/** Reads a row field by field and collects the complaints, like `Reader` of src/core/ops/fields.rs. */
class Reader {
  readonly errors: FieldError[] = [];
  readonly #row: Row;

  constructor(row: Row) {
    this.#row = row;
  }

  complain(field: string, code: string, args?: Record<string, string>): void {
    this.errors.push({ field, code, ...(args && Object.keys(args).length > 0 ? { args } : {}) });
  }

  text(name: string, max: number): string {
    const text = this.#textOf(name);
    if ([...text].length > max) this.complain(name, "too-long", { max: String(max) });
    return text;
  }

  required(name: string, max: number, missing: string): void {
    if (this.text(name, max) === "") this.complain(name, missing);
  }

  optionalDate(name: string): string | null {
    const text = this.#textOf(name);
    return text === "" ? null : this.#take(name, parseDate(text));
  }

  workDate(name: string): void {
    const date = this.#take(name, parseDate(this.#textOf(name)));
    const year = date === null ? FIRST_YEAR : Number(date.slice(0, 4));
    if (year < FIRST_YEAR || year > LAST_YEAR) this.complain(name, "date-range", { year: String(year).padStart(4, "0") });
  }

  shiftTimes(): void {
    const start = this.#take("start_time", parseTime(this.#textOf("start_time")));
    const end = this.#take("end_time", parseTime(this.#textOf("end_time")));
    if (start !== null && end !== null && storedEnd(start, end % DAY) === null) this.complain("end_time", "times-equal");
  }

  breakMinutes(name: string): void {
    const text = this.#textOf(name);
    if (text !== "") this.#take(name, parseBreak(text));
  }

  id(name: string, missing: string): void {
    if (!isUuid(this.#textOf(name))) this.complain(name, missing);
  }

  optionalId(name: string, unknown: string): void {
    const text = this.#textOf(name);
    if (text !== "" && !isUuid(text)) this.complain(name, unknown);
  }

  #textOf(name: string): string {
    const value: Value | undefined = this.#row[name];
    return value === null || value === undefined ? "" : trim(String(value));
  }

  #take<T>(name: string, parsed: Parsed<T>): T | null {
    if (parsed.ok) return parsed.value;
    const { ok: _, error, ...args } = parsed;
    this.complain(name, error, args as Record<string, string>);
    return null;
  }
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text);
}
