import assert from "node:assert/strict";
import test from "node:test";

import { golden, load } from "./load.mjs";

const civil = await load("static/ts/civil.ts");
const vectors = await golden("civil.json");

/** Runs every vector of a kind; `shown` gives what the vector holds for a value that was read. */
function check(kind, parse, shown) {
  assert.ok(vectors[kind].length > 5, `${kind}: the vectors are there`);
  for (const { in: text, ...wanted } of vectors[kind]) {
    const { ok, value, ...complaint } = parse(text);
    assert.deepEqual(ok ? shown(value) : complaint, wanted, `${kind}: ${JSON.stringify(text)}`);
  }
}

test("times are read as the shared vectors say", () => {
  check("times", civil.parseTime, (minutes) => ({ minutes, text: civil.formatTime(minutes) }));
});

test("dates are read as the shared vectors say", () => {
  check("dates", civil.parseDate, (date) => ({ date, text: civil.formatDateTr(date) }));
});

test("breaks are read as the shared vectors say", () => {
  check("breaks", civil.parseBreak, (minutes) => ({ minutes }));
});

test("hours are read as the shared vectors say", () => {
  check("hours", civil.parseHours, (minutes) => ({
    minutes,
    tr: civil.formatHours(minutes, "tr"),
    en: civil.formatHours(minutes, "en"),
  }));
});

test("an end before the start lies on the next day", () => {
  const minutes = (text) => civil.parseTime(text).value;
  for (const { start, end, stored } of vectors.ends) {
    assert.equal(civil.storedEnd(minutes(start), minutes(end)), stored, `${start} to ${end}`);
  }
});

test("every time of a day reads back as it is shown, with and without the colon", () => {
  for (let minutes = 0; minutes < civil.DAY; minutes += 1) {
    const text = civil.formatTime(minutes);
    assert.deepEqual(civil.parseTime(text), { ok: true, value: minutes });
    assert.deepEqual(civil.parseTime(text.replace(":", "")), { ok: true, value: minutes });
    assert.equal(civil.formatTime(minutes + civil.DAY), text);
  }
});

test("every plan of a day reads back as it is shown", () => {
  for (let minutes = 0; minutes <= civil.DAY; minutes += 1) {
    assert.deepEqual(civil.parseHours(civil.formatHours(minutes, "tr")), { ok: true, value: minutes });
  }
});

test("thousands of hours are grouped, in each language by its own mark", () => {
  assert.deepEqual([civil.formatHours(85_770, "tr"), civil.formatHours(85_770, "en")], ["1.429,50", "1,429.50"]);
});

test("an instant is shown by Istanbul's clock, whatever the computer's time zone and language are", () => {
  const before = process.env["TZ"];
  process.env["TZ"] = "America/New_York";
  try {
    const at = Date.UTC(2026, 0, 4, 21, 5);
    assert.equal(new Date(at).getHours(), 16, "the computer's clock is another one");
    assert.deepEqual([civil.formatInstant(at), civil.formatInstant(new Date(at))], ["05.01.2026 00:05", "05.01.2026 00:05"]);
  } finally {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  }
});

test("a day is called by its full name as the shared vectors say", () => {
  assert.ok(vectors.long_days.length > 3, "the vectors are there");
  for (const { date, ...wanted } of vectors.long_days) {
    assert.deepEqual({ tr: civil.longDay(date, "tr"), en: civil.longDay(date, "en") }, wanted, date);
  }
});
