//! Who is next with the connections of a worker. PostgreSQL gives every connection a process with plans and catalogues of its own, so many that
//! take turns on few processors push each other's out of the caches. What is quickly read goes on a few that stay warm, and nobody waits long
//! for somebody slow there: the others are for them, and for what is written (docs/adr/0026).

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How long a warm connection is waited for: a page's reads take two milliseconds. Then any will do.
const PATIENCE: Duration = Duration::from_millis(5);

/// The turns at the warm connections, and those at the rest: one for each connection.
pub(super) struct Turns {
    has_warm: bool,
    warm: Arc<Semaphore>,
    rest: Arc<Semaphore>,
}

/// A turn, for as long as it is kept.
#[derive(Debug)]
pub(super) struct Turn {
    /// Whether it is one at the warm connections.
    pub is_warm: bool,
    /// Given back with the transaction.
    pub permit: OwnedSemaphorePermit,
}

impl Turns {
    pub fn new(warm: u32, rest: u32) -> Self {
        let semaphore = |connections: u32| Arc::new(Semaphore::new(connections as usize));
        Self { has_warm: warm > 0, warm: semaphore(warm), rest: semaphore(rest) }
    }

    /// For what is quickly read. `None` where there was none for `longest` (also below).
    pub async fn to_read(&self, longest: Duration) -> Option<Turn> {
        let warm = if self.has_warm { timeout(PATIENCE, self.warm()).await.ok().flatten() } else { None };
        match warm {
            Some(turn) => Some(turn),
            None => self.any(longest).await,
        }
    }

    /// For everything else. Warm ones that nobody uses are not kept from whoever finds no other.
    pub async fn any(&self, longest: Duration) -> Option<Turn> {
        let first = async {
            tokio::select! { biased; turn = self.rest() => turn, turn = self.warm() => turn }
        };
        timeout(longest, first).await.ok().flatten()
    }

    async fn warm(&self) -> Option<Turn> {
        Some(Turn { is_warm: true, permit: self.warm.clone().acquire_owned().await.ok()? })
    }

    async fn rest(&self) -> Option<Turn> {
        Some(Turn { is_warm: false, permit: self.rest.clone().acquire_owned().await.ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn what_is_read_waits_a_little_for_a_warm_connection_and_takes_another_then() {
        let turns = Turns::new(1, 1);
        let first = turns.to_read(LONGEST).await.unwrap();
        assert!(first.is_warm);
        let began = std::time::Instant::now();
        let second = turns.to_read(LONGEST).await.unwrap();
        assert!(!second.is_warm, "somebody slow has the warm one");
        assert!(began.elapsed() >= PATIENCE);
        drop(first);
        assert!(turns.to_read(LONGEST).await.unwrap().is_warm, "the turn of who is done is the next one's");
    }

    #[tokio::test]
    async fn what_is_written_leaves_the_warm_ones_to_the_readers_as_long_as_there_are_others() {
        let turns = Turns::new(1, 1);
        let first = turns.any(LONGEST).await.unwrap();
        assert!(!first.is_warm);
        let second = turns.any(LONGEST).await.unwrap();
        assert!(second.is_warm, "no connection stands idle while somebody waits");
        assert!(turns.any(LONGEST).await.is_none(), "there are no more");
        assert!(turns.to_read(LONGEST).await.is_none());
        let (again, ()) = tokio::join!(turns.any(LONGEST), async { drop(first) });
        assert!(!again.unwrap().is_warm);
    }

    #[tokio::test]
    async fn without_warm_connections_everybody_takes_what_there_is() {
        let turns = Turns::new(0, 1);
        let only = turns.to_read(LONGEST).await.unwrap();
        assert!(!only.is_warm);
        assert!(turns.any(LONGEST).await.is_none());
    }
}
