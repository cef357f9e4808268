//! The merge rule (SYNC 3.7): pure, so that server, agent and tests decide alike.
//!
//! A value a person entered is afterwards current, knowingly replaced, or kept in a conflict. It never just disappears.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Kind, Op, Row,
    form_codec::{FieldKind, FormSpec},
};
use crate::{civil, money};

/// Who wrote a field (or the tombstone) last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    /// The operation.
    pub op: Uuid,
    /// Its queue: later operations of the same queue have seen it.
    pub queue: Uuid,
    /// Effective time of the edit: by the author's corrected clock, never later than its arrival.
    pub at: DateTime<Utc>,
    /// The row's version that came of it.
    pub version: i64,
}

/// A row as the merge sees it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// Version of the row.
    pub version: i64,
    /// Set for a deleted row.
    pub deleted: bool,
    /// Values by form field.
    pub fields: Row,
    /// Last writer per field.
    pub meta: Meta,
}

/// Who wrote what of a row last, by field; [`TOMBSTONE`] and [`OTHERS`] are keys beside the fields' names. A row of an earlier release has
/// an entry for each field and none for the others.
pub type Meta = BTreeMap<String, Stamp>;

/// The last delete or restore.
pub const TOMBSTONE: &str = "";

/// Whoever made the row: they wrote every field that has no entry of its own. Most rows are never changed, and need no more than this.
pub const OTHERS: &str = "*";

/// Which of two values of a field stays, where neither author had seen the other's. The one that does not is kept in a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergePolicy {
    /// The later one.
    LastWriter,
    /// The higher one, whenever it was entered, as of a mileage, which only rises. Nothing is lower than any value. What cannot be compared
    /// goes by time, so that it is refused as what it is.
    Max,
}

/// What kind of meeting a conflict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    /// Two values for one field.
    Field,
    /// A deletion of a row somebody had changed meanwhile: the row stays.
    DeleteVsEdit,
    /// A change of a row somebody had deleted meanwhile: the row comes back.
    EditVsDelete,
    /// An entry for a deleted employee: it is kept, and shown.
    ParentDeleted,
}

impl ConflictKind {
    /// The word in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::DeleteVsEdit => "delete_vs_edit",
            Self::EditVsDelete => "edit_vs_delete",
            Self::ParentDeleted => "parent_deleted",
        }
    }
}

/// A conflict to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct ConflictDraft {
    /// What met what.
    pub kind: ConflictKind,
    /// The field, where it is about one.
    pub field: Option<String>,
    /// What the later writer had seen.
    pub base: Value,
    /// The value that is current now.
    pub win: Value,
    /// The value that is not.
    pub lose: Value,
    /// Operation behind `win`.
    pub op_win: Option<Uuid>,
    /// Operation behind `lose`.
    pub op_lose: Option<Uuid>,
}

/// Result of a merge.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The row as it is to be; its version is the old one plus one when something changed.
    pub record: Record,
    /// Whether there is anything to write (values or stamps).
    pub changed: bool,
    /// Whether the row is new.
    pub created: bool,
    /// What has to be kept for a person to see.
    pub conflicts: Vec<ConflictDraft>,
}

/// Equal as a person would say: no value and empty text are the same.
pub fn same_value(a: &Value, b: &Value) -> bool {
    fn empty(v: &Value) -> bool {
        v.is_null() || v.as_str() == Some("")
    }
    a == b || (empty(a) && empty(b))
}

/// Applies `op`, which took effect at `at`, to `current`, a row with the fields of `form`. None when there is no row and the operation does not
/// make one.
pub fn merge(form: FormSpec, current: Option<&Record>, op: &Op, at: DateTime<Utc>) -> Option<Merged> {
    let Some(current) = current else {
        return (op.kind == Kind::Create).then(|| create(op, at));
    };
    let stamp = stamp(op, at, current.version + 1);
    let mut work = Work { form, stamp, record: current.clone(), changed: false, conflicts: Vec::new(), op };
    match op.kind {
        Kind::Create | Kind::Update => work.edit(),
        Kind::Delete => work.delete(),
        Kind::Restore => work.restore(),
        Kind::Command => {}
    }
    if work.changed {
        work.record.version += 1;
    }
    Some(Merged { record: work.record, changed: work.changed, created: false, conflicts: work.conflicts })
}

fn create(op: &Op, at: DateTime<Utc>) -> Merged {
    let stamp = stamp(op, at, 1);
    let record = Record {
        version: 1,
        deleted: false,
        fields: op.fields.iter().map(|(name, change)| (name.clone(), change.to.clone())).collect(),
        meta: Meta::from([(OTHERS.to_owned(), stamp)]),
    };
    Merged { record, changed: true, created: true, conflicts: Vec::new() }
}

fn stamp(op: &Op, at: DateTime<Utc>, version: i64) -> Stamp {
    Stamp { op: op.op_id, queue: op.queue_id, at, version }
}

struct Work<'a> {
    form: FormSpec,
    op: &'a Op,
    stamp: Stamp,
    record: Record,
    changed: bool,
    conflicts: Vec<ConflictDraft>,
}

impl Work<'_> {
    /// Whether the author had that write on the screen: it was in the version they saw, or came from their own queue before.
    fn saw(&self, written: &Stamp) -> bool {
        self.op.base_version.is_some_and(|base| written.version <= base) || (self.op.n > 0 && written.queue == self.op.queue_id)
    }

    fn edit(&mut self) {
        // What is to stay as the author saw it is no edit: it neither wins over anybody's nor wakes the dead.
        let edits: Vec<_> = self.op.fields.iter().filter(|(_, change)| !same_value(&change.from, &change.to)).collect();
        if edits.is_empty() {
            return;
        }
        if self.record.deleted {
            let tombstone = self.record.meta.get(TOMBSTONE).cloned();
            if !tombstone.as_ref().is_some_and(|t| self.saw(t)) {
                let (win, lose) = (Value::Bool(false), Value::Bool(true));
                self.conflict(ConflictKind::EditVsDelete, None, Value::Null, win, lose, tombstone.map(|t| t.op), true);
                self.set_deleted(false);
            }
        }
        for (name, change) in edits {
            let now = self.record.fields.get(name).cloned().unwrap_or(Value::Null);
            if same_value(&now, &change.to) {
                continue;
            }
            let theirs = self.record.meta.get(name).or_else(|| self.record.meta.get(OTHERS)).cloned();
            if same_value(&now, &change.from) {
                self.set_field(name, &change.to);
                continue;
            }
            let mine_is_later = theirs.as_ref().is_none_or(|t| (self.stamp.at, self.stamp.op) > (t.at, t.op));
            let their_op = theirs.map(|t| t.op);
            if self.is_higher(name, &change.to, &now).unwrap_or(mine_is_later) {
                self.conflict(ConflictKind::Field, Some(name), change.from.clone(), change.to.clone(), now, their_op, true);
                self.set_field(name, &change.to);
            } else {
                self.conflict(ConflictKind::Field, Some(name), change.from.clone(), now, change.to.clone(), their_op, false);
            }
        }
    }

    /// Whether a value is higher than another one, in a field where that counts and the two can be compared.
    fn is_higher(&self, name: &str, value: &Value, than: &Value) -> Option<bool> {
        let field = self.form.iter().find(|field| field.name == name).filter(|field| field.merge == MergePolicy::Max)?;
        let (value, than) = (height(field.kind, value)?, height(field.kind, than)?);
        (value != than).then_some(value > than)
    }

    fn delete(&mut self) {
        if self.record.deleted {
            return;
        }
        let unseen = self.record.meta.values().filter(|s| !self.saw(s)).max_by_key(|s| (s.at, s.op)).cloned();
        match unseen {
            Some(edit) => {
                let (win, lose) = (Value::Bool(false), Value::Bool(true));
                self.conflict(ConflictKind::DeleteVsEdit, None, Value::Null, win, lose, Some(edit.op), false);
            }
            None => self.set_deleted(true),
        }
    }

    fn restore(&mut self) {
        if self.record.deleted {
            self.set_deleted(false);
        }
    }

    fn set_field(&mut self, name: &str, value: &Value) {
        self.record.fields.insert(name.into(), value.clone());
        self.record.meta.insert(name.into(), self.stamp.clone());
        self.changed = true;
    }

    fn set_deleted(&mut self, deleted: bool) {
        self.record.deleted = deleted;
        self.record.meta.insert(TOMBSTONE.into(), self.stamp.clone());
        self.changed = true;
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of a conflict")]
    fn conflict(
        &mut self,
        kind: ConflictKind,
        field: Option<&str>,
        base: Value,
        win: Value,
        lose: Value,
        theirs: Option<Uuid>,
        mine_wins: bool,
    ) {
        let mine = Some(self.op.op_id);
        let (op_win, op_lose) = if mine_wins { (mine, theirs) } else { (theirs, mine) };
        self.conflicts.push(ConflictDraft { kind, field: field.map(Into::into), base, win, lose, op_win, op_lose });
    }
}

/// How high a value of a field is; none for what the field cannot hold or nobody compares.
fn height(kind: FieldKind, value: &Value) -> Option<i64> {
    if same_value(value, &Value::Null) {
        return Some(i64::MIN);
    }
    match kind {
        FieldKind::Integer | FieldKind::Minutes => value.as_i64(),
        FieldKind::Money => money::parse(value.as_str()?).ok(),
        FieldKind::Decimal => civil::parse_hours(value.as_str()?).ok().map(i64::from),
        FieldKind::Time => civil::parse_time(value.as_str()?).ok().map(i64::from),
        FieldKind::Date => civil::parse_date(value.as_str()?).ok().map(|date| i64::from(date.to_epoch_days())),
        _ => None,
    }
}
