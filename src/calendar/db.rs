//! SQL of the calendar.

use chrono::NaiveDate;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Calendar, CalendarDay, DayKind, Entry};
use crate::{
    db::{Mode, ScopedTx, Write, expect_one, sole},
    identity::Region,
    ops::Meta,
    sync::{Stored, Tail},
};

/// The table's CHECK knows the same words.
pub(crate) fn kind_of(word: &str) -> Result<DayKind, sqlx::Error> {
    DayKind::parse(word).ok_or_else(|| sqlx::Error::Decode(format!("calendar_days.kind: {word}").into()))
}

/// One row of the table as the write path wants it: `query!` makes a type per query, so this turns each of them into a [`Stored`].
macro_rules! stored {
    ($r:expr, $region:expr) => {{
        let r = $r;
        Ok::<_, sqlx::Error>(Stored {
            id: r.id,
            region: $region.clone(),
            version: r.version,
            deleted_at: r.deleted_at,
            meta: r.row_meta.0,
            value: CalendarDay { day: r.day, name: r.name, kind: kind_of(&r.kind)?, free_from: r.free_from_min, source: r.source },
        })
    }};
}

/// Reads and locks a row.
pub(super) async fn lock_calendar_day(
    tx: &mut ScopedTx<Write>,
    region: &Region,
    id: Uuid,
) -> Result<Option<Stored<CalendarDay>>, sqlx::Error> {
    let row = sqlx::query!(
        r#"
        SELECT id,
               region,
               day,
               name,
               kind,
               free_from_min,
               source,
               version,
               deleted_at,
               row_meta AS "row_meta: Json<Meta>"
        FROM app.calendar_days
        WHERE region = $1 AND id = $2
        FOR UPDATE
        "#,
        region.code(),
        id,
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| stored!(r, region)).transpose()
}

/// Reads rows by id.
pub(super) async fn load_calendar_days<M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    ids: &[Uuid],
) -> Result<Vec<Stored<CalendarDay>>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        SELECT id,
               region,
               day,
               name,
               kind,
               free_from_min,
               source,
               version,
               deleted_at,
               row_meta AS "row_meta: Json<Meta>"
        FROM app.calendar_days
        WHERE region = $1 AND id = ANY ($2)
        "#,
        region.code(),
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(|r| stored!(r, region)).collect()
}

/// Ids after `after`, in their order.
pub(super) async fn page_ids<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, after: Uuid, limit: i64) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("SELECT id FROM app.calendar_days WHERE region = $1 AND id > $2 ORDER BY id LIMIT $3", region.code(), after, limit)
        .fetch_all(tx.conn())
        .await
}

pub(super) async fn insert_calendar_day(
    tx: &mut ScopedTx<Write>,
    region: &Region,
    id: Uuid,
    value: &CalendarDay,
    tail: &Tail,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        INSERT INTO app.calendar_days (region, id, day, name, kind, free_from_min, source, version, deleted_at, row_meta, created_at, updated_at, created_by, updated_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $12)
        "#,
        region.code(),
        id,
        value.day,
        value.name,
        value.kind.as_str(),
        value.free_from,
        value.source,
        tail.version,
        tail.deleted_at,
        &tail.meta as _,
        tail.at,
        tail.by,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn update_calendar_day(
    tx: &mut ScopedTx<Write>,
    region: &Region,
    id: Uuid,
    value: &CalendarDay,
    tail: &Tail,
) -> Result<(), sqlx::Error> {
    let done = sqlx::query!(
        r#"
        UPDATE app.calendar_days
        SET day = $3,
            name = $4,
            kind = $5,
            free_from_min = $6,
            source = $7,
            version = $8,
            deleted_at = $9,
            row_meta = $10,
            updated_at = $11,
            updated_by = $12
        WHERE region = $1 AND id = $2
        "#,
        region.code(),
        id,
        value.day,
        value.name,
        value.kind.as_str(),
        value.free_from,
        value.source,
        tail.version,
        tail.deleted_at,
        &tail.meta as _,
        tail.at,
        tail.by,
    )
    .execute(tx.conn())
    .await?;
    expect_one(&done)
}

/// The marked days of the scope's regions from `from` to `to`, the company's among them.
pub async fn load_calendar<M: Mode>(tx: &mut ScopedTx<M>, from: NaiveDate, to: NaiveDate) -> Result<Calendar, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT 'company' AS "region!",
               day AS "day!",
               name AS "name!",
               kind AS "kind!",
               free_from_min AS "free_from_min!"
        FROM sec.company_days
        WHERE day BETWEEN $2 AND $3
        UNION ALL
        SELECT region,
               day,
               name,
               kind,
               free_from_min
        FROM app.calendar_days
        WHERE region = ANY ($1) AND region <> 'company' AND deleted_at IS NULL AND day BETWEEN $2 AND $3
        "#,
        &codes,
        from,
        to,
    )
    .fetch_all(tx.conn())
    .await?;
    let entries: Result<Vec<Entry>, sqlx::Error> = rows
        .into_iter()
        .map(|r| Ok(Entry { region: r.region, day: r.day, name: r.name, kind: kind_of(&r.kind)?, free_from: r.free_from_min }))
        .collect();
    Ok(Calendar::new(&entries?))
}

/// A day as the calendar's page shows it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The row's id.
    pub id: Uuid,
    /// The region's code; `company` for all.
    pub region: String,
    /// The row's version.
    pub version: i64,
    /// The values.
    pub value: CalendarDay,
}

/// The rows of the scope from `from` to `to` that are not deleted, by date.
pub async fn list_calendar_days<M: Mode>(tx: &mut ScopedTx<M>, from: NaiveDate, to: NaiveDate) -> Result<Vec<Listed>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT id,
               region,
               day,
               name,
               kind,
               free_from_min,
               source,
               version
        FROM app.calendar_days
        WHERE region = ANY ($1) AND deleted_at IS NULL AND day BETWEEN $2 AND $3
        ORDER BY day, free_from_min, region, name COLLATE "tr-x-icu", id
        "#,
        &codes,
        from,
        to,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            let value = CalendarDay { day: r.day, name: r.name, kind: kind_of(&r.kind)?, free_from: r.free_from_min, source: r.source };
            Ok(Listed { id: r.id, region: r.region, version: r.version, value })
        })
        .collect()
}

/// A row, and whether it is deleted.
pub(super) struct Found {
    pub day: Listed,
    pub is_deleted: bool,
}

/// A row of the scope by its id.
pub(super) async fn find_calendar_day<M: Mode>(tx: &mut ScopedTx<M>, id: Uuid) -> Result<Option<Found>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT id,
               region,
               day,
               name,
               kind,
               free_from_min,
               source,
               version,
               deleted_at
        FROM app.calendar_days
        WHERE region = ANY ($1) AND id = $2
        "#,
        &codes,
        id,
    )
    .fetch_all(tx.conn())
    .await?;
    sole(rows)?
        .map(|r| {
            let value = CalendarDay { day: r.day, name: r.name, kind: kind_of(&r.kind)?, free_from: r.free_from_min, source: r.source };
            Ok(Found { is_deleted: r.deleted_at.is_some(), day: Listed { id: r.id, region: r.region, version: r.version, value } })
        })
        .transpose()
}

/// The live day of a region with this date and name.
pub(super) async fn find_by_day_and_name<M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    day: NaiveDate,
    name: &str,
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT id FROM app.calendar_days WHERE region = $1 AND day = $2 AND name = $3 AND deleted_at IS NULL",
        region.code(),
        day,
        name
    )
    .fetch_optional(tx.conn())
    .await
}
