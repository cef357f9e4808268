//! The SQL that the tables of all entities share, made of the list of an entity's columns ([`columns!`]). What one entity alone
//! asks stays in its own folder, as checked queries.

use sqlx::{
    Arguments as _, AssertSqlSafe, Decode, Encode, Executor as _, Postgres, Row as _, Type,
    error::BoxDynError,
    postgres::{PgArguments, PgHasArrayType, PgRow},
    types::Json,
};
use uuid::Uuid;

use super::table::{Stored, Tail};
use crate::{
    db::{Mode, ScopedTx, Write, expect_one},
    identity::Region,
    ops::{Description, Entity, descriptions},
};

/// A value of a row, as its column holds it.
pub trait Cell: Sized {
    /// What is sent to the database and comes back.
    type Bound: for<'q> Encode<'q, Postgres> + for<'r> Decode<'r, Postgres> + Type<Postgres> + PgHasArrayType + Send;

    /// To the database.
    fn bound(&self) -> Self::Bound;

    /// Back again.
    ///
    /// # Errors
    ///
    /// The column holds what the table's own checks do not allow.
    fn read(bound: Self::Bound) -> Result<Self, sqlx::Error>;
}

macro_rules! as_they_are {
    ($($kind:ty),+) => {$(
        impl Cell for $kind {
            type Bound = Self;

            fn bound(&self) -> Self {
                self.clone()
            }

            fn read(bound: Self) -> Result<Self, sqlx::Error> {
                Ok(bound)
            }
        }
    )+};
}

as_they_are!(String, Option<String>, i32, Option<i32>, bool, chrono::NaiveDate, Option<chrono::NaiveDate>, Uuid, Option<Uuid>);

/// Where the values of an entity lie.
pub trait Columns: Entity {
    /// The entity's own columns, as its fields name them: without head (`region`, `id`) and tail (`version` to `deleted_at`), which all tables have.
    const COLUMNS: &'static [&'static str];

    /// The values of a row.
    ///
    /// # Errors
    ///
    /// A column is missing or holds something else.
    fn read(row: &PgRow) -> Result<Self, sqlx::Error>;

    /// Adds the values of rows, one array for each column.
    ///
    /// # Errors
    ///
    /// A value cannot be encoded.
    fn bind_all(rows: &[&Self], arguments: &mut PgArguments) -> Result<(), BoxDynError>;

    /// Adds the values, in the order of the columns.
    ///
    /// # Errors
    ///
    /// A value cannot be encoded.
    fn bind(&self, arguments: &mut PgArguments) -> Result<(), BoxDynError>;
}

/// Says where the fields of an entity's type lie: `columns!(Employee { full_name: "full_name", ... })`. What the type has
/// besides, and no column holds, follows with its value: `; activation = Activation::No`.
macro_rules! columns {
    ($entity:ident { $($field:ident: $column:literal),+ $(,)? } $(; $beside:ident = $value:expr)*) => {
        impl $crate::sync::Columns for $entity {
            const COLUMNS: &'static [&'static str] = &[$($column),+];

            fn read(row: &sqlx::postgres::PgRow) -> Result<Self, sqlx::Error> {
                Ok(Self { $($field: $crate::sync::cell(row, $column)?,)+ $($beside: $value,)* })
            }

            fn bind_all(rows: &[&Self], arguments: &mut sqlx::postgres::PgArguments) -> Result<(), sqlx::error::BoxDynError> {
                $(sqlx::Arguments::add(arguments, rows.iter().map(|row| $crate::sync::Cell::bound(&row.$field)).collect::<Vec<_>>())?;)+
                Ok(())
            }

            fn bind(&self, arguments: &mut sqlx::postgres::PgArguments) -> Result<(), sqlx::error::BoxDynError> {
                $(sqlx::Arguments::add(arguments, $crate::sync::Cell::bound(&self.$field))?;)+
                Ok(())
            }
        }
    };
}

pub(crate) use columns;

/// Whether the columns that a type reads and binds are those that its fields name, in their order.
pub(super) const fn columns_are_fields<E: Columns>() -> bool {
    let (columns, fields) = (E::COLUMNS, E::FORM);
    if columns.len() != fields.len() {
        return false;
    }
    let mut n = 0;
    while n < columns.len() {
        if !same(columns[n].as_bytes(), fields[n].column.as_bytes()) {
            return false;
        }
        n += 1;
    }
    true
}

/// `==`, which is not `const`.
const fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut n = 0;
    while n < one.len() {
        if one[n] != other[n] {
            return false;
        }
        n += 1;
    }
    true
}

/// One value of a row.
///
/// # Errors
///
/// The column is missing or holds something else.
pub fn cell<C: Cell>(row: &PgRow, column: &str) -> Result<C, sqlx::Error> {
    C::read(row.try_get(column)?)
}

/// Reads and locks a row; of an entity of which a region has one, that one.
pub(super) async fn lock<E: Columns>(tx: &mut ScopedTx<Write>, region: &Region, id: Uuid) -> Result<Option<Stored<E>>, sqlx::Error> {
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
pub(super) async fn load<E: Columns, M: Mode>(tx: &mut ScopedTx<M>, region: &Region, ids: &[Uuid]) -> Result<Vec<Stored<E>>, sqlx::Error> {
    let sql = format!("{} WHERE region = $1 AND id = ANY ($2)", select::<E>());
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(region.code()).bind(ids).fetch_all(tx.conn()).await?;
    rows.iter().map(|row| stored(row, region)).collect()
}

/// Ids after `after`, in their order.
pub(super) async fn page_ids<E: Columns, M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let sql = format!("SELECT id FROM {} WHERE region = $1 AND id > $2 ORDER BY id LIMIT $3", E::TABLE);
    sqlx::query_scalar(AssertSqlSafe(sql)).bind(region.code()).bind(after).bind(limit).fetch_all(tx.conn()).await
}

/// Writes new rows, in one statement.
pub(super) async fn insert<E: Columns>(tx: &mut ScopedTx<Write>, region: &Region, rows: &[(Uuid, &E, &Tail)]) -> Result<(), sqlx::Error> {
    let columns = E::COLUMNS.join(", ");
    let places: Vec<String> = (2..E::COLUMNS.len() + 8).map(|n| format!("${n}")).collect();
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

fn bind_new<E: Columns>(rows: &[(Uuid, &E, &Tail)], region: &Region, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    fn tails<E, T>(rows: &[(Uuid, &E, &Tail)], of: impl Fn(&Tail) -> T) -> Vec<T> {
        rows.iter().map(|(_, _, tail)| of(tail)).collect()
    }
    arguments.add(region.code())?;
    arguments.add(rows.iter().map(|(id, ..)| *id).collect::<Vec<_>>())?;
    E::bind_all(&rows.iter().map(|(_, value, _)| *value).collect::<Vec<_>>(), arguments)?;
    arguments.add(tails(rows, |tail| tail.version))?;
    arguments.add(tails(rows, |tail| tail.deleted_at))?;
    arguments.add(tails(rows, |tail| tail.meta.clone()))?;
    arguments.add(tails(rows, |tail| tail.at))?;
    arguments.add(tails(rows, |tail| tail.by))
}

/// Overwrites a row that is there.
pub(super) async fn update<E: Columns>(
    tx: &mut ScopedTx<Write>,
    region: &Region,
    id: Uuid,
    value: &E,
    tail: &Tail,
) -> Result<(), sqlx::Error> {
    let tails = ["version", "deleted_at", "row_meta", "updated_at", "updated_by"];
    let set: Vec<String> = (3..).zip(E::COLUMNS.iter().chain(&tails)).map(|(n, column)| format!("{column} = ${n}")).collect();
    let sql = format!("UPDATE {} SET {} WHERE region = $1 AND id = $2", E::TABLE, set.join(", "));
    let mut arguments = PgArguments::default();
    bind_changed(region, id, value, tail, &mut arguments).map_err(sqlx::Error::Encode)?;
    expect_one(&sqlx::query_with(AssertSqlSafe(sql), arguments).execute(tx.conn()).await?)
}

fn bind_changed<E: Columns>(region: &Region, id: Uuid, value: &E, tail: &Tail, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    arguments.add(region.code())?;
    arguments.add(id)?;
    value.bind(arguments)?;
    arguments.add(tail.version)?;
    arguments.add(tail.deleted_at)?;
    arguments.add(&tail.meta)?;
    arguments.add(tail.at)?;
    arguments.add(tail.by)
}

/// Row count and xor of `sha256(id:version)` of each entity of a region that has rows, for comparison with a copy. First 64 bits, as hex.
pub(crate) async fn list_digests<M: Mode>(tx: &mut ScopedTx<M>, region: &Region) -> Result<Vec<(String, i64, String)>, sqlx::Error> {
    tx.conn().execute("SET LOCAL statement_timeout = '10s'").await?; // all rows of the region, once an hour from each PC
    let of_each = |entity: &Description| format!("SELECT '{}' AS entity, id, version FROM {} WHERE region = $1", entity.name, entity.table);
    let sql = format!(
        "SELECT entity, count(id),
                lpad(to_hex(coalesce(bit_xor(('x' || substr(encode(sha256(convert_to(id::text || ':' || version, 'UTF8')), 'hex'), 1, 16))::bit(64)::bigint), 0)), 16, '0')
         FROM ({}) row_versions
         GROUP BY entity
         ORDER BY entity",
        descriptions().iter().map(of_each).collect::<Vec<_>>().join(" UNION ALL "),
    );
    sqlx::query_as(AssertSqlSafe(sql)).bind(region.code()).fetch_all(tx.conn()).await
}

fn select<E: Columns>() -> String {
    format!("SELECT id, {}, version, deleted_at, row_meta FROM {}", E::COLUMNS.join(", "), E::TABLE)
}

fn stored<E: Columns>(row: &PgRow, region: &Region) -> Result<Stored<E>, sqlx::Error> {
    Ok(Stored {
        id: row.try_get("id")?,
        region: region.clone(),
        version: row.try_get("version")?,
        deleted_at: row.try_get("deleted_at")?,
        meta: row.try_get::<Json<_>, _>("row_meta")?.0,
        value: E::read(row)?,
    })
}
