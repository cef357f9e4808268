//! What a long list costs the server that becomes a file.

use std::time::Instant;

use chrono::NaiveDate;
use rainstaff_cluster::Cluster;
use sqlx::{AssertSqlSafe, Connection, Executor, postgres::PgConnection};

use crate::{
    DATABASE, Done,
    company::{Clerk, Server},
    growth::grow_to,
    say, settle,
    table::Table,
};

/// Rows of a list.
const ROWS: i64 = 100_000;
/// MB of the server at most.
const MOST_MEMORY: f64 = 150.0;
/// Takes the longest lists as each kind of file, one after the other, from a server that has just started.
pub async fn taken(cluster: &Cluster, url: &str, table: &mut Table) -> Done<()> {
    say(&format!("files of {ROWS} rows"));
    grow_to(&cluster.superuser_url(DATABASE), ROWS + 50_000).await?; // offices come whole
    let mut conn = PgConnection::connect(&cluster.superuser_url(DATABASE)).await?;
    conn.execute(AssertSqlSafe(format!(
        "SET session_replication_role = replica;
         INSERT INTO app.activity_event (region, id, at, username, kind)
         SELECT 'ankara', gen_random_uuid(), now() - n * interval '1 minute', 'ankara1', 'sign_in' FROM generate_series(1, {ROWS}) n"
    )))
    .await?;
    // There are more by now, where another part has grown the database: an Excel sheet has no room for all of them.
    let last_rows = format!("SELECT min(work_date) FROM (SELECT work_date FROM app.timesheets ORDER BY work_date DESC LIMIT {ROWS}) last");
    let from: NaiveDate = sqlx::query_scalar(AssertSqlSafe(last_rows)).fetch_one(&mut conn).await?;
    conn.close().await?;
    settle(cluster).await?;
    let lists = [("Puantaj", format!("/timesheets?from={from}&to=")), ("İşlem günlüğü", "/activity?kind=sign_ins".to_owned())];
    for (list, address) in lists {
        for format in ["csv", "xlsx"] {
            let server = Server::start(url).await?;
            let mut admin = Clerk::sign_in_as(&server, "admin").await?;
            let began = Instant::now();
            let file = admin.client.get(&format!("{address}&format={format}"), "").await?;
            let took = began.elapsed().as_secs_f64();
            let how = format!("VmHWM, all of it as {format}");
            table.at_most(&format!("{list} as a file: memory"), &how, server.memory("VmHWM:"), MOST_MEMORY, "MB");
            let rows =
                if format == "csv" { format!("{} rows, ", String::from_utf8_lossy(&file.body).lines().count() - 1) } else { String::new() };
            #[expect(clippy::cast_precision_loss, reason = "a file's size in MB")]
            let size = file.body.len() as f64 / 1_048_576.0;
            table.note(&format!("{list} as {format}: {rows}{size:.1} MB in {took:.1} s."));
            server.stop().await?;
        }
    }
    Ok(())
}
