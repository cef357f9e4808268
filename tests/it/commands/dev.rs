//! `rainstaff dev`: everything in one command; afterwards only the data remain.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use nix::sys::signal::Signal;
use sqlx::{Connection, PgConnection};

use super::{Running, Said, rainstaff};

fn dev(data_dir: &Path) -> Running {
    let mut command = rainstaff(&["dev", "--listen", "127.0.0.1:0", "--data-dir"]);
    command.arg(data_dir).env("RAINSTAFF_LOG", "warn");
    Running::start(command)
}

/// The folder of the socket in the printed URL.
fn socket_of(url: &str) -> std::path::PathBuf {
    let host = url.split(['@', '/']).nth(3).unwrap().replace("%2F", "/");
    Path::new(&host).join(".s.PGSQL.5432")
}

#[tokio::test]
async fn dev_shows_a_company_leaves_nothing_running_and_keeps_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = dev(folder.path());
    let line = first.next_line();
    let url = line.strip_prefix("database ").unwrap_or_else(|| panic!("{line}")).to_owned();
    assert_eq!(first.get("/health", "").status, 200);
    assert!(first.get("/login", "").body.contains("rainstaff-demo"), "the sign-in page shows the password");
    let cookie = first.sign_in("ankara1", "rainstaff-demo").unwrap();
    let people = first.get("/api/v1/employees", &cookie).body;
    assert!(people.contains("Işıl Işık") && !people.contains("Fatma Çelik"), "{people}");
    let server: i32 = {
        let mut conn = PgConnection::connect(&url).await.expect("any client can use the printed URL");
        let id = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        id
    };
    assert!(socket_of(&url).exists());
    assert_eq!(first.stop(Signal::SIGINT), Some(0));
    assert!(!socket_of(&url).exists(), "the socket is still there");
    assert!(PgConnection::connect(&url).await.is_err(), "the database still answers");
    assert!(nix::sys::signal::kill(nix::unistd::Pid::from_raw(server), None).is_err(), "a process of the database is left");

    let began = Instant::now();
    let second = dev(folder.path());
    assert!(began.elapsed() < Duration::from_secs(10), "a second start takes {:?}", began.elapsed());
    assert!(second.before.is_empty(), "filled again: {:?}", second.before);
    assert_eq!(second.get("/api/v1/employees", &cookie).body, people, "session and data have outlived the restart");
    let list = Said::of(data_command(folder.path(), &["user", "list"])).ok();
    assert!(list.contains("izmir1"), "commands reach the running database: {list}");
    assert_eq!(second.stop(Signal::SIGTERM), Some(0));

    let list = Said::of(data_command(folder.path(), &["user", "list"])).ok();
    assert!(list.contains("izmir1"), "and start it where it does not run: {list}");
    assert!(PgConnection::connect(&url).await.is_err(), "the command left its database running");
    rainstaff_cluster::Cluster::erase(folder.path()).await.unwrap();
}

fn data_command(data_dir: &Path, arguments: &[&str]) -> std::process::Command {
    let mut command = rainstaff(arguments);
    command.env("RAINSTAFF_DATA_DIR", data_dir);
    command
}

#[test]
fn dev_listens_on_loopback_only() {
    for address in ["0.0.0.0:0", "192.0.2.1:8080"] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = rainstaff(&["dev", "--listen", address, "--data-dir"]);
        command.arg(folder.path());
        let sentence = Said::of(command).refusal();
        assert!(sentence.contains("is not a loopback address"), "{sentence}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "something was started");
    }
}
