// Which posts of the site write business data, and the operations each of them is: what src/routes.rs and its handlers do.

import { formatTime, parseBreak, parseTime, storedEnd } from "../civil.ts";
import { expectedEntries } from "./check.ts";
import { type Pairs, baseOf, changesBetween, changesOfNew, idOf, originalOf, readForm, uuidOf, fieldValue, valuesOf } from "./form_codec.ts";
import type { Queue } from "./queue.ts";
import type { Draft, Entity, FieldError, Fields, Kind, Person, Row } from "./types.ts";
import { bytesOf, uuid5 } from "./uuid5.ts";

/** A write that can be queued. */
export interface WriteRoute {
  name: string;
  /** Where a form without htmx is led to. */
  list: string;
  /** The parts of the address: `id`, `date`, `entry`, `op`. */
  params: Record<string, string>;
}

/** What a post is: operations (none where there is nothing left to do), or why it cannot be any. */
export type Plan = { ok: true; drafts: Draft[] } | { ok: false; errors: FieldError[] };

/** A post on its way to be operations. */
interface Post {
  pairs: Pairs;
  params: Record<string, string>;
  person: Person;
  queue: Queue;
}

type Planner = (post: Post) => Promise<Plan>;

/** What a row's form on the day's page may change (src/pages/today/row.rs). */
const DAY_FIELDS = new Set(["start_time", "end_time", "break_minutes", "is_special", "confirmed"]);

const ROUTES: [pattern: string, list: string, planner: Planner][] = [
  ["/today/entries", "/today", createEntry],
  ["/today/entries/{id}", "/today", (post) => update("timesheet", post, idIn(post), (name) => DAY_FIELDS.has(name))],
  ["/today/entries/{id}/deletion", "/today", (post) => act("timesheet", post, "delete")],
  ["/today/entries/{id}/restoration", "/today", (post) => act("timesheet", post, "restore")],
  ["/today/batches", "/today", createBatch],
  ["/today/batches/{op}/undo", "/today", undoBatch],
  ["/timesheets", "/timesheets", createEntry],
  ["/timesheets/{id}", "/timesheets", (post) => update("timesheet", post, idIn(post))],
  ["/timesheets/{id}/deletion", "/timesheets", (post) => act("timesheet", post, "delete")],
  ["/timesheets/{id}/restoration", "/timesheets", (post) => act("timesheet", post, "restore")],
  ["/employees", "/employees", (post) => create("employee", post)],
  ["/employees/{id}", "/employees", updateEmployee],
  ["/employees/{id}/days/{date}", "/timesheets/month", createEntry],
  ["/employees/{id}/days/{date}/{entry}", "/timesheets/month", (post) => update("timesheet", post, uuidOf(post.params["entry"] ?? "", "entry"))],
  ["/employees/{id}/passivation", "/employees", (post) => turn(post, false)],
  ["/employees/{id}/activation", "/employees", (post) => turn(post, true)],
  ["/employees/{id}/deletion", "/employees", (post) => act("employee", post, "delete")],
  ["/employees/{id}/restoration", "/employees", (post) => act("employee", post, "restore")],
  ["/shift-templates", "/shift-templates", (post) => create("shift_template", post)],
  ["/shift-templates/{id}", "/shift-templates", (post) => update("shift_template", post, idIn(post))],
  ["/shift-templates/{id}/deletion", "/shift-templates", (post) => act("shift_template", post, "delete")],
  ["/shift-templates/{id}/restoration", "/shift-templates", (post) => act("shift_template", post, "restore")],
];

const SHAPES: Record<string, string> = { id: "[0-9a-fA-F-]{36}", entry: "[0-9a-fA-F-]{36}", op: "[0-9a-fA-F-]{36}", date: "\\d{4}-\\d{2}-\\d{2}" };
const TABLE = ROUTES.map(([pattern, list, planner]) => ({ name: `POST ${pattern}`, list, planner, expression: expressionOf(pattern) }));

function expressionOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>${SHAPES[name]})`)}$`);
}

/** The patterns of all write routes. */
export const WRITE_PATTERNS: readonly string[] = ROUTES.map(([pattern]) => pattern);

/** The write route of an address; null for every other post. */
export function writeRoute(method: string, pathname: string): WriteRoute | null {
  if (method !== "POST") return null;
  for (const { name, list, expression } of TABLE) {
    const match = expression.exec(pathname);
    if (match) return { name, list, params: { ...match.groups } };
  }
  return null;
}

/** The operations of a post, as the server would make them of the same form. Throws for what no form of ours sends. */
export async function planWrite(route: WriteRoute, pairs: Pairs, person: Person, queue: Queue): Promise<Plan> {
  const known = TABLE.find(({ name }) => name === route.name);
  if (!known) throw new Error(`${route.name}: no write route`);
  const plan = await known.planner({ pairs, params: route.params, person, queue });
  const replaces = fieldValue(pairs, "_replaces").toLowerCase();
  if (!plan.ok || replaces === "" || plan.drafts.length !== 1) return plan;
  return { ok: true, drafts: plan.drafts.map((draft) => ({ ...draft, replaces })) };
}

/** The code of the region a form is for: said by the form, or the person's only one. */
function regionOf({ pairs, person }: Post): { region: string } | { error: FieldError } {
  const code = fieldValue(pairs, "region") || fieldValue(pairs, "_region");
  const [only, ...others] = person.regions;
  if (code === "") return only !== undefined && others.length === 0 ? { region: only } : { error: { field: "region", code: "region-missing" } };
  return person.regions.includes(code) ? { region: code } : { error: { field: "region", code: "region-unknown" } };
}

/** The region of a row: as it is known here, else as the form says. */
async function regionOfRow(entity: Entity, post: Post, id: string): Promise<{ region: string } | { error: FieldError }> {
  const known = await post.queue.mirror.expected(post.person.user_id, entity, id);
  return known && post.person.regions.includes(known.region) ? { region: known.region } : regionOf(post);
}

async function create(entity: Entity, post: Post): Promise<Plan> {
  const region = regionOf(post);
  if ("error" in region) return { ok: false, errors: [region.error] };
  return planOf(newRow(entity, post, region.region));
}

function newRow(entity: Entity, { pairs }: Post, region: string): Draft {
  const values = readForm(entity, pairs);
  return draftOf(entity, "create", idOf(pairs, "_op"), idOf(pairs, "_id"), region, null, changesOfNew(values), values);
}

/** An entry is of its employee's region, where the form does not say one. */
async function createEntry(post: Post): Promise<Plan> {
  const { pairs, person } = post;
  const employeeId = fieldValue(pairs, "employee_id").toLowerCase();
  if (fieldValue(pairs, "region") !== "" || person.regions.length < 2) return create("timesheet", post);
  if (employeeId === "") return { ok: false, errors: [{ field: "employee_id", code: "employee-missing" }] };
  const region = await regionOfRow("employee", post, employeeId);
  return "error" in region ? { ok: false, errors: [region.error] } : planOf(newRow("timesheet", post, region.region));
}

async function update(entity: Entity, post: Post, id: string, isFormField: (name: string) => boolean = () => true): Promise<Plan> {
  const region = await regionOfRow(entity, post, id);
  if ("error" in region) return { ok: false, errors: [region.error] };
  const values = readForm(entity, post.pairs);
  const besides = Object.entries(values).filter(([name, value]) => !isFormField(name) && value !== null && value !== "");
  const original = { ...Object.fromEntries(besides), ...originalOf(post.pairs) };
  const changes = Object.entries(changesBetween(original, values)).filter(([name]) => isFormField(name));
  const draft = draftOf(entity, "update", idOf(post.pairs, "_op"), id, region.region, baseOf(post.pairs), Object.fromEntries(changes), original);
  return planOf({ ...draft, original });
}

/** A stored identity number is in no form, so here nobody knows what its author saw: changing one takes a connection. */
async function updateEmployee(post: Post): Promise<Plan> {
  const id = idIn(post);
  const wantsOther = fieldValue(post.pairs, "identity_no") !== "" || fieldValue(post.pairs, "identity_no_removed") === "true";
  const known = wantsOther ? await post.queue.mirror.expected(post.person.user_id, "employee", id) : null;
  const hasOne = Boolean(known?.row["identity_no_masked"] ?? known?.row["identity_no"]);
  if (wantsOther && (hasOne || known === null)) return { ok: false, errors: [{ field: "identity_no", code: "identity-no-offline" }] };
  return update("employee", post, id);
}

async function act(entity: Entity, post: Post, kind: Kind, fields: Fields = {}): Promise<Plan> {
  const id = idIn(post);
  const region = await regionOfRow(entity, post, id);
  if ("error" in region) return { ok: false, errors: [region.error] };
  const known = await post.queue.mirror.expected(post.person.user_id, entity, id);
  return planOf(draftOf(entity, kind, idOf(post.pairs, "_op"), id, region.region, baseOf(post.pairs), fields, known?.row ?? {}));
}

/**
 * A change of state, as src/employees/actions.rs makes it: who leaves has a last day, and who comes back has none and a new first day. An older
 * page does not say the days that it shows.
 */
async function turn(post: Post, active: boolean): Promise<Plan> {
  const known = await post.queue.mirror.expected(post.person.user_id, "employee", idIn(post));
  const shown = fieldValue(post.pairs, "_orig") === "" ? (known?.row ?? {}) : originalOf(post.pairs);
  const typed = readForm("employee", post.pairs);
  const change = (name: string) => ({ from: shown[name] ?? null, to: typed[name] ?? null });
  const [hire_date, exit_date] = [change("hire_date"), change("exit_date")];
  const saysFirst = hire_date.to !== null || fieldValue(post.pairs, "as_before") === "true";
  return act("employee", post, "update", {
    is_active: { from: !active, to: active },
    ...(active || exit_date.to !== null ? { exit_date } : {}),
    ...(saysFirst ? { hire_date } : {}),
  });
}

/** What the page showed for one blank person: `<id> 08:30 17:30 60`. */
function plannedEntry(text: string, workDate: string, confirmed: string): Row {
  const [id = "", start = "", end = "", rest = "", ...more] = text.split(/\s+/);
  const [from, to, pause] = [parseTime(start), parseTime(end), parseBreak(rest)];
  if (!from.ok || !to.ok || !pause.ok || storedEnd(from.value, to.value) === null || more.length > 0) {
    throw new Error("planned: not an id, two times and a break");
  }
  return {
    employee_id: uuidOf(id, "planned"),
    work_date: workDate,
    start_time: formatTime(from.value),
    end_time: formatTime(to.value),
    break_minutes: pause.value,
    is_special: false,
    notes: "",
    ...(confirmed === "" ? {} : { confirmed }),
  };
}

/** Everybody as planned: an operation per blank person, with ids that follow from the press, as src/today/batches.rs makes them. */
async function createBatch(post: Post): Promise<Plan> {
  const { pairs, person, queue } = post;
  const region = regionOf(post);
  if ("error" in region) return { ok: false, errors: [region.error] };
  const batch = idOf(pairs, "_op");
  const workDate = String(readForm("timesheet", pairs)["work_date"]);
  const drafts: Draft[] = [];
  for (const values of valuesOf(pairs, "planned").map((text) => plannedEntry(text, workDate, fieldValue(pairs, "confirmed")))) {
    const employeeId = String(values["employee_id"]);
    const { op_id, id } = await entryOfBatch(batch, employeeId);
    const draft = draftOf("timesheet", "create", op_id, id, region.region, null, changesOfNew(values), values);
    const isKnown = (await queue.find(op_id)) !== null;
    if (isKnown || (await isBlank(post, employeeId, workDate))) drafts.push(draft);
  }
  return { ok: true, drafts };

  async function isBlank({ queue: { mirror } }: Post, employeeId: string, date: string): Promise<boolean> {
    const entries = await expectedEntries(mirror, person.user_id, employeeId);
    return ![...entries.values()].some((entry) => !entry.deleted && entry.row["work_date"] === date && entry.row["employee_id"] === employeeId);
  }
}

/** The operation that a batch enters a person with, and the row it makes. */
async function entryOfBatch(batch: string, employeeId: string): Promise<{ op_id: string; id: string }> {
  const op_id = await uuid5(batch, bytesOf(employeeId));
  return { op_id, id: await uuid5(op_id, "timesheet") };
}

/** Takes back what a batch has made and nobody has changed since. */
async function undoBatch({ pairs, params, person, queue }: Post): Promise<Plan> {
  const batch = uuidOf(params["op"] ?? "", "op");
  const undo = idOf(pairs, "_op");
  const drafts: Draft[] = [];
  for (const employeeId of await peopleOf(queue, person.user_id)) {
    const { id } = await entryOfBatch(batch, employeeId);
    const entry = await queue.mirror.expected(person.user_id, "timesheet", id);
    const waiting = await queue.mirror.waitingOn(person.user_id, "timesheet", id);
    const isAsMade = entry !== null && !entry.deleted && entry.version <= 1 && waiting.every(({ kind }) => kind === "create");
    if (!isAsMade || !person.regions.includes(entry.region)) continue;
    const op_id = await uuid5(undo, bytesOf(id));
    drafts.push(draftOf("timesheet", "delete", op_id, id, entry.region, entry.version || null, {}, entry.row));
  }
  return { ok: true, drafts };
}

/** Everybody whom this browser knows: mirrored people, and those of entries that wait. */
async function peopleOf(queue: Queue, userId: string): Promise<Set<string>> {
  const mirrored = await queue.mirror.list(userId, "employee");
  const waiting = (await queue.listWaiting(userId)).map(({ op }) => op.fields["employee_id"]?.to);
  return new Set([...mirrored.map(({ id }) => id), ...waiting.filter((id): id is string => typeof id === "string")]);
}

function draftOf(entity: Entity, kind: Kind, op_id: string, id: string, region: string, base_version: number | null, fields: Fields, row: Row): Draft {
  return { op_id, kind, entity, id, region, base_version, fields, label: "", href: pageOf(entity, row) };
}

/** The page that shows a row, also one that only waits. */
function pageOf(entity: Entity, row: Row): string {
  switch (entity) {
    case "timesheet":
      return /^\d{4}-\d{2}-\d{2}$/.test(String(row["work_date"])) ? `/today?date=${String(row["work_date"])}` : "/timesheets";
    case "employee":
      return "/employees";
    case "shift_template":
      return "/shift-templates";
  }
}

function planOf(draft: Draft): Plan {
  return { ok: true, drafts: [draft] };
}

function idIn({ params }: Post): string {
  return uuidOf(params["id"] ?? "", "id");
}
