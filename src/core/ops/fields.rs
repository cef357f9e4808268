//! Reads the values of a row, field by field, according to the descriptions of the fields, and collects all complaints.

use std::convert::Infallible;

use chrono::NaiveDate;
use serde_json::Value;
use uuid::Uuid;

use super::{Cell, Field, Plain, Presence, Reads, Row, Source, Values, form_codec::FieldKind};
use crate::{civil, complaint::FieldError, money, phone, plate};

/// A row that is being read.
pub struct Reader<'a> {
    row: &'a Row,
    errors: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    /// Starts reading a row.
    pub fn new(row: &'a Row) -> Self {
        Self { row, errors: Vec::new() }
    }

    /// Adds a complaint.
    pub fn complain(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// The value, or all complaints.
    pub fn finish<T>(self, value: T) -> Result<T, Vec<FieldError>> {
        if self.errors.is_empty() { Ok(value) } else { Err(self.errors) }
    }

    fn text_of(&self, name: &str) -> Option<String> {
        let text = match self.row.get(name) {
            None | Some(Value::Null) => return None,
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(other) => other.to_string(),
        };
        (!text.is_empty()).then_some(text)
    }

    /// All values of the type, with a placeholder for each value that has a complaint.
    pub fn values<V: Values>(&mut self) -> V {
        let Ok(values) = V::read(self);
        values
    }

    /// Whether a field of the row is blank.
    pub fn is_blank(&self, name: &str) -> bool {
        self.text_of(name).is_none()
    }

    fn plain(&mut self, field: &'static Field) -> Plain {
        match field.kind {
            FieldKind::Text | FieldKind::OptionalText | FieldKind::LaterText | FieldKind::LongText | FieldKind::IdentityNo => {
                Plain::Text(self.text(field))
            }
            FieldKind::Choice => Plain::Text(self.word(field)),
            FieldKind::Phone => Plain::Text(self.read(field, |text| phone::parse(text).map_err(|error| error.about(field.name)))),
            FieldKind::Plate => Plain::Text(self.read(field, |text| plate::parse(text).map_err(|error| error.about(field.name)))),
            FieldKind::Money => Plain::Sum(self.read(field, |text| money::parse(text).map_err(|error| error.about(field.name)))),
            FieldKind::Minutes => Plain::Number(self.minutes(field)),
            FieldKind::Weekdays => Plain::Text(self.weekdays(field)),
            FieldKind::Date => Plain::Date(self.date(field)),
            FieldKind::Time => Plain::Number(self.time(field)),
            FieldKind::Decimal => Plain::Number(self.hours(field)),
            FieldKind::Integer => Plain::Number(self.number(field)),
            FieldKind::Flag => Plain::Flag(Some(self.flag(field))),
            FieldKind::Id => Plain::Id(self.id(field)),
        }
    }

    /// The text of a field if it is not blank. Adds a complaint if a required field is blank.
    fn said(&mut self, field: &'static Field) -> Option<String> {
        let text = self.text_of(field.name);
        if text.is_none()
            && let Presence::Required(missing) = field.presence
        {
            self.complain(FieldError::new(field.name, missing));
        }
        text
    }

    /// The parsed value, or `None` and a complaint. A blank text is parsed too if the field always has a value.
    fn read<T>(&mut self, field: &'static Field, parse: impl Fn(&str) -> Result<T, FieldError>) -> Option<T> {
        let text = self.said(field);
        let text = if field.presence == Presence::Always { Some(text.unwrap_or_default()) } else { text }?;
        parse(&text).map_err(|error| self.complain(error)).ok()
    }

    fn text(&mut self, field: &'static Field) -> Option<String> {
        let text = self.said(field)?;
        if text.chars().count() > field.longest {
            self.complain(FieldError::new(field.name, "too-long").with("max", field.longest));
        }
        Some(text)
    }

    /// One of the field's words.
    fn word(&mut self, field: &'static Field) -> Option<String> {
        self.read(field, |text| {
            let is_known = field.choices.contains(&text);
            is_known.then(|| text.to_owned()).ok_or_else(|| FieldError::new(field.name, field.unknown))
        })
    }

    /// ISO weekdays, ascending, each at most once.
    fn weekdays(&mut self, field: &'static Field) -> Option<String> {
        let text = self.text(field)?;
        if !text.bytes().all(|b| (b'1'..=b'7').contains(&b)) || !text.bytes().is_sorted_by(|a, b| a < b) {
            self.complain(FieldError::new(field.name, "weekdays-format"));
        }
        Some(text)
    }

    fn date(&mut self, field: &'static Field) -> Option<NaiveDate> {
        let parse = if field.reads == Reads::WorkDate { civil::parse_work_date } else { civil::parse_date };
        self.read(field, |text| parse(text).map_err(|error| error.about(field.name)))
    }

    /// Minutes of the day; for the end of a shift, minutes of the start day.
    fn time(&mut self, field: &'static Field) -> Option<i32> {
        let time = self.read(field, |text| civil::parse_time(text).map_err(|error| error.about(field.name)));
        let Reads::EndOf(start) = field.reads else { return time };
        let start = self.text_of(start).and_then(|text| civil::parse_time(&text).ok());
        let (Some(start), Some(end)) = (start, time) else { return time };
        let stored = civil::stored_end(start, end);
        if stored.is_none() {
            self.complain(FieldError::new(field.name, "times-equal"));
        }
        stored.or(time)
    }

    /// A number of hours in minutes, 0 to 1440 (DOMAIN 11.2 C59).
    fn hours(&mut self, field: &'static Field) -> Option<i32> {
        self.read(field, |text| civil::parse_hours(text).map_err(|error| error.about(field.name)))
    }

    fn number(&mut self, field: &'static Field) -> Option<i32> {
        self.read(field, |text| {
            if field.reads == Reads::Break {
                return civil::parse_break(text).map_err(|error| error.about(field.name));
            }
            let number = text.parse::<i64>().map_err(|_| FieldError::new(field.name, "number-format"))?;
            within(field, i32::try_from(number).ok(), "number-range")
        })
    }

    fn minutes(&mut self, field: &'static Field) -> Option<i32> {
        self.read(field, |text| {
            let minutes = civil::parse_minutes(text).map_err(|error| error.about(field.name))?;
            within(field, Some(minutes), "minutes-range")
        })
    }

    fn flag(&mut self, field: &'static Field) -> bool {
        match self.row.get(field.name) {
            None | Some(Value::Null) => field.is_set_unsaid,
            Some(Value::Bool(flag)) => *flag,
            Some(Value::Number(n)) => n.as_i64() != Some(0),
            Some(Value::String(text)) => !matches!(text.as_str(), "" | "0" | "false"),
            Some(_) => {
                self.complain(FieldError::new(field.name, "flag-format"));
                field.is_set_unsaid
            }
        }
    }

    /// An invalid id in a required field counts as missing.
    fn id(&mut self, field: &'static Field) -> Option<Uuid> {
        let code = field.code_of_unknown_row();
        let text = self.said(field)?;
        text.parse().map_err(|_| self.complain(FieldError::new(field.name, code))).ok()
    }
}

impl Source for Reader<'_> {
    type Error = Infallible;

    fn take<C: Cell>(&mut self, field: &'static Field) -> Result<C, Infallible> {
        let value = C::from_plain(self.plain(field));
        Ok(value.unwrap_or_else(|| {
            self.complain(FieldError::new(field.name, field.unknown));
            C::stand_in()
        }))
    }
}

/// The number, if it is in the field's range.
fn within(field: &Field, number: Option<i32>, code: &str) -> Result<i32, FieldError> {
    let (least, most) = field.range;
    let wrong = || FieldError::new(field.name, code).with("min", least).with("max", most);
    number.filter(|number| (least..=most).contains(number)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ops::{
        Field,
        form_codec::{FieldKind, read_form},
    };

    #[derive(serde::Deserialize)]
    struct Case {
        kind: String,
        typed: String,
        value: Value,
        code: Option<String>,
    }

    fn cases() -> Vec<Case> {
        serde_json::from_str(include_str!("../../../tests/golden/field_kinds.json")).unwrap()
    }

    fn kind_of(word: &str) -> FieldKind {
        match word {
            "phone" => FieldKind::Phone,
            "plate" => FieldKind::Plate,
            "money" => FieldKind::Money,
            "minutes" => FieldKind::Minutes,
            "integer" => FieldKind::Integer,
            "choice" => FieldKind::Choice,
            "identity_no" => FieldKind::IdentityNo,
            "long_text" => FieldKind::LongText,
            other => panic!("no kind {other}"),
        }
    }

    /// The result of an entity's check of a value: the value to be stored, in the form's format, and the complaint.
    fn checked(field: &'static Field, value: &Value) -> (Value, Option<String>) {
        let row = Row::from([("f".to_owned(), value.clone())]);
        let mut read = Reader::new(&row);
        let stored = read.plain(field);
        let stored = if matches!(field.kind, FieldKind::LongText) && stored == Plain::Text(None) {
            json!("")
        } else {
            field.from_column(&stored.to_json())
        };
        (stored, read.finish(()).err().map(|errors| errors[0].code.clone()))
    }

    fn field_of(kind: FieldKind) -> &'static Field {
        let (least, most) = if kind == FieldKind::Minutes { (0, 1440) } else { (0, 9_999_999) };
        let field = Field::new("f", kind, "change-notes").longest(2000).range(least, most).unknown("class-unknown");
        Box::leak(Box::new(if kind == FieldKind::Choice { field.one_of(&["B", "C"], "class-") } else { field }))
    }

    #[test]
    fn a_value_of_each_kind_is_read_and_checked_as_the_vectors_have_it() {
        assert!(cases().len() > 50, "the vectors are there");
        for Case { kind: word, typed, value, code, .. } in cases() {
            let kind = kind_of(&word);
            let field = field_of(kind);
            let form = std::slice::from_ref(field);
            let read = read_form(form, &[("f".to_owned(), typed.clone())])["f"].clone();
            assert_eq!(read, value, "{word} {typed}");
            let again = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if !value.is_null() && code.is_none() {
                assert_eq!(read_form(form, &[("f".to_owned(), again)])["f"], value, "{word} {typed}: what was read reads the same again");
            }
            let (stored, complaint) = checked(field, &value);
            assert_eq!(complaint, code, "{word} {typed}");
            if code.is_none() {
                assert_eq!(stored, value, "{word} {typed}: stored as it was read");
            }
        }
    }

    #[test]
    fn a_plate_that_has_to_be_there_is_asked_for() {
        let plate: &'static Field = Box::leak(Box::new(Field::new("plate", FieldKind::Plate, "change-notes").required("plate-missing")));
        let row = Row::new();
        let mut read = Reader::new(&row);
        assert_eq!(read.plain(plate), Plain::Text(None));
        assert_eq!(read.finish(()).unwrap_err(), [FieldError::new("plate", "plate-missing")]);
    }
}
