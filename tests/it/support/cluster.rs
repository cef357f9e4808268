//! A database per test, in one private cluster per run.
//!
//! The threads of `cargo test` share the cluster, and so do the processes of cargo-nextest or of two runs at the same time: the last one
//! that ends stops it, and its data are deleted. Migrations run once, in a template; each test gets a copy of it. Only creating and
//! dropping databases is done as superuser. Tests get the URLs of the owner and of the login that serves.

use std::{path::Path, thread};

use rainstaff::db::{DbConfig, migrate};
use rainstaff_cluster::{Cluster, ClusterOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, postgres::PgConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// Stays until the process ends; the cluster's watcher notices the end.
static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();

const TEMPLATE: &str = "template_migrated";

/// Any number: processes that want to create the template wait for each other with this lock.
const TEMPLATE_LOCK: i64 = 7_203_118;

/// A migrated database of one test. Dropping it drops the database.
pub struct TestDb {
    name: String,
    owner_url: String,
    app_url: String,
    superuser_url: String,
    bypass_url: String,
}

impl TestDb {
    /// A fresh copy of the migrated database.
    pub async fn new() -> Self {
        Self::copy_of(TEMPLATE).await
    }

    /// A database without any migration.
    pub async fn empty() -> Self {
        Self::copy_of("template0").await
    }

    async fn copy_of(template: &str) -> Self {
        rainstaff::registry::install();
        let cluster = CLUSTER.get_or_init(start_cluster).await;
        let name = format!("test_{}", Uuid::now_v7().simple());
        let mut conn = PgConnection::connect(&cluster.superuser_url("postgres")).await.expect("the cluster answers");
        let create = format!("CREATE DATABASE {name} TEMPLATE {template} OWNER rainstaff");
        conn.execute(AssertSqlSafe(create)).await.expect("the template can be copied");
        conn.close().await.expect("the connection closes");
        let superuser_url = cluster.superuser_url("postgres");
        Self {
            owner_url: cluster.owner_url(&name),
            app_url: cluster.app_url(&name),
            superuser_url,
            bypass_url: cluster.superuser_url(&name),
            name,
        }
    }

    /// URL of the owner, which is not a superuser: migrations run as this role, and the server starts with it.
    pub fn owner_url(&self) -> &str {
        &self.owner_url
    }

    /// URL of the login that serves.
    pub fn app_url(&self) -> &str {
        &self.app_url
    }

    /// The server's configuration: the owner migrates, the other login serves.
    pub fn config(&self, max_connections: u32) -> DbConfig {
        DbConfig { owner_url: self.owner_url.clone(), app_url: Some(self.app_url.clone()), max_connections }
    }

    /// URL of the superuser, to whom no policy applies: tests show with it that the server refuses to serve as such a role.
    pub fn bypass_url(&self) -> &str {
        &self.bypass_url
    }

    /// A connection of the owner.
    pub async fn connect_owner(&self) -> PgConnection {
        PgConnection::connect(&self.owner_url).await.expect("the owner may connect")
    }
}

impl Drop for TestDb {
    /// On its own thread, because the test's runtime is ending. A database that is not dropped in time is deleted with the cluster.
    fn drop(&mut self) {
        let (url, drop) = (self.superuser_url.clone(), format!("DROP DATABASE {} WITH (FORCE)", self.name));
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
            runtime.block_on(async {
                let mut conn = PgConnection::connect(&url).await?;
                conn.execute(AssertSqlSafe(drop)).await
            })
        });
    }
}

async fn start_cluster() -> Cluster {
    let data_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cluster");
    let cluster = Cluster::start(ClusterOptions { data_dir, durable: false }).await.expect("the test cluster starts");
    make_template(&cluster).await.expect("the template can be made");
    cluster
}

async fn make_template(cluster: &Cluster) -> Result<(), Box<dyn std::error::Error>> {
    let mut conn = PgConnection::connect(&cluster.superuser_url("postgres")).await?;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(TEMPLATE_LOCK).execute(&mut conn).await?;
    let exists: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)").bind(TEMPLATE).fetch_one(&mut conn).await?;
    if !exists {
        conn.execute("DROP DATABASE IF EXISTS template_unfinished").await?;
        cluster.create_database("template_unfinished").await?;
        migrate(&cluster.owner_url("template_unfinished")).await?;
        conn.execute(AssertSqlSafe(format!("ALTER DATABASE template_unfinished RENAME TO {TEMPLATE}"))).await?;
    }
    Ok(conn.close().await?)
}
