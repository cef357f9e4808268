//! What a row held in a version of it, out of the change log. A form need not carry what its author saw: history does not change, so a repeat of
//! the same form finds the same.

use serde_json::Value;
use uuid::Uuid;

use super::db;
use crate::{
    db::{Mode, ScopedTx},
    identity::Region,
    ops::{as_field, description},
};

/// The value that a form's field had in a version of a row; null for a row that is not there.
pub async fn value_at<M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    entity: &str,
    id: Uuid,
    field: &str,
    version: i64,
) -> Result<Value, sqlx::Error> {
    let column = description(entity).and_then(|entity| entity.field(field)).map_or(field, |field| field.column);
    let value = db::find_logged_value(tx, region, entity, id, column, version).await?;
    Ok(as_field(entity, column, &value.unwrap_or_default()).1)
}
