//! Limits how many lists are made into files at once. Further requests wait for a place.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::error::{AppError, AppResult};

/// Files made at a time: each takes a connection, a snapshot of the database and most of a processor for some seconds.
const AT_ONCE: usize = 2;
/// Longest wait for a place.
const PATIENCE: Duration = Duration::from_secs(15);

/// The places for making files. Cheap to clone; all clones share the places.
#[derive(Debug, Clone)]
pub struct FilePlaces {
    free: Arc<Semaphore>,
    patience: Duration,
}

impl Default for FilePlaces {
    fn default() -> Self {
        Self::of(AT_ONCE, PATIENCE)
    }
}

impl FilePlaces {
    /// `places` files at once; a request waits for a place up to `patience`.
    pub fn of(places: usize, patience: Duration) -> Self {
        Self { free: Arc::new(Semaphore::new(places)), patience }
    }

    /// Waits for a place, first come, first served. [`AppError::Busy`] after the longest wait.
    pub async fn take(&self) -> AppResult<OwnedSemaphorePermit> {
        let busy = || AppError::Busy("too many files at once".into());
        timeout(self.patience, Arc::clone(&self.free).acquire_owned()).await.map_err(|_| busy())?.map_err(|_| busy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_place_is_waited_for_and_given_up_in_the_end() {
        let places = FilePlaces::of(1, Duration::from_millis(50));
        let first = places.take().await.unwrap();
        assert!(matches!(places.clone().take().await, Err(AppError::Busy(_))));
        let (second, ()) = tokio::join!(places.take(), async { drop(first) });
        assert!(second.is_ok(), "who waits gets the place of who is done");
    }
}
