//! Numbers that browsers and PCs tell of themselves, and how far they are believed.

/// So much a browser's clock may differ, in milliseconds.
pub const CLOCK_MAY_DIFFER: i64 = 120_000;
/// What is kept of a clock that differs by more, in milliseconds: a hundred years.
const CLOCK_DIFFERS_AT_MOST: i64 = 100 * 365 * 86_400_000;
/// What is kept where more operations are said to wait, in a browser or on a PC.
pub const WAITING_AT_MOST: i64 = 1_000_000;

/// How far a clock is ahead, as it is kept: a client may say any number.
pub fn kept_offset(offset_ms: i64) -> i64 {
    offset_ms.clamp(-CLOCK_DIFFERS_AT_MOST, CLOCK_DIFFERS_AT_MOST)
}

/// Whether a clock differs by more than it may.
pub fn is_clock_wrong(offset_ms: i64) -> bool {
    !(-CLOCK_MAY_DIFFER..=CLOCK_MAY_DIFFER).contains(&offset_ms)
}
