//! What is odd about a queue. Pure: states in, findings out, nothing reads the clock.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{
    alarms::{Finding, Kind, Severity},
    clock::is_clock_wrong,
    events::EventKind,
};

/// A number that has not arrived may still be on its way for this long.
pub const HOLE_MAY_STAY: TimeDelta = TimeDelta::minutes(10);
/// A queue with work may be silent for this long: a night is ordinary.
pub const QUEUE_MAY_BE_SILENT: TimeDelta = TimeDelta::hours(24);

/// The same person has a new queue in the same browser, and the old one still had work: its storage is gone.
pub const VANISHED: Kind = Kind::new("vanished", Severity::Critical, "queue-alarm-vanished", "queue-alarm-why-vanished")
    .logged_as(EventKind::QueueVanished)
    .seen_again();
/// Numbers that the queue gave out never arrived, and no longer wait in it.
pub const HOLE: Kind =
    Kind::new("hole", Severity::Critical, "queue-alarm-hole", "queue-alarm-why-hole").logged_as(EventKind::QueueHole).seen_again();
/// Work waits in a browser that has not reported for a day.
pub const SILENT: Kind =
    Kind::new("silent", Severity::Warning, "queue-alarm-silent", "queue-alarm-why-silent").logged_as(EventKind::QueueSilent).seen_again();
/// The browser's clock is wrong.
pub const CLOCK: Kind = Kind::new("clock", Severity::Note, "queue-alarm-clock", "queue-alarm-why-clock");

/// A queue as the rules look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueState {
    /// The queue.
    pub queue_id: Uuid,
    /// Whether only a device has reported it: that device's silence has an alarm of its own.
    pub is_devices: bool,
    /// Operations that waited in it at the last report, without those that came another way since.
    pub len: i64,
    /// Since when the oldest of them waits.
    pub oldest_at: Option<DateTime<Utc>>,
    /// How far the browser's clock is ahead, in milliseconds.
    pub offset_ms: i64,
    /// When it was last reported.
    pub last_at: DateTime<Utc>,
    /// How many numbers did not arrive.
    pub missing: i64,
    /// Since when some did not.
    pub missing_since: Option<DateTime<Utc>>,
    /// When the same person's next queue in the same browser was first reported.
    pub replaced_at: Option<DateTime<Utc>>,
}

/// Everything odd about a queue. A number that has not arrived may be one of those that still wait (the carrier was not allowed to bring
/// it, or the server could not take it): while at least as many wait as are missing, nothing is lost.
pub fn judge(queue: &QueueState, now: DateTime<Utc>) -> Vec<Finding> {
    let finding = |kind, amount, since| Finding { subject: queue.queue_id, kind, amount, since };
    let waits = queue.len > 0;
    let has_vanished = waits && queue.replaced_at.is_some_and(|at| at > queue.last_at);
    let is_silent = waits && !has_vanished && !queue.is_devices && now - queue.last_at >= QUEUE_MAY_BE_SILENT;
    let hole = queue.missing_since.filter(|since| queue.missing > queue.len && now - *since >= HOLE_MAY_STAY);
    let found = [
        has_vanished.then(|| finding(VANISHED, queue.len, queue.last_at)),
        hole.map(|since| finding(HOLE, queue.missing, since)),
        is_silent.then(|| finding(SILENT, queue.len, queue.last_at)),
        is_clock_wrong(queue.offset_ms).then(|| finding(CLOCK, queue.offset_ms / 1000, queue.last_at)),
    ];
    found.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_764_579_600 + minutes * 60, 0).unwrap()
    }

    fn quiet() -> QueueState {
        QueueState {
            queue_id: Uuid::from_u128(1),
            is_devices: false,
            len: 0,
            oldest_at: None,
            offset_ms: 0,
            last_at: at(0),
            missing: 0,
            missing_since: None,
            replaced_at: None,
        }
    }

    fn kinds(queue: &QueueState, minute: i64) -> Vec<Kind> {
        judge(queue, at(minute)).into_iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn a_hole_is_an_alarm_after_ten_minutes_unless_it_still_waits() {
        let holed = QueueState { missing: 2, missing_since: Some(at(0)), ..quiet() };
        assert_eq!(kinds(&holed, 9), []);
        assert_eq!(kinds(&holed, 10), [HOLE]);
        assert_eq!(judge(&holed, at(10))[0].amount, 2);
        assert_eq!(kinds(&QueueState { len: 2, ..holed.clone() }, 10), [], "both may be among those that wait");
        assert_eq!(kinds(&QueueState { len: 1, ..holed }, 10), [HOLE]);
    }

    #[test]
    fn a_queue_has_vanished_when_the_next_one_came_while_it_had_work() {
        let replaced = QueueState { len: 3, replaced_at: Some(at(5)), ..quiet() };
        assert_eq!(kinds(&replaced, 5), [VANISHED]);
        assert_eq!(kinds(&replaced, 3000), [VANISHED], "and is not also called silent");
        assert_eq!(kinds(&QueueState { len: 0, ..replaced.clone() }, 5), [], "an empty one may be replaced");
        assert_eq!(kinds(&QueueState { last_at: at(6), ..replaced }, 7), [], "it was heard of since");
    }

    #[test]
    fn a_night_of_silence_is_ordinary_and_a_day_is_not() {
        let waiting = QueueState { len: 1, ..quiet() };
        assert_eq!(kinds(&waiting, 24 * 60 - 1), []);
        assert_eq!(kinds(&waiting, 24 * 60), [SILENT]);
        assert_eq!(kinds(&quiet(), 30 * 24 * 60), [], "nothing waits there");
        assert_eq!(kinds(&QueueState { is_devices: true, ..waiting }, 24 * 60), [], "the device's own alarm says it");
    }

    #[test]
    fn a_clock_is_wrong_beyond_two_minutes_in_either_direction() {
        for (offset_ms, wanted) in [(120_000, 0), (120_001, 1), (-120_000, 0), (-86_400_000, 1), (i64::MAX, 1), (i64::MIN, 1)] {
            assert_eq!(kinds(&QueueState { offset_ms, ..quiet() }, 0).len(), wanted, "{offset_ms}");
        }
    }
}
