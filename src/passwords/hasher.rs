//! argon2id hashes, made and checked a few at a time.

use std::{fmt, hint, sync::Arc};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::places::{Full, Places, Seat, Turn};
use rainstaff_http::passwords::{MAX_BYTES, NOBODYS, Password, hash, matches};

use crate::error::AppError;

const AT_ONCE: usize = 2; // each costs 19 MiB and a core for some 30 ms

/// Makes and checks argon2id hashes (m = 19 MiB, t = 2, p = 1) off the async threads, two at a time; who waits where is said by `places`.
/// Cheap to clone; all clones share the places.
#[derive(Clone)]
pub struct Hasher {
    places: Arc<Places>,
    running: Arc<Semaphore>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher(argon2id)")
    }
}

impl Hasher {
    /// One per process.
    pub fn new() -> Self {
        Self { places: Arc::default(), running: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// A new hash as a PHC string, with a random salt.
    pub async fn hash(&self, turn: Turn, password: Password) -> Result<String, AppError> {
        let made = self.run(turn, move || hash(password.reveal().as_bytes()));
        made.await?.map_err(|e| AppError::Fault(format!("argon2: {e}")))
    }

    /// Whether the password belongs to the hash. Costs one hash in every case: also without a hash (unknown account), with one that
    /// cannot be read, and with a password that is too long.
    /// Many at once from one place are refused as too many, too many altogether as busy.
    pub async fn verify(&self, turn: Turn, password: Password, phc: Option<&str>) -> Result<bool, AppError> {
        let phc = phc.map(str::to_owned);
        self.run(turn, move || {
            let fits = password.reveal().len() <= MAX_BYTES;
            let typed = if fits { password.reveal().as_bytes() } else { b"" };
            let found = phc.as_deref().and_then(|phc| matches(typed, phc).ok());
            let same = found.unwrap_or_else(|| {
                hint::black_box(matches(typed, NOBODYS)).ok(); // costs as much
                false
            });
            same && fits
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, turn: Turn, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        let busy = || AppError::Busy("password checks".into());
        let (seat, gate) = self.places.take(turn).map_err(|full| match full {
            Full::Place => AppError::TooMany(1),
            Full::Line => busy(),
        })?;
        let in_line = gate.acquire_owned().await.map_err(|_| busy())?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| busy())?;
        // What is held goes along: a request that is given up frees its place only when its thread is done.
        let done = tokio::task::spawn_blocking(move || {
            let _held: (Seat, OwnedSemaphorePermit, OwnedSemaphorePermit) = (seat, in_line, running);
            work()
        });
        done.await.map_err(|e| AppError::Fault(format!("password thread: {e}")))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use argon2::{Params, password_hash::PasswordHash};

    use super::*;
    use rainstaff_http::passwords::COST;

    fn typed(text: &str) -> Password {
        Password::new(text)
    }

    fn turn() -> Turn {
        Turn::of_account("ankara1")
    }

    #[tokio::test]
    async fn a_hash_opens_with_its_password_and_with_no_other() {
        let hasher = Hasher::new();
        let phc = hasher.hash(turn(), typed("gül kurusu 1923")).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(hasher.verify(turn(), typed("gül kurusu 1923"), Some(&phc)).await.unwrap());
        assert!(!hasher.verify(turn(), typed("gul kurusu 1923"), Some(&phc)).await.unwrap());
        assert_ne!(phc, hasher.hash(turn(), typed("gül kurusu 1923")).await.unwrap(), "every hash has a salt of its own");
    }

    #[tokio::test]
    async fn without_an_account_nothing_matches_but_it_takes_as_long() {
        let hasher = Hasher::new();
        let phc = hasher.hash(turn(), typed("gül kurusu 1923")).await.unwrap();
        let mut spent = [Duration::MAX; 4];
        for _ in 0..5 {
            let tries =
                [(typed("x"), Some(phc.as_str())), (typed("x"), None), (typed("x"), Some("damaged")), (typed(&"x".repeat(129)), None)];
            for (fastest, (password, phc)) in spent.iter_mut().zip(tries) {
                let start = Instant::now();
                assert!(!hasher.verify(turn(), password, phc).await.unwrap());
                *fastest = (*fastest).min(start.elapsed());
            }
        }
        for other in &spent[1..] {
            assert!(*other * 4 > spent[0] && spent[0] * 4 > *other, "fastest of five each: {spent:?}");
        }
    }

    #[tokio::test]
    async fn a_hash_of_nobody_is_readable_and_of_the_cost_in_use() {
        let hash = PasswordHash::new(NOBODYS).unwrap();
        let cost = Params::try_from(&hash).unwrap();
        assert_eq!((cost.m_cost(), cost.t_cost(), cost.p_cost()), (COST.m_cost(), COST.t_cost(), COST.p_cost()));
        assert_eq!(hash.hash.unwrap().len(), 32);
    }

    #[tokio::test]
    async fn many_checks_of_one_name_at_once_leave_the_others_their_places() {
        let hasher = Hasher::new();
        let check = |name: &str| {
            let (hasher, turn) = (hasher.clone(), Turn::of_account(name));
            tokio::spawn(async move { hasher.verify(turn, typed("x"), None).await })
        };
        let flood: Vec<_> = (0..30).map(|_| check("ankara1")).collect();
        let others = ["istanbul1", "bursa1", "izmir1", "admin"].map(check);
        let mut refused = 0;
        for one in flood {
            match one.await.unwrap() {
                Ok(matched) => assert!(!matched),
                Err(AppError::TooMany(1)) => refused += 1,
                Err(other) => panic!("{other}"),
            }
        }
        assert!(refused > 20, "{refused} of 30");
        for other in others {
            assert!(!other.await.unwrap().expect("a place"));
        }
        assert!(hasher.verify(turn(), typed("x"), None).await.is_ok(), "the places are free again");
    }
}
