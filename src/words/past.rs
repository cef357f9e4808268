//! What a row held in a version of it, out of the change log. A form need not carry what its author saw: history does not change, so a repeat of
//! the same form finds the same.

use serde_json::{Value, json};
use uuid::Uuid;

use super::db;
use crate::{
    civil,
    db::{Mode, ScopedTx},
    identity::Region,
};

/// Columns of the log that forms call otherwise. Most are the same.
const RENAMED: [(&str, &str); 7] = [
    ("start_min", "start_time"),
    ("end_min", "end_time"),
    ("break_min", "break_minutes"),
    ("weekday_min", "weekday_hours"),
    ("free_from_min", "free_from"),
    ("saturday_start_min", "saturday_start"),
    ("saturday_end_min", "saturday_end"),
];

/// The value that a form's field had in a version of a row; null for a row that is not there.
pub async fn value_at<M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    entity: &str,
    id: Uuid,
    field: &str,
    version: i64,
) -> Result<Value, sqlx::Error> {
    let column = RENAMED.iter().find(|(_, name)| *name == field).map_or(field, |(column, _)| column);
    let value = db::find_logged_value(tx, region, entity, id, column, version).await?;
    Ok(as_field(column, &value.unwrap_or_default()).1)
}

/// A column of the log as the field of a form: name and value.
pub fn as_field<'c>(column: &'c str, value: &Value) -> (&'c str, Value) {
    let name = RENAMED.iter().find(|(renamed, _)| *renamed == column).map_or(column, |(_, name)| name);
    let minutes = value.as_i64().and_then(|minutes| i32::try_from(minutes).ok());
    let value = match column {
        "break_min" => value.clone(),
        "weekday_min" => minutes.map_or(Value::Null, |minutes| json!(civil::format_decimal_hours(minutes))),
        "free_from_min" if minutes == Some(0) => Value::Null,
        _ if name != column => minutes.map_or(Value::Null, |minutes| json!(civil::format_time(minutes))),
        _ => value.clone(),
    };
    (name, value)
}
