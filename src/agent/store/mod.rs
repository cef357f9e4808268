//! The PC's data, in one SQLite file: WAL, `synchronous=FULL`, and one writer thread that commits together what arrived together. A write
//! that returned `Ok` is on the disk.

pub mod facts;
mod forget;
mod open;
pub mod ops;
pub mod people;
mod readers;
pub mod rows;
mod salvage;
#[cfg(test)]
mod tests;
pub mod tries;
mod writer;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rusqlite::Connection;

pub use crate::copy::{Context, Shown};
pub use facts::{CompanyDay, Contact, MirrorState};
pub use ops::{Counts, Kept, NewOp, Source, Stored, Waiting};
pub use people::{KnownPerson, Visit};
pub use readers::Reader;
pub use rows::Base;
pub use salvage::Salvaged;

use readers::Readers;
use writer::Writer;

/// Name of the file in the data folder.
pub const FILE: &str = "agent.db";

/// Why data could not be stored or read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// No space on the disk: nothing of the write is stored.
    #[error("the disk is full")]
    Full,
    /// The file is damaged.
    #[error("the file is damaged: {0}")]
    Corrupt(String),
    /// A person has given this PC more than the daily limit: nothing of the write is stored.
    #[error("more than a day's share")]
    TooMuch,
    /// The writer has ended.
    #[error("the store is closed")]
    Closed,
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, DiskFull, NotADatabase, SystemIoFailure};
        match error.sqlite_error_code() {
            Some(DiskFull) => Self::Full,
            Some(DatabaseCorrupt | NotADatabase) => Self::Corrupt(error.to_string()),
            Some(SystemIoFailure) if is_out_of_room(&error) => Self::Full,
            _ => Self::Other(error.to_string()),
        }
    }
}

/// A full disk may appear as a failed write, because SQLite cannot always find the cause.
fn is_out_of_room(error: &rusqlite::Error) -> bool {
    let rusqlite::Error::SqliteFailure(code, _) = error else { return false };
    matches!(
        code.extended_code,
        rusqlite::ffi::SQLITE_IOERR_WRITE | rusqlite::ffi::SQLITE_IOERR_SHMSIZE | rusqlite::ffi::SQLITE_IOERR_FSYNC
    )
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Other(error.to_string())
    }
}

/// The PC's store. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    writer: Writer,
    readers: Readers,
    path: PathBuf,
}

impl Store {
    /// Opens the store of a data folder, and creates it if there is none. A damaged file is put aside, and its readable content is taken
    /// over.
    pub fn open(folder: &Path, now: DateTime<Utc>) -> Result<(Self, Option<Salvaged>), StoreError> {
        let path = folder.join(FILE);
        let (db, salvaged) = open::open_or_salvage(&path, now)?;
        let store = Self { writer: Writer::start(db), readers: Readers::new(path.clone()), path };
        Ok((store, salvaged))
    }

    /// Runs a write and returns once it is on the disk.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.write(job).await
    }

    /// Runs a job that cannot be part of a transaction, while no other job runs.
    async fn write_alone(&self, job: impl FnOnce(&Connection) -> Result<(), StoreError> + Send + 'static) -> Result<(), StoreError> {
        self.writer.write_alone(job).await
    }

    /// A connection that only reads. It sees what is on the disk.
    pub fn read(&self) -> Result<Reader, StoreError> {
        self.readers.take()
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Milliseconds since 1970, as the tables store instants.
pub(super) fn ms(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// The instant of a number in the tables.
pub(super) fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}
