//! A timesheet as forms and operations write it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use crate::{
    civil,
    complaint::FieldError,
    hours::Shift,
    ops::{
        Entity, Field, Origin, Row, RowPage, Says, Title, Writers,
        fields::Reader,
        form_codec::{FieldKind, FormSpec},
    },
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
    /// Which doubts about it were confirmed at the form: words of [`crate::hours::doubts`], with a blank between two.
    pub confirmed: String,
}

impl Timesheet {
    /// What the hours are computed from.
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

/// The complaint that another entry of the person is there at the same time, with which one it is.
pub fn overlapping(id: Uuid, work_date: NaiveDate, start_min: i32, end_min: i32) -> FieldError {
    FieldError::new("start_time", "overlap")
        .with("entry", id)
        .with("date", civil::format_date_tr(work_date))
        .with("start", civil::format_time(start_min))
        .with("end", civil::format_time(end_min))
}

impl Entity for Timesheet {
    const NAME: &'static str = "timesheet";
    const LABEL: &'static str = "change-of-timesheet";
    const TABLE: &'static str = "app.timesheets";
    const FORM: FormSpec = &[
        Field::new("employee_id", FieldKind::Id, "change-employee").says(Says::Person),
        Field::new("work_date", FieldKind::Date, "change-work-date"),
        Field::new("start_time", FieldKind::Time, "change-start").column("start_min"),
        Field::new("end_time", FieldKind::Time, "change-end").column("end_min"),
        Field::new("break_minutes", FieldKind::Integer, "change-break").column("break_min").says(Says::Minutes),
        Field::new("is_special", FieldKind::Flag, "change-is-special"),
        Field::new("notes", FieldKind::Text, "change-notes"),
        Field::new("confirmed", FieldKind::LaterText, "change-confirmed").says(Says::Doubts),
    ];
    const TITLE: Option<Title> = Some(Title::of("employee", "employee_id").dated("work_date"));
    const PAGE: Option<RowPage> = Some(RowPage { path: "/timesheets", rest: "", stays: true });
    const WRITERS: Writers = Writers::Region;

    fn parse(row: &Row, _changed: &BTreeSet<&str>, _origin: Origin) -> Result<Self, Vec<FieldError>> {
        let mut read = Reader::new(row);
        let employee_id = read.id("employee_id", "employee-missing");
        let work_date = read.work_date("work_date");
        let (start_min, end_min) = read.shift_times();
        let break_minutes = read.break_minutes("break_minutes");
        let is_special = read.flag("is_special", false);
        let notes = read.text("notes", 2000);
        let confirmed = read.text("confirmed", 200);
        read.finish(Self { employee_id, work_date, start_min, end_min, break_minutes, is_special, notes, confirmed })
    }

    fn to_row(&self) -> Row {
        let mut row = Row::from([
            ("employee_id".into(), json!(self.employee_id)),
            ("work_date".into(), json!(self.work_date)),
            ("start_time".into(), json!(civil::format_time(self.start_min))),
            ("end_time".into(), json!(civil::format_time(self.end_min))),
            ("break_minutes".into(), json!(self.break_minutes)),
            ("is_special".into(), json!(self.is_special)),
            ("notes".into(), json!(self.notes)),
        ]);
        if !self.confirmed.is_empty() {
            row.insert("confirmed".into(), json!(self.confirmed));
        }
        row
    }
}
