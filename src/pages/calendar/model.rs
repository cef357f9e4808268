//! A day of the calendar as forms and operations write it.

use chrono::NaiveDate;
use serde_json::json;

use crate::ops::{Cell, Entity, Field, Plain, PlainKind, Reads, Samples, Title, Writers, form_codec::FieldKind, values};

/// What a marked day means for work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayKind {
    /// "Resmî tatil" (law 2429): no work is expected, work on it counts as a special day.
    Holiday,
    /// "İdari izin", a bridge day: no work is expected, work on it is ordinary.
    DayOff,
    /// An office works although the company's calendar says otherwise.
    Workday,
}

impl DayKind {
    /// Every kind, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Holiday, Self::DayOff, Self::Workday];
    /// Their words.
    const WORDS: [&'static str; 3] = [Self::Holiday.as_str(), Self::DayOff.as_str(), Self::Workday.as_str()];

    /// The word in the table and in the form.
    pub const fn as_str(self) -> &'static str {
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

    /// Parses the word.
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
    /// Minutes of the day from which no work is expected: 0 the whole day, 780 from 13:00.
    pub free_from: i32,
    /// Where the date is from.
    pub source: String,
}

values!(CalendarDay {
    day: Field::new("day", FieldKind::Date, "change-work-date").always().reads(Reads::WorkDate),
    name: Field::new("name", FieldKind::Text, "change-name").required("day-name-missing").longest(100),
    kind: Field::new("kind", FieldKind::Text, "change-kind").one_of(&DayKind::WORDS, "day-kind-").longest(20).unknown("day-kind-unknown"),
    free_from: Field::new("free_from", FieldKind::Time, "change-free-from").column("free_from_min").zero_is_blank(),
    source: Field::new("source", FieldKind::Text, "change-source").longest(200),
});

impl Cell for DayKind {
    const KIND: PlainKind = PlainKind::Text;

    fn to_plain(&self) -> Plain {
        Plain::Text(Some(self.as_str().to_owned()))
    }

    fn from_plain(plain: Plain) -> Option<Self> {
        if let Plain::Text(Some(word)) = plain { Self::parse(&word) } else { None }
    }

    fn stand_in() -> Self {
        Self::Holiday
    }
}

impl Entity for CalendarDay {
    const NAME: &'static str = "calendar_day";
    const LABEL: &'static str = "change-of-calendar-day";
    const TABLE: &'static str = "app.calendar_days";
    const HOME: &'static str = "/admin/calendar";
    const TITLE: Option<Title> = Some(Title::column("name").dated("day"));
    const WRITERS: Writers = Writers::Admins;

    fn samples() -> Samples {
        Samples {
            rows: [
                json!({ "day": "2025-11-21", "name": "Köprü günü", "kind": "day_off", "free_from": null, "source": "Genel müdürlük yazısı" }),
                json!({ "day": "2025-10-28", "name": "Bayram arifesi", "kind": "holiday", "free_from": "13:00", "source": "2429 sayılı Kanun" }),
            ],
            refused: vec![
                ("day", json!("30.02.2025"), "date-calendar"),
                ("name", json!(""), "day-name-missing"),
                ("kind", json!("feast"), "day-kind-unknown"),
                ("free_from", json!("25:00"), "time-range"),
                ("source", json!("a".repeat(201)), "too-long"),
            ],
        }
    }
}
