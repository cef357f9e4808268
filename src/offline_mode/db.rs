//! SQL of the kill switch.

use super::OfflineMode;
use crate::db::{Capability, Db};

/// What browsers may do without a network.
pub(super) async fn find_mode(db: &Db) -> Result<OfflineMode, sqlx::Error> {
    let mut tx = db.system(&Capability::Users(None)).await?;
    let word = sqlx::query_scalar!("SELECT offline_mode FROM sec.company_settings").fetch_optional(tx.conn()).await?.flatten();
    Ok(word.as_deref().and_then(OfflineMode::parse).unwrap_or_default())
}
