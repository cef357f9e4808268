//! SQL of the regions.

use crate::{db::Db, identity::Region};

/// Codes of all regions, the company's included, for work that goes through them one by one.
pub async fn list_all_regions(db: &Db) -> Result<Vec<Region>, sqlx::Error> {
    let mut tx = db.system(&crate::db::Capability::Users(None)).await?;
    let codes = sqlx::query_scalar!("SELECT code FROM app.regions ORDER BY code").fetch_all(tx.conn()).await?;
    Ok(codes.iter().filter_map(|code| Region::parse(code).ok()).collect())
}

/// Whether the region takes operations. False for one that does not exist, too.
pub async fn is_open(db: &Db, region: &Region) -> Result<bool, sqlx::Error> {
    let mut tx = db.system(&crate::db::Capability::Users(None)).await?;
    let found = sqlx::query_scalar!("SELECT active FROM app.regions WHERE code = $1", region.code()).fetch_optional(tx.conn()).await?;
    Ok(found.unwrap_or(false))
}
