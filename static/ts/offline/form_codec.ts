// HTML form to operation. The same rules as src/core/ops/form_codec.rs and src/pages/web/form.rs; tests/golden/form_codec.json pins both.

import { formatTime, parseDate, parseTime, trim } from "../civil.ts";
import { newId } from "../ids.ts";
import { clean } from "../text.ts";
import forms from "./forms.json";
import type { Entity, Fields, Row, Value } from "./types.ts";

export type Pairs = readonly (readonly [string, string])[];

type FieldKind = "text" | "optional_text" | "later_text" | "date" | "time" | "integer" | "decimal" | "flag" | "weekdays" | "id";

const FORMS = forms as unknown as Record<Entity, [name: string, kind: FieldKind][]>;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The first value of that name that is not blank; "" for none. */
export function fieldValue(pairs: Pairs, name: string): string {
  return valuesOf(pairs, name)[0] ?? "";
}

/** All values of that name that are not blank. */
export function valuesOf(pairs: Pairs, name: string): string[] {
  return given(pairs, name).filter((value) => value !== "");
}

/** What people typed is cleaned; what the page itself put in (`_...`) stays as it is. */
function given(pairs: Pairs, name: string): string[] {
  return pairs.filter(([known]) => known === name).map(([, value]) => (name.startsWith("_") ? trim(value) : clean(value)));
}

/** The fields of an entity out of posted pairs. What does not read as the field wants stays the text that was typed. */
export function readForm(entity: Entity, pairs: Pairs): Row {
  const values = FORMS[entity].map(([name, kind]) => [name, kind, readValue(kind, given(pairs, name))] as const);
  // A field that came after the first release is left out while it is blank (src/core/ops/form_codec.rs).
  return Object.fromEntries(values.filter(([, kind, value]) => kind !== "later_text" || value !== null).map(([name, , value]) => [name, value]));
}

function readValue(kind: FieldKind, values: string[]): Value {
  const text = values[0];
  if (kind === "weekdays") return [...new Set(values.join("").match(/[1-7]/g))].sort().join("");
  if (kind === "flag") return text !== undefined && !["", "0", "false"].includes(text);
  if (text === undefined || text === "") return kind === "text" ? "" : null;
  switch (kind) {
    case "date":
      return readWith(parseDate(text), (date) => date) ?? text;
    case "time":
      return readWith(parseTime(text), formatTime) ?? text;
    case "integer":
      return integerOf(text) ?? text;
    case "decimal":
      return text.replaceAll(",", ".");
    default:
      return text;
  }
}

function readWith<T>(parsed: { ok: true; value: T } | { ok: false }, show: (value: T) => string): string | null {
  return parsed.ok ? show(parsed.value) : null;
}

/** A whole number as Rust reads it; null for what is none, or too large to be exact here. */
export function integerOf(text: string): number | null {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(number) ? number + 0 : null;
}

/** The changes of a new row: everything, from nothing. */
export function changesOfNew(values: Row): Fields {
  return Object.fromEntries(Object.entries(values).map(([name, to]) => [name, { from: null, to }]));
}

/**
 * The changes of a row: what differs from `original`, the values the form was rendered with. A value that was stored before texts were cleaned,
 * and that nobody touched, is none.
 */
export function changesBetween(original: Row, values: Row): Fields {
  const seen = (value: Value | undefined): Value => (typeof value === "string" ? clean(value) : (value ?? null));
  const changes = Object.entries(values).map(([name, to]) => [name, { from: seen(original[name]), to }] as const);
  return Object.fromEntries(changes.filter(([, { from, to }]) => !sameValue(from, to)));
}

/** Equal as a person would say: no value and empty text are the same. */
export function sameValue(a: Value, b: Value): boolean {
  const isEmpty = (value: Value): boolean => value === null || value === "";
  return a === b || (isEmpty(a) && isEmpty(b));
}

/** The values a form was rendered with. */
export function originalOf(pairs: Pairs): Row {
  const original: unknown = JSON.parse(fieldValue(pairs, "_orig"));
  if (typeof original !== "object" || original === null || Array.isArray(original)) throw new Error("_orig: not a row");
  return original as Row;
}

/** The version of the row on the author's screen; null for a form that does not say it. */
export function baseOf(pairs: Pairs): number | null {
  const base = fieldValue(pairs, "_base");
  if (base === "") return null;
  const version = integerOf(base);
  if (version === null) throw new Error("_base: not a number");
  return version;
}

/** The id a form carries in `name`, or a new one. */
export function idOf(pairs: Pairs, name: "_op" | "_id"): string {
  const text = fieldValue(pairs, name);
  return text === "" ? newId() : uuidOf(text, name);
}

/** An id as the server writes it. */
export function uuidOf(text: string, name: string): string {
  const id = text.toLowerCase();
  if (!UUID.test(id)) throw new Error(`${name}: not a UUID`);
  return id;
}
