//! SQL of the devices' heartbeats.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::db::{Mode, ScopedTx, Write, expect_one};

type Result<T> = std::result::Result<T, sqlx::Error>;

/// What a device reported about itself.
#[derive(Debug, Clone, Default)]
pub(super) struct ContactRow {
    pub device_id: Uuid,
    pub region: String,
    pub at: DateTime<Utc>,
    pub version: String,
    pub build: String,
    pub os: String,
    pub host: String,
    pub waiting: i64,
    pub oldest_at: Option<DateTime<Utc>>,
    pub log: Option<i64>,
    pub mirror_epoch: Option<Uuid>,
    pub mirror_seq: Option<i64>,
    pub mirror_synced_at: Option<DateTime<Utc>>,
    pub digest_equal: Option<bool>,
    pub disk_free: Option<i64>,
    pub offset_ms: i64,
    pub started_at: Option<DateTime<Utc>>,
    pub troubles: Vec<String>,
}

/// Stores the first report of a device, or the next one.
pub(super) async fn store_contact(tx: &mut ScopedTx<Write>, row: &ContactRow) -> Result<()> {
    let done = sqlx::query!(
        r#"
        INSERT INTO app.device_contact (region, device_id, last_at, version, build, os, host, waiting, oldest_at, log, mirror_epoch, mirror_seq,
            mirror_synced_at, digest_equal, disk_free, offset_ms, started_at, troubles)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        ON CONFLICT (device_id, region) DO UPDATE
        SET last_at = excluded.last_at,
            version = excluded.version,
            build = excluded.build,
            os = excluded.os,
            host = excluded.host,
            waiting = excluded.waiting,
            oldest_at = excluded.oldest_at,
            log = excluded.log,
            mirror_epoch = excluded.mirror_epoch,
            mirror_seq = excluded.mirror_seq,
            mirror_synced_at = excluded.mirror_synced_at,
            digest_equal = excluded.digest_equal,
            disk_free = excluded.disk_free,
            offset_ms = excluded.offset_ms,
            started_at = excluded.started_at,
            troubles = excluded.troubles
        "#,
        row.region,
        row.device_id,
        row.at,
        row.version,
        row.build,
        row.os,
        row.host,
        row.waiting,
        row.oldest_at,
        row.log,
        row.mirror_epoch,
        row.mirror_seq,
        row.mirror_synced_at,
        row.digest_equal,
        row.disk_free,
        row.offset_ms,
        row.started_at,
        &row.troubles,
    )
    .execute(tx.conn())
    .await?;
    expect_one(&done)
}

/// A region as its PC knows it.
pub(super) struct RegionRow {
    pub name: String,
    pub is_open: bool,
    pub epoch: Uuid,
}

/// The name of the scope's region, whether it takes entries, and the epoch of its data; `fresh` becomes the epoch if a new one is due.
pub(super) async fn find_region(tx: &mut ScopedTx<Write>, code: &str, fresh: Uuid) -> Result<RegionRow> {
    sqlx::query_as!(
        RegionRow,
        r#"SELECT r.name, r.active AS "is_open!", sec.renew_epoch($2) AS "epoch!" FROM app.regions r WHERE r.code = $1"#,
        code,
        fresh,
    )
    .fetch_one(tx.conn())
    .await
}

/// A marked day of the company.
pub(super) struct DayRow {
    pub day: NaiveDate,
    pub name: String,
    pub kind: String,
    pub free_from_min: i32,
}

/// The marked days that hold for every region.
pub(super) async fn list_company_days<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<DayRow>> {
    sqlx::query_as!(DayRow, "SELECT day, name, kind, free_from_min FROM sec.company_days ORDER BY day, id").fetch_all(tx.conn()).await
}
