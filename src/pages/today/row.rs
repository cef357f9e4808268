//! The form of a row: start, end, break and "özel gün", as planned, as stored, or as refused.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    civil::format_time,
    complaint::FieldError,
    hours::doubts::{CONFIRMED, code_of},
    i18n::Lang,
    ops::{Entity as _, Row},
    roster::Defaults,
    timesheets::Timesheet,
    web::form::{Posted, other_of, sentence},
};

/// The fields that a row's form may change. The rest of an entry (note, person and day) is changed on its own page.
pub const FIELDS: [&str; 5] = ["start_time", "end_time", "break_minutes", "is_special", CONFIRMED];

/// A field as the row shows it.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// What it holds.
    pub value: String,
    /// The stored value, else the planned one: Esc restores it, and other values count as not saved yet.
    pub kept: String,
    /// What is wrong.
    pub error: String,
}

impl Field {
    fn kept(value: String) -> Self {
        Self { kept: value.clone(), value, error: String::new() }
    }
}

/// The fields of a row.
#[derive(Debug, Clone, Default)]
pub struct RowForm {
    /// Start of the shift.
    pub start: Field,
    /// End of the shift.
    pub end: Field,
    /// The break.
    pub rest: Field,
    /// "Özel gün" is ticked.
    pub is_special: bool,
    /// Whether it is ticked in the stored or planned values.
    pub kept_special: bool,
    /// The stored values as JSON; empty for a new entry.
    pub orig: String,
    /// What is wrong with the row as a whole.
    pub error: String,
    /// Whether the form was refused: the typed values are not stored.
    pub is_refused: bool,
    /// What was confirmed, or will be confirmed by the next Enter.
    pub confirmed: String,
    /// Questions; the next Enter confirms them.
    pub questions: Vec<String>,
    /// The other entry that overlaps.
    pub other: Option<Uuid>,
}

impl RowForm {
    /// For a new entry: the planned values, else the usual ones. A public holiday suggests "özel gün".
    pub fn new(defaults: &Defaults) -> Self {
        Self {
            start: Field::kept(format_time(defaults.start_min)),
            end: Field::kept(format_time(defaults.end_min)),
            rest: Field::kept(defaults.break_minutes.to_string()),
            is_special: defaults.is_special,
            kept_special: defaults.is_special,
            ..Self::default()
        }
    }

    /// For a change of an entry.
    pub fn of_entry(value: &Timesheet) -> Self {
        Self {
            start: Field::kept(format_time(value.start_min)),
            end: Field::kept(format_time(value.end_min)),
            rest: Field::kept(value.break_minutes.to_string()),
            is_special: value.is_special,
            kept_special: value.is_special,
            orig: original(value),
            confirmed: value.confirmed.clone(),
            ..Self::default()
        }
    }

    /// Puts the typed values and the errors into the form.
    pub fn refuse(&mut self, posted: &Posted, errors: &[FieldError], lang: Lang) {
        posted.value("start_time").clone_into(&mut self.start.value);
        posted.value("end_time").clone_into(&mut self.end.value);
        posted.value("break_minutes").clone_into(&mut self.rest.value);
        self.is_special = posted.value("is_special") == "true";
        let codes = errors.iter().filter_map(code_of);
        self.confirmed = posted.value(CONFIRMED).split_whitespace().chain(codes).collect::<Vec<_>>().join(" ");
        for error in errors {
            let text = sentence(lang, error);
            match error.field.as_str() {
                "start_time" => self.start.error = text,
                "end_time" => self.end.error = text,
                "break_minutes" => self.rest.error = text,
                CONFIRMED => self.questions.push(text),
                _ => self.error = text,
            }
        }
        self.is_refused = true;
        self.other = other_of(errors);
    }

    /// The planned values were refused: shows the reason.
    pub fn refuse_plan(&mut self, why: &FieldError, lang: Lang) {
        self.start.error = sentence(lang, why);
        self.other = other_of(std::slice::from_ref(why));
        self.is_refused = true;
    }

    /// All errors, as sentences.
    pub fn errors(&self) -> impl Iterator<Item = &str> {
        [&self.error, &self.start.error, &self.end.error, &self.rest.error].into_iter().map(String::as_str).filter(|e| !e.is_empty())
    }
}

/// The values of [`FIELDS`] in an entry.
pub fn values(value: &Timesheet) -> Row {
    value.to_row().into_iter().filter(|(name, _)| FIELDS.contains(&name.as_str())).collect()
}

/// The same as JSON, for `_orig`.
pub fn original(value: &Timesheet) -> String {
    serde_json::to_string(&values(value)).unwrap_or_default()
}

/// The same as a form would post them: the values that "Geri al" restores.
pub fn as_posted(value: &Timesheet) -> Vec<(String, String)> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        Value::Bool(false) => String::new(),
        other => other.to_string(),
    };
    values(value).into_iter().map(|(name, value)| (name, text(value))).collect()
}
