//! SQL of the settings.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{RegionSettings, rules_of};
use crate::{
    db::{Mode, ScopedTx},
    hours::Rules,
    identity::Region,
    offline_mode::OfflineMode,
};

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
