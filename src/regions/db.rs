//! SQL of the regions.

use crate::{
    auth::Actor,
    db::{Db, Mode, Scope, ScopedTx},
    regions::Region,
    web::page::RegionName,
};

/// Names of the regions the person works in, in Turkish order.
pub async fn list_region_names(db: &Db, actor: &Actor) -> Result<Vec<RegionName>, sqlx::Error> {
    match Scope::of(actor) {
        Some(scope) => list_names(&mut db.read(&scope).await?).await,
        None => Ok(Vec::new()),
    }
}

/// Names of the scope's regions, in Turkish order.
pub async fn list_names<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<RegionName>, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        RegionName,
        r#"
        SELECT code,
               name
        FROM app.regions
        WHERE code = ANY ($1)
        ORDER BY name COLLATE "tr-x-icu"
        "#,
        &codes,
    )
    .fetch_all(tx.conn())
    .await
}

/// Codes of all regions, the company's included, for work that goes through them one by one.
pub async fn list_all_regions(db: &Db) -> Result<Vec<Region>, sqlx::Error> {
    let mut tx = db.system(&crate::db::Capability::Users(None)).await?;
    let codes = sqlx::query_scalar!("SELECT code FROM app.regions ORDER BY code").fetch_all(tx.conn()).await?;
    Ok(codes.iter().filter_map(|code| Region::parse(code).ok()).collect())
}
