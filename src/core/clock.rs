//! The only module that reads the clock (besides `ids`, whose ids contain the time). All other code gets the time as an argument.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

/// A client's clock may differ from the server's by this many milliseconds.
pub const MAY_DIFFER_MS: i64 = 120_000;

/// Whether a clock differs by more than it may.
pub fn is_clock_wrong(offset_ms: i64) -> bool {
    !(-MAY_DIFFER_MS..=MAY_DIFFER_MS).contains(&offset_ms)
}

/// A source of "now": the system's clock, or a fixed instant in tests.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Always this instant.
    Fixed(DateTime<Utc>),
}

impl Clock {
    /// The current instant.
    #[expect(clippy::disallowed_methods, reason = "the one reader of the clock")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Fixed(at) => *at,
        }
    }

    /// The business date in Europe/Istanbul.
    pub fn today(&self) -> NaiveDate {
        in_istanbul(self.now()).date_naive()
    }
}

/// An instant as Istanbul's wall clock shows it. Türkiye has kept UTC+3 all year since 2016-09-08; no earlier instant is shown.
pub fn in_istanbul(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    const HOURS_3: FixedOffset = match FixedOffset::east_opt(3 * 3600) {
        Some(offset) => offset,
        None => panic!("three hours is a valid offset"),
    };
    at.with_timezone(&HOURS_3)
}
