//! Operations that are held until a person decides or something happens, and refused ones that are not yet seen (SYNC 3.4, 3.8). Decisions
//! delete nothing: the operations stay with all their verdicts; a decision adds a verdict or a row of its own.

pub(super) mod db;
pub mod pages;
mod retrial;
mod views;

use uuid::Uuid;

use super::{
    apply::{Again, Caller, Delivery, decide_again, store_again},
    authors::Authors,
    grant::GrantKey,
    registry::{find_twin_by_name, is_known, may_write},
};
use crate::{
    db::Scope,
    error::{AppError, AppResult},
    events::{self, EventKind, NewEvent},
    identity::{Actor, Region},
    ops::{Change, Kind, Op, Origin, Reason, Row, Verdict, VerdictKind},
    state::AppState,
};
pub use db::{State, StoredOp, count_waiting};
pub use retrial::{retry_at_start, retry_of_author, retry_of_region};

/// What a person decides about an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// To be tried again, by the rules.
    Retried,
    /// An administrator answers for it: it is applied in its author's name, whatever the author's rights are now.
    Accepted,
    /// The new row is an existing one.
    SameRow,
    /// Discarded; stored all the same.
    Discarded,
    /// A refusal was seen.
    Seen,
}

impl Decision {
    /// The word in the table.
    fn as_str(self) -> &'static str {
        match self {
            Self::Retried => "retried",
            Self::Accepted => "accepted",
            Self::SameRow => "same_row",
            Self::Discarded => "discarded",
            Self::Seen => "seen",
        }
    }

    /// Whether `actor` may decide so about this operation. `by_admin` is whether its author is an administrator now: what the author may
    /// not write is not tried again in the author's name, whoever asks.
    fn fits(self, stored: &StoredOp, actor: &Actor, by_admin: bool) -> bool {
        let (verdict, reason) = (stored.verdict.verdict, stored.verdict.reason);
        let is_held = verdict == VerdictKind::Held;
        let is_decided_on = matches!(self, Self::Retried | Self::Accepted | Self::SameRow);
        if is_decided_on && is_known(&stored.op.entity) && !may_write(&stored.op.entity, by_admin) {
            return false;
        }
        match self {
            Self::Retried => is_held || verdict == VerdictKind::Rejected,
            Self::Accepted => {
                let answered_for = matches!(reason, Some(Reason::GrantRevoked | Reason::ForbiddenNow | Reason::WaitingAfter));
                is_held && answered_for && actor.is_admin()
            }
            Self::SameRow => is_held && reason == Some(Reason::NaturalKey) && stored.op.kind == Kind::Create,
            Self::Discarded => is_held || (verdict == VerdictKind::Rejected && reason != Some(Reason::Discarded)),
            Self::Seen => verdict == VerdictKind::Rejected,
        }
    }
}

/// Carries out what `actor` decided about an operation of one of their regions, under the id of their click: the same click again does
/// nothing. Returns the last verdict.
pub async fn decide(
    state: &AppState,
    actor: &Actor,
    region: &Region,
    op_id: Uuid,
    click: Uuid,
    decision: Decision,
) -> AppResult<(StoredOp, Verdict)> {
    let scope = Scope::one(actor, region).ok_or(AppError::NotFound)?.from_origin(Origin::Offline);
    let seen = db::find_stored(&mut state.db.read(&scope).await?, op_id).await?.ok_or(AppError::NotFound)?;
    let who = caller_for(state, actor.user_id, &actor.username, &seen.op).await?;
    let mut tx = state.db.write(&scope).await?;
    db::lock_queue_of(&mut tx, region, op_id).await?;
    let stored = db::find_stored(&mut tx, op_id).await?.ok_or(AppError::NotFound)?;
    if stored.verdict.verdict.took_effect() || !decision.fits(&stored, actor, who.authors.is_admin(stored.op.actor)) {
        return Ok((stored.clone(), stored.verdict)); // another person was quicker
    }
    if !db::insert_decision(&mut tx, region, click, &stored, decision.as_str(), actor, who.received_at).await? {
        return Ok((stored.clone(), stored.verdict));
    }
    let verdict = match decision {
        Decision::Retried => decide_again(&mut tx, &who, &stored, Again::ByTheRules).await?,
        Decision::Accepted => {
            let event = NewEvent::new(EventKind::HeldAccepted).by(Some(actor));
            let event = event.with("account", who.authors.name_of(stored.op.actor)).with("op_id", op_id.to_string());
            events::record_event(&mut tx, region, &event, who.received_at).await?;
            decide_again(&mut tx, &who, &stored, Again::Accepted).await?
        }
        Decision::SameRow => {
            let twin = find_twin_by_name(&mut tx, &stored.op.entity, region, &wanted_row(&stored.op)).await?;
            let Some(twin) = twin.filter(|twin| *twin != stored.op.id) else {
                // The other row is gone, or has another key now: the operation is not in conflict any more.
                let verdict = decide_again(&mut tx, &who, &stored, Again::ByTheRules).await?;
                tx.commit().await?;
                state.bell.ring(region);
                return Ok((stored, verdict));
            };
            db::insert_alias(&mut tx, &stored.op, twin, actor.user_id, who.received_at).await?;
            decide_again(&mut tx, &who, &stored, Again::SameRow(&onto(&stored.op, twin))).await?
        }
        Decision::Discarded => {
            let verdict = Verdict::bare(op_id, VerdictKind::Rejected).because(Reason::Discarded);
            store_again(&mut tx, &who, &stored, &verdict).await?;
            verdict
        }
        Decision::Seen => stored.verdict.clone(),
    };
    tx.commit().await?;
    state.bell.ring(region);
    Ok((stored, verdict))
}

/// The caller as which an operation is decided again, with what has to be known of its author.
async fn caller_for(state: &AppState, by: Uuid, name: &str, op: &Op) -> AppResult<Caller> {
    let mut authors = Authors::carried_by(GrantKey::of(&state.config.secret), name);
    authors.add(&state.db, op.actor).await?;
    Ok(Caller { authors, ..Caller::of_own(by, state.clock.now(), Delivery::Queued) })
}

/// The values an operation wants, by form field.
fn wanted_row(op: &Op) -> Row {
    op.fields.iter().map(|(name, change)| (name.clone(), change.to.clone())).collect()
}

/// A creation as a change of an existing row: its values, each from nothing, so that every difference is kept as a conflict.
fn onto(create: &Op, row: Uuid) -> Op {
    let given = |(name, change): (&String, &Change)| (name.clone(), Change { from: serde_json::Value::Null, to: change.to.clone() });
    Op { kind: Kind::Update, id: row, base_version: None, fields: create.fields.iter().map(given).collect(), ..create.clone() }
}
