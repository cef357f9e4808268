//! Reads the values of a row, field by field, and collects every complaint. Shared by the entities of the write path.

use chrono::NaiveDate;
use serde_json::Value;
use uuid::Uuid;

use super::Row;
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

    /// Text that may be blank.
    pub fn text(&mut self, name: &str, max: usize) -> String {
        self.optional_text(name, max).unwrap_or_default()
    }

    /// Text that may be missing. Lengths are in characters.
    pub fn optional_text(&mut self, name: &str, max: usize) -> Option<String> {
        let text = self.text_of(name)?;
        if text.chars().count() > max {
            self.complain(FieldError::new(name, "too-long").with("max", max));
        }
        Some(text)
    }

    /// Text that has to be there; `missing` is the complaint's code.
    pub fn required_text(&mut self, name: &str, max: usize, missing: &str) -> String {
        let text = self.optional_text(name, max);
        if text.is_none() {
            self.complain(FieldError::new(name, missing));
        }
        text.unwrap_or_default()
    }

    /// A date that may be missing.
    pub fn optional_date(&mut self, name: &str) -> Option<NaiveDate> {
        let text = self.text_of(name)?;
        civil::parse_date(&text).map_err(|error| self.complain(error.about(name))).ok()
    }

    /// A date of work that has to be there; a stand-in when it is not, next to the complaint.
    pub fn work_date(&mut self, name: &str) -> NaiveDate {
        let text = self.text_of(name).unwrap_or_default();
        civil::parse_work_date(&text).map_err(|error| self.complain(error.about(name))).unwrap_or_default()
    }

    /// A time of day in minutes that may be missing.
    pub fn optional_time(&mut self, name: &str) -> Option<i32> {
        let text = self.text_of(name)?;
        civil::parse_time(&text).map_err(|error| self.complain(error.about(name))).ok()
    }

    /// A time of day in minutes that has to be there.
    pub fn time(&mut self, name: &str) -> i32 {
        let text = self.text_of(name).unwrap_or_default();
        civil::parse_time(&text).map_err(|error| self.complain(error.about(name))).unwrap_or_default()
    }

    /// A number of hours in minutes, 0 to 1440, that may be missing (DOMAIN 11.2 C59).
    pub fn optional_hours(&mut self, name: &str) -> Option<i32> {
        let text = self.text_of(name)?;
        civil::parse_hours(&text).map_err(|error| self.complain(error.about(name))).ok()
    }

    /// Minutes of break, 0 to 480 (DOMAIN 3.10); missing is 0.
    pub fn break_minutes(&mut self, name: &str) -> i32 {
        let Some(text) = self.text_of(name) else { return 0 };
        civil::parse_break(&text).map_err(|error| self.complain(error.about(name))).unwrap_or_default()
    }

    /// `start_time` and `end_time` in stored form: an end before the start is on the next day, equal times are refused (DOMAIN 11.2).
    pub fn shift_times(&mut self) -> (i32, i32) {
        let before = self.errors.len();
        let (start, end) = (self.time("start_time"), self.time("end_time"));
        let stored = civil::stored_end(start, end);
        if stored.is_none() && self.errors.len() == before {
            self.complain(FieldError::new("end_time", "times-equal"));
        }
        (start, stored.unwrap_or(end))
    }

    /// A flag; missing is `default`.
    pub fn flag(&mut self, name: &str, default: bool) -> bool {
        match self.row.get(name) {
            None | Some(Value::Null) => default,
            Some(Value::Bool(flag)) => *flag,
            Some(Value::Number(n)) => n.as_i64() != Some(0),
            Some(Value::String(text)) => !matches!(text.as_str(), "" | "0" | "false"),
            Some(_) => {
                self.complain(FieldError::new(name, "flag-format"));
                default
            }
        }
    }

    /// The id of another row that has to be there; `missing` is the complaint's code.
    pub fn id(&mut self, name: &str, missing: &str) -> Uuid {
        let id = self.text_of(name).and_then(|text| text.parse().ok());
        if id.is_none() {
            self.complain(FieldError::new(name, missing));
        }
        id.unwrap_or_default()
    }

    /// The id of another row that may be missing; `unknown` is the complaint's code for what is no id.
    pub fn optional_id(&mut self, name: &str, unknown: &str) -> Option<Uuid> {
        let text = self.text_of(name)?;
        text.parse().map_err(|_| self.complain(FieldError::new(name, unknown))).ok()
    }
}
