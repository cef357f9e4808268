//! A shift template as an entity of the write path.

use std::collections::BTreeSet;

use serde_json::json;
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

/// Times of a usual shift. Minutes are of the start day; the end goes to 2880 for a shift over midnight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftTemplate {
    /// Unique in its region.
    pub name: String,
    /// Start, 0 to 1439.
    pub start_min: i32,
    /// End, after the start.
    pub end_min: i32,
    /// Break, 0 to 480.
    pub break_minutes: i32,
    /// ISO weekdays (1 Monday to 7 Sunday) this template is the default of, ascending, such as `12345`.
    pub weekdays: String,
}

impl Entity for ShiftTemplate {
    const NAME: &'static str = "shift_template";
    const FORM: FormSpec = &[
        ("name", FieldKind::Text),
        ("start_time", FieldKind::Time),
        ("end_time", FieldKind::Time),
        ("break_minutes", FieldKind::Integer),
        ("weekdays", FieldKind::Weekdays),
    ];

    fn parse(row: &Row, _changed: &BTreeSet<&str>, _origin: Origin) -> Result<Self, Vec<FieldError>> {
        let mut read = Reader::new(row);
        let name = read.required_text("name", 100, "template-name-missing");
        let (start_min, end_min) = read.shift_times();
        let break_minutes = read.break_minutes("break_minutes");
        let weekdays = read.text("weekdays", 7);
        if !weekdays.bytes().all(|b| (b'1'..=b'7').contains(&b)) || !weekdays.bytes().is_sorted_by(|a, b| a < b) {
            read.complain(FieldError::new("weekdays", "weekdays-format"));
        }
        read.finish(Self { name, start_min, end_min, break_minutes, weekdays })
    }

    fn to_row(&self) -> Row {
        Row::from([
            ("name".into(), json!(self.name)),
            ("start_time".into(), json!(civil::format_time(self.start_min))),
            ("end_time".into(), json!(civil::format_time(self.end_min))),
            ("break_minutes".into(), json!(self.break_minutes)),
            ("weekdays".into(), json!(self.weekdays)),
        ])
    }

    async fn lock(tx: &mut ScopedTx<Write>, region: &Region, id: Uuid) -> Result<Option<Stored<Self>>, sqlx::Error> {
        db::lock_shift_template(tx, region, id).await
    }

    async fn load<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, ids: &[Uuid]) -> Result<Vec<Stored<Self>>, sqlx::Error> {
        db::load_shift_templates(tx, region, ids).await
    }

    async fn page_ids<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, after: Uuid, limit: i64) -> Result<Vec<Uuid>, sqlx::Error> {
        db::page_ids(tx, region, after, limit).await
    }

    async fn find_twin<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, row: &Row) -> Result<Option<Uuid>, sqlx::Error> {
        db::find_by_name(tx, region, row.get("name").and_then(|value| value.as_str()).unwrap_or_default().trim()).await
    }

    async fn insert(&self, tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, tail: &Tail) -> Result<(), sqlx::Error> {
        db::insert_shift_template(tx, region, id, self, tail).await
    }

    async fn update(&self, tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, tail: &Tail) -> Result<(), sqlx::Error> {
        db::update_shift_template(tx, region, id, self, tail).await
    }

    fn refusal(constraint: &str) -> Option<Refusal> {
        (constraint == "shift_templates_name_once")
            .then(|| Refusal { reason: Reason::NaturalKey, error: FieldError::new("name", "template-name-taken") })
    }
}
