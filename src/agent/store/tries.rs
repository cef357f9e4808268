//! Limits on what one person does at this PC: wrong passwords, and bytes of stored operations.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use super::{StoreError, instant, ms};

/// Wrong passwords before a name has to wait here.
const MOST_FAILURES: i64 = 5;
const LOCKED_FOR: TimeDelta = TimeDelta::minutes(15);
/// How long a wrong password counts.
const COUNTED_FOR: TimeDelta = TimeDelta::days(1);
/// Names that are counted at most: those that were tried last.
const MOST_NAMES: i64 = 50_000;
/// Bytes of operations that this PC stores for a person in a day: some ten thousand entries.
pub const MOST_BYTES_A_DAY: i64 = 8 * 1024 * 1024;

/// Counts a sign-in as failed before the password is checked, so that simultaneous tries cannot all pass the limit. Returns until when the
/// name has to wait, if its password must not be checked now.
pub fn book_try(db: &Connection, name: &[u8; 32], now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
    db.prepare_cached("DELETE FROM tries WHERE last_at < ?1")?.execute([ms(now - COUNTED_FOR)])?;
    let known: Option<(i64, i64)> = db
        .prepare_cached("SELECT failures, locked_until FROM tries WHERE name_hash = ?1")?
        .query_row([name.as_slice()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (failures, locked_until) = known.unwrap_or_default();
    if locked_until > ms(now) {
        return Ok(Some(instant(locked_until)));
    }
    let is_last = failures + 1 >= MOST_FAILURES;
    let (failures, locked_until) = if is_last { (0, ms(now + LOCKED_FOR)) } else { (failures + 1, 0) };
    db.prepare_cached(
        "INSERT INTO tries (name_hash, failures, locked_until, last_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET failures = ?2, locked_until = ?3, last_at = ?4",
    )?
    .execute(params![name.as_slice(), failures, locked_until, ms(now)])?;
    if known.is_none() {
        db.prepare_cached("DELETE FROM tries WHERE name_hash IN (SELECT name_hash FROM tries ORDER BY last_at DESC LIMIT -1 OFFSET ?1)")?
            .execute([MOST_NAMES])?;
    }
    Ok(None)
}

/// The password was right: its failures are deleted.
pub fn forget_tries(db: &Connection, name: &[u8; 32]) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM tries WHERE name_hash = ?1")?.execute([name.as_slice()])?;
    Ok(())
}

/// Counts bytes that a person has given this PC. [`StoreError::TooMuch`] if they exceed the daily limit: nothing is stored.
pub fn count_volume(db: &Connection, person: Uuid, bytes: usize, now: DateTime<Utc>) -> Result<(), StoreError> {
    let today = now.date_naive().to_string();
    db.prepare_cached("DELETE FROM volume WHERE day <> ?1")?.execute([&today])?;
    let sum: i64 = db
        .prepare_cached(
            "INSERT INTO volume (day, user_id, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET bytes = bytes + ?3 RETURNING bytes",
        )?
        .query_row(params![today, person.to_string(), i64::try_from(bytes).unwrap_or(i64::MAX)], |row| row.get(0))?;
    if sum > MOST_BYTES_A_DAY { Err(StoreError::TooMuch) } else { Ok(()) }
}
