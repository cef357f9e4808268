//! SQL of sessions as people see them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{auth::rights::EndedSession, db::SystemTx};

type Result<T> = std::result::Result<T, sqlx::Error>;

/// A session that is still valid.
pub(super) struct OpenRow {
    pub id: Uuid,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// The open sessions of an account, the most recently used first. Needs `Own` (of that account) or `Users`.
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

/// Which sessions of an account end.
#[derive(Debug, Clone, Copy)]
pub(in crate::auth) enum Which<'a> {
    /// All of them.
    All,
    /// The one with this id.
    One(Uuid),
    /// The one with this hash of its key.
    Key(&'a [u8; 32]),
    /// All but the one with this id.
    AllBut(Uuid),
    /// Those beyond this number, the least recently used first.
    Beyond(i64),
}

/// Ends sessions of an account, and what their grants prove from now on; returns where each was opened from. The only way a session ends
/// before its time. Needs `Own` (of that account) or `Users`.
pub(in crate::auth) async fn end_sessions(
    tx: &mut SystemTx,
    user_id: Uuid,
    which: Which<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<Option<String>>> {
    let (mut id, mut key, mut kept, mut newest) = (None, None, None, 0);
    match which {
        Which::All => {}
        Which::One(one) => id = Some(one),
        Which::Key(hash) => key = Some(hash.as_slice()),
        Which::AllBut(one) => kept = Some(one),
        Which::Beyond(most) => newest = most,
    }
    sqlx::query_scalar!(
        r#"
        WITH gone AS (
            DELETE FROM auth.sessions
            WHERE user_id = $1
              AND ($2::uuid IS NULL OR id = $2)
              AND ($3::bytea IS NULL OR token_hash = $3)
              AND id IS DISTINCT FROM $4
              AND id NOT IN (SELECT s.id FROM auth.sessions s WHERE s.user_id = $1 ORDER BY s.seen_at DESC, s.created_at DESC, s.id DESC LIMIT $5)
            RETURNING id, user_id, address
        ), noted AS (
            INSERT INTO auth.ended_sessions (session_id, user_id, ended_at) SELECT id, user_id, $6 FROM gone ON CONFLICT DO NOTHING
        )
        SELECT address FROM gone
        "#,
        user_id,
        id,
        key,
        kept,
        newest,
        now,
    )
    .fetch_all(tx.conn())
    .await
}

/// Notes that a session's person has signed out, with the last number of the browser's queue where it is known. Needs `Own` or `Users`.
pub(in crate::auth) async fn insert_ended(tx: &mut SystemTx, user_id: Uuid, ended: &EndedSession) -> Result<()> {
    let (queue_id, last_n) = ended.last.unzip();
    sqlx::query!(
        r#"
        INSERT INTO auth.ended_sessions (session_id, user_id, ended_at, queue_id, last_n) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        "#,
        ended.session_id,
        user_id,
        ended.ended_at,
        queue_id,
        last_n,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The sessions of an account that were ended before their time. Needs `Own` or `Users`.
pub(in crate::auth) async fn list_ended(tx: &mut SystemTx, user_id: Uuid) -> Result<Vec<EndedSession>> {
    let rows = sqlx::query!("SELECT session_id, ended_at, queue_id, last_n FROM auth.ended_sessions WHERE user_id = $1", user_id)
        .fetch_all(tx.conn())
        .await?;
    let ended =
        rows.into_iter().map(|row| EndedSession { session_id: row.session_id, ended_at: row.ended_at, last: row.queue_id.zip(row.last_n) });
    Ok(ended.collect())
}

/// Deletes records of sessions that ended before `before`: all their grants have lapsed. Needs `Users`.
pub(in crate::auth) async fn delete_old_ended(tx: &mut SystemTx, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!("DELETE FROM auth.ended_sessions WHERE ended_at < $1", before).execute(tx.conn()).await?;
    Ok(())
}

/// Last use and open sessions of an account.
pub(super) struct PresenceRow {
    pub user_id: Uuid,
    pub seen_at: Option<DateTime<Utc>>,
    pub sessions: i64,
}

/// Last use and number of open sessions of each account. Needs `Users`.
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
