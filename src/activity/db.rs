//! SQL of the activity log.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::NewEvent;
use crate::{
    db::{ScopedTx, Write},
    ids::new_id,
    regions::Region,
};

/// Records an event of `region`, which the transaction's scope has to contain. Number and hash are given at commit.
pub async fn record_event(tx: &mut ScopedTx<Write>, region: &Region, event: &NewEvent, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        INSERT INTO app.activity_event (region, id, at, actor, username, kind, address, user_agent, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        "#,
        region.code(),
        new_id(),
        now,
        event.actor,
        event.username,
        event.kind.as_str(),
        event.visitor.address().map(|a| a.to_string()),
        event.visitor.user_agent(),
        Value::Object(event.detail.clone()),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
