//! The merge rule (SYNC 3.7): pure, so that server, agent and tests decide in the same way.
//!
//! A value that a person entered is afterwards current, replaced knowingly, or kept in a conflict. It never disappears silently.

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
    /// Its queue: later operations of the same queue have seen this write.
    pub queue: Uuid,
    /// Effective time of the edit: the author's corrected clock, never later than the arrival.
    pub at: DateTime<Utc>,
    /// The row's version after this write.
    pub version: i64,
}

/// A row as the merge sees it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// Version of the row.
    pub version: i64,
    /// Whether the row is deleted.
    pub deleted: bool,
    /// Values by form field.
    pub fields: Row,
    /// Last writer per field.
    pub meta: Meta,
}

/// The last writer of each field; [`TOMBSTONE`] and [`OTHERS`] are keys besides the field names. A row of an earlier release has an entry
/// for each field and no [`OTHERS`].
pub type Meta = BTreeMap<String, Stamp>;

/// The last delete or restore.
pub const TOMBSTONE: &str = "";

/// The creator of the row, who wrote every field without its own entry. Most rows are never changed and need only this entry.
pub const OTHERS: &str = "*";

/// Which of two values of a field stays if neither author had seen the other's value. The other value is kept in a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergePolicy {
    /// The later one.
    LastWriter,
    /// The higher one, at whatever time it was entered, for example a mileage, which only rises. A blank is lower than any value. If the
    /// values cannot be compared, the later one stays, so that the check of the field can refuse it.
    Max,
}

/// The kind of a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    /// Two values for one field.
    Field,
    /// A deletion of a row that was changed in the meantime: the row stays.
    DeleteVsEdit,
    /// A change of a row that was deleted in the meantime: the row is restored.
    EditVsDelete,
    /// An entry for a deleted employee: it is stored and shown.
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
    /// The kind.
    pub kind: ConflictKind,
    /// The field, if the conflict is about one.
    pub field: Option<String>,
    /// The value that the later writer had seen.
    pub base: Value,
    /// The value that is current now.
    pub win: Value,
    /// The value that is not current.
    pub lose: Value,
    /// Operation behind `win`.
    pub op_win: Option<Uuid>,
    /// Operation behind `lose`.
    pub op_lose: Option<Uuid>,
}

/// Result of a merge.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The row after the merge; its version increases by one if something changed.
    pub record: Record,
    /// Whether there is anything to write (values or stamps).
    pub changed: bool,
    /// Whether the row is new.
    pub created: bool,
    /// Conflicts that must be kept for a person to see.
    pub conflicts: Vec<ConflictDraft>,
}

/// Whether two values are equal for a person: no value and an empty text are the same.
pub fn same_value(a: &Value, b: &Value) -> bool {
    fn empty(v: &Value) -> bool {
        v.is_null() || v.as_str() == Some("")
    }
    a == b || (empty(a) && empty(b))
}

/// Applies `op`, with the effective time `at`, to `current`, a row with the fields of `form`. `None` if there is no row and the operation
/// does not create one.
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
    /// Whether the author had seen that write: it was in the version on the screen, or came earlier from the author's own queue.
    fn saw(&self, written: &Stamp) -> bool {
        self.op.base_version.is_some_and(|base| written.version <= base) || (self.op.n > 0 && written.queue == self.op.queue_id)
    }

    fn edit(&mut self) {
        // A value that stays as the author saw it is not an edit: it does not replace another author's value and does not restore a deleted
        // row.
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

    /// Whether a value is higher than another one; `None` if the field's policy is not `Max`, or the values cannot be compared or are
    /// equal.
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

/// The value as a number to compare; `None` for a kind without an order, or a value that the field cannot hold.
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
