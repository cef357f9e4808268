//! A day of the calendar as an entity of the write path.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use super::db;
use crate::{
    civil,
    db::{Mode, ScopedTx, Write},
    ops::{
        FieldError, Origin, Reason, Row,
        fields::Reader,
        form_codec::{FieldKind, FormSpec},
    },
    regions::Region,
    sync::{Entity, Refusal, Stored, Tail},
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
    const FORM: FormSpec = &[
        ("day", FieldKind::Date),
        ("name", FieldKind::Text),
        ("kind", FieldKind::Text),
        ("free_from", FieldKind::Time),
        ("source", FieldKind::Text),
    ];

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

    async fn lock(tx: &mut ScopedTx<Write>, region: &Region, id: Uuid) -> Result<Option<Stored<Self>>, sqlx::Error> {
        db::lock_calendar_day(tx, region, id).await
    }

    async fn load<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, ids: &[Uuid]) -> Result<Vec<Stored<Self>>, sqlx::Error> {
        db::load_calendar_days(tx, region, ids).await
    }

    async fn page_ids<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, after: Uuid, limit: i64) -> Result<Vec<Uuid>, sqlx::Error> {
        db::page_ids(tx, region, after, limit).await
    }

    async fn find_twin<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, row: &Row) -> Result<Option<Uuid>, sqlx::Error> {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let Ok(day) = civil::parse_date(text("day")) else { return Ok(None) };
        db::find_by_day_and_name(tx, region, day, text("name").trim()).await
    }

    async fn insert(&self, tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, tail: &Tail) -> Result<(), sqlx::Error> {
        db::insert_calendar_day(tx, region, id, self, tail).await
    }

    async fn update(&self, tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, tail: &Tail) -> Result<(), sqlx::Error> {
        db::update_calendar_day(tx, region, id, self, tail).await
    }

    fn refusal(constraint: &str) -> Option<Refusal> {
        (constraint == "calendar_days_once")
            .then(|| Refusal { reason: Reason::NaturalKey, error: FieldError::new("name", "day-name-taken") })
    }
}
