//! Browsers that an account has signed in from: a signed cookie that gives the browser its own place when sign-ins with that name fail
//! (`throttle`). It is no session and opens nothing; a thief gets one place to guess from, with that place's waits.
//!
//! One mark per account, so that a PC shared by several people is known to each of them. A mark holds account, browser, the account's epoch
//! and its end. The epoch makes it worthless when a password is set or changed: otherwise a person with an old password could have
//! collected hundreds of marks with it and guess the next password from as many places. Marks are not stored here; the signature is the
//! proof.

use actix_web::{HttpRequest, cookie::Cookie};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{
    config::{Config, Secret},
    ids::new_id,
    web::{cookies, signer::Signer},
};

const NAME: &str = "rainstaff-known";
/// How long a sign-in is remembered.
const KEPT_FOR: TimeDelta = TimeDelta::days(90);
/// Maximum number of people per browser; the earliest sign-in is dropped first.
const MOST: usize = 8;
/// Account, browser, epoch, end, signature.
const BYTES: usize = 16 + 16 + 4 + 8 + 32;

/// The marks that a browser sends.
#[derive(Clone, Default)]
pub struct Marks {
    shown: Vec<[u8; BYTES]>,
}

/// The content of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    user: Uuid,
    browser: Uuid,
    epoch: i32,
    until: i64,
}

impl Marks {
    /// Reads the cookie. Its marks are verified only when one is needed.
    pub fn of(request: &HttpRequest, config: &Config) -> Self {
        let cookie = cookies::find(request, NAME, config.is_over_tls());
        Self::read(cookie.as_ref().map_or("", Cookie::value))
    }

    fn read(text: &str) -> Self {
        let one = |part: &str| URL_SAFE_NO_PAD.decode(part).ok()?.try_into().ok();
        Self { shown: text.split('.').filter_map(one).take(MOST).collect() }
    }

    /// This browser's id for an account, if it has signed that account in and the mark is still valid.
    pub fn find(&self, secret: &Secret, user: Uuid, epoch: i32, now: DateTime<Utc>) -> Option<Uuid> {
        let signer = signer(secret);
        let good = |mark: &Mark| mark.user == user && mark.epoch == epoch && mark.until > now.timestamp();
        self.shown.iter().filter_map(|bytes| Mark::verified(bytes, &signer)).find(good).map(|mark| mark.browser)
    }

    /// The cookie after a sign-in: this account first, then the others.
    pub fn cookie_with(&self, config: &Config, user: Uuid, epoch: i32, now: DateTime<Utc>) -> Cookie<'static> {
        let browser = self.find(&config.secret, user, epoch, now).unwrap_or_else(new_id);
        let mark = Mark { user, browser, epoch, until: (now + KEPT_FOR).timestamp() };
        let others = self.shown.iter().filter(|bytes| Mark::read(bytes).user != user).copied();
        let marks: Vec<String> = [mark.signed(&signer(&config.secret))]
            .into_iter()
            .chain(others)
            .take(MOST)
            .map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
            .collect();
        cookies::build(NAME, marks.join("."), KEPT_FOR, config.is_over_tls())
    }
}

impl std::fmt::Debug for Marks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Marks({})", self.shown.len())
    }
}

impl Mark {
    fn signed(&self, signer: &Signer) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        bytes[..16].copy_from_slice(self.user.as_bytes());
        bytes[16..32].copy_from_slice(self.browser.as_bytes());
        bytes[32..36].copy_from_slice(&self.epoch.to_be_bytes());
        bytes[36..44].copy_from_slice(&self.until.to_be_bytes());
        let signature = signer.sign(&[&bytes[..44]]);
        bytes[44..].copy_from_slice(&signature);
        bytes
    }

    fn verified(bytes: &[u8; BYTES], signer: &Signer) -> Option<Self> {
        signer.verifies(&[&bytes[..44]], &bytes[44..]).then(|| Self::read(bytes))
    }

    fn read(bytes: &[u8; BYTES]) -> Self {
        let part = |from: usize| <[u8; 16]>::try_from(&bytes[from..from + 16]).unwrap_or_default();
        Self {
            user: Uuid::from_bytes(part(0)),
            browser: Uuid::from_bytes(part(16)),
            epoch: i32::from_be_bytes(bytes[32..36].try_into().unwrap_or_default()),
            until: i64::from_be_bytes(bytes[36..44].try_into().unwrap_or_default()),
        }
    }
}

fn signer(secret: &Secret) -> Signer {
    Signer::new(secret.bytes(), "rainstaff: known browser, 1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config::dev(([127, 0, 0, 1], 0).into(), Secret::random())
    }

    fn at(days: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_600_000 + days * 86_400, 0).unwrap()
    }

    fn after_sign_in(marks: &Marks, config: &Config, user: Uuid, epoch: i32) -> Marks {
        Marks::read(marks.cookie_with(config, user, epoch, at(0)).value())
    }

    #[test]
    fn a_browser_is_known_for_90_days_to_the_account_that_signed_in_until_its_epoch_moves_on() {
        let (config, ayse) = (config(), new_id());
        let marks = after_sign_in(&Marks::default(), &config, ayse, 3);
        let id = marks.find(&config.secret, ayse, 3, at(0)).expect("known");
        assert_eq!(marks.find(&config.secret, ayse, 3, at(89)), Some(id));
        assert_eq!(marks.find(&config.secret, ayse, 3, at(90)), None);
        assert_eq!(marks.find(&config.secret, ayse, 4, at(0)), None, "a new password");
        assert_eq!(marks.find(&config.secret, new_id(), 3, at(0)), None, "somebody else");
        assert_eq!(marks.find(&Secret::random(), ayse, 3, at(0)), None, "another company's server");
        assert_eq!(
            after_sign_in(&marks, &config, ayse, 3).find(&config.secret, ayse, 3, at(0)),
            Some(id),
            "the same place after another sign-in"
        );
    }

    #[test]
    fn a_pc_of_several_people_is_known_to_each_and_forgets_the_one_who_was_there_longest_ago() {
        let (config, people) = (config(), [(); MOST + 1].map(|()| new_id()));
        let marks = people.iter().fold(Marks::default(), |marks, user| after_sign_in(&marks, &config, *user, 1));
        let known: Vec<bool> = people.iter().map(|user| marks.find(&config.secret, *user, 1, at(1)).is_some()).collect();
        assert_eq!(known, [&[false][..], &[true; MOST]].concat());
    }

    #[test]
    fn a_mark_that_was_touched_is_none() {
        let (config, ayse) = (config(), new_id());
        let cookie = Marks::default().cookie_with(&config, ayse, 1, at(0));
        let bytes = URL_SAFE_NO_PAD.decode(cookie.value()).unwrap();
        for place in 0..bytes.len() {
            let mut touched = bytes.clone();
            touched[place] ^= 1;
            assert_eq!(Marks::read(&URL_SAFE_NO_PAD.encode(&touched)).find(&config.secret, ayse, 1, at(0)), None, "byte {place}");
        }
        for nonsense in ["", ".", "....", "%%%", "AAAA", &"A".repeat(5000)] {
            assert_eq!(Marks::read(nonsense).find(&config.secret, ayse, 1, at(0)), None, "{nonsense:.20}");
        }
    }
}
