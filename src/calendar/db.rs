//! SQL of the calendar.

use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::{Calendar, CalendarDay, DayKind, Entry};
use crate::{
    db::{Mode, ScopedTx, sole},
    identity::Region,
};

/// The table's CHECK has the same values.
pub(crate) fn kind_of(word: &str) -> Result<DayKind, sqlx::Error> {
    DayKind::parse(word).ok_or_else(|| sqlx::Error::Decode(format!("calendar_days.kind: {word}").into()))
}

/// The marked days of the scope's regions from `from` to `to`, including the company's.
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
    let days = rows.into_iter();
    calendar_of(days.map(|r| Marked { region: r.region, day: r.day, name: r.name, kind: r.kind, free_from_min: r.free_from_min }).collect())
}

/// A marked day as JSON, from statements that read several things at once.
#[derive(Debug, Deserialize)]
pub struct Marked {
    /// The region's code; `company` for all regions.
    pub region: String,
    /// The date.
    pub day: NaiveDate,
    /// The day's name.
    pub name: String,
    /// The value of its [`DayKind`].
    pub kind: String,
    /// Minute of the day at which the free time starts.
    pub free_from_min: i32,
}

/// The calendar of marked days.
///
/// # Errors
///
/// If the program does not know a kind.
pub fn calendar_of(days: Vec<Marked>) -> Result<Calendar, sqlx::Error> {
    let entry = |d: Marked| Ok(Entry { region: d.region, day: d.day, name: d.name, kind: kind_of(&d.kind)?, free_from: d.free_from_min });
    let entries: Result<Vec<Entry>, sqlx::Error> = days.into_iter().map(entry).collect();
    Ok(Calendar::new(&entries?))
}

/// A day as the calendar's page shows it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The row's id.
    pub id: Uuid,
    /// The region's code; `company` for all regions.
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
