//! What only the owner of the database does: migrations, the first regions, statistics. Each opens a connection of its own and closes it;
//! nothing is served on one.

use std::sync::LazyLock;

use sqlx::{Connection, Executor, migrate::Migrator, postgres::PgConnection};

use super::{logins, pooler};

/// The migrations, embedded. The lock of sqlx is not used: it belongs to the session, and a session that a pooler cuts short would keep it
/// for ever.
static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrator = sqlx::migrate!("./migrations");
    migrator.set_locking(false);
    migrator
});

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database was out of reach or refused.
    #[error("{0}")]
    Database(#[from] sqlx::Error),
    /// A migration failed, or one that ran before has been edited since.
    #[error("{0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A pooler lends each transaction another connection.
    #[error(
        "migrations cannot run through a connection pooler in transaction mode: name the PostgreSQL server itself here, or the pooler in session mode. \
         Serving may go through it (RAINSTAFF_APP_DATABASE_URL)"
    )]
    Pooler,
    /// The login of the server is missing and cannot be made.
    #[error("{0}")]
    Login(String),
}

/// Brings the schema up to date, as the owner; one process at a time. Renews the feed's epoch if the data were replaced (a restore, a
/// promoted standby): clients then start over from a snapshot.
pub async fn migrate(owner_url: &str) -> Result<(), MigrateError> {
    migrate_and_serve_as(owner_url, None).await
}

/// The same, and creates the login that serves, or sets its password, if it cannot sign in.
pub async fn migrate_and_serve_as(owner_url: &str, login: Option<&logins::AppLogin>) -> Result<(), MigrateError> {
    let mut conn = PgConnection::connect(owner_url).await?;
    let lock = MigrationLock::take(owner_url, &mut conn).await?;
    conn.execute("SET client_min_messages = warning; SET lock_timeout = '10s'").await?;
    MIGRATOR.run(&mut conn).await?;
    conn.execute(KEEP_OTHERS_OUT).await?;
    conn.execute(FIRST_EPOCH).await?;
    sqlx::query_scalar!("SELECT sec.renew_epoch($1)", crate::ids::new_id()).fetch_one(&mut conn).await?;
    if let Some(login) = login {
        logins::ensure(&mut conn, login).await?;
    }
    logins::give_up_making_roles(&mut conn).await?;
    lock.release().await?;
    conn.close().await?;
    Ok(())
}

/// Rights on a database are not part of a dump or a template. They are set only if they are missing: two processes that write the same row
/// of the catalog at once fail.
const KEEP_OTHERS_OUT: &str = "
    DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_database d CROSS JOIN aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                   WHERE d.datname = current_database() AND a.grantee = 0 AND a.privilege_type IN ('TEMPORARY', 'CREATE')) THEN
            EXECUTE format('REVOKE TEMP, CREATE ON DATABASE %I FROM PUBLIC', current_database());
        END IF;
    END $$";

const FIRST_EPOCH: &str =
    "INSERT INTO sec.feed (epoch, system_identifier) SELECT gen_random_uuid(), sec.data_identity() WHERE NOT EXISTS (SELECT FROM sec.feed)";

/// Makes other migrations of this database wait, in a transaction of its own: it ends with the connection, whatever is between.
struct MigrationLock(PgConnection);

impl MigrationLock {
    /// Waits for its turn without a limit. Refuses if `conn` and this lock are not two sessions of the server.
    async fn take(owner_url: &str, conn: &mut PgConnection) -> Result<Self, MigrateError> {
        let before = pooler::backend(conn).await?;
        let mut lock = PgConnection::connect(owner_url).await?;
        lock.execute(
            "BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0",
        )
        .await?;
        if pooler::backend(&mut lock).await? == before || pooler::has_moved(conn, before).await? {
            return Err(MigrateError::Pooler);
        }
        let database: String = sqlx::query_scalar("SELECT current_database()::text").fetch_one(&mut lock).await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(lock_key(&database)).execute(&mut lock).await?;
        Ok(Self(lock))
    }

    async fn release(mut self) -> Result<(), sqlx::Error> {
        self.0.execute("COMMIT").await?;
        self.0.close().await
    }
}

/// The key with which sqlx locks migrations: earlier releases wait for the same key.
fn lock_key(database: &str) -> i64 {
    0x3d32_ad9e * i64::from(crc32(database.as_bytes()))
}

/// CRC-32 (ISO HDLC), bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let shift = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), shift))
}

/// Names of migrations that this program has and the database lacks.
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

/// Data of the first start that only the owner may write: the offices' codes and names, if there are none yet.
pub async fn create_regions(owner_url: &str, regions: &[(&str, &str)]) -> Result<(), sqlx::Error> {
    let mut conn = PgConnection::connect(owner_url).await?;
    for (code, name) in regions {
        sqlx::query!("INSERT INTO app.regions (code, name) VALUES ($1, $2) ON CONFLICT DO NOTHING", code, name).execute(&mut conn).await?;
    }
    conn.close().await
}

/// Updates PostgreSQL's statistics of the tables, as the owner. For after much was stored at once: without statistics a list is planned as
/// if every table were small (a month took 38 ms instead of 4), and autovacuum may come a minute later or, if it is off, never.
pub async fn analyze(owner_url: &str) -> Result<(), sqlx::Error> {
    let mut conn = PgConnection::connect(owner_url).await?;
    conn.execute(
        "DO $$ BEGIN EXECUTE (SELECT 'ANALYZE ' || string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables
             WHERE schemaname IN ('app', 'auth')); END $$",
    )
    .await?;
    conn.close().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_is_the_one_that_older_releases_take() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(lock_key("rainstaff"), 0x3d32_ad9e * i64::from(crc32(b"rainstaff")));
    }
}
