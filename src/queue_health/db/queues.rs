//! SQL of the queues as they are shown and counted.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Result;
use crate::{
    db::{Mode, ScopedTx},
    identity::Region,
};

/// A queue in the list.
pub(in crate::queue_health) struct QueueRow {
    pub region: String,
    pub queue_id: Uuid,
    pub user_id: Uuid,
    pub username: Option<String>,
    pub user_regions: Vec<String>,
    pub reporter: String,
    pub browser: String,
    pub build: String,
    pub len: i64,
    pub oldest_at: Option<DateTime<Utc>>,
    pub last_at: DateTime<Utc>,
}

/// The queues of the scope that have work, or were reported since `since`; 100 at most, those that wait longest first. One reported in two
/// regions is shown as last reported. A queue that has vanished is left out once an administrator has acknowledged that.
pub(in crate::queue_health) async fn list_queues<M: Mode>(tx: &mut ScopedTx<M>, since: DateTime<Utc>) -> Result<Vec<QueueRow>> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        QueueRow,
        r#"
        SELECT region AS "region!",
               queue_id AS "queue_id!",
               user_id AS "user_id!",
               username,
               user_regions AS "user_regions!",
               reporter AS "reporter!",
               browser AS "browser!",
               build AS "build!",
               len AS "len!",
               CASE WHEN len > 0 THEN oldest_at END AS oldest_at,
               last_at AS "last_at!"
        FROM (
            SELECT DISTINCT ON (c.queue_id)
                   c.region, c.queue_id, c.user_id, c.username, c.user_regions, c.reporter, c.browser, c.build, c.oldest_at, c.last_at,
                   greatest(c.len - (
                       SELECT count(*) FROM app.op_inbox i
                       WHERE i.region = c.region AND i.queue_id = c.queue_id AND i.n > c.dense_to AND i.origin = 'agent'
                         AND i.received_at > c.last_at AND c.len > 0 AND c.device_id IS NULL
                   ), 0) AS len
            FROM app.queue_contact c
            WHERE c.region = ANY ($1)
            ORDER BY c.queue_id, c.last_at DESC
        ) q
        WHERE (len > 0 OR last_at > $2)
          AND NOT EXISTS (
              SELECT FROM app.alarm a
              WHERE a.region = q.region AND a.source = 'queue' AND a.subject = q.queue_id AND a.kind = 'vanished'
                AND a.ended_at IS NULL AND a.seen_at IS NOT NULL
          )
        ORDER BY len = 0, oldest_at, last_at DESC, queue_id
        LIMIT 100
        "#,
        &codes,
        since,
    )
    .fetch_all(tx.conn())
    .await
}

/// What waits in the browsers of a region, for the figures.
pub(crate) struct QueueFigures {
    /// Operations.
    pub waiting: i64,
    /// Since when the oldest waits.
    pub oldest: Option<DateTime<Utc>>,
    /// Bodies in the quarantine.
    pub quarantined: i64,
}

/// What waits in the browsers of a region.
pub(crate) async fn find_figures<M: Mode>(tx: &mut ScopedTx<M>, region: &Region) -> Result<QueueFigures> {
    sqlx::query_as!(
        QueueFigures,
        r#"
        SELECT coalesce(sum(q.len), 0)::bigint AS "waiting!",
               min(q.oldest_at) FILTER (WHERE q.len > 0) AS oldest,
               (SELECT count(*) FROM app.op_quarantine o WHERE o.region = $1) AS "quarantined!"
        FROM app.queue_contact q
        WHERE q.region = $1
        "#,
        region.code(),
    )
    .fetch_one(tx.conn())
    .await
}
