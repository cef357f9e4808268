//! HTML form to operation. The same rules as `static/ts/form_codec.ts`; `tests/golden/form_codec.json` pins both.
//!
//! Texts are cleaned first ([`crate::text::clean`]). A value that does not read as what the field wants stays the text that was typed: the
//! entity's own check then says what is wrong with it, in the same words for a form, a queue and an import.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Change, Field, Fields, Row, clean_value, same_value};
use crate::{civil, money, phone, plate, text::clean};

/// How a form field reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text; blank is "".
    Text,
    /// Text; blank is null.
    OptionalText,
    /// Trimmed text of a field that came after the first release; a blank one is left out, so that a form is the same operation to a browser
    /// or an agent that does not know the field yet.
    LaterText,
    /// A date as typed, sent as `YYYY-MM-DD`; blank is null.
    Date,
    /// A time of day as typed, sent as `HH:MM`; blank is null.
    Time,
    /// A whole number; blank is null.
    Integer,
    /// A decimal with comma or point, sent as text with a point; blank is null.
    Decimal,
    /// A checkbox: present is true.
    Flag,
    /// Several checkboxes of one name with the values 1 to 7, sent as one ascending text.
    Weekdays,
    /// The id of another row; blank is null.
    Id,
    /// Text that forms show in several lines; blank is "".
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
    /// Minutes, typed as such or as hours and minutes (`1:30`), sent as a whole number; blank is null.
    Minutes,
}

/// The fields of an entity's form, in their order.
pub type FormSpec = &'static [Field];

/// Reads the fields of `spec` out of posted pairs.
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

/// The changes of a create: everything, from nothing.
pub fn changes_of_new(values: Row) -> Fields {
    values.into_iter().map(|(name, to)| (name, Change { from: Value::Null, to })).collect()
}

/// The changes of an update: what differs from `original`, the values the form was rendered with. A value that was stored before texts were
/// cleaned, and that nobody touched, is none.
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
