//! SQL of the bodies that the server could not read.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Result;
use crate::{
    db::{Mode, ScopedTx, Write},
    identity::Region,
};

/// A body in the quarantine, without its bytes.
pub(in crate::queue_health) struct QuarantinedRow {
    pub region: String,
    pub id: Uuid,
    pub username: String,
    pub browser: String,
    pub size: i32,
    pub received_at: DateTime<Utc>,
}

/// How many bodies the quarantine of the scope has, and the last of them.
pub(in crate::queue_health) async fn list_quarantined<M: Mode>(tx: &mut ScopedTx<M>, limit: i64) -> Result<(i64, Vec<QuarantinedRow>)> {
    let codes = tx.scope().codes();
    let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM app.op_quarantine WHERE region = ANY ($1)"#, &codes)
        .fetch_one(tx.conn())
        .await?;
    let rows = sqlx::query_as!(
        QuarantinedRow,
        r#"
        SELECT region,
               id,
               username,
               browser,
               length(body) AS "size!",
               received_at
        FROM app.op_quarantine
        WHERE region = ANY ($1)
        ORDER BY received_at DESC, id DESC
        LIMIT $2
        "#,
        &codes,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok((count, rows))
}

/// The bytes of a body in the quarantine, and its region.
pub(in crate::queue_health) async fn find_quarantined<M: Mode>(tx: &mut ScopedTx<M>, id: Uuid) -> Result<Option<(String, Vec<u8>)>> {
    let codes = tx.scope().codes();
    let row = sqlx::query!("SELECT region, body FROM app.op_quarantine WHERE region = ANY ($1) AND id = $2", &codes, id)
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.map(|r| (r.region, r.body)))
}

/// Waits until no other transaction deposits for this person or device: what is counted after this stays true until the end of the
/// transaction.
pub(in crate::queue_health) async fn lock_deposits(tx: &mut ScopedTx<Write>, user_id: Uuid) -> Result<()> {
    sqlx::query_scalar!(
        r#"SELECT pg_advisory_xact_lock(hashtextextended('quarantine ' || $1::uuid::text, 0)) IS NULL AS "locked!""#,
        user_id
    )
    .fetch_one(tx.conn())
    .await
    .map(drop)
}

/// The id under which the quarantine already has this body of a person.
pub(in crate::queue_health) async fn find_same<M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    user_id: Uuid,
    sha256: &[u8; 32],
) -> Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "SELECT id FROM app.op_quarantine WHERE region = $1 AND user_id = $2 AND sha256 = $3",
        region.code(),
        user_id,
        &sha256[..],
    )
    .fetch_optional(tx.conn())
    .await
}

/// How much a person put into the quarantine recently.
pub(in crate::queue_health) struct Deposits {
    /// Bodies within an hour.
    pub in_hour: i64,
    /// Bytes within a day.
    pub bytes_in_day: i64,
}

/// How much a person put into the quarantine recently.
pub(in crate::queue_health) async fn count_deposits<M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    user_id: Uuid,
    now: DateTime<Utc>,
) -> Result<Deposits> {
    sqlx::query_as!(
        Deposits,
        r#"
        SELECT count(*) FILTER (WHERE received_at > $3) AS "in_hour!",
               coalesce(sum(length(body)), 0)::bigint AS "bytes_in_day!"
        FROM app.op_quarantine
        WHERE region = $1 AND user_id = $2 AND received_at > $4
        "#,
        region.code(),
        user_id,
        now - TimeDelta::hours(1),
        now - TimeDelta::days(1),
    )
    .fetch_one(tx.conn())
    .await
}

/// The owner of a body in the quarantine: an account or a device.
pub(in crate::queue_health) struct Depositor<'a> {
    pub id: Uuid,
    pub name: &'a str,
}

/// A body for the quarantine.
pub(in crate::queue_health) struct Deposit<'a> {
    pub id: Uuid,
    pub by: &'a Depositor<'a>,
    pub browser: &'a str,
    pub sha256: &'a [u8; 32],
    pub body: &'a [u8],
    pub at: DateTime<Utc>,
}

/// Stores a body. False if another request has stored the same body first.
pub(in crate::queue_health) async fn insert_deposit(tx: &mut ScopedTx<Write>, region: &Region, deposit: &Deposit<'_>) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        INSERT INTO app.op_quarantine (region, id, user_id, username, browser, sha256, body, received_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (region, user_id, sha256) DO NOTHING
        "#,
        region.code(),
        deposit.id,
        deposit.by.id,
        deposit.by.name,
        deposit.browser,
        &deposit.sha256[..],
        deposit.body,
        deposit.at,
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}
