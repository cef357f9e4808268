//! What more data cost: other offices and years around the one month that is looked at.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, Executor, postgres::PgConnection};

use crate::{Done, company::PEOPLE};

/// Fills the database up to so many timesheets: offices of as many people as the measured ones, with an entry each day of the years before
/// and after the measured month. Written past the triggers, as the superuser: how they come in is measured elsewhere.
pub async fn grow_to(superuser_url: &str, timesheets: i64) -> Done<Duration> {
    let began = std::time::Instant::now();
    let mut conn = PgConnection::connect(superuser_url).await?;
    conn.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'; SET max_parallel_maintenance_workers = 2")
        .await?;
    let have: i64 = sqlx::query_scalar("SELECT count(*) FROM app.timesheets").fetch_one(&mut conn).await?;
    let offices_before: i64 =
        sqlx::query_scalar("SELECT count(*) FROM app.regions WHERE code LIKE 'branch_%'").fetch_one(&mut conn).await?;
    let people = i64::try_from(PEOPLE)?;
    let days = 1000;
    let offices = (timesheets - have).max(0) / (people * days);
    let rule: String = sqlx::query_scalar(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'app.timesheets'::regclass AND conname = 'timesheets_no_overlap'",
    )
    .fetch_one(&mut conn)
    .await?;
    // The index of the rule is built once at the end; entry by entry it takes four times as long.
    conn.execute("ALTER TABLE app.timesheets DROP CONSTRAINT timesheets_no_overlap").await?;
    for office in offices_before..offices_before + offices {
        conn.execute(AssertSqlSafe(format!(
            "INSERT INTO app.regions (code, name) VALUES ('branch_{office}', 'Şube {office}');
             INSERT INTO app.employees (region, id, full_name)
             SELECT 'branch_{office}', gen_random_uuid(), 'Çalışan ' || n FROM generate_series(1, {people}) n;
             INSERT INTO app.timesheets (region, id, employee_id, work_date, start_min, end_min, break_min)
             SELECT e.region, gen_random_uuid(), e.id, DATE '2024-06-01' + d, 510, 1050 + d % 5 * 30, 60
             FROM app.employees e, generate_series(1, {days}) d WHERE e.region = 'branch_{office}'"
        )))
        .await?;
    }
    conn.execute(AssertSqlSafe(format!("ALTER TABLE app.timesheets ADD CONSTRAINT timesheets_no_overlap {rule}"))).await?;
    conn.execute("VACUUM ANALYZE app.timesheets, app.employees").await?;
    conn.execute("CHECKPOINT").await?; // what was written here is not for the measurement to write back
    conn.close().await?;
    Ok(began.elapsed())
}
