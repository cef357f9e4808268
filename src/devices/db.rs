//! SQL of the devices: who they are. Each function that takes a system transaction names the [`crate::db::Capability`] it needs.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{Mode, ScopedTx, SystemTx};

type Result<T> = std::result::Result<T, sqlx::Error>;

/// The device behind a token.
pub(super) struct BearerRow {
    pub id: Uuid,
    pub region: String,
    pub name: String,
    pub is_revoked: bool,
    /// Whether this is the next token, which replaces the current one when it is first used: now.
    pub is_next: bool,
    /// When the token was made.
    pub made_at: DateTime<Utc>,
}

/// The device behind a token, revoked or not; `None` for a token that is unknown or no longer valid. Needs `Token`.
pub(super) async fn find_bearer(tx: &mut SystemTx, token_hash: &[u8; 32]) -> Result<Option<BearerRow>> {
    sqlx::query_as!(
        BearerRow,
        r#"
        SELECT d.id,
               d.region,
               d.name,
               d.revoked_at IS NOT NULL AS "is_revoked!",
               coalesce(k.next_hash = $1, false) AS "is_next!",
               CASE WHEN k.next_hash = $1 THEN k.next_at ELSE k.made_at END AS "made_at!"
        FROM auth.device_keys k
        JOIN auth.devices d ON d.id = k.device_id
        WHERE k.token_hash = $1 OR k.next_hash = $1
        "#,
        token_hash.as_slice(),
    )
    .fetch_optional(tx.conn())
    .await
}

/// Makes the next token the current one; the old one is no longer valid. False if another request did so first. Needs `Token`.
pub(super) async fn promote_next(tx: &mut SystemTx, token_hash: &[u8; 32]) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        UPDATE auth.device_keys
        SET token_hash = next_hash,
            made_at = next_at,
            next_hash = NULL,
            next_at = NULL
        WHERE next_hash = $1
        "#,
        token_hash.as_slice(),
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Stores the next token beside the current one; an earlier next token that was never used is no longer valid. Needs `Token` (of the
/// current one).
pub(super) async fn store_next(tx: &mut SystemTx, token_hash: &[u8; 32], next_hash: &[u8; 32], now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE auth.device_keys SET next_hash = $2, next_at = $3 WHERE token_hash = $1",
        token_hash.as_slice(),
        next_hash.as_slice(),
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The device of a code.
pub(super) struct CodeRow {
    pub id: Uuid,
    pub region: String,
    pub name: String,
}

/// Redeems a valid code, which cannot be redeemed again. Needs `Enrol`.
pub(super) async fn redeem_code(tx: &mut SystemTx, code_hash: &[u8; 32], now: DateTime<Utc>) -> Result<Option<CodeRow>> {
    sqlx::query_as!(
        CodeRow,
        r#"
        UPDATE auth.device_codes c
        SET ended_at = $2
        FROM auth.devices d
        WHERE d.id = c.device_id AND c.code_hash = $1 AND c.ended_at IS NULL AND c.expires_at > $2 AND d.revoked_at IS NULL
        RETURNING d.id, d.region, d.name
        "#,
        code_hash.as_slice(),
        now,
    )
    .fetch_optional(tx.conn())
    .await
}

/// Gives a device its first token, or a new one that replaces all it had. Needs `Enrol`.
pub(super) async fn store_token(tx: &mut SystemTx, device_id: Uuid, token_hash: &[u8; 32], now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"
        INSERT INTO auth.device_keys (device_id, token_hash, made_at)
        VALUES ($1, $2, $3)
        ON CONFLICT (device_id) DO UPDATE
        SET token_hash = excluded.token_hash, made_at = excluded.made_at, next_hash = NULL, next_at = NULL
        "#,
        device_id,
        token_hash.as_slice(),
        now,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("UPDATE auth.devices SET enrolled_at = $2 WHERE id = $1", device_id, now).execute(tx.conn()).await?;
    Ok(())
}

/// An account that may use a PC of a region.
pub(super) struct PersonRow {
    pub id: Uuid,
    pub username: String,
    pub role: String,
    pub active: bool,
    pub auth_epoch: i32,
    pub lang: String,
    pub theme: String,
    pub regions: Vec<String>,
}

/// The accounts that have a region, admins included, also those that may no longer sign in. Needs `Users`.
pub(super) async fn list_people(tx: &mut SystemTx, region: &str) -> Result<Vec<PersonRow>> {
    sqlx::query_as!(
        PersonRow,
        r#"
        SELECT u.id,
               u.username,
               u.role,
               u.active,
               u.auth_epoch,
               u.lang,
               u.theme,
               ARRAY(
                   SELECT r.code
                   FROM app.regions r
                   WHERE r.kind = 'office'
                     AND (u.role = 'admin' OR r.code IN (SELECT m.region FROM auth.user_regions m WHERE m.user_id = u.id))
                   ORDER BY r.code
               ) AS "regions!"
        FROM auth.users u
        WHERE u.role = 'admin' OR EXISTS (SELECT FROM auth.user_regions m WHERE m.user_id = u.id AND m.region = $1)
        ORDER BY u.username
        "#,
        region,
    )
    .fetch_all(tx.conn())
    .await
}

/// A device to be added.
pub(super) struct NewDevice<'a> {
    pub id: Uuid,
    pub region: &'a str,
    pub name: &'a str,
    pub by: &'a str,
}

/// Adds a device; false if its id is taken, because the form was sent twice. Needs `Users`.
pub(super) async fn insert_device(tx: &mut SystemTx, new: &NewDevice<'_>, now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO auth.devices (id, region, name, added_at, added_by_name) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING",
        new.id,
        new.region,
        new.name,
        now,
        new.by,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Stores a code of a device; earlier codes are no longer valid. Needs `Users`.
pub(super) async fn insert_code(
    tx: &mut SystemTx,
    device_id: Uuid,
    code_hash: &[u8; 32],
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!("UPDATE auth.device_codes SET ended_at = $2 WHERE device_id = $1 AND ended_at IS NULL", device_id, now)
        .execute(tx.conn())
        .await?;
    sqlx::query!(
        "INSERT INTO auth.device_codes (code_hash, device_id, made_at, expires_at) VALUES ($1, $2, $3, $4)",
        code_hash.as_slice(),
        device_id,
        now,
        expires_at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A device as an administrator's action finds it.
pub(super) struct KnownRow {
    pub region: String,
    pub name: String,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A device, locked. Needs `Users`.
pub(super) async fn lock_device(tx: &mut SystemTx, id: Uuid) -> Result<Option<KnownRow>> {
    sqlx::query_as!(KnownRow, "SELECT region, name, revoked_at FROM auth.devices WHERE id = $1 FOR UPDATE", id)
        .fetch_optional(tx.conn())
        .await
}

/// Gives a device another name. Needs `Users`.
pub(super) async fn rename_device(tx: &mut SystemTx, id: Uuid, name: &str) -> Result<()> {
    sqlx::query!("UPDATE auth.devices SET name = $2 WHERE id = $1", id, name).execute(tx.conn()).await?;
    Ok(())
}

/// Revokes a device, for good, and its codes with it. Needs `Users`.
pub(super) async fn revoke_device(tx: &mut SystemTx, id: Uuid, by: &str, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("UPDATE auth.devices SET revoked_at = $2, revoked_by_name = $3 WHERE id = $1 AND revoked_at IS NULL", id, now, by)
        .execute(tx.conn())
        .await?;
    sqlx::query!("UPDATE auth.device_codes SET ended_at = $2 WHERE device_id = $1 AND ended_at IS NULL", id, now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A device in the list, with its last report.
#[derive(Debug, Clone)]
pub(super) struct ListedRow {
    pub id: Uuid,
    pub region: String,
    pub name: String,
    pub enrolled_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub revoked_by_name: Option<String>,
    pub last_at: Option<DateTime<Utc>>,
    pub version: Option<String>,
    pub os: Option<String>,
    pub host: Option<String>,
    pub waiting: Option<i64>,
    pub oldest_at: Option<DateTime<Utc>>,
    pub mirror_epoch: Option<Uuid>,
    pub mirror_seq: Option<i64>,
    pub disk_free: Option<i64>,
    pub troubles: Option<Vec<String>>,
    /// Number of the region's last change, and the epoch of its data.
    pub head: i64,
    pub epoch: Uuid,
}

/// The devices of the scope, revoked ones last; 500 at most.
pub(super) async fn list_devices<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<ListedRow>> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        ListedRow,
        r#"
        SELECT d.id,
               d.region,
               d.name,
               d.enrolled_at,
               d.revoked_at,
               d.revoked_by_name,
               c.last_at AS "last_at?",
               c.version AS "version?",
               c.os AS "os?",
               c.host AS "host?",
               c.waiting AS "waiting?",
               c.oldest_at,
               c.mirror_epoch,
               c.mirror_seq,
               c.disk_free,
               c.troubles AS "troubles?",
               coalesce(h.seq, 0) AS "head!",
               (SELECT f.epoch FROM sec.feed f) AS "epoch!"
        FROM auth.devices d
        JOIN app.regions r ON r.code = d.region
        LEFT JOIN app.device_contact c ON c.region = d.region AND c.device_id = d.id
        LEFT JOIN app.region_head h ON h.region = d.region
        WHERE d.region = ANY ($1)
        ORDER BY d.revoked_at IS NOT NULL, r.name COLLATE "tr-x-icu", d.name COLLATE "tr-x-icu", d.id
        LIMIT 500
        "#,
        &codes,
    )
    .fetch_all(tx.conn())
    .await
}

/// Whether a device of the scope is revoked.
pub(super) async fn is_revoked<M: Mode>(tx: &mut ScopedTx<M>, id: Uuid) -> Result<bool> {
    let codes = tx.scope().codes();
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM auth.devices WHERE region = ANY ($1) AND id = $2 AND revoked_at IS NOT NULL) AS "revoked!""#,
        &codes,
        id,
    )
    .fetch_one(tx.conn())
    .await
}
