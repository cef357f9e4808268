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
    let sql = descriptions().iter().filter_map(names_sql).map(|sql| format!("{sql} AND t.id = ANY ($2)"));
    let codes = tx.scope().codes();
    let sql = sql.collect::<Vec<_>>().join(" UNION ALL ");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(&codes).bind(ids).fetch_all(tx.conn()).await?;
    Ok(with_labels(tx, found).await?.into_iter().map(|(id, _, name)| (id, name)).collect())
}

/// Names of those of `ids` that are rows of this entity, in the regions of the scope.
pub(crate) async fn list_names<M: Mode>(
    tx: &mut ScopedTx<M>,
    entity: &Description,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, RowName>, sqlx::Error> {
    let Some(sql) = names_sql(entity).filter(|_| !ids.is_empty()) else { return Ok(HashMap::new()) };
    let codes = tx.scope().codes();
    let sql = format!("{sql} AND t.id = ANY ($2)");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(&codes).bind(ids).fetch_all(tx.conn()).await?;
    Ok(with_labels(tx, found).await?.into_iter().map(|(id, _, name)| (id, name)).collect())
}

/// The rows of an entity that are not in the trash, by name: id, region's code, name.
pub(crate) async fn list_named_rows<M: Mode>(
    tx: &mut ScopedTx<M>,
    entity: &Description,
) -> Result<Vec<(Uuid, String, RowName)>, sqlx::Error> {
    let (Some(sql), Some(title)) = (names_sql(entity), title_sql(entity, "t")) else { return Ok(Vec::new()) };
    let codes = tx.scope().codes();
    let sql = format!("{sql} AND t.deleted_at IS NULL ORDER BY {title} COLLATE \"tr-x-icu\", t.id");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(&codes).fetch_all(tx.conn()).await?;
    with_labels(tx, found).await
}

/// Id, region, name, date, whether it is deleted, and the row whose name it is.
type Found = (Uuid, String, String, Option<NaiveDate>, bool, Uuid);

/// Adds what distinguishes namesakes, by the person that a row is or is about.
async fn with_labels<M: Mode>(tx: &mut ScopedTx<M>, found: Vec<Found>) -> Result<Vec<(Uuid, String, RowName)>, sqlx::Error> {
    let labels = load_labels(tx).await?;
    let named = |(id, region, name, work_date, deleted, about): Found| {
        (id, region, RowName { name: labels.name(about, &name), work_date, deleted })
    };
    Ok(found.into_iter().map(named).collect())
}

/// The rows of an entity in the regions `$1`; a row whose title is missing is not found.
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
        "SELECT t.id, t.region, {name}, {date}, t.deleted_at IS NOT NULL, {about} FROM {} t {other} WHERE t.region = ANY ($1)",
        entity.table
    ))
}

/// The name of a row of the table `alias`, as an expression; `None` for an entity without a title.
pub(crate) fn title_sql(entity: &Description, alias: &str) -> Option<String> {
    let title = entity.title?;
    let Some(of) = title.of else { return Some(format!("{alias}.{}", title.name)) };
    name_sql(description(of)?, alias, title.name)
}

/// The name of the row of `other` that a column of the table `alias` refers to, as an expression.
pub(crate) fn name_sql(other: &Description, alias: &str, column: &str) -> Option<String> {
    let inner = format!("{alias}_");
    let name = title_sql(other, &inner)?;
    Some(format!("(SELECT {name} FROM {} {inner} WHERE {inner}.region = {alias}.region AND {inner}.id = {alias}.{column})", other.table))
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
