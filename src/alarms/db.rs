//! SQL of the alarms of all sources.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Finding;
use crate::{
    db::{Mode, ScopedTx, Write, expect_one},
    identity::{Actor, Region},
    ids::new_id,
};

type Result<T> = std::result::Result<T, sqlx::Error>;

/// An alarm that is not over.
#[derive(Debug, Clone)]
pub(super) struct OpenAlarm {
    pub id: Uuid,
    pub subject: Uuid,
    pub kind: String,
    pub amount: i64,
}

/// A source's alarms in the scope that are not over.
pub(super) async fn list_open<M: Mode>(tx: &mut ScopedTx<M>, source: &str) -> Result<Vec<OpenAlarm>> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        OpenAlarm,
        "SELECT id, subject, kind, amount FROM app.alarm WHERE region = ANY ($1) AND source = $2 AND ended_at IS NULL",
        &codes,
        source,
    )
    .fetch_all(tx.conn())
    .await
}

/// How many alarms of a source in a region are not over.
pub async fn count_open<M: Mode>(tx: &mut ScopedTx<M>, source: &str, region: &Region) -> Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM app.alarm WHERE region = $1 AND source = $2 AND ended_at IS NULL"#,
        region.code(),
        source,
    )
    .fetch_one(tx.conn())
    .await
}

/// Raises an alarm. False if it exists already.
pub(super) async fn insert(tx: &mut ScopedTx<Write>, region: &Region, source: &str, finding: &Finding, now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        INSERT INTO app.alarm (region, id, source, subject, kind, amount, since, raised_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT DO NOTHING
        "#,
        region.code(),
        new_id(),
        source,
        finding.subject,
        finding.kind.word,
        finding.amount,
        finding.since,
        now,
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Raises the amount of an alarm, which has to be acknowledged again.
pub(super) async fn grow(tx: &mut ScopedTx<Write>, region: &Region, source: &str, id: Uuid, amount: i64) -> Result<()> {
    sqlx::query!(
        r#"
        UPDATE app.alarm
        SET amount = $4,
            seen_at = NULL,
            seen_by = NULL,
            seen_by_name = NULL
        WHERE region = $1 AND source = $2 AND id = $3
        "#,
        region.code(),
        source,
        id,
        amount,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends an alarm.
pub(super) async fn end(tx: &mut ScopedTx<Write>, region: &Region, source: &str, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE app.alarm SET ended_at = $4 WHERE region = $1 AND source = $2 AND id = $3 AND ended_at IS NULL",
        region.code(),
        source,
        id,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An alarm that was acknowledged.
pub(super) struct SeenAlarm {
    pub region: String,
    pub subject: Uuid,
    pub kind: String,
    /// Whether it was acknowledged before.
    pub is_old: bool,
}

/// Marks an alarm as seen by an administrator. `None` if the source has no such alarm in the scope.
pub(super) async fn acknowledge(
    tx: &mut ScopedTx<Write>,
    source: &str,
    id: Uuid,
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<Option<SeenAlarm>> {
    let codes = tx.scope().codes();
    let found = sqlx::query_as!(
        SeenAlarm,
        r#"
        SELECT region,
               subject,
               kind,
               seen_at IS NOT NULL AS "is_old!"
        FROM app.alarm
        WHERE region = ANY ($1) AND source = $2 AND id = $3
        FOR UPDATE
        "#,
        &codes,
        source,
        id,
    )
    .fetch_optional(tx.conn())
    .await?;
    if found.as_ref().is_some_and(|alarm| !alarm.is_old) {
        let done = sqlx::query!(
            "UPDATE app.alarm SET seen_at = $4, seen_by = $5, seen_by_name = $6 WHERE region = ANY ($1) AND source = $2 AND id = $3",
            &codes,
            source,
            id,
            now,
            by.user_id,
            by.username,
        );
        expect_one(&done.execute(tx.conn()).await?)?;
    }
    Ok(found)
}

/// An alarm that no administrator has seen.
#[derive(Debug)]
pub(crate) struct AlarmRow {
    pub source: String,
    pub region: String,
    pub id: Uuid,
    pub subject: Uuid,
    pub kind: String,
    pub amount: i64,
    pub since: DateTime<Utc>,
}

/// Open alarms of these sources in the scope that no administrator has seen; the last 50 of each source.
pub(super) async fn list_unseen<M: Mode>(tx: &mut ScopedTx<M>, sources: &[String]) -> Result<Vec<AlarmRow>> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        AlarmRow,
        r#"
        SELECT s.source AS "source!",
               a.region,
               a.id,
               a.subject,
               a.kind,
               a.amount,
               a.since
        FROM unnest($2::text[]) WITH ORDINALITY s (source, place)
        CROSS JOIN LATERAL (
            SELECT region, id, subject, kind, amount, since, raised_at FROM app.alarm
            WHERE region = ANY ($1) AND source = s.source AND ended_at IS NULL AND seen_at IS NULL
            ORDER BY raised_at DESC, id
            LIMIT 50
        ) a
        ORDER BY s.place, a.raised_at DESC, a.id
        "#,
        &codes,
        sources,
    )
    .fetch_all(tx.conn())
    .await
}
