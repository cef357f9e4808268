//! Reading by one person does not make other people wait.

#![cfg(test)]

use std::{
    sync::{Arc, Barrier},
    thread,
    time::{Duration, Instant},
};

use rainstaff::{
    db::{Db, Read, Scope, ScopedTx, enter_worker},
    timesheets::{
        db::list_timesheets,
        listed::{Filter, Listed},
    },
};
use sqlx::Executor as _;
use tokio::{task::JoinSet, time::timeout};

use crate::support::builders::{Company, clerk, employee_id, op, region, timesheet_id};

async fn all_of(db: &Db, office: &str, count: usize) -> Vec<ScopedTx<Read>> {
    let scope = Scope::of(&clerk(office)).unwrap();
    let mut reading = Vec::new();
    for _ in 0..count {
        reading.push(db.read(&scope).await.unwrap());
    }
    reading
}

/// 24 transactions of one clerk at once, each of them kept for so long.
fn storm<T: Send, F: Future<Output = T> + Send + 'static>(db: &Db, long: Duration, begin: fn(Db) -> F) -> JoinSet<()> {
    let mut storm = JoinSet::new();
    for _ in 0..24 {
        let begun = begin(db.clone());
        storm.spawn(async move {
            let kept = begun.await;
            tokio::time::sleep(long).await;
            drop(kept);
        });
    }
    storm
}

#[tokio::test]
async fn many_searches_of_one_clerk_leave_room_for_another_office() {
    let company = Company::with_connections(6).await;
    let db = &company.db;
    let storm = storm(db, Duration::from_millis(400), |db| async move { all_of(&db, "ankara", 1).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let asked = Instant::now();
    let others = all_of(db, "istanbul", 3).await;
    assert!(asked.elapsed() < Duration::from_millis(300), "another office waits for {:?}", asked.elapsed());
    assert_eq!(db.pool_figures().used, 6, "three of each");
    drop(others);
    storm.join_all().await; // in turn, each of them
}

#[tokio::test]
async fn many_batches_of_one_clerk_leave_room_for_another_office() {
    let company = Company::with_connections(6).await;
    let db = &company.db;
    let storm = storm(db, Duration::from_millis(100), |db| async move { db.write(&Scope::of(&clerk("ankara")).unwrap()).await.unwrap() });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let asked = Instant::now();
    let other = db.write(&Scope::of(&clerk("istanbul")).unwrap()).await.unwrap();
    assert!(asked.elapsed() < Duration::from_millis(300), "another office waits for {:?}", asked.elapsed());
    assert_eq!(db.pool_figures().used, 3, "two of the one, one of the other");
    drop(other);
    storm.join_all().await; // in turn, each of them
}

#[tokio::test]
async fn whoever_waits_too_long_is_told_so_and_the_place_is_given_back() {
    let company = Company::new().await;
    let reading = all_of(&company.db, "ankara", 3).await;
    let scope = Scope::of(&clerk("ankara")).unwrap();
    let refused = company.db.read(&scope).await.err().expect("there is no fourth place");
    assert!(matches!(refused, sqlx::Error::PoolTimedOut), "{refused}");
    company.db.write(&scope).await.expect("what is entered has places of its own");
    drop(reading);
    company.db.read(&scope).await.expect("there is room again");
}

/// Writes for as long as `end` is not reached, on as many connections as it gets.
async fn take_what_there_is(db: &Db, full: &Barrier, end: &Barrier) {
    let scope = Scope::of_server(vec![region("ankara")]);
    let mut held = Vec::new();
    while let Ok(Ok(tx)) = timeout(Duration::from_millis(1500), db.write(&scope)).await {
        held.push(tx);
    }
    assert!(held.len() >= 2, "{} connections for a worker", held.len());
    tokio::task::block_in_place(|| {
        full.wait();
        end.wait();
    });
}

#[tokio::test]
async fn a_process_opens_no_more_connections_than_it_is_given_however_many_workers_it_has() {
    for (given, workers) in [(6, 2), (20, 8), (13, 3), (20, 2)] {
        let company = Company::with_connections(given).await;
        let db = company.db.clone().for_workers(workers).await;
        let (full, end) = (Arc::new(Barrier::new(workers + 2)), Arc::new(Barrier::new(workers + 2)));
        let threads = (0..=workers).map(|worker| {
            let (db, full, end) = (db.clone(), full.clone(), end.clone());
            thread::spawn(move || {
                if worker > 0 {
                    enter_worker();
                }
                let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
                runtime.block_on(take_what_there_is(&db, &full, &end));
            })
        });
        let threads: Vec<_> = threads.collect();
        let looks = (full.clone(), end.clone());
        tokio::task::spawn_blocking(move || looks.0.wait()).await.unwrap();
        let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'rainstaff'";
        let open: i64 = sqlx::query_scalar(open).fetch_one(&mut company.files.connect_owner().await).await.unwrap();
        assert_eq!((open, db.pool_figures().most), (i64::from(given), i64::from(given)), "{workers} workers");
        tokio::task::spawn_blocking(move || looks.1.wait()).await.unwrap();
        for thread in threads {
            thread.join().unwrap();
        }
    }
}

#[tokio::test]
async fn a_statement_of_a_reader_ends_after_five_seconds_and_one_of_the_server_may_take_ten() {
    let company = Company::new().await;
    let actor = clerk("ankara");
    let made = op(&actor, "ankara");
    company.apply_one(&actor, &made.new_employee(employee_id(1), "Ayşe")).await;
    company.apply_one(&actor, &op(&actor, "ankara").new_timesheet(timesheet_id(1), employee_id(1), "2026-11-16")).await;
    let slowly = "CREATE POLICY slowly ON app.timesheets AS RESTRICTIVE FOR SELECT USING (pg_sleep(7) IS NOT NULL)";
    company.files.connect_owner().await.execute(slowly).await.unwrap();
    let list = async |scope: Scope| -> Result<Vec<Listed>, sqlx::Error> {
        let day = |text: &str| text.parse().unwrap();
        let filter = Filter { employee_id: None, from: day("2026-11-01"), to: day("2026-11-30"), text: String::new() };
        list_timesheets(&mut company.db.read(&scope).await?, &filter, 10, 0).await
    };
    let (read, by_server) = tokio::join!(list(Scope::of(&actor).unwrap()), list(Scope::of_server(vec![region("ankara")])));
    let refused = read.unwrap_err();
    assert_eq!(refused.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(), Some("57014"), "{refused}");
    assert_eq!(by_server.unwrap().len(), 1);
}
