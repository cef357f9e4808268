//! SQL of the month.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::Shifts;
use crate::{
    db::{Mode, ScopedTx},
    hours::Shift,
};

/// The entries of the scope on the dates `from` to `to`, deleted ones not. A month of an office has more than a thousand, so that they come as one
/// value, not as a row each. The database does not group them by person: a plan for any dates expects a few entries, and with a policy sorts a
/// thousand as if they were few.
pub async fn list_shifts<M: Mode>(tx: &mut ScopedTx<M>, from: NaiveDate, to: NaiveDate) -> Result<Shifts, sqlx::Error> {
    let codes = tx.scope().codes();
    let packed = sqlx::query_scalar!(
        r#"
        SELECT string_agg(
                   uuid_send(employee_id) || int8send(
                       ((work_date - $2)::bigint << 40) | (start_min::bigint << 28) | (end_min::bigint << 16) | (break_min << 1) | is_special::integer
                   ), '')
        FROM app.timesheets
        WHERE region = ANY ($1) AND deleted_at IS NULL AND work_date BETWEEN $2 AND $3
        "#,
        &codes,
        from,
        to,
    )
    .fetch_one(tx.conn())
    .await?
    .unwrap_or_default();
    let (records, _) = packed.as_chunks::<RECORD>();
    let mut entries: HashMap<Uuid, Vec<i64>> = HashMap::new();
    for (person, entry) in records.iter().filter_map(split) {
        entries.entry(person).or_insert_with(|| Vec::with_capacity(A_MONTH)).push(entry);
    }
    let in_order = |(person, mut entries): (Uuid, Vec<i64>)| {
        entries.sort_unstable(); // the date stands in front, then the start
        let mut shifts = Vec::with_capacity(entries.len());
        shifts.extend(entries.into_iter().filter_map(|entry| unpack(from, entry)));
        (person, shifts)
    };
    Ok(entries.into_iter().map(in_order).collect())
}

/// Entries of most people in a month, at most.
const A_MONTH: usize = 32;
/// Bytes of an entry: the person's id, and the number that holds the rest.
const RECORD: usize = 16 + 8;

fn split(record: &[u8; RECORD]) -> Option<(Uuid, i64)> {
    let (person, entry) = record.split_first_chunk()?;
    Some((Uuid::from_bytes(*person), i64::from_be_bytes(entry.try_into().ok()?)))
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
