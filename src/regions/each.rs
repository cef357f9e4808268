//! What the server does by itself, region by region.

use std::fmt::Display;

use super::db::list_all_regions;
use crate::{db::Db, identity::Region};

/// Does the same in every region, one after the other. What fails in one is a line of the log, which begins with `trouble`, and stops no other.
pub async fn for_each_region<E: Display, F: Future<Output = Result<(), E>>>(
    db: &Db,
    trouble: &'static str,
    act: impl Fn(Region) -> F,
) -> Result<(), sqlx::Error> {
    for region in list_all_regions(db).await? {
        if let Err(error) = act(region.clone()).await {
            tracing::warn!(region = region.code(), %error, "{trouble}");
        }
    }
    Ok(())
}
