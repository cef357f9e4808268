//! A pooler in transaction mode between the server and PostgreSQL: serving goes through it, migrating does not.

#![cfg(test)]

use std::path::PathBuf;

use rainstaff::{
    db::{Db, DbConfig, MigrateError, guard, migrate},
    ops::{Origin, VerdictKind},
    sync::deliver,
};
use sqlx::{Connection, PgConnection};
use tokio::task::JoinSet;

use crate::support::{
    app::state_on,
    builders::{Company, clerk, employee_id, op, queue_id},
    cluster::TestDb,
    pooler::{Lends, Pooler},
};

async fn socket_of(db: &TestDb) -> PathBuf {
    let mut conn = PgConnection::connect(db.bypass_url()).await.unwrap();
    let folder: String = sqlx::query_scalar("SHOW unix_socket_directories").fetch_one(&mut conn).await.unwrap();
    folder.into()
}

#[tokio::test]
async fn migrating_through_it_is_refused_in_a_sentence_and_leaves_no_lock() {
    let db = TestDb::empty().await;
    for (backends, order) in [(1, Lends::TheLast), (6, Lends::TheLast), (6, Lends::TheFirst)] {
        let pooler = Pooler::start(&socket_of(&db).await, backends.max(2), order);
        let refused = migrate(&pooler.way_to(db.owner_url())).await;
        assert!(matches!(refused, Err(MigrateError::Pooler)), "{order:?} of {backends}: {refused:?}");
        assert!(refused.unwrap_err().to_string().starts_with("migrations cannot run through a connection pooler"));
    }
    let mut owner = db.connect_owner().await;
    let locks: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert_eq!(locks, 0, "a lock that nobody can take off blocks every later start");
    migrate(db.owner_url()).await.unwrap();
}

/// As the owner: whatever is not said in each transaction shows, since a connection is the owner's until it is told otherwise.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_transaction_is_the_applications_whichever_connection_it_gets() {
    let company = Company::new().await;
    for order in [Lends::TheFirst, Lends::TheLast] {
        let pooler = Pooler::start(&socket_of(&company.files).await, 3, order);
        let config = DbConfig { owner_url: pooler.way_to(company.files.owner_url()), app_url: None, max_connections: 12 };
        let db = Db::connect(&config).await.unwrap();
        let mut checks = JoinSet::new();
        for _ in 0..2 {
            // Two transactions at once each, on three connections between them: more, and each would wait for the others.
            let db = db.clone();
            checks.spawn(async move { guard::check(&db).await });
        }
        while let Some(found) = checks.join_next().await {
            let fatal: Vec<_> = found.unwrap().unwrap().into_iter().filter(guard::Finding::is_fatal).collect();
            assert_eq!(fatal, [], "{order:?}");
        }
        db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clerks_of_two_offices_work_through_it() {
    let company = Company::new().await;
    let pooler = Pooler::start(&socket_of(&company.files).await, 3, Lends::TheFirst);
    let files = &company.files;
    let config = DbConfig { owner_url: files.owner_url().to_owned(), app_url: Some(pooler.way_to(files.app_url())), max_connections: 12 };
    let state = state_on(&Db::connect(&config).await.unwrap());
    let mut clerks = JoinSet::new();
    for n in 0..8_u32 {
        let (state, office) = (state.clone(), ["ankara", "istanbul"][n as usize % 2]);
        clerks.spawn(async move {
            let actor = clerk(office);
            for round in 0..10 {
                let new = op(&actor, office).queued(queue_id(n), i64::from(round) + 1).new_employee(employee_id(n * 100 + round), "Ayşe");
                let verdicts = deliver(&state, &actor, Origin::Offline, vec![new]).await.unwrap();
                assert_eq!(verdicts[0].verdict, VerdictKind::Applied, "{verdicts:?}");
            }
        });
    }
    clerks.join_all().await;
    assert_eq!(company.look("SELECT count(*) FROM app.employees").await, "80");
    assert_eq!(company.look("SELECT count(*) FROM app.employees WHERE region = 'ankara'").await, "40");
    assert_eq!(company.look("SELECT sec.verify_changes('ankara')").await, "nothing");
    state.db.close().await;
}
