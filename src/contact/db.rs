//! SQL of what the server knows of the browsers' queues.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    judge::{AlarmKind, Finding, QueueState},
    report::Numbers,
};
use crate::{
    alarms::CLOCK_MAY_DIFFER,
    db::{Mode, ScopedTx, Write, expect_one},
    identity::{Actor, Region},
    ids::new_id,
};

type Result<T> = std::result::Result<T, sqlx::Error>;

/// Queues whose holes one ping tells at most.
const QUEUES_IN_A_PING: i64 = 20;

/// What is known of a queue already.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub region: String,
    /// No browser has told of it yet, only this device.
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

/// What is known of a queue in the scope, where several regions have a row the oldest.
pub(super) async fn find_contact<M: Mode>(tx: &mut ScopedTx<M>, queue_id: Uuid) -> Result<Option<Known>> {
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

/// The state of a queue after a contact.
#[derive(Debug, Clone)]
pub(super) struct Contact {
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

/// Stores the first contact of a queue, or the next one.
pub(super) async fn store_contact(tx: &mut ScopedTx<Write>, contact: &Contact) -> Result<()> {
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

/// Which numbers of a queue have arrived, when somebody else than its browser brought some: all else is for the browser to tell. `dense_to`
/// stays where it was at the browser's last word, so that what came by another way since can be counted from there.
pub(super) async fn store_numbers(
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

/// Numbers of a queue between two that have not arrived in the scope; 100 at most.
pub(super) async fn list_gaps<M: Mode>(tx: &mut ScopedTx<M>, queue_id: Uuid, after: i64, to: i64) -> Result<Vec<i64>> {
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
pub(super) async fn list_arrived<M: Mode>(tx: &mut ScopedTx<M>, queue_id: Uuid, numbers: &[i64]) -> Result<Vec<i64>> {
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

/// A queue with whatever an event about it has to name.
#[derive(Debug, Clone)]
pub(super) struct Watched {
    pub state: QueueState,
    pub user_id: Uuid,
    pub username: Option<String>,
    pub browser: String,
}

/// The queues of the scope about which a rule may have something to say. What a device has brought of a queue since its browser was heard of
/// waits there no more, and is not missing, whatever the browser said last.
pub(super) async fn list_states<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<Watched>> {
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
        CLOCK_MAY_DIFFER,
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

/// An alarm that is not over.
#[derive(Debug, Clone)]
pub(super) struct OpenAlarm {
    pub id: Uuid,
    pub queue_id: Uuid,
    pub kind: AlarmKind,
    pub amount: i64,
}

/// The alarms of the scope that are not over.
pub(super) async fn list_open_alarms<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<OpenAlarm>> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!("SELECT id, queue_id, kind, amount FROM app.queue_alarm WHERE region = ANY ($1) AND ended_at IS NULL", &codes)
        .fetch_all(tx.conn())
        .await?;
    let alarm = |kind, id, queue_id, amount| OpenAlarm { id, queue_id, kind, amount };
    Ok(rows.into_iter().filter_map(|r| AlarmKind::parse(&r.kind).map(|kind| alarm(kind, r.id, r.queue_id, r.amount))).collect())
}

/// Raises an alarm. False when it is there already.
pub(super) async fn insert_alarm(tx: &mut ScopedTx<Write>, region: &Region, finding: &Finding, now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        INSERT INTO app.queue_alarm (region, id, queue_id, kind, amount, since, raised_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (region, queue_id, kind) WHERE ended_at IS NULL DO NOTHING
        "#,
        region.code(),
        new_id(),
        finding.queue_id,
        finding.kind.as_str(),
        finding.amount,
        finding.since,
        now,
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// More is odd than when the alarm was raised: somebody has to see it again.
pub(super) async fn raise_amount(tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, amount: i64) -> Result<()> {
    sqlx::query!(
        r#"
        UPDATE app.queue_alarm
        SET amount = $3,
            seen_at = NULL,
            seen_by = NULL,
            seen_by_name = NULL
        WHERE region = $1 AND id = $2
        "#,
        region.code(),
        id,
        amount,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An alarm is over.
pub(super) async fn end_alarm(tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("UPDATE app.queue_alarm SET ended_at = $3 WHERE region = $1 AND id = $2 AND ended_at IS NULL", region.code(), id, now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// An alarm somebody saw.
pub(super) struct SeenAlarm {
    pub region: String,
    pub kind: String,
    pub username: Option<String>,
    /// It had been seen before.
    pub is_old: bool,
}

/// Somebody has seen an alarm. None when there is no such alarm in the scope.
pub(super) async fn acknowledge(tx: &mut ScopedTx<Write>, id: Uuid, by: &Actor, now: DateTime<Utc>) -> Result<Option<SeenAlarm>> {
    let codes = tx.scope().codes();
    let found = sqlx::query_as!(
        SeenAlarm,
        r#"
        SELECT a.region,
               a.kind,
               q.username,
               a.seen_at IS NOT NULL AS "is_old!"
        FROM app.queue_alarm a
        JOIN app.queue_contact q ON q.region = a.region AND q.queue_id = a.queue_id
        WHERE a.region = ANY ($1) AND q.region = ANY ($1) AND a.id = $2
        FOR UPDATE OF a
        "#,
        &codes,
        id,
    )
    .fetch_optional(tx.conn())
    .await?;
    if found.as_ref().is_some_and(|alarm| !alarm.is_old) {
        let done = sqlx::query!(
            "UPDATE app.queue_alarm SET seen_at = $3, seen_by = $4, seen_by_name = $5 WHERE region = ANY ($1) AND id = $2",
            &codes,
            id,
            now,
            by.user_id,
            by.username,
        );
        expect_one(&done.execute(tx.conn()).await?)?;
    }
    Ok(found)
}

/// An alarm that nobody has seen.
pub(super) struct AlarmRow {
    pub region: String,
    pub id: Uuid,
    pub kind: String,
    pub amount: i64,
    pub since: DateTime<Utc>,
    pub user_id: Uuid,
    pub username: Option<String>,
    pub reporter: String,
    pub browser: String,
}

/// The alarms of the scope that are not over and that nobody has seen; 50 at most.
pub(super) async fn list_unseen<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<AlarmRow>> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        AlarmRow,
        r#"
        SELECT a.region,
               a.id,
               a.kind,
               a.amount,
               a.since,
               q.user_id,
               q.username,
               q.reporter,
               q.browser
        FROM app.queue_alarm a
        JOIN app.queue_contact q ON q.region = a.region AND q.queue_id = a.queue_id
        WHERE a.region = ANY ($1) AND q.region = ANY ($1) AND a.ended_at IS NULL AND a.seen_at IS NULL
        ORDER BY a.raised_at DESC, a.id
        LIMIT 50
        "#,
        &codes,
    )
    .fetch_all(tx.conn())
    .await
}

/// A queue in the list.
pub(super) struct QueueRow {
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

/// The queues of the scope with work, and those heard of since `since`; 100 at most, those that wait longest first. One that was told of in
/// two regions is shown as it was last. A queue that has vanished is left out once somebody has seen that.
pub(super) async fn list_queues<M: Mode>(tx: &mut ScopedTx<M>, since: DateTime<Utc>) -> Result<Vec<QueueRow>> {
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
              SELECT FROM app.queue_alarm a
              WHERE a.region = q.region AND a.queue_id = q.queue_id AND a.kind = 'vanished' AND a.ended_at IS NULL AND a.seen_at IS NOT NULL
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
    /// Alarms that are not over.
    pub alarms: i64,
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
               (SELECT count(*) FROM app.queue_alarm a WHERE a.region = $1 AND a.ended_at IS NULL) AS "alarms!",
               (SELECT count(*) FROM app.op_quarantine o WHERE o.region = $1) AS "quarantined!"
        FROM app.queue_contact q
        WHERE q.region = $1
        "#,
        region.code(),
    )
    .fetch_one(tx.conn())
    .await
}

/// A body in the quarantine, without its bytes.
pub(super) struct QuarantinedRow {
    pub region: String,
    pub id: Uuid,
    pub username: String,
    pub browser: String,
    pub size: i32,
    pub received_at: DateTime<Utc>,
}

/// How many bodies the quarantine of the scope has, and the last of them.
pub(super) async fn list_quarantined<M: Mode>(tx: &mut ScopedTx<M>, limit: i64) -> Result<(i64, Vec<QuarantinedRow>)> {
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
pub(super) async fn find_quarantined<M: Mode>(tx: &mut ScopedTx<M>, id: Uuid) -> Result<Option<(String, Vec<u8>)>> {
    let codes = tx.scope().codes();
    let row = sqlx::query!("SELECT region, body FROM app.op_quarantine WHERE region = ANY ($1) AND id = $2", &codes, id)
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.map(|r| (r.region, r.body)))
}

/// Waits until nobody else deposits in this person's or device's name: what is counted after this stays true until the end of the transaction.
pub(super) async fn lock_deposits(tx: &mut ScopedTx<Write>, user_id: Uuid) -> Result<()> {
    sqlx::query_scalar!(
        r#"SELECT pg_advisory_xact_lock(hashtextextended('quarantine ' || $1::uuid::text, 0)) IS NULL AS "locked!""#,
        user_id
    )
    .fetch_one(tx.conn())
    .await
    .map(drop)
}

/// The id under which a person's body is in the quarantine already.
pub(super) async fn find_same<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, user_id: Uuid, sha256: &[u8; 32]) -> Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "SELECT id FROM app.op_quarantine WHERE region = $1 AND user_id = $2 AND sha256 = $3",
        region.code(),
        user_id,
        &sha256[..],
    )
    .fetch_optional(tx.conn())
    .await
}

/// How much a person put into the quarantine lately.
pub(super) struct Deposits {
    /// Bodies within an hour.
    pub in_hour: i64,
    /// Bytes within a day.
    pub bytes_in_day: i64,
}

/// How much a person put into the quarantine lately.
pub(super) async fn count_deposits<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, user_id: Uuid, now: DateTime<Utc>) -> Result<Deposits> {
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

/// Whose a body for the quarantine is: an account's, or a device's.
pub(super) struct Depositor<'a> {
    pub id: Uuid,
    pub name: &'a str,
}

/// A body for the quarantine.
pub(super) struct Deposit<'a> {
    pub id: Uuid,
    pub by: &'a Depositor<'a>,
    pub browser: &'a str,
    pub sha256: &'a [u8; 32],
    pub body: &'a [u8],
    pub at: DateTime<Utc>,
}

/// Stores a body. False when the same was stored by somebody quicker.
pub(super) async fn insert_deposit(tx: &mut ScopedTx<Write>, region: &Region, deposit: &Deposit<'_>) -> Result<bool> {
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
