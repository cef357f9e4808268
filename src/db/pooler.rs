//! Detects a pooler in transaction mode: one that lends a connection of the server for the time of a transaction.

use sqlx::{Executor as _, Row as _, postgres::PgConnection};

/// How often a connection is asked for its server process.
const QUESTIONS: usize = 4;

/// Id of the server process that serves a connection.
pub(super) async fn backend(conn: &mut PgConnection) -> Result<i32, sqlx::Error> {
    conn.fetch_one("SELECT pg_backend_pid()").await?.try_get(0)
}

/// Whether another server process than before serves the connection, outside a transaction.
pub(super) async fn has_moved(conn: &mut PgConnection, before: i32) -> Result<bool, sqlx::Error> {
    for _ in 0..QUESTIONS {
        if backend(conn).await? != before {
            return Ok(true);
        }
    }
    Ok(false)
}
