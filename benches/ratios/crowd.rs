//! What many who wait, or one who asks for much, cost the others.

use std::time::{Duration, Instant};

use rainstaff_cluster::Cluster;
use sqlx::{Connection, Executor, postgres::PgConnection};
use tokio::task::JoinSet;

use crate::{
    COMPRESSED, DATABASE, Done, Effort, HTMX,
    company::{Clerk, Office, Server, add_clerk},
    http::Client,
    median, month_page, say,
    table::Table,
    writers,
};

/// Readers of the feed that wait at a time.
const WAITING: usize = 100;
/// Between two saves.
const PAUSE: Duration = Duration::from_millis(100);
/// Searches that one clerk has going at a time.
const SEARCHES: usize = 24;

/// An office saves ten entries a second, with nobody waiting and with a hundred readers of another office: the bell is for their own.
pub async fn waiting(server: &Server, cluster: &Cluster, offices: &[Office], effort: &Effort, table: &mut Table) -> Done<()> {
    say("a hundred readers wait");
    let one = std::slice::from_ref(&offices[0]);
    let mut writer = writers(server, one, 2022, HTMX).await?.remove(0);
    let (mut alone, mut crowded, mut rates) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..effort.rounds {
        alone.push(median(&saves(&mut writer, effort.turn).await?));
        let readers = read_and_wait(server, offices[1].code).await?;
        let before = transactions(cluster).await?;
        let began = Instant::now();
        crowded.push(median(&saves(&mut writer, effort.turn).await?));
        rates.push((transactions(cluster).await? - before) / began.elapsed().as_secs_f64());
        drop(readers);
    }
    let times: Vec<f64> = crowded.iter().zip(&alone).map(|(crowded, alone)| crowded / alone).collect();
    let how = format!("10 a second while {WAITING} readers of another office wait, compared with nobody waiting");
    table.median_at_most("one entry saved: its time", &how, &times, 1.5, "times");
    table.note(&format!(
        "With {WAITING} readers waiting and 10 saves a second the database has {:.0} transactions a second; a save takes {:.1} ms, {:.1} without readers.",
        median(&rates),
        median(&crowded),
        median(&alone),
    ));
    Ok(())
}

/// Times of saves in milliseconds.
async fn saves(writer: &mut crate::http::Worker, time: Duration) -> Done<Vec<f64>> {
    let (mut times, start) = (Vec::new(), Instant::now());
    while start.elapsed() < time {
        let request = (writer.next)(&writer.client);
        let began = Instant::now();
        writer.client.send(&request).await?.expect(writer.status)?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        tokio::time::sleep(PAUSE).await;
    }
    Ok(times)
}

/// Readers that are up to date and wait for the next change. They end when this is dropped.
async fn read_and_wait(server: &Server, office: &str) -> Done<JoinSet<()>> {
    let cookie = Clerk::sign_in(server, office).await?.client.cookie;
    let mut readers = JoinSet::new();
    for _ in 0..WAITING {
        let mut client = Client::connect(server.address).await?;
        cookie.clone_into(&mut client.cookie);
        let mut cursor = String::new();
        for _ in 0..100 {
            let page: serde_json::Value =
                serde_json::from_slice(&client.get(&format!("/api/v1/changes?limit=1000&cursor={cursor}"), "").await?.body)?;
            page["cursor"].as_str().unwrap_or_default().clone_into(&mut cursor);
            if page["more"] == false {
                break;
            }
        }
        readers.spawn(async move { while client.get(&format!("/api/v1/changes?cursor={cursor}&wait=25"), "").await.is_ok() {} });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(readers)
}

/// Transactions of the measured database since it was made.
async fn transactions(cluster: &Cluster) -> Done<f64> {
    tokio::time::sleep(Duration::from_millis(1200)).await; // backends tell at most once a second
    let mut conn = PgConnection::connect(&cluster.superuser_url("postgres")).await?;
    let sql = "SELECT (xact_commit + xact_rollback)::float8 FROM pg_stat_database WHERE datname = $1";
    Ok(sqlx::query_scalar(sql).bind(DATABASE).fetch_one(&mut conn).await?)
}

/// One clerk searches all years of an office of a quarter of a million entries, many times at once; another office opens its month.
pub async fn searching(server: &Server, cluster: &Cluster, url: &str, effort: &Effort, table: &mut Table) -> Done<()> {
    say("an office of 250,000 entries");
    fill_large_office(cluster).await?;
    add_clerk(url, "large1", "large").await?;
    let cookie = Clerk::sign_in(server, "large").await?.client.cookie;
    let mut other = Clerk::sign_in(server, "ankara").await?.client;
    let month = other.request("GET", &month_page(), COMPRESSED, "");
    let alone = median(&times_of(&mut other, &month, effort.turn).await?);
    let mut storm = JoinSet::new();
    for number in 0..SEARCHES {
        let mut client = Client::connect(server.address).await?;
        cookie.clone_into(&mut client.cookie);
        let search = client.request("GET", &format!("/timesheets?from=&to=&q=yok{number}"), COMPRESSED, "");
        storm.spawn(async move {
            loop {
                if client.send(&search).await.is_err() {
                    return;
                }
            }
        });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut times = times_of(&mut other, &month, effort.turn * effort.rounds).await?;
    drop(storm);
    times.sort_by(f64::total_cmp);
    let how = format!("while one clerk of another has {SEARCHES} searches of all years of 250000 entries going");
    table.at_most("an office's month page: the slowest", &how, times.last().copied(), 2000.0, "ms");
    table.note(&format!(
        "While one clerk searches, the month page of another office takes {:.0} ms (median), {alone:.0} otherwise.",
        median(&times)
    ));
    Ok(())
}

/// Times of a request in milliseconds.
async fn times_of(client: &mut Client, request: &[u8], time: Duration) -> Done<Vec<f64>> {
    let (mut times, start) = (Vec::new(), Instant::now());
    while start.elapsed() < time {
        let began = Instant::now();
        client.send(request).await?.expect(200)?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(times)
}

async fn fill_large_office(cluster: &Cluster) -> Done<()> {
    let mut conn = PgConnection::connect(&cluster.superuser_url(DATABASE)).await?;
    conn.execute(
        "SET session_replication_role = replica;
         INSERT INTO app.regions (code, name) VALUES ('large', 'Büyük Şube');
         INSERT INTO app.employees (region, id, full_name) SELECT 'large', gen_random_uuid(), 'Çalışan ' || n FROM generate_series(1, 200) n;
         INSERT INTO app.timesheets (region, id, employee_id, work_date, start_min, end_min, break_min, notes)
         SELECT 'large', gen_random_uuid(), e.id, DATE '2023-01-01' + d, 510, 1050, 60, CASE WHEN d % 5 = 0 THEN 'gece vardiyası notu ' || d ELSE '' END
         FROM app.employees e, generate_series(1, 1250) d WHERE e.region = 'large'",
    )
    .await?;
    conn.execute("ANALYZE app.timesheets, app.employees").await?;
    Ok(conn.close().await?)
}
