//! A timesheet as an entity of the write path.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{calc, db};
use crate::{
    civil,
    db::{Mode, ScopedTx, Write},
    employees::{self, Employee},
    ops::{
        ConflictDraft, ConflictKind, FieldError, Origin, Reason, Row,
        fields::Reader,
        form_codec::{FieldKind, FormSpec},
    },
    regions::Region,
    sync::{Entity, Refusal, Stored, Tail, Veto},
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
}

impl Timesheet {
    /// What the hours are computed from.
    pub fn shift(&self) -> calc::Shift {
        calc::Shift {
            work_date: self.work_date,
            start_min: self.start_min,
            end_min: self.end_min,
            break_minutes: self.break_minutes,
            is_special: self.is_special,
        }
    }
}

impl Entity for Timesheet {
    const NAME: &'static str = "timesheet";
    const FORM: FormSpec = &[
        ("employee_id", FieldKind::Id),
        ("work_date", FieldKind::Date),
        ("start_time", FieldKind::Time),
        ("end_time", FieldKind::Time),
        ("break_minutes", FieldKind::Integer),
        ("is_special", FieldKind::Flag),
        ("notes", FieldKind::Text),
    ];

    fn parse(row: &Row, _changed: &BTreeSet<&str>, _origin: Origin) -> Result<Self, Vec<FieldError>> {
        let mut read = Reader::new(row);
        let employee_id = read.id("employee_id", "employee-missing");
        let work_date = read.work_date("work_date");
        let (start_min, end_min) = read.shift_times();
        let break_minutes = read.break_minutes("break_minutes");
        let is_special = read.flag("is_special", false);
        let notes = read.text("notes", 2000);
        read.finish(Self { employee_id, work_date, start_min, end_min, break_minutes, is_special, notes })
    }

    fn to_row(&self) -> Row {
        Row::from([
            ("employee_id".into(), json!(self.employee_id)),
            ("work_date".into(), json!(self.work_date)),
            ("start_time".into(), json!(civil::format_time(self.start_min))),
            ("end_time".into(), json!(civil::format_time(self.end_min))),
            ("break_minutes".into(), json!(self.break_minutes)),
            ("is_special".into(), json!(self.is_special)),
            ("notes".into(), json!(self.notes)),
        ])
    }

    async fn lock(tx: &mut ScopedTx<Write>, region: &Region, id: Uuid) -> Result<Option<Stored<Self>>, sqlx::Error> {
        db::lock_timesheet(tx, region, id).await
    }

    async fn load<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, ids: &[Uuid]) -> Result<Vec<Stored<Self>>, sqlx::Error> {
        db::load_timesheets(tx, region, ids).await
    }

    async fn page_ids<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, after: Uuid, limit: i64) -> Result<Vec<Uuid>, sqlx::Error> {
        db::page_ids(tx, region, after, limit).await
    }

    /// The employee has to exist in the region. An entry for a deleted one is kept and shown: the hours were worked (SYNC 3.8, 5).
    async fn before_write(&mut self, tx: &mut ScopedTx<Write>, region: &Region, _id: Uuid, deleting: bool) -> Result<Veto, sqlx::Error> {
        let mut veto = Veto::default();
        if deleting {
            return Ok(veto);
        }
        let mut found = employees::find_for_entry(tx, region, self.employee_id).await?;
        if found.is_none()
            && let Some(target) = crate::sync::db::find_alias(tx, region, Employee::NAME, self.employee_id).await?
        {
            self.employee_id = target;
            found = employees::find_for_entry(tx, region, target).await?;
        }
        match found {
            None => veto.errors.push(FieldError::new("employee_id", "employee-unknown")),
            Some(employees::ForEntry { deleted: true }) => veto.conflicts.push(ConflictDraft {
                kind: ConflictKind::ParentDeleted,
                field: Some("employee_id".into()),
                base: Value::Null,
                win: json!(self.employee_id),
                lose: Value::Null,
                op_win: None,
                op_lose: None,
            }),
            Some(_) => {}
        }
        Ok(veto)
    }

    async fn insert(&self, tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, tail: &Tail) -> Result<(), sqlx::Error> {
        db::insert_timesheets(tx, region, &[(id, self, tail)]).await
    }

    /// For people who are there: for the others [`Entity::before_write`] has something to say.
    async fn insert_together(tx: &mut ScopedTx<Write>, region: &Region, rows: &[(Uuid, Self, Tail)]) -> Result<bool, sqlx::Error> {
        let people: BTreeSet<Uuid> = rows.iter().map(|(_, value, _)| value.employee_id).collect();
        if !employees::are_for_entry(tx, region, &Vec::from_iter(people)).await? {
            return Ok(false);
        }
        let rows: Vec<_> = rows.iter().map(|(id, value, tail)| (*id, value, tail)).collect();
        db::insert_timesheets(tx, region, &rows).await?;
        Ok(true)
    }

    async fn update(&self, tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, tail: &Tail) -> Result<(), sqlx::Error> {
        db::update_timesheet(tx, region, id, self, tail).await
    }

    fn refusal(constraint: &str) -> Option<Refusal> {
        match constraint {
            "timesheets_no_overlap" => Some(Refusal { reason: Reason::Invalid, error: FieldError::new("start_time", "overlap") }),
            "timesheets_region_employee_id_fkey" => {
                Some(Refusal { reason: Reason::Invalid, error: FieldError::new("employee_id", "employee-unknown") })
            }
            _ => None,
        }
    }
}
