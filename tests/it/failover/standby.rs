//! A streaming standby of a private cluster, from the same programs.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill as send_signal},
    unistd::{Gid, Pid, Uid, chown},
};
use rainstaff_cluster::Cluster;
use sqlx::{AssertSqlSafe, Connection, Executor, Row, postgres::PgConnection};

/// How long servers may take for anything.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection, with patience: a server may be starting.
pub async fn connect(url: &str) -> PgConnection {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match PgConnection::connect(url).await {
            Ok(conn) => return conn,
            Err(error) => assert!(Instant::now() < deadline, "{url}: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn ask<T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>>(url: &str, sql: &str) -> T {
    let mut conn = connect(url).await;
    let found = sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    found
}

/// The folder with a server's socket.
pub async fn sockets(url: &str) -> PathBuf {
    ask::<String>(url, "SHOW unix_socket_directories").await.into()
}

/// Ends a cluster's server at once, as a power cut does.
pub async fn kill(cluster: &Cluster) {
    let url = cluster.superuser_url("postgres");
    let data: String = ask(&url, "SHOW data_directory").await;
    let pid = fs::read_to_string(Path::new(&data).join("postmaster.pid")).unwrap().lines().next().unwrap().parse().unwrap();
    send_signal(Pid::from_raw(pid), Signal::SIGQUIT).unwrap();
    let deadline = Instant::now() + PATIENCE;
    while PgConnection::connect(&url).await.is_ok() {
        assert!(Instant::now() < deadline, "the server goes on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A standby; ended with this.
pub struct Standby {
    server: Child,
    sockets: PathBuf,
}

impl Standby {
    /// Copies a running cluster (a base backup by hand: the packaged PostgreSQL has no `pg_basebackup`) and starts the copy as its standby.
    pub async fn of(primary: &Cluster, folder: &Path) -> Self {
        let url = primary.superuser_url("postgres");
        let data: String = ask(&url, "SHOW data_directory").await;
        let owner = fs::metadata(&data).unwrap();
        // Where the server's account can go: beside the primary's data.
        let root = Path::new(&data).parent().unwrap().join(folder.file_name().unwrap());
        let (copy, sockets) = (root.join("data"), root.join("s"));
        fs::create_dir_all(&sockets).unwrap();
        let mut conn = connect(&url).await;
        conn.execute("SELECT pg_backup_start('standby', true)").await.unwrap();
        let copied = Command::new("cp").arg("-a").arg(&data).arg(&copy).status().unwrap();
        assert!(copied.success());
        let stopped = conn.fetch_one("SELECT labelfile FROM pg_backup_stop()").await.unwrap();
        conn.close().await.unwrap();
        fs::write(copy.join("backup_label"), stopped.get::<String, _>(0)).unwrap();
        fs::write(copy.join("standby.signal"), "").unwrap();
        fs::remove_file(copy.join("postmaster.pid")).unwrap();
        let settings = format!("primary_conninfo = 'host={} port=5432 user=postgres'\n", self::sockets(&url).await.display());
        fs::write(copy.join("postgresql.auto.conf"), settings).unwrap();
        let ours = ["backup_label", "standby.signal", "postgresql.auto.conf"].map(|name| copy.join(name));
        for path in ours.iter().chain([&sockets, &root]) {
            chown(path, Some(Uid::from_raw(owner.uid())), Some(Gid::from_raw(owner.gid()))).unwrap();
        }
        let server = start(&data, &copy, &sockets, &owner);
        let standby = Self { server, sockets };
        assert!(ask::<bool>(&standby.url("postgres"), "SELECT pg_is_in_recovery()").await);
        standby
    }

    /// The folder with its socket.
    pub fn sockets(&self) -> &Path {
        &self.sockets
    }

    /// Its URL as superuser.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@{}/{database}", self.sockets.display().to_string().replace('/', "%2F"))
    }

    /// Waits until it has everything that the primary has.
    pub async fn catch_up(&self, primary: &Cluster) {
        let at: String = ask(&primary.superuser_url("postgres"), "SELECT pg_current_wal_lsn()::text").await;
        self.until(&format!("SELECT coalesce(pg_last_wal_replay_lsn() >= '{at}', false)")).await;
    }

    /// From now on it lags.
    pub async fn stop_receiving(&self) {
        let mut conn = connect(&self.url("postgres")).await;
        conn.execute("ALTER SYSTEM SET primary_conninfo = ''").await.unwrap();
        conn.execute("SELECT pg_reload_conf()").await.unwrap();
        conn.close().await.unwrap();
        self.until("SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver)").await;
    }

    /// It is the primary now.
    pub async fn promote(&self) {
        assert!(ask::<bool>(&self.url("postgres"), "SELECT pg_promote()").await);
    }

    async fn until(&self, holds: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !ask::<bool>(&self.url("postgres"), holds).await {
            assert!(Instant::now() < deadline, "{holds}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// As the primary was started, in folders of its own.
fn start(primary: &str, data: &Path, sockets: &Path, owner: &fs::Metadata) -> Child {
    let options = fs::read_to_string(Path::new(primary).join("postmaster.opts")).unwrap();
    let (program, rest) = options.trim().split_once(' ').unwrap();
    let mut words: Vec<String> = rest.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    for (flag, value) in [("-D", data), ("-k", sockets)] {
        let at = words.iter().position(|word| word == flag).unwrap();
        words[at + 1] = value.display().to_string();
    }
    let log = fs::File::create(sockets.parent().unwrap().join("log")).unwrap();
    let mut command = Command::new(program);
    command.args(words).current_dir("/").env("LC_ALL", "C").stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    if Uid::effective().is_root() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    command.process_group(0).spawn().unwrap()
}

impl Drop for Standby {
    fn drop(&mut self) {
        let _ = send_signal(Pid::from_raw(self.server.id().try_into().unwrap()), Signal::SIGQUIT);
        let _ = self.server.wait();
        let _ = fs::remove_dir_all(self.sockets.parent().unwrap());
    }
}
