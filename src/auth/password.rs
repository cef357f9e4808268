//! Passwords: what a new one must be like, and argon2id hashes, made and checked a few at a time.

use std::{collections::HashSet, fmt, hint, sync::Arc};

use argon2::password_hash::SaltString;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use super::forms::{MAX_BYTES, Password};
use super::{
    accounts::FIRST_OFFICES,
    argon::Argon,
    forms::NOBODYS,
    places::{Full, Places, Seat, Turn},
};
use crate::error::AppError;

/// Fewest characters of a new password.
pub const MIN_CHARS: usize = 10;

const AT_ONCE: usize = 2; // each costs 19 MiB and a core for some 30 ms

/// How hard a new password has to be to guess, as the power of ten of the guesses it takes (zxcvbn): ten letters of chance are 10.
const GUESSES_LOG10: f64 = 9.0;
/// Different characters of a new password at least.
const DIFFERENT: usize = 5;
/// Words that everybody here would try first, besides the account's name and the offices'.
const LOCAL_WORDS: [&str; 34] = [
    "rainstaff",
    "puantaj",
    "timesheet",
    "mesai",
    "vardiya",
    "personel",
    "parola",
    "parolam",
    "sifre",
    "şifre",
    "sifrem",
    "şifrem",
    "yonetici",
    "yönetici",
    "admin",
    "merkez",
    "bolge",
    "bölge",
    "ofis",
    "sirket",
    "şirket",
    "turkiye",
    "türkiye",
    "ataturk",
    "atatürk",
    "galatasaray",
    "fenerbahce",
    "fenerbahçe",
    "besiktas",
    "beşiktaş",
    "trabzonspor",
    "qwertyuiop",
    "asdfghjkl",
    "fgğıod",
];

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
    /// Repetitions, sequences, well-known words: guessed in no time.
    #[error("the password is easy to guess; take three or four words that have nothing to do with each other")]
    TooSimple,
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
    if is_simple(&new.0, username) {
        return Err(PasswordFault::TooSimple);
    }
    Ok(())
}

/// Whether a password would be among the first that somebody tries: too few different characters, or what zxcvbn's lists and patterns know,
/// with the account's name and this company's words among them.
fn is_simple(password: &str, username: &str) -> bool {
    let different: HashSet<char> = password.chars().filter(|c| !c.is_whitespace()).collect();
    if different.len() < DIFFERENT {
        return true;
    }
    let parts = username.split(['.', '-', '_']).filter(|part| part.len() > 2);
    let offices = FIRST_OFFICES.iter().flat_map(|office| [office.code, office.name, office.username]);
    let words: Vec<&str> = [username].into_iter().chain(parts).chain(offices).chain(LOCAL_WORDS).collect();
    zxcvbn::zxcvbn(password, &words).guesses_log10() < GUESSES_LOG10
}

/// Makes and checks argon2id hashes (m = 19 MiB, t = 2, p = 1) off the async threads, two at a time; who waits where is said by `places`.
/// Cheap to clone; all clones share the places.
#[derive(Clone)]
pub struct Hasher {
    argon: Arc<Argon>,
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
        Self { argon: Arc::default(), places: Arc::default(), running: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// A new hash as a PHC string, with a random salt.
    pub async fn hash(&self, turn: Turn, password: Password) -> Result<String, AppError> {
        let argon = Arc::clone(&self.argon);
        let made = self.run(turn, move || argon.hash(password.0.as_bytes(), &SaltString::encode_b64(&rand::random::<[u8; 16]>())?));
        made.await?.map_err(|e| AppError::Fault(format!("argon2: {e}")))
    }

    /// Whether the password belongs to the hash. Costs one hash in every case: also without a hash (unknown account), with one that
    /// cannot be read, and with a password that is too long.
    /// Many at once from one place are refused as too many, too many altogether as busy.
    pub async fn verify(&self, turn: Turn, password: Password, phc: Option<&str>) -> Result<bool, AppError> {
        let (argon, phc) = (Arc::clone(&self.argon), phc.map(str::to_owned));
        self.run(turn, move || {
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
    use crate::auth::argon::COST;

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

    #[test]
    fn new_passwords_are_long_enough_short_enough_and_new() {
        let cases = [
            ("gül kurusu 1923", "admin", None, Ok(())),
            ("gül kurusu 1923", "ankara1", Some("a-temporary-1"), Ok(())),
            ("küçükçeşme", "ankara1", None, Ok(())),
            ("küçükçeşm", "ankara1", None, Err(PasswordFault::TooShort)),
            ("Ankara-Ofis-1", "ankara-ofis-1", None, Err(PasswordFault::SameAsName)),
            ("a-temporary-1", "ankara1", Some("a-temporary-1"), Err(PasswordFault::SameAsOld)),
        ];
        for (new, name, old, expected) in cases {
            assert_eq!(check_new(&typed(new), name, old.map(typed).as_ref()), expected, "{new} for {name}");
        }
        let long: String = "şğüöç".chars().cycle().take(65).collect();
        assert_ne!(check_new(&typed(&long[..128]), "ankara1", None), Err(PasswordFault::TooLong));
        assert_eq!(check_new(&typed(&long), "ankara1", None), Err(PasswordFault::TooLong));
    }

    #[test]
    fn what_everybody_would_try_first_is_refused() {
        for simple in [
            "          ",
            "aaaaaaaaaa",
            "ababababab",
            "1234567890",
            "0987654321",
            "abcdefghijkl",
            "qwertyuiop",
            "QWERTYUIOP",
            "asdfghjkl1",
            "1q2w3e4r5t",
            "a1a1a1a1a1",
            "    a    b    ",
            "password123",
            "Password2026",
            "parola12345",
            "sifre123456",
            "Şifre2026!!",
            "ankara1234",
            "ankara1-ofis",
            "Ankara2026.",
            "istanbul34",
            "rainstaff1",
            "rainstaff2026",
            "galatasaray1905",
            "fenerbahce1907",
            "turkiye1923",
            "admin12345",
            "iloveyou123",
            "5555555555",
            "05321234567",
            "29101923291",
            "şifreşifre",
            "rainstaff-demo",
        ] {
            assert_eq!(check_new(&typed(simple), "ankara1", None), Err(PasswordFault::TooSimple), "{simple:?}");
        }
        for good in [
            "gül kurusu 1923",
            "dört çay iki simit",
            "xkqzvwpjmt",
            "Vapur!Iskele9kedi",
            "yonetici parolasi",
            "ankaranin parolasi",
            "kendi parolam 1",
            "baska bir parola",
        ] {
            assert_eq!(check_new(&typed(good), "ankara1", None), Ok(()), "{good:?}");
        }
        assert_eq!(check_new(&typed("mehmet.yilmaz1"), "mehmet.yilmaz", None), Err(PasswordFault::TooSimple), "little more than the name");
    }

    #[test]
    fn random_passwords_are_accepted_and_differ() {
        let (one, other) = (Password::random(), Password::random());
        assert_eq!(check_new(&one, "admin", Some(&other)), Ok(()));
        assert_eq!(one.reveal().len(), 23);
    }
}
