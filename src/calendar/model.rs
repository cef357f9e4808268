//! A day of the calendar as forms and operations write it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::{
    civil,
    complaint::FieldError,
    ops::{
        Entity, Field, Origin, Row, Says, Title, Writers,
        fields::Reader,
        form_codec::{FieldKind, FormSpec},
    },
};

/// What a marked day means for work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayKind {
    /// "Resmî tatil" (law 2429): nobody is expected, work on it is of a special day.
    Holiday,
    /// "İdari izin", a bridge day: nobody is expected, work on it is ordinary.
    DayOff,
    /// An office works although the company's calendar says otherwise.
    Workday,
}

impl DayKind {
    /// Every kind, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Holiday, Self::DayOff, Self::Workday];

    /// The word in the table and in the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holiday => "holiday",
            Self::DayOff => "day_off",
            Self::Workday => "workday",
        }
    }

    /// Key of the kind's name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Holiday => "day-kind-holiday",
            Self::DayOff => "day-kind-day-off",
            Self::Workday => "day-kind-workday",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One named day of a region, or of all of them (region `company`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarDay {
    /// The date.
    pub day: NaiveDate,
    /// "Kurban Bayramı 1. gün"; once per region and date.
    pub name: String,
    /// What it means for work.
    pub kind: DayKind,
    /// Minutes of the day from which nobody works: 0 the whole day, 780 from 13:00.
    pub free_from: i32,
    /// Where the date is from.
    pub source: String,
}

impl Entity for CalendarDay {
    const NAME: &'static str = "calendar_day";
    const LABEL: &'static str = "change-of-calendar-day";
    const TABLE: &'static str = "app.calendar_days";
    const FORM: FormSpec = &[
        Field::new("day", FieldKind::Date, "change-work-date"),
        Field::new("name", FieldKind::Text, "change-name"),
        Field::new("kind", FieldKind::Text, "change-kind").says(Says::Choice("day-kind-")),
        Field::new("free_from", FieldKind::Time, "change-free-from").column("free_from_min").zero_is_blank(),
        Field::new("source", FieldKind::Text, "change-source"),
    ];
    const TITLE: Option<Title> = Some(Title::column("name").dated("day"));
    const WRITERS: Writers = Writers::Admins;

    fn parse(row: &Row, _changed: &BTreeSet<&str>, _origin: Origin) -> Result<Self, Vec<FieldError>> {
        let mut read = Reader::new(row);
        let day = read.work_date("day");
        let name = read.required_text("name", 100, "day-name-missing");
        let kind = DayKind::parse(&read.text("kind", 20));
        if kind.is_none() {
            read.complain(FieldError::new("kind", "day-kind-unknown"));
        }
        let kind = kind.unwrap_or(DayKind::Holiday);
        let free_from = read.optional_time("free_from").unwrap_or(0);
        let source = read.text("source", 200);
        read.finish(Self { day, name, kind, free_from, source })
    }

    fn to_row(&self) -> Row {
        let free_from = if self.free_from == 0 { Value::Null } else { json!(civil::format_time(self.free_from)) };
        Row::from([
            ("day".into(), json!(self.day)),
            ("name".into(), json!(self.name)),
            ("kind".into(), json!(self.kind.as_str())),
            ("free_from".into(), free_from),
            ("source".into(), json!(self.source)),
        ])
    }
}
