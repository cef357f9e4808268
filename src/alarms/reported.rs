//! Numbers that browsers and PCs report about themselves, and the limits within which they are stored.

/// The largest clock difference that is stored, in milliseconds: a hundred years.
const CLOCK_DIFFERS_AT_MOST: i64 = 100 * 365 * 86_400_000;
/// The largest number of waiting operations that is stored, for a browser or a PC.
pub const WAITING_AT_MOST: i64 = 1_000_000;

/// The stored value of how far a clock is ahead. It is limited, because a client may send any number.
pub fn kept_offset(offset_ms: i64) -> i64 {
    offset_ms.clamp(-CLOCK_DIFFERS_AT_MOST, CLOCK_DIFFERS_AT_MOST)
}
