//! Connections that only read.

use std::{
    ops::Deref,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, OpenFlags};

use super::StoreError;

/// Connections that stay open at most.
const KEPT: usize = 4;

/// Opens read-only connections, and keeps them for the next caller.
#[derive(Clone)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, idle: Arc::default() }
    }

    pub(super) fn take(&self) -> Result<Reader, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let db = match idle {
            Some(db) => db,
            None => open(&self.path)?,
        };
        Ok(Reader { db: Some(db), home: self.idle.clone() })
    }
}

fn open(path: &std::path::Path) -> Result<Connection, StoreError> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.execute_batch("PRAGMA busy_timeout = 5000; PRAGMA cache_size = -1000; PRAGMA query_only = ON")?;
    Ok(db)
}

/// A connection that only reads; it is kept for the next caller when it is dropped.
pub struct Reader {
    db: Option<Connection>,
    home: Arc<Mutex<Vec<Connection>>>,
}

impl Reader {
    /// A connection that belongs to no store: for commands that run beside the agent.
    pub fn of_file(path: &std::path::Path) -> Result<Self, StoreError> {
        Ok(Self { db: Some(open(path)?), home: Arc::default() })
    }
}

impl Deref for Reader {
    type Target = Connection;

    #[expect(clippy::expect_used, reason = "it is there until the drop")]
    fn deref(&self) -> &Connection {
        self.db.as_ref().expect("a connection")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(db) = self.db.take() {
            let mut idle = self.home.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < KEPT {
                idle.push(db);
            }
        }
    }
}
