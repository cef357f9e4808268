//! SQL of sessions as people look at them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::SystemTx;

type Result<T> = std::result::Result<T, sqlx::Error>;

/// A session that is still good.
pub(super) struct OpenRow {
    pub id: Uuid,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// The open sessions of an account, the one used last first. Needs `Own` (of that account) or `Users`.
pub(super) async fn list_open(tx: &mut SystemTx, user_id: Uuid, now: DateTime<Utc>, idle_since: DateTime<Utc>) -> Result<Vec<OpenRow>> {
    sqlx::query_as!(
        OpenRow,
        r#"
        SELECT
            id,
            address,
            user_agent,
            created_at,
            seen_at,
            expires_at
        FROM auth.sessions
        WHERE user_id = $1
          AND expires_at > $2
          AND seen_at > $3
        ORDER BY seen_at DESC, id DESC
        "#,
        user_id,
        now,
        idle_since,
    )
    .fetch_all(tx.conn())
    .await
}

/// Ends one session of an account; answers where it was opened from. None when there is no such session (any more).
/// Needs `Own` (of that account) or `Users`.
pub(super) async fn delete_one(tx: &mut SystemTx, user_id: Uuid, id: Uuid) -> Result<Option<Option<String>>> {
    sqlx::query_scalar!("DELETE FROM auth.sessions WHERE user_id = $1 AND id = $2 RETURNING address", user_id, id)
        .fetch_optional(tx.conn())
        .await
}

/// Ends the sessions of an account but for one, where one is named; answers how many. Needs `Own` (of that account) or `Users`.
pub(super) async fn delete_all_but(tx: &mut SystemTx, user_id: Uuid, kept: Option<Uuid>) -> Result<u64> {
    let done = sqlx::query!("DELETE FROM auth.sessions WHERE user_id = $1 AND id IS DISTINCT FROM $2", user_id, kept);
    Ok(done.execute(tx.conn()).await?.rows_affected())
}

/// Whether somebody is at work.
pub(super) struct PresenceRow {
    pub user_id: Uuid,
    pub seen_at: Option<DateTime<Utc>>,
    pub sessions: i64,
}

/// When each account was last seen, and how many sessions it has open. Needs `Users`.
pub(super) async fn list_presence(tx: &mut SystemTx, now: DateTime<Utc>, idle_since: DateTime<Utc>) -> Result<Vec<PresenceRow>> {
    sqlx::query_as!(
        PresenceRow,
        r#"
        SELECT
            u.id AS user_id,
            l.seen_at AS "seen_at?",
            (SELECT count(*) FROM auth.sessions s WHERE s.user_id = u.id AND s.expires_at > $1 AND s.seen_at > $2) AS "sessions!"
        FROM auth.users u
        LEFT JOIN auth.last_seen l ON l.user_id = u.id
        "#,
        now,
        idle_since,
    )
    .fetch_all(tx.conn())
    .await
}
