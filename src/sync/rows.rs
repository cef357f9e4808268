//! The SQL that the tables of all entities share, made from an entity's fields. SQL of a single entity stays in its own folder.

use chrono::NaiveDate;
use sqlx::{
    Arguments as _, AssertSqlSafe, Row as _,
    error::BoxDynError,
    postgres::{PgArguments, PgRow},
    types::Json,
};
use uuid::Uuid;

use super::table::{Stored, Tail};
use crate::{
    db::{Mode, ScopedTx, Write, expect_one},
    identity::Region,
    ops::{Cell, Entity, Field, Plain, PlainKind, Source},
};

/// A row of a query as a source of values: each from the column of its field.
struct Columns<'r>(&'r PgRow);

impl Source for Columns<'_> {
    type Error = sqlx::Error;

    fn take<C: Cell>(&mut self, field: &'static Field) -> Result<C, sqlx::Error> {
        let plain = match C::KIND {
            PlainKind::Text => Plain::Text(self.0.try_get(field.column)?),
            PlainKind::Number => Plain::Number(self.0.try_get(field.column)?),
            PlainKind::Sum => Plain::Sum(self.0.try_get(field.column)?),
            PlainKind::Flag => Plain::Flag(self.0.try_get(field.column)?),
            PlainKind::Date => Plain::Date(self.0.try_get(field.column)?),
            PlainKind::Id => Plain::Id(self.0.try_get(field.column)?),
        };
        let unknown = || sqlx::Error::Decode(format!("{}: a word that this program does not know", field.column).into());
        C::from_column(plain).ok_or_else(unknown)
    }
}

/// The values of an entity in a row that has all of its columns ([`columns`]).
///
/// # Errors
///
/// A column is missing or holds something else.
pub fn values_in<E: Entity>(row: &PgRow) -> Result<E, sqlx::Error> {
    E::read(&mut Columns(row))
}

/// The entity's own columns, for a SELECT: without head (`region`, `id`) and tail (`version` to `deleted_at`), which all tables have.
pub fn columns<E: Entity>() -> String {
    column_names::<E>().collect::<Vec<_>>().join(", ")
}

fn column_names<E: Entity>() -> impl Iterator<Item = &'static str> {
    E::FORM.iter().map(|field| field.column)
}

/// Adds the values of one row.
fn bind<E: Entity>(value: &E, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    value.cells().into_iter().try_for_each(|cell| bind_cell(cell, arguments))
}

fn bind_cell(cell: Plain, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    match cell {
        Plain::Text(text) => arguments.add(text),
        Plain::Number(number) => arguments.add(number),
        Plain::Sum(sum) => arguments.add(sum),
        Plain::Flag(flag) => arguments.add(flag),
        Plain::Date(date) => arguments.add(date),
        Plain::Id(id) => arguments.add(id),
    }
}

/// Adds the values of rows, one array for each column.
fn bind_all<E: Entity>(rows: &[(Uuid, &E, &Tail)], arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    let mut rows: Vec<_> = rows.iter().map(|(_, value, _)| value.cells().into_iter()).collect();
    for _ in E::FORM {
        let mut column = Array::default();
        rows.iter_mut().filter_map(Iterator::next).for_each(|cell| column.push(cell));
        column.bind(arguments)?;
    }
    Ok(())
}

/// The values of one column, all of one kind.
#[derive(Default)]
struct Array {
    texts: Vec<Option<String>>,
    numbers: Vec<Option<i32>>,
    sums: Vec<Option<i64>>,
    flags: Vec<Option<bool>>,
    dates: Vec<Option<NaiveDate>>,
    ids: Vec<Option<Uuid>>,
}

impl Array {
    fn push(&mut self, cell: Plain) {
        match cell {
            Plain::Text(text) => self.texts.push(text),
            Plain::Number(number) => self.numbers.push(number),
            Plain::Sum(sum) => self.sums.push(sum),
            Plain::Flag(flag) => self.flags.push(flag),
            Plain::Date(date) => self.dates.push(date),
            Plain::Id(id) => self.ids.push(id),
        }
    }

    fn bind(self, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
        let Self { texts, numbers, sums, flags, dates, ids } = self;
        match () {
            () if !texts.is_empty() => arguments.add(texts),
            () if !numbers.is_empty() => arguments.add(numbers),
            () if !sums.is_empty() => arguments.add(sums),
            () if !flags.is_empty() => arguments.add(flags),
            () if !dates.is_empty() => arguments.add(dates),
            () => arguments.add(ids),
        }
    }
}

/// Reads and locks a row; if a region has only one row of this entity, that one.
pub(super) async fn lock<E: Entity>(tx: &mut ScopedTx<Write>, region: &Region, id: Uuid) -> Result<Option<Stored<E>>, sqlx::Error> {
    let sql = select::<E>();
    let row = if E::only_id(region).is_some() {
        let sql = format!("{sql} WHERE region = $1 FOR UPDATE");
        sqlx::query(AssertSqlSafe(sql)).bind(region.code()).fetch_optional(tx.conn()).await?
    } else {
        let sql = format!("{sql} WHERE region = $1 AND id = $2 FOR UPDATE");
        sqlx::query(AssertSqlSafe(sql)).bind(region.code()).bind(id).fetch_optional(tx.conn()).await?
    };
    row.map(|row| stored(&row, region)).transpose()
}

/// Reads rows by id.
pub(super) async fn load<E: Entity, M: Mode>(tx: &mut ScopedTx<M>, region: &Region, ids: &[Uuid]) -> Result<Vec<Stored<E>>, sqlx::Error> {
    let sql = format!("{} WHERE region = $1 AND id = ANY ($2)", select::<E>());
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(region.code()).bind(ids).fetch_all(tx.conn()).await?;
    rows.iter().map(|row| stored(row, region)).collect()
}

/// The live row of a region that has one of these business keys. The index that keeps a key apart also finds it.
pub(super) async fn find_by_keys<E: Entity, M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    keys: Vec<(&'static Field, Plain)>,
) -> Result<Option<Uuid>, sqlx::Error> {
    for (field, key) in keys {
        let sql = format!("SELECT id FROM {} WHERE region = $1 AND {} = $2 AND deleted_at IS NULL", E::TABLE, field.column);
        let mut arguments = PgArguments::default();
        arguments.add(region.code()).map_err(sqlx::Error::Encode)?;
        bind_cell(key, &mut arguments).map_err(sqlx::Error::Encode)?;
        if let Some(twin) = sqlx::query_scalar_with(AssertSqlSafe(sql), arguments).fetch_optional(tx.conn()).await? {
            return Ok(Some(twin));
        }
    }
    Ok(None)
}

/// Ids after `after`, in their order.
pub(super) async fn page_ids<E: Entity, M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let sql = format!("SELECT id FROM {} WHERE region = $1 AND id > $2 ORDER BY id LIMIT $3", E::TABLE);
    sqlx::query_scalar(AssertSqlSafe(sql)).bind(region.code()).bind(after).bind(limit).fetch_all(tx.conn()).await
}

/// Writes new rows, in one statement.
pub(super) async fn insert<E: Entity>(tx: &mut ScopedTx<Write>, region: &Region, rows: &[(Uuid, &E, &Tail)]) -> Result<(), sqlx::Error> {
    let columns = columns::<E>();
    let places: Vec<String> = (2..E::FORM.len() + 8).map(|n| format!("${n}")).collect();
    let sql = format!(
        "INSERT INTO {} (region, id, {columns}, version, deleted_at, row_meta, created_at, updated_at, created_by, updated_by)
         SELECT $1, id, {columns}, version, deleted_at, row_meta, at, at, by, by
         FROM unnest({}) r (id, {columns}, version, deleted_at, row_meta, at, by)",
        E::TABLE,
        places.join(", "),
    );
    let mut arguments = PgArguments::default();
    bind_new(rows, region, &mut arguments).map_err(sqlx::Error::Encode)?;
    sqlx::query_with(AssertSqlSafe(sql), arguments).execute(tx.conn()).await?;
    Ok(())
}

fn bind_new<E: Entity>(rows: &[(Uuid, &E, &Tail)], region: &Region, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    fn tails<E, T>(rows: &[(Uuid, &E, &Tail)], of: impl Fn(&Tail) -> T) -> Vec<T> {
        rows.iter().map(|(_, _, tail)| of(tail)).collect()
    }
    arguments.add(region.code())?;
    arguments.add(rows.iter().map(|(id, ..)| *id).collect::<Vec<_>>())?;
    bind_all(rows, arguments)?;
    arguments.add(tails(rows, |tail| tail.version))?;
    arguments.add(tails(rows, |tail| tail.deleted_at))?;
    arguments.add(tails(rows, |tail| tail.meta.clone()))?;
    arguments.add(tails(rows, |tail| tail.at))?;
    arguments.add(tails(rows, |tail| tail.by))
}

/// Overwrites an existing row.
pub(super) async fn update<E: Entity>(
    tx: &mut ScopedTx<Write>,
    region: &Region,
    id: Uuid,
    value: &E,
    tail: &Tail,
) -> Result<(), sqlx::Error> {
    let tails = ["version", "deleted_at", "row_meta", "updated_at", "updated_by"];
    let set: Vec<String> = (3..).zip(column_names::<E>().chain(tails)).map(|(n, column)| format!("{column} = ${n}")).collect();
    let sql = format!("UPDATE {} SET {} WHERE region = $1 AND id = $2", E::TABLE, set.join(", "));
    let mut arguments = PgArguments::default();
    bind_changed(region, id, value, tail, &mut arguments).map_err(sqlx::Error::Encode)?;
    expect_one(&sqlx::query_with(AssertSqlSafe(sql), arguments).execute(tx.conn()).await?)
}

fn bind_changed<E: Entity>(region: &Region, id: Uuid, value: &E, tail: &Tail, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    arguments.add(region.code())?;
    arguments.add(id)?;
    bind(value, arguments)?;
    arguments.add(tail.version)?;
    arguments.add(tail.deleted_at)?;
    arguments.add(&tail.meta)?;
    arguments.add(tail.at)?;
    arguments.add(tail.by)
}

/// Row count and xor of `sha256(id:version)` of each entity of a region that has rows, for comparison with a copy. First 64 bits, as hex.
/// Kept up to date by `sec.seal_change`; `rainstaff doctor` compares them with the rows.
pub(crate) async fn list_digests<M: Mode>(tx: &mut ScopedTx<M>, region: &Region) -> Result<Vec<(String, i64, String)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        SELECT kept.key AS "entity!",
               (kept.value ->> 'rows')::bigint AS "count!",
               lpad(to_hex((kept.value ->> 'xor')::bigint), 16, '0') AS "xor!"
        FROM app.region_head h
        CROSS JOIN jsonb_each(h.digests) kept
        WHERE h.region = $1 AND kept.value ->> 'rows' <> '0'
        "#,
        region.code(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.entity, row.count, row.xor)).collect())
}

fn select<E: Entity>() -> String {
    format!("SELECT id, {}, version, deleted_at, row_meta FROM {}", columns::<E>(), E::TABLE)
}

fn stored<E: Entity>(row: &PgRow, region: &Region) -> Result<Stored<E>, sqlx::Error> {
    Ok(Stored {
        id: row.try_get("id")?,
        region: region.clone(),
        version: row.try_get("version")?,
        deleted_at: row.try_get("deleted_at")?,
        meta: row.try_get::<Json<_>, _>("row_meta")?.0,
        value: values_in(row)?,
    })
}
