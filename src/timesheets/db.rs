//! SQL of the timesheets.

use chrono::NaiveDate;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    Timesheet,
    listed::{Filter, Listed, Shape},
};
use crate::{
    calendar::{
        Calendar,
        db::{Marked, calendar_of},
    },
    db::{Mode, ScopedTx, Write, sole},
    employees::listed::Choice,
    hours::doubts::Around,
    identity::Region,
    shift_templates::listed::TemplateChoice,
    sync::Tail,
};

/// An entry that lies in the way of another one.
pub(super) struct InTheWay {
    pub id: Uuid,
    pub work_date: NaiveDate,
    pub start_min: i32,
    pub end_min: i32,
}

/// What the form for another entry is made of.
pub(super) struct FormParts {
    /// As [`employees::db::list_choices`] has them.
    pub people: Vec<Choice>,
    /// As [`shift_templates::db::list_choices`] has them.
    pub templates: Vec<TemplateChoice>,
    /// The marked days between the dates.
    pub calendar: Calendar,
}

/// What the scope's forms are made of, in one wait for the database: whoever saves an entry waits for it.
pub(super) async fn load_form_parts<M: Mode>(tx: &mut ScopedTx<M>, from: NaiveDate, to: NaiveDate) -> Result<FormParts, sqlx::Error> {
    let codes = tx.scope().codes();
    let row = sqlx::query!(
        r#"
        SELECT (SELECT coalesce(json_agg(e ORDER BY e.full_name COLLATE "tr-x-icu", e.department COLLATE "tr-x-icu", e.id), '[]')
                FROM (SELECT id, region, full_name, department, title, hire_date, exit_date, shift_template_id
                      FROM app.employees WHERE region = ANY ($1) AND deleted_at IS NULL) e) AS "people!: Json<Vec<Choice>>",
               (SELECT coalesce(json_agg(s ORDER BY s.name COLLATE "tr-x-icu", s.id), '[]')
                FROM (SELECT id, region, name, start_min, end_min, break_min AS break_minutes, weekdays
                      FROM app.shift_templates WHERE region = ANY ($1) AND deleted_at IS NULL) s) AS "templates!: Json<Vec<TemplateChoice>>",
               (SELECT coalesce(json_agg(d), '[]')
                FROM (SELECT 'company' AS region, day, name, kind, free_from_min
                      FROM sec.company_days WHERE day BETWEEN $2 AND $3
                      UNION ALL
                      SELECT region, day, name, kind, free_from_min
                      FROM app.calendar_days
                      WHERE region = ANY ($1) AND region <> 'company' AND deleted_at IS NULL AND day BETWEEN $2 AND $3) d) AS "days!: Json<Vec<Marked>>"
        "#,
        &codes,
        from,
        to,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(FormParts { people: row.people.0, templates: row.templates.0, calendar: calendar_of(row.days.0)? })
}

/// The first other entry of the person at the same time.
pub(super) async fn find_overlapping<M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    id: Uuid,
    entry: &Timesheet,
) -> Result<Option<InTheWay>, sqlx::Error> {
    sqlx::query_as!(
        InTheWay,
        r#"
        SELECT id, work_date, start_min, end_min
        FROM app.timesheets
        WHERE region = $1
          AND employee_id = $2
          AND id <> $3
          AND deleted_at IS NULL
          AND work_date BETWEEN $4::date - 1 AND $4::date + 1
          AND (work_date - $4::date) * 1440 + start_min < $6
          AND (work_date - $4::date) * 1440 + end_min > $5
        ORDER BY work_date, start_min
        LIMIT 1
        "#,
        region.code(),
        entry.employee_id,
        id,
        entry.work_date,
        entry.start_min,
        entry.end_min,
    )
    .fetch_optional(tx.conn())
    .await
}

/// Writes a new row where its person is there, whom it keeps there until the transaction ends. What the doubts want to know of the person;
/// none, and nothing written, for somebody who is not there or in the bin.
pub(super) async fn insert_for_person(
    tx: &mut ScopedTx<Write>,
    region: &Region,
    id: Uuid,
    value: &Timesheet,
    tail: &Tail,
) -> Result<Option<Around>, sqlx::Error> {
    sqlx::query_as!(
        Around,
        r#"
        WITH person AS MATERIALIZED (
            SELECT hire_date,
                   exit_date,
                   (SELECT coalesce(sum(greatest(t.end_min - t.start_min - t.break_min, 0)), 0)
                    FROM app.timesheets t
                    WHERE t.region = $1 AND t.employee_id = $3 AND t.work_date = $4 AND t.id <> $2 AND t.deleted_at IS NULL) AS others_worked
            FROM app.employees
            WHERE region = $1 AND id = $3 AND deleted_at IS NULL
            FOR KEY SHARE
        ), made AS (
            INSERT INTO app.timesheets (region, id, employee_id, work_date, start_min, end_min, break_min, is_special, notes, confirmed, version, row_meta, created_at, updated_at, created_by, updated_by)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $14
            FROM person
            RETURNING id
        )
        SELECT p.others_worked AS "others_worked!", p.hire_date, p.exit_date
        FROM person p, made
        "#,
        region.code(),
        id,
        value.employee_id,
        value.work_date,
        value.start_min,
        value.end_min,
        value.break_minutes,
        value.is_special,
        value.notes,
        value.confirmed,
        tail.version,
        tail.meta.clone() as _,
        tail.at,
        tail.by,
    )
    .fetch_optional(tx.conn())
    .await
}

macro_rules! listed {
    ($r:expr) => {{
        let r = $r;
        Listed {
            id: r.id,
            region: r.region,
            version: r.version,
            deleted_at: r.deleted_at,
            employee_name: r.full_name,
            value: Timesheet {
                employee_id: r.employee_id,
                work_date: r.work_date,
                start_min: r.start_min,
                end_min: r.end_min,
                break_minutes: r.break_min,
                is_special: r.is_special,
                notes: r.notes,
                confirmed: r.confirmed,
            },
        }
    }};
}

/// Entries of the scope that fit, newest date first, then by name in Turkish order.
pub async fn list_timesheets<M: Mode>(tx: &mut ScopedTx<M>, filter: &Filter, limit: i64, offset: i64) -> Result<Vec<Listed>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        WITH t AS MATERIALIZED ( -- by the dates, whatever the planner expects of the policies; people are few
            SELECT id, region, employee_id, work_date, start_min, end_min, break_min, is_special, notes, confirmed, version, deleted_at
            FROM app.timesheets
            WHERE region = ANY ($1)
              AND deleted_at IS NULL
              AND work_date BETWEEN $2 AND $3
              AND ($4::uuid IS NULL OR employee_id = $4)
        )
        SELECT t.id,
               t.region,
               t.version,
               t.deleted_at,
               e.full_name,
               t.employee_id,
               t.work_date,
               t.start_min,
               t.end_min,
               t.break_min,
               t.is_special,
               t.notes,
               t.confirmed
        FROM t
        JOIN app.employees e ON e.region = t.region AND e.id = t.employee_id
        WHERE e.region = ANY ($1)
          AND ($5 = '' OR position($5 IN e.search_key) > 0 OR (t.notes <> '' AND position($5 IN sec.fold(t.notes)) > 0))
        ORDER BY t.work_date DESC, e.full_name COLLATE "tr-x-icu", t.start_min, t.id
        LIMIT $6 OFFSET $7
        "#,
        &codes,
        filter.from,
        filter.to,
        filter.employee_id,
        filter.text,
        limit,
        offset,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| listed!(r)).collect())
}

/// How many entries that fit each date has; dates without one are left out. Newest first.
pub(super) async fn count_by_day<M: Mode>(tx: &mut ScopedTx<M>, filter: &Filter) -> Result<Vec<(NaiveDate, i64)>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT t.work_date, count(*) AS "count!"
        FROM app.timesheets t
        JOIN app.employees e ON e.region = t.region AND e.id = t.employee_id
        WHERE t.region = ANY ($1)
          AND e.region = ANY ($1)
          AND t.deleted_at IS NULL
          AND t.work_date BETWEEN $2 AND $3
          AND ($4::uuid IS NULL OR t.employee_id = $4)
          AND ($5 = '' OR position($5 IN e.search_key) > 0 OR (t.notes <> '' AND position($5 IN sec.fold(t.notes)) > 0))
        GROUP BY t.work_date
        ORDER BY t.work_date DESC
        "#,
        &codes,
        filter.from,
        filter.to,
        filter.employee_id,
        filter.text,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| (r.work_date, r.count)).collect())
}

/// One entry of the scope with its person's name, deleted or not.
pub async fn find_timesheet<M: Mode>(tx: &mut ScopedTx<M>, id: Uuid) -> Result<Option<Listed>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT t.id,
               t.region,
               t.version,
               t.deleted_at,
               e.full_name,
               t.employee_id,
               t.work_date,
               t.start_min,
               t.end_min,
               t.break_min,
               t.is_special,
               t.notes,
               t.confirmed
        FROM app.timesheets t
        JOIN app.employees e ON e.region = t.region AND e.id = t.employee_id
        WHERE t.region = ANY ($1) AND t.id = $2
        "#,
        &codes,
        id,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(sole(rows)?.map(|r| listed!(r)))
}

/// The shapes of all entries that fit.
pub async fn list_shapes<M: Mode>(tx: &mut ScopedTx<M>, filter: &Filter) -> Result<Vec<Shape>, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        Shape,
        r#"
        WITH t AS MATERIALIZED (
            SELECT id, region, employee_id, work_date, start_min, end_min, break_min, is_special, notes
            FROM app.timesheets
            WHERE region = ANY ($1)
              AND deleted_at IS NULL
              AND work_date BETWEEN $2 AND $3
              AND ($4::uuid IS NULL OR employee_id = $4)
        )
        SELECT t.region,
               min(t.work_date) AS "a_date!",
               t.start_min,
               t.end_min,
               t.break_min,
               t.is_special,
               count(*) AS "count!"
        FROM t
        JOIN app.employees e ON e.region = t.region AND e.id = t.employee_id
        WHERE e.region = ANY ($1)
          AND ($5 = '' OR position($5 IN e.search_key) > 0 OR (t.notes <> '' AND position($5 IN sec.fold(t.notes)) > 0))
        GROUP BY t.region, extract(isodow FROM t.work_date), t.start_min, t.end_min, t.break_min, t.is_special
        "#,
        &codes,
        filter.from,
        filter.to,
        filter.employee_id,
        filter.text,
    )
    .fetch_all(tx.conn())
    .await
}

/// Entries after a place in (date, id) order, oldest first: pages of the API.
pub async fn page_timesheets<M: Mode>(
    tx: &mut ScopedTx<M>,
    filter: &Filter,
    after: (NaiveDate, Uuid),
    limit: i64,
) -> Result<Vec<Listed>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        WITH t AS MATERIALIZED ( -- the page alone, before anybody's name is looked up
            SELECT id, region, employee_id, work_date, start_min, end_min, break_min, is_special, notes, confirmed, version, deleted_at
            FROM app.timesheets
            WHERE region = ANY ($1)
              AND deleted_at IS NULL
              AND work_date BETWEEN $2 AND $3
              AND ($4::uuid IS NULL OR employee_id = $4)
              AND (work_date, id) > ($5, $6)
            ORDER BY work_date, id
            LIMIT $7
        )
        SELECT t.id,
               t.region,
               t.version,
               t.deleted_at,
               e.full_name,
               t.employee_id,
               t.work_date,
               t.start_min,
               t.end_min,
               t.break_min,
               t.is_special,
               t.notes,
               t.confirmed
        FROM t
        JOIN app.employees e ON e.region = t.region AND e.id = t.employee_id
        WHERE e.region = ANY ($1)
        ORDER BY t.work_date, t.id
        "#,
        &codes,
        filter.from,
        filter.to,
        filter.employee_id,
        after.0,
        after.1,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| listed!(r)).collect())
}
