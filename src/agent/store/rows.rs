//! The copy of the region's rows, with the waiting operations applied: always computed anew from the server's row and the operations, never
//! patched, so that a change that the server refuses does not stay on the screen (SYNC 0.10).

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, params};
use serde_json::Value;
use uuid::Uuid;

use super::{Reader, StoreError};
use crate::{
    copy::{Context, Rows, Shown},
    error::{PageError, PageResult},
    identity_no,
    ops::{Op, Record, Row, Verdict, description, mask_secrets, merge},
};

/// A row as the server has it.
#[derive(Debug, Clone)]
pub struct Base {
    /// Which kind of row.
    pub entity: String,
    /// Its id.
    pub id: Uuid,
    /// Its region's code.
    pub region: String,
    /// Its version.
    pub version: i64,
    /// A tombstone.
    pub gone: bool,
    /// The values; `None` if the server does not have the row any more.
    pub row: Option<Row>,
}

/// What a row of the server has besides the form's fields.
const NOT_FIELDS: [&str; 4] = ["id", "version", "deleted", "region"];

/// Stores a row of the server. An older version never replaces a newer one, unless it belongs to a newer round (a snapshot of other data).
pub fn put_base(db: &Connection, base: &Base, round: i64) -> Result<bool, StoreError> {
    let id = base.id.to_string();
    let known: Option<(i64, i64, bool)> = db
        .prepare_cached("SELECT version, round, base IS NOT NULL FROM rows WHERE entity = ?1 AND id = ?2")?
        .query_row(params![base.entity, id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let is_news =
        known.is_none_or(|(version, of_round, has_base)| !has_base || of_round < round || version < base.version || base.row.is_none());
    if is_news {
        let fields = base.row.as_ref().map(|row| serde_json::to_string(&mask(fields_of(row)))).transpose()?;
        db.prepare_cached(
            "INSERT INTO rows (entity, id, region, version, gone, base, shown, shown_gone, round) VALUES (?1, ?2, ?3, ?4, ?5, ?6, coalesce(?6, '{}'), ?5, ?7)
             ON CONFLICT DO UPDATE SET region = ?3, version = ?4, gone = ?5, base = ?6, shown = coalesce(?6, '{}'), shown_gone = ?5, round = ?7",
        )?
        .execute(params![base.entity, id, base.region, if fields.is_some() { base.version } else { 0 }, base.gone, fields, round])?;
        rebuild(db, &base.entity, base.id)?;
    }
    Ok(is_news)
}

/// After a snapshot: removes the rows that were not in it, because the server does not have them.
pub fn drop_older_rounds(db: &Connection, round: i64) -> Result<(), StoreError> {
    let mut old = db.prepare_cached("SELECT entity, id FROM rows WHERE round < ?1 AND base IS NOT NULL")?;
    let gone: Vec<(String, String)> = old.query_map([round], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (entity, id) in gone {
        db.prepare_cached("UPDATE rows SET base = NULL, version = 0, gone = 0, round = ?3 WHERE entity = ?1 AND id = ?2")?
            .execute(params![entity, id, round])?;
        rebuild(db, &entity, parse_id(&id)?)?;
    }
    Ok(())
}

/// Stores the row that came with a verdict. If there is none, at least the operation is no longer applied to the row.
pub(super) fn take_verdict(db: &Connection, op: &Op, verdict: &Verdict) -> Result<(), StoreError> {
    if let (Some(row), Some(version)) = (&verdict.row, verdict.version) {
        let id = row.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok()).unwrap_or(op.id);
        let gone = row.get("deleted").and_then(Value::as_bool).unwrap_or(false);
        let round = db
            .prepare_cached("SELECT coalesce(max(round), 0) FROM rows WHERE entity = ?1 AND id = ?2")?
            .query_row(params![op.entity, id.to_string()], |row| row.get(0))?;
        let base = Base { entity: op.entity.clone(), id, region: op.region.code().to_owned(), version, gone, row: Some(row.clone()) };
        put_base(db, &base, round)?;
    }
    rebuild(db, &op.entity, op.id)
}

/// Computes the shown row from the server's row and the waiting operations.
pub(super) fn rebuild(db: &Connection, entity: &str, id: Uuid) -> Result<(), StoreError> {
    let key = id.to_string();
    let known: Option<(i64, bool, Option<String>)> = db
        .prepare_cached("SELECT version, gone, base FROM rows WHERE entity = ?1 AND id = ?2")?
        .query_row(params![entity, key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let base = match known {
        Some((version, deleted, Some(text))) => {
            Some(Record { version, deleted, fields: serde_json::from_str(&text)?, ..Record::default() })
        }
        _ => None,
    };
    let waiting = list_waiting_on(db, entity, &key)?;
    let version = base.as_ref().map_or(0, |record| record.version);
    let form = description(entity).map_or(&[][..], |known| known.fields);
    let lay = |record: Option<Record>, op: &Op| merge(form, record.as_ref(), op, op.edited_at).map(|merged| merged.record).or(record);
    let laid = waiting.iter().fold(base, lay);
    match laid {
        None => {
            db.prepare_cached("DELETE FROM rows WHERE entity = ?1 AND id = ?2")?.execute(params![entity, key])?;
        }
        Some(record) => {
            let region = waiting.last().map(|op| op.region.code().to_owned()).unwrap_or_default();
            db.prepare_cached(
                "INSERT INTO rows (entity, id, region, version, gone, shown, shown_gone, waiting) VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7)
                 ON CONFLICT DO UPDATE SET shown = ?5, shown_gone = ?6, waiting = ?7",
            )?
            .execute(params![
                entity,
                key,
                region,
                version,
                serde_json::to_string(&mask(record.fields))?,
                record.deleted,
                i64::try_from(waiting.len()).unwrap_or(i64::MAX),
            ])?;
        }
    }
    Ok(())
}

fn list_waiting_on(db: &Connection, entity: &str, id: &str) -> Result<Vec<Op>, StoreError> {
    let mut query = db.prepare_cached("SELECT body FROM ops WHERE state = 'waiting' AND entity = ?1 AND row_id = ?2 ORDER BY seq")?;
    let bodies: Vec<String> = query.query_map(params![entity, id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    bodies.iter().map(|body| Ok(serde_json::from_str(body)?)).collect()
}

/// Computes all rows with waiting operations anew, after these have changed as a whole.
pub fn rebuild_all(db: &Connection) -> Result<(), StoreError> {
    let mut all =
        db.prepare_cached("SELECT entity, id FROM rows WHERE waiting > 0 UNION SELECT entity, row_id FROM ops WHERE state = 'waiting'")?;
    let keys: Vec<(String, String)> = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    keys.iter().try_for_each(|(entity, id)| rebuild(db, entity, parse_id(id)?))
}

fn fields_of(row: &Row) -> Row {
    row.iter().filter(|(name, _)| !NOT_FIELDS.contains(&name.as_str())).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// A verdict as it is stored.
pub(super) fn mask_verdict(verdict: &Verdict) -> Verdict {
    Verdict { row: verdict.row.clone().map(mask), ..verdict.clone() }
}

/// An identity number is not stored on the PC, only that there is one, in the form that lists show.
fn mask(fields: Row) -> Row {
    mask_secrets(fields, |number| number.as_str().map(|text| Value::String(identity_no::mask(text))).unwrap_or_default())
}

fn parse_id(text: &str) -> Result<Uuid, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt(format!("not an id: {text}")))
}

fn shown_of(row: &SqlRow<'_>) -> Result<Shown, StoreError> {
    Ok(Shown {
        id: parse_id(&row.get::<_, String>(0)?)?,
        region: row.get(1)?,
        version: row.get(2)?,
        deleted: row.get(3)?,
        row: serde_json::from_str(&row.get::<_, String>(4)?)?,
        waiting: row.get::<_, i64>(5)? > 0,
    })
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        Self::Rows(Box::new(error))
    }
}

impl From<PageError> for StoreError {
    fn from(error: PageError) -> Self {
        match error {
            PageError::Rows(error) => error.downcast::<Self>().map_or_else(|other| Self::Other(other.to_string()), |error| *error),
            other => Self::Other(other.to_string()),
        }
    }
}

impl Rows for Reader {
    fn is_whole(&self) -> PageResult<bool> {
        Ok(self.mirror()?.is_ready())
    }

    fn context(&self) -> PageResult<Option<Context>> {
        Ok(Self::context(self)?)
    }

    fn list_rows(&self, entity: &str) -> PageResult<Vec<Shown>> {
        Ok(Self::list_rows(self, entity)?)
    }

    fn find_row(&self, entity: &str, id: Uuid) -> PageResult<Option<Shown>> {
        Ok(Self::find_row(self, entity, id)?)
    }

    fn list_entries(&self, from: NaiveDate, to: NaiveDate, employee: Option<Uuid>) -> PageResult<Vec<Shown>> {
        Ok(Self::list_entries(self, from, to, employee)?)
    }

    fn list_waiting_rows(&self) -> PageResult<HashSet<Uuid>> {
        Ok(Self::list_waiting_rows(self)?)
    }

    fn is_kept(&self, op_id: Uuid) -> PageResult<bool> {
        Ok(super::ops::is_kept(self, op_id)?)
    }
}

/// What pages read.
impl Reader {
    /// All rows of an entity, in the order of their ids; also those in the trash.
    pub fn list_rows(&self, entity: &str) -> Result<Vec<Shown>, StoreError> {
        let mut query =
            self.prepare_cached("SELECT id, region, version, shown_gone, shown, waiting FROM rows WHERE entity = ?1 ORDER BY id")?;
        collect(&mut query.query([entity])?)
    }

    /// One row.
    pub fn find_row(&self, entity: &str, id: Uuid) -> Result<Option<Shown>, StoreError> {
        let mut query =
            self.prepare_cached("SELECT id, region, version, shown_gone, shown, waiting FROM rows WHERE entity = ?1 AND id = ?2")?;
        Ok(collect(&mut query.query(params![entity, id.to_string()])?)?.pop())
    }

    /// The rows with operations that the server does not have yet.
    pub fn list_waiting_rows(&self) -> Result<HashSet<Uuid>, StoreError> {
        let mut query = self.prepare_cached("SELECT DISTINCT row_id FROM ops WHERE state = 'waiting'")?;
        let ids: Vec<String> = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        ids.iter().map(|id| parse_id(id)).collect()
    }

    /// The entries of the dates `from` to `to`, by date, start and id; only those of `employee` if one is given. Also those in the trash.
    pub fn list_entries(&self, from: NaiveDate, to: NaiveDate, employee: Option<Uuid>) -> Result<Vec<Shown>, StoreError> {
        let (from, to) = (from.to_string(), to.to_string());
        let columns = "SELECT id, region, version, shown_gone, shown, waiting FROM rows WHERE entity = 'timesheet'";
        let order = "ORDER BY work_date, shown ->> '$.start_time', id";
        if let Some(employee) = employee {
            let text = format!("{columns} AND employee_id = ?1 AND work_date BETWEEN ?2 AND ?3 {order}");
            let mut query = self.prepare_cached(&text)?;
            return collect(&mut query.query(params![employee.to_string(), from, to])?);
        }
        let mut query = self.prepare_cached(&format!("{columns} AND work_date BETWEEN ?1 AND ?2 {order}"))?;
        collect(&mut query.query(params![from, to])?)
    }

    /// For each entity the number of the server's rows and their hash, as in the server's digest (SYNC 3.3).
    pub fn list_digests(&self) -> Result<BTreeMap<String, (i64, String)>, StoreError> {
        let mut query = self.prepare_cached("SELECT entity, id, version FROM rows WHERE base IS NOT NULL")?;
        let mut rows = query.query([])?;
        let mut sums: BTreeMap<String, (i64, u64)> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (id, version): (String, i64) = (row.get(1)?, row.get(2)?);
            let sum = sums.entry(row.get(0)?).or_default();
            *sum = (sum.0 + 1, sum.1 ^ hash_of(&id, version));
        }
        Ok(sums.into_iter().map(|(entity, (count, hash))| (entity, (count, format!("{hash:016x}")))).collect())
    }
}

/// The first eight bytes of the SHA-256 of `id:version`.
fn hash_of(id: &str, version: i64) -> u64 {
    use sha2::{Digest as _, Sha256};
    let hash: [u8; 32] = Sha256::digest(format!("{id}:{version}")).into();
    hash.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

fn collect(rows: &mut rusqlite::Rows<'_>) -> Result<Vec<Shown>, StoreError> {
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(shown_of(row)?);
    }
    Ok(all)
}
