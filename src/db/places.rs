//! Places for reading and for writing: one person, or one PC, does a few things at a time, however many are asked for at once. Searches without
//! bounds, or batches of a queue that wait for each other, would else take every connection there is, and the offices wait.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::turns::LONGEST_WAIT;

/// Transactions in which one person or one PC reads at a time. A page asks for two or three; more wait for a place.
const READING: usize = 3;
/// Transactions in which one person or one PC writes at a time. Most of what one writes waits for the same row, with a connection in hand.
const WRITING: usize = 2;
/// Holders that are remembered before those without a place are forgotten.
const REMEMBERED: usize = 1000;

/// Who reads, or writes, how much at the moment.
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

    /// Waits for a place in turn, as long as for a connection; the server itself needs none. [`sqlx::Error::PoolTimedOut`] when there is none for
    /// too long.
    pub async fn take(&self, holder: Option<Uuid>) -> Result<Option<OwnedSemaphorePermit>, sqlx::Error> {
        let Some(holder) = holder else { return Ok(None) };
        match tokio::time::timeout(LONGEST_WAIT, self.of(holder).acquire_owned()).await {
            Ok(Ok(place)) => Ok(Some(place)),
            Ok(Err(_)) => Err(sqlx::Error::PoolClosed), // nobody closes it
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
