//! SQL of the roster.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use sqlx::types::Json;

use super::{Person, Roster, WorkedDays};
use crate::{
    calendar::{
        Calendar,
        db::{Marked, calendar_of},
    },
    db::{Mode, ScopedTx},
    settings::{Held, ReportSettings},
    shift_templates::listed::TemplateChoice,
};

/// Everything that says who is expected when, for the scope's regions and the dates `from` to `to`.
pub async fn load_roster<M: Mode>(tx: &mut ScopedTx<M>, from: NaiveDate, to: NaiveDate) -> Result<Roster, sqlx::Error> {
    Ok(load_roster_and_settings(tx, from, to).await?.0)
}

/// The roster, and by region what hours are counted by: who needs both waits for the database once less.
pub async fn load_roster_and_settings<M: Mode>(
    tx: &mut ScopedTx<M>,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<(Roster, BTreeMap<String, ReportSettings>), sqlx::Error> {
    let (people, first_days) = list_people(tx, from, to).await?;
    let Planned { templates, calendar, settings } = load_plan(tx, from, to).await?;
    Ok((Roster::of_templates(people, &templates, calendar).since(first_days), settings))
}

/// What holds for everybody of a region.
struct Planned {
    /// Those first that win a weekday two of them claim.
    templates: Vec<TemplateChoice>,
    calendar: Calendar,
    settings: BTreeMap<String, ReportSettings>,
}

/// Whoever is employed on one of the dates ([`Person::is_employed_between`]) or has an entry on one, in Turkish order of the names; and the
/// first days of their regions.
async fn list_people<M: Mode>(
    tx: &mut ScopedTx<M>,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<(Vec<Person>, HashMap<String, NaiveDate>), sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        WITH r AS MATERIALIZED ( -- once per region, not once per person
            SELECT o.code,
                   least((o.created_at AT TIME ZONE 'Europe/Istanbul')::date,
                         (SELECT t.work_date FROM app.timesheets t
                          WHERE t.region = o.code AND t.region = ANY ($1) AND t.deleted_at IS NULL
                          ORDER BY t.work_date, t.id LIMIT 1)) AS first_day
            FROM app.regions o
            WHERE o.code = ANY ($1)
        ),
        entered AS MATERIALIZED ( -- only where one of them is employed no more
            SELECT DISTINCT t.region, t.employee_id
            FROM app.timesheets t
            WHERE t.region = ANY ($1) AND t.deleted_at IS NULL AND t.work_date BETWEEN $2 AND $3
        )
        SELECT e.id,
               e.region,
               e.full_name,
               e.department,
               e.title,
               e.hire_date,
               e.exit_date,
               e.deleted_at IS NOT NULL AS "is_deleted!",
               e.shift_template_id,
               r.first_day AS "first_day!"
        FROM r
        JOIN app.employees e ON e.region = r.code
        WHERE e.region = ANY ($1)
          AND (
              e.deleted_at IS NULL
              AND coalesce(e.hire_date <= $3, true)
              AND coalesce(e.exit_date >= $2, true)
              OR (e.region, e.id) IN (SELECT w.region, w.employee_id FROM entered w)
          )
        ORDER BY e.full_name COLLATE "tr-x-icu", e.department COLLATE "tr-x-icu", e.id
        "#,
        &codes,
        from,
        to,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut first_days = HashMap::new();
    let mut people = Vec::with_capacity(rows.len());
    for r in rows {
        if !first_days.contains_key(&r.region) {
            first_days.insert(r.region.clone(), r.first_day);
        }
        people.push(Person {
            id: r.id,
            region: r.region,
            full_name: r.full_name,
            department: r.department,
            title: r.title,
            hire_date: r.hire_date,
            exit_date: r.exit_date,
            is_deleted: r.is_deleted,
            shift_template_id: r.shift_template_id,
        });
    }
    Ok((people, first_days))
}

/// The first day of a region: the day it was made here, or of its first entry where that is earlier.
pub async fn find_first_day<M: Mode>(tx: &mut ScopedTx<M>, region: &str) -> Result<NaiveDate, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        SELECT least((created_at AT TIME ZONE 'Europe/Istanbul')::date,
                     (SELECT work_date FROM app.timesheets WHERE region = $1 AND deleted_at IS NULL ORDER BY work_date, id LIMIT 1)) AS "day!"
        FROM app.regions
        WHERE code = $1
        "#,
        region,
    )
    .fetch_one(tx.conn())
    .await
}

/// The shift templates, marked days and settings of the scope.
async fn load_plan<M: Mode>(tx: &mut ScopedTx<M>, from: NaiveDate, to: NaiveDate) -> Result<Planned, sqlx::Error> {
    let codes = tx.scope().codes();
    let row = sqlx::query!(
        r#"
        SELECT (SELECT coalesce(json_agg(s ORDER BY s.name COLLATE "tr-x-icu", s.id), '[]')
                FROM (SELECT id, region, name, start_min, end_min, break_min AS break_minutes, weekdays
                      FROM app.shift_templates WHERE region = ANY ($1) AND deleted_at IS NULL) s) AS "templates!: Json<Vec<TemplateChoice>>",
               (SELECT coalesce(json_agg(d), '[]')
                FROM (SELECT 'company' AS region, day, name, kind, free_from_min
                      FROM sec.company_days WHERE day BETWEEN $2 AND $3
                      UNION ALL
                      SELECT region, day, name, kind, free_from_min
                      FROM app.calendar_days
                      WHERE region = ANY ($1) AND region <> 'company' AND deleted_at IS NULL AND day BETWEEN $2 AND $3) d) AS "days!: Json<Vec<Marked>>",
               (SELECT json_agg(h)
                FROM (SELECT o.code AS region,
                             coalesce(s.weekday_min, c.weekday_min) AS weekday_min,
                             coalesce(s.saturday_start_min, c.saturday_start_min) AS saturday_start_min,
                             coalesce(s.saturday_end_min, c.saturday_end_min) AS saturday_end_min,
                             coalesce(s.company_name, c.company_name) AS company_name,
                             coalesce(s.report_title, c.report_title) AS report_title
                      FROM unnest($1::text[]) o (code)
                      CROSS JOIN sec.company_settings c
                      LEFT JOIN app.settings s ON s.region = o.code AND s.region = ANY ($1) AND s.deleted_at IS NULL) h) AS "settings!: Json<Vec<Held>>"
        "#,
        &codes,
        from,
        to,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Planned {
        templates: row.templates.0,
        calendar: calendar_of(row.days.0)?,
        settings: row.settings.0.into_iter().map(|held| (held.region.clone(), held.into())).collect(),
    })
}

/// Who of the scope has entries on which of the dates `from` to `to`. 31 days of a person are one row with a bit per day, so that a quarter
/// of a year of everybody is a few hundred rows.
pub async fn load_worked_days<M: Mode>(tx: &mut ScopedTx<M>, from: NaiveDate, to: NaiveDate) -> Result<WorkedDays, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT region AS "region!",
               employee_id AS "employee_id!",
               $2::date + (work_date - $2) / 31 * 31 AS "first!",
               bit_or(1 << (work_date - $2) % 31) AS "days!"
        FROM app.timesheets
        WHERE region = ANY ($1) AND deleted_at IS NULL AND work_date BETWEEN $2 AND $3
        GROUP BY 1, 2, 3
        "#,
        &codes,
        from,
        to,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut worked = WorkedDays::default();
    for row in rows {
        worked.add_days(&row.region, row.employee_id, row.first, row.days);
    }
    Ok(worked)
}
