//! The only way to the database. There is no connection without a person: `Db` returns transactions that name the account they work for,
//! and keeps its pool private.
//!
//! - [`ScopedTx`]: rows of regions, for an actor whose scope the policies enforce.
//! - [`SystemTx`]: accounts and sessions, opened for one named capability. `grep SystemTx` is the audit.

mod bell;
pub mod guard;
mod logins;
pub mod names;
mod owner;
mod places;
mod pooler;
mod scope;
mod system;
mod turns;

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use sqlx::{
    AssertSqlSafe, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

pub use bell::{Bell, list_heads};
pub use logins::{AppLogin, SERVING_LOGIN};
pub use owner::{MigrateError, analyze, create_regions, migrate, migrate_and_serve_as, pending_migrations};
use places::Places;
use rainstaff_http::database::is_dead;
pub use rainstaff_http::database::{DbOutcome, classify, expect_one, is_in_two_regions, sole, violated_constraint};
pub use scope::{Mode, Read, Scope, ScopedTx, Write};
pub use system::{Capability, SystemTx};
use turns::{LONGEST_WAIT, Lanes, Pace, Turn};

/// Settings of every transaction, whatever it is for. None of them belongs to the connection, so a pooler may lend each transaction another
/// one.
const AS_THE_APPLICATION: &str = "SET LOCAL ROLE rainstaff_app; SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL TIME ZONE 'UTC'; \
     SET LOCAL statement_timeout = '10s'; SET LOCAL lock_timeout = '3s'; SET LOCAL idle_in_transaction_session_timeout = '30s'";

/// Reads are planned for the dates and filters they are asked with. The generic plan, which PostgreSQL keeps after some executions because
/// it looks cheap, expects few rows: a list over years takes three times as long with it. Writes and the session's query find rows by their
/// keys: for them the kept plan is right.
const PLAN_FOR_THE_VALUES: &str = "SET LOCAL plan_cache_mode = force_custom_plan";

/// With kept plans a page of some days or a month costs the database a third less: planning is most of the cost of its statements, and of
/// row-level security in them.
const PLAN_ONCE: &str = "SET LOCAL plan_cache_mode = force_generic_plan";

/// One snapshot for several reads.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// For everything that a person or a PC reads.
const LIMIT_OF_A_READER: &str = "; SET LOCAL statement_timeout = '5s'";

/// How to reach the database.
#[derive(Clone)]
pub struct DbConfig {
    /// URL of the owner; runs migrations. Serves too if `app_url` is `None`, as `rainstaff_app`: the guard warns of that.
    pub owner_url: String,
    /// URL of a login that is a member of `rainstaff_app` and of nothing else.
    pub app_url: Option<String>,
    /// Connections at most.
    pub max_connections: u32,
}

/// A handle on the database, cheap to clone. The pools are private: see the module's text.
#[derive(Clone)]
pub struct Db {
    /// The first is for threads that are no workers; then one per worker, if [`Db::for_workers`] made them.
    pools: Arc<[Lanes]>,
    /// Transactions begun.
    begun: Arc<AtomicU64>,
    /// Places for reading.
    reading: Arc<Places>,
    /// Places for writing.
    writing: Arc<Places>,
}

/// Connections for work outside the workers, if there are enough: alarms, the bell, housekeeping.
const FOR_THE_HOUSE: u32 = 4;
/// No pool has fewer: a request may need a second connection while it holds one.
const FEWEST: u32 = 2;
/// A worker's connections for quick reads, if it has at least `FEWEST` besides.
const WARM: u32 = 2;

/// How `most` connections are divided: one pool for work outside the workers, then one per worker. Together they are `most`; with fewer
/// than 4 there is one pool for everything.
fn shares(most: u32, workers: usize) -> Vec<u32> {
    let house = (most / 3).clamp(FEWEST, FOR_THE_HOUSE);
    let left = most.saturating_sub(house);
    let pools = u32::try_from(workers).unwrap_or(u32::MAX).min(left / FEWEST);
    if pools == 0 {
        return vec![most];
    }
    std::iter::once(house).chain((0..pools).map(|n| left / pools + u32::from(n < left % pools))).collect()
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

/// Connections of the pools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolFigures {
    /// In use.
    pub used: i64,
    /// Open, not in use.
    pub idle: i64,
    /// The limit.
    pub most: i64,
}

impl Db {
    /// Opens a pool. Connects once, so that a wrong URL is found now.
    pub async fn connect(config: &DbConfig) -> Result<Self, sqlx::Error> {
        let url = config.app_url.as_ref().unwrap_or(&config.owner_url);
        let mut options: PgConnectOptions = url.parse::<PgConnectOptions>()?.application_name("rainstaff");
        if !url.contains("statement-cache-capacity=") {
            options = options.statement_cache_capacity(200);
        }
        let pool = PgPoolOptions::new()
            .max_connections(config.max_connections)
            .acquire_timeout(LONGEST_WAIT)
            .test_before_acquire(false) // begin() tries again instead: one round trip less per request
            .connect_with(options)
            .await?;
        Ok(Self {
            pools: Arc::new([Lanes::new(None, pool)]),
            begun: Arc::default(),
            reading: Arc::new(Places::for_reading()),
            writing: Arc::new(Places::for_writing()),
        })
    }

    /// The same database with separate connections for each worker, as many in all as before; a few of them are for everything else. Data
    /// that arrives on a connection wakes the thread that opened it: if another thread works with the connection, both are woken each time,
    /// and one waits for the other's work. If there are too few connections for that, workers share them. The present connections are
    /// closed.
    #[must_use]
    pub async fn for_workers(self, workers: usize) -> Self {
        let all = self.pools[0].rest();
        let (options, most) = (all.connect_options(), all.options().get_max_connections());
        let open = |connections| all.options().clone().max_connections(connections).connect_lazy_with((*options).clone());
        let lanes = |(n, connections): (usize, u32)| match connections.checked_sub(WARM).filter(|rest| n > 0 && *rest >= FEWEST) {
            Some(rest) => Lanes::new(Some(open(WARM)), open(rest)),
            None => Lanes::new(None, open(connections)),
        };
        let pools = shares(most, workers).into_iter().enumerate().map(lanes).collect();
        all.close().await;
        Self { pools, ..self }
    }

    /// The connections of this thread.
    fn lanes(&self) -> &Lanes {
        match (WORKER.with(Cell::get), self.pools.len() - 1) {
            (0, _) | (_, 0) => &self.pools[0],
            (worker, workers) => &self.pools[1 + (worker - 1) % workers],
        }
    }

    /// A transaction that can only read, in the actor's scope. Dropping it ends it.
    pub async fn read(&self, scope: &Scope) -> Result<ScopedTx<Read>, sqlx::Error> {
        self.begin_to_read(scope, "BEGIN READ ONLY", PLAN_FOR_THE_VALUES).await
    }

    /// The same for a page whose statements find rows by region, person and at most some months, whatever their parameters are.
    pub async fn read_bounded(&self, scope: &Scope) -> Result<ScopedTx<Read>, sqlx::Error> {
        self.begin_to_read(scope, "BEGIN READ ONLY", PLAN_ONCE).await
    }

    /// A transaction of one snapshot for several reads that must agree with each other.
    pub async fn read_snapshot(&self, scope: &Scope) -> Result<ScopedTx<Read>, sqlx::Error> {
        self.begin_to_read(scope, SNAPSHOT, PLAN_FOR_THE_VALUES).await
    }

    /// The same for a list that becomes a file and takes long: on a connection that quick reads do not wait for.
    pub async fn read_at_length(&self, scope: &Scope) -> Result<ScopedTx<Read>, sqlx::Error> {
        self.begin_reading(scope, SNAPSHOT, PLAN_FOR_THE_VALUES, Pace::Any).await
    }

    /// A read takes one of its holder's places, and no statement of it takes long: others wait for the same processors and disks. A caller
    /// that begins a second read while it holds one needs two places.
    async fn begin_to_read(&self, scope: &Scope, begin: &str, planning: &str) -> Result<ScopedTx<Read>, sqlx::Error> {
        self.begin_reading(scope, begin, planning, Pace::Quick).await
    }

    async fn begin_reading(&self, scope: &Scope, begin: &str, planning: &str, pace: Pace) -> Result<ScopedTx<Read>, sqlx::Error> {
        let mut sql = scope.begin_sql(&format!("{begin}; {planning}"));
        if scope.holder().is_some() {
            sql.push_str(LIMIT_OF_A_READER);
        }
        let place = self.reading.take(scope.holder()).await?;
        let (tx, turn) = self.begin(sql, pace).await?;
        Ok(ScopedTx::new(tx, scope.clone(), place.into_iter().chain([turn]).collect()))
    }

    /// A transaction that may write in the actor's scope. Nothing is stored without `commit`. If the person only looks ("Bölge gözüyle
    /// bak"), PostgreSQL refuses every write in it: handlers refuse before, this is for a handler that forgot to. It takes one of the
    /// author's places for writing: no handler begins it while it holds another transaction of the same person, or both may wait.
    pub async fn write(&self, scope: &Scope) -> Result<ScopedTx<Write>, sqlx::Error> {
        let begin = if scope.only_reads() { "BEGIN READ ONLY" } else { "BEGIN" };
        let place = self.writing.take(scope.holder()).await?;
        let (tx, turn) = self.begin(scope.begin_sql(begin), Pace::Any).await?;
        Ok(ScopedTx::new(tx, scope.clone(), place.into_iter().chain([turn]).collect()))
    }

    /// A transaction on accounts and sessions, for one capability. Requests begin by looking up their session or token: these are quick
    /// reads.
    pub async fn system(&self, capability: &Capability<'_>) -> Result<SystemTx, sqlx::Error> {
        let pace = if matches!(capability, Capability::Session(_) | Capability::Token(_)) { Pace::Quick } else { Pace::Any };
        let (tx, turn) = self.begin(capability.begin_sql(), pace).await?;
        Ok(SystemTx::new(tx, turn))
    }

    /// How busy the connections are.
    pub fn pool_figures(&self) -> PoolFigures {
        let idle = |pool: &PgPool| i64::try_from(pool.num_idle()).unwrap_or(i64::MAX);
        self.pools.iter().flat_map(Lanes::pools).fold(PoolFigures { used: 0, idle: 0, most: 0 }, |all, pool| PoolFigures {
            used: all.used + (i64::from(pool.size()) - idle(pool)).max(0),
            idle: all.idle + idle(pool),
            most: all.most + i64::from(pool.options().get_max_connections()),
        })
    }

    /// How many transactions this process has begun.
    pub fn transactions(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        for pool in self.pools.iter().flat_map(Lanes::pools) {
            pool.close().await;
        }
    }

    /// The epoch of the present data; a new one if the data were replaced: a standby was promoted, a copy restored.
    pub async fn renew_epoch(&self) -> Result<Uuid, sqlx::Error> {
        let mut tx = self.system(&Capability::Own(Uuid::nil())).await?;
        let epoch = sqlx::query_scalar!(r#"SELECT sec.renew_epoch($1) AS "epoch!""#, crate::ids::new_id()).fetch_one(tx.conn()).await?;
        tx.commit().await?;
        Ok(epoch)
    }

    /// Begins in a separate task: sqlx forgets a transaction whose begin was cancelled half-way, and would pass its scope to the next user
    /// of the connection. A task is not cancelled with the request; if the request has gone, the transaction is dropped whole.
    async fn begin(&self, sql: String, pace: Pace) -> Result<(Transaction<'static, Postgres>, OwnedSemaphorePermit), sqlx::Error> {
        let Turn { pool, permit } = self.lanes().take(pace).await.ok_or(sqlx::Error::PoolTimedOut)?;
        self.begun.fetch_add(1, Ordering::Relaxed);
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
        let tx = task.await.map_err(|_| sqlx::Error::WorkerCrashed)??;
        Ok((tx, permit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pools_of_a_process_have_as_many_connections_as_it_may_have_and_none_less_than_two() {
        assert_eq!(shares(20, 8), [4, 2, 2, 2, 2, 2, 2, 2, 2]);
        assert_eq!(shares(20, 2), [4, 8, 8]);
        assert_eq!(shares(6, 8), [2, 2, 2]);
        assert_eq!(shares(9, 3), [3, 2, 2, 2]);
        assert_eq!(shares(12, 8), [4, 2, 2, 2, 2]);
        assert_eq!((shares(3, 8), shares(4, 0)), (vec![3], vec![4]));
        for most in 4..200 {
            for workers in 1..=8 {
                let shares = shares(most, workers);
                assert_eq!(shares.iter().sum::<u32>(), most, "{shares:?}");
                assert!(shares.len() > 1 && shares.iter().all(|n| *n >= FEWEST), "{shares:?}");
            }
        }
    }
}
