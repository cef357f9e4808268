//! SQL of the dashboard. The database counts and groups; `hours` computes the hours.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    alerts::{LONG_GROSS, Suspect},
    period::Period,
};
use crate::{
    civil::DAY,
    db::{Mode, ScopedTx},
    hours::{Shift, doubts::HARDLY_TRUE_WORKED},
};

/// The counts of a region's tile.
#[derive(Debug, Clone)]
pub(super) struct TileRow {
    pub region: String,
    pub name: String,
    pub active: i64,
    pub employed: i64,
    pub of_today: i64,
    pub written: i64,
    pub conflicts: i64,
    pub held: i64,
    pub last: Option<Last>,
}

/// The newest entry of a region.
#[derive(Debug, Clone)]
pub(super) struct Last {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub who: Option<String>,
}

/// The offices of the scope by name. `midnight` is the instant at which `today` began.
pub(super) async fn list_tiles<M: Mode>(
    tx: &mut ScopedTx<M>,
    today: NaiveDate,
    midnight: DateTime<Utc>,
) -> Result<Vec<TileRow>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT r.code,
               r.name,
               p.active AS "active!",
               p.employed AS "employed!",
               (
                   SELECT count(*) FROM app.timesheets t
                   WHERE t.region = r.code AND t.work_date = $2 AND t.deleted_at IS NULL
               ) AS "of_today!",
               (
                   SELECT count(*) FROM app.change_log l
                   WHERE l.region = r.code AND l.at >= $3 AND l.entity = 'timesheet' AND l.action = 'create'
               ) AS "written!",
               (SELECT count(*) FROM app.conflict c WHERE c.region = r.code AND c.resolved_at IS NULL) AS "conflicts!",
               (
                   SELECT count(*) FROM app.op_verdict v
                   WHERE v.region = r.code
                     AND v.verdict = 'held'
                     AND NOT EXISTS (
                         SELECT FROM app.op_verdict later
                         WHERE later.op_id = v.op_id AND later.region = v.region AND later.attempt > v.attempt
                     )
               ) AS "held!",
               last.entity_id AS "last_id?",
               last.at AS "last_at?",
               last.actor_name AS last_who
        FROM app.regions r
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE e.is_active) AS active,
                   count(*) FILTER (
                       WHERE coalesce(e.hire_date <= $2, true) AND coalesce(e.exit_date >= $2, true)
                   ) AS employed
            FROM app.employees e
            WHERE e.region = r.code AND e.deleted_at IS NULL
        ) p
        LEFT JOIN LATERAL (
            SELECT l.entity_id, l.at, l.actor_name
            FROM app.change_log l
            WHERE l.region = r.code AND l.entity = 'timesheet' AND l.action = 'create'
            ORDER BY l.at DESC, l.id DESC
            LIMIT 1
        ) last ON true
        WHERE r.code = ANY ($1) AND r.kind = 'office'
        ORDER BY r.name COLLATE "tr-x-icu"
        "#,
        &codes,
        today,
        midnight,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| TileRow {
            region: r.code,
            name: r.name,
            active: r.active,
            employed: r.employed,
            of_today: r.of_today,
            written: r.written,
            conflicts: r.conflicts,
            held: r.held,
            last: r.last_id.zip(r.last_at).map(|(id, at)| Last { id, at, who: r.last_who }),
        })
        .collect())
}

/// Equal shifts on the same weekday, in one period and region: their hours are computed once.
pub(super) struct ShapeRow {
    /// Index of the period.
    pub place: usize,
    pub region: String,
    pub shift: Shift,
    pub count: i64,
}

/// The shapes of the entries in each period. The weekday is counted from a Monday: `extract` computes with decimals and takes longer than
/// the rest of the query.
pub(super) async fn list_shapes<M: Mode>(tx: &mut ScopedTx<M>, periods: &[Period]) -> Result<Vec<ShapeRow>, sqlx::Error> {
    let codes = tx.scope().codes();
    let (from, to): (Vec<_>, Vec<_>) = periods.iter().map(|period| (period.from, period.to)).unzip();
    let rows = sqlx::query!(
        r#"
        SELECT p.place AS "place!",
               s.region AS "region!",
               s.a_date AS "a_date!",
               s.start_min AS "start_min!",
               s.end_min AS "end_min!",
               s.break_min AS "break_min!",
               s.is_special AS "is_special!",
               s.count AS "count!"
        FROM unnest($2::date[], $3::date[]) WITH ORDINALITY AS p (from_day, to_day, place)
        CROSS JOIN LATERAL (
            SELECT t.region,
                   min(t.work_date) AS a_date,
                   t.start_min,
                   t.end_min,
                   t.break_min,
                   t.is_special,
                   count(*) AS count
            FROM app.timesheets t
            WHERE t.region = ANY ($1) AND t.deleted_at IS NULL AND t.work_date BETWEEN p.from_day AND p.to_day
            GROUP BY t.region, (t.work_date - DATE '2000-01-03') % 7, t.start_min, t.end_min, t.break_min, t.is_special
        ) s
        "#,
        &codes,
        &from,
        &to,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| ShapeRow {
            place: usize::try_from(r.place - 1).unwrap_or_default(),
            region: r.region,
            shift: Shift {
                work_date: r.a_date,
                start_min: r.start_min,
                end_min: r.end_min,
                break_minutes: r.break_min,
                is_special: r.is_special,
            },
            count: r.count,
        })
        .collect())
}

/// Where to search for odd entries.
pub(super) struct Search<'a> {
    pub period: Period,
    /// Folded part of the person's name; empty for all people.
    pub text: &'a str,
    /// Days that a region's calendar marks.
    pub marked: &'a [NaiveDate],
    /// Entries after this date are ahead, or too far ahead.
    pub latest: NaiveDate,
    pub limit: i64,
}

/// The entries for which a rule of [`super::alerts`] may find something, newest first, then by name. The conditions are wider than the
/// rules, never narrower: they only leave out ordinary entries (`tests/it/dashboard.rs` compares with all entries). For a rehired person an
/// entry of the earlier employment is not before the first day.
pub(super) async fn list_suspects<M: Mode>(tx: &mut ScopedTx<M>, search: &Search<'_>) -> Result<Vec<Suspect>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        WITH entries AS MATERIALIZED ( -- by the dates, whatever the planner expects of the policies; people are few
            SELECT id, region, employee_id, work_date, start_min, end_min, break_min, is_special, confirmed
            FROM app.timesheets
            WHERE region = ANY ($1) AND deleted_at IS NULL AND work_date BETWEEN $2 AND $3
        ),
        long AS MATERIALIZED ( -- counted once, whatever the planner knows of the rows
            SELECT o.region, o.employee_id, o.work_date, sum(greatest(o.end_min - o.start_min - o.break_min, 0)) AS worked
            FROM entries o
            GROUP BY 1, 2, 3
            HAVING count(*) > 1 AND sum(greatest(o.end_min - o.start_min - o.break_min, 0)) > $10::int
        )
        SELECT t.id,
               t.region,
               t.employee_id,
               e.full_name,
               t.work_date,
               t.start_min,
               t.end_min,
               t.break_min,
               t.is_special,
               CASE WHEN t.work_date < e.hire_date AND EXISTS (
                   SELECT
                   FROM app.change_log c
                   WHERE c.region = e.region AND c.entity = 'employee' AND c.entity_id = e.id
                     AND c.after ->> 'is_active' = 'true' AND t.work_date <= (c.before ->> 'exit_date')::date
               ) THEN NULL ELSE e.hire_date END AS hire_date,
               e.exit_date,
               e.deleted_at IS NOT NULL AS "is_deleted!",
               t.confirmed <> '' AS "is_confirmed!",
               coalesce(long.worked, 0) AS "worked_that_day!"
        FROM entries t
        JOIN app.employees e ON e.region = t.region AND e.id = t.employee_id
        LEFT JOIN long ON long.region = t.region AND long.employee_id = t.employee_id AND long.work_date = t.work_date
        WHERE e.region = ANY ($1)
          AND ($4 = '' OR position($4 IN e.search_key) > 0)
          AND (
              t.end_min - t.start_min >= $5
              OR t.end_min > $6
              OR t.break_min >= t.end_min - t.start_min
              OR t.is_special
              OR t.work_date > $7
              OR t.work_date = ANY ($8)
              OR e.deleted_at IS NOT NULL
              OR t.work_date < e.hire_date
              OR t.work_date > e.exit_date
              OR long.worked IS NOT NULL
          )
        ORDER BY t.work_date DESC, e.full_name COLLATE "tr-x-icu", t.start_min, t.id
        LIMIT $9
        "#,
        &codes,
        search.period.from,
        search.period.to,
        search.text,
        i32::try_from(LONG_GROSS).unwrap_or(i32::MAX),
        DAY,
        search.latest,
        search.marked,
        search.limit,
        i32::try_from(HARDLY_TRUE_WORKED).unwrap_or(i32::MAX),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Suspect {
            id: r.id,
            region: r.region,
            employee_id: r.employee_id,
            employee_name: r.full_name,
            shift: Shift {
                work_date: r.work_date,
                start_min: r.start_min,
                end_min: r.end_min,
                break_minutes: r.break_min,
                is_special: r.is_special,
            },
            hire_date: r.hire_date,
            exit_date: r.exit_date,
            is_deleted: r.is_deleted,
            worked_that_day: r.worked_that_day,
            is_confirmed: r.is_confirmed,
        })
        .collect())
}

/// One action on an entry, with the entry as it is now.
pub(super) struct RecentRow {
    pub id: i64,
    pub region: String,
    pub at: DateTime<Utc>,
    pub who: Option<String>,
    pub action: String,
    pub entry_id: Uuid,
    pub employee_id: Uuid,
    pub employee_name: String,
    pub work_date: NaiveDate,
    pub start_min: i32,
    pub end_min: i32,
}

/// The latest actions on entries, newest first.
pub(super) async fn list_recent<M: Mode>(tx: &mut ScopedTx<M>, limit: i64) -> Result<Vec<RecentRow>, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        RecentRow,
        r#"
        SELECT c.id AS "id!",
               c.region AS "region!",
               c.at AS "at!",
               c.actor_name AS who,
               c.action AS "action!",
               c.entity_id AS "entry_id!",
               t.employee_id,
               e.full_name AS employee_name,
               t.work_date,
               t.start_min,
               t.end_min
        FROM (
            SELECT l.*
            FROM unnest($1::text[]) AS r (code)
            CROSS JOIN LATERAL (
                SELECT id, region, at, actor_name, action, entity_id
                FROM app.change_log
                WHERE region = r.code AND entity = 'timesheet'
                ORDER BY at DESC, id DESC
                LIMIT $2
            ) l
            ORDER BY l.at DESC, l.id DESC
            LIMIT $2
        ) c
        JOIN app.timesheets t ON t.region = c.region AND t.id = c.entity_id
        JOIN app.employees e ON e.region = t.region AND e.id = t.employee_id
        ORDER BY c.at DESC, c.id DESC
        "#,
        &codes,
        limit,
    )
    .fetch_all(tx.conn())
    .await
}

/// A text that changes with the logs of the scope's regions, their conflicts, held operations, queues and alarms. While it stays equal,
/// nothing has happened.
pub(super) async fn find_state<M: Mode>(tx: &mut ScopedTx<M>) -> Result<String, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_scalar!(
        r#"
        SELECT concat_ws(
            '-',
            (SELECT coalesce(sum(seq + event_seq), 0) FROM app.region_head WHERE region = ANY ($1)),
            (SELECT count(*) FROM app.conflict WHERE region = ANY ($1) AND resolved_at IS NULL),
            (SELECT count(*) FROM app.op_verdict WHERE region = ANY ($1) AND verdict = 'held'),
            (SELECT extract(epoch FROM max(last_at)) FROM app.queue_contact WHERE region = ANY ($1)),
            (SELECT concat_ws('-', count(*), extract(epoch FROM max(raised_at))) FROM app.alarm WHERE region = ANY ($1) AND ended_at IS NULL)
        ) AS "state!"
        "#,
        &codes,
    )
    .fetch_one(tx.conn())
    .await
}
