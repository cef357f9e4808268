//! Turns at the database: what is quickly read goes a few at a time on each worker. PostgreSQL gives every connection a process with plans and
//! catalogues of its own, so many that take turns on few processors push each other's out of the caches: with all at once a page takes a
//! tenth longer. Nobody waits long for somebody slow (docs/adr/0026).

use std::{sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Reads that a worker has under way before others wait for their turn.
const AT_ONCE: usize = 2;
/// How long a turn is waited for: a page's reads take two milliseconds. Then it goes without.
const PATIENCE: Duration = Duration::from_millis(5);

/// The turns of one worker.
#[derive(Clone)]
pub(super) struct Turns(Arc<Semaphore>);

/// A turn, for as long as it is kept; none for who went without.
pub(super) type Turn = Option<OwnedSemaphorePermit>;

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Turns {
    /// Waits for a turn, not for long.
    pub async fn take(&self) -> Turn {
        match self.0.clone().try_acquire_owned() {
            Ok(turn) => Some(turn),
            Err(_) => tokio::time::timeout(PATIENCE, self.0.clone().acquire_owned()).await.ok()?.ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_turn_is_waited_for_and_whoever_finds_none_goes_without() {
        let turns = Turns::default();
        let (first, _second) = (turns.take().await, turns.take().await);
        let began = std::time::Instant::now();
        assert!(turns.take().await.is_none(), "somebody slow has both");
        assert!(began.elapsed() >= PATIENCE);
        drop(first);
        assert!(turns.take().await.is_some(), "the turn of who is done is the next one's");
    }
}
