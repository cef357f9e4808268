//! SQL of what browsers and devices report about queues, and of the numbers that have arrived.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Result;
use crate::{
    db::{Mode, ScopedTx, Write, expect_one},
    queue_health::report::Numbers,
};

/// Queues whose missing numbers are listed in the response to one ping, at most.
const QUEUES_IN_A_PING: i64 = 20;

/// What is already known of a queue.
#[derive(Debug, Clone)]
pub(in crate::queue_health) struct Known {
    pub region: String,
    /// Set while only this device, and no browser, has reported the queue.
    pub device_id: Option<Uuid>,
    pub user_id: Uuid,
    pub username: Option<String>,
    pub user_regions: Vec<String>,
    pub len: i64,
    pub last_at: DateTime<Utc>,
    pub highest_n: i64,
    pub dense_to: i64,
    pub missing: Vec<i64>,
    pub missing_since: Option<DateTime<Utc>>,
}

/// What is known of a queue in the scope; if several regions have a row, the oldest row.
pub(in crate::queue_health) async fn find_contact<M: Mode>(tx: &mut ScopedTx<M>, queue_id: Uuid) -> Result<Option<Known>> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        Known,
        r#"
        SELECT region,
               device_id,
               user_id,
               username,
               user_regions,
               len,
               last_at,
               highest_n,
               dense_to,
               missing,
               missing_since
        FROM app.queue_contact
        WHERE region = ANY ($1) AND queue_id = $2
        ORDER BY first_at
        LIMIT 1
        "#,
        &codes,
        queue_id,
    )
    .fetch_optional(tx.conn())
    .await
}

/// The state of a queue after a report.
#[derive(Debug, Clone)]
pub(in crate::queue_health) struct Contact {
    pub region: String,
    pub queue_id: Uuid,
    pub device_id: Option<Uuid>,
    pub user_id: Uuid,
    pub username: Option<String>,
    pub user_regions: Vec<String>,
    pub reporter: String,
    pub browser_id: Uuid,
    pub browser: String,
    pub build: String,
    pub len: i64,
    pub oldest_at: Option<DateTime<Utc>>,
    pub offset_ms: i64,
    pub at: DateTime<Utc>,
    pub highest_n: i64,
    pub dense_to: i64,
    pub missing: Vec<i64>,
    pub missing_since: Option<DateTime<Utc>>,
}

/// Stores the first report about a queue, or the next one.
pub(in crate::queue_health) async fn store_contact(tx: &mut ScopedTx<Write>, contact: &Contact) -> Result<()> {
    let done = sqlx::query!(
        r#"
        INSERT INTO app.queue_contact (region, queue_id, user_id, username, user_regions, reporter, browser_id, browser, build, len, oldest_at,
            offset_ms, first_at, last_at, highest_n, dense_to, missing, missing_since, device_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15, $16, $17, $18)
        ON CONFLICT (queue_id, region) DO UPDATE
        SET user_id = excluded.user_id,
            username = excluded.username,
            user_regions = excluded.user_regions,
            reporter = excluded.reporter,
            browser_id = excluded.browser_id,
            browser = excluded.browser,
            build = excluded.build,
            len = excluded.len,
            oldest_at = excluded.oldest_at,
            offset_ms = excluded.offset_ms,
            last_at = excluded.last_at,
            highest_n = excluded.highest_n,
            dense_to = excluded.dense_to,
            missing = excluded.missing,
            missing_since = excluded.missing_since,
            device_id = excluded.device_id
        "#,
        contact.region,
        contact.queue_id,
        contact.user_id,
        contact.username,
        &contact.user_regions,
        contact.reporter,
        contact.browser_id,
        contact.browser,
        contact.build,
        contact.len,
        contact.oldest_at,
        contact.offset_ms,
        contact.at,
        contact.highest_n,
        contact.dense_to,
        &contact.missing,
        contact.missing_since,
        contact.device_id,
    )
    .execute(tx.conn())
    .await?;
    expect_one(&done)
}

/// Stores which numbers of a queue have arrived, after another sender than its browser brought some: everything else is for the browser to
/// report. `dense_to` stays where it was at the browser's last report, so that numbers that came another way since then can be counted from
/// there.
pub(in crate::queue_health) async fn store_numbers(
    tx: &mut ScopedTx<Write>,
    known: &Known,
    queue_id: Uuid,
    numbers: &Numbers,
    now: DateTime<Utc>,
) -> Result<()> {
    let done = sqlx::query!(
        r#"
        UPDATE app.queue_contact
        SET highest_n = $3,
            missing = $4,
            missing_since = CASE WHEN $4::bigint[] = '{}' THEN NULL ELSE coalesce(missing_since, $5) END
        WHERE region = $1 AND queue_id = $2
        "#,
        known.region,
        queue_id,
        numbers.highest_n,
        &numbers.missing,
        now,
    )
    .execute(tx.conn())
    .await?;
    expect_one(&done)
}

/// Numbers of a queue from `after + 1` to `to` that have not arrived in the scope; 100 at most.
pub(in crate::queue_health) async fn list_gaps<M: Mode>(tx: &mut ScopedTx<M>, queue_id: Uuid, after: i64, to: i64) -> Result<Vec<i64>> {
    let codes = tx.scope().codes();
    sqlx::query_scalar!(
        r#"
        SELECT g AS "n!"
        FROM generate_series($3::bigint + 1, $4::bigint) g
        WHERE NOT EXISTS (SELECT FROM app.op_inbox i WHERE i.region = ANY ($1) AND i.queue_id = $2 AND i.n = g)
        ORDER BY g
        LIMIT 100
        "#,
        &codes,
        queue_id,
        after,
        to,
    )
    .fetch_all(tx.conn())
    .await
}

/// Those of the numbers that have arrived in the scope.
pub(in crate::queue_health) async fn list_arrived<M: Mode>(tx: &mut ScopedTx<M>, queue_id: Uuid, numbers: &[i64]) -> Result<Vec<i64>> {
    let codes = tx.scope().codes();
    sqlx::query_scalar!("SELECT n FROM app.op_inbox WHERE region = ANY ($1) AND queue_id = $2 AND n = ANY ($3)", &codes, queue_id, numbers)
        .fetch_all(tx.conn())
        .await
}

/// The numbers that are missing in a person's own queues.
pub async fn list_own_missing<M: Mode>(tx: &mut ScopedTx<M>, user_id: Uuid) -> Result<Vec<(Uuid, Vec<i64>)>> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT queue_id, missing
        FROM app.queue_contact
        WHERE region = ANY ($1) AND user_id = $2 AND missing <> '{}'
        ORDER BY last_at DESC
        LIMIT $3
        "#,
        &codes,
        user_id,
        QUEUES_IN_A_PING,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| (r.queue_id, r.missing)).collect())
}
