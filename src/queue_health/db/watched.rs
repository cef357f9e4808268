//! SQL of the queues as the rules look at them.

use uuid::Uuid;

use super::Result;
use crate::{
    clock::MAY_DIFFER_MS,
    db::{Mode, ScopedTx},
    queue_health::rules::QueueState,
};

/// A queue with what an event about it has to name.
#[derive(Debug, Clone)]
pub struct Watched {
    pub(in crate::queue_health) state: QueueState,
    pub(in crate::queue_health) user_id: Uuid,
    pub(in crate::queue_health) username: Option<String>,
    pub(in crate::queue_health) browser: String,
}

/// The queues of the scope that a rule may find something odd about. Operations that a device has brought since the browser's last report
/// no longer wait in the queue and are not missing, whatever that report said.
pub(in crate::queue_health) async fn list_states<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<Watched>> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT q.queue_id,
               q.user_id,
               q.username,
               q.browser,
               q.device_id IS NOT NULL AS "is_devices!",
               greatest(q.len - carried.count, 0) AS "len!",
               q.oldest_at,
               q.offset_ms,
               q.last_at,
               (
                   SELECT count(*) FROM unnest(q.missing) m (n)
                   WHERE NOT EXISTS (SELECT FROM app.op_inbox i WHERE i.region = q.region AND i.queue_id = q.queue_id AND i.n = m.n)
               ) AS "missing!",
               q.missing_since,
               (
                   SELECT min(n.first_at) FROM app.queue_contact n
                   WHERE n.region = q.region AND n.browser_id = q.browser_id AND n.user_id = q.user_id
                     AND n.queue_id <> q.queue_id AND n.first_at > q.last_at
               ) AS replaced_at
        FROM app.queue_contact q
        CROSS JOIN LATERAL (
            SELECT count(*) AS count FROM app.op_inbox i
            WHERE i.region = q.region AND i.queue_id = q.queue_id AND i.n > q.dense_to AND i.origin = 'agent' AND i.received_at > q.last_at
              AND q.len > 0 AND q.device_id IS NULL
        ) carried
        WHERE q.region = ANY ($1) AND (q.len > 0 OR q.missing <> '{}' OR q.offset_ms NOT BETWEEN -$2::bigint AND $2)
        "#,
        &codes,
        MAY_DIFFER_MS,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Watched {
            state: QueueState {
                queue_id: r.queue_id,
                is_devices: r.is_devices,
                len: r.len,
                oldest_at: r.oldest_at,
                offset_ms: r.offset_ms,
                last_at: r.last_at,
                missing: r.missing,
                missing_since: r.missing_since,
                replaced_at: r.replaced_at,
            },
            user_id: r.user_id,
            username: r.username,
            browser: r.browser,
        })
        .collect())
}

/// A queue with the names that an alarm about it shows.
pub(in crate::queue_health) struct Named {
    pub region: String,
    pub queue_id: Uuid,
    pub user_id: Uuid,
    pub username: Option<String>,
    pub reporter: String,
    pub browser: String,
}

/// These queues of the scope.
pub(in crate::queue_health) async fn list_named<M: Mode>(tx: &mut ScopedTx<M>, queue_ids: &[Uuid]) -> Result<Vec<Named>> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        Named,
        r#"
        SELECT region,
               queue_id,
               user_id,
               username,
               reporter,
               browser
        FROM app.queue_contact
        WHERE region = ANY ($1) AND queue_id = ANY ($2)
        "#,
        &codes,
        queue_ids,
    )
    .fetch_all(tx.conn())
    .await
}
