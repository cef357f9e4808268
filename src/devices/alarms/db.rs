//! SQL of the alarms about devices.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::judge::{DeviceAlarmKind, DeviceFinding, DeviceState};
use crate::{
    db::{Mode, ScopedTx, Write, expect_one},
    identity::{Actor, Region},
    ids::new_id,
};

type Result<T> = std::result::Result<T, sqlx::Error>;

/// A device with whatever an event about it has to name.
#[derive(Debug, Clone)]
pub(super) struct Watched {
    pub state: DeviceState,
    pub name: String,
}

/// The devices of the scope that have told of themselves and are not revoked.
pub(super) async fn list_states<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<Watched>> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT c.device_id,
               d.name,
               c.last_at,
               c.waiting,
               c.offset_ms,
               c.digest_equal,
               c.disk_free,
               c.troubles
        FROM app.device_contact c
        JOIN auth.devices d ON d.region = c.region AND d.id = c.device_id
        WHERE c.region = ANY ($1) AND d.revoked_at IS NULL
        "#,
        &codes,
    )
    .fetch_all(tx.conn())
    .await?;
    let watched = rows.into_iter().map(|r| Watched {
        state: DeviceState {
            device_id: r.device_id,
            last_at: r.last_at,
            waiting: r.waiting,
            offset_ms: r.offset_ms,
            digest_equal: r.digest_equal,
            disk_free: r.disk_free,
            troubles: r.troubles,
        },
        name: r.name,
    });
    Ok(watched.collect())
}

/// An alarm that is not over.
#[derive(Debug, Clone)]
pub(super) struct OpenAlarm {
    pub id: Uuid,
    pub device_id: Uuid,
    pub kind: DeviceAlarmKind,
}

/// The alarms of the scope that are not over.
pub(super) async fn list_open_alarms<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<OpenAlarm>> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!("SELECT id, device_id, kind FROM app.device_alarm WHERE region = ANY ($1) AND ended_at IS NULL", &codes)
        .fetch_all(tx.conn())
        .await?;
    let alarm = |kind, id, device_id| OpenAlarm { id, device_id, kind };
    Ok(rows.into_iter().filter_map(|r| DeviceAlarmKind::parse(&r.kind).map(|kind| alarm(kind, r.id, r.device_id))).collect())
}

/// Raises an alarm. False when it is there already.
pub(super) async fn insert_alarm(tx: &mut ScopedTx<Write>, region: &Region, finding: &DeviceFinding, now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        INSERT INTO app.device_alarm (region, id, device_id, kind, amount, since, raised_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (region, device_id, kind) WHERE ended_at IS NULL DO NOTHING
        "#,
        region.code(),
        new_id(),
        finding.device_id,
        finding.kind.as_str(),
        finding.amount,
        finding.since,
        now,
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// An alarm is over.
pub(super) async fn end_alarm(tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("UPDATE app.device_alarm SET ended_at = $3 WHERE region = $1 AND id = $2 AND ended_at IS NULL", region.code(), id, now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// An alarm somebody saw.
pub(super) struct SeenAlarm {
    pub region: String,
    pub kind: String,
    pub name: String,
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
               d.name,
               a.seen_at IS NOT NULL AS "is_old!"
        FROM app.device_alarm a
        JOIN auth.devices d ON d.region = a.region AND d.id = a.device_id
        WHERE a.region = ANY ($1) AND a.id = $2
        FOR UPDATE OF a
        "#,
        &codes,
        id,
    )
    .fetch_optional(tx.conn())
    .await?;
    if found.as_ref().is_some_and(|alarm| !alarm.is_old) {
        let done = sqlx::query!(
            "UPDATE app.device_alarm SET seen_at = $3, seen_by = $4, seen_by_name = $5 WHERE region = ANY ($1) AND id = $2",
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
    pub device_id: Uuid,
    pub kind: String,
    pub amount: i64,
    pub since: DateTime<Utc>,
    pub name: String,
    pub host: String,
}

/// The alarms of the scope that are not over and that nobody has seen; 50 at most.
pub(super) async fn list_unseen<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<AlarmRow>> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        AlarmRow,
        r#"
        SELECT a.region,
               a.id,
               a.device_id,
               a.kind,
               a.amount,
               a.since,
               d.name,
               c.host
        FROM app.device_alarm a
        JOIN app.device_contact c ON c.region = a.region AND c.device_id = a.device_id
        JOIN auth.devices d ON d.region = a.region AND d.id = a.device_id
        WHERE a.region = ANY ($1) AND c.region = ANY ($1) AND a.ended_at IS NULL AND a.seen_at IS NULL
        ORDER BY a.raised_at DESC, a.id
        LIMIT 50
        "#,
        &codes,
    )
    .fetch_all(tx.conn())
    .await
}
