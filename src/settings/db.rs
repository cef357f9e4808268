//! SQL of the settings.

use std::collections::BTreeMap;

use sqlx::types::Json;
use uuid::Uuid;

use super::{RegionSettings, ReportNames, effective::rules_of};
use crate::{
    db::{Mode, ScopedTx, Write, expect_one},
    hours::Rules,
    identity::Region,
    offline_mode::OfflineMode,
    ops::Meta,
    sync::{Stored, Tail},
};

/// One row of the table as the write path wants it: `query!` makes a type per query, so this turns each of them into a [`Stored`].
macro_rules! stored {
    ($r:expr, $region:expr) => {{
        let r = $r;
        Stored {
            id: r.id,
            region: $region.clone(),
            version: r.version,
            deleted_at: r.deleted_at,
            meta: r.row_meta.0,
            value: RegionSettings {
                company_name: r.company_name,
                report_title: r.report_title,
                weekday_minutes: r.weekday_min,
                saturday_start: r.saturday_start_min,
                saturday_end: r.saturday_end_min,
                offline_mode: r.offline_mode.as_deref().and_then(OfflineMode::parse),
            },
        }
    }};
}

/// Reads and locks the region's row.
pub(super) async fn lock_settings(tx: &mut ScopedTx<Write>, region: &Region) -> Result<Option<Stored<RegionSettings>>, sqlx::Error> {
    let row = sqlx::query!(
        r#"
        SELECT id,
               region,
               company_name,
               report_title,
               weekday_min,
               saturday_start_min,
               saturday_end_min,
               offline_mode,
               version,
               deleted_at,
               row_meta AS "row_meta: Json<Meta>"
        FROM app.settings
        WHERE region = $1
        FOR UPDATE
        "#,
        region.code(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|r| stored!(r, region)))
}

/// Reads rows by id.
pub(super) async fn load_settings<M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    ids: &[Uuid],
) -> Result<Vec<Stored<RegionSettings>>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        SELECT id,
               region,
               company_name,
               report_title,
               weekday_min,
               saturday_start_min,
               saturday_end_min,
               offline_mode,
               version,
               deleted_at,
               row_meta AS "row_meta: Json<Meta>"
        FROM app.settings
        WHERE region = $1 AND id = ANY ($2)
        "#,
        region.code(),
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| stored!(r, region)).collect())
}

/// Ids after `after`, in their order.
pub(super) async fn page_ids<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, after: Uuid, limit: i64) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("SELECT id FROM app.settings WHERE region = $1 AND id > $2 ORDER BY id LIMIT $3", region.code(), after, limit)
        .fetch_all(tx.conn())
        .await
}

pub(super) async fn insert_settings(
    tx: &mut ScopedTx<Write>,
    region: &Region,
    id: Uuid,
    value: &RegionSettings,
    tail: &Tail,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        INSERT INTO app.settings (region, id, company_name, report_title, weekday_min, saturday_start_min, saturday_end_min, version, deleted_at, row_meta, created_at, updated_at, created_by, updated_by,
            offline_mode)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $12, $13)
        "#,
        region.code(),
        id,
        value.company_name,
        value.report_title,
        value.weekday_minutes,
        value.saturday_start,
        value.saturday_end,
        tail.version,
        tail.deleted_at,
        &tail.meta as _,
        tail.at,
        tail.by,
        value.offline_mode.map(OfflineMode::as_str),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn update_settings(
    tx: &mut ScopedTx<Write>,
    region: &Region,
    id: Uuid,
    value: &RegionSettings,
    tail: &Tail,
) -> Result<(), sqlx::Error> {
    let done = sqlx::query!(
        r#"
        UPDATE app.settings
        SET company_name = $3,
            report_title = $4,
            weekday_min = $5,
            saturday_start_min = $6,
            saturday_end_min = $7,
            version = $8,
            deleted_at = $9,
            row_meta = $10,
            updated_at = $11,
            updated_by = $12,
            offline_mode = $13
        WHERE region = $1 AND id = $2
        "#,
        region.code(),
        id,
        value.company_name,
        value.report_title,
        value.weekday_minutes,
        value.saturday_start,
        value.saturday_end,
        tail.version,
        tail.deleted_at,
        &tail.meta as _,
        tail.at,
        tail.by,
        value.offline_mode.map(OfflineMode::as_str),
    )
    .execute(tx.conn())
    .await?;
    expect_one(&done)
}

/// A region's own row.
#[derive(Debug, Clone)]
pub struct OwnSettings {
    /// Its id: the region's ([`super::settings_id`]), unless an earlier version has let it in under another.
    pub id: Uuid,
    /// Its version.
    pub version: i64,
    /// The values.
    pub value: RegionSettings,
}

/// The scope's own settings rows that are not deleted, by region.
pub async fn list_own<M: Mode>(tx: &mut ScopedTx<M>) -> Result<BTreeMap<String, OwnSettings>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT region,
               id,
               company_name,
               report_title,
               weekday_min,
               saturday_start_min,
               saturday_end_min,
               offline_mode,
               version
        FROM app.settings
        WHERE region = ANY ($1) AND deleted_at IS NULL
        "#,
        &codes,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let value = RegionSettings {
                company_name: r.company_name,
                report_title: r.report_title,
                weekday_minutes: r.weekday_min,
                saturday_start: r.saturday_start_min,
                saturday_end: r.saturday_end_min,
                offline_mode: r.offline_mode.as_deref().and_then(OfflineMode::parse),
            };
            (r.region, OwnSettings { id: r.id, version: r.version, value })
        })
        .collect())
}

/// What holds for all regions, as every region may read it.
pub async fn find_companys<M: Mode>(tx: &mut ScopedTx<M>) -> Result<RegionSettings, sqlx::Error> {
    let row = sqlx::query!(
        r#"
        SELECT company_name,
               report_title,
               weekday_min,
               saturday_start_min,
               saturday_end_min,
               offline_mode
        FROM sec.company_settings
        "#
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(RegionSettings {
        company_name: row.company_name,
        report_title: row.report_title,
        weekday_minutes: row.weekday_min,
        saturday_start: row.saturday_start_min,
        saturday_end: row.saturday_end_min,
        offline_mode: row.offline_mode.as_deref().and_then(OfflineMode::parse),
    })
}

/// The hours' rule of each region of the scope: its own settings, else the company's, else the program's defaults (DOMAIN 4.1 item 6).
pub async fn list_rules<M: Mode>(tx: &mut ScopedTx<M>) -> Result<BTreeMap<String, Rules>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT r.code,
               coalesce(s.weekday_min, c.weekday_min) AS weekday_min,
               coalesce(s.saturday_start_min, c.saturday_start_min) AS saturday_start_min,
               coalesce(s.saturday_end_min, c.saturday_end_min) AS saturday_end_min
        FROM app.regions r
        LEFT JOIN app.settings s ON s.region = r.code AND s.deleted_at IS NULL AND s.region = ANY ($1)
        CROSS JOIN sec.company_settings c
        WHERE r.code = ANY ($1)
        "#,
        &codes,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| (r.code, rules_of(r.weekday_min, r.saturday_start_min, r.saturday_end_min))).collect())
}

/// Whether the region has settings of its own.
pub async fn exist<M: Mode>(tx: &mut ScopedTx<M>, region: &Region) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM app.settings WHERE region = $1) AS "exist!""#, region.code())
        .fetch_one(tx.conn())
        .await
}

/// What a region's report needs, in one query: the hours' rule as [`list_rules`] finds it, and the names, the region's own or the company's;
/// none where nobody set them.
pub async fn find_report_settings<M: Mode>(tx: &mut ScopedTx<M>, region: &Region) -> Result<(Rules, ReportNames), sqlx::Error> {
    let row = sqlx::query!(
        r#"
        SELECT coalesce(s.weekday_min, c.weekday_min) AS weekday_min,
               coalesce(s.saturday_start_min, c.saturday_start_min) AS saturday_start_min,
               coalesce(s.saturday_end_min, c.saturday_end_min) AS saturday_end_min,
               nullif(trim(coalesce(s.company_name, c.company_name)), '') AS company_name,
               nullif(trim(coalesce(s.report_title, c.report_title)), '') AS report_title
        FROM sec.company_settings c
        LEFT JOIN app.settings s ON s.region = $1 AND s.deleted_at IS NULL
        "#,
        region.code(),
    )
    .fetch_one(tx.conn())
    .await?;
    let rules = rules_of(row.weekday_min, row.saturday_start_min, row.saturday_end_min);
    Ok((rules, ReportNames { company_name: row.company_name, report_title: row.report_title }))
}
