//! Passwords: what a new one must be like, and argon2id hashes, made and checked a few at a time (SECURITY, threats 27 and 28).

use std::{fmt, hint, sync::Arc};

use argon2::password_hash::SaltString;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::argon::Argon;
use super::forms::NOBODYS;
pub use super::forms::{MAX_BYTES, Password};
use crate::error::AppError;

/// Fewest characters of a new password.
pub const MIN_CHARS: usize = 10;

const AT_ONCE: usize = 2; // each costs 19 MiB and a core for some 30 ms
const WAITING: usize = 8;

impl Password {
    /// A random one of 100 bits, in letters and digits that are not mistaken for each other.
    pub fn random() -> Self {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let bytes: [u8; 20] = rand::random();
        let groups: Vec<String> =
            bytes.chunks(5).map(|group| group.iter().map(|b| char::from(LETTERS[usize::from(b % 32)])).collect()).collect();
        Self(groups.join("-"))
    }
}

/// Why a new password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Fewer than [`MIN_CHARS`] characters.
    #[error("the password needs at least {MIN_CHARS} characters")]
    TooShort,
    /// More than [`MAX_BYTES`] bytes.
    #[error("the password is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// The same as the user name.
    #[error("the password must differ from the user name")]
    SameAsName,
    /// The same as the one it replaces.
    #[error("the password must differ from the old one")]
    SameAsOld,
}

/// Checks a new password for the account `username`.
pub fn check_new(new: &Password, username: &str, old: Option<&Password>) -> Result<(), PasswordFault> {
    if new.0.len() > MAX_BYTES {
        return Err(PasswordFault::TooLong);
    }
    if new.0.trim().eq_ignore_ascii_case(username) {
        return Err(PasswordFault::SameAsName);
    }
    if old.is_some_and(|old| old.0 == new.0) {
        return Err(PasswordFault::SameAsOld);
    }
    if new.0.chars().count() < MIN_CHARS {
        return Err(PasswordFault::TooShort);
    }
    Ok(())
}

/// Makes and checks argon2id hashes (m = 19 MiB, t = 2, p = 1) off the async threads: two at a time, eight waiting, more are refused
/// as busy. Cheap to clone; all clones share the two places.
#[derive(Clone)]
pub struct Hasher {
    argon: Arc<Argon>,
    places: Arc<Semaphore>,
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
        Self { argon: Arc::default(), places: Arc::new(Semaphore::new(AT_ONCE + WAITING)), running: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// A new hash as a PHC string, with a random salt.
    pub async fn hash(&self, password: Password) -> Result<String, AppError> {
        let argon = Arc::clone(&self.argon);
        let made = self.run(move || argon.hash(password.0.as_bytes(), &SaltString::encode_b64(&rand::random::<[u8; 16]>())?));
        made.await?.map_err(|e| AppError::Fault(format!("argon2: {e}")))
    }

    /// Whether the password belongs to the hash. Costs one hash in every case: also without a hash (unknown account), with one that
    /// cannot be read, and with a password that is too long.
    pub async fn verify(&self, password: Password, phc: Option<&str>) -> Result<bool, AppError> {
        let (argon, phc) = (Arc::clone(&self.argon), phc.map(str::to_owned));
        self.run(move || {
            let fits = password.0.len() <= MAX_BYTES;
            let typed = if fits { password.0.as_bytes() } else { b"" };
            let found = phc.as_deref().and_then(|phc| argon.matches(typed, phc).ok());
            let same = found.unwrap_or_else(|| {
                hint::black_box(argon.matches(typed, NOBODYS)).ok(); // costs as much
                false
            });
            same && fits
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        let busy = || AppError::Busy("password checks".into());
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| busy())?;
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(|_| busy())?;
        // The permits go along: a request that is given up frees its place only when its thread is done.
        let done = tokio::task::spawn_blocking(move || {
            let _held: (OwnedSemaphorePermit, OwnedSemaphorePermit) = (place, turn);
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
    use crate::auth::argon::COST;

    fn typed(text: &str) -> Password {
        Password::new(text)
    }

    #[tokio::test]
    async fn a_hash_opens_with_its_password_and_with_no_other() {
        let hasher = Hasher::new();
        let phc = hasher.hash(typed("gül kurusu 1923")).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(hasher.verify(typed("gül kurusu 1923"), Some(&phc)).await.unwrap());
        assert!(!hasher.verify(typed("gul kurusu 1923"), Some(&phc)).await.unwrap());
        assert_ne!(phc, hasher.hash(typed("gül kurusu 1923")).await.unwrap(), "every hash has a salt of its own");
    }

    #[tokio::test]
    async fn without_an_account_nothing_matches_but_it_takes_as_long() {
        let hasher = Hasher::new();
        let phc = hasher.hash(typed("gül kurusu 1923")).await.unwrap();
        let mut spent = [Duration::MAX; 4];
        for _ in 0..5 {
            let tries =
                [(typed("x"), Some(phc.as_str())), (typed("x"), None), (typed("x"), Some("damaged")), (typed(&"x".repeat(129)), None)];
            for (fastest, (password, phc)) in spent.iter_mut().zip(tries) {
                let start = Instant::now();
                assert!(!hasher.verify(password, phc).await.unwrap());
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
    async fn two_run_eight_wait_and_the_rest_hears_busy() {
        let hasher = Hasher::new();
        let flood: Vec<_> = (0..30)
            .map(|_| {
                tokio::spawn({
                    let hasher = hasher.clone();
                    async move { hasher.verify(typed("x"), None).await }
                })
            })
            .collect();
        let mut busy = 0;
        for one in flood {
            match one.await.unwrap() {
                Ok(matched) => assert!(!matched),
                Err(AppError::Busy(_)) => busy += 1,
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(busy, 20);
        assert!(hasher.verify(typed("x"), None).await.is_ok(), "the places are free again");
    }

    #[test]
    fn new_passwords_are_long_enough_short_enough_and_new() {
        let cases = [
            ("rainstaff-demo", "admin", None, Ok(())),
            ("rainstaff-demo", "ankara1", Some("a-temporary-1"), Ok(())),
            ("şifreşifre", "ankara1", None, Ok(())),
            ("şifreşifr", "ankara1", None, Err(PasswordFault::TooShort)),
            ("Ankara-Ofis-1", "ankara-ofis-1", None, Err(PasswordFault::SameAsName)),
            ("a-temporary-1", "ankara1", Some("a-temporary-1"), Err(PasswordFault::SameAsOld)),
        ];
        for (new, name, old, expected) in cases {
            assert_eq!(check_new(&typed(new), name, old.map(typed).as_ref()), expected, "{new} for {name}");
        }
        assert_eq!(check_new(&typed(&"ş".repeat(64)), "ankara1", None), Ok(()));
        assert_eq!(check_new(&typed(&"ş".repeat(65)), "ankara1", None), Err(PasswordFault::TooLong));
    }

    #[test]
    fn random_passwords_are_accepted_and_differ() {
        let (one, other) = (Password::random(), Password::random());
        assert_eq!(check_new(&one, "admin", Some(&other)), Ok(()));
        assert_eq!(one.reveal().len(), 23);
    }
}
