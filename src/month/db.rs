//! SQL of the month.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    db::{Mode, ScopedTx},
    timesheets::calc::Shift,
};

/// One entry as the sheet needs it: whose, and what the hours are computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The person.
    pub employee_id: Uuid,
    /// The work.
    pub shift: Shift,
}

/// The entries of the scope on the dates `from` to `to`, deleted ones not; per person by date and start.
pub async fn list_entries<M: Mode>(tx: &mut ScopedTx<M>, from: NaiveDate, to: NaiveDate) -> Result<Vec<Entry>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT employee_id,
               work_date,
               start_min,
               end_min,
               break_min,
               is_special
        FROM app.timesheets
        WHERE region = ANY ($1) AND deleted_at IS NULL AND work_date BETWEEN $2 AND $3
        ORDER BY employee_id, work_date, start_min
        "#,
        &codes,
        from,
        to,
    )
    .fetch_all(tx.conn())
    .await?;
    let entry = |employee_id, shift| Entry { employee_id, shift };
    Ok(rows
        .into_iter()
        .map(|r| {
            entry(
                r.employee_id,
                Shift {
                    work_date: r.work_date,
                    start_min: r.start_min,
                    end_min: r.end_min,
                    break_minutes: r.break_min,
                    is_special: r.is_special,
                },
            )
        })
        .collect())
}
