//! SQL of the reports.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::summary::{DayShape, Filter, Person, PersonShape, Summary};
use crate::{
    db::{Mode, ScopedTx},
    hours::{Rules, Shift},
    labels::{Face, Labels},
};

/// The sums of everybody in the scope with entries that fit, by the hours' rule of each region.
pub async fn load_summary<M: Mode>(tx: &mut ScopedTx<M>, filter: &Filter, rules: &BTreeMap<String, Rules>) -> Result<Summary, sqlx::Error> {
    let (people, of_people) = list_person_shapes(tx, filter).await?;
    let of_days = list_day_shapes(tx, filter).await?;
    Ok(Summary::new(people, &of_people, &of_days, rules))
}

fn shift(work_date: NaiveDate, start_min: i32, end_min: i32, break_minutes: i32, is_special: bool) -> Shift {
    Shift { work_date, start_min, end_min, break_minutes, is_special }
}

/// People in Turkish order, and their entries by weekday and times.
async fn list_person_shapes<M: Mode>(tx: &mut ScopedTx<M>, filter: &Filter) -> Result<(Vec<Person>, Vec<PersonShape>), sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        WITH entries AS MATERIALIZED ( -- by the dates, whatever the planner expects of the policies; people are few
            SELECT region, employee_id, work_date, start_min, end_min, break_min, is_special, notes
            FROM app.timesheets
            WHERE region = ANY ($1)
              AND deleted_at IS NULL
              AND work_date BETWEEN $2 AND $3
              AND ($4::uuid IS NULL OR employee_id = $4)
        )
        SELECT p.region,
               p.id,
               p.full_name,
               p.department,
               p.title,
               min(t.work_date) AS "a_date!",
               t.start_min AS "start_min!",
               t.end_min AS "end_min!",
               t.break_min AS "break_min!",
               t.is_special AS "is_special!",
               count(*) AS "count!"
        FROM entries t
        JOIN app.employees p ON p.region = t.region AND p.id = t.employee_id
        WHERE p.region = ANY ($1)
          AND ($5 = '' OR p.department = $5)
          AND ($6 = '' OR p.title = $6)
          AND (
              $7 = ''
              OR position($7 IN p.search_key) > 0
              OR position($7 IN sec.fold(p.department)) > 0
              OR position($7 IN sec.fold(p.title)) > 0
              OR (t.notes <> '' AND position($7 IN sec.fold(t.notes)) > 0)
          )
        GROUP BY p.region, p.id, (t.work_date - DATE '2000-01-03') % 7, t.start_min, t.end_min, t.break_min, t.is_special
        ORDER BY p.full_name COLLATE "tr-x-icu", p.region, p.id
        "#,
        &codes,
        filter.from,
        filter.to,
        filter.employee_id,
        filter.department,
        filter.title,
        filter.text,
    )
    .fetch_all(tx.conn())
    .await?;
    let (mut people, mut shapes): (Vec<Person>, Vec<PersonShape>) = (Vec::new(), Vec::with_capacity(rows.len()));
    for r in rows {
        shapes.push(PersonShape {
            region: r.region.clone(),
            employee_id: r.id,
            shift: shift(r.a_date, r.start_min, r.end_min, r.break_min, r.is_special),
            count: r.count,
        });
        if people.last().is_none_or(|last| (last.id, &last.region) != (r.id, &r.region)) {
            people.push(Person { region: r.region, id: r.id, full_name: r.full_name, department: r.department, title: r.title });
        }
    }
    Ok((people, shapes))
}

/// The same entries by date and times, for the day with the most overtime.
async fn list_day_shapes<M: Mode>(tx: &mut ScopedTx<M>, filter: &Filter) -> Result<Vec<DayShape>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        WITH entries AS MATERIALIZED (
            SELECT region, employee_id, work_date, start_min, end_min, break_min, is_special, notes
            FROM app.timesheets
            WHERE region = ANY ($1)
              AND deleted_at IS NULL
              AND work_date BETWEEN $2 AND $3
              AND ($4::uuid IS NULL OR employee_id = $4)
        )
        SELECT t.region,
               t.work_date,
               t.start_min,
               t.end_min,
               t.break_min,
               t.is_special,
               count(*) AS "count!"
        FROM entries t
        JOIN app.employees p ON p.region = t.region AND p.id = t.employee_id
        WHERE p.region = ANY ($1)
          AND ($5 = '' OR p.department = $5)
          AND ($6 = '' OR p.title = $6)
          AND (
              $7 = ''
              OR position($7 IN p.search_key) > 0
              OR position($7 IN sec.fold(p.department)) > 0
              OR position($7 IN sec.fold(p.title)) > 0
              OR (t.notes <> '' AND position($7 IN sec.fold(t.notes)) > 0)
          )
        GROUP BY t.region, t.work_date, t.start_min, t.end_min, t.break_min, t.is_special
        "#,
        &codes,
        filter.from,
        filter.to,
        filter.employee_id,
        filter.department,
        filter.title,
        filter.text,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| DayShape {
            region: r.region,
            shift: shift(r.work_date, r.start_min, r.end_min, r.break_min, r.is_special),
            count: r.count,
        })
        .collect())
}

/// What the filters of the summary offer.
pub(super) struct Choices {
    pub people: Vec<PersonChoice>,
    pub departments: Vec<String>,
    pub titles: Vec<String>,
}

/// Somebody to choose.
pub(super) struct PersonChoice {
    pub id: Uuid,
    pub region: String,
    pub name: String,
}

impl Choices {
    /// The people of one region.
    pub fn people_of<'a>(&'a self, region: &'a str) -> impl Iterator<Item = &'a PersonChoice> {
        self.people.iter().filter(move |person| person.region == region)
    }
}

/// Everybody in the scope who is not deleted, and the departments and titles they have, in Turkish order.
pub(super) async fn list_choices<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Choices, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT id,
               region,
               full_name,
               department,
               title,
               hire_date
        FROM app.employees
        WHERE region = ANY ($1) AND deleted_at IS NULL
        ORDER BY full_name COLLATE "tr-x-icu", id
        "#,
        &codes,
    )
    .fetch_all(tx.conn())
    .await?;
    let words = sqlx::query!(
        r#"
        SELECT word AS "word!", is_title AS "is_title!"
        FROM (
            SELECT DISTINCT department AS word, false AS is_title FROM app.employees WHERE region = ANY ($1) AND deleted_at IS NULL
            UNION ALL
            SELECT DISTINCT title, true FROM app.employees WHERE region = ANY ($1) AND deleted_at IS NULL
        ) words
        WHERE word <> ''
        ORDER BY word COLLATE "tr-x-icu"
        "#,
        &codes,
    )
    .fetch_all(tx.conn())
    .await?;
    let labels = Labels::of(rows.iter().map(|r| Face {
        id: r.id,
        region: &r.region,
        full_name: &r.full_name,
        department: &r.department,
        title: &r.title,
        hire_date: r.hire_date,
    }));
    let people = rows.iter().map(|r| PersonChoice { id: r.id, region: r.region.clone(), name: labels.name(r.id, &r.full_name) }).collect();
    let mut choices = Choices { people, departments: Vec::new(), titles: Vec::new() };
    for row in words {
        if row.is_title { choices.titles.push(row.word) } else { choices.departments.push(row.word) }
    }
    Ok(choices)
}
