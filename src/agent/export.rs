//! `export`: this PC's data as a plain SQLite file with a table per kind of row, and the queue as a file that the Senkron page reads.

use std::{
    fs,
    io::{BufWriter, Write as _},
    path::Path,
};

use rusqlite::Connection;

use super::{
    place,
    store::{FILE, Reader, StoreError},
};
use crate::ops::{Description, Field, descriptions, masked_name};

/// The column for a field: of a secret only its masked value is exported.
fn column_of(field: &Field) -> String {
    if field.is_secret() { masked_name(field.name) } else { field.name.to_owned() }
}

/// Writes the file, and the queue if a file for it is named. Returns a sentence about their content.
pub fn export(folder: &Path, to: &Path, queue: Option<&Path>) -> Result<String, String> {
    let from = folder.join(FILE);
    if !from.exists() {
        return Err(format!("{} holds no data: nothing was enrolled or run there", folder.display()));
    }
    let mut files = Vec::new();
    for path in std::iter::once(to).chain(queue) {
        files.push(place::create_private(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => format!("{} is there already: name a file that is not", path.display()),
            _ => format!("{} cannot be made: {error}", path.display()),
        })?);
    }
    let count = write_rows(&from, to).map_err(|error| format!("{}: {error}", to.display()))?;
    let mut said = format!("{}: {} rows of the region, {} operations entered at this PC", to.display(), count.rows, count.ops);
    if let (Some(queue), Some(file)) = (queue, files.pop()) {
        let waiting = write_queue(&from, file).map_err(|error| format!("{}: {error}", queue.display()))?;
        said = format!("{said}\n{}: {waiting} operations that wait to be sent", queue.display());
    }
    Ok(said)
}

struct Count {
    rows: i64,
    ops: i64,
}

fn write_rows(from: &Path, to: &Path) -> Result<Count, StoreError> {
    let db = Connection::open(to)?;
    db.execute("ATTACH ?1 AS pc", [format!("file:{}?mode=ro", url_of(from))])?;
    db.execute_batch("BEGIN")?; // a snapshot of the PC's file, even while the agent runs
    let mut rows = 0;
    for Description { name: entity, table, fields, .. } in descriptions() {
        let table = table.trim_start_matches("app.");
        let list = fields.iter().map(column_of).map(|c| format!("shown ->> '$.{c}' AS {c}")).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "CREATE TABLE {table} AS SELECT id, region, {list}, version, shown_gone AS is_deleted, waiting > 0 AS is_waiting FROM pc.rows WHERE entity = '{entity}'"
        );
        db.execute_batch(&sql)?;
        rows += db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0))?;
    }
    db.execute_batch(
        "CREATE VIEW entries AS SELECT e.full_name, t.work_date, t.start_time, t.end_time, t.break_minutes, t.is_special, t.notes, t.is_waiting
             FROM timesheets t LEFT JOIN employees e ON e.id = t.employee_id WHERE NOT t.is_deleted ORDER BY t.work_date, e.full_name, t.start_time;
         CREATE TABLE entered AS SELECT o.seq, datetime(o.stored_at / 1000, 'unixepoch') AS stored_at_utc, p.username AS author, o.kind, o.entity, o.row_id,
             o.label, o.state, o.verdict, datetime(o.done_at / 1000, 'unixepoch') AS answered_at_utc, o.op_id, o.body AS operation
             FROM pc.ops o LEFT JOIN pc.people p ON p.user_id = o.actor ORDER BY o.seq;
         COMMIT",
    )?;
    let ops = db.query_row("SELECT count(*) FROM entered", [], |row| row.get(0))?;
    db.execute_batch("DETACH pc")?;
    Ok(Count { rows, ops })
}

/// A path in the form that SQLite's URLs need.
fn url_of(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}

/// One operation per line, as it would be sent.
fn write_queue(from: &Path, file: fs::File) -> Result<usize, StoreError> {
    let io = |error: std::io::Error| StoreError::Other(error.to_string());
    let reader = Reader::of_file(from)?;
    let waiting = super::store::ops::list_next(&reader, usize::MAX, usize::MAX, &[])?;
    let mut file = BufWriter::new(file);
    for op in &waiting {
        serde_json::to_writer(&mut file, &op.op)?;
        file.write_all(b"\n").map_err(io)?;
    }
    file.into_inner().map_err(|error| StoreError::Other(error.to_string()))?.sync_all().map_err(io)?;
    Ok(waiting.len())
}
