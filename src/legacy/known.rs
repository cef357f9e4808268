//! The results of earlier imports, and whether a file is a newer copy of one of their files.
//!
//! A desktop database has no name of its own, and its integer ids repeat: every office PC has an employee 1. So row ids are derived from
//! (identity of the file, table, id), and the identity must stay the same when the file changes. It is the hash of the first copy seen; a
//! later file inherits it if the rows that both have agree in values that hardly ever change (`DesktopTable::lineage`): the name of an
//! employee, the day and the person of an entry. Two PCs with the same numbering agree on days and numbers but not on names, and names have
//! to agree first.
//!
//! All of it is read from the operations themselves (their queue is the identity), so there is no second record that could differ.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Tables, file::LegacyFile};
use crate::{
    desktop::{DesktopRow, DesktopTable, text_of},
    fold::fold,
    identity::Region,
    ops::{Kind, Op, Row, VerdictKind, clean_value},
};

/// UUID namespace of the files' identities.
const FILES: Uuid = Uuid::from_u128(0x1e9a_c7f1_1e5a_5d0c_8a3e_6465_736b_746f);

/// A file that was imported before, reconstructed from the operations of its queue.
#[derive(Debug, Clone, Default)]
pub struct KnownFile {
    /// Its identity, which is the queue of its operations.
    pub identity: Uuid,
    /// Rows whose operations took effect, by their id in Rainstaff.
    pub rows: BTreeMap<Uuid, KnownRow>,
    /// Ids of all rows that operations were about, whatever their verdicts.
    pub ids: BTreeSet<Uuid>,
    /// Number in the queue of every operation that the server has, whatever its verdict.
    pub sent: BTreeMap<Uuid, i64>,
    /// Time of the newest copy.
    pub newest: Option<DateTime<Utc>>,
}

/// A row as the last import left it.
#[derive(Debug, Clone)]
pub struct KnownRow {
    /// The table of the file that it came from.
    pub table: &'static DesktopTable,
    /// Its cleaned values at that time; people may have changed the row since.
    pub fields: Row,
    /// Whether an import deleted it.
    pub deleted: bool,
    /// The last operation on it.
    pub last_op: Uuid,
}

impl KnownFile {
    /// Builds the known files from the operations of all imports of a region, in any order, each with its last verdict.
    pub fn from_ops(tables: Tables, ops: impl IntoIterator<Item = (Op, VerdictKind)>) -> Vec<Self> {
        let mut ordered: Vec<(Op, VerdictKind)> = ops.into_iter().collect();
        ordered.sort_by_key(|(op, _)| (op.queue_id, op.n, op.op_id));
        let mut files: BTreeMap<Uuid, Self> = BTreeMap::new();
        for (op, verdict) in ordered {
            let file = files.entry(op.queue_id).or_insert_with(|| Self { identity: op.queue_id, ..Self::default() });
            file.sent.insert(op.op_id, op.n);
            file.ids.insert(op.id);
            file.newest = file.newest.max(Some(op.edited_at));
            if verdict.took_effect() {
                file.remember(tables, op);
            }
        }
        files.into_values().collect()
    }

    fn remember(&mut self, tables: Tables, op: Op) {
        let Some(table) = tables.iter().find(|table| table.entity == op.entity) else {
            return;
        };
        let row = self.rows.entry(op.id).or_insert_with(|| KnownRow { table, fields: Row::new(), deleted: false, last_op: op.op_id });
        row.deleted = op.kind == Kind::Delete;
        row.last_op = op.op_id;
        row.fields.extend(op.fields.into_iter().map(|(name, change)| (name, clean_value(&change.to))));
    }
}

/// The id in Rainstaff of a row of a file, by the table's name. It depends on the region, so that one file imported into two regions makes
/// two rows. The first release left the region out: a row that it sent keeps that id.
pub fn row_id(known: &KnownFile, identity: Uuid, region: &Region, table: &str, id: i64) -> Uuid {
    let before = Uuid::new_v5(&identity, format!("{table}/{id}").as_bytes());
    if known.ids.contains(&before) {
        return before;
    }
    Uuid::new_v5(&identity, format!("{region}/{table}/{id}").as_bytes())
}

/// The identity of a file: that of the known file of which it is a copy, else a new one derived from its bytes.
pub fn identify(file: &LegacyFile, region: &Region, known: &[KnownFile]) -> Uuid {
    let own = Uuid::new_v5(&FILES, &file.sha256);
    if known.iter().any(|k| k.identity == own) {
        return own;
    }
    let agreeing = known.iter().filter_map(|k| Some((agreement(file, region, k)?, k.identity)));
    agreeing.max().map_or(own, |(_, identity)| identity)
}

/// Number of agreeing rows. `None` unless at least half of the common rows without references (the employees) agree, and half of all common
/// rows.
fn agreement(file: &LegacyFile, region: &Region, known: &KnownFile) -> Option<usize> {
    let id_of = |table: &str, number| row_id(known, known.identity, region, table, number);
    let mut agreeing: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    let (mut roots, mut same_roots, mut rows, mut same) = (0, 0, 0, 0);
    for (table, content) in file.contents().filter(|(table, _)| !table.lineage.is_empty()) {
        let is_root = table.lineage.iter().all(|column| table.column(column).is_none_or(|column| column.refers_to().is_none()));
        let mut numbers = BTreeSet::new();
        for row in content.rows().iter().flatten() {
            let Some(before) = known.rows.get(&id_of(table.name, row.number())) else { continue };
            rows += 1;
            roots += usize::from(is_root);
            if table.lineage.iter().all(|column| agrees(row, column, before, &agreeing, id_of)) {
                same += 1;
                same_roots += usize::from(is_root);
                numbers.insert(row.number());
            }
        }
        agreeing.insert(table.name, numbers);
    }
    (same_roots > 0 && same_roots * 2 >= roots && same * 2 >= rows).then_some(same)
}

/// Whether a row has the same value in a column as before: a reference to the same row, which itself agrees; or a text that folds to the
/// same.
fn agrees(
    row: &DesktopRow,
    column: &str,
    before: &KnownRow,
    agreeing: &BTreeMap<&str, BTreeSet<i64>>,
    id_of: impl Fn(&str, i64) -> Uuid,
) -> bool {
    let Some(known) = row.table().column(column) else { return false };
    let field = known.field.unwrap_or_default();
    match (known.refers_to(), row.value(column)) {
        (Some(table), value) => value.as_i64().is_some_and(|number| {
            before.fields.get(field) == Some(&json!(id_of(table, number)))
                && agreeing.get(table).is_some_and(|numbers| numbers.contains(&number))
        }),
        (None, Value::String(text)) => fold(text) == fold(text_of(&before.fields, field)),
        (None, value) => before.fields.get(field) == Some(value),
    }
}
