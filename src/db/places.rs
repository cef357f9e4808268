//! Places for reading and for writing: one person, or one PC, runs a few transactions at a time, however many are requested at once.
//! Otherwise searches without bounds, or batches of a queue that wait for each other, would take every connection, and the offices would
//! wait.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::turns::LONGEST_WAIT;

/// Transactions in which one person or one PC reads at a time. A page needs two or three; further ones wait for a place.
const READING: usize = 3;
/// Transactions in which one person or one PC writes at a time. Most writes of one person wait for the same row, while they hold a
/// connection.
const WRITING: usize = 2;
/// Holders that are remembered before those without a place are removed.
const REMEMBERED: usize = 1000;

/// The places of all holders, for reading or for writing.
pub(super) struct Places {
    at_once: usize,
    held: Mutex<HashMap<Uuid, Weak<Semaphore>>>,
}

impl Places {
    pub fn for_reading() -> Self {
        Self { at_once: READING, held: Mutex::default() }
    }

    pub fn for_writing() -> Self {
        Self { at_once: WRITING, held: Mutex::default() }
    }

    /// Waits for a place in turn, as long as for a connection; the server itself needs none. [`sqlx::Error::PoolTimedOut`] if no place
    /// becomes free in that time.
    pub async fn take(&self, holder: Option<Uuid>) -> Result<Option<OwnedSemaphorePermit>, sqlx::Error> {
        let Some(holder) = holder else { return Ok(None) };
        match tokio::time::timeout(LONGEST_WAIT, self.of(holder).acquire_owned()).await {
            Ok(Ok(place)) => Ok(Some(place)),
            Ok(Err(_)) => Err(sqlx::Error::PoolClosed), // it is never closed
            Err(_) => Err(sqlx::Error::PoolTimedOut),
        }
    }

    fn of(&self, holder: Uuid) -> Arc<Semaphore> {
        let mut all = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(&holder).and_then(Weak::upgrade) {
            return known;
        }
        if all.len() >= REMEMBERED {
            all.retain(|_, places| places.strong_count() > 0);
        }
        let places = Arc::new(Semaphore::new(self.at_once));
        all.insert(holder, Arc::downgrade(&places));
        places
    }
}
