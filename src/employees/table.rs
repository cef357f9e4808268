//! How the write path reads and writes employees.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Activation, Employee, db, left_before_hired};
use crate::{
    clock::in_istanbul,
    complaint::FieldError,
    db::{ScopedTx, Write},
    identity::Region,
    sync::{Refusal, Table, Veto, refusal_of_field},
};

impl Table for Employee {
    async fn before_write(
        &mut self,
        tx: &mut ScopedTx<Write>,
        region: &Region,
        id: Uuid,
        deleting: bool,
        at: DateTime<Utc>,
    ) -> Result<Veto, sqlx::Error> {
        let mut veto = Veto::default();
        if !self.is_active && self.exit_date.is_none() {
            // Whoever is gone has a last day, so that the days before it stay as they are.
            let last = db::find_last_day(tx, region, id).await?.unwrap_or_else(|| in_istanbul(at).date_naive());
            self.exit_date = Some(self.hire_date.map_or(last, |hired| last.max(hired)));
        }
        if self.activation != Activation::No
            && let Some(left) = db::find_left(tx, region, id).await?
        {
            veto.errors.extend(self.come_back(left, in_istanbul(at).date_naive()));
        }
        if deleting {
            let entries = db::count_entries(tx, region, id).await?;
            if entries > 0 {
                veto.errors.push(FieldError::new("", "employee-has-timesheets").with("count", entries));
            }
        }
        Ok(veto)
    }

    fn refusal(constraint: &str) -> Option<Refusal> {
        Some(match constraint {
            "employees_shift_template_fkey" => Refusal::invalid(FieldError::new("shift_template_id", "template-unknown")),
            "employees_check" => Refusal::invalid(left_before_hired()),
            _ => return refusal_of_field::<Self>(constraint),
        })
    }
}
