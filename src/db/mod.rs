//! The only way to the database. There is no connection without a person: `Db` gives out transactions that name whom they work for,
//! and keeps its pool to itself.
//!
//! - [`ScopedTx`]: rows of regions, for an actor whose scope the policies enforce.
//! - [`SystemTx`]: accounts and sessions, opened for one named capability. `grep SystemTx` is the audit.

pub mod embedded;
pub mod guard;
mod outcome;
mod scope;
mod system;

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, Connection, Executor, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgConnection, PgPoolOptions},
};

use outcome::is_dead;
pub use outcome::{DbOutcome, classify, expect_one, is_in_two_regions, sole, violated_constraint};
pub use scope::{Mode, Read, Scope, ScopedTx, Write};
pub use system::{Capability, SystemTx};

/// The migrations, embedded.
static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// Reads are planned for the dates and filters they are asked with. The plan for any values, which PostgreSQL keeps after some executions
/// because it looks cheap, expects one row of a month and takes three times as long (12 ms of a page instead of 4). Writes and the session's query
/// find rows by their keys: for them the kept plan is right.
const PLAN_FOR_THE_VALUES: &str = "SET LOCAL plan_cache_mode = force_custom_plan";

/// How to reach the database.
#[derive(Clone)]
pub struct DbConfig {
    /// URL of the owner; runs migrations, and serves after `SET ROLE rainstaff_app` when `app_url` is none.
    pub owner_url: String,
    /// URL of a login that is (or is only) a member of `rainstaff_app`.
    pub app_url: Option<String>,
    /// Connections at most.
    pub max_connections: u32,
}

/// A handle on the database, cheap to clone. The pools are private: see the module's text.
#[derive(Clone)]
pub struct Db {
    /// One for whoever is no worker; then one per worker, where [`Db::for_workers`] made them.
    pools: Arc<[PgPool]>,
}

thread_local! {
    /// Which worker this thread is, from 1; 0 for none.
    static WORKER: Cell<usize> = const { Cell::new(0) };
}
static WORKERS: AtomicUsize = AtomicUsize::new(0);

/// Makes the calling thread a worker, once.
pub fn enter_worker() {
    WORKER.with(|worker| {
        if worker.get() == 0 {
            worker.set(WORKERS.fetch_add(1, Ordering::Relaxed) + 1);
        }
    });
}

/// Connections of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolFigures {
    /// Working.
    pub used: i64,
    /// Open, without work.
    pub idle: i64,
    /// As many as there may be.
    pub most: i64,
}

impl Db {
    /// Opens a pool whose connections act as `rainstaff_app`. Connects once, so that a wrong URL is known now.
    pub async fn connect(config: &DbConfig) -> Result<Self, sqlx::Error> {
        let url = config.app_url.as_ref().unwrap_or(&config.owner_url);
        let mut options: PgConnectOptions = url.parse::<PgConnectOptions>()?.application_name("rainstaff");
        if !url.contains("statement-cache-capacity=") {
            options = options.statement_cache_capacity(200); // 0 behind an old PgBouncer: docs/DEPLOY.md
        }
        let set_role = config.app_url.is_none();
        let pool = PgPoolOptions::new()
            .max_connections(config.max_connections)
            .acquire_timeout(Duration::from_secs(5))
            .test_before_acquire(false) // begin() tries again instead: one round trip less per request
            .after_connect(move |conn, _| {
                Box::pin(async move {
                    if set_role {
                        conn.execute("SET ROLE rainstaff_app").await?;
                    }
                    conn.execute(
                        "SET statement_timeout = '10s'; SET lock_timeout = '3s'; SET idle_in_transaction_session_timeout = '30s';
                         SET search_path = pg_catalog, pg_temp; SET TIME ZONE 'UTC'",
                    )
                    .await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        Ok(Self { pools: Arc::new([pool]) })
    }

    /// The same database with connections of its own for each worker, as many in all as there were, less two; everything else keeps the
    /// pool there is, and hardly uses it. What arrives on a connection wakes the thread that opened it: when another one works with it, both
    /// are woken each time, and the one waits for the other's work.
    #[must_use]
    pub fn for_workers(&self, workers: usize) -> Self {
        let (options, most) = (self.pools[0].connect_options(), self.pools[0].options().get_max_connections());
        let each = (most.saturating_sub(2) / u32::try_from(workers).unwrap_or(u32::MAX)).max(2);
        let pool = || self.pools[0].options().clone().max_connections(each).connect_lazy_with((*options).clone());
        Self { pools: std::iter::once(self.pools[0].clone()).chain((0..workers).map(|_| pool())).collect() }
    }

    /// The pool of this thread.
    fn pool(&self) -> &PgPool {
        match (WORKER.with(Cell::get), self.pools.len() - 1) {
            (0, _) | (_, 0) => &self.pools[0],
            (worker, workers) => &self.pools[1 + (worker - 1) % workers],
        }
    }

    /// A transaction that can only read, in the actor's scope. Dropping it ends it.
    pub async fn read(&self, scope: &Scope) -> Result<ScopedTx<Read>, sqlx::Error> {
        let begin = format!("BEGIN READ ONLY; {PLAN_FOR_THE_VALUES}");
        Ok(ScopedTx::new(self.begin(scope.begin_sql(&begin)).await?, scope.clone()))
    }

    /// A transaction of one snapshot for several reads that must agree with each other.
    pub async fn read_snapshot(&self, scope: &Scope) -> Result<ScopedTx<Read>, sqlx::Error> {
        let begin = format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {PLAN_FOR_THE_VALUES}");
        Ok(ScopedTx::new(self.begin(scope.begin_sql(&begin)).await?, scope.clone()))
    }

    /// A transaction that may write in the actor's scope. Nothing stays without `commit`. For somebody who only looks ("Bölge gözüyle
    /// bak") PostgreSQL refuses every write in it: handlers refuse before, this is for the one that forgot.
    pub async fn write(&self, scope: &Scope) -> Result<ScopedTx<Write>, sqlx::Error> {
        let begin = if scope.only_reads() { "BEGIN READ ONLY" } else { "BEGIN" };
        Ok(ScopedTx::new(self.begin(scope.begin_sql(begin)).await?, scope.clone()))
    }

    /// A transaction on accounts and sessions, for one capability.
    pub async fn system(&self, capability: &Capability<'_>) -> Result<SystemTx, sqlx::Error> {
        Ok(SystemTx::new(self.begin(capability.begin_sql()).await?))
    }

    /// How busy the connections are.
    pub fn pool_figures(&self) -> PoolFigures {
        let idle = |pool: &PgPool| i64::try_from(pool.num_idle()).unwrap_or(i64::MAX);
        self.pools.iter().fold(PoolFigures { used: 0, idle: 0, most: 0 }, |all, pool| PoolFigures {
            used: all.used + (i64::from(pool.size()) - idle(pool)).max(0),
            idle: all.idle + idle(pool),
            most: all.most + i64::from(pool.options().get_max_connections()),
        })
    }

    /// Closes all connections.
    pub async fn close(&self) {
        for pool in &*self.pools {
            pool.close().await;
        }
    }

    /// Begins in a task of its own: sqlx forgets a transaction whose begin was cancelled half-way, and would hand its scope to the next
    /// user of the connection. A task is not cancelled with the request; when nobody waits any more, the transaction is dropped whole.
    async fn begin(&self, sql: String) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        let pool = self.pool().clone();
        let task = tokio::spawn(async move {
            // After a restart of the database each connection that was open is found dead once.
            let mut left = pool.options().get_max_connections();
            loop {
                // Built from checked region codes, uuids and hex only (scope.rs, system.rs).
                match pool.begin_with(AssertSqlSafe(sql.clone())).await {
                    Err(error) if left > 0 && is_dead(&error) => left -= 1,
                    begun => return begun,
                }
            }
        });
        task.await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }
}

/// Brings the schema up to date, as the owner, under an advisory lock. Also renews the feed's epoch when the data turn out to stand in
/// another cluster, or on another timeline, than before (a restore): clients then start over from a snapshot.
pub async fn migrate(owner_url: &str) -> Result<(), MigrateError> {
    let mut conn = PgConnection::connect(owner_url).await?;
    conn.execute("SET client_min_messages = warning; SET lock_timeout = '10s'").await?;
    MIGRATOR.run(&mut conn).await?;
    // Rights on a database do not travel with a dump or a template.
    conn.execute("DO $$ BEGIN EXECUTE format('REVOKE TEMP, CREATE ON DATABASE %I FROM PUBLIC', current_database()); END $$").await?;
    renew_epoch_after_restore(&mut conn).await?;
    conn.close().await?;
    Ok(())
}

/// Names of migrations this program has and the database has not.
pub async fn pending_migrations(owner_url: &str) -> Result<Vec<String>, MigrateError> {
    let mut conn = PgConnection::connect(owner_url).await?;
    let done: Vec<i64> = match sqlx::query_scalar::<_, i64>("SELECT version FROM _sqlx_migrations WHERE success").fetch_all(&mut conn).await
    {
        Ok(done) => done,
        Err(sqlx::Error::Database(e)) if e.code().as_deref() == Some("42P01") => Vec::new(),
        Err(e) => return Err(e.into()),
    };
    conn.close().await?;
    Ok(MIGRATOR.iter().filter(|m| !done.contains(&m.version)).map(|m| format!("{} {}", m.version, m.description)).collect())
}

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database was out of reach or refused.
    #[error("{0}")]
    Database(#[from] sqlx::Error),
    /// A migration failed, or one that ran before has been edited since.
    #[error("{0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

async fn renew_epoch_after_restore(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    let epoch = crate::ids::new_id();
    sqlx::query!(
        r#"
        INSERT INTO sec.feed AS f (epoch, system_identifier)
        SELECT $1, s.system_identifier || '/' || c.timeline_id FROM pg_control_system() s, pg_control_checkpoint() c
        ON CONFLICT (only_row) DO UPDATE SET epoch = $1, system_identifier = excluded.system_identifier, started_at = now()
        WHERE f.system_identifier <> excluded.system_identifier
        "#,
        epoch,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// First-start data that only the owner may write: the offices' codes and names, where there are none yet.
pub async fn create_regions(owner_url: &str, regions: &[(&str, &str)]) -> Result<(), sqlx::Error> {
    let mut conn = PgConnection::connect(owner_url).await?;
    for (code, name) in regions {
        sqlx::query!("INSERT INTO app.regions (code, name) VALUES ($1, $2) ON CONFLICT DO NOTHING", code, name).execute(&mut conn).await?;
    }
    conn.close().await
}

/// Tells PostgreSQL what the tables hold, as the owner. For after much was stored at once: before the first statistics a list is planned as
/// if every table were small (a month took 38 ms instead of 4), and autovacuum may come a minute later or, where it is off, never.
pub async fn analyze(owner_url: &str) -> Result<(), sqlx::Error> {
    let mut conn = PgConnection::connect(owner_url).await?;
    conn.execute(
        "DO $$ BEGIN EXECUTE (SELECT 'ANALYZE ' || string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables
             WHERE schemaname IN ('app', 'auth')); END $$",
    )
    .await?;
    conn.close().await
}
