//! Opens the file: checks it first, brings it up to date, and puts it aside if it is damaged.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, TransactionBehavior};
use rusqlite_migration::{M, Migrations};

use super::{
    Salvaged, StoreError,
    salvage::{save, take_over},
};

const ALL: &[M<'_>] = &[
    M::up(include_str!("../../../migrations/agent/0001_create.sql")),
    M::up(include_str!("../../../migrations/agent/0002_count_tries.sql")),
];
const MIGRATIONS: Migrations<'_> = Migrations::from_slice(ALL);

/// The store at `path`; if the file there is damaged, a new one with its readable content.
pub(super) fn open_or_salvage(path: &Path, now: DateTime<Utc>) -> Result<(Connection, Option<Salvaged>), StoreError> {
    match open(path) {
        Ok(db) => Ok((db, None)),
        Err(StoreError::Corrupt(why)) => {
            tracing::error!(%why, "the store's file is damaged: it is put aside, and what can be read is taken over");
            let broken = put_aside(path, now)?;
            let saved = save(&broken);
            let db = open(path)?;
            let salvaged = take_over(&db, &saved, broken, now)?;
            Ok((db, Some(salvaged)))
        }
        Err(error) => Err(error),
    }
}

fn open(path: &Path) -> Result<Connection, StoreError> {
    let mut db = Connection::open(path)?;
    db.busy_timeout(Duration::from_secs(5))?;
    check(&db)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "secure_delete", "ON")?;
    db.pragma_update(None, "foreign_keys", "ON")?;
    db.pragma_update(None, "cache_size", -4000)?;
    db.pragma_update(None, "journal_size_limit", 16 * 1024 * 1024)?;
    keep_a_copy(&db, path)?;
    MIGRATIONS.to_latest(&mut db).map_err(|error| StoreError::Other(error.to_string()))?;
    db.set_transaction_behavior(TransactionBehavior::Immediate);
    Ok(db)
}

fn check(db: &Connection) -> Result<(), StoreError> {
    let word: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if word == "ok" { Ok(()) } else { Err(StoreError::Corrupt(word)) }
}

/// Copies the file before a newer program changes its tables.
fn keep_a_copy(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let version: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let copy = path.with_extension(format!("v{version}.db"));
    if version == 0 || MIGRATIONS.pending_migrations(db).is_ok_and(|pending| pending == 0) || copy.exists() {
        return Ok(());
    }
    db.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
    Ok(())
}

/// Renames the file and its log to put them aside.
fn put_aside(path: &Path, now: DateTime<Utc>) -> Result<PathBuf, StoreError> {
    let broken = path.with_file_name(format!("broken-{}.db", now.format("%Y%m%d-%H%M%S")));
    for ending in ["", "-wal", "-shm"] {
        let (from, to) = (with_ending(path, ending), with_ending(&broken, ending));
        if from.exists() {
            fs::rename(&from, &to).map_err(|error| StoreError::Other(format!("{}: {error}", from.display())))?;
        }
    }
    Ok(broken)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
