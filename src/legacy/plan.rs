//! Decides what an import does before anything is done: pure, so that a dry run and the real one cannot differ.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Tables,
    file::{Content, LegacyFile},
    known::{KnownFile, KnownRow, row_id},
    place_of,
};
use crate::{
    desktop::{Candidate, Column, DesktopRow, DesktopTable, KeyValue, Kind as ColumnKind, Recognised, Remark, RowId, Why, text_of},
    fold::fold,
    identity::Region,
    ops::{Author, Change, Fields, Kind, Op, fingerprint, same_value},
};

/// The region and the author of an import.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The region that gets the rows.
    pub region: &'a Region,
    /// Further region labels whose rows are imported, besides the region's own and the empty one: older programs stamped Ankara on all
    /// rows.
    pub include_regions: &'a [String],
    /// The account that imports the file.
    pub actor: Uuid,
    /// Time of the file.
    pub edited_at: DateTime<Utc>,
    /// Existing rows of entities that have a single row per region, whatever created them.
    pub only_rows: &'a BTreeSet<Uuid>,
}

/// The effect of an operation on its table's counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Creates the row.
    Create,
    /// Changes the row.
    Update,
    /// Deletes the row; the file no longer has it, or leaves it out, so no count includes it.
    Delete,
}

/// An operation and the rows of the file that it covers.
#[derive(Debug, Clone)]
pub struct PlannedOp {
    /// The table of the file.
    pub table: &'static DesktopTable,
    /// The rows of the file: one, or several keys of the settings.
    pub ids: Vec<RowId>,
    /// Its effect.
    pub effect: Effect,
    /// The name of a deleted row, for people.
    pub name: Option<String>,
    /// The operation for the server.
    pub op: Op,
}

/// The whole import. `ops` (without deletions), `unchanged` and `skipped` together name every row of the imported tables exactly once.
#[derive(Debug)]
pub struct Plan {
    /// Name of the file.
    pub file: String,
    /// The region that gets the rows.
    pub region: Region,
    /// The imported tables.
    pub tables: Tables,
    /// Operations for the server, in this order.
    pub ops: Vec<PlannedOp>,
    /// Rows already imported with equal values.
    pub unchanged: Vec<(&'static DesktopTable, RowId)>,
    /// Skipped rows, with the reason.
    pub skipped: Vec<(&'static DesktopTable, Remark)>,
    /// Remarks that a person should check.
    pub warnings: Vec<Remark>,
    /// Number of rows per table that is not imported.
    pub not_taken: BTreeMap<String, u64>,
}

/// Plans the import of `file` with this identity ([`super::identify`]); `known` is what earlier imports left.
pub fn plan(file: &LegacyFile, identity: Uuid, known: &[KnownFile], target: Target<'_>) -> Plan {
    let empty = KnownFile::default();
    let known = known.iter().find(|k| k.identity == identity).unwrap_or(&empty);
    let plan = Plan {
        file: file.name.clone(),
        region: target.region.clone(),
        tables: file.tables,
        ops: Vec::new(),
        unchanged: Vec::new(),
        skipped: Vec::new(),
        warnings: file.remarks.clone(),
        not_taken: file.not_taken.clone(),
    };
    let next_n = known.sent.values().max().map_or(1, |last| last + 1);
    let mut planner = Planner { file, identity, known, target, plan, taken: BTreeMap::new(), next_n };
    planner.plan_all();
    planner.plan
}

/// An imported row, to which others may refer.
struct Taken {
    id: Uuid,
    /// The operation that creates the row, if this import has one.
    created_by: Option<Uuid>,
}

struct Planner<'a> {
    file: &'a LegacyFile,
    identity: Uuid,
    known: &'a KnownFile,
    target: Target<'a>,
    plan: Plan,
    /// By table and number.
    taken: BTreeMap<(&'static str, i64), Taken>,
    next_n: i64,
}

impl<'a> Planner<'a> {
    /// Deletions come first: they may free a time or a number that another row takes now.
    fn plan_all(&mut self) {
        if self.known.newest.is_some_and(|newest| newest > self.target.edited_at) {
            self.plan.warnings.push(Remark::file(None, Why::OlderCopy));
        }
        self.plan_deletions();
        let file = self.file;
        for (table, content) in file.contents() {
            match content {
                Content::Rows(rows) => self.plan_rows(table, rows),
                Content::Keys(keys) => self.plan_keys(table, keys),
            }
        }
        self.warn_of_the_vanished();
    }

    /// The deletion of a row also deletes the rows that belong to it: the desktop program lists only the former (DOMAIN 2.1).
    fn plan_deletions(&mut self) {
        let tables = self.file.tables;
        let listed: BTreeMap<Uuid, i64> =
            self.file.tombstones.iter().map(|(place, number)| (self.row_id(tables[*place].name, *number), *number)).collect();
        let present: BTreeSet<Uuid> = self.ids_in_file().collect();
        let gone_with_owner = |id: &Uuid, row: &KnownRow| {
            let owners = row.table.columns.iter().filter(|column| column.is_needed && column.refers_to().is_some());
            let mut ids = owners.filter_map(|column| text_of(&row.fields, column.field?).parse().ok());
            !present.contains(id) && ids.any(|owner: Uuid| listed.contains_key(&owner))
        };
        let mut deleted: Vec<(&Uuid, &KnownRow)> =
            self.known.rows.iter().filter(|(id, row)| !row.deleted && (listed.contains_key(*id) || gone_with_owner(id, row))).collect();
        deleted.sort_by_key(|(_, row)| std::cmp::Reverse(place_of(tables, row.table.name)));
        for (id, row) in deleted {
            let ids: Vec<RowId> = listed.get(id).map(|number| RowId::Number(*number)).into_iter().collect();
            self.push(Kind::Delete, row.table, ids, *id, Fields::new(), Vec::new());
        }
    }

    fn plan_rows(&mut self, table: &'static DesktopTable, rows: &'a [Result<DesktopRow, Box<Remark>>]) {
        let mut candidates = Vec::new();
        for row in rows {
            let Some(row) = self.readable(table, row) else { continue };
            let admitted = self.admit(row).and_then(|id| self.refer(row, id)).and_then(|candidate| self.recognise(candidate));
            match admitted {
                Ok(candidate) => candidates.push(candidate),
                Err(remark) => self.plan.skipped.push((table, *remark)),
            }
        }
        (table.settle)(&mut candidates);
        for candidate in candidates {
            match candidate.left_out() {
                Some(remark) => self.plan.skipped.push((table, remark.clone())),
                None => self.put(&candidate),
            }
        }
    }

    /// The row's id, if the row belongs to this region and has not been deleted.
    fn admit(&self, row: &DesktopRow) -> Result<Uuid, Box<Remark>> {
        let (table, number) = (row.table(), row.number());
        let id = self.row_id(table.name, number);
        let (column, label) = row.label();
        let place = place_of(self.file.tables, table.name);
        if !self.is_of_region(label) {
            Err(Box::new(row.remark(column, Why::OtherRegion)))
        } else if place.is_some_and(|place| self.file.tombstones.contains(&(place, number))) {
            Err(Box::new(row.remark("", Why::Deleted)))
        } else if self.known.rows.get(&id).is_some_and(|row| row.deleted) {
            Err(Box::new(row.remark("", Why::DeletedBefore)))
        } else {
            Ok(id)
        }
    }

    /// Whether the label allows the import: the region's, an included one, none, or that of all regions.
    fn is_of_region(&self, label: &str) -> bool {
        let label = fold(label);
        label.is_empty()
            || label == "all"
            || label == self.target.region.code()
            || self.target.include_regions.iter().any(|other| fold(other) == label)
    }

    /// Resolves the rows that a row refers to. If one is not imported, the row is skipped, or loses the reference.
    fn refer(&self, row: &'a DesktopRow, id: Uuid) -> Result<Candidate<'a>, Box<Remark>> {
        let before = self.known.rows.get(&id).map(|known| &known.fields);
        let mut candidate = Candidate::new(row, id, before);
        for (column, value) in row.values() {
            if let Column { field: Some(field), kind: ColumnKind::Reference(table, missing), .. } = column {
                match value.as_i64().map(|number| self.taken.get(&(*table, number))) {
                    Some(Some(target)) => candidate.refer(field, target.id, target.created_by),
                    None if !column.is_needed => candidate.refer_to_none(field),
                    Some(None) if !row.table().is_strict_about(column) => candidate.lose_reference(column.name, field, missing()),
                    _ => return Err(Box::new(row.remark(column.name, missing()))),
                }
            }
        }
        Ok(candidate)
    }

    /// Checks that a row imported before is still the same one.
    fn recognise(&mut self, candidate: Candidate<'a>) -> Result<Candidate<'a>, Box<Remark>> {
        let recognised = candidate.before().map(|before| (candidate.row().table().recognise)(&candidate, before));
        match recognised {
            Some(Recognised::Other(column)) => return Err(Box::new(candidate.row().remark(column, Why::OtherRow))),
            Some(Recognised::Same(warnings)) => self.plan.warnings.extend(warnings),
            None => {}
        }
        Ok(candidate)
    }

    /// All imported keys together make one row.
    fn plan_keys(&mut self, table: &'static DesktopTable, keys: &'a [Result<KeyValue, Box<Remark>>]) {
        let only_id = (table.only_id)(self.target.region);
        let before = only_id.and_then(|id| self.known.rows.get(&id));
        let (mut fields, mut ids) = (Fields::new(), Vec::new());
        for key in keys {
            let Some(KeyValue { column, value: to }) = self.readable(table, key) else { continue };
            let Some(field) = column.field else { continue };
            let from = before.and_then(|row| row.fields.get(field)).cloned();
            if from.as_ref().is_some_and(|from| same_value(from, to)) {
                self.plan.unchanged.push((table, RowId::Key(column.name.into())));
            } else {
                fields.insert(field.into(), Change { from: from.unwrap_or_default(), to: to.clone() });
                ids.push(RowId::Key(column.name.into()));
            }
        }
        if let Some(id) = only_id.filter(|_| !fields.is_empty()) {
            let kind = if before.is_some() || self.target.only_rows.contains(&id) { Kind::Update } else { Kind::Create };
            self.push(kind, table, ids, id, fields, Vec::new());
        }
    }

    /// Warns of rows from an earlier copy that this one neither has nor lists as deleted: the older programs listed no deletions. They
    /// stay.
    fn warn_of_the_vanished(&mut self) {
        let mut seen: BTreeSet<Uuid> = self.ids_in_file().collect();
        seen.extend(self.plan.ops.iter().map(|planned| planned.op.id));
        seen.extend(self.file.tables.iter().filter_map(|table| (table.only_id)(self.target.region)));
        for row in self.known.rows.iter().filter(|(id, row)| !row.deleted && !seen.contains(*id)).map(|(_, row)| row) {
            self.plan.warnings.push(Remark {
                table: row.table.name.into(),
                id: None,
                field: None,
                value: Some(name_of(row)),
                reason: Why::Gone,
            });
        }
    }

    /// The Rainstaff ids of all rows of the file with a number, readable or not.
    fn ids_in_file(&self) -> impl Iterator<Item = Uuid> + use<'a> {
        let (file, known, identity, region) = (self.file, self.known, self.identity, self.target.region);
        file.contents()
            .flat_map(move |(table, content)| content.numbers().map(move |number| row_id(known, identity, region, table.name, number)))
    }

    fn row_id(&self, table: &str, number: i64) -> Uuid {
        row_id(self.known, self.identity, self.target.region, table, number)
    }

    /// The row; `None` if it is unreadable, with its remark added to the report.
    fn readable<'r, T>(&mut self, table: &'static DesktopTable, row: &'r Result<T, Box<Remark>>) -> Option<&'r T> {
        row.as_ref().map_err(|remark| self.plan.skipped.push((table, remark.as_ref().clone()))).ok()
    }

    /// Plans the operation that makes the stored row equal to the row of the file.
    fn put(&mut self, candidate: &Candidate<'_>) {
        let (table, number, id) = (candidate.row().table(), candidate.row().number(), candidate.id());
        self.plan.warnings.extend(candidate.warnings().cloned());
        let before = candidate.before();
        let changes: Fields = candidate
            .fields()
            .into_iter()
            .filter_map(|(name, to)| {
                let from = before.and_then(|row| row.get(&name)).cloned().unwrap_or_default();
                let differs = before.is_none() || !same_value(&from, &to);
                differs.then_some((name, Change { from, to }))
            })
            .collect();
        let created_by = if changes.is_empty() {
            self.plan.unchanged.push((table, RowId::Number(number)));
            None
        } else {
            let kind = if before.is_some() { Kind::Update } else { Kind::Create };
            let op = self.push(kind, table, vec![RowId::Number(number)], id, changes, candidate.after().to_vec());
            (kind == Kind::Create).then_some(op)
        };
        self.taken.insert((table.name, number), Taken { id, created_by });
    }

    /// An operation's id is derived from its content and from the row's last operation. So the same step is the same operation in every
    /// run, and a value that returns after another one is a new step.
    fn push(&mut self, kind: Kind, table: &'static DesktopTable, ids: Vec<RowId>, id: Uuid, fields: Fields, after: Vec<Uuid>) -> Uuid {
        let author = Author { actor: self.target.actor, queue_id: self.identity, at: self.target.edited_at };
        let mut op = Op {
            app: Some("import-legacy".into()),
            after,
            ..Op::new(author, Uuid::nil(), kind, table.entity, id, self.target.region.clone()).changing(fields)
        };
        let last = self.known.rows.get(&id).map_or(Uuid::nil(), |row| row.last_op);
        let step = format!("{}/{id}/{last}/{}", table.name, hex::encode(fingerprint(&op)));
        op.op_id = Uuid::new_v5(&self.identity, step.as_bytes());
        op.n = self.known.sent.get(&op.op_id).copied().unwrap_or_else(|| {
            self.next_n += 1;
            self.next_n - 1
        });
        let op_id = op.op_id;
        let effect = match kind {
            Kind::Create => Effect::Create,
            Kind::Delete => Effect::Delete,
            _ => Effect::Update,
        };
        let name = (effect == Effect::Delete).then(|| self.known.rows.get(&id).map(name_of)).flatten();
        self.plan.ops.push(PlannedOp { table, ids, effect, name, op });
        op_id
    }
}

/// The row's name, for people.
fn name_of(row: &KnownRow) -> String {
    row.table.name_field().map(|field| text_of(&row.fields, field).to_owned()).unwrap_or_default()
}
