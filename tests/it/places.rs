//! One person's reading does not keep the others waiting.

#![cfg(test)]

use std::time::{Duration, Instant};

use rainstaff::db::{Db, Read, Scope, ScopedTx};
use tokio::task::JoinSet;

use crate::support::builders::{Company, clerk};

async fn all_of(db: &Db, office: &str, count: usize) -> Vec<ScopedTx<Read>> {
    let scope = Scope::of(&clerk(office)).unwrap();
    let mut reading = Vec::new();
    for _ in 0..count {
        reading.push(db.read(&scope).await.unwrap());
    }
    reading
}

#[tokio::test]
async fn many_searches_of_one_clerk_leave_room_for_another_office() {
    let company = Company::with_connections(6).await;
    let db = &company.db;
    let mut storm = JoinSet::new();
    for _ in 0..24 {
        let db = db.clone();
        storm.spawn(async move {
            let reading = all_of(&db, "ankara", 1).await;
            tokio::time::sleep(Duration::from_millis(400)).await;
            drop(reading);
        });
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let asked = Instant::now();
    let others = all_of(db, "istanbul", 3).await;
    assert!(asked.elapsed() < Duration::from_millis(300), "another office waits for {:?}", asked.elapsed());
    assert_eq!(db.pool_figures().used, 6, "three of each");
    drop(others);
    storm.join_all().await; // in turn, each of them
}

#[tokio::test]
async fn whoever_waits_too_long_is_told_so_and_the_place_is_given_back() {
    let company = Company::new().await;
    let reading = all_of(&company.db, "ankara", 3).await;
    let scope = Scope::of(&clerk("ankara")).unwrap();
    let refused = company.db.read(&scope).await.err().expect("there is no fourth place");
    assert!(matches!(refused, sqlx::Error::PoolTimedOut), "{refused}");
    company.db.write(&scope).await.expect("what is entered needs no place");
    drop(reading);
    company.db.read(&scope).await.expect("there is room again");
}
