//! `apply_ops`: the only writer of business data. One transaction, one region; the caller commits.

use std::{
    collections::{BTreeMap, HashSet},
    panic::AssertUnwindSafe,
};

use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use uuid::Uuid;

use super::{
    authors::Authors,
    db::{self, Needed},
    decide::{DecideError, Decision, Job, held},
    held::StoredOp,
    registry,
};
use crate::{
    complaint::FieldError,
    db::{DbOutcome, ScopedTx, Write, classify},
    events::{self, EventKind, NewEvent},
    ops::{Kind, Op, Origin, Print, Reason, Verdict, VerdictKind},
};

/// Who delivers operations, and how.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person or PC that brings the operations.
    pub carrier: Carrier,
    /// When the delivery reached the server.
    pub received_at: DateTime<Utc>,
    /// How they arrive.
    pub delivery: Delivery,
    /// The authors whose operations the caller may bring.
    pub authors: Authors,
    /// Whether a waiting person is asked about what is doubtful, and can confirm it; otherwise it is applied without a question.
    pub asks: bool,
    /// Whether a row that a form creates is assumed to be new without a look: if it is not, the primary key reports it, and the form is
    /// applied again.
    pub assumes_new: bool,
}

/// Who brings operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// The signed-in person, or the person for whom a command runs. Their own operations need no grant.
    Person(Uuid),
    /// A PC, which is no person: no operation is its own.
    Device(Uuid),
}

impl Carrier {
    /// The account or the device.
    pub fn id(self) -> Uuid {
        match self {
            Self::Person(id) | Self::Device(id) => id,
        }
    }

    /// The account.
    pub fn person(self) -> Option<Uuid> {
        match self {
            Self::Person(id) => Some(id),
            Self::Device(_) => None,
        }
    }
}

impl Caller {
    /// A person who delivers only their own operations.
    pub fn of_own(user_id: Uuid, received_at: DateTime<Utc>, delivery: Delivery) -> Self {
        Self { carrier: Carrier::Person(user_id), received_at, delivery, authors: Authors::default(), asks: false, assumes_new: false }
    }
}

/// How operations arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// One form, with its author waiting: a refusal is not stored, the author still has the form.
    Interactive,
    /// A queue: every operation is stored, with its verdict.
    Queued,
}

/// Applies `ops`, all of the transaction's one region, in their order; `prints` are their fingerprints. Returns the verdicts in the same
/// order; they are valid once the caller has committed. After an error nothing of this may be committed.
pub async fn apply_ops(tx: &mut ScopedTx<Write>, who: &Caller, ops: &[Op], prints: &[Print]) -> Result<Vec<Verdict>, sqlx::Error> {
    if who.delivery == Delivery::Queued
        && ops.len() > 1
        && let Some(verdicts) = apply_together(tx, who, ops, prints).await?
    {
        return Ok(verdicts);
    }
    let mut verdicts = Vec::with_capacity(ops.len());
    let mut waited_for = Vec::new();
    for (op, print) in ops.iter().zip(prints) {
        let (verdict, has_dependents) = apply_one(tx, who, op, print).await?;
        if has_dependents {
            waited_for.push(op.op_id);
        }
        verdicts.push(verdict);
    }
    release_dependents(tx, who, waited_for).await?;
    Ok(verdicts)
}

/// The same in fewer steps, for what a queue mostly holds: all new, all allowed, nothing missing, nothing that the database refuses.
/// `None`, with nothing written, for anything else: then each operation is applied by itself, with a savepoint.
async fn apply_together(tx: &mut ScopedTx<Write>, who: &Caller, ops: &[Op], prints: &[Print]) -> Result<Option<Vec<Verdict>>, sqlx::Error> {
    let is_plain =
        |op: &Op| op.v == 1 && op.kind != Kind::Command && (is_ours(tx) || who.authors.judge(op, who.carrier, who.received_at).is_ok());
    if !ops.iter().all(is_plain) {
        return Ok(None);
    }
    db::savepoint(tx).await?;
    match try_together(tx, who, ops, prints).await {
        Ok(Some((verdicts, has_dependents))) => {
            if has_dependents {
                db::release_savepoint(tx).await?; // otherwise the commit does it, one round trip less
                release_dependents(tx, who, ops.iter().map(|op| op.op_id).collect()).await?;
            }
            Ok(Some(verdicts))
        }
        Err(DecideError::Database(error)) if classify(&error) == DbOutcome::TryAgain => Err(error),
        Ok(None) | Err(_) => {
            db::rollback_to_savepoint(tx).await?;
            Ok(None)
        }
    }
}

/// The verdicts, and whether other operations wait for these.
async fn try_together(
    tx: &mut ScopedTx<Write>,
    who: &Caller,
    ops: &[Op],
    prints: &[Print],
) -> Result<Option<(Vec<Verdict>, bool)>, DecideError> {
    let entered = db::insert_ops(tx, who, ops, prints).await?;
    if entered.count < ops.len() || !entered.is_open {
        return Ok(None);
    }
    if !is_in_order(tx, ops).await? {
        return Ok(None);
    }
    let mut absent = absent_rows(tx, ops).await?;
    let job = |op| Job { op, received_at: who.received_at, is_new: absent.remove(&op.id) && op.kind == Kind::Create, asks: false };
    let jobs: Vec<Job<'_>> = ops.iter().map(job).collect();
    let mut failed = HashSet::new();
    let mut verdicts = Vec::with_capacity(ops.len());
    for run in jobs.chunk_by(|a, b| a.is_new && b.is_new && a.op.entity == b.op.entity) {
        if run.len() > 1
            && !run.iter().any(|job| needs_any(job.op, &failed))
            && let Some(made) = guarded(registry::create_by_name(tx, run)).await?
        {
            verdicts.extend(made);
            continue;
        }
        for job in run {
            if needs_any(job.op, &failed) {
                return Ok(None);
            }
            if !verdicts.is_empty() {
                db::enter_op(tx, job.op).await?; // `insert_ops` named the first
            }
            let verdict = decide_guarded(tx, job).await?.verdict;
            if !verdict.verdict.took_effect() {
                failed.insert(job.op.op_id);
            }
            verdicts.push(verdict);
        }
    }
    let has_dependents = db::insert_verdicts(tx, ops, &verdicts, 1, who.received_at).await?;
    Ok(Some((verdicts, has_dependents)))
}

/// Whether everything that each operation needs comes before it in the batch or is in the database.
async fn is_in_order(tx: &mut ScopedTx<Write>, ops: &[Op]) -> Result<bool, sqlx::Error> {
    let here: HashSet<Uuid> = ops.iter().map(|op| op.op_id).collect();
    let elsewhere: Vec<Uuid> = ops.iter().flat_map(|op| &op.after).filter(|id| !here.contains(id)).copied().collect();
    let known = if elsewhere.is_empty() { Vec::new() } else { db::verdicts_of(tx, &ops[0].region, &elsewhere).await? };
    let mut before = HashSet::new();
    Ok(ops.iter().all(|op| {
        let (ours, others): (Vec<Uuid>, Vec<Uuid>) = op.after.iter().partition(|id| here.contains(id));
        let is_ready = ours.iter().all(|id| before.contains(id)) && objection(op, &others, &known).is_none();
        before.insert(op.op_id);
        is_ready
    }))
}

fn needs_any(op: &Op, of: &HashSet<Uuid>) -> bool {
    op.after.iter().any(|id| of.contains(id))
}

/// The rows that these operations create, without those that exist.
async fn absent_rows(tx: &mut ScopedTx<Write>, ops: &[Op]) -> Result<HashSet<Uuid>, sqlx::Error> {
    let mut wanted: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
    for op in ops.iter().filter(|op| op.kind == Kind::Create) {
        wanted.entry(&op.entity).or_default().push(op.id);
    }
    let mut absent = HashSet::new();
    for (entity, ids) in wanted {
        let there: HashSet<Uuid> = registry::load_by_name(tx, entity, &ops[0].region, &ids).await?.iter().map(|row| row.id).collect();
        absent.extend(ids.into_iter().filter(|id| !there.contains(id)));
    }
    Ok(absent)
}

/// The verdict, and whether other operations wait for this one.
async fn apply_one(tx: &mut ScopedTx<Write>, who: &Caller, op: &Op, print: &Print) -> Result<(Verdict, bool), sqlx::Error> {
    let entered = db::insert_ops(tx, who, std::slice::from_ref(op), std::slice::from_ref(print)).await?;
    let verdict = match (entered.count, entered.is_open) {
        (0, _) => return Ok((replay(tx, who, op, print).await?, false)),
        (_, true) => decide(tx, who, op).await?,
        (_, false) => closed(op),
    };
    if who.delivery == Delivery::Interactive && !verdict.verdict.took_effect() {
        return Ok((verdict, false)); // the caller rolls back; see deliver::submit
    }
    let has_dependents = store(tx, who, op, &verdict, 1).await?;
    Ok((verdict, has_dependents))
}

/// Stores a verdict. True if other operations wait for this one.
async fn store(tx: &mut ScopedTx<Write>, who: &Caller, op: &Op, verdict: &Verdict, attempt: i32) -> Result<bool, sqlx::Error> {
    db::insert_verdicts(tx, std::slice::from_ref(op), std::slice::from_ref(verdict), attempt, who.received_at).await
}

fn closed(op: &Op) -> Verdict {
    Verdict { errors: vec![FieldError::new("", "region-closed")], ..held(op, Reason::RegionClosed) }
}

/// The stored verdict for a second delivery; if the id now stands for another operation, that one is refused and stored under an id of its
/// own.
async fn replay(tx: &mut ScopedTx<Write>, who: &Caller, op: &Op, print: &Print) -> Result<Verdict, sqlx::Error> {
    let stored = db::find_verdict(tx, &op.region, op.op_id).await?;
    if let Some((known_print, Some(mut verdict))) = stored
        && known_print == *print
    {
        verdict.replayed = true;
        return Ok(verdict);
    }
    let refused = Verdict::bare(op.op_id, VerdictKind::Rejected).because(Reason::OpIdReused);
    if who.delivery == Delivery::Queued {
        // The id is derived from both, so that the next delivery of the same operation finds it stored.
        let kept = Op { op_id: Uuid::new_v5(&op.op_id, print), ..op.clone() };
        if db::insert_ops(tx, who, std::slice::from_ref(&kept), std::slice::from_ref(print)).await?.count > 0 {
            store(tx, who, &kept, &Verdict { op_id: kept.op_id, ..refused.clone() }, 1).await?;
        }
    }
    Ok(refused)
}

/// Decides inside a savepoint, so that one bad operation does not undo others. A single form needs none: its transaction ends.
async fn decide(tx: &mut ScopedTx<Write>, who: &Caller, op: &Op) -> Result<Verdict, sqlx::Error> {
    if let Some(verdict) = refuse_unseen(tx, who, op).await? {
        return Ok(verdict);
    }
    let is_new = who.assumes_new && op.kind == Kind::Create;
    let job = Job { op, received_at: who.received_at, is_new, asks: who.asks };
    if who.delivery == Delivery::Interactive {
        return match decide_guarded(tx, &job).await {
            Ok(decision) => Ok(decision.verdict),
            Err(DecideError::Refused(verdict)) => Ok(*verdict),
            Err(DecideError::Database(error)) => Err(error),
        };
    }
    db::savepoint(tx).await?;
    match decide_guarded(tx, &job).await {
        Ok(decision) => {
            db::release_savepoint(tx).await?;
            Ok(decision.verdict)
        }
        Err(DecideError::Refused(mut verdict)) => {
            db::rollback_to_savepoint(tx).await?;
            verdict.errors = registry::explain_by_name(tx, op, verdict.errors).await?;
            Ok(*verdict)
        }
        Err(DecideError::Database(error)) if classify(&error) == DbOutcome::TryAgain => Err(error),
        Err(DecideError::Database(error)) => {
            tracing::error!(op_id = %op.op_id, entity = %op.entity, %error, "operation held: the server failed on it");
            db::rollback_to_savepoint(tx).await?;
            Ok(Verdict::bare(op.op_id, VerdictKind::Held).because(Reason::InternalError))
        }
    }
}

async fn decide_guarded(tx: &mut ScopedTx<Write>, job: &Job<'_>) -> Result<Decision, DecideError> {
    guarded(registry::decide_by_name(tx, job)).await
}

/// A panic in an entity's code counts as the server failing on that operation.
async fn guarded<T>(decision: impl Future<Output = Result<T, DecideError>>) -> Result<T, DecideError> {
    AssertUnwindSafe(decision)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(DecideError::Database(sqlx::Error::Protocol("panic while applying an operation".into()))))
}

/// The verdicts that do not depend on the row.
async fn refuse_unseen(tx: &mut ScopedTx<Write>, who: &Caller, op: &Op) -> Result<Option<Verdict>, sqlx::Error> {
    if op.v != 1 || op.kind == Kind::Command {
        return Ok(Some(held(op, Reason::SchemaUnknown)));
    }
    if !is_ours(tx)
        && let Err(objection) = who.authors.judge(op, who.carrier, who.received_at)
    {
        if let Some(account) = objection.suspicious_of {
            let event = NewEvent::new(EventKind::GrantRefused);
            let event = match who.carrier {
                Carrier::Person(id) => event.by_account(Some(id), who.authors.carrier()),
                Carrier::Device(_) => event.with("device", who.authors.carrier()),
            };
            let event = event.with("account", account).with("op_id", op.op_id.to_string());
            events::record_event(tx, &op.region, &event, who.received_at).await?;
        }
        return Ok(Some(held(op, objection.reason)));
    }
    refuse_early(tx, op).await
}

/// Whether the server itself is the author: then no person's rights are checked.
fn is_ours(tx: &ScopedTx<Write>) -> bool {
    tx.scope().origin() == Origin::System
}

/// The verdict on an operation that needs others which are not applied.
async fn refuse_early(tx: &mut ScopedTx<Write>, op: &Op) -> Result<Option<Verdict>, sqlx::Error> {
    if op.after.is_empty() {
        return Ok(None);
    }
    let known = db::verdicts_of(tx, &op.region, &op.after).await?;
    Ok(objection(op, &op.after, &known).map(|reason| held(op, reason)))
}

/// Why an operation that needs `after` cannot be applied: they have not arrived, are held, or were refused without leaving a row.
fn objection(op: &Op, after: &[Uuid], known: &[Needed]) -> Option<Reason> {
    let needs: Vec<Option<&Needed>> = after.iter().map(|id| known.iter().find(|needed| needed.op_id == *id)).collect();
    // A held operation whose row exists stops only operations on that row, not those that refer to it.
    let is_held = |needed: &Needed| {
        needed.verdict == "held" && needed.reason.as_deref() != Some("dep_rejected") && (needed.entity_id == op.id || !needed.has_row)
    };
    if needs.iter().any(|needed| needed.is_none_or(is_held)) {
        return Some(Reason::WaitingAfter);
    }
    // Whatever became of the needed operation: if its row exists, this one can be applied to it. A new attempt to create a row is what the
    // refused one, and all that wait for it, need.
    let is_new_attempt = |needed: &Needed| op.kind == Kind::Create && needed.entity_id == op.id;
    let is_refused = |needed: &Needed| matches!(needed.verdict.as_str(), "rejected" | "held") && !needed.has_row;
    needs.into_iter().flatten().any(|needed| is_refused(needed) && !is_new_attempt(needed)).then_some(Reason::DepRejected)
}

/// Tries again the operations that waited for these, and then those that waited for them.
pub(super) async fn release_dependents(tx: &mut ScopedTx<Write>, who: &Caller, mut decided: Vec<Uuid>) -> Result<(), sqlx::Error> {
    while !decided.is_empty() {
        let waiting = db::list_waiting_for(tx, &decided).await?;
        decided.clear();
        for (op, attempt, reason) in waiting {
            db::enter_op(tx, &op).await?;
            // The author's right was checked before the operation was allowed to wait.
            let verdict = decide(tx, &in_the_name_of(&op, who), &op).await?;
            if verdict.reason == Some(reason) {
                continue;
            }
            if store(tx, who, &op, &verdict, attempt + 1).await? {
                decided.push(op.op_id);
            }
        }
    }
    Ok(())
}

/// A caller that is the author, for an operation that the author is known to be allowed.
fn in_the_name_of(op: &Op, who: &Caller) -> Caller {
    Caller::of_own(op.actor, who.received_at, Delivery::Queued)
}

/// How an operation that already has a verdict is decided again.
#[derive(Debug, Clone, Copy)]
pub(super) enum Again<'a> {
    /// By the rules, as if it arrived now.
    ByTheRules,
    /// An administrator answers for it: neither the author's rights nor missing operations are checked.
    Accepted,
    /// It is about this row, which existed before.
    SameRow(&'a Op),
}

/// Decides again on an operation that was held or refused; who may deliver it was looked up before. Returns the new verdict. If it differs
/// from the last one, it is stored, and the operations that waited for this one are tried again.
pub(super) async fn decide_again(
    tx: &mut ScopedTx<Write>,
    who: &Caller,
    stored: &StoredOp,
    how: Again<'_>,
) -> Result<Verdict, sqlx::Error> {
    let op = &stored.op;
    db::enter_op(tx, op).await?;
    if let Some(device) = stored.carrier.filter(|_| stored.by_device) {
        db::enter_device(tx, device).await?;
    }
    let author = in_the_name_of(op, who);
    let verdict = if stored.is_open {
        match (how, who.authors.judge(op, stored.hands(), stored.received_at)) {
            (Again::Accepted, _) => decide(tx, &author, &Op { after: Vec::new(), ..op.clone() }).await?,
            (_, Err(objection)) => held(op, objection.reason),
            (Again::SameRow(on_row), Ok(())) => decide(tx, &author, on_row).await?,
            (Again::ByTheRules, Ok(())) => decide(tx, &author, op).await?,
        }
    } else {
        closed(op)
    };
    store_again(tx, who, stored, &verdict).await?;
    Ok(verdict)
}

/// Stores a further verdict on an operation, unless it equals the last one, and tries again the operations that waited for this one.
pub(super) async fn store_again(tx: &mut ScopedTx<Write>, who: &Caller, stored: &StoredOp, verdict: &Verdict) -> Result<(), sqlx::Error> {
    let last = &stored.verdict;
    if (verdict.verdict, verdict.reason, &verdict.errors) == (last.verdict, last.reason, &last.errors) {
        return Ok(());
    }
    if store(tx, who, &stored.op, verdict, stored.attempt + 1).await? {
        release_dependents(tx, who, vec![stored.op.op_id]).await?;
    }
    Ok(())
}
