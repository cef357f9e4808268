//! Waits after failed sign-ins, and after very many successful ones. Pure decisions from values; `sign_in` applies them.
//!
//! - **A stranger's wait belongs to a name from one address.** From the third failure on, each one doubles it: 1, 2, 4 .. 900 s. So a
//!   person who fails on purpose blocks only people at the same address.
//! - **A browser that has signed this person in before** (`known_browser`) has its own wait and none of the others', so people can sign in
//!   even from the same address.
//! - **An address** has 20 failures a minute. A stranger's attempt during a wait counts as one of them.
//! - **Right passwords** of one account from one address are accepted 30 times a minute, whether or not the sessions are still open.
//!   Programs that sign in again and again should use an API key.
//!
//! No wait is permanent: a success, a day without failures, or a new password set by another person clears it. From the third failure on,
//! an attempt is booked as failed *before* the password is checked, so that parallel guesses cannot share one free attempt.

use std::net::{IpAddr, Ipv6Addr};

use chrono::{DateTime, TimeDelta, Utc};

const FREE_FAILURES: i32 = 2;
const LONGEST_WAIT: i64 = 900;
const FORGET_AFTER: TimeDelta = TimeDelta::hours(24);
const ADDRESS_FAILURES: i32 = 20;
const ADDRESS_WINDOW: TimeDelta = TimeDelta::seconds(60);
const SIGN_INS: i32 = 30;
const SIGN_IN_WINDOW: TimeDelta = TimeDelta::seconds(60);

/// Failures of one place or address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// Number of failures; for an address, in the current minute. (For right passwords: number of sign-ins in it.)
    pub fails: i32,
    /// Time of the last failure.
    pub last_failed_at: DateTime<Utc>,
    /// For a place: no attempt before this. For an address: the end of the counted minute.
    pub next_try_at: DateTime<Utc>,
}

/// The place from which a name is tried, with the failures there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// A browser that has signed this person in before.
    Known(Option<&'a Counter>),
    /// Any other browser.
    Stranger {
        /// Failures of this name from this address.
        here: Option<&'a Counter>,
        /// Failures of this address, for all names.
        address: Option<&'a Counter>,
    },
}

/// What to do with an attempt for a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Check the password; count a failure afterwards.
    Free,
    /// First store this counter of the place, which includes the failure already; then check the password.
    Booked(Counter),
    /// Refuse without checking the password.
    Wait {
        /// Seconds to wait.
        seconds: u64,
        /// It still counts as a failure of the address.
        counts: bool,
    },
}

impl Counter {
    /// A counter without failures.
    pub fn none(now: DateTime<Utc>) -> Self {
        Self { fails: 0, last_failed_at: now, next_try_at: now }
    }

    fn is_forgotten(&self, now: DateTime<Utc>) -> bool {
        now - self.last_failed_at > FORGET_AFTER
    }
}

/// Decides on an attempt.
pub fn admit(place: Place<'_>, now: DateTime<Utc>) -> Admission {
    match place {
        Place::Known(own) => admit_here(own, now, false),
        Place::Stranger { here, address } => match wait_of_address(address, now) {
            Some(seconds) => Admission::Wait { seconds, counts: false },
            None => admit_here(here, now, true),
        },
    }
}

fn admit_here(counter: Option<&Counter>, now: DateTime<Utc>, counts: bool) -> Admission {
    match counter {
        Some(c) if now < c.next_try_at => Admission::Wait { seconds: seconds_until(c.next_try_at, now), counts },
        Some(c) if c.fails > FREE_FAILURES && !c.is_forgotten(now) => Admission::Booked(fail_here(c, now)),
        _ => Admission::Free,
    }
}

/// The counter of a place after one more failure.
pub fn fail_here(counter: &Counter, now: DateTime<Utc>) -> Counter {
    let before = if counter.is_forgotten(now) { 0 } else { counter.fails };
    let fails = before.saturating_add(1);
    Counter { fails, last_failed_at: now, next_try_at: now + wait_after(fails) }
}

/// The wait after failure number `fails`.
fn wait_after(fails: i32) -> TimeDelta {
    if fails <= FREE_FAILURES {
        return TimeDelta::zero();
    }
    let doublings = u32::try_from(fails - FREE_FAILURES - 1).unwrap_or(0).min(10);
    TimeDelta::seconds((1_i64 << doublings).min(LONGEST_WAIT))
}

/// Seconds that an address has to wait; `None` if it may try.
pub fn wait_of_address(counter: Option<&Counter>, now: DateTime<Utc>) -> Option<u64> {
    counter.filter(|c| is_blocked(c) && now < c.next_try_at).map(|c| seconds_until(c.next_try_at, now))
}

/// The counter of an address after one more failure.
pub fn fail_address(counter: &Counter, now: DateTime<Utc>) -> Counter {
    if now < counter.next_try_at && counter.fails > 0 {
        return Counter { fails: counter.fails.saturating_add(1), last_failed_at: now, ..*counter };
    }
    Counter { fails: 1, last_failed_at: now, next_try_at: now + ADDRESS_WINDOW }
}

/// The counter of an account's sign-ins from an address after one more, in the minute that began with the first of them; or the seconds to
/// wait.
pub fn sign_in_once_more(counter: &Counter, now: DateTime<Utc>) -> Result<Counter, u64> {
    let ends = counter.next_try_at.min(now + SIGN_IN_WINDOW); // a clock set back must not block sign-ins for long
    if counter.fails == 0 || now >= ends {
        return Ok(Counter { fails: 1, last_failed_at: now, next_try_at: now + SIGN_IN_WINDOW });
    }
    if counter.fails >= SIGN_INS {
        return Err(seconds_until(ends, now));
    }
    Ok(Counter { fails: counter.fails + 1, last_failed_at: now, ..*counter })
}

/// Whether exactly this failure used up the address's minute.
pub fn has_just_blocked(counter: &Counter) -> bool {
    counter.fails == ADDRESS_FAILURES
}

fn is_blocked(counter: &Counter) -> bool {
    counter.fails >= ADDRESS_FAILURES
}

/// Whole seconds from `now` to `then`, rounded up, at least 1.
pub fn seconds_until(then: DateTime<Utc>, now: DateTime<Utc>) -> u64 {
    let millis = u64::try_from((then - now).num_milliseconds()).unwrap_or(0);
    millis.div_ceil(1000).max(1)
}

/// The address for counting: an IPv6 customer has a whole /64, so all of it counts as one.
pub fn counted_address(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_600_000 + seconds, 0).unwrap()
    }

    fn after_failures(n: i32) -> Counter {
        (0..n).fold(Counter::none(at(0)), |c, _| fail_here(&c, at(0)))
    }

    fn address_after(n: i32) -> Counter {
        (0..n).fold(Counter::none(at(0)), |c, _| fail_address(&c, at(0)))
    }

    fn stranger<'a>(here: Option<&'a Counter>, address: Option<&'a Counter>) -> Place<'a> {
        Place::Stranger { here, address }
    }

    #[test]
    fn who_waits_for_what_is_a_table() {
        let (two, six, twelve) = (after_failures(2), after_failures(6), after_failures(12));
        let (calm, blocked) = (address_after(19), address_after(20));
        let waits = |seconds, counts| Admission::Wait { seconds, counts };
        let booked = |counter: &Counter, second| Admission::Booked(fail_here(counter, at(second)));
        let cases = [
            // A stranger: the name from this address, then the address.
            ("nothing has failed", stranger(None, None), 0, Admission::Free),
            ("two failures cost nothing", stranger(Some(&two), Some(&calm)), 0, Admission::Free),
            ("inside the wait, which counts for the address", stranger(Some(&six), Some(&calm)), 0, waits(8, true)),
            ("in the wait's last second", stranger(Some(&six), None), 7, waits(1, true)),
            ("when it is over, an attempt is a failure beforehand", stranger(Some(&six), None), 8, booked(&six, 8)),
            ("the address has used up its minute", stranger(None, Some(&blocked)), 0, waits(60, false)),
            ("both: the address is said, and nothing more is counted", stranger(Some(&six), Some(&blocked)), 1, waits(59, false)),
            ("another address does not know of it", stranger(None, None), 1, Admission::Free),
            ("the minute is over", stranger(None, Some(&blocked)), 60, Admission::Free),
            // A browser that has signed this person in: only its own failures count.
            ("a known browser at a blocked address", Place::Known(None), 0, Admission::Free),
            ("its own wait, which is nobody else's", Place::Known(Some(&six)), 0, waits(8, false)),
            ("after its own wait", Place::Known(Some(&six)), 8, booked(&six, 8)),
            ("a long wait", Place::Known(Some(&twelve)), 0, waits(512, false)),
            ("a day later all is forgotten", Place::Known(Some(&twelve)), 24 * 3600 + 1, Admission::Free),
            ("and not a second before", stranger(Some(&twelve), None), 24 * 3600, booked(&twelve, 24 * 3600)),
        ];
        for (what, place, second, expected) in cases {
            assert_eq!(admit(place, at(second)), expected, "{what}");
        }
    }

    #[test]
    fn the_wait_starts_at_the_third_failure_doubles_and_ends_at_900_seconds() {
        let waits: Vec<i64> = (1..=15).map(|n| (after_failures(n).next_try_at - at(0)).num_seconds()).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
        assert_eq!((after_failures(5000).next_try_at - at(0)).num_seconds(), 900);
    }

    #[test]
    fn after_the_third_failure_an_attempt_is_counted_before_it_is_looked_at() {
        let Admission::Booked(booked) = admit(stranger(Some(&after_failures(3)), None), at(1)) else { panic!("not booked") };
        assert_eq!(booked, Counter { fails: 4, last_failed_at: at(1), next_try_at: at(3) });
        let second = admit(stranger(Some(&booked), None), at(1));
        assert_eq!(second, Admission::Wait { seconds: 2, counts: true }, "the second of two at once");
    }

    #[test]
    fn a_day_without_failures_is_a_fresh_start() {
        assert_eq!(fail_here(&after_failures(12), at(24 * 3600 + 1)).fails, 1);
    }

    #[test]
    fn an_address_has_twenty_failures_a_minute() {
        let mut counter = Counter::none(at(0));
        for n in 1..=20 {
            assert_eq!(wait_of_address(Some(&counter), at(n)), None, "attempt {n}");
            counter = fail_address(&counter, at(n));
            assert_eq!(has_just_blocked(&counter), n == 20);
        }
        assert_eq!(wait_of_address(Some(&counter), at(21)), Some(40), "the minute began with the first failure, at second 1");
        assert_eq!(wait_of_address(Some(&counter), at(61)), None);
        assert_eq!(fail_address(&counter, at(61)).fails, 1);
    }

    #[test]
    fn an_ipv6_network_counts_as_one_and_mapped_ipv4_as_ipv4() {
        let counted = |text: &str| counted_address(text.parse().unwrap()).to_string();
        assert_eq!(counted("2001:db8:1:2:aaaa::1"), "2001:db8:1:2::");
        assert_eq!(counted("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(counted("192.0.2.7"), "192.0.2.7");
    }

    #[test]
    fn seconds_are_rounded_up() {
        assert_eq!(seconds_until(at(0) + TimeDelta::milliseconds(1001), at(0)), 2);
        assert_eq!(seconds_until(at(0), at(5)), 1);
    }
}
