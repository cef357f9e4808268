//! Opens an untrusted database file, whatever its content.
//!
//! The file is read into memory once, so that the hashed bytes are the bytes that are read, no file beside it is touched, and nothing can
//! be written. SQLite then opens it read-only with every guard: defensive mode, an untrusted schema, no views and triggers, an authorizer
//! that allows reading a fixed list of columns and nothing else, low limits, and a budget of steps. A table counts only if the schema says
//! `CREATE TABLE` and gives it its own pages.

use std::collections::BTreeSet;

use rusqlite::{
    Connection,
    config::DbConfig,
    hooks::{AuthAction, AuthContext, Authorization},
    limits::Limit,
    types::ValueRef,
};

use super::{OTHERS, TOMBSTONE_COLUMNS, TOMBSTONES, Tables, file::LegacyError, place_of};
use crate::desktop::{Cell, DesktopTable};

/// Maximum number of rows read from one table. An office of 50 people needs twenty years for as many.
pub const MOST_ROWS: i64 = 300_000;

/// Maximum number of tables, indexes and other objects in a file; the desktop program creates fewer than 30.
const MOST_OBJECTS: usize = 500;

/// Virtual machine steps between two checks of the budget, and the number of checks for the whole file.
const STEPS: i32 = 1_000;
const LOOKS: u32 = 100_000;

fn cell_of(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(bytes) => match str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => Cell::Text(text.into()),
            _ => Cell::NotText,
        },
        ValueRef::Blob(_) => Cell::NotText,
    }
}

/// Whether the file is as long as its header says; SQLite itself does not notice some missing bytes (file format, 1.3).
pub(super) fn has_all_pages(bytes: &[u8]) -> bool {
    let number = |at: usize| bytes[at..at + 4].iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
    let page = match number(16) >> 16 {
        1 => 65_536,
        size => size,
    };
    let count_is_valid = number(24) == number(92);
    page.is_power_of_two() && page >= 512 && bytes.len().is_multiple_of(page) && (!count_is_valid || bytes.len() / page >= number(28))
}

/// Opens the bytes in SQLite with all guards.
pub(super) fn open_untrusted(bytes: &[u8], tables: Tables) -> Result<Connection, LegacyError> {
    let mut db = Connection::open_in_memory()?;
    db.deserialize_read_exact("main", bytes, bytes.len(), true)?;
    for (option, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
    ] {
        db.set_db_config(option, on)?;
    }
    for (limit, most) in [
        (Limit::SQLITE_LIMIT_LENGTH, 1_000_000),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
        (Limit::SQLITE_LIMIT_COLUMN, 100),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 10),
        (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 3),
        (Limit::SQLITE_LIMIT_VDBE_OP, 25_000),
        (Limit::SQLITE_LIMIT_FUNCTION_ARG, 8),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50),
        (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 10),
        (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
    ] {
        db.set_limit(limit, most)?;
    }
    db.execute_batch(
        "PRAGMA cell_size_check = ON; PRAGMA ignore_check_constraints = ON; PRAGMA temp_store = MEMORY; PRAGMA query_only = ON;",
    )?;
    db.authorizer(Some(move |context: AuthContext<'_>| authorize(tables, context)))?;
    let mut looks = 0;
    let out_of_budget = move || {
        looks += 1;
        looks > LOOKS
    };
    db.progress_handler(STEPS, Some(out_of_budget))?;
    Ok(db)
}

/// Allows reading the columns of the fixed list, counting the rows of the other known tables, and reading the schema; nothing else.
fn authorize(tables: Tables, context: AuthContext<'_>) -> Authorization {
    let allowed = match context.action {
        AuthAction::Select => true,
        AuthAction::Read { table_name, column_name } => may_read(tables, table_name, column_name),
        AuthAction::Pragma { pragma_name, .. } => matches!(pragma_name, "table_xinfo" | "quick_check"),
        AuthAction::Function { function_name } => function_name == "count",
        _ => false,
    };
    if allowed { Authorization::Allow } else { Authorization::Deny }
}

/// SQLite passes an empty column name when rows are counted.
fn may_read(tables: Tables, table: &str, column: &str) -> bool {
    let among = |columns: &[&str]| column.is_empty() || columns.iter().any(|c| c.eq_ignore_ascii_case(column));
    if let Some(place) = place_of(tables, table) {
        let known: Vec<&str> = tables[place].read_columns().into_iter().map(|(name, _)| name).collect();
        return among(&known);
    }
    if table.eq_ignore_ascii_case(TOMBSTONES) {
        return among(&TOMBSTONE_COLUMNS);
    }
    table == "sqlite_master" || (among(&[]) && OTHERS.iter().any(|known| known.eq_ignore_ascii_case(table)))
}

/// Names of the ordinary tables, without SQLite's own.
pub(super) fn list_tables(db: &Connection) -> Result<Vec<String>, LegacyError> {
    let mut statement = db.prepare("SELECT type, name, rootpage, sql FROM main.sqlite_master")?;
    let mut found = statement.query([])?;
    let (mut names, mut objects) = (Vec::new(), 0);
    while let Some(object) = found.next()? {
        objects += 1;
        if objects > MOST_OBJECTS {
            return Err(LegacyError::TooMuchWork);
        }
        let cells: Vec<Cell> = (0..4).map(|i| object.get_ref(i).map(cell_of)).collect::<Result<_, _>>()?;
        if let [Cell::Text(kind), Cell::Text(name), Cell::Integer(1..), Cell::Text(sql)] = cells.as_slice() {
            let ordinary = kind == "table" && sql.get(..13).is_some_and(|start| start.eq_ignore_ascii_case("CREATE TABLE "));
            if ordinary && !name.to_ascii_lowercase().starts_with("sqlite_") {
                names.push(name.clone());
            }
        }
    }
    Ok(names)
}

/// The columns of a table that are in the fixed list. A computed column anywhere in the table makes the file refused: even the check for
/// damage would run its formula for every row, and SQLite's budget does not count steps inside a function.
fn list_columns(db: &Connection, table: &'static str, known: &[&'static str]) -> Result<Vec<&'static str>, LegacyError> {
    let mut statement = db.prepare(&format!("PRAGMA main.table_xinfo(\"{table}\")"))?;
    let mut found = statement.query([])?;
    let mut columns = Vec::new();
    while let Some(column) = found.next()? {
        if cell_of(column.get_ref("hidden")?) != Cell::Integer(0) {
            return Err(LegacyError::TooMuchWork);
        }
        if let Cell::Text(name) = cell_of(column.get_ref("name")?) {
            columns.extend(known.iter().filter(|k| k.eq_ignore_ascii_case(&name)));
        }
    }
    Ok(columns)
}

/// Refuses a table whose pages are damaged or also belong to another table.
fn check_pages(db: &Connection, table: &'static str) -> Result<(), LegacyError> {
    let sound: String = db.query_row(&format!("PRAGMA main.quick_check(\"{table}\")"), [], |row| row.get(0))?;
    if sound == "ok" { Ok(()) } else { Err(LegacyError::Damaged) }
}

/// All rows of an imported table: a cell for each of its columns.
pub(super) fn read_rows(db: &Connection, table: &DesktopTable) -> Result<Vec<Vec<Cell>>, LegacyError> {
    let (name, wanted) = (table.name, table.read_columns());
    let names: Vec<&'static str> = wanted.iter().map(|(column, _)| *column).collect();
    let present = list_columns(db, name, &names)?;
    if let Some((column, _)) = wanted.iter().find(|(column, is_needed)| *is_needed && !present.contains(column)) {
        return Err(LegacyError::NotDesktop { table: name, column });
    }
    check_table(db, name)?;
    let columns: Vec<String> = names.iter().map(|c| if present.contains(c) { format!("\"{c}\"") } else { "NULL".into() }).collect();
    let mut statement = db.prepare(&format!("SELECT {} FROM main.\"{name}\"", columns.join(", ")))?;
    let mut found = statement.query([])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push((0..names.len()).map(|i| row.get_ref(i).map(cell_of)).collect::<Result<_, _>>()?);
    }
    Ok(rows)
}

/// The number of rows of a table that is not imported.
pub(super) fn count_untaken(db: &Connection, table: &'static str) -> Result<u64, LegacyError> {
    list_columns(db, table, &[])?;
    check_pages(db, table)?;
    Ok(count_rows(db, table)?.unsigned_abs())
}

fn count_rows(db: &Connection, table: &'static str) -> Result<i64, LegacyError> {
    Ok(db.query_row(&format!("SELECT count(*) FROM main.\"{table}\""), [], |row| row.get(0))?)
}

/// Refuses a table that has too many rows or is damaged.
fn check_table(db: &Connection, table: &'static str) -> Result<(), LegacyError> {
    check_pages(db, table)?;
    if count_rows(db, table)? > MOST_ROWS { Err(LegacyError::TooManyRows(table)) } else { Ok(()) }
}

/// The rows of imported tables that are listed as deleted; `None` if the list cannot be read. The table's name in a row is only compared,
/// never used in SQL.
pub(super) fn read_tombstones(db: &Connection, tables: Tables) -> Result<Option<BTreeSet<(usize, i64)>>, LegacyError> {
    let present = list_columns(db, TOMBSTONES, &TOMBSTONE_COLUMNS)?;
    if !TOMBSTONE_COLUMNS.iter().all(|c| present.contains(c)) {
        return Ok(None);
    }
    check_table(db, TOMBSTONES)?;
    let mut statement = db.prepare("SELECT \"table_name\", \"record_id\" FROM main.\"deleted_records\"")?;
    let mut found = statement.query([])?;
    let mut tombstones = BTreeSet::new();
    while let Some(row) = found.next()? {
        if let (Cell::Text(name), Cell::Integer(id)) = (cell_of(row.get_ref(0)?), cell_of(row.get_ref(1)?)) {
            tombstones.extend(place_of(tables, &name).map(|place| (place, id)));
        }
    }
    Ok(Some(tombstones))
}
