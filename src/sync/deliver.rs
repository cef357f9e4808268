//! From a request to `apply_ops`: one form, or a batch from a queue.

use std::{collections::HashMap, future::Ready, time::Duration};

use uuid::Uuid;

use super::{
    apply::{Caller, Carrier, Delivery, apply_ops},
    authors::Authors,
    db,
    grant::GrantKey,
    registry, volume,
};
use crate::{
    db::{DbOutcome, Scope, ScopedTx, Write, classify, violated_constraint},
    error::{AppError, AppResult},
    identity::{Actor, Device, Region},
    ops::{Op, Origin, Print, Reason, Submitted, Verdict, VerdictKind, fingerprint},
    state::AppState,
};

/// Operations per transaction: as many as a browser sends in one request (ADR 12).
const CHUNK: usize = 100;

/// Applies one form, whose author waits for the verdict.
pub async fn submit(state: &AppState, actor: &Actor, op: Op) -> AppResult<Submitted> {
    Ok(submit_as(state, actor, op, false, NOTHING).await?.0)
}

/// The same for a form that can confirm: what is doubtful is first returned as complaints ([`crate::hours::doubts`]).
pub async fn submit_asking(state: &AppState, actor: &Actor, op: Op) -> AppResult<Submitted> {
    Ok(submit_as(state, actor, op, true, NOTHING).await?.0)
}

/// The same, and `read`s what the response shows within the transaction that stores the form: it sees the form's one region, and costs no
/// second transaction. Nothing is read if nothing is stored. If reading fails, the form is stored all the same.
pub async fn submit_asking_and_read<T>(
    state: &AppState,
    actor: &Actor,
    op: Op,
    read: impl AsyncFn(&mut ScopedTx<Write>, &Verdict) -> AppResult<T>,
) -> AppResult<(Submitted, Option<T>)> {
    submit_as(state, actor, op, true, Some(read)).await
}

/// For forms whose response needs no `read`.
type Nothing = fn(&mut ScopedTx<Write>, &Verdict) -> Ready<AppResult<()>>;
const NOTHING: Option<Nothing> = None;

async fn submit_as<T>(
    state: &AppState,
    actor: &Actor,
    op: Op,
    asks: bool,
    read: Option<impl AsyncFn(&mut ScopedTx<Write>, &Verdict) -> AppResult<T>>,
) -> AppResult<(Submitted, Option<T>)> {
    let scope = Scope::one(actor, &op.region).ok_or(AppError::NotFound)?;
    let who = Caller { asks, assumes_new: true, ..Caller::of_own(actor.user_id, state.clock.now(), Delivery::Interactive) };
    let (mut verdicts, answer) = in_own_transaction(state, &scope, &who, std::slice::from_ref(&op), read).await?;
    let mut verdict = verdicts.remove(0);
    if !verdict.errors.is_empty() {
        verdict.errors = registry::explain_by_name(&mut state.db.read(&scope).await?, &op, verdict.errors).await?;
    }
    let submitted = match (verdict.verdict, verdict.reason) {
        (VerdictKind::Applied | VerdictKind::Merged, _) => Submitted::Done(Box::new(verdict)),
        (_, Some(Reason::OpIdReused)) => Submitted::Reused,
        (_, Some(Reason::UnknownEntity)) => Submitted::Unknown,
        (_, Some(Reason::Invalid | Reason::NaturalKey | Reason::RegionClosed | Reason::Forbidden)) => Submitted::Invalid(verdict.errors),
        (kind, reason) => return Err(AppError::Fault(format!("a form got the verdict {kind:?} {reason:?}"))),
    };
    Ok((submitted, answer))
}

/// Applies the operations of one form that makes many changes, with its author waiting: all in one transaction of one region, each with its
/// verdict. A refused operation is stored as refused and stops no other.
pub async fn submit_all(state: &AppState, actor: &Actor, region: &Region, ops: &[Op]) -> AppResult<Vec<Verdict>> {
    let scope = Scope::one(actor, region).ok_or(AppError::NotFound)?;
    let who = Caller::of_own(actor.user_id, state.clock.now(), Delivery::Queued);
    Ok(in_own_transaction(state, &scope, &who, ops, NOTHING).await?.0)
}

/// The result of a delivery.
#[derive(Debug)]
pub struct Delivered {
    /// A verdict on each operation, in their order.
    pub verdicts: Vec<Verdict>,
    /// Numbers of the queue that should have arrived before the first of these and did not; 100 at most.
    pub missing: Vec<i64>,
}

/// Applies operations of a person: each is stored with its verdict, in chunks of one region. The verdict `retry` means: not stored.
pub async fn deliver(state: &AppState, actor: &Actor, origin: Origin, ops: Vec<Op>) -> AppResult<Vec<Verdict>> {
    Ok(deliver_of_person(state, actor, origin, ops).await?.verdicts)
}

/// The same from a queue; the result also lists the numbers that the server lacks.
pub async fn deliver_of_person(state: &AppState, actor: &Actor, origin: Origin, ops: Vec<Op>) -> AppResult<Delivered> {
    let authors = Authors::look_up(&state.db, GrantKey::of(&state.config.secret), actor, &ops).await?;
    let who = Caller { authors, ..Caller::of_own(actor.user_id, state.clock.now(), Delivery::Queued) };
    let mut verdicts: Vec<Verdict> = Vec::with_capacity(ops.len());
    for run in ops.chunk_by(|a, b| a.region == b.region) {
        let Some(scope) = Scope::one(actor, &run[0].region) else {
            for op in run {
                verdicts.push(keep_for_later(state, actor, &who, origin, op).await?);
            }
            continue;
        };
        let scope = scope.from_origin(origin);
        for chunk in run.chunks(CHUNK) {
            verdicts.extend(store_chunk(state, &scope, &who, chunk).await?);
        }
    }
    let missing = match Scope::with_company(actor) {
        Some(scope) => look_back(state, &scope, &ops, &mut verdicts).await,
        None => Vec::new(),
    };
    Ok(Delivered { verdicts, missing })
}

/// Applies operations that an office's PC carries. Each needs its author's grant. One of another region is not looked at: it waits on the
/// PC for a person who may bring it.
pub async fn deliver_of_device(state: &AppState, device: &Device, ops: Vec<Op>) -> AppResult<Delivered> {
    let scope = Scope::of_device(device);
    let ours = ops.iter().filter(|op| op.region == device.region);
    let authors = Authors::look_up_all(&state.db, GrantKey::of(&state.config.secret), device, ours).await?;
    let who = Caller {
        carrier: Carrier::Device(device.id),
        received_at: state.clock.now(),
        delivery: Delivery::Queued,
        authors,
        asks: false,
        assumes_new: false,
    };
    let mut verdicts: Vec<Verdict> = Vec::with_capacity(ops.len());
    for run in ops.chunk_by(|a, b| a.region == b.region) {
        if run[0].region != device.region {
            verdicts.extend(run.iter().map(|op| Verdict::bare(op.op_id, VerdictKind::Retry).because(Reason::Carrier)));
            continue;
        }
        for chunk in run.chunks(CHUNK) {
            verdicts.extend(store_chunk(state, &scope, &who, chunk).await?);
        }
    }
    let missing = look_back(state, &scope, &ops, &mut verdicts).await;
    Ok(Delivered { verdicts, missing })
}

/// An operation for a region in which the carrier has no right (any more). The carrier's own, entered while they had the right, is stored
/// on the server until an administrator looks at it; another author's stays where it is, for a person who may bring it.
async fn keep_for_later(state: &AppState, actor: &Actor, who: &Caller, origin: Origin, op: &Op) -> AppResult<Verdict> {
    let mut who = who.clone();
    if op.actor == actor.user_id && op.grant.is_some() && !actor.is_viewing() {
        who.authors.add(&state.db, actor.user_id).await?;
        if who.authors.was_allowed(op, who.carrier, who.received_at) {
            let scope = Scope::system(op.region.clone(), Some(actor.user_id), origin);
            let mut verdict = store_chunk(state, &scope, &who, std::slice::from_ref(op)).await?.remove(0);
            verdict.row = None; // the carrier may not read it any more
            verdict.conflicts.clear();
            return Ok(verdict);
        }
    }
    Ok(Verdict::bare(op.op_id, VerdictKind::Retry).because(Reason::Carrier))
}

/// Applies a chunk in one transaction; if that fails for another reason than contention, each operation in its own, so that one that cannot
/// even be stored stops no other (SYNC 3.1, I6). An operation above the carrier's daily limit is an error for the rest of the delivery;
/// those stored before get their stored verdicts when they are delivered again.
async fn store_chunk(state: &AppState, scope: &Scope, who: &Caller, chunk: &[Op]) -> AppResult<Vec<Verdict>> {
    let keep = |reason| chunk.iter().map(|op| Verdict::bare(op.op_id, VerdictKind::Retry).because(reason)).collect();
    Ok(match in_own_transaction(state, scope, who, chunk, NOTHING).await {
        Ok((done, _)) => done,
        Err(error @ AppError::Volume(_)) => return Err(error),
        Err(AppError::Busy(why)) => {
            tracing::warn!(why, ops = chunk.len(), "chunk not stored, the client keeps it");
            keep(Reason::Busy)
        }
        Err(error) if chunk.len() == 1 => {
            tracing::error!(op_id = %chunk[0].op_id, %error, "operation cannot be stored, the client keeps it");
            keep(Reason::InternalError)
        }
        Err(_) => {
            let mut verdicts = Vec::with_capacity(chunk.len());
            for op in chunk {
                verdicts.append(&mut Box::pin(store_chunk(state, scope, who, std::slice::from_ref(op))).await?);
            }
            verdicts
        }
    })
}

/// One transaction, tried again if that may help. Commits unless a form was refused; before that it `read`s for the response.
async fn in_own_transaction<T>(
    state: &AppState,
    scope: &Scope,
    who: &Caller,
    ops: &[Op],
    mut read: Option<impl AsyncFn(&mut ScopedTx<Write>, &Verdict) -> AppResult<T>>,
) -> AppResult<(Vec<Verdict>, Option<T>)> {
    let (mut who, mut attempt) = (who.clone(), 0);
    let prints: Vec<Print> = ops.iter().map(fingerprint).collect();
    loop {
        attempt += 1;
        match try_once(state, scope, &who, ops, &prints, read.as_ref()).await {
            Err(Failed::Database(error)) if classify(&error) == DbOutcome::TryAgain && attempt < 3 => {
                tokio::time::sleep(Duration::from_millis(20 * attempt)).await;
            }
            Err(Failed::Database(error)) if who.assumes_new && is_there(&error) => who.assumes_new = false,
            Err(Failed::Database(error)) => return Err(error.into()),
            Err(Failed::Reading(error)) => {
                tracing::warn!(%error, "the answer to a form was not read with it, the form is stored without");
                read = None;
            }
            Ok(None) => {
                volume::note_refusal(state, scope, &who, &ops[0].region).await?;
                return Err(AppError::Volume(volume::WAIT));
            }
            Ok(Some((verdicts, answer))) => {
                for (op, verdict) in ops.iter().zip(&verdicts) {
                    state.metrics.count_operation(scope.origin(), registry::known_name(&op.entity), verdict.verdict);
                }
                return Ok((verdicts, answer));
            }
        }
    }
}

/// Why a transaction was not committed.
enum Failed {
    Database(sqlx::Error),
    /// What the response shows could not be read.
    Reading(AppError),
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// Whether the error is that a row assumed to be new exists.
fn is_there(error: &sqlx::Error) -> bool {
    violated_constraint(error).is_some_and(|constraint| constraint.ends_with("_pkey"))
}

/// `None` if the operations exceed the carrier's daily limit.
async fn try_once<T>(
    state: &AppState,
    scope: &Scope,
    who: &Caller,
    ops: &[Op],
    prints: &[Print],
    read: Option<&impl AsyncFn(&mut ScopedTx<Write>, &Verdict) -> AppResult<T>>,
) -> Result<Option<(Vec<Verdict>, Option<T>)>, Failed> {
    let mut tx = state.db.write(scope).await?;
    if let Some(op) = ops.first()
        && volume::is_limited(scope.origin())
        && !volume::count(&mut tx, who, &op.region, ops, prints).await?
    {
        return Ok(None);
    }
    let verdicts = apply_ops(&mut tx, who, ops, prints).await?;
    let keep = who.delivery == Delivery::Queued || verdicts.iter().all(|v| v.verdict.took_effect());
    let mut answer = None;
    if keep {
        if let (Some(read), [verdict]) = (read, verdicts.as_slice()) {
            answer = Some(read(&mut tx, verdict).await.map_err(Failed::Reading)?);
        }
        tx.commit().await?;
        if let Some(op) = ops.first() {
            state.bell.ring(&op.region);
        }
    }
    Ok(Some((verdicts, answer)))
}

/// Adds the numbers of the changes, known after the commit, and lists what the queue lacks. If this fails, the verdicts are valid all the
/// same: the operations are stored.
async fn look_back(state: &AppState, scope: &Scope, ops: &[Op], verdicts: &mut [Verdict]) -> Vec<i64> {
    match try_to_look_back(state, scope, ops, verdicts).await {
        Ok((seqs, missing)) => {
            for verdict in verdicts {
                verdict.seq = seqs.get(&verdict.op_id).copied();
            }
            missing
        }
        Err(error) => {
            tracing::warn!(%error, "the numbers of changes were not looked up");
            Vec::new()
        }
    }
}

async fn try_to_look_back(
    state: &AppState,
    scope: &Scope,
    ops: &[Op],
    verdicts: &[Verdict],
) -> Result<(HashMap<Uuid, i64>, Vec<i64>), sqlx::Error> {
    let stored: Vec<_> = verdicts.iter().filter(|v| v.verdict != VerdictKind::Retry).map(|v| v.op_id).collect();
    let first = ops.iter().filter(|op| op.n > 0).min_by_key(|op| op.n);
    if stored.is_empty() && first.is_none() {
        return Ok((HashMap::new(), Vec::new()));
    }
    let mut tx = state.db.read(scope).await?;
    let seqs = if stored.is_empty() { Vec::new() } else { db::list_seqs(&mut tx, &stored).await? };
    let missing = match first {
        Some(op) => db::list_missing(&mut tx, op.queue_id, op.n).await?,
        None => Vec::new(),
    };
    Ok((seqs.into_iter().collect(), missing))
}
