//! How long a name or an address has to wait after failed sign-ins (SECURITY, threat 26). Decided here from values; `sign_in` acts.
//!
//! - A user name: from the third failure on, each one doubles the wait: 1, 2, 4 .. 900 s. Never for good; a success forgets all, a day
//!   without failures too. From then on an attempt is booked as failed *before* the password is looked at, so that many guesses at
//!   once cannot share one opening.
//! - An address: 20 failures a minute.

use std::net::{IpAddr, Ipv6Addr};

use chrono::{DateTime, TimeDelta, Utc};

const FREE_FAILURES: i32 = 2;
const LONGEST_WAIT: i64 = 900;
const FORGET_AFTER: TimeDelta = TimeDelta::hours(24);
const ADDRESS_FAILURES: i32 = 20;
const ADDRESS_WINDOW: TimeDelta = TimeDelta::seconds(60);

/// Failures of one name or address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// How many; for an address, in the current minute.
    pub fails: i32,
    /// When the last one was.
    pub last_failed_at: DateTime<Utc>,
    /// For a name: no attempt before this. For an address: the end of the minute that is counted.
    pub next_try_at: DateTime<Utc>,
}

/// What to do with an attempt for a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Look at the password; count a failure afterwards.
    Free,
    /// Store this counter first, which holds the failure already; then look at the password.
    Booked(Counter),
    /// Refuse, whatever the password. Seconds to wait.
    Wait(u64),
}

impl Counter {
    /// Nothing has failed yet.
    pub fn none(now: DateTime<Utc>) -> Self {
        Self { fails: 0, last_failed_at: now, next_try_at: now }
    }

    fn is_forgotten(&self, now: DateTime<Utc>) -> bool {
        now - self.last_failed_at > FORGET_AFTER
    }
}

/// Decides about an attempt for a name.
pub fn admit_name(counter: Option<&Counter>, now: DateTime<Utc>) -> Admission {
    match counter {
        Some(c) if now < c.next_try_at => Admission::Wait(seconds_until(c.next_try_at, now)),
        Some(c) if c.fails > FREE_FAILURES && !c.is_forgotten(now) => Admission::Booked(fail_name(c, now)),
        _ => Admission::Free,
    }
}

/// The counter of a name after one more failure.
pub fn fail_name(counter: &Counter, now: DateTime<Utc>) -> Counter {
    let before = if counter.is_forgotten(now) { 0 } else { counter.fails };
    let fails = before.saturating_add(1);
    Counter { fails, last_failed_at: now, next_try_at: now + wait_after(fails) }
}

/// The wait that a name's failure number `fails` starts.
fn wait_after(fails: i32) -> TimeDelta {
    if fails <= FREE_FAILURES {
        return TimeDelta::zero();
    }
    let doublings = u32::try_from(fails - FREE_FAILURES - 1).unwrap_or(0).min(10);
    TimeDelta::seconds((1_i64 << doublings).min(LONGEST_WAIT))
}

/// Seconds an address has to wait; none when it may try.
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

/// Whether this very failure used up the address's minute.
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

/// The address that is counted: an IPv6 customer has a whole /64, so all of it counts as one.
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
        (0..n).fold(Counter::none(at(0)), |c, _| fail_name(&c, at(0)))
    }

    #[test]
    fn the_wait_starts_at_the_third_failure_doubles_and_ends_at_900_seconds() {
        let waits: Vec<i64> = (1..=15).map(|n| (after_failures(n).next_try_at - at(0)).num_seconds()).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
        assert_eq!((after_failures(5000).next_try_at - at(0)).num_seconds(), 900);
    }

    #[test]
    fn an_attempt_inside_the_wait_is_refused_and_does_not_lengthen_it() {
        let counter = after_failures(6);
        assert_eq!(admit_name(Some(&counter), at(0)), Admission::Wait(8));
        assert_eq!(admit_name(Some(&counter), at(7)), Admission::Wait(1));
        assert!(matches!(admit_name(Some(&counter), at(8)), Admission::Booked(_)));
    }

    #[test]
    fn two_failures_cost_nothing_and_nobody_starts_with_a_wait() {
        assert_eq!(admit_name(None, at(0)), Admission::Free);
        assert_eq!(admit_name(Some(&after_failures(2)), at(0)), Admission::Free);
    }

    #[test]
    fn after_the_third_failure_an_attempt_is_counted_before_it_is_looked_at() {
        let Admission::Booked(booked) = admit_name(Some(&after_failures(3)), at(1)) else { panic!("not booked") };
        assert_eq!(booked, Counter { fails: 4, last_failed_at: at(1), next_try_at: at(3) });
        assert_eq!(admit_name(Some(&booked), at(1)), Admission::Wait(2), "the second of two at once");
    }

    #[test]
    fn a_day_without_failures_is_a_fresh_start() {
        let old = after_failures(12);
        assert!(matches!(admit_name(Some(&old), at(24 * 3600)), Admission::Booked(_)));
        assert_eq!(admit_name(Some(&old), at(24 * 3600 + 1)), Admission::Free);
        assert_eq!(fail_name(&old, at(24 * 3600 + 1)).fails, 1);
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
