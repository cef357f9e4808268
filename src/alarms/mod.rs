//! What alarms have in common.

/// So much a browser's clock may differ, in milliseconds.
pub const CLOCK_MAY_DIFFER: i64 = 120_000;
/// What is kept of a clock that differs by more, in milliseconds: a hundred years.
const CLOCK_DIFFERS_AT_MOST: i64 = 100 * 365 * 86_400_000;
/// What is kept where more operations are said to wait, in a browser or on a PC.
pub const WAITING_AT_MOST: i64 = 1_000_000;

/// How much it matters; the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The entry cannot be right.
    Critical,
    /// Somebody should look.
    Warning,
    /// Good to know; most likely right.
    Note,
}

impl Severity {
    /// Key of its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Critical => "severity-critical",
            Self::Warning => "severity-warning",
            Self::Note => "severity-note",
        }
    }

    /// The tone of its badge.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Critical => "red",
            Self::Warning => "yellow",
            Self::Note => "blue",
        }
    }

    /// Its icon: colour never stands alone.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Critical => "alert-circle",
            Self::Warning => "alert-triangle",
            Self::Note => "info-circle",
        }
    }
}

/// How far a clock is ahead, as it is kept: a client may say any number.
pub fn kept_offset(offset_ms: i64) -> i64 {
    offset_ms.clamp(-CLOCK_DIFFERS_AT_MOST, CLOCK_DIFFERS_AT_MOST)
}

/// Whether a clock differs by more than it may.
pub fn is_clock_wrong(offset_ms: i64) -> bool {
    !(-CLOCK_MAY_DIFFER..=CLOCK_MAY_DIFFER).contains(&offset_ms)
}
