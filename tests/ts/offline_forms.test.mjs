import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { golden, load } from "./load.mjs";
import { ANKARA, Browser, Server, newId, signIn } from "./offline_world.mjs";

const codec = await load("static/ts/offline/form_codec.ts");
const { checkDrafts, checkRow } = await load("static/ts/offline/check.ts");
const { WRITE_PATTERNS, planWrite, writeRoute } = await load("static/ts/offline/routes.ts");
const { bytesOf, uuid5 } = await load("static/ts/offline/uuid5.ts");

const [OP, ROW, AYSE, ALI] = Array.from({ length: 4 }, (_, at) => `019ab3aa-0000-7000-8000-00000000000${at}`);
const ENTRY = { employee_id: AYSE, work_date: "2026-11-20", start_time: "08:30", end_time: "17:30", break_minutes: 60, is_special: false, notes: "" };

async function opened(regions = ["ankara"]) {
  const { queue, drainer } = new Browser({ server: new Server() }).open();
  const person = await signIn(queue, ANKARA, regions);
  await queue.mirror.putAll(ANKARA, "employee", [
    { id: AYSE, version: 1, region: "ankara", full_name: "Ayşe", identity_no_masked: "123******50" },
    { id: ALI, version: 1, region: regions.at(-1), full_name: "Ali", identity_no_masked: null },
  ]);
  await queue.mirror.putAll(ANKARA, "timesheet", [{ id: ROW, version: 3, region: "ankara", ...ENTRY }]);
  const plan = (path, fields) => {
    const route = writeRoute("POST", path);
    assert.ok(route, path);
    return planWrite(
      route,
      Object.entries({ _op: OP, ...fields }).flatMap(([name, value]) => [value].flat().map((one) => [name, one])),
      person,
      queue,
    );
  };
  const drafts = async (path, fields) => {
    const { ok, drafts: made, errors } = await plan(path, fields);
    assert.ok(ok, JSON.stringify(errors));
    return made;
  };
  return { queue, drainer, person, plan, drafts };
}

const change = (fields) => Object.fromEntries(Object.entries(fields).map(([name, [from, to]]) => [name, { from, to }]));
const typed = (more = {}) => ({ employee_id: AYSE, work_date: "20.11.2026", start_time: "0830", end_time: "1730", break_minutes: "60", notes: "", ...more });

test("a form becomes the changes that the shared vectors say", async () => {
  const vectors = await golden("form_codec.json");
  assert.ok(vectors.length > 20, "the vectors are there");
  for (const { name, entity, pairs, original, fields } of vectors) {
    const values = codec.readForm(entity, pairs);
    assert.deepEqual(original === undefined ? codec.changesOfNew(values) : codec.changesBetween(original, values), fields, name);
  }
});

test("a row is refused in the words of the shared vectors", async () => {
  const vectors = await golden("checks.json");
  assert.ok(vectors.length > 40, "the vectors are there");
  for (const { name, entity, row, changed, errors } of vectors) {
    assert.deepEqual(checkRow(entity, row, new Set(changed)), errors, name);
  }
});

test("the ids of a batch are those of the shared vectors", async () => {
  for (const { batch, employee_id, op_id, id } of await golden("batch_ids.json")) {
    assert.equal(await uuid5(batch, bytesOf(employee_id)), op_id);
    assert.equal(await uuid5(op_id, "timesheet"), id);
  }
});

/** Posts that write no business data of an office, or need the server's answer: they are never queued. */
const ONLINE_ONLY = [/^\/(login|logout|password|preferences|account|region-view|admin|activity|conflicts|queue|api)\b/, /^\/employees\/\{id\}\/identity-number$/];

test("every post of the site is queued or named as one that needs a connection", async () => {
  const table = await readFile(new URL("../../src/routes.rs", import.meta.url), "utf8");
  const posts = [...table.matchAll(/route\("([^"]+)", post\(\)/g)].map(([, path]) => path);
  assert.ok(posts.length > 30, "the table is read");
  // An entity whose usual addresses are one line of the table is entered offline with all of its four posts, or (so far) not at all.
  const usual = await readFile(new URL("../../src/crud/routes.rs", import.meta.url), "utf8");
  const rests = [...usual.matchAll(/at\("([^"]*)"\), post\(\)/g)].map(([, rest]) => rest);
  assert.deepEqual(rests, ["", "/{id}", "/{id}/deletion", "/{id}/restoration"]);
  for (const home of new Set(WRITE_PATTERNS.map((pattern) => `/${pattern.split("/")[1]}`))) {
    if (!posts.includes(home) && WRITE_PATTERNS.includes(home)) posts.push(...rests.map((rest) => home + rest));
  }
  assert.deepEqual(posts.filter((path) => !ONLINE_ONLY.some((pattern) => pattern.test(path))).sort(), [...WRITE_PATTERNS].sort());
});

test("addresses are told apart", () => {
  assert.equal(writeRoute("GET", "/timesheets"), null);
  for (const path of ["/login", "/logout", `/employees/${ROW}/identity-number`, "/timesheets/month", "/admin/users", `/timesheets/${ROW}/edit`, "/api/v1/ops"]) {
    assert.equal(writeRoute("POST", path), null, path);
  }
  assert.deepEqual(writeRoute("POST", `/employees/${AYSE}/days/2026-11-20/${ROW}`).params, { id: AYSE, date: "2026-11-20", entry: ROW });
  assert.equal(writeRoute("POST", "/today/entries").list, "/today");
});

test("a new entry carries the form's ids and everything from nothing", async () => {
  const { drafts } = await opened();
  const [draft] = await drafts("/timesheets", { _id: ROW, _base: "", _orig: "", _csrf: "x", ...typed({ is_special: "true", template: "x" }) });
  const fields = change(Object.fromEntries(Object.entries({ ...ENTRY, is_special: true }).map(([name, to]) => [name, [null, to]])));
  assert.deepEqual(draft.fields, fields);
  const { op_id, id, kind, entity, region, base_version, href } = draft;
  assert.deepEqual([op_id, id, kind, entity, region, base_version, href], [OP, ROW, "create", "timesheet", "ankara", null, "/today?date=2026-11-20"]);
});

test("what was confirmed goes with an entry and with everybody as planned; where nothing was, an operation is as it always was", async () => {
  const { drafts } = await opened();
  const [asked] = await drafts("/timesheets", { _id: ROW, ...typed({ confirmed: "ahead" }) });
  assert.deepEqual(asked.fields.confirmed, { from: null, to: "ahead" });
  const [plain] = await drafts("/timesheets", { _id: ROW, ...typed({ confirmed: "" }) });
  assert.equal("confirmed" in plain.fields, false);
});

test("a correction carries what differs from the form as it was, and on the day's page only what its row shows", async () => {
  const { drafts } = await opened();
  const form = { _id: ROW, _base: "3", _orig: JSON.stringify(ENTRY), ...typed({ end_time: "18:00", notes: "geç" }) };
  const [whole] = await drafts(`/timesheets/${ROW}`, form);
  assert.deepEqual(whole.fields, change({ end_time: ["17:30", "18:00"], notes: ["", "geç"] }));
  assert.deepEqual([whole.kind, whole.id, whole.base_version], ["update", ROW, 3]);
  const [day] = await drafts(`/today/entries/${ROW}`, form);
  assert.deepEqual(day.fields, change({ end_time: ["17:30", "18:00"] }));
  const { start_time, end_time, break_minutes, is_special } = ENTRY;
  const [row] = await drafts(`/today/entries/${ROW}`, { ...form, notes: "", _orig: JSON.stringify({ start_time, end_time, break_minutes, is_special }) });
  const { notes: _, ...seen } = ENTRY;
  assert.deepEqual([row.fields, row.original, row.href], [day.fields, seen, `/today?date=${ENTRY.work_date}`], "whose and which day it is, the form says besides");
  const [month] = await drafts(`/employees/${AYSE}/days/2026-11-20/${ROW}`, form);
  assert.deepEqual(month.fields, whole.fields);
  await assert.rejects(() => drafts(`/timesheets/${ROW}`, { ...form, _orig: "" }), "what the form was rendered with is needed");
});

test("acts carry the version that was on the screen", async () => {
  const { drafts } = await opened();
  for (const [path, kind] of [
    [`/timesheets/${ROW}/deletion`, "delete"],
    [`/today/entries/${ROW}/restoration`, "restore"],
    [`/employees/${AYSE}/deletion`, "delete"],
    [`/shift-templates/${ROW}/restoration`, "restore"],
  ]) {
    const [draft] = await drafts(path, { _base: "3" });
    assert.deepEqual([draft.kind, draft.base_version, draft.fields], [kind, 3, {}], path);
  }
  const [left] = await drafts(`/employees/${AYSE}/passivation`, { _base: "1" });
  assert.deepEqual([left.kind, left.fields], ["update", change({ is_active: [true, false] })]);
  const [dated] = await drafts(`/employees/${AYSE}/passivation`, { _base: "1", exit_date: "31.10.2026" });
  assert.deepEqual(dated.fields, change({ is_active: [true, false], exit_date: [null, "2026-10-31"] }));
  const [back] = await drafts(`/employees/${AYSE}/activation`, { _base: "1" });
  assert.deepEqual(back.fields, change({ is_active: [false, true], exit_date: [null, null] }));
  const [returned] = await drafts(`/employees/${AYSE}/activation`, { _base: "1", hire_date: "18.05.2026" });
  assert.deepEqual(returned.fields, change({ is_active: [false, true], exit_date: [null, null], hire_date: [null, "2026-05-18"] }));
  const [undone] = await drafts(`/employees/${AYSE}/activation`, { _base: "1", hire_date: "", exit_date: "", as_before: "true" });
  assert.deepEqual(undone.fields, change({ is_active: [false, true], exit_date: [null, null], hire_date: [null, null] }), "as it was");
});

test("a change of state is against the days that the page showed, and the same form is the same operation", async () => {
  const { queue, drafts } = await opened();
  const _orig = JSON.stringify({ hire_date: "2020-01-06", exit_date: null });
  const leaves = () => drafts(`/employees/${AYSE}/passivation`, { _base: "1", _orig, exit_date: "20.11.2026" });
  const [left] = await leaves();
  assert.deepEqual(left.fields, change({ is_active: [true, false], exit_date: [null, "2026-11-20"] }));
  await queue.mirror.putAll(ANKARA, "employee", [{ id: AYSE, version: 2, region: "ankara", is_active: false, hire_date: "2020-01-06", exit_date: "2026-11-10" }]);
  assert.deepEqual((await leaves())[0], left, "whatever has become of the row");
  const back = { _base: "2", _orig: JSON.stringify({ hire_date: "2020-01-06", exit_date: "2026-11-20" }), hire_date: "2026-12-01" };
  const [returned] = await drafts(`/employees/${AYSE}/activation`, back);
  assert.deepEqual(returned.fields, change({ is_active: [false, true], exit_date: ["2026-11-20", null], hire_date: ["2020-01-06", "2026-12-01"] }));
});

test("the region is the row's, the form's, or the person's only one; without one nothing is queued", async () => {
  const { plan, drafts } = await opened(["ankara", "bursa"]);
  assert.equal((await drafts("/employees", { full_name: "x", region: "bursa" }))[0].region, "bursa");
  assert.deepEqual((await plan("/employees", { full_name: "x" })).errors, [{ field: "region", code: "region-missing" }]);
  assert.deepEqual((await plan("/employees", { full_name: "x", region: "izmir" })).errors, [{ field: "region", code: "region-unknown" }]);
  assert.equal((await drafts("/timesheets", typed({ employee_id: ALI })))[0].region, "bursa", "an entry is of its employee's region");
  assert.deepEqual((await plan("/timesheets", typed({ employee_id: "" }))).errors, [{ field: "employee_id", code: "employee-missing" }]);
  assert.equal((await drafts(`/timesheets/${ROW}/deletion`, { region: "bursa" }))[0].region, "ankara", "a row stays where it is");
});

test("a stored identity number is changed with a connection only; a first one can wait", async () => {
  const { plan, drafts } = await opened();
  const form = {
    full_name: "Ayşe",
    _base: "1",
    _orig: JSON.stringify({ full_name: "Ayşe", department: "", title: "", hire_date: null, exit_date: null, is_active: true }),
    is_active: "true",
  };
  const refused = { ok: false, errors: [{ field: "identity_no", code: "identity-no-offline" }] };
  assert.deepEqual(await plan(`/employees/${AYSE}`, { ...form, identity_no: "12345678950" }), refused);
  assert.deepEqual(await plan(`/employees/${AYSE}`, { ...form, identity_no_removed: "true" }), refused);
  assert.deepEqual((await drafts(`/employees/${AYSE}`, { ...form, title: "Usta" }))[0].fields, change({ title: ["", "Usta"] }));
  const [first] = await drafts(`/employees/${ALI}`, { ...form, full_name: "Ayşe", identity_no: "12345678950" });
  assert.deepEqual(first.fields, change({ identity_no: [null, "12345678950"] }));
});

test("a day entered as planned is an operation per person, and is taken back per entry", async () => {
  const { queue, drafts, person, drainer } = await opened();
  const planned = { work_date: "2026-11-20", planned: [`${AYSE} 08:30 17:30 60`, `${ALI} 22:00 06:00 30`] };
  const made = await drafts("/today/batches", planned);
  assert.deepEqual(
    made.map(({ fields }) => fields.employee_id.to),
    [ALI],
    "whoever has an entry that day is left alone",
  );
  assert.equal(made[0].op_id, await uuid5(OP, bytesOf(ALI)));
  assert.deepEqual(made[0].fields.end_time, { from: null, to: "06:00" });
  await queue.enqueueAll(made, person);
  assert.deepEqual(
    (await drafts("/today/batches", planned)).map(({ op_id }) => op_id),
    [made[0].op_id],
    "the same press is the same operations",
  );
  assert.deepEqual(await drafts("/today/batches", { ...planned, _op: newId() }), [], "another press has nothing left to do");
  const undo = newId();
  const [back] = await drafts(`/today/batches/${OP}/undo`, { _op: undo });
  assert.deepEqual([back.kind, back.id, back.op_id, back.base_version], ["delete", made[0].id, await uuid5(undo, bytesOf(made[0].id)), null]);
  await drainer.drain();
  await queue.mirror.putAll(ANKARA, "timesheet", [{ id: made[0].id, version: 1, region: "ankara", ...ENTRY, employee_id: ALI }]);
  assert.equal((await drafts(`/today/batches/${OP}/undo`, { _op: undo }))[0].base_version, 1);
  await queue.mirror.putAll(ANKARA, "timesheet", [{ id: made[0].id, version: 2, region: "ankara", ...ENTRY, employee_id: ALI }]);
  assert.deepEqual(await drafts(`/today/batches/${OP}/undo`, { _op: undo }), [], "somebody has changed it since");
});

test("a form that corrects a waiting operation says which", async () => {
  const { drafts } = await opened();
  const old = newId();
  assert.equal((await drafts("/timesheets", typed({ _replaces: old })))[0].replaces, old);
});

test("overlaps are refused on the spot, with rows of the server and with rows that wait", async () => {
  const { queue, drafts, person } = await opened();
  const check = async (path, fields) => checkDrafts(await drafts(path, fields), person, queue);
  const overlapWith = (entry, date, start, end) => [{ field: "start_time", code: "overlap", args: { entry, date, start, end } }];
  const overlap = overlapWith(ROW, "20.11.2026", "08:30", "17:30");
  const at = (date, start, end, more = {}) => typed({ work_date: date, start_time: start, end_time: end, _id: newId(), ...more });
  assert.deepEqual(await check("/timesheets", at("2026-11-20", "17:29", "18:00")), overlap);
  assert.deepEqual(await check("/timesheets", at("2026-11-20", "17:30", "18:00")), [], "one may end where the next begins");
  assert.deepEqual(await check("/timesheets", at("2026-11-19", "22:00", "08:31")), overlap, "a night reaches into the next day");
  assert.deepEqual(await check("/timesheets", at("2026-11-20", "09:00", "10:00", { employee_id: ALI })), []);
  assert.deepEqual(await check(`/timesheets/${ROW}`, { _base: "3", _orig: JSON.stringify(ENTRY), ...typed({ end_time: "18:00" }) }), [], "a row is not in its own way");
  const waits = at("2026-11-21", "08:00", "12:00");
  await queue.enqueueAll(await drafts("/timesheets", { ...waits, _op: newId() }), person);
  assert.deepEqual(await check("/timesheets", at("2026-11-21", "11:00", "13:00")), overlapWith(waits._id, "21.11.2026", "08:00", "12:00"));
  const moved = {
    _op: newId(),
    _base: "",
    _orig: JSON.stringify({ ...ENTRY, work_date: "2026-11-21", start_time: "08:00", end_time: "12:00" }),
    ...waits,
    start_time: "06:00",
    end_time: "08:00",
  };
  await queue.enqueueAll(await drafts(`/timesheets/${waits._id}`, moved), person);
  assert.deepEqual(await check("/timesheets", at("2026-11-21", "11:00", "13:00")), [], "what waits is looked at as it will be");
  assert.deepEqual(await check("/timesheets", at("2026-11-21", "07:00", "09:00")), overlapWith(waits._id, "21.11.2026", "06:00", "08:00"));
  await queue.enqueueAll(await drafts(`/timesheets/${ROW}/deletion`, { _op: newId(), _base: "3" }), person);
  assert.deepEqual(await check("/timesheets", at("2026-11-20", "09:00", "10:00")), [], "a deleted entry is in nobody's way");
  assert.deepEqual(await check(`/timesheets/${ROW}/restoration`, { _op: newId() }), []);
  const other = at("2026-11-20", "09:00", "10:00");
  await queue.enqueueAll(await drafts("/timesheets", { ...other, _op: newId() }), person);
  assert.deepEqual(await check(`/timesheets/${ROW}/restoration`, { _op: newId() }), overlapWith(other._id, "20.11.2026", "09:00", "10:00"), "it would come back over another one");
});

test("a correction of a row that this browser does not know is checked as far as it goes", async () => {
  const { queue, drafts, person } = await opened();
  const [row] = [newId()];
  const original = JSON.stringify({ start_time: "08:00", end_time: "17:00", break_minutes: 60, is_special: false });
  const form = { _base: "2", _orig: original, start_time: "09:00", end_time: "17:00", break_minutes: "481" };
  const errors = await checkDrafts(await drafts(`/today/entries/${row}`, form), person, queue);
  assert.deepEqual(errors, [{ field: "break_minutes", code: "break-range" }]);
  const equal = await checkDrafts(await drafts(`/today/entries/${row}`, { ...form, break_minutes: "60", start_time: "17:00" }), person, queue);
  assert.deepEqual(equal, [{ field: "end_time", code: "times-equal" }]);
});

test("people with entries are not deleted, also where an entry only waits", async () => {
  const { queue, drafts, person } = await opened();
  const check = async (id) => checkDrafts(await drafts(`/employees/${id}/deletion`, { _op: newId() }), person, queue);
  assert.deepEqual(await check(AYSE), [{ field: "", code: "employee-has-timesheets", args: { count: "1" } }]);
  assert.deepEqual(await check(ALI), []);
  await queue.enqueueAll(await drafts("/timesheets", typed({ _op: newId(), employee_id: ALI })), person);
  assert.equal((await check(ALI)).length, 1);
});
