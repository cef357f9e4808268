//! A request that is cancelled half-way must not leave its scope on the connection. sqlx forgets a transaction whose begin was cancelled
//! and reuses the connection with the transaction open; `Db` therefore begins transactions in a separate task.
//!
//! Many transactions with random tiny timeouts run over two connections. Each one that succeeds must see its own region and nothing else,
//! and in every pause PostgreSQL itself must report no connection inside a transaction.

#![cfg(test)]

use std::time::{Duration, Instant};

use rainstaff::{
    db::{Capability, Read, Scope, ScopedTx, guard},
    identity::Actor,
    month::db::list_shifts,
    roster::load_roster,
    timesheets::{
        db::list_timesheets,
        listed::{Filter, Listed},
    },
};
use sqlx::{Connection, PgConnection};
use tokio::{task::JoinSet, time::timeout};

use crate::support::builders::{Company, OFFICES, clerk, employee_id, op, timesheet_id};

const TASKS: usize = 8;
const WAVES: usize = 25;
const PER_WAVE: usize = 16; // 8 x 25 x 16 = 3,200 transactions

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelled_transactions_leave_no_scope_behind() {
    let company = company_with_rows(2).await;
    let mut observer = company.files.connect_owner().await;
    let longest = 8 * how_long_a_look_takes(&company).await; // eight look at once
    let mut through = 0;
    for wave in 0..WAVES {
        let mut storm = JoinSet::new();
        for task in 0..TASKS {
            let (db, actor) = (company.db.clone(), clerk(OFFICES[(task + wave) % OFFICES.len()]));
            storm.spawn(async move {
                let mut seen = 0;
                for _ in 0..PER_WAVE {
                    let patience = longest.mul_f64(rand::random_range(0.0..1.0));
                    if let Ok(rows) = timeout(patience, look_around(&db, &actor)).await {
                        assert!(rows.iter().all(|r| r.region == actor.regions[0].code()), "another region's row was disclosed");
                        assert_eq!(rows.len(), 3, "and one's own rows are all there");
                        seen += 1;
                    }
                }
                seen
            });
        }
        through += storm.join_all().await.into_iter().sum::<usize>();
        assert_eq!(settled_in_transaction(&mut observer).await, 0, "wave {wave}: a connection in the pool is still inside a transaction");
        assert!(guard::has_no_scope(&mut company.db.system(&Capability::Users(None)).await.unwrap()).await.unwrap());
    }
    let all = TASKS * WAVES * PER_WAVE;
    assert!(
        through > all / 50 && through < all - all / 50,
        "{through} of {all} came through: the timeouts cut neither too many nor too few"
    );
    observer.close().await.unwrap();
}

/// On this machine, with whatever else it does.
async fn how_long_a_look_takes(company: &Company) -> Duration {
    const LOOKS: u32 = 20;
    let begin = Instant::now();
    for _ in 0..LOOKS {
        look_around(&company.db, &clerk("ankara")).await;
    }
    begin.elapsed() / LOOKS
}

#[tokio::test]
async fn a_transaction_without_regions_cannot_read_a_regional_table_after_one_with_regions() {
    let company = Company::with_connections(1).await;
    let actor = clerk("ankara");
    for _ in 0..3 {
        drop(company.db.read(&Scope::of(&actor).unwrap()).await.unwrap());
        company.db.write(&Scope::of(&actor).unwrap()).await.unwrap().commit().await.unwrap();
        assert!(guard::has_no_scope(&mut company.db.system(&Capability::Own(actor.user_id)).await.unwrap()).await.unwrap());
    }
}

#[tokio::test]
async fn a_plan_that_is_kept_shows_each_office_its_own_rows() {
    let company = company_with_rows(1).await;
    let [from, to] = ["2026-11-16", "2026-11-18"].map(|date| date.parse().unwrap());
    for _ in 0..8 {
        for (first, office) in [10, 20, 30, 40].into_iter().zip(OFFICES) {
            let mut tx = company.db.read_bounded(&Scope::of(&clerk(office)).unwrap()).await.unwrap();
            let roster = load_roster(&mut tx, from, to).await.unwrap();
            let people: Vec<_> = roster.people().iter().map(|person| (person.region.as_str(), person.id)).collect();
            assert_eq!(people, [(office, employee_id(first))]);
            let shifts = list_shifts(&mut tx, from, to).await.unwrap();
            assert_eq!(shifts.iter().map(|(id, days)| (*id, days.len())).collect::<Vec<_>>(), [(employee_id(first), 3)], "{office}");
        }
    }
}

/// Three entries in each office.
async fn company_with_rows(connections: u32) -> Company {
    let company = Company::with_connections(connections).await;
    for (first, office) in [10, 20, 30, 40].into_iter().zip(OFFICES) {
        let actor = clerk(office);
        let mut ops = vec![op(&actor, office).new_employee(employee_id(first), "Ayşe Yılmaz")];
        for (n, date) in [(1, "2026-11-16"), (2, "2026-11-17"), (3, "2026-11-18")] {
            ops.push(op(&actor, office).new_timesheet(timesheet_id(first + n), employee_id(first), date));
        }
        assert!(company.apply(&actor, &ops).await.iter().all(|v| v.verdict.took_effect()));
    }
    company
}

async fn look_around(db: &rainstaff::db::Db, actor: &Actor) -> Vec<Listed> {
    let scope = Scope::of(actor).unwrap();
    if rand::random() {
        list(&mut db.read(&scope).await.unwrap()).await
    } else {
        let tx = db.write(&scope).await.unwrap();
        tx.commit().await.unwrap();
        list(&mut db.read(&scope).await.unwrap()).await
    }
}

async fn list(tx: &mut ScopedTx<Read>) -> Vec<Listed> {
    let year = |y| chrono::NaiveDate::from_yo_opt(y, 1).unwrap();
    let filter = Filter { employee_id: None, from: year(2020), to: year(2030), text: String::new() };
    list_timesheets(tx, &filter, 100, 0).await.unwrap()
}

/// How many of the server's connections are inside a transaction while nobody uses them. Rollbacks of what was dropped may still be under
/// way, so it looks for half a second before it believes it.
async fn settled_in_transaction(observer: &mut PgConnection) -> i64 {
    let mut inside = 0;
    for _ in 0..50 {
        inside = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'rainstaff' AND state <> 'idle'",
        )
        .fetch_one(&mut *observer)
        .await
        .unwrap();
        if inside == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    inside
}
