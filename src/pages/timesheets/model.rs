//! A timesheet as forms and operations write it.

use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    civil,
    complaint::FieldError,
    hours::Shift,
    ops::{Entity, Field, Reads, RowPage, Samples, Says, Title, Writers, form_codec::FieldKind, values},
};

/// One stretch of work. It belongs to the day it starts on; minutes count from that day's midnight and the end goes to 2880.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timesheet {
    /// Who.
    pub employee_id: Uuid,
    /// The start's date.
    pub work_date: NaiveDate,
    /// Start, 0 to 1439.
    pub start_min: i32,
    /// End, after the start, less than 24 h later.
    pub end_min: i32,
    /// Break, 0 to 480.
    pub break_minutes: i32,
    /// "Özel gün": public holiday or other special day.
    pub is_special: bool,
    /// Free text.
    pub notes: String,
    /// Which doubts about the entry were confirmed in the form: words of [`crate::hours::doubts`], separated by blanks.
    pub confirmed: String,
}

impl Timesheet {
    /// The input for computing the hours.
    pub fn shift(&self) -> Shift {
        Shift {
            work_date: self.work_date,
            start_min: self.start_min,
            end_min: self.end_min,
            break_minutes: self.break_minutes,
            is_special: self.is_special,
        }
    }
}

/// The error that another entry of the person is at the same time; it names that entry.
pub fn overlapping(id: Uuid, work_date: NaiveDate, start_min: i32, end_min: i32) -> FieldError {
    FieldError::new("start_time", "overlap")
        .with("entry", id)
        .with("date", civil::format_date_tr(work_date))
        .with("start", civil::format_time(start_min))
        .with("end", civil::format_time(end_min))
}

values!(Timesheet {
    employee_id: Field::new("employee_id", FieldKind::Id, "change-employee").says(Says::Person).of("employee").required("employee-missing"),
    work_date: Field::new("work_date", FieldKind::Date, "change-work-date").always().reads(Reads::WorkDate),
    start_min: Field::new("start_time", FieldKind::Time, "change-start").column("start_min").always(),
    end_min: Field::new("end_time", FieldKind::Time, "change-end").column("end_min").always().reads(Reads::EndOf("start_time")),
    break_minutes: Field::new("break_minutes", FieldKind::Integer, "change-break")
        .column("break_min")
        .says(Says::Minutes)
        .reads(Reads::Break),
    is_special: Field::new("is_special", FieldKind::Flag, "change-is-special"),
    notes: Field::new("notes", FieldKind::Text, "change-notes").longest(2000),
    confirmed: Field::new("confirmed", FieldKind::LaterText, "change-confirmed").says(Says::Doubts).longest(200),
});

impl Entity for Timesheet {
    const NAME: &'static str = "timesheet";
    const LABEL: &'static str = "change-of-timesheet";
    const TABLE: &'static str = "app.timesheets";
    const HOME: &'static str = "/timesheets";
    const TITLE: Option<Title> = Some(Title::of("employee", "employee_id").dated("work_date"));
    const PAGE: Option<RowPage> = Some(RowPage { rest: "", stays: true });
    const WRITERS: Writers = Writers::Region;

    fn samples() -> Samples {
        Samples {
            rows: [
                json!({
                    "work_date": "2025-11-17", "start_time": "08:30", "end_time": "17:30", "break_minutes": 60, "is_special": false, "notes": "",
                }),
                json!({
                    "work_date": "2025-11-18", "start_time": "06:00", "end_time": "23:30", "break_minutes": 45, "is_special": true,
                    "notes": "Sayım", "confirmed": "long-day",
                }),
            ],
            refused: vec![
                ("employee_id", Value::Null, "employee-missing"),
                ("work_date", json!(""), "date-empty"),
                ("end_time", json!("08:30"), "times-equal"),
                ("break_minutes", json!("bir saat"), "break-format"),
                ("notes", json!("a".repeat(2001)), "too-long"),
            ],
        }
    }
}
