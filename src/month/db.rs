//! SQL of the month.

use chrono::{Days, NaiveDate};

use super::Shifts;
use crate::{
    db::{Mode, ScopedTx},
    hours::Shift,
};

/// The entries of the scope on the dates `from` to `to`, deleted ones not. A month of an office has more than a thousand: each of them is one
/// number, and a person one row: with a row for each the query took the database half as long again.
pub async fn list_shifts<M: Mode>(tx: &mut ScopedTx<M>, from: NaiveDate, to: NaiveDate) -> Result<Shifts, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT employee_id,
               array_agg(
                   ((work_date - $2)::bigint << 40) | (start_min::bigint << 28) | (end_min::bigint << 16) | (break_min << 1) | is_special::integer
               ) AS "entries!"
        FROM app.timesheets
        WHERE region = ANY ($1) AND deleted_at IS NULL AND work_date BETWEEN $2 AND $3
        GROUP BY employee_id
        "#,
        &codes,
        from,
        to,
    )
    .fetch_all(tx.conn())
    .await?;
    let person = |id, mut entries: Vec<i64>| {
        entries.sort_unstable(); // the date stands in front, then the start
        (id, entries.into_iter().filter_map(|entry| unpack(from, entry)).collect())
    };
    Ok(rows.into_iter().map(|r| person(r.employee_id, r.entries)).collect())
}

/// An entry from its number: from the right, a bit for the special day, 15 for the break, 12 each for end and start (the table's checks keep
/// them that small), then the days since `from`.
fn unpack(from: NaiveDate, entry: i64) -> Option<Shift> {
    let part = |shift: u32, bits: u32| i32::try_from((entry >> shift) & ((1 << bits) - 1)).ok();
    Some(Shift {
        work_date: from.checked_add_days(Days::new(u64::try_from(entry >> 40).ok()?))?,
        start_min: part(28, 12)?,
        end_min: part(16, 12)?,
        break_minutes: part(1, 15)?,
        is_special: entry & 1 == 1,
    })
}
