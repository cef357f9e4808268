//! The private cluster: it starts as the user who runs the tests, keeps its data, is shared, and never runs longer than its holders.

use std::{
    env,
    fs::{self, Permissions},
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rainstaff::{
    db::{Db, DbConfig, Scope, create_regions, migrate},
    employees::Employee,
    ops::VerdictKind,
    sync::apply_ops,
    web::office::Office as _,
};
use rainstaff_cluster::{Cluster, ClusterError, ClusterOptions};
use sqlx::{Connection, Executor, postgres::PgConnection};
use tempfile::TempDir;

use crate::support::{
    builders::{clerk, employee_id, op, prints_of, queue_of, timesheet_id},
    cluster::TestDb,
};

/// Names the folder that [`a_process_that_holds_a_cluster`] is to use. Unset in a normal run.
const HOLD: &str = "RAINSTAFF_TEST_HOLD";

fn throwaway(data_dir: &Path) -> ClusterOptions {
    ClusterOptions { data_dir: data_dir.to_owned(), durable: false }
}

fn durable(data_dir: &Path) -> ClusterOptions {
    ClusterOptions { data_dir: data_dir.to_owned(), durable: true }
}

/// A folder that only we may enter, as `/root` is: when root runs the tests, the data must go where the server's account can reach them.
fn private_folder() -> TempDir {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir().expect("a temporary folder")
}

async fn answers(url: &str) -> bool {
    PgConnection::connect(url).await.is_ok()
}

fn socket_folder(url: &str) -> String {
    let host = url.split(['@', '/']).nth(3).expect("a host in the URL");
    host.replace("%2F", "/")
}

/// Started as another process by the tests below: holds the cluster until it is killed.
#[tokio::test]
async fn a_process_that_holds_a_cluster() {
    let Some(folder) = env::var_os(HOLD) else { return };
    let cluster = Cluster::start(throwaway(Path::new(&folder))).await.expect("the held cluster starts");
    println!("\nholding {}", cluster.owner_url("postgres"));
    thread::sleep(Duration::from_mins(1));
}

fn hold_in_another_process(folder: &Path) -> (Child, String) {
    let mut holder = Command::new(env::current_exe().expect("the test program"))
        .args(["--exact", "cluster::a_process_that_holds_a_cluster", "--nocapture"])
        .env(HOLD, folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the holder starts");
    let lines = BufReader::new(holder.stdout.take().expect("its output")).lines();
    let url = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("holding ").map(str::to_owned));
    (holder, url.expect("the holder says where"))
}

/// Names the folder of the binaries that [`entries_are_stored_on_the_server_of_a_folder`] is to use. Unset in a normal run.
const SERVER: &str = "RAINSTAFF_TEST_SERVER";
/// The oldest server that the program accepts, where Debian installs it.
const OLDEST: &str = "/usr/lib/postgresql/15/bin";

/// Started as another process by the test below: a run has one server for its tests.
#[tokio::test]
async fn entries_are_stored_on_the_server_of_a_folder() {
    if env::var_os(SERVER).is_none() {
        return;
    }
    rainstaff::registry::install();
    let folder = private_folder();
    let cluster = Cluster::start(throwaway(folder.path())).await.expect("the server starts");
    cluster.create_database("company").await.expect("a new database");
    let owner_url = cluster.owner_url("company");
    migrate(&owner_url).await.expect("the schema is made");
    create_regions(&owner_url, &[("ankara", "Ankara")]).await.expect("an office");
    let config = DbConfig { owner_url, app_url: Some(cluster.app_url("company")), max_connections: 4 };
    let db = Db::connect(&config).await.expect("the server serves with this database");
    let clerk = clerk("ankara");
    let ops = [
        op(&clerk, "ankara").new_employee(employee_id(1), "Ayşe Işık"),
        op(&clerk, "ankara").new_timesheet(timesheet_id(1), employee_id(1), "2026-01-05"),
    ];
    let mut tx = db.write(&Scope::one(&clerk, &ops[0].region).unwrap()).await.unwrap();
    let verdicts = apply_ops(&mut tx, &queue_of(&clerk), &ops, &prints_of(&ops)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(verdicts.iter().map(|verdict| verdict.verdict).collect::<Vec<_>>(), [VerdictKind::Applied; 2]);
    let mut tx = db.read(&Scope::of(&clerk).unwrap()).await.unwrap();
    assert_eq!(tx.list::<Employee>(false).await.unwrap().len(), 1);
    println!("\nstored on {}", env::var(SERVER).unwrap());
}

#[test]
fn the_oldest_server_does_as_well() {
    if !Path::new(OLDEST).join("postgres").exists() {
        println!("not tried: no PostgreSQL 15 in {OLDEST}");
        return;
    }
    let tried = Command::new(env::current_exe().expect("the test program"))
        .args(["--exact", "cluster::entries_are_stored_on_the_server_of_a_folder", "--nocapture"])
        .env(SERVER, OLDEST)
        .env("RAINSTAFF_PG_BIN", OLDEST)
        .output()
        .expect("the test starts");
    let said = String::from_utf8_lossy(&tried.stdout);
    assert!(tried.status.success() && said.contains("stored on"), "{said}{}", String::from_utf8_lossy(&tried.stderr));
}

async fn ends_within_seconds(url: &str) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        if !answers(url).await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test]
async fn a_durable_cluster_keeps_its_data_and_can_be_erased() {
    let folder = private_folder();
    let first = Cluster::start(durable(folder.path())).await.expect("the first start");
    first.create_database("rainstaff").await.expect("a new database");
    first.create_database("rainstaff").await.expect("the same database again");
    let url = first.owner_url("rainstaff");
    PgConnection::connect(&url).await.unwrap().execute("CREATE TABLE kept AS SELECT 'çığ' AS word").await.unwrap();
    assert!(matches!(Cluster::erase(folder.path()).await, Err(ClusterError::InUse(_))), "erased under a holder");
    first.stop().await.expect("the first stop");
    assert!(!answers(&url).await, "the server still answers after stop");

    let second = Cluster::start(durable(folder.path())).await.expect("the second start");
    assert!(!second.is_attached());
    assert_eq!(second.owner_url("rainstaff"), url, "the URL changed from one start to the next");
    let mut conn = PgConnection::connect(&url).await.unwrap();
    let word: String = sqlx::query_scalar("SELECT word FROM kept").fetch_one(&mut conn).await.expect("the row of the first run");
    assert_eq!(word, "çığ");
    conn.close().await.unwrap();
    second.stop().await.unwrap();

    Cluster::erase(folder.path()).await.expect("nobody uses it any more");
    let third = Cluster::start(durable(folder.path())).await.expect("a start from nothing");
    assert!(!answers(&url).await, "the erased database is still there");
    third.stop().await.unwrap();
    Cluster::erase(folder.path()).await.unwrap();
}

#[tokio::test]
async fn the_last_of_two_holders_stops_the_cluster() {
    let folder = private_folder();
    let first = Cluster::start(throwaway(folder.path())).await.unwrap();
    let second = Cluster::start(throwaway(folder.path())).await.unwrap();
    assert!(second.is_attached() && !first.is_attached());
    let url = second.owner_url("postgres");
    first.stop().await.unwrap();
    assert!(answers(&url).await, "the cluster went with the one who started it");
    second.stop().await.unwrap();
    assert!(!answers(&url).await, "nobody holds the cluster, and it still answers");
    assert!(!Path::new(&socket_folder(&url)).exists(), "a throw-away cluster left its folder");
}

#[tokio::test]
async fn a_killed_holder_takes_the_cluster_with_it() {
    let folder = private_folder();
    let (mut holder, url) = hold_in_another_process(folder.path());
    assert!(answers(&url).await);
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert!(ends_within_seconds(&url).await, "PostgreSQL outlived the killed process");
    let next = Cluster::start(throwaway(folder.path())).await.expect("a start after the crash");
    assert!(!next.is_attached());
    next.stop().await.unwrap();
}

#[tokio::test]
async fn a_cluster_survives_the_kill_of_the_process_that_started_it_while_another_holds_it() {
    let folder = private_folder();
    let (mut holder, url) = hold_in_another_process(folder.path());
    let attached = Cluster::start(throwaway(folder.path())).await.unwrap();
    assert!(attached.is_attached());
    holder.kill().unwrap();
    holder.wait().unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(answers(&url).await, "the attached process lost its database");
    attached.stop().await.unwrap();
    assert!(!answers(&url).await, "the attached process was the last one, and the server still answers");
}

#[tokio::test]
async fn starts_at_the_same_instant_make_one_cluster() {
    let folder = private_folder();
    let starts = (0..4).map(|_| tokio::spawn(Cluster::start(throwaway(folder.path()))));
    let mut clusters = Vec::new();
    for start in starts.collect::<Vec<_>>() {
        clusters.push(start.await.unwrap().expect("each of them gets a cluster"));
    }
    assert_eq!(clusters.iter().filter(|cluster| !cluster.is_attached()).count(), 1);
    for cluster in clusters {
        cluster.stop().await.unwrap();
    }
}

#[tokio::test]
async fn any_folder_will_do_and_only_plain_names_make_a_database() {
    let folder = private_folder();
    let deep = folder.path().join("Şube Müdürlüğü'nün \"puantaj\" klasörü, 2026").join("a".repeat(120));
    fs::create_dir_all(&deep).unwrap();
    let cluster = Cluster::start(throwaway(&deep)).await.expect("any folder will do");
    assert!(answers(&cluster.owner_url("postgres")).await);
    for bad in ["", "a\"b", "Rainstaff", "a b", &"x".repeat(64)] {
        assert!(matches!(cluster.create_database(bad).await, Err(ClusterError::BadName(_))), "{bad:?} passed for a name");
    }
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn the_owner_is_no_superuser_and_tests_start_from_a_migrated_copy() {
    let db = TestDb::new().await;
    let mut conn = db.connect_owner().await;
    let (name, is_super, bypasses): (String, bool, bool) =
        sqlx::query_as("SELECT rolname::text, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
            .fetch_one(&mut conn)
            .await
            .unwrap();
    assert_eq!((name.as_str(), is_super, bypasses), ("rainstaff", false, false));
    conn.execute("SET ROLE rainstaff_app").await.expect("the owner can act as the app");
    let unscoped = conn.execute("SELECT sec.regions()").await.expect_err("no scope was entered");
    let code = unscoped.as_database_error().and_then(sqlx::error::DatabaseError::code);
    assert_eq!(code.as_deref(), Some("RS001"), "{unscoped}");
}

#[tokio::test]
async fn an_empty_database_has_no_schema_yet() {
    let db = TestDb::empty().await;
    let mut conn = db.connect_owner().await;
    let exists: bool = sqlx::query_scalar("SELECT to_regnamespace('app') IS NOT NULL").fetch_one(&mut conn).await.unwrap();
    assert!(!exists);
}
