//! Starts, uses and stops a cluster.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io,
    path::Path,
    process::Child,
    thread,
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Connection, Executor, postgres::PgConnection};
use tokio::{task::spawn_blocking, time::sleep};

use super::{
    ClusterError, ClusterOptions,
    account::Account,
    binaries::Binaries,
    hold::{Hold, is_held, is_watched},
    place::{Place, remove_tree},
};

/// Owner of the databases; runs the migrations. Not a superuser, so row-level security applies to it too.
const OWNER: &str = "rainstaff";

/// The login that serves: a member of the application's role, which owns nothing.
const SERVING: &str = "rainstaff_web";

/// The cluster's superuser, used only to create databases.
const SUPERUSER: &str = "postgres";

const ROLES: &str = "
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rainstaff') THEN
            CREATE ROLE rainstaff LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
        ELSIF (SELECT rolcreaterole FROM pg_roles WHERE rolname = 'rainstaff') THEN
            ALTER ROLE rainstaff NOCREATEROLE;
        END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rainstaff_app') THEN
            CREATE ROLE rainstaff_app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
        END IF;
        IF NOT pg_has_role('rainstaff', 'rainstaff_app', 'MEMBER') THEN
            IF current_setting('server_version_num')::int >= 160000 THEN
                EXECUTE 'GRANT rainstaff_app TO rainstaff WITH SET TRUE, INHERIT FALSE'; -- 15 cannot parse it
            ELSE
                GRANT rainstaff_app TO rainstaff;
            END IF;
        END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rainstaff_web') THEN
            CREATE ROLE rainstaff_web LOGIN IN ROLE rainstaff_app;
        END IF;
    END $$";

/// How long a server may take to start. Recovery after a power failure takes longest.
const START_LIMIT: Duration = Duration::from_mins(2);

/// Settings of every private server. `UTC` like a hosted server; many connections because each test has its own pool.
const SETTINGS: [&str; 6] =
    ["listen_addresses=", "unix_socket_permissions=0700", "max_connections=200", "timezone=UTC", "log_timezone=UTC", "log_checkpoints=off"];

/// Settings for a cluster of tests, whose data need not survive a crash of the machine.
const THROWAWAY_SETTINGS: [&str; 3] = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// A running private cluster. The server runs as long as any process has a `Cluster` of it; dropping one releases it without waiting.
#[derive(Debug)]
pub struct Cluster {
    site: Site,
    hold: Hold,
    /// The server, if this process started it.
    server: Option<Child>,
}

/// The data that the steps of starting need.
#[derive(Debug, Clone)]
struct Site {
    account: Account,
    place: Place,
    binaries: Binaries,
    durable: bool,
}

/// The state of the server behind the socket.
enum Answer {
    /// A server that accepts connections.
    Ready(PgConnection),
    /// A server that is starting or stopping.
    Busy,
    /// No server.
    Silence,
}

impl Cluster {
    /// Starts the cluster of a data folder, or joins it if another process runs it. Creates it first if there is none.
    pub async fn start(options: ClusterOptions) -> Result<Self, ClusterError> {
        let site = blocking(move || Site::prepare(&options)).await?;
        let start_lock = site.place.start_lock();
        let _alone = blocking(move || lock(&start_lock)).await?;
        loop {
            let ready = site.clone();
            let hold = blocking(move || ready.take_hold()).await?;
            let server = match site.settled_answer().await? {
                Answer::Ready(_) | Answer::Busy => None,
                Answer::Silence => Some(site.start_server().await?),
            };
            if is_watched(&site.place).map_err(|e| site.io("cannot read the list of holders", e))? {
                let cluster = Self { site, hold, server };
                cluster.prepare_roles().await?;
                return Ok(cluster);
            }
        }
    }

    /// Whether another process started the server.
    pub fn is_attached(&self) -> bool {
        self.server.is_none()
    }

    /// URL of a database as its owner, for any client on this machine.
    pub fn owner_url(&self, database: &str) -> String {
        self.site.url(OWNER, database)
    }

    /// URL of a database as the login that serves.
    pub fn app_url(&self, database: &str) -> String {
        self.site.url(SERVING, database)
    }

    /// URL of a database as superuser. Row-level security does not apply: use it only to create and drop databases.
    pub fn superuser_url(&self, database: &str) -> String {
        self.site.url(SUPERUSER, database)
    }

    /// Creates an empty database that belongs to the owner; does nothing if it exists.
    pub async fn create_database(&self, name: &str) -> Result<(), ClusterError> {
        let fits = (1..=63).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !fits {
            return Err(ClusterError::BadName(name.to_owned()));
        }
        let mut conn = PgConnection::connect(&self.superuser_url("postgres")).await?;
        let made = conn.execute(AssertSqlSafe(format!(r#"CREATE DATABASE "{name}" OWNER {OWNER}"#))).await;
        conn.close().await?;
        match made {
            Err(sqlx::Error::Database(e)) if e.code().as_deref() == Some("42P04") => Ok(()), // duplicate_database
            other => other.map(|_| ()).map_err(ClusterError::from),
        }
    }

    /// Releases the cluster. The last holder stops the server and waits until it has stopped; otherwise the server continues for the other
    /// holders.
    pub async fn stop(self) -> Result<(), ClusterError> {
        let Self { site, hold, server } = self;
        blocking(move || {
            let alone = lock(&site.place.start_lock())?;
            let was_last = hold.release(&site.place).map_err(|e| site.io("cannot stop PostgreSQL", e))?;
            if let (true, Some(server)) = (was_last, server) {
                wait_for_end(server).map_err(|e| site.io("cannot stop PostgreSQL", e))?;
            }
            if was_last && !site.durable {
                site.place.remove().map_err(|e| site.io("cannot delete the database", e))?;
            }
            drop(alone);
            Ok(())
        })
        .await
    }

    /// Deletes the durable data of `data_dir`, for a fresh start. Refused while a process uses them.
    pub async fn erase(data_dir: &Path) -> Result<(), ClusterError> {
        let data_dir = data_dir.to_owned();
        blocking(move || {
            let account = Account::for_server()?;
            for place in Place::left_behind(&data_dir, true, &account) {
                let _alone = lock(&place.start_lock())?;
                let in_use = is_held(&place).and_then(|held| if held { Ok(true) } else { place.remove().map(|()| false) });
                match in_use {
                    Ok(false) => {}
                    Ok(true) => return Err(ClusterError::InUse(data_dir)),
                    Err(source) => return Err(ClusterError::Io { what: "cannot delete the database".to_owned(), source }),
                }
            }
            Ok(())
        })
        .await
    }

    /// Creates missing roles, so that the owner never needs to, and checks for the Turkish collation. Runs at every start, so an
    /// interrupted start is repaired.
    async fn prepare_roles(&self) -> Result<(), ClusterError> {
        let mut conn = PgConnection::connect(&self.superuser_url("postgres")).await?;
        conn.execute(ROLES).await?;
        let sorts_turkish: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_collation WHERE collname = 'tr-x-icu')").fetch_one(&mut conn).await?;
        conn.close().await?;
        if sorts_turkish { Ok(()) } else { Err(ClusterError::NoTurkishCollation) }
    }
}

impl Site {
    fn prepare(options: &ClusterOptions) -> Result<Self, ClusterError> {
        let account = Account::for_server()?;
        let place = Place::prepare(&options.data_dir, options.durable, &account)?;
        let binaries = Binaries::find(&place, &account)?;
        Ok(Self { account, place, binaries, durable: options.durable })
    }

    fn take_hold(&self) -> Result<Hold, ClusterError> {
        Hold::take(&self.place, &self.account, &self.binaries.program("pg_ctl"), !self.durable)
            .map_err(|e| self.io("cannot watch over PostgreSQL", e))
    }

    /// Waits while a server is starting or stopping.
    async fn settled_answer(&self) -> Result<Answer, ClusterError> {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            match self.ask().await? {
                Answer::Busy if Instant::now() < deadline => sleep(Duration::from_millis(20)).await,
                Answer::Busy => return Err(self.not_started("it keeps saying that it is not ready")),
                settled => return Ok(settled),
            }
        }
    }

    /// Tries to connect to the socket.
    async fn ask(&self) -> Result<Answer, ClusterError> {
        match PgConnection::connect(&self.url(SUPERUSER, "postgres")).await {
            Ok(conn) => Ok(Answer::Ready(conn)),
            Err(sqlx::Error::Database(e)) if e.code().as_deref() == Some("57P03") => Ok(Answer::Busy), // cannot_connect_now
            Err(sqlx::Error::Io(e)) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
                Ok(Answer::Silence)
            }
            Err(e) => Err(e.into()),
        }
    }

    /// Starts the server and waits until it accepts connections.
    async fn start_server(&self) -> Result<Child, ClusterError> {
        let site = self.clone();
        let mut server = blocking(move || site.spawn_server()).await?;
        let deadline = Instant::now() + START_LIMIT;
        loop {
            if let Answer::Ready(conn) = self.ask().await? {
                conn.close().await?;
                return Ok(server);
            }
            let ended = server.try_wait().map_err(|e| self.io("cannot start PostgreSQL", e))?;
            if ended.is_some() || Instant::now() > deadline {
                return Err(self.not_started("the server's last words"));
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn spawn_server(&self) -> Result<Child, ClusterError> {
        let data = self.place.data();
        if !self.durable {
            remove_tree(&data).map_err(|e| self.io("cannot delete the last throw-away database", e))?;
        }
        if !data.exists() {
            self.make_data()?;
        }
        self.place.make_sockets(&self.account).map_err(|e| self.io("cannot make the folder of the socket", e))?;
        let mut server = self.account.command(&self.binaries.program("postgres"));
        server.arg("-D").arg(&data).arg("-k").arg(self.place.sockets()).args(["-p", "5432"]);
        let throwaway: &[&str] = if self.durable { &[] } else { &THROWAWAY_SETTINGS };
        server.args(SETTINGS.iter().chain(throwaway).flat_map(|setting| ["-c", setting]));
        let log = File::create(self.place.log()).and_then(|log| Ok((log.try_clone()?, log)));
        let (log, log_too) = log.map_err(|e| self.io("cannot write the server's log", e))?;
        server.stdout(log).stderr(log_too).spawn().map_err(|e| self.io("cannot start PostgreSQL", e))
    }

    /// Creates PostgreSQL's data folder: under another name first, so that a folder named `data` is always complete. Text is sorted by
    /// ICU's root collation unless a query names another one. Then a prefix search needs its own index, as with a hosted server's `en_US`
    /// and unlike with `C`.
    fn make_data(&self) -> Result<(), ClusterError> {
        let unfinished = self.place.root().join("data.unfinished");
        remove_tree(&unfinished)
            .and_then(|()| fs::create_dir(&unfinished))
            .and_then(|()| self.account.give(&unfinished))
            .map_err(|e| self.io("cannot make the database's folder", e))?;
        let mut initdb = self.account.command(&self.binaries.program("initdb"));
        initdb.args(["-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=und"]);
        if !self.durable {
            initdb.arg("--no-sync");
        }
        let output = initdb.arg("-D").arg(&unfinished).output().map_err(|e| self.io("cannot run initdb", e))?;
        if !output.status.success() {
            return Err(ClusterError::NotStarted(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        fs::rename(&unfinished, self.place.data()).map_err(|e| self.io("cannot make the database's folder", e))?;
        tracing::info!(folder = %self.place.root().display(), "made a PostgreSQL cluster");
        Ok(())
    }

    fn url(&self, user: &str, database: &str) -> String {
        let mut host = String::new();
        for &byte in self.place.sockets().as_os_str().as_encoded_bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                host.push(char::from(byte));
            } else {
                let _ = write!(host, "%{byte:02X}"); // writing to a String cannot fail
            }
        }
        format!("postgres://{user}@{host}/{database}")
    }

    fn io(&self, what: &str, source: io::Error) -> ClusterError {
        ClusterError::Io { what: format!("{what} in {}", self.place.root().display()), source }
    }

    /// The error with the last lines of the server's log, after `word`.
    fn not_started(&self, word: &str) -> ClusterError {
        let log = fs::read_to_string(self.place.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        ClusterError::NotStarted(format!("{word}: {}", lines[lines.len().saturating_sub(8)..].join(" / ")))
    }
}

/// The watcher has seen the server end; this process only has to collect its exit status.
fn wait_for_end(mut server: Child) -> io::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(5);
    while server.try_wait()?.is_none() {
        if Instant::now() > deadline {
            return Err(io::Error::other("the server goes on running"));
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// Waits until no other process starts or stops this cluster; the lock is released when the file is closed.
fn lock(path: &Path) -> Result<File, ClusterError> {
    File::create(path)
        .and_then(|file| file.lock().map(|()| file))
        .map_err(|source| ClusterError::Io { what: format!("cannot lock {}", path.display()), source })
}

/// Runs steps that wait for the disk or for other processes on a thread where they block no other task.
async fn blocking<T: Send + 'static>(steps: impl FnOnce() -> Result<T, ClusterError> + Send + 'static) -> Result<T, ClusterError> {
    match spawn_blocking(steps).await {
        Ok(result) => result,
        Err(e) => Err(ClusterError::Io { what: "the step was cut short".to_owned(), source: io::Error::other(e) }),
    }
}
