//! Reads the values of a row, field by field, as the fields say, and collects every complaint.

use std::convert::Infallible;

use chrono::NaiveDate;
use serde_json::Value;
use uuid::Uuid;

use super::{Cell, Field, Plain, Presence, Reads, Row, Source, Values, form_codec::FieldKind};
use crate::{civil, complaint::FieldError};

/// A row being read.
pub struct Reader<'a> {
    row: &'a Row,
    errors: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    /// Starts on a row.
    pub fn new(row: &'a Row) -> Self {
        Self { row, errors: Vec::new() }
    }

    /// Adds a complaint.
    pub fn complain(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// The value, or everything that is wrong.
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

    /// Every value of the type, with a stand-in beside each complaint.
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
            FieldKind::Text | FieldKind::OptionalText | FieldKind::LaterText => Plain::Text(self.text(field)),
            FieldKind::Weekdays => Plain::Text(self.weekdays(field)),
            FieldKind::Date => Plain::Date(self.date(field)),
            FieldKind::Time => Plain::Number(self.time(field)),
            FieldKind::Decimal => Plain::Number(self.hours(field)),
            FieldKind::Integer => Plain::Number(self.number(field)),
            FieldKind::Flag => Plain::Flag(Some(self.flag(field))),
            FieldKind::Id => Plain::Id(self.id(field)),
        }
    }

    /// The text of a field that says it, or a complaint about one that has to.
    fn said(&mut self, field: &'static Field) -> Option<String> {
        let text = self.text_of(field.name);
        if text.is_none()
            && let Presence::Required(missing) = field.presence
        {
            self.complain(FieldError::new(field.name, missing));
        }
        text
    }

    /// The value of a text, or the complaint that it is none. A blank one is read too where the field always has a value.
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

    /// ISO weekdays, ascending, each once.
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

    /// Minutes of the day; the end of a shift, of the start's day.
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
        self.read(field, |text| match field.reads {
            Reads::Break => civil::parse_break(text).map_err(|error| error.about(field.name)),
            _ => text.parse().map_err(|_| FieldError::new(field.name, "number-format")),
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

    /// What is no id is as good as none where the field has to be filled in.
    fn id(&mut self, field: &'static Field) -> Option<Uuid> {
        let code = if let Presence::Required(missing) = field.presence { missing } else { field.unknown };
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
