//! SQL of the figures.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    db::{Mode, ScopedTx, SystemTx},
    identity::Region,
};

/// Held operations of a region with one reason.
pub(super) struct HeldRow {
    pub reason: String,
    pub count: i64,
    pub oldest: DateTime<Utc>,
}

/// The held operations of a region: only the last verdict on an operation counts.
pub(super) async fn list_held<M: Mode>(tx: &mut ScopedTx<M>, region: &Region) -> Result<Vec<HeldRow>, sqlx::Error> {
    sqlx::query_as!(
        HeldRow,
        r#"
        SELECT coalesce(v.reason, 'none') AS "reason!",
               count(*) AS "count!",
               min(v.at) AS "oldest!"
        FROM app.op_verdict v
        WHERE v.region = $1
          AND v.verdict = 'held'
          AND NOT EXISTS (
              SELECT FROM app.op_verdict l WHERE l.region = v.region AND l.op_id = v.op_id AND l.attempt > v.attempt
          )
        GROUP BY v.reason
        "#,
        region.code(),
    )
    .fetch_all(tx.conn())
    .await
}

/// Undecided conflicts of a region.
pub(super) async fn count_open_conflicts<M: Mode>(tx: &mut ScopedTx<M>, region: &Region) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM app.conflict WHERE region = $1 AND resolved_at IS NULL"#, region.code())
        .fetch_one(tx.conn())
        .await
}

/// Valid sessions. Needs `Users`.
pub(super) async fn count_sessions(tx: &mut SystemTx, now: DateTime<Utc>, idle_minutes: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM auth.sessions WHERE expires_at > $1 AND seen_at > $2"#,
        now,
        now - TimeDelta::minutes(idle_minutes),
    )
    .fetch_one(tx.conn())
    .await
}

/// Valid API keys. Needs `Users`.
pub(super) async fn count_tokens(tx: &mut SystemTx, now: DateTime<Utc>) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM auth.api_tokens WHERE revoked_at IS NULL AND expires_at > $1"#, now)
        .fetch_one(tx.conn())
        .await
}
