//! The order in which transactions get the connections of a worker. PostgreSQL gives every connection a process with plans and catalogues
//! of its own, and many that take turns on few processors push each other's out of the caches. Quick reads use a few connections that stay
//! warm, and wait there for no slow transaction: slow reads and writes use the others (docs/adr/0026).

use std::{
    future::{Future, pending},
    sync::Arc,
    time::Duration,
};

use sqlx::PgPool;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How long a quick read waits for a warm connection: a page's reads take two milliseconds. After that any connection will do.
const PATIENCE: Duration = Duration::from_millis(5);
/// How long a transaction waits for any connection, and before that for a place.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// A pool, and a turn for each of its connections.
struct Lane {
    pool: PgPool,
    free: Arc<Semaphore>,
}

/// The connections of a worker, and their turns.
pub(super) struct Lanes {
    /// For quick reads; `None` if there are too few connections for that.
    warm: Option<Lane>,
    rest: Lane,
}

/// A turn on a connection of `pool`, for as long as `permit` is kept.
#[derive(Debug)]
pub(super) struct Turn {
    pub pool: PgPool,
    pub permit: OwnedSemaphorePermit,
}

/// How long a transaction takes.
#[derive(Clone, Copy)]
pub(super) enum Pace {
    /// Short, as a page's reads are.
    Quick,
    /// Unknown.
    Any,
}

impl Lane {
    fn new(pool: PgPool) -> Self {
        let free = Arc::new(Semaphore::new(pool.options().get_max_connections() as usize));
        Self { pool, free }
    }

    async fn turn(&self) -> Option<Turn> {
        let permit = self.free.clone().acquire_owned().await.ok()?;
        Some(Turn { pool: self.pool.clone(), permit })
    }
}

impl Lanes {
    pub fn new(warm: Option<PgPool>, rest: PgPool) -> Self {
        Self { warm: warm.map(Lane::new), rest: Lane::new(rest) }
    }

    /// The connections for everything but quick reads.
    pub fn rest(&self) -> &PgPool {
        &self.rest.pool
    }

    pub fn pools(&self) -> impl Iterator<Item = &PgPool> {
        self.warm.iter().chain([&self.rest]).map(|lane| &lane.pool)
    }

    /// The next turn; `None` if there was none for [`LONGEST_WAIT`].
    pub async fn take(&self, pace: Pace) -> Option<Turn> {
        self.take_within(LONGEST_WAIT, pace).await
    }

    async fn take_within(&self, longest: Duration, pace: Pace) -> Option<Turn> {
        if let (Pace::Quick, Some(warm)) = (pace, &self.warm)
            && let Some(turn) = within(PATIENCE, warm.turn()).await
        {
            return Some(turn);
        }
        within(longest, self.any()).await
    }

    /// A turn on any connection: also on a warm one, if that is unused and no other is free.
    async fn any(&self) -> Option<Turn> {
        let warm = async {
            match &self.warm {
                Some(warm) => warm.turn().await,
                None => pending().await,
            }
        };
        tokio::select! { biased; turn = self.rest.turn() => turn, turn = warm => turn }
    }
}

async fn within(longest: Duration, turn: impl Future<Output = Option<Turn>>) -> Option<Turn> {
    timeout(longest, turn).await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::PgPoolOptions;

    use super::*;

    /// A pool of one connection, which is never opened.
    fn one() -> PgPool {
        PgPoolOptions::new().max_connections(1).connect_lazy("postgres://nobody@localhost/nothing").unwrap()
    }

    fn is_warm(lanes: &Lanes, turn: &Turn) -> bool {
        lanes.warm.as_ref().is_some_and(|warm| Arc::ptr_eq(turn.permit.semaphore(), &warm.free))
    }

    async fn take(lanes: &Lanes, pace: Pace) -> Option<Turn> {
        lanes.take_within(Duration::from_millis(50), pace).await
    }

    #[tokio::test]
    async fn what_is_read_waits_a_little_for_a_warm_connection_and_takes_another_then() {
        let lanes = Lanes::new(Some(one()), one());
        let first = take(&lanes, Pace::Quick).await.unwrap();
        assert!(is_warm(&lanes, &first));
        let began = std::time::Instant::now();
        let second = take(&lanes, Pace::Quick).await.unwrap();
        assert!(!is_warm(&lanes, &second), "somebody slow has the warm one");
        assert!(began.elapsed() >= PATIENCE);
        drop(first);
        assert!(is_warm(&lanes, &take(&lanes, Pace::Quick).await.unwrap()), "the turn of who is done is the next one's");
    }

    #[tokio::test]
    async fn what_is_written_leaves_the_warm_ones_to_the_readers_as_long_as_there_are_others() {
        let lanes = Lanes::new(Some(one()), one());
        let first = take(&lanes, Pace::Any).await.unwrap();
        assert!(!is_warm(&lanes, &first));
        let second = take(&lanes, Pace::Any).await.unwrap();
        assert!(is_warm(&lanes, &second), "no connection stands idle while somebody waits");
        assert!(take(&lanes, Pace::Any).await.is_none(), "there are no more");
        assert!(take(&lanes, Pace::Quick).await.is_none());
        let (again, ()) = tokio::join!(take(&lanes, Pace::Any), async { drop(first) });
        assert!(!is_warm(&lanes, &again.unwrap()));
    }

    #[tokio::test]
    async fn without_warm_connections_everybody_takes_what_there_is() {
        let lanes = Lanes::new(None, one());
        let only = take(&lanes, Pace::Quick).await.unwrap();
        assert!(!is_warm(&lanes, &only));
        assert!(take(&lanes, Pace::Any).await.is_none());
    }
}
