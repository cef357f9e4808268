//! The primary is lost, and a standby that lacks its last changes takes over: real servers, streaming from one to the other. The standby
//! assigns the lost numbers again, so clients that had read them must learn that.

#![cfg(test)]

mod standby;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::symlink,
    path::Path,
};

use actix_web::{HttpResponse, body::to_bytes, web::Data};
use rainstaff::{
    access::Client,
    api::exchange,
    db::{Db, DbConfig, create_regions, migrate},
    error::{AppError, AppResult},
    identity::Actor,
    ops::{Op, Origin, VerdictKind},
    state::AppState,
    sync::deliver,
    web::params::Checked,
};
use rainstaff_cluster::{Cluster, ClusterOptions};
use serde_json::Value;
use standby::Standby;

use crate::support::{
    app::state_on,
    builders::{Company, clerk, employee_id, op, queue_id},
};

const DATABASE: &str = "rainstaff";

/// A server's way to the database: a link that leads to one PostgreSQL, and later to another.
struct Way {
    folder: tempfile::TempDir,
}

impl Way {
    fn to(sockets: &Path) -> Self {
        let way = Self { folder: tempfile::tempdir().unwrap() };
        way.leads_to(sockets);
        way
    }

    fn leads_to(&self, sockets: &Path) {
        let (new, now) = (self.folder.path().join("new"), self.folder.path().join("now"));
        symlink(sockets, &new).unwrap();
        fs::rename(new, now).unwrap();
    }

    fn url(&self, user: &str) -> String {
        format!("postgres://{user}@{}/{DATABASE}", self.folder.path().join("now").display().to_string().replace('/', "%2F"))
    }
}

/// A client with a copy of the rows, and a log of what it sent.
#[derive(Default)]
struct Copy {
    cursor: String,
    epoch: Option<Value>,
    names: BTreeMap<String, String>,
    sent: Vec<Op>,
}

async fn body(answer: HttpResponse) -> Value {
    serde_json::from_slice(&to_bytes(answer.into_body()).await.unwrap()).unwrap()
}

impl Copy {
    fn take(&mut self, items: &Value) {
        for item in items.as_array().unwrap() {
            self.names.insert(item["id"].as_str().unwrap().to_owned(), item["row"]["full_name"].as_str().unwrap().to_owned());
        }
    }

    async fn follow(&mut self, state: &AppState, actor: &Actor) -> AppResult<()> {
        let query = Checked::from_query(&format!("cursor={}", self.cursor)).unwrap();
        let page = body(exchange::get_changes(Data::new(state.clone()), Client::Person(actor.clone()), query).await?).await;
        page["cursor"].as_str().unwrap().clone_into(&mut self.cursor);
        self.epoch = Some(page["epoch"].clone());
        self.take(&page["changes"]);
        Ok(())
    }

    async fn start_over(&mut self, state: &AppState, actor: &Actor) {
        let query = Checked::from_query("").unwrap();
        let page = body(exchange::get_snapshot(Data::new(state.clone()), Client::Person(actor.clone()), query).await.unwrap()).await;
        self.names.clear();
        page["cursor"].as_str().unwrap().clone_into(&mut self.cursor);
        self.epoch = Some(page["epoch"].clone());
        self.take(&page["items"]);
    }

    async fn send(&mut self, state: &AppState, actor: &Actor, first: u32, count: u32) {
        let ops = (first..first + count)
            .map(|n| op(actor, "ankara").queued(queue_id(1), i64::from(n)).new_employee(employee_id(n), &format!("Kişi {n}")));
        let ops: Vec<Op> = ops.collect();
        deliver_all(state, actor, ops.clone()).await;
        self.sent.extend(ops);
    }
}

async fn deliver_all(state: &AppState, actor: &Actor, ops: Vec<Op>) {
    let verdicts = deliver(state, actor, Origin::Offline, ops).await.unwrap();
    assert!(verdicts.iter().all(|verdict| verdict.verdict == VerdictKind::Applied), "{verdicts:?}");
}

async fn names(url: &str) -> BTreeSet<String> {
    let mut conn = standby::connect(url).await;
    sqlx::query_scalar("SELECT full_name FROM app.employees").fetch_all(&mut conn).await.unwrap().into_iter().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_had_read_what_a_lagging_standby_lacks_starts_over_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let primary = Cluster::start(ClusterOptions { data_dir: folder.path().join("primary"), durable: false }).await.unwrap();
    primary.create_database(DATABASE).await.unwrap();
    migrate(&primary.owner_url(DATABASE)).await.unwrap();
    create_regions(&primary.owner_url(DATABASE), &[("ankara", "Ankara")]).await.unwrap();
    let standby = Standby::of(&primary, &folder.path().join("standby")).await;

    let way = Way::to(&standby::sockets(&primary.superuser_url(DATABASE)).await);
    let config = DbConfig { owner_url: way.url("rainstaff"), app_url: Some(way.url("rainstaff_web")), max_connections: 4 };
    let state = state_on(&Db::connect(&config).await.unwrap());
    let (ankara, mut reader) = (clerk("ankara"), Copy::default());
    reader.send(&state, &ankara, 1, 5).await;
    standby.catch_up(&primary).await;
    standby.stop_receiving().await;

    // The last changes of the primary: the reader has them, the standby never will.
    reader.send(&state, &ankara, 6, 3).await;
    reader.follow(&state, &ankara).await.unwrap();
    assert_eq!(reader.names.len(), 8);
    let epoch = reader.epoch.clone();
    reader.follow(&state, &ankara).await.unwrap();
    assert_eq!(reader.epoch, epoch, "the epoch stays while the data do");

    standby::kill(&primary).await;
    standby.promote().await;
    way.leads_to(standby.sockets());

    // Somebody else goes on: numbers 6 to 8 once more, for other rows.
    let mut other = Copy::default();
    other.send(&state, &ankara, 101, 3).await;
    assert!(matches!(reader.follow(&state, &ankara).await, Err(AppError::Gone)), "the reader was not told, and has {:?}", reader.names);
    reader.start_over(&state, &ankara).await;
    assert_ne!(reader.epoch, epoch);
    let sent_again = reader.sent.clone();
    deliver_all(&state, &ankara, sent_again).await;
    reader.follow(&state, &ankara).await.unwrap();
    let there = names(&standby.url(DATABASE)).await;
    assert_eq!(there.len(), 11, "{there:?}");
    assert_eq!(reader.names.into_values().collect::<BTreeSet<_>>(), there, "the copy is what the server has");

    // Whoever starts reading now has the new epoch, and keeps it.
    other.follow(&state, &ankara).await.unwrap();
    assert_eq!(other.epoch, reader.epoch);
    other.follow(&state, &ankara).await.unwrap();
    state.db.close().await;
    drop(primary);
}

#[tokio::test]
async fn a_cursor_ahead_of_the_data_is_not_taken_for_one_that_is_up_to_date() {
    let company = Company::new().await;
    let (state, ankara) = (state_on(&company.db), clerk("ankara"));
    let mut reader = Copy::default();
    reader.send(&state, &ankara, 1, 3).await;
    reader.follow(&state, &ankara).await.unwrap();
    // A disk put back to an earlier moment keeps cluster and timeline.
    sqlx::query("UPDATE app.region_head SET seq = 2 WHERE region = 'ankara'").execute(&mut company.inspect().await).await.unwrap();
    assert!(matches!(reader.follow(&state, &ankara).await, Err(AppError::Gone)));
    reader.start_over(&state, &ankara).await;
    reader.follow(&state, &ankara).await.unwrap();
}
