//! What earlier takeovers brought, and whether a file is a newer copy of one of them.
//!
//! A desktop database has no name of its own, and its integer ids repeat: every office PC has an employee 1. So rows get their ids from
//! (identity of the file, table, id), and the identity has to survive that the file changes. It is the hash of the first copy seen; a later
//! file inherits it when the rows that both have agree, by what hardly ever changes: the name of an employee, the day and the person of an
//! entry. Two PCs that number alike agree on days and numbers but not on names, and names have to agree first.
//!
//! All of it is read back from the operations themselves (their queue is the identity), so there is no second record that could differ.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{file::LegacyFile, rows::Employee, tables::Table};
use crate::{
    fold::fold,
    identity::Region,
    ops::{Kind, Op, Row, VerdictKind, clean_value},
};

/// Namespace of the files' identities.
const FILES: Uuid = Uuid::from_u128(0x1e9a_c7f1_1e5a_5d0c_8a3e_6465_736b_746f);

/// A file that was taken over before, as the operations of its queue tell.
#[derive(Debug, Clone, Default)]
pub struct KnownFile {
    /// Its identity, which is the queue of its operations.
    pub identity: Uuid,
    /// Rows that took effect, by the id they have here.
    pub rows: BTreeMap<Uuid, KnownRow>,
    /// The rows that operations were about, whatever became of those.
    pub ids: BTreeSet<Uuid>,
    /// Place in the queue of every operation the server has, whatever it said.
    pub sent: BTreeMap<Uuid, i64>,
    /// Time of the youngest copy.
    pub newest: Option<DateTime<Utc>>,
}

/// A row as it was taken over last.
#[derive(Debug, Clone)]
pub struct KnownRow {
    /// Which table of the file it came from.
    pub table: Table,
    /// Its values then, cleaned; people may have changed the row since.
    pub fields: Row,
    /// Whether the takeover deleted it.
    pub deleted: bool,
    /// The operation that did the last of it.
    pub last_op: Uuid,
}

impl KnownFile {
    /// Puts the operations of all takeovers of a region together, each with the last word on it, in any order.
    pub fn from_ops(ops: impl IntoIterator<Item = (Op, VerdictKind)>) -> Vec<Self> {
        let mut ordered: Vec<(Op, VerdictKind)> = ops.into_iter().collect();
        ordered.sort_by_key(|(op, _)| (op.queue_id, op.n, op.op_id));
        let mut files: BTreeMap<Uuid, Self> = BTreeMap::new();
        for (op, verdict) in ordered {
            let file = files.entry(op.queue_id).or_insert_with(|| Self { identity: op.queue_id, ..Self::default() });
            file.sent.insert(op.op_id, op.n);
            file.ids.insert(op.id);
            file.newest = file.newest.max(Some(op.edited_at));
            if verdict.took_effect() {
                file.remember(op);
            }
        }
        files.into_values().collect()
    }

    fn remember(&mut self, op: Op) {
        let Some(table) = Table::of_entity(&op.entity) else {
            return;
        };
        let row = self.rows.entry(op.id).or_insert_with(|| KnownRow { table, fields: Row::new(), deleted: false, last_op: op.op_id });
        row.deleted = op.kind == Kind::Delete;
        row.last_op = op.op_id;
        row.fields.extend(op.fields.into_iter().map(|(name, change)| (name, clean_value(&change.to))));
    }
}

/// Id here of a row of a file. Its region is in it, so that one file taken into two regions makes rows of two ids. The first release left
/// the region out: a row that it sent keeps that id.
pub fn row_id(known: &KnownFile, identity: Uuid, region: &Region, table: Table, id: i64) -> Uuid {
    let before = Uuid::new_v5(&identity, format!("{}/{id}", table.name()).as_bytes());
    if known.ids.contains(&before) {
        return before;
    }
    Uuid::new_v5(&identity, format!("{region}/{}/{id}", table.name()).as_bytes())
}

/// The identity of a file: that of the known file it is a copy of, else a new one that follows from its bytes.
pub fn identify(file: &LegacyFile, region: &Region, known: &[KnownFile]) -> Uuid {
    let own = Uuid::new_v5(&FILES, &file.sha256);
    if known.iter().any(|k| k.identity == own) {
        return own;
    }
    let agreeing = known.iter().filter_map(|k| Some((agreement(file, region, k)?, k.identity)));
    agreeing.max().map_or(own, |(_, identity)| identity)
}

/// How many rows agree, when at least half of the employees and half of all rows that both have do.
fn agreement(file: &LegacyFile, region: &Region, known: &KnownFile) -> Option<usize> {
    let id_of = |table, number| row_id(known, known.identity, region, table, number);
    let (mut people, mut same_people) = (0, BTreeSet::new());
    for employee in file.employees.iter().flatten() {
        let id = id_of(Table::Employees, employee.id);
        if let Some(row) = known.rows.get(&id) {
            people += 1;
            if has_same_name(employee, row) {
                same_people.insert(employee.id);
            }
        }
    }
    let (mut rows, mut same) = (people, same_people.len());
    for entry in file.timesheets.iter().flatten() {
        if let Some(row) = known.rows.get(&id_of(Table::Timesheets, entry.id)) {
            rows += 1;
            let same_day = row.fields.get("work_date") == Some(&json!(entry.work_date));
            let same_employee = row.fields.get("employee_id") == Some(&json!(id_of(Table::Employees, entry.employee)));
            if same_day && same_employee && same_people.contains(&entry.employee) {
                same += 1;
            }
        }
    }
    (!same_people.is_empty() && same_people.len() * 2 >= people && same * 2 >= rows).then_some(same)
}

fn has_same_name(employee: &Employee, known: &KnownRow) -> bool {
    fold(&employee.full_name) == fold(text(&known.fields, "full_name"))
}

/// Whether an employee can be the one imported before under that number: a corrected or changed name keeps a part of it, or the identity
/// number. Two copies of one database that went separate ways give one number to two people.
pub(super) fn may_be_same_person(employee: &Employee, known: &KnownRow) -> bool {
    let number = text(&known.fields, "identity_no");
    let before = fold(text(&known.fields, "full_name"));
    let parts: BTreeSet<&str> = before.split_whitespace().collect();
    (!number.is_empty() && number == employee.identity_no) || fold(&employee.full_name).split_whitespace().any(|part| parts.contains(part))
}

/// A text of a row; empty when there is none.
pub(super) fn text<'a>(fields: &'a Row, name: &str) -> &'a str {
    fields.get(name).and_then(serde_json::Value::as_str).unwrap_or_default()
}
