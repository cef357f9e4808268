//! SQL of the regions.

use crate::{db::Db, regions::Region};

/// Codes of all regions, the company's included, for work that goes through them one by one.
pub async fn list_all_regions(db: &Db) -> Result<Vec<Region>, sqlx::Error> {
    let mut tx = db.system(&crate::db::Capability::Users(None)).await?;
    let codes = sqlx::query_scalar!("SELECT code FROM app.regions ORDER BY code").fetch_all(tx.conn()).await?;
    Ok(codes.iter().filter_map(|code| Region::parse(code).ok()).collect())
}
