//! The database in a person's scope, as pages read it.

use std::collections::HashMap;

use rainstaff_pages::error::PageResult;
use sqlx::{AssertSqlSafe, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::rows::{columns, values_in};
use crate::{
    db::{Mode, ScopedTx, sole},
    error::unread,
    ops::{Description, Entity, Field, FieldKind, Listed, description},
    web::{
        office::{NamedRow, Office, Wanted},
        pagination::Pager,
        search::{Looked, Sought},
    },
    words::{list_named_rows, list_names, name_sql, named, title_sql},
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
            r#"{} t WHERE t.region = ANY ($1) AND (t.deleted_at IS NOT NULL) = $2
               ORDER BY (SELECT r.name FROM app.regions r WHERE r.code = t.region) COLLATE "tr-x-icu", {}t.id"#,
            select::<E>(),
            by_title::<E>(),
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(&codes).bind(is_bin).fetch_all(self.conn()).await.map_err(unread)?;
        rows.iter().map(listed).collect::<Result<_, _>>().map_err(unread)
    }

    async fn page<E: Entity>(&mut self, wanted: &Wanted, page: Option<i64>, size: i64) -> PageResult<(Vec<Listed<E>>, Pager)> {
        let codes = self.scope().codes();
        let sought = wanted.sought.as_deref().unwrap_or_default();
        let texts: Vec<&str> = sought.iter().map(|sought| sought.text.as_str()).collect();
        let holds: Vec<String> = (1..).zip(sought).filter_map(|(n, sought)| holds(sought, n)).collect();
        let holds = if holds.is_empty() { "false".to_owned() } else { holds.join(" OR ") };
        let which = format!("t.region = ANY ($1) AND (t.deleted_at IS NOT NULL) = $2 AND (NOT $3 OR {holds})");
        let sql = format!("SELECT count(*) FROM {} t WHERE {which}", E::TABLE);
        let total = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(&codes)
            .bind(wanted.is_bin)
            .bind(wanted.sought.is_some())
            .bind(&texts)
            .fetch_one(self.conn())
            .await
            .map_err(unread)?;
        let pager = Pager::new(page, size, total);
        let sql = format!(
            "{} t WHERE {which} ORDER BY {}t.id LIMIT $5 OFFSET $6",
            select::<E>(),
            wanted.by.and_then(|field| order_by(field, wanted.descends)).unwrap_or_default() + &by_title::<E>(),
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(&codes)
            .bind(wanted.is_bin)
            .bind(wanted.sought.is_some())
            .bind(&texts)
            .bind(pager.size)
            .bind(pager.offset())
            .fetch_all(self.conn())
            .await
            .map_err(unread)?;
        Ok((rows.iter().map(listed).collect::<Result<_, _>>().map_err(unread)?, pager))
    }

    async fn names(&mut self, of: &'static Description, ids: &[Uuid]) -> PageResult<HashMap<Uuid, String>> {
        let names = list_names(self, of, ids).await.map_err(unread)?;
        Ok(names.into_iter().map(|(id, name)| (id, named(&name.name, name.work_date))).collect())
    }

    async fn named_rows(&mut self, of: &'static Description) -> PageResult<Vec<NamedRow>> {
        let rows = list_named_rows(self, of).await.map_err(unread)?;
        Ok(rows.into_iter().map(|(id, region, name)| NamedRow { id, region, name: named(&name.name, name.work_date) }).collect())
    }
}

/// Whether a row `t` has the `n`-th sought text, which is in the array `$4`; `None` for a reference to rows without names.
fn holds(sought: &Sought, n: usize) -> Option<String> {
    let column = sought.field.column;
    Some(match sought.by {
        Looked::Value => format!("position($4[{n}] IN sec.fold(t.{column}::text)) > 0"),
        Looked::Compact => format!("position($4[{n}] IN replace(sec.fold(t.{column}), ' ', '')) > 0"),
        Looked::Date => format!("position($4[{n}] IN to_char(t.{column}, 'DD.MM.YYYY')) > 0"),
        Looked::Words => format!("position(' ' || t.{column} || ' ' IN $4[{n}]) > 0"),
        Looked::Name => format!("position($4[{n}] IN sec.fold({})) > 0", name_of(sought.field)?),
    })
}

/// The name of the row that a field of a row `t` refers to.
fn name_of(field: &Field) -> Option<String> {
    name_sql(description(field.of?)?, "t", field.column)
}

/// Blank values come last, in either direction; `None` for a reference to rows without names.
fn order_by(field: &Field, descends: bool) -> Option<String> {
    let column = format!("t.{}", field.column);
    let by = match field.kind {
        FieldKind::Text
        | FieldKind::OptionalText
        | FieldKind::LaterText
        | FieldKind::LongText
        | FieldKind::IdentityNo
        | FieldKind::Plate
        | FieldKind::Phone
        | FieldKind::Weekdays => in_turkish(&format!("nullif({column}, '')")),
        FieldKind::Choice if !field.choices.is_empty() => {
            let words: Vec<String> = field.choices.iter().map(|word| format!("'{word}'")).collect();
            format!("array_position(ARRAY[{}], {column})", words.join(", "))
        }
        FieldKind::Choice => in_turkish(&column),
        FieldKind::Id => in_turkish(&name_of(field)?),
        _ if field.zero_is_blank => format!("nullif({column}, 0)"),
        FieldKind::Date
        | FieldKind::Time
        | FieldKind::Integer
        | FieldKind::Decimal
        | FieldKind::Flag
        | FieldKind::Money
        | FieldKind::Minutes => column,
    };
    Some(format!("{by}{} NULLS LAST, ", if descends { " DESC" } else { "" }))
}

fn in_turkish(text: &str) -> String {
    format!("{text} COLLATE \"tr-x-icu\"")
}

/// The order of names of the rows `t`; blank ones come last.
fn by_title<E: Entity>() -> String {
    let title = title_sql(&Description::of::<E>(), "t");
    title.map_or_else(String::new, |title| format!("{} NULLS LAST, ", in_turkish(&format!("nullif({title}, '')"))))
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
