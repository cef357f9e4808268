//! What a new password must be like.

use std::collections::HashSet;

use super::{MAX_BYTES, Password};
use crate::identity::FIRST_OFFICES;

/// Fewest characters of a new password.
pub const MIN_CHARS: usize = 10;

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

/// A random password of 100 bits, in letters and digits that are not mistaken for each other.
pub fn random_password() -> Password {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let bytes: [u8; 20] = rand::random();
    let groups: Vec<String> =
        bytes.chunks(5).map(|group| group.iter().map(|b| char::from(LETTERS[usize::from(b % 32)])).collect()).collect();
    Password::new(groups.join("-"))
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
    if new.reveal().len() > MAX_BYTES {
        return Err(PasswordFault::TooLong);
    }
    if new.reveal().trim().eq_ignore_ascii_case(username) {
        return Err(PasswordFault::SameAsName);
    }
    if old.is_some_and(|old| old == new) {
        return Err(PasswordFault::SameAsOld);
    }
    if new.reveal().chars().count() < MIN_CHARS {
        return Err(PasswordFault::TooShort);
    }
    if is_simple(new.reveal(), username) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Password {
        Password::new(text)
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
        let (one, other) = (random_password(), random_password());
        assert_eq!(check_new(&one, "admin", Some(&other)), Ok(()));
        assert_eq!(one.reveal().len(), 23);
    }
}
