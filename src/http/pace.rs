//! The minimum pace of a sender. This module only calculates; `body` and `connection` apply it.
//!
//! A sender has a budget of [`PATIENCE`]. Waiting uses it up, every [`SLOWEST`] bytes add one second, and it never exceeds its initial
//! value. So a steady sender may take the time that its network needs; a sender of few bytes is cut soon after [`PATIENCE`], and so is a
//! sender that stops after many bytes.

use std::time::Duration;

use tokio::time::Instant;

/// How long to wait for a sender that sends nothing.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// Bytes per second that a sender must reach on average.
pub const SLOWEST: u64 = 8 * 1024;

/// The deadline of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    until: Instant,
}

impl Pace {
    /// The deadline of a sender that starts now.
    pub fn start(now: Instant) -> Self {
        Self { until: now + PATIENCE }
    }

    /// The deadline after `bytes` have arrived.
    #[must_use]
    pub fn after(self, bytes: usize, now: Instant) -> Self {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let earned = Duration::from_micros(bytes.saturating_mul(1_000_000) / SLOWEST).min(PATIENCE);
        Self { until: (self.until + earned).min(now + PATIENCE) }
    }

    /// The deadline.
    pub fn until(self) -> Instant {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many seconds a sender is accepted that sends `bytes` every `interval`, at most 300.
    fn lasts(bytes: usize, interval: Duration) -> u64 {
        let start = Instant::now();
        let mut pace = Pace::start(start);
        let mut now = start;
        while now + interval < pace.until() && now < start + Duration::from_mins(5) {
            now += interval;
            pace = pace.after(bytes, now);
        }
        (pace.until().min(now + interval) - start).as_secs().min(300)
    }

    #[test]
    fn a_trickle_ends_soon_and_a_steady_sender_may_take_the_time_it_needs() {
        let second = Duration::from_secs(1);
        for (bytes, interval, seconds) in [
            (0, second, 15),
            (1, second, 15),
            (1, Duration::from_secs(14), 15),
            (1, Duration::from_millis(10), 15),
            (1024, second, 17),
            (4096, second, 29),
            (8192, second, 300),
            (20_000, second, 300),
            (160_000, Duration::from_secs(8), 300),
            (1_000_000, Duration::from_secs(16), 15),
        ] {
            assert_eq!(lasts(bytes, interval), seconds, "{bytes} bytes every {interval:?}");
        }
    }

    #[test]
    fn much_at_once_buys_no_more_than_the_patience() {
        let now = Instant::now();
        assert_eq!(Pace::start(now).after(10_000_000, now).until(), now + PATIENCE);
    }
}
