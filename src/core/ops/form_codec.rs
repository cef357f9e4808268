//! Converts an HTML form to an operation. The same rules as `static/ts/form_codec.ts`; `tests/golden/form_codec.json` pins both.
//!
//! Texts are cleaned first ([`crate::text::clean`]). A value that does not parse as the field's kind stays the typed text: the entity's
//! check then reports what is wrong, in the same words for a form, a queue and an import.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Change, Field, Fields, Row, clean_value, same_value};
use crate::{civil, money, phone, plate, text::clean};

/// How the value of a form field is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text; blank is "".
    Text,
    /// Text; blank is null.
    OptionalText,
    /// Cleaned text of a field that was added after the first release. A blank one is omitted, so that the form gives the same operation in
    /// a browser or agent that does not know the field yet.
    LaterText,
    /// A date as typed, sent as `YYYY-MM-DD`; blank is null.
    Date,
    /// A time of day as typed, sent as `HH:MM`; blank is null.
    Time,
    /// A whole number; blank is null.
    Integer,
    /// A decimal number with comma or point, sent as text with a point; blank is null.
    Decimal,
    /// A checkbox: present is true.
    Flag,
    /// Several checkboxes with one name and the values 1 to 7, sent as one text of ascending digits.
    Weekdays,
    /// The id of another row; blank is null.
    Id,
    /// Text with several lines in forms; blank is "".
    LongText,
    /// One of a few words; blank is null.
    Choice,
    /// A Turkish identity number; blank is null.
    IdentityNo,
    /// A number plate as typed, sent as `06 ABC 123`; blank is null.
    Plate,
    /// A telephone number as typed, sent as `+905321234567`; blank is null.
    Phone,
    /// A sum of money as typed, sent as text with a point, `1250.50`; blank is null.
    Money,
    /// Minutes, typed as a number or as hours and minutes (`1:30`), sent as a whole number; blank is null.
    Minutes,
}

/// The fields of an entity's form, in order.
pub type FormSpec = &'static [Field];

/// Reads the fields of `spec` from posted pairs.
pub fn read_form(spec: FormSpec, pairs: &[(String, String)]) -> Row {
    let values = spec.iter().map(|field| (field, read_value(field.kind, field.name, pairs)));
    let said = values.filter(|(field, value)| field.kind != FieldKind::LaterText || !value.is_null());
    said.map(|(field, value)| (field.name.to_owned(), value)).collect()
}

fn read_value(kind: FieldKind, name: &str, pairs: &[(String, String)]) -> Value {
    let mut given = pairs.iter().filter(|(n, _)| n == name).map(|(_, v)| clean(v));
    if kind == FieldKind::Weekdays {
        let mut days: Vec<char> = given.collect::<String>().chars().filter(|d| ('1'..='7').contains(d)).collect();
        days.sort_unstable();
        days.dedup();
        return json!(days.into_iter().collect::<String>());
    }
    let text = given.next();
    if kind == FieldKind::Flag {
        return json!(text.is_some_and(|t| !matches!(t.as_str(), "" | "0" | "false")));
    }
    let text = text.unwrap_or_default();
    let text = text.as_str();
    if text.is_empty() {
        return if matches!(kind, FieldKind::Text | FieldKind::LongText) { json!("") } else { Value::Null };
    }
    match kind {
        FieldKind::Date => civil::parse_date(text).map_or_else(|_| json!(text), |d| json!(d.format("%Y-%m-%d").to_string())),
        FieldKind::Time => civil::parse_time(text).map_or_else(|_| json!(text), |m| json!(civil::format_time(m))),
        FieldKind::Integer => text.parse::<i64>().map_or_else(|_| json!(text), |n| json!(n)),
        FieldKind::Decimal => json!(text.replace(',', ".")),
        FieldKind::Plate => json!(plate::parse(text).unwrap_or_else(|_| text.to_owned())),
        FieldKind::Phone => json!(phone::parse(text).unwrap_or_else(|_| text.to_owned())),
        FieldKind::Money => json!(money::parse(text).map_or_else(|_| text.to_owned(), money::format)),
        FieldKind::Minutes => civil::parse_minutes(text).map_or_else(|_| json!(text), |minutes| json!(minutes)),
        _ => json!(text),
    }
}

/// The changes of a create: every field, from null.
pub fn changes_of_new(values: Row) -> Fields {
    values.into_iter().map(|(name, to)| (name, Change { from: Value::Null, to })).collect()
}

/// The changes of an update: the values that differ from `original`, the values with which the form was rendered. An untouched value that
/// was stored before texts were cleaned is not a change.
pub fn changes_between(original: &Row, values: Row) -> Fields {
    let mut changes = BTreeMap::new();
    for (name, to) in values {
        let from = original.get(&name).map(clean_value).unwrap_or_default();
        if !same_value(&from, &to) {
            changes.insert(name, Change { from, to });
        }
    }
    changes
}
