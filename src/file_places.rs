//! Places for making files: a few lists become files at a time, however many are asked for at once. The others wait a while.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::error::{AppError, AppResult};

/// Files made at a time: each takes a connection, a snapshot of the database and most of a processor for some seconds.
const AT_ONCE: usize = 2;
/// How long a place is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Who makes files at the moment. Cheap to clone; all clones share the places.
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
    /// So many places, for each of which somebody waits so long.
    pub fn of(places: usize, patience: Duration) -> Self {
        Self { free: Arc::new(Semaphore::new(places)), patience }
    }

    /// Waits for a place in turn. [`AppError::Busy`] when there is none for too long.
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
