//! SQL of what rows are called.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::{
    db::{Mode, ScopedTx},
    identity::Region,
    labels::db::load_labels,
    ops::{Description, description, descriptions},
};

/// What people call a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowName {
    /// The name; of a timesheet its person's.
    pub name: String,
    /// The date it is about, where it is about one.
    pub work_date: Option<NaiveDate>,
    /// It is in the bin.
    pub deleted: bool,
}

/// Names of those of `ids` that are rows with a title, in the regions of the scope.
pub async fn list_row_names<M: Mode>(tx: &mut ScopedTx<M>, ids: &[Uuid]) -> Result<HashMap<Uuid, RowName>, sqlx::Error> {
    let codes = tx.scope().codes();
    let sql = descriptions().iter().filter_map(names_sql).collect::<Vec<_>>().join(" UNION ALL ");
    let rows: Vec<(Uuid, String, Option<NaiveDate>, bool, Uuid)> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(&codes).bind(ids).fetch_all(tx.conn()).await?;
    let labels = load_labels(tx).await?; // of namesakes, by the person that a row is or is about
    let rows = rows.into_iter();
    Ok(rows.map(|(id, name, work_date, deleted, about)| (id, RowName { name: labels.name(about, &name), work_date, deleted })).collect())
}

/// Id, name, date, whether it is deleted, and the row whose name it is.
fn names_sql(entity: &Description) -> Option<String> {
    let title = entity.title?;
    let date = title.date.map_or_else(|| "NULL::date".to_owned(), |date| format!("t.{date}"));
    let (name, about, other) = match title.of {
        None => (format!("t.{}", title.name), "t.id".to_owned(), String::new()),
        Some(of) => {
            let other = description(of)?;
            let join = format!("JOIN {} o ON o.region = t.region AND o.id = t.{}", other.table, title.name);
            (format!("o.{}", other.title?.name), "o.id".to_owned(), join)
        }
    };
    Some(format!(
        "SELECT t.id, {name}, {date}, t.deleted_at IS NOT NULL, {about} FROM {} t {other} WHERE t.region = ANY ($1) AND t.id = ANY ($2)",
        entity.table
    ))
}

/// What a column of a row held in a version of it; none where that version has no such row or column.
pub(super) async fn find_logged_value<M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    entity: &str,
    entity_id: Uuid,
    column: &str,
    version: i64,
) -> Result<Option<Value>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        r#"
        SELECT after -> $4::text
        FROM app.change_log
        WHERE region = $1
          AND entity = $2
          AND entity_id = $3
          AND after ? $4
          AND version <= $5
        ORDER BY version DESC, id DESC
        LIMIT 1
        "#,
        region.code(),
        entity,
        entity_id,
        column,
        version,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.flatten())
}
