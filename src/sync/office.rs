//! The database in a person's scope, as pages read it.

use rainstaff_pages::error::PageResult;
use sqlx::{AssertSqlSafe, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::rows::{columns, values_in};
use crate::{
    db::{Mode, ScopedTx, sole},
    error::unread,
    ops::{Entity, Field, FieldKind, Listed},
    web::{
        office::{Office, Wanted},
        pagination::Pager,
    },
};

impl<M: Mode> Office for ScopedTx<M> {
    async fn find<E: Entity>(&mut self, id: Uuid) -> PageResult<Option<Listed<E>>> {
        let codes = self.scope().codes();
        let sql = format!("{} WHERE region = ANY ($1) AND id = $2", select::<E>());
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(&codes).bind(id).fetch_all(self.conn()).await.map_err(unread)?;
        sole(rows).map_err(unread)?.as_ref().map(listed).transpose().map_err(unread)
    }

    async fn list<E: Entity>(&mut self, is_bin: bool) -> PageResult<Vec<Listed<E>>> {
        let codes = self.scope().codes();
        let sql = format!(
            r#"{} WHERE region = ANY ($1) AND (deleted_at IS NOT NULL) = $2
               ORDER BY (SELECT r.name FROM app.regions r WHERE r.code = region) COLLATE "tr-x-icu", {}id"#,
            select::<E>(),
            by_title::<E>(),
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(&codes).bind(is_bin).fetch_all(self.conn()).await.map_err(unread)?;
        rows.iter().map(listed).collect::<Result<_, _>>().map_err(unread)
    }

    async fn page<E: Entity>(&mut self, wanted: &Wanted, page: Option<i64>, size: i64) -> PageResult<(Vec<Listed<E>>, Pager)> {
        let codes = self.scope().codes();
        let found: Vec<String> =
            wanted.searched.iter().map(|field| format!("position($3 IN sec.fold({}::text)) > 0", field.column)).collect();
        let which = format!("region = ANY ($1) AND (deleted_at IS NOT NULL) = $2 AND ($3 = '' OR {})", found.join(" OR "));
        let sql = format!("SELECT count(*) FROM {} WHERE {which}", E::TABLE);
        let total = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(&codes)
            .bind(wanted.is_bin)
            .bind(&wanted.text)
            .fetch_one(self.conn())
            .await
            .map_err(unread)?;
        let pager = Pager::new(page, size, total);
        let sql = format!(
            "{} WHERE {which} ORDER BY {}id LIMIT $4 OFFSET $5",
            select::<E>(),
            wanted.by.map_or_else(String::new, |field| format!("{}, ", order_by(field, wanted.descends))) + &by_title::<E>(),
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(&codes)
            .bind(wanted.is_bin)
            .bind(&wanted.text)
            .bind(pager.size)
            .bind(pager.offset())
            .fetch_all(self.conn())
            .await
            .map_err(unread)?;
        Ok((rows.iter().map(listed).collect::<Result<_, _>>().map_err(unread)?, pager))
    }
}

/// Blank values come last, in either direction.
fn order_by(field: &Field, descends: bool) -> String {
    let by = match field.kind {
        FieldKind::Text | FieldKind::OptionalText | FieldKind::LaterText => format!("nullif({}, '') COLLATE \"tr-x-icu\"", field.column),
        _ => field.column.to_owned(),
    };
    format!("{by}{} NULLS LAST", if descends { " DESC" } else { "" })
}

fn by_title<E: Entity>() -> String {
    let field = E::TITLE.and_then(|title| E::FORM.iter().find(|field| field.name == title.name));
    field.map_or_else(String::new, |field| format!("{}, ", order_by(field, false)))
}

fn select<E: Entity>() -> String {
    format!("SELECT id, region, version, deleted_at, {} FROM {}", columns::<E>(), E::TABLE)
}

/// A row in the form that pages read.
///
/// # Errors
///
/// A column is missing or holds something else.
pub fn listed<E: Entity>(row: &PgRow) -> Result<Listed<E>, sqlx::Error> {
    Ok(Listed {
        id: row.try_get("id")?,
        region: row.try_get("region")?,
        version: row.try_get("version")?,
        deleted_at: row.try_get("deleted_at")?,
        value: values_in(row)?,
    })
}
