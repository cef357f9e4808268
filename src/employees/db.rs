//! SQL of the employees.

use chrono::NaiveDate;
use rainstaff_pages::error::{PageError, PageResult};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::{
    Employee, Left,
    listed::{Choice, Filter, Listed},
    office::People,
};
use crate::{
    complaint::FieldError,
    db::{Mode, ScopedTx, Write, sole},
    error::unread,
    hours::doubts::Around,
    identity::Region,
    labels::db::load_labels,
    ops::{Entity as _, Op},
    shift_templates::{self, listed::TemplateChoice},
    sync::{columns, values_in},
    web::pagination::Pager,
    words::value_at,
};

/// What a timesheet needs to know of its employee.
pub struct ForEntry {
    /// The employee is in the bin.
    pub deleted: bool,
    /// First day of employment.
    pub hire_date: Option<NaiveDate>,
    /// Last day of employment.
    pub exit_date: Option<NaiveDate>,
    /// Minutes of work in the person's other entries of the date.
    pub others_worked: i64,
}

impl ForEntry {
    /// The same, as the doubts about an entry want it.
    pub fn around(&self) -> Around {
        Around { others_worked: self.others_worked, hire_date: self.hire_date, exit_date: self.exit_date }
    }
}

/// Looks at an employee and keeps the row from vanishing until the transaction ends. `day` and `entry` are those of the entry that is to be
/// written.
pub async fn find_for_entry(
    tx: &mut ScopedTx<Write>,
    region: &Region,
    id: Uuid,
    day: NaiveDate,
    entry: Uuid,
) -> Result<Option<ForEntry>, sqlx::Error> {
    sqlx::query_as!(
        ForEntry,
        r#"
        SELECT deleted_at IS NOT NULL AS "deleted!",
               hire_date,
               exit_date,
               (SELECT coalesce(sum(greatest(t.end_min - t.start_min - t.break_min, 0)), 0)
                FROM app.timesheets t
                WHERE t.region = $1 AND t.employee_id = $2 AND t.work_date = $3 AND t.id <> $4 AND t.deleted_at IS NULL) AS "others_worked!"
        FROM app.employees
        WHERE region = $1 AND id = $2
        FOR KEY SHARE
        "#,
        region.code(),
        id,
        day,
        entry,
    )
    .fetch_optional(tx.conn())
    .await
}

/// Whether these, each named once, are all there, and none is deleted; keeps them there until the transaction ends.
pub async fn are_for_entry(tx: &mut ScopedTx<Write>, region: &Region, ids: &[Uuid]) -> Result<bool, sqlx::Error> {
    let there = sqlx::query_scalar!(
        r#"
        SELECT count(*) AS "there!"
        FROM (SELECT FROM app.employees WHERE region = $1 AND id = ANY ($2) AND deleted_at IS NULL ORDER BY id FOR KEY SHARE) e
        "#,
        region.code(),
        ids,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(usize::try_from(there) == Ok(ids.len()))
}

/// The date of a person's last entry; none for whoever has none.
pub(super) async fn find_last_day<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, id: Uuid) -> Result<Option<NaiveDate>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT max(work_date) FROM app.timesheets WHERE region = $1 AND employee_id = $2 AND deleted_at IS NULL",
        region.code(),
        id
    )
    .fetch_one(tx.conn())
    .await
}

/// Whether the scope has, or had, anybody.
pub async fn has_any<M: Mode>(tx: &mut ScopedTx<M>) -> Result<bool, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM app.employees WHERE region = ANY ($1)) AS "any!""#, &codes).fetch_one(tx.conn()).await
}

/// The people of the scope, those who have left among them, in Turkish order.
pub async fn list_choices<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<Choice>, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        Choice,
        r#"
        SELECT id,
               region,
               full_name,
               department,
               title,
               hire_date,
               exit_date,
               shift_template_id
        FROM app.employees
        WHERE region = ANY ($1) AND deleted_at IS NULL
        ORDER BY full_name COLLATE "tr-x-icu", department COLLATE "tr-x-icu", id
        "#,
        &codes,
    )
    .fetch_all(tx.conn())
    .await
}

/// Code of the region a person of the scope works in; none for somebody deleted.
pub async fn find_region<M: Mode>(tx: &mut ScopedTx<M>, id: Uuid) -> Result<Option<String>, sqlx::Error> {
    let codes = tx.scope().codes();
    let found =
        sqlx::query_scalar!("SELECT region FROM app.employees WHERE region = ANY ($1) AND id = $2 AND deleted_at IS NULL", &codes, id);
    sole(found.fetch_all(tx.conn()).await?)
}

/// What lists want of a person.
fn select_listed() -> String {
    format!(
        "SELECT id, region, version, deleted_at, {},
                (SELECT max(t.work_date) FROM app.timesheets t WHERE t.region = e.region AND t.employee_id = e.id AND t.deleted_at IS NULL) AS last_entry
         FROM app.employees e",
        columns::<Employee>(),
    )
}

fn listed(row: &PgRow) -> Result<Listed, sqlx::Error> {
    Ok(Listed {
        id: row.try_get("id")?,
        region: row.try_get("region")?,
        version: row.try_get("version")?,
        deleted_at: row.try_get("deleted_at")?,
        last_entry: row.try_get("last_entry")?,
        value: values_in(row)?,
    })
}

/// How many people of the scope fit.
pub async fn count_employees<M: Mode>(tx: &mut ScopedTx<M>, filter: &Filter) -> Result<i64, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_scalar!(
        r#"
        SELECT count(*) AS "count!"
        FROM app.employees
        WHERE region = ANY ($1)
          AND (deleted_at IS NOT NULL) = $2
          AND ($3::boolean IS NULL OR is_active = $3)
          AND ($4 = '' OR position($4 IN search_key) > 0 OR position($4 IN sec.fold(department)) > 0 OR position($4 IN sec.fold(title)) > 0)
        "#,
        &codes,
        filter.is_deleted(),
        filter.is_active(),
        filter.text,
    )
    .fetch_one(tx.conn())
    .await
}

impl<M: Mode> People for ScopedTx<M> {
    async fn page_of_people(&mut self, filter: &Filter, page: Option<i64>, size: i64) -> PageResult<(Vec<Listed>, Pager)> {
        let pager = Pager::new(page, size, count_employees(self, filter).await.map_err(unread)?);
        Ok((list_employees(self, filter, size, pager.offset()).await.map_err(unread)?, pager))
    }

    async fn find_person(&mut self, id: Uuid) -> PageResult<Option<Listed>> {
        find_employee(self, id).await.map_err(unread)
    }

    async fn name_of_person(&mut self, person: &Listed) -> PageResult<String> {
        Ok(load_labels(self).await.map_err(unread)?.name(person.id, &person.value.full_name))
    }

    async fn template_choices(&mut self) -> PageResult<Vec<TemplateChoice>> {
        shift_templates::db::list_choices(self).await.map_err(unread)
    }

    async fn identity_no_seen(&mut self, op: &Op, before: Option<&Listed>) -> PageResult<Result<Value, FieldError>> {
        let before = before.ok_or(PageError::NotFound)?;
        let version = op.base_version.unwrap_or(before.version);
        Ok(Ok(value_at(self, &op.region, Employee::NAME, before.id, "identity_no", version).await.map_err(unread)?))
    }
}

/// A page of the people who fit. Missing dates come last either way; what is equal goes by name.
pub async fn list_employees<M: Mode>(tx: &mut ScopedTx<M>, filter: &Filter, limit: i64, offset: i64) -> Result<Vec<Listed>, sqlx::Error> {
    let codes = tx.scope().codes();
    let sql = format!(
        "{}
         WHERE region = ANY ($1)
           AND (deleted_at IS NOT NULL) = $2
           AND ($3::boolean IS NULL OR is_active = $3)
           AND ($4 = '' OR position($4 IN search_key) > 0 OR position($4 IN sec.fold(department)) > 0 OR position($4 IN sec.fold(title)) > 0)
         ORDER BY
             CASE $5 WHEN 'department' THEN department WHEN 'title' THEN title END COLLATE \"tr-x-icu\",
             CASE $5 WHEN '-full_name' THEN full_name WHEN '-department' THEN department WHEN '-title' THEN title END COLLATE \"tr-x-icu\" DESC,
             CASE $5 WHEN 'hire_date' THEN hire_date WHEN 'exit_date' THEN exit_date END,
             CASE $5 WHEN '-hire_date' THEN hire_date WHEN '-exit_date' THEN exit_date END DESC NULLS LAST,
             full_name COLLATE \"tr-x-icu\",
             id
         LIMIT $6 OFFSET $7",
        select_listed(),
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(&codes)
        .bind(filter.is_deleted())
        .bind(filter.is_active())
        .bind(&filter.text)
        .bind(filter.sort)
        .bind(limit)
        .bind(offset)
        .fetch_all(tx.conn())
        .await?;
    rows.iter().map(listed).collect()
}

/// People after an id, in the order of ids: pages of the API.
pub async fn page_employees<M: Mode>(tx: &mut ScopedTx<M>, text: &str, after: Uuid, limit: i64) -> Result<Vec<Listed>, sqlx::Error> {
    let codes = tx.scope().codes();
    let sql = format!(
        "{}
         WHERE region = ANY ($1)
           AND deleted_at IS NULL
           AND ($2 = '' OR position($2 IN search_key) > 0)
           AND id > $3
         ORDER BY id
         LIMIT $4",
        select_listed(),
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(&codes).bind(text).bind(after).bind(limit).fetch_all(tx.conn()).await?;
    rows.iter().map(listed).collect()
}

/// One person of the scope, deleted or not.
pub async fn find_employee<M: Mode>(tx: &mut ScopedTx<M>, id: Uuid) -> Result<Option<Listed>, sqlx::Error> {
    let codes = tx.scope().codes();
    let sql = format!(
        "{}
         WHERE region = ANY ($1) AND id = $2",
        select_listed(),
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(&codes).bind(id).fetch_all(tx.conn()).await?;
    sole(rows)?.as_ref().map(listed).transpose()
}

/// First and last day of a person who is passive; none for anybody else.
pub(super) async fn find_left(tx: &mut ScopedTx<Write>, region: &Region, id: Uuid) -> Result<Option<Left>, sqlx::Error> {
    sqlx::query_as!(
        Left,
        r#"
        SELECT hire_date, exit_date AS "exit_date!"
        FROM app.employees
        WHERE region = $1 AND id = $2 AND NOT is_active AND exit_date IS NOT NULL
        "#,
        region.code(),
        id,
    )
    .fetch_optional(tx.conn())
    .await
}

/// Entries of a person that are not deleted.
pub(super) async fn count_entries(tx: &mut ScopedTx<Write>, region: &Region, employee_id: Uuid) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM app.timesheets WHERE region = $1 AND employee_id = $2 AND deleted_at IS NULL"#,
        region.code(),
        employee_id,
    )
    .fetch_one(tx.conn())
    .await
}
