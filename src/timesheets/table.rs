//! How the write path reads and writes timesheets.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Timesheet, db, overlapping};
use crate::{
    civil::BreakError,
    clock::in_istanbul,
    complaint::FieldError,
    db::{Mode, ScopedTx, Write},
    employees::{self, Employee},
    hours::doubts::{confirm, doubts_of},
    identity::Region,
    ops::{ConflictDraft, ConflictKind, Entity as _, Origin, Row},
    sync::{Refusal, Table, Tail, Veto, refusal_of_field},
};

impl Table for Timesheet {
    /// Refuses an employee who does not exist in the region. An entry for a deleted one is kept and shown: the hours were worked (SYNC 3.8,
    /// 5). Doubtful values are returned as questions.
    async fn before_write(
        &mut self,
        tx: &mut ScopedTx<Write>,
        region: &Region,
        id: Uuid,
        deleting: bool,
        at: DateTime<Utc>,
    ) -> Result<Veto, sqlx::Error> {
        let mut veto = Veto::default();
        if deleting {
            return Ok(veto);
        }
        let mut found = employees::find_for_entry(tx, region, self.employee_id, self.work_date, id).await?;
        if found.is_none()
            && let Some(target) = crate::sync::db::find_alias(tx, region, Employee::NAME, self.employee_id).await?
        {
            self.employee_id = target;
            found = employees::find_for_entry(tx, region, target, self.work_date, id).await?;
        }
        match found {
            None => veto.errors.push(FieldError::new("employee_id", "employee-unknown")),
            Some(employees::ForEntry { deleted: true, .. }) => veto.conflicts.push(ConflictDraft {
                kind: ConflictKind::ParentDeleted,
                field: Some("employee_id".into()),
                base: Value::Null,
                win: json!(self.employee_id),
                lose: Value::Null,
                op_win: None,
                op_lose: None,
            }),
            Some(person) => {
                let doubts = doubts_of(&self.shift(), &person.around(), in_istanbul(at).date_naive());
                (self.confirmed, veto.questions) = confirm(&doubts, &self.confirmed);
            }
        }
        Ok(veto)
    }

    /// Only for existing people and entries without confirmations. `None` otherwise: confirmed doubts have to be checked before the row is
    /// stored.
    async fn check_and_insert(
        &self,
        tx: &mut ScopedTx<Write>,
        region: &Region,
        id: Uuid,
        tail: &Tail,
    ) -> Result<Option<Veto>, sqlx::Error> {
        if !self.confirmed.is_empty() || tail.deleted_at.is_some() {
            return Ok(None);
        }
        let Some(around) = db::insert_for_person(tx, region, id, self, tail).await? else { return Ok(None) };
        let doubts = doubts_of(&self.shift(), &around, in_istanbul(tail.at).date_naive());
        Ok(Some(Veto { questions: confirm(&doubts, "").1, ..Veto::default() }))
    }

    /// Whether the rows can be inserted together: the people exist and nothing was confirmed. Other rows need [`Table::before_write`].
    async fn can_insert_together(tx: &mut ScopedTx<Write>, region: &Region, rows: &[(Uuid, Self, Tail)]) -> Result<bool, sqlx::Error> {
        if rows.iter().any(|(_, value, _)| !value.confirmed.is_empty()) {
            return Ok(false);
        }
        let people: BTreeSet<Uuid> = rows.iter().map(|(_, value, _)| value.employee_id).collect();
        employees::are_for_entry(tx, region, &Vec::from_iter(people)).await
    }

    /// Adds the name of the overlapping entry to the error.
    async fn explain<M: Mode>(
        tx: &mut ScopedTx<M>,
        region: &Region,
        id: Uuid,
        wanted: &Row,
        error: FieldError,
    ) -> Result<FieldError, sqlx::Error> {
        if error.code != "overlap" {
            return Ok(error);
        }
        let Ok(entry) = Self::parse(wanted, &BTreeSet::new(), Origin::Web) else { return Ok(error) };
        let other = db::find_overlapping(tx, region, id, &entry).await?;
        Ok(other.map_or(error, |other| overlapping(other.id, other.work_date, other.start_min, other.end_min)))
    }

    fn refusal(constraint: &str) -> Option<Refusal> {
        Some(match constraint {
            "timesheets_no_overlap" => Refusal::invalid(FieldError::new("start_time", "overlap")),
            "timesheets_region_employee_id_fkey" => Refusal::invalid(FieldError::new("employee_id", "employee-unknown")),
            "timesheets_check" => Refusal::invalid(FieldError::new("end_time", "times-equal")),
            "timesheets_break_min_check" => Refusal::invalid(BreakError::Range.about("break_minutes")),
            _ => return refusal_of_field::<Self>(constraint),
        })
    }
}
