//! SQL of the operations that are held or were refused, and of people's decisions about them.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    db::{Mode, ScopedTx, Write},
    identity::{Actor, Region},
    ops::{Op, Verdict},
    sync::{answer::Answered, apply::Carrier, inbox::Kept},
};

/// An operation with its last verdict.
#[derive(Debug, Clone)]
pub struct StoredOp {
    /// The operation, as it was delivered.
    pub op: Op,
    /// Who brought it: an account, or a device.
    pub carrier: Option<Uuid>,
    /// Whether an office's PC brought it.
    pub by_device: bool,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Number of the last verdict.
    pub attempt: i32,
    /// The last verdict.
    pub verdict: Verdict,
    /// When the last verdict was given.
    pub decided_at: DateTime<Utc>,
    /// Whether its region takes operations.
    pub is_open: bool,
    /// The last decision about it, which a later verdict does not cancel.
    pub decision: Option<LastDecision>,
}

impl StoredOp {
    /// In whose hands it was.
    pub fn hands(&self) -> Carrier {
        let by = self.carrier.unwrap_or(self.op.actor);
        if self.by_device { Carrier::Device(by) } else { Carrier::Person(by) }
    }
}

/// The last decision of a person.
#[derive(Debug, Clone)]
pub struct LastDecision {
    /// The word in the table.
    pub decision: String,
    /// About which verdict.
    pub attempt: i32,
    /// Name of the account.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Which operations a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// Held, or refused and not yet seen.
    #[default]
    Open,
    /// Held.
    Held,
    /// Refused and not yet seen.
    Rejected,
    /// Discarded, or seen.
    Settled,
}

impl State {
    /// Every state, in the order of the filter.
    pub const ALL: [Self; 4] = [Self::Open, Self::Held, Self::Rejected, Self::Settled];

    /// As in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "",
            Self::Held => "held",
            Self::Rejected => "rejected",
            Self::Settled => "settled",
        }
    }

    /// Key of its word in the filter.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Open => "queue-state-open",
            Self::Held => "queue-state-held",
            Self::Rejected => "queue-state-rejected",
            Self::Settled => "queue-state-settled",
        }
    }

    /// Reads the word of an address.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Operations of the scope's regions in a state, in the order of their queues: `limit` of them after `offset`, and how many there are in
/// all (0 if none come after `offset`). With `op_id` only that one, in any state. Forms are not listed: their authors got the verdict at
/// once.
pub(super) async fn list_stored<M: Mode>(
    tx: &mut ScopedTx<M>,
    state: State,
    op_id: Option<Uuid>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<StoredOp>, i64), sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT to_jsonb(i) AS "op!: Json<Kept>",
               i.carrier,
               i.origin = 'agent' AS "by_device!",
               i.received_at,
               v.attempt,
               v.result AS "verdict: Json<Answered>",
               v.at,
               r.active,
               d.decision AS "decision?",
               d.attempt AS "decided_on?",
               d.decided_by_name AS "decided_by?",
               d.at AS "decided_at?",
               count(*) OVER () AS "total!"
        FROM app.op_verdict v
        JOIN app.op_inbox i ON i.region = v.region AND i.op_id = v.op_id
        JOIN app.regions r ON r.code = v.region
        LEFT JOIN LATERAL (
            SELECT decision, attempt, decided_by_name, at
            FROM app.op_decision
            WHERE region = v.region AND op_id = v.op_id
            ORDER BY at DESC, id DESC
            LIMIT 1
        ) d ON true
        WHERE v.region = ANY ($1)
          AND ($3::uuid IS NULL OR v.op_id = $3)
          AND NOT EXISTS (SELECT FROM app.op_verdict l WHERE l.region = v.region AND l.op_id = v.op_id AND l.attempt > v.attempt)
          AND ($3::uuid IS NOT NULL OR CASE
              WHEN v.verdict = 'held' THEN $2 IN ('', 'held')
              WHEN v.verdict = 'rejected' AND i.origin IN ('offline', 'agent') THEN
                  CASE WHEN v.reason = 'discarded' OR (d.decision = 'seen' AND d.attempt = v.attempt) THEN $2 = 'settled' ELSE $2 IN ('', 'rejected') END
              ELSE false
          END)
          AND ($3::uuid IS NOT NULL OR v.verdict IN ('held', 'rejected'))
        ORDER BY v.region, i.queue_id, i.n, i.received_at, i.op_id
        LIMIT $4 OFFSET $5
        "#,
        &codes,
        state.as_str(),
        op_id,
        limit,
        offset,
    )
    .fetch_all(tx.conn())
    .await?;
    let decision = |decision: Option<String>, attempt: Option<i32>, by: Option<String>, at: Option<DateTime<Utc>>| {
        Some(LastDecision { decision: decision?, attempt: attempt?, by: by?, at: at? })
    };
    let total = rows.first().map_or(0, |r| r.total);
    let stored = rows
        .into_iter()
        .map(|r| StoredOp {
            verdict: r.verdict.0.on(&r.op.0.0),
            op: r.op.0.0,
            carrier: r.carrier,
            by_device: r.by_device,
            received_at: r.received_at,
            attempt: r.attempt,
            decided_at: r.at,
            is_open: r.active,
            decision: decision(r.decision, r.decided_on, r.decided_by, r.decided_at),
        })
        .collect();
    Ok((stored, total))
}

/// One operation with its last verdict; `None` if the scope has no such operation.
pub(super) async fn find_stored<M: Mode>(tx: &mut ScopedTx<M>, op_id: Uuid) -> Result<Option<StoredOp>, sqlx::Error> {
    Ok(list_stored(tx, State::Open, Some(op_id), 1, 0).await?.0.pop())
}

/// Waits until no other transaction decides on operations of this one's queue.
pub(super) async fn lock_queue_of(tx: &mut ScopedTx<Write>, region: &Region, op_id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        SELECT pg_advisory_xact_lock(hashtextextended(queue_id::text, 0)) IS NULL AS locked
        FROM app.op_inbox
        WHERE region = $1 AND op_id = $2
        "#,
        region.code(),
        op_id,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(())
}

/// The place of an operation in the order in which held ones are tried again. The order does not change, so an operation that stays held is
/// passed once.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub queue_id: Uuid,
    pub n: i64,
    pub received_at: DateTime<Utc>,
    pub op_id: Uuid,
}

/// The next operations that are held for one of these reasons, of one author or of all, in the order of their queues.
pub(super) async fn list_held<M: Mode>(
    tx: &mut ScopedTx<M>,
    reasons: &[String],
    author: Option<Uuid>,
    after: Option<&Turn>,
    limit: i64,
) -> Result<Vec<Turn>, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        Turn,
        r#"
        SELECT i.queue_id,
               i.n,
               i.received_at,
               i.op_id
        FROM app.op_verdict v
        JOIN app.op_inbox i ON i.region = v.region AND i.op_id = v.op_id
        WHERE v.region = ANY ($1)
          AND v.verdict = 'held'
          AND v.reason = ANY ($2)
          AND ($3::uuid IS NULL OR i.actor = $3)
          AND ($4::uuid IS NULL OR (i.queue_id, i.n, i.received_at, i.op_id) > ($4, $5::bigint, $6::timestamptz, $7::uuid))
          AND NOT EXISTS (SELECT FROM app.op_verdict l WHERE l.region = v.region AND l.op_id = v.op_id AND l.attempt > v.attempt)
        ORDER BY i.queue_id, i.n, i.received_at, i.op_id
        LIMIT $8
        "#,
        &codes,
        reasons,
        author,
        after.map(|turn| turn.queue_id),
        after.map(|turn| turn.n),
        after.map(|turn| turn.received_at),
        after.map(|turn| turn.op_id),
        limit,
    )
    .fetch_all(tx.conn())
    .await
}

/// Records a person's decision. False if this very click was recorded before.
pub(super) async fn insert_decision(
    tx: &mut ScopedTx<Write>,
    region: &Region,
    id: Uuid,
    stored: &StoredOp,
    decision: &str,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        r#"
        INSERT INTO app.op_decision (region, id, op_id, attempt, decision, decided_by, decided_by_name, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (id, region) DO NOTHING
        "#,
        region.code(),
        id,
        stored.op.op_id,
        stored.attempt,
        decision,
        by.user_id,
        by.username,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// From now on `alias` stands for `target`.
pub(super) async fn insert_alias(tx: &mut ScopedTx<Write>, op: &Op, target: Uuid, by: Uuid, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        INSERT INTO app.entity_alias (region, entity, alias_id, target_id, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (alias_id, entity, region) DO UPDATE SET target_id = excluded.target_id
        "#,
        op.region.code(),
        op.entity,
        op.id,
        target,
        at,
        by,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How many wait in the scope's regions: open conflicts, and operations that are held or refused and not yet seen.
pub async fn count_waiting<M: Mode>(tx: &mut ScopedTx<M>) -> Result<(i64, i64), sqlx::Error> {
    let codes = tx.scope().codes();
    let row = sqlx::query!(
        r#"
        SELECT (SELECT count(*) FROM app.conflict WHERE region = ANY ($1) AND resolved_at IS NULL) AS "conflicts!",
               (
                   SELECT count(*)
                   FROM app.op_verdict v
                   JOIN app.op_inbox i ON i.region = v.region AND i.op_id = v.op_id
                   WHERE v.region = ANY ($1)
                     AND (v.verdict = 'held' OR (v.verdict = 'rejected' AND v.reason <> 'discarded' AND i.origin IN ('offline', 'agent')))
                     AND NOT EXISTS (SELECT FROM app.op_verdict l WHERE l.region = v.region AND l.op_id = v.op_id AND l.attempt > v.attempt)
                     AND NOT EXISTS (
                         SELECT FROM app.op_decision d
                         WHERE d.region = v.region AND d.op_id = v.op_id AND d.attempt = v.attempt AND d.decision = 'seen'
                     )
               ) AS "ops!"
        "#,
        &codes,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((row.conflicts, row.ops))
}
