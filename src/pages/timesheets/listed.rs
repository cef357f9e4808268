//! Entries as lists need them, from any source.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::Timesheet;
use crate::{civil::format_date_tr, crud::page_row};

/// Which entries a list shows. All bounds are inclusive; `text` is folded.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Only this person's.
    pub employee_id: Option<Uuid>,
    /// From this date.
    pub from: NaiveDate,
    /// To this date.
    pub to: NaiveDate,
    /// Part of the person's name or of the note.
    pub text: String,
}

/// An entry with its person's name, as lists show it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The row.
    pub id: Uuid,
    /// Its region's code.
    pub region: String,
    /// Its version.
    pub version: i64,
    /// Set for a deleted entry.
    pub deleted_at: Option<DateTime<Utc>>,
    /// The person's name.
    pub employee_name: String,
    /// The values.
    pub value: Timesheet,
}

page_row!(Listed);

impl Listed {
    /// The entry's name in messages: "Ayşe Yılmaz, 28.11.2026".
    pub fn title(&self) -> String {
        title_of(&self.employee_name, self.value.work_date)
    }
}

/// The name in messages of an entry of this person and day.
pub fn title_of(name: &str, day: NaiveDate) -> String {
    format!("{name}, {}", format_date_tr(day))
}

/// Equal shifts on equal weekdays have equal hours, so a total computes each shape only once: exact, and fast for years of entries.
pub struct Shape {
    /// The region's code.
    pub region: String,
    /// Any one date of that weekday in the group.
    pub a_date: NaiveDate,
    /// Start, minutes.
    pub start_min: i32,
    /// End, minutes.
    pub end_min: i32,
    /// Break, minutes.
    pub break_min: i32,
    /// Special day.
    pub is_special: bool,
    /// How many entries have this shape.
    pub count: i64,
}
