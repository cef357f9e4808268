//! SQL of accounts, sessions and failed sign-ins. Each function says which [`crate::db::Capability`] its transaction needs.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::{accounts::TEMPORARY_FOR, throttle::Counter};
use crate::{db::SystemTx, identity::FIRST_OFFICES, ids::new_id};

type Result<T> = std::result::Result<T, sqlx::Error>;

/// What is kept with a session, as actix-session has it: names and JSON texts.
pub(super) type State = HashMap<String, String>;

/// A session that is still good, with its account and rights as they are now.
pub(super) struct SessionRow {
    pub id: Uuid,
    pub state: Json<State>,
    pub seen_at: DateTime<Utc>,
    pub user_id: Uuid,
    pub username: String,
    pub role: String,
    pub lang: String,
    pub theme: String,
    pub auth_epoch: i32,
    pub must_change: bool,
    /// Codes of the account's regions, in the Turkish order of their names.
    pub regions: Vec<String>,
    /// Their names, in the same order.
    pub region_names: Vec<String>,
    /// Whether they take operations, in the same order.
    pub regions_open: Vec<bool>,
    /// The company's name, for printed pages; `None` if not set.
    pub company_name: Option<String>,
}

/// A session by the hash of its key; `None` if it has lapsed or its account may not sign in. An admin's regions are all offices, also
/// closed ones: they can be read. Needs `Session`.
pub(super) async fn find_session(
    tx: &mut SystemTx,
    token_hash: &[u8; 32],
    now: DateTime<Utc>,
    idle_since: DateTime<Utc>,
) -> Result<Option<SessionRow>> {
    sqlx::query_as!(
        SessionRow,
        r#"
        SELECT
            s.id,
            s.state AS "state: Json<State>",
            s.seen_at,
            u.id AS user_id,
            u.username,
            u.role,
            u.lang,
            u.theme,
            u.auth_epoch,
            coalesce(c.must_change, true) AS "must_change!",
            coalesce(mine.codes, '{}') AS "regions!",
            coalesce(mine.names, '{}') AS "region_names!",
            coalesce(mine.open, '{}') AS "regions_open!",
            (SELECT nullif(trim(company.company_name), '') FROM sec.company_settings company) AS company_name
        FROM auth.sessions s
        JOIN auth.users u ON u.id = s.user_id
        LEFT JOIN auth.credentials c ON c.user_id = u.id
        CROSS JOIN LATERAL (
            SELECT array_agg(r.code ORDER BY r.name COLLATE "tr-x-icu", r.code) AS codes,
                   array_agg(r.name ORDER BY r.name COLLATE "tr-x-icu", r.code) AS names,
                   array_agg(r.active ORDER BY r.name COLLATE "tr-x-icu", r.code) AS open
            FROM app.regions r
            WHERE r.kind = 'office'
              AND (u.role = 'admin' OR r.code IN (SELECT m.region FROM auth.user_regions m WHERE m.user_id = u.id))
        ) mine
        WHERE s.token_hash = $1
          AND s.expires_at > $2
          AND s.seen_at > $3
          AND u.active
        "#,
        token_hash.as_slice(),
        now,
        idle_since,
    )
    .fetch_optional(tx.conn())
    .await
}

/// Notes that a session, and so its account, is in use. Needs `Session`.
pub(super) async fn touch_session(tx: &mut SystemTx, token_hash: &[u8; 32], now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"
        WITH touched AS (UPDATE auth.sessions SET seen_at = $2 WHERE token_hash = $1 RETURNING user_id)
        INSERT INTO auth.last_seen (user_id, seen_at)
        SELECT user_id, $2
        FROM touched
        ON CONFLICT (user_id) DO UPDATE SET seen_at = excluded.seen_at
        "#,
        token_hash.as_slice(),
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A new session.
pub(super) struct NewSession {
    pub token_hash: [u8; 32],
    pub user_id: Uuid,
    pub state: State,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub now: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Opens a session. Needs `Own`.
pub(super) async fn create_session(tx: &mut SystemTx, new: &NewSession) -> Result<()> {
    sqlx::query!(
        r#"
        WITH opened AS (
            INSERT INTO auth.sessions (token_hash, id, user_id, state, address, user_agent, created_at, seen_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)
        )
        INSERT INTO auth.last_seen (user_id, seen_at)
        VALUES ($3, $7)
        ON CONFLICT (user_id) DO UPDATE SET seen_at = excluded.seen_at
        "#,
        new.token_hash.as_slice(),
        new_id(),
        new.user_id,
        Json(&new.state) as _,
        new.address,
        new.user_agent,
        new.now,
        new.expires_at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Stores what a session keeps; one that was ended meanwhile stays ended. Needs `Session`.
pub(super) async fn store_state(tx: &mut SystemTx, token_hash: &[u8; 32], state: &State) -> Result<()> {
    sqlx::query!("UPDATE auth.sessions SET state = $2 WHERE token_hash = $1", token_hash.as_slice(), Json(state) as _)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Whether an account may sign in, and has this session open or this API key good. Needs `Own` (of that account).
pub(super) async fn is_still_good(tx: &mut SystemTx, user_id: Uuid, id: Uuid, now: DateTime<Utc>) -> Result<bool> {
    sqlx::query_scalar!(
        r#"
        SELECT EXISTS (
            SELECT FROM auth.users u
            WHERE u.id = $1
              AND u.active
              AND (EXISTS (SELECT FROM auth.sessions s WHERE s.user_id = u.id AND s.id = $2 AND s.expires_at > $3)
                   OR EXISTS (SELECT FROM auth.api_tokens t WHERE t.user_id = u.id AND t.id = $2 AND t.revoked_at IS NULL AND t.expires_at > $3))
        ) AS "is!"
        "#,
        user_id,
        id,
        now,
    )
    .fetch_one(tx.conn())
    .await
}

/// The account of a session; `None` if the session has ended. Needs `Session`.
pub(super) async fn find_holder(tx: &mut SystemTx, token_hash: &[u8; 32]) -> Result<Option<Uuid>> {
    sqlx::query_scalar!("SELECT user_id FROM auth.sessions WHERE token_hash = $1", token_hash.as_slice()).fetch_optional(tx.conn()).await
}

/// Deletes lapsed sessions; returns how many. They lapsed and were not ended, so their grants stay valid. Needs `Users`.
pub(super) async fn delete_lapsed_sessions(tx: &mut SystemTx, now: DateTime<Utc>, idle_since: DateTime<Utc>) -> Result<u64> {
    let done =
        sqlx::query!("DELETE FROM auth.sessions WHERE expires_at <= $1 OR seen_at <= $2", now, idle_since).execute(tx.conn()).await?;
    Ok(done.rows_affected())
}

/// An account as sign-in needs it.
pub(super) struct AccountRow {
    pub id: Uuid,
    pub username: String,
    pub role: String,
    pub active: bool,
    pub auth_epoch: i32,
    pub pw_hash: Option<String>,
    pub must_change: bool,
    pub changed_at: Option<DateTime<Utc>>,
    pub first_region: Option<String>,
}

impl AccountRow {
    /// Whether the temporary password of an account that has one may still be used.
    pub fn is_in_time(&self, now: DateTime<Utc>) -> bool {
        self.changed_at.is_some_and(|at| now < at + TEMPORARY_FOR)
    }
}

/// An account by its name. Needs `Login` (of that name) or `Users`.
pub(super) async fn find_account(tx: &mut SystemTx, username: &str) -> Result<Option<AccountRow>> {
    find_account_by(tx, Some(username), None).await
}

/// A person's own account, by its id. Needs `Own` (of that account).
pub(super) async fn find_own_account(tx: &mut SystemTx, user_id: Uuid) -> Result<Option<AccountRow>> {
    find_account_by(tx, None, Some(user_id)).await
}

/// By name or by id.
async fn find_account_by(tx: &mut SystemTx, username: Option<&str>, user_id: Option<Uuid>) -> Result<Option<AccountRow>> {
    sqlx::query_as!(
        AccountRow,
        r#"
        SELECT
            u.id,
            u.username,
            u.role,
            u.active,
            u.auth_epoch,
            c.pw_hash AS "pw_hash?",
            coalesce(c.must_change, true) AS "must_change!",
            c.changed_at AS "changed_at?",
            (SELECT min(m.region) FROM auth.user_regions m WHERE m.user_id = u.id) AS first_region
        FROM auth.users u
        LEFT JOIN auth.credentials c ON c.user_id = u.id
        WHERE u.username = $1 OR u.id = $2
        "#,
        username,
        user_id,
    )
    .fetch_optional(tx.conn())
    .await
}

/// What an account may do.
pub(super) struct RightsRow {
    pub username: String,
    pub role: String,
    pub active: bool,
    pub auth_epoch: i32,
    pub regions: Vec<String>,
}

/// What an account may do now; all offices for an admin. Needs `Own` (of that account).
pub(super) async fn find_rights(tx: &mut SystemTx, user_id: Uuid) -> Result<Option<RightsRow>> {
    sqlx::query_as!(
        RightsRow,
        r#"
        SELECT
            u.username,
            u.role,
            u.active,
            u.auth_epoch,
            ARRAY(
                SELECT r.code FROM app.regions r
                WHERE r.kind = 'office'
                  AND (u.role = 'admin' OR r.code IN (SELECT m.region FROM auth.user_regions m WHERE m.user_id = u.id))
                ORDER BY r.code
            ) AS "regions!"
        FROM auth.users u
        WHERE u.id = $1
        "#,
        user_id,
    )
    .fetch_optional(tx.conn())
    .await
}

/// Counters of sign-ins, locked until the transaction ends; always in the same order, so that two attempts cannot block each other.
/// Needs `Login`.
pub(super) async fn lock_counters(tx: &mut SystemTx, keys: &[String]) -> Result<HashMap<String, Counter>> {
    let rows = sqlx::query!(
        r#"
        SELECT
            key,
            fails,
            last_failed_at,
            next_try_at
        FROM auth.login_state
        WHERE key = ANY ($1)
        ORDER BY key
        FOR UPDATE
        "#,
        keys,
    )
    .fetch_all(tx.conn())
    .await?;
    let counter = |fails, last_failed_at, next_try_at| Counter { fails, last_failed_at, next_try_at };
    Ok(rows.into_iter().map(|r| (r.key, counter(r.fails, r.last_failed_at, r.next_try_at))).collect())
}

/// Makes counters that are not there yet, so that they can be locked. Needs `Login`.
pub(super) async fn create_counters(tx: &mut SystemTx, keys: &[String], now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"
        INSERT INTO auth.login_state (key, fails, last_failed_at, next_try_at)
        SELECT k, 0, $2, $2
        FROM unnest($1::text[]) k
        ORDER BY k
        ON CONFLICT (key) DO NOTHING
        "#,
        keys,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Stores a counter that exists. Needs `Login`.
pub(super) async fn store_counter(tx: &mut SystemTx, key: &str, counter: &Counter) -> Result<()> {
    sqlx::query!(
        "UPDATE auth.login_state SET fails = $2, last_failed_at = $3, next_try_at = $4 WHERE key = $1",
        key,
        counter.fails,
        counter.last_failed_at,
        counter.next_try_at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets the failures of a place. Needs `Login`.
pub(super) async fn delete_counter(tx: &mut SystemTx, key: &str) -> Result<()> {
    sqlx::query!("DELETE FROM auth.login_state WHERE key = $1", key).execute(tx.conn()).await?;
    Ok(())
}

/// Forgets the failures of a name, wherever they were. Needs `Users`.
pub(super) async fn delete_counters_of(tx: &mut SystemTx, username: &str) -> Result<()> {
    sqlx::query!(
        "DELETE FROM auth.login_state WHERE starts_with(key, 'pair:' || $1 || '@') OR starts_with(key, 'known:' || $1 || '@') OR starts_with(key, 'in:' || $1 || '@') OR key = 'user:' || $1",
        username,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Deletes counters whose last failure is older than `before`. Needs `Users`.
pub(super) async fn delete_old_counters(tx: &mut SystemTx, before: DateTime<Utc>) -> Result<u64> {
    Ok(sqlx::query!("DELETE FROM auth.login_state WHERE last_failed_at < $1", before).execute(tx.conn()).await?.rows_affected())
}

/// Takes the lock under which first accounts are made; held until the transaction ends.
pub(super) async fn lock_first_start(tx: &mut SystemTx) -> Result<()> {
    const KEY: i64 = 0x7261_696e_5f75_7372;
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", KEY).execute(tx.conn()).await?;
    Ok(())
}

/// Waits for others who decide about accounts. Held until the transaction ends; taken before [`lock_account`].
pub(super) async fn lock_administration(tx: &mut SystemTx) -> Result<()> {
    const KEY: i64 = 0x7261_696e_5f61_646d;
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", KEY).execute(tx.conn()).await?;
    Ok(())
}

/// Waits for others who decide about this account: its password, its sessions, its keys. Held until the transaction ends; what is read
/// afterwards stays true until then.
pub(crate) async fn lock_account(tx: &mut SystemTx, user_id: Uuid) -> Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('account ' || $1, 0))", user_id.to_string()).execute(tx.conn()).await?;
    Ok(())
}

/// Whether an account may sign in and is still at this epoch. Needs `Own` (of that account) or `Users`.
pub(crate) async fn is_at_epoch(tx: &mut SystemTx, user_id: Uuid, epoch: i32) -> Result<bool> {
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM auth.users WHERE id = $1 AND active AND auth_epoch = $2) AS "is!""#, user_id, epoch,)
        .fetch_one(tx.conn())
        .await
}

/// Whether an account is an administrator's now and this session of it is still open. Needs `Users`.
pub(super) async fn administers_in(tx: &mut SystemTx, user_id: Uuid, session_id: Uuid) -> Result<bool> {
    sqlx::query_scalar!(
        r#"
        SELECT EXISTS (
            SELECT FROM auth.users u
            JOIN auth.sessions s ON s.user_id = u.id
            WHERE u.id = $1 AND u.active AND u.role = 'admin' AND s.id = $2
        ) AS "is!"
        "#,
        user_id,
        session_id,
    )
    .fetch_one(tx.conn())
    .await
}

/// Whether there is any account. Needs `Users`.
pub(super) async fn has_accounts(tx: &mut SystemTx) -> Result<bool> {
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM auth.users) AS "any!""#).fetch_one(tx.conn()).await
}

/// Makes an account without a password. Needs `Users`.
pub(super) async fn create_account(tx: &mut SystemTx, id: Uuid, username: &str, role: &str, regions: &[String]) -> Result<()> {
    sqlx::query!("INSERT INTO auth.users (id, username, role) VALUES ($1, $2, $3)", id, username, role).execute(tx.conn()).await?;
    sqlx::query!("INSERT INTO auth.user_regions (user_id, region) SELECT $1, r FROM unnest($2::text[]) r", id, regions)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Names of regions, in Turkish order.
pub(super) async fn list_region_names(tx: &mut SystemTx, codes: &[String]) -> Result<Vec<String>> {
    sqlx::query_scalar!(r#"SELECT name FROM app.regions WHERE code = ANY ($1) ORDER BY name COLLATE "tr-x-icu""#, codes)
        .fetch_all(tx.conn())
        .await
}

/// Codes of an account's regions, in their order. Needs `Users`.
pub(super) async fn list_regions_of(tx: &mut SystemTx, user_id: Uuid) -> Result<Vec<String>> {
    sqlx::query_scalar!("SELECT region FROM auth.user_regions WHERE user_id = $1 ORDER BY region", user_id).fetch_all(tx.conn()).await
}

/// Gives an account another role and other regions. Needs `Users`.
pub(super) async fn store_rights(tx: &mut SystemTx, user_id: Uuid, role: &str, regions: &[String]) -> Result<()> {
    sqlx::query!("UPDATE auth.users SET role = $2 WHERE id = $1", user_id, role).execute(tx.conn()).await?;
    sqlx::query!("DELETE FROM auth.user_regions WHERE user_id = $1 AND region <> ALL ($2)", user_id, regions).execute(tx.conn()).await?;
    sqlx::query!(
        "INSERT INTO auth.user_regions (user_id, region) SELECT $1, r FROM unnest($2::text[]) r ON CONFLICT DO NOTHING",
        user_id,
        regions
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Those of `codes` that are not active offices.
pub(super) async fn list_unknown_offices(tx: &mut SystemTx, codes: &[String]) -> Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"
        SELECT
            k AS "code!"
        FROM unnest($1::text[]) k
        WHERE NOT EXISTS (SELECT FROM app.regions r WHERE r.code = k AND r.kind = 'office' AND r.active)
        "#,
        codes,
    )
    .fetch_all(tx.conn())
    .await
}

/// Gives an account a password. Needs `Users`.
pub(super) async fn store_password(tx: &mut SystemTx, user_id: Uuid, phc: &str, must_change: bool, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"
        INSERT INTO auth.credentials (user_id, pw_hash, must_change, changed_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (user_id) DO UPDATE
            SET pw_hash = excluded.pw_hash, must_change = excluded.must_change, changed_at = excluded.changed_at, used_at = NULL
        "#,
        user_id,
        phc,
        must_change,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Uses a temporary password up: false when it was used before, or is not the account's any more. Needs `Own` (of that account).
pub(super) async fn use_temporary_password(tx: &mut SystemTx, user_id: Uuid, epoch: i32, now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        UPDATE auth.credentials c
        SET used_at = $3
        WHERE c.user_id = $1
          AND c.must_change
          AND (c.used_at IS NULL OR c.used_at < c.changed_at)
          AND EXISTS (SELECT FROM auth.users u WHERE u.id = $1 AND u.active AND u.auth_epoch = $2)
        "#,
        user_id,
        epoch,
        now,
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// [`raise_epoch`] if the account may sign in and is still at this epoch; `None` otherwise. Needs `Users`.
pub(super) async fn raise_epoch_from(tx: &mut SystemTx, user_id: Uuid, epoch: i32) -> Result<Option<i32>> {
    sqlx::query_scalar!(
        "UPDATE auth.users SET auth_epoch = auth_epoch + 1 WHERE id = $1 AND auth_epoch = $2 AND active RETURNING auth_epoch",
        user_id,
        epoch,
    )
    .fetch_optional(tx.conn())
    .await
}

/// Invalidates every session opened before, also one that is being opened right now. Returns the new epoch. Needs `Users`.
pub(super) async fn raise_epoch(tx: &mut SystemTx, user_id: Uuid) -> Result<i32> {
    sqlx::query_scalar!("UPDATE auth.users SET auth_epoch = auth_epoch + 1 WHERE id = $1 RETURNING auth_epoch", user_id)
        .fetch_one(tx.conn())
        .await
}

/// Lets an account sign in, or not. Needs `Users`.
pub(super) async fn store_active(tx: &mut SystemTx, user_id: Uuid, active: bool) -> Result<()> {
    sqlx::query!("UPDATE auth.users SET active = $2 WHERE id = $1", user_id, active).execute(tx.conn()).await?;
    Ok(())
}

/// Ids of the admins who can sign in: active, with a password of their own or a temporary one that is good. Needs `Users`, and
/// [`lock_administration`], so that two of them cannot be disabled at once.
pub(super) async fn list_usable_admins(tx: &mut SystemTx, now: DateTime<Utc>) -> Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"
        SELECT
            u.id
        FROM auth.users u
        JOIN auth.credentials c ON c.user_id = u.id
        WHERE u.role = 'admin'
          AND u.active
          AND c.pw_hash IS NOT NULL
          AND (NOT c.must_change OR c.changed_at > $1 AND (c.used_at IS NULL OR c.used_at < c.changed_at))
        ORDER BY u.id
        "#,
        now - TEMPORARY_FOR,
    )
    .fetch_all(tx.conn())
    .await
}

/// Stores a person's choice of language and theme; `None` leaves one as it is. Needs `Users`.
pub(super) async fn store_preferences(tx: &mut SystemTx, user_id: Uuid, lang: Option<&str>, theme: Option<&str>) -> Result<()> {
    sqlx::query!("UPDATE auth.users SET lang = coalesce($2, lang), theme = coalesce($3, theme) WHERE id = $1", user_id, lang, theme)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// An account in a list.
#[expect(clippy::struct_excessive_bools, reason = "columns of a query")]
pub(super) struct ListedRow {
    pub id: Uuid,
    pub username: String,
    pub role: String,
    pub active: bool,
    pub regions: Vec<String>,
    pub has_password: bool,
    pub must_change: bool,
    pub changed_at: Option<DateTime<Utc>>,
    pub is_used: bool,
}

/// All accounts by name. Needs `Users`.
pub(super) async fn list_accounts(tx: &mut SystemTx) -> Result<Vec<ListedRow>> {
    sqlx::query_as!(
        ListedRow,
        r#"
        SELECT
            u.id,
            u.username,
            u.role,
            u.active,
            ARRAY(SELECT m.region FROM auth.user_regions m WHERE m.user_id = u.id ORDER BY m.region) AS "regions!",
            c.pw_hash IS NOT NULL AS "has_password!",
            coalesce(c.must_change, true) AS "must_change!",
            c.changed_at AS "changed_at?",
            coalesce(c.used_at >= c.changed_at, false) AS "is_used!"
        FROM auth.users u
        LEFT JOIN auth.credentials c ON c.user_id = u.id
        ORDER BY u.username
        "#,
    )
    .fetch_all(tx.conn())
    .await
}

/// Names of the first accounts (the offices' and `admin`) whose own password has not been chosen yet. Needs `Users`.
pub(super) async fn list_first_accounts_without_own_password(tx: &mut SystemTx) -> Result<Vec<String>> {
    let names: Vec<String> = FIRST_OFFICES.iter().map(|o| o.username).chain(["admin"]).map(str::to_owned).collect();
    sqlx::query_scalar!(
        r#"
        SELECT
            u.username
        FROM auth.users u
        LEFT JOIN auth.credentials c ON c.user_id = u.id
        WHERE u.username = ANY ($1)
          AND coalesce(c.must_change OR c.pw_hash IS NULL, true)
        ORDER BY u.username
        "#,
        &names,
    )
    .fetch_all(tx.conn())
    .await
}

/// Ends all API keys of an account for good: it gets another password, or is disabled. Needs `Users`.
pub(super) async fn revoke_keys_of(tx: &mut SystemTx, user_id: Uuid, now: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query!("UPDATE auth.api_tokens SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL", user_id, now)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected())
}
