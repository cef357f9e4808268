//! What happens to one operation: merge, check, write. Knows nothing of queues and replays.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    db, rows,
    table::{Stored, Table, Tail},
};
use crate::{
    complaint::FieldError,
    db::{DbOutcome, ScopedTx, Write, classify, violated_constraint},
    ids,
    ops::{EARLIEST, Kind, Merged, Op, Origin, Reason, Record, Row, Verdict, VerdictKind, Writers, clean_op, merge},
};

/// The constraint that refuses a new row whose id another region has (`sec.keep_ids_apart`). The verdict is the one for a missing row: the
/// author learns nothing about the other region.
const IDS_APART: &str = "ids_apart";

/// One operation to decide on.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    pub op: &'a Op,
    /// When it reached the server.
    pub received_at: DateTime<Utc>,
    /// Whether its row was looked for a moment ago and does not exist; if another operation has created it since, the database finds that.
    pub is_new: bool,
    /// Whether its author waits, and is asked about what is doubtful.
    pub asks: bool,
}

impl Job<'_> {
    /// Effective time of the edit (SYNC 3.7): the author's clock, corrected, never later than the arrival, and in the range that is kept.
    fn effective_at(&self) -> DateTime<Utc> {
        let corrected = Duration::try_milliseconds(self.op.offset_ms).and_then(|offset| self.op.edited_at.checked_sub_signed(offset));
        corrected.unwrap_or(self.received_at).max(EARLIEST).min(self.received_at)
    }
}

/// The result. A decision that took effect has already been written.
#[derive(Debug)]
pub(super) struct Decision {
    pub verdict: Verdict,
}

/// Why there is no decision: the database refused.
#[derive(Debug)]
pub(super) enum DecideError {
    /// A named rule of the schema refused: the statement has to be undone, and this is the verdict.
    Refused(Box<Verdict>),
    /// Anything else.
    Database(sqlx::Error),
}

impl From<sqlx::Error> for DecideError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// Decides on operations of one entity, each of which creates a row that does not exist. `None`, with nothing written, if one of them has
/// to be decided by itself.
pub(super) async fn create_all<E: Table>(tx: &mut ScopedTx<Write>, jobs: &[Job<'_>]) -> Result<Option<Vec<Verdict>>, DecideError> {
    if E::WRITERS != Writers::Region {
        return Ok(None);
    }
    let Some(rows) = jobs.iter().map(|job| new_row::<E>(job, tx.scope().origin())).collect::<Option<Vec<_>>>() else {
        return Ok(None);
    };
    db::enter_ops(tx, jobs.iter().map(|job| job.op)).await?;
    let region = &jobs[0].op.region;
    if !E::can_insert_together(tx, region, &rows).await? {
        return Ok(None);
    }
    rows::insert(tx, region, &rows.iter().map(|(id, value, tail)| (*id, value, tail)).collect::<Vec<_>>()).await?;
    let verdict = |(job, (id, value, tail)): (&Job<'_>, &(Uuid, E, Tail))| Verdict {
        version: Some(tail.version),
        row: Some(client_row(*id, tail.version, false, value.to_row())),
        ..Verdict::bare(job.op.op_id, VerdictKind::Applied)
    };
    Ok(Some(jobs.iter().zip(&rows).map(verdict).collect()))
}

/// The row that an operation creates; `None` if there is anything to complain about.
fn new_row<E: Table>(job: &Job<'_>, origin: Origin) -> Option<(Uuid, E, Tail)> {
    let op = job.op;
    if unknown_field::<E>(op).is_some() {
        return None;
    }
    let Merged { record, .. } = merge(E::FORM, None, &clean_op(op, None), job.effective_at())?;
    let value = E::parse(&record.fields, &changed_fields(op), origin).ok()?;
    Some((op.id, value, tail(job, record, None)))
}

fn unknown_field<E: Table>(op: &Op) -> Option<&str> {
    op.fields.keys().map(String::as_str).find(|name| E::FORM.iter().all(|field| field.name != *name))
}

fn changed_fields(op: &Op) -> BTreeSet<&str> {
    op.fields.keys().map(String::as_str).collect()
}

fn tail(job: &Job<'_>, record: Record, deleted_at: Option<DateTime<Utc>>) -> Tail {
    Tail { version: record.version, deleted_at, meta: Json(record.meta), at: job.received_at, by: job.op.actor }
}

pub(super) async fn decide_on<E: Table>(tx: &mut ScopedTx<Write>, job: &Job<'_>) -> Result<Decision, DecideError> {
    let op = job.op;
    if !may_write::<E>(tx, op).await? {
        return Ok(refused(op, Reason::Forbidden, FieldError::new("", "admins-only")));
    }
    if let Some(name) = unknown_field::<E>(op) {
        let error = FieldError::new(name, "unknown-field");
        return Ok(Decision { verdict: Verdict { errors: vec![error], ..held(op, Reason::SchemaUnknown) } });
    }
    let (id, stored) = match E::only_id(&op.region) {
        Some(only) => match only_row::<E>(tx, op, only).await? {
            Some(found) => found,
            None => return Ok(refused(op, Reason::Invalid, FieldError::new("", "one-row"))),
        },
        None if job.is_new => (op.id, None),
        None => lock_or_alias::<E>(tx, op).await?,
    };
    if let (Some(there), Some(error)) = (&stored, E::LIFE.objection()) {
        return Ok(invalid::<E>(op, Some(there), vec![error]));
    }
    let current = stored.as_ref().map(record_of);
    let op = &*clean_op(op, current.as_ref().map(|record| &record.fields));
    let job = &Job { op, ..*job };
    let Some(merged) = merge(E::FORM, current.as_ref(), op, job.effective_at()) else {
        return Ok(Decision { verdict: Verdict::bare(op.op_id, VerdictKind::Rejected).because(Reason::UnknownEntity) });
    };
    write::<E>(tx, job, id, stored.as_ref(), merged).await
}

/// Whether the author may write rows of this kind. For the server's own operations no right is checked; for others the account's present
/// role counts, whoever brings the operation.
async fn may_write<E: Table>(tx: &mut ScopedTx<Write>, op: &Op) -> Result<bool, sqlx::Error> {
    let needs_no_look = E::WRITERS.include(false) || tx.scope().origin() == Origin::System;
    Ok(needs_no_look || E::WRITERS.include(db::is_admin(tx, op.actor).await?))
}

/// The region's one row, and its id: that of the region, unless an earlier version stored it under another. `None` if the operation names
/// neither id.
async fn only_row<E: Table>(tx: &mut ScopedTx<Write>, op: &Op, only: Uuid) -> Result<Option<(Uuid, Option<Stored<E>>)>, sqlx::Error> {
    let stored = rows::lock(tx, &op.region, only).await?;
    let id = stored.as_ref().map_or(only, |row| row.id);
    Ok((op.id == only || op.id == id).then_some((id, stored)))
}

async fn lock_or_alias<E: Table>(tx: &mut ScopedTx<Write>, op: &Op) -> Result<(Uuid, Option<Stored<E>>), sqlx::Error> {
    if let Some(stored) = rows::lock(tx, &op.region, op.id).await? {
        return Ok((op.id, Some(stored)));
    }
    if op.kind != Kind::Create
        && let Some(target) = db::find_alias(tx, &op.region, E::NAME, op.id).await?
    {
        return Ok((target, rows::lock(tx, &op.region, target).await?));
    }
    Ok((op.id, None))
}

fn record_of<E: Table>(stored: &Stored<E>) -> Record {
    Record { version: stored.version, deleted: stored.deleted_at.is_some(), fields: stored.value.to_row(), meta: stored.meta.clone() }
}

async fn write<E: Table>(
    tx: &mut ScopedTx<Write>,
    job: &Job<'_>,
    id: Uuid,
    stored: Option<&Stored<E>>,
    merged: Merged,
) -> Result<Decision, DecideError> {
    let op = job.op;
    let Merged { record, changed, created, mut conflicts } = merged;
    let mut value = match E::parse(&record.fields, &changed_fields(op), tx.scope().origin()) {
        Ok(value) => value,
        Err(errors) => return Ok(invalid::<E>(op, stored, errors)),
    };
    if changed {
        let deleted_at = record.deleted.then(|| stored.and_then(|s| s.deleted_at).unwrap_or(job.received_at));
        let tail = tail(job, record.clone(), deleted_at);
        let at_once = if created { value.check_and_insert(tx, &op.region, id, &tail).await } else { Ok(None) };
        let looked = at_once.map_err(|error| explain::<E>(op, stored, error))?;
        let is_written = looked.is_some();
        let deleting = record.deleted && stored.is_none_or(|s| s.deleted_at.is_none());
        let mut veto = match looked {
            Some(veto) => veto,
            None => value.before_write(tx, &op.region, id, deleting, job.received_at).await?,
        };
        if !veto.errors.is_empty() {
            return Ok(invalid::<E>(op, stored, veto.errors));
        }
        if job.asks && !veto.questions.is_empty() {
            return Ok(invalid::<E>(op, stored, veto.questions));
        }
        conflicts.append(&mut veto.conflicts);
        let written = match (is_written, created) {
            (true, _) => Ok(()),
            (false, true) => rows::insert(tx, &op.region, &[(id, &value, &tail)]).await,
            (false, false) => rows::update(tx, &op.region, id, &value, &tail).await,
        };
        written.map_err(|error| explain::<E>(op, stored, error))?;
    }
    let mut verdict = Verdict::bare(op.op_id, if conflicts.is_empty() { VerdictKind::Applied } else { VerdictKind::Merged });
    for draft in &conflicts {
        let conflict_id = ids::new_id();
        db::insert_conflict(tx, &op.region, conflict_id, E::NAME, id, draft, job.received_at).await?;
        let winner = if draft.op_win == Some(op.op_id) { "mine" } else { "theirs" };
        verdict.conflicts.push(json!({ "conflict_id": conflict_id, "kind": draft.kind, "field": draft.field, "winner": winner }));
    }
    verdict.version = Some(record.version);
    verdict.row = Some(client_row(id, record.version, record.deleted, value.to_row()));
    Ok(Decision { verdict })
}

/// The row, with the columns that a client needs besides the form's fields.
pub(super) fn client_row(id: Uuid, version: i64, deleted: bool, mut row: Row) -> Row {
    row.insert("id".into(), json!(id));
    row.insert("version".into(), json!(version));
    row.insert("deleted".into(), json!(deleted));
    row
}

/// A verdict that waits for a decision or an event.
pub(super) fn held(op: &Op, reason: Reason) -> Verdict {
    Verdict::bare(op.op_id, VerdictKind::Held).because(reason)
}

fn refused(op: &Op, reason: Reason, error: FieldError) -> Decision {
    Decision { verdict: Verdict { errors: vec![error], ..Verdict::bare(op.op_id, VerdictKind::Rejected).because(reason) } }
}

fn invalid<E: Table>(op: &Op, stored: Option<&Stored<E>>, errors: Vec<FieldError>) -> Decision {
    let mut verdict = Verdict { errors, ..Verdict::bare(op.op_id, VerdictKind::Rejected).because(Reason::Invalid) };
    show_current(&mut verdict, stored);
    Decision { verdict }
}

fn show_current<E: Table>(verdict: &mut Verdict, stored: Option<&Stored<E>>) {
    if let Some(s) = stored {
        verdict.version = Some(s.version);
        verdict.row = Some(client_row(s.id, s.version, s.deleted_at.is_some(), s.value.to_row()));
    }
}

fn explain<E: Table>(op: &Op, stored: Option<&Stored<E>>, error: sqlx::Error) -> DecideError {
    if violated_constraint(&error) == Some(IDS_APART) {
        let verdict = Verdict::bare(op.op_id, VerdictKind::Rejected).because(Reason::UnknownEntity);
        return DecideError::Refused(Box::new(verdict));
    }
    if classify(&error) == DbOutcome::Refused
        && let Some(refusal) = violated_constraint(&error).and_then(E::refusal)
    {
        let kind = if refusal.reason == Reason::NaturalKey { VerdictKind::Held } else { VerdictKind::Rejected };
        let mut verdict = Verdict { errors: vec![refusal.error], ..Verdict::bare(op.op_id, kind).because(refusal.reason) };
        show_current(&mut verdict, stored);
        return DecideError::Refused(Box::new(verdict));
    }
    DecideError::Database(error)
}
