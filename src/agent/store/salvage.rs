//! What can still be read from a damaged file: operations above all, and what their authors need. The mirror is copied from the server
//! again.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OpenFlags, params_from_iter, types::Value};

use super::{StoreError, rows};

/// The result of reading a damaged file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salvaged {
    /// Where the damaged file is now.
    pub broken: PathBuf,
    /// Operations that were taken over.
    pub ops: usize,
    /// How many of them wait.
    pub waiting: usize,
    /// Numbers of this PC's own queues that could not be read.
    pub lost: i64,
}

/// A table's rows, each a list of values in the order of `columns`.
struct Table {
    name: &'static str,
    columns: &'static str,
    rows: Vec<Vec<Value>>,
}

/// What was read.
pub(super) struct Saved {
    tables: Vec<Table>,
}

const OPS: &str = "seq, op_id, queue_id, n, actor, region, entity, row_id, kind, body, fingerprint, source, state, label, href, stored_at, tries, \
                   refusals, last_error, verdict, result, done_at, resent_at";
const PEOPLE: &str = "user_id, username, role, active, epoch, lang, theme, signed_in_at, verifier, queue_id, last_n, grant_text, grant_at";
const SESSIONS: &str = "hash, user_id, made_here, csrf, seen_at, made_at";

/// Reads as much as possible.
pub(super) fn save(broken: &Path) -> Saved {
    let mut tables = vec![
        Table { name: "ops", columns: OPS, rows: Vec::new() },
        Table { name: "people", columns: PEOPLE, rows: Vec::new() },
        Table { name: "sessions", columns: SESSIONS, rows: Vec::new() },
    ];
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX; // its log is read in
    if let Ok(db) = Connection::open_with_flags(broken, flags) {
        for table in &mut tables {
            table.rows = if table.name == "ops" { read_ops(&db) } else { read_while_good(&db, &select(table), &[]) };
        }
    }
    Saved { tables }
}

fn select(table: &Table) -> String {
    format!("SELECT {} FROM {}", table.columns, table.name)
}

/// Operations from the front up to the damage, then those behind it, in growing steps, and from the end back to it.
fn read_ops(db: &Connection) -> Vec<Vec<Value>> {
    let forwards = format!("SELECT {OPS} FROM ops NOT INDEXED WHERE seq > ?1 ORDER BY seq");
    let backwards = format!("SELECT {OPS} FROM ops NOT INDEXED WHERE seq > ?1 ORDER BY seq DESC");
    let mut found = read_while_good(db, &forwards, &[0]);
    let last_read = |rows: &[Vec<Value>]| rows.last().and_then(seq_of).unwrap_or(0);
    let gateway = last_read(&found);
    let mut at = gateway;
    // A page holds a few operations: single steps first, then larger ones.
    for step in (0..4096).map(|i| if i < 256 { 1 } else { 64 }) {
        at += step;
        let more = read_while_good(db, &forwards, &[at]);
        if let Some(end) = more.last().and_then(seq_of) {
            at = end;
            found.extend(more);
        }
    }
    let known: std::collections::HashSet<i64> = found.iter().filter_map(seq_of).collect();
    let from_the_end = read_while_good(db, &backwards, &[gateway]);
    found.extend(from_the_end.into_iter().filter(|row| seq_of(row).is_some_and(|seq| !known.contains(&seq))));
    found.sort_by_key(|row| seq_of(row).unwrap_or_default());
    found
}

#[expect(clippy::ptr_arg, reason = "as iterators hand it on")]
fn seq_of(row: &Vec<Value>) -> Option<i64> {
    match row.first() {
        Some(Value::Integer(seq)) => Some(*seq),
        _ => None,
    }
}

/// Rows up to the first that cannot be read.
fn read_while_good(db: &Connection, sql: &str, values: &[i64]) -> Vec<Vec<Value>> {
    let mut good = Vec::new();
    let Ok(mut query) = db.prepare(sql) else { return good };
    let columns = query.column_count();
    let Ok(mut rows) = query.query(params_from_iter(values)) else { return good };
    while let Ok(Some(row)) = rows.next() {
        match (0..columns).map(|i| row.get(i)).collect() {
            Ok(values) => good.push(values),
            Err(_) => break,
        }
    }
    good
}

/// Writes the saved rows into a new file.
pub(super) fn take_over(db: &Connection, saved: &Saved, broken: PathBuf, now: DateTime<Utc>) -> Result<Salvaged, StoreError> {
    db.execute_batch("BEGIN IMMEDIATE")?;
    for table in &saved.tables {
        let places = vec!["?"; table.columns.split(',').count()].join(", ");
        let mut insert = db.prepare(&format!("INSERT OR IGNORE INTO {} ({}) VALUES ({places})", table.name, table.columns))?;
        for row in &table.rows {
            // A row that is not valid any more is left in the damaged file.
            if let Err(error) = insert.execute(params_from_iter(row)) {
                tracing::warn!(%error, table = table.name, "a row of the damaged file was left there");
            }
        }
    }
    rows::rebuild_all(db)?;
    db.execute_batch("COMMIT")?;
    let one = |sql: &str| -> Result<i64, StoreError> { Ok(db.query_row(sql, [], |row| row.get(0))?) };
    // Numbers that were given out and are not here. Those that were delivered long ago are not in the log either.
    let lost = one(&format!(
        "SELECT coalesce(sum(max(0, p.last_n - coalesce((SELECT max(o.n) FROM ops o WHERE o.queue_id = p.queue_id), p.last_n))), 0)
             + coalesce(sum((SELECT coalesce(max(o.n) - min(o.n) + 1 - count(*), 0) FROM ops o
                             WHERE o.queue_id = p.queue_id AND o.n > 0 AND o.stored_at > {})), 0) FROM people p",
        super::ms(now - super::ops::LOG_KEPT)
    ))?;
    Ok(Salvaged {
        broken,
        ops: usize::try_from(one("SELECT count(*) FROM ops")?).unwrap_or_default(),
        waiting: usize::try_from(one("SELECT waiting FROM totals")?).unwrap_or_default(),
        lost,
    })
}
