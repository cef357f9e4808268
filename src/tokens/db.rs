//! SQL of the personal API keys. Each function says which [`crate::db::Capability`] its transaction needs.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::SystemTx;

type Result<T> = std::result::Result<T, sqlx::Error>;

/// A valid key, with its account as it is now.
pub(super) struct BearerRow {
    pub id: Uuid,
    pub scopes: Vec<String>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub user_id: Uuid,
    pub username: String,
    pub lang: String,
    pub theme: String,
    pub must_change: bool,
    pub regions: Vec<String>,
}

/// A valid key by its hash; `None` if it has lapsed or was revoked, or its owner may not sign in. Its regions are those that both the key
/// and its owner have. Needs `Token`.
pub(super) async fn find_bearer(tx: &mut SystemTx, token_hash: &[u8; 32], now: DateTime<Utc>) -> Result<Option<BearerRow>> {
    sqlx::query_as!(
        BearerRow,
        r#"
        SELECT
            t.id,
            t.scopes,
            t.last_used_at,
            u.id AS user_id,
            u.username,
            u.lang,
            u.theme,
            coalesce(c.must_change, true) AS "must_change!",
            ARRAY(
                SELECT r.code
                FROM app.regions r
                WHERE r.kind = 'office'
                  AND r.code = ANY (t.regions)
                  AND (u.role = 'admin' OR r.code IN (SELECT m.region FROM auth.user_regions m WHERE m.user_id = u.id))
                ORDER BY r.code
            ) AS "regions!"
        FROM auth.api_tokens t
        JOIN auth.users u ON u.id = t.user_id
        LEFT JOIN auth.credentials c ON c.user_id = u.id
        WHERE t.token_hash = $1
          AND t.revoked_at IS NULL
          AND t.expires_at > $2
          AND u.active
        "#,
        token_hash.as_slice(),
        now,
    )
    .fetch_optional(tx.conn())
    .await
}

/// Records that a key is in use. Needs `Token`.
pub(super) async fn touch_token(tx: &mut SystemTx, token_hash: &[u8; 32], now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("UPDATE auth.api_tokens SET last_used_at = $2 WHERE token_hash = $1", token_hash.as_slice(), now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A key to store.
pub(super) struct TokenRow {
    pub id: Uuid,
    pub user_id: Uuid,
    pub name: String,
    pub prefix: String,
    pub token_hash: [u8; 32],
    pub scopes: Vec<String>,
    pub regions: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Stores a key; `false` if its id is taken, because the form was sent twice. Needs `Own`.
pub(super) async fn create_token(tx: &mut SystemTx, new: &TokenRow) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        INSERT INTO auth.api_tokens (id, user_id, name, prefix, token_hash, scopes, regions, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT DO NOTHING
        "#,
        new.id,
        new.user_id,
        new.name,
        new.prefix,
        new.token_hash.as_slice(),
        &new.scopes,
        &new.regions,
        new.created_at,
        new.expires_at,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A key in its owner's list.
#[derive(Debug, Clone)]
pub struct ListedToken {
    /// The row.
    pub id: Uuid,
    /// The owner's name for it.
    pub name: String,
    /// The beginning of its text.
    pub prefix: String,
    /// Its scopes.
    pub scopes: Vec<String>,
    /// Codes of its regions.
    pub regions: Vec<String>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A person's keys, the valid ones first, then newest first, 100 at most. Needs `Own`.
pub(super) async fn list_tokens(tx: &mut SystemTx, user_id: Uuid, now: DateTime<Utc>) -> Result<Vec<ListedToken>> {
    sqlx::query_as!(
        ListedToken,
        r#"
        SELECT
            id,
            name,
            prefix,
            scopes,
            regions,
            created_at,
            expires_at,
            last_used_at,
            revoked_at
        FROM auth.api_tokens
        WHERE user_id = $1
        ORDER BY revoked_at IS NULL AND expires_at > $2 DESC, created_at DESC, id DESC
        LIMIT 100
        "#,
        user_id,
        now,
    )
    .fetch_all(tx.conn())
    .await
}

/// Number of a person's valid keys. Needs `Own`.
pub(super) async fn count_good_tokens(tx: &mut SystemTx, user_id: Uuid, now: DateTime<Utc>) -> Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM auth.api_tokens WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2"#,
        user_id,
        now,
    )
    .fetch_one(tx.conn())
    .await
}

/// Revokes one of a person's keys and returns its name; `None` if it is another person's or already revoked. Needs `Own`.
pub(super) async fn revoke_token(tx: &mut SystemTx, user_id: Uuid, id: Uuid, now: DateTime<Utc>) -> Result<Option<String>> {
    sqlx::query_scalar!(
        "UPDATE auth.api_tokens SET revoked_at = $3 WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING name",
        user_id,
        id,
        now,
    )
    .fetch_optional(tx.conn())
    .await
}

/// Whether a person has this key, valid or not. Needs `Own`.
pub(super) async fn has_token(tx: &mut SystemTx, user_id: Uuid, id: Uuid) -> Result<bool> {
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM auth.api_tokens WHERE user_id = $1 AND id = $2) AS "known!""#, user_id, id,)
        .fetch_one(tx.conn())
        .await
}
