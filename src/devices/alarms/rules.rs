//! What is odd about a PC. Pure: states in, findings out, nothing reads the clock.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{
    alarms::{Finding, Kind, Severity},
    clock::is_clock_wrong,
    events::EventKind,
};

/// A PC with waiting operations may be silent for this long: it is turned off at night.
pub const DEVICE_MAY_BE_SILENT: TimeDelta = TimeDelta::hours(24);

/// The file in which it keeps operations was damaged.
pub const FILE_CORRUPT: Kind = Kind::new("file_corrupt", Severity::Critical, "device-alarm-file-corrupt", "device-alarm-why-file-corrupt")
    .logged_as(EventKind::DeviceTrouble);
/// Its copy of the region's rows is not what the server has.
pub const DIGEST: Kind =
    Kind::new("digest", Severity::Critical, "device-alarm-digest", "device-alarm-why-digest").logged_as(EventKind::DeviceTrouble);
/// It cannot store anything more.
pub const DISK_FULL: Kind =
    Kind::new("disk_full", Severity::Warning, "device-alarm-disk-full", "device-alarm-why-disk-full").logged_as(EventKind::DeviceTrouble);
/// Work waits on a PC that has not reported for a day.
pub const SILENT: Kind =
    Kind::new("silent", Severity::Warning, "device-alarm-silent", "device-alarm-why-silent").logged_as(EventKind::DeviceSilent);
/// Its clock is wrong.
pub const CLOCK: Kind = Kind::new("clock", Severity::Note, "device-alarm-clock", "device-alarm-why-clock");
/// All kinds, the most urgent first. A PC reports its troubles with the same words.
pub const KINDS: [Kind; 5] = [FILE_CORRUPT, DIGEST, DISK_FULL, SILENT, CLOCK];

/// A PC as the rules look at it. Revoked PCs are not looked at: the administrator who revoked one knows about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceState {
    /// The PC.
    pub device_id: Uuid,
    /// When it last reported.
    pub last_at: DateTime<Utc>,
    /// Operations that waited on it then.
    pub waiting: i64,
    /// How far its clock was ahead, in milliseconds.
    pub offset_ms: i64,
    /// Whether its copy equals the server's rows; `None` if it has not compared them.
    pub digest_equal: Option<bool>,
    /// Free bytes on its disk.
    pub disk_free: Option<i64>,
    /// The troubles that it reported.
    pub troubles: Vec<String>,
}

/// Everything odd about a PC.
pub fn judge(device: &DeviceState, now: DateTime<Utc>) -> Vec<Finding> {
    let says = |kind: Kind| device.troubles.iter().any(|word| word == kind.word);
    let found = [
        says(FILE_CORRUPT).then_some((FILE_CORRUPT, device.waiting)),
        (says(DIGEST) || device.digest_equal == Some(false)).then_some((DIGEST, 0)),
        says(DISK_FULL).then_some((DISK_FULL, device.disk_free.unwrap_or(0) / 1_000_000)),
        (device.waiting > 0 && now - device.last_at >= DEVICE_MAY_BE_SILENT).then_some((SILENT, device.waiting)),
        (says(CLOCK) || is_clock_wrong(device.offset_ms)).then_some((CLOCK, device.offset_ms / 1000)),
    ];
    let finding = |(kind, amount)| Finding { subject: device.device_id, kind, amount, since: device.last_at };
    found.into_iter().flatten().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_764_579_600 + minutes * 60, 0).unwrap()
    }

    fn well() -> DeviceState {
        DeviceState {
            device_id: Uuid::from_u128(1),
            last_at: at(0),
            waiting: 0,
            offset_ms: 0,
            digest_equal: Some(true),
            disk_free: Some(8_000_000_000),
            troubles: Vec::new(),
        }
    }

    fn kinds(device: &DeviceState, minute: i64) -> Vec<Kind> {
        judge(device, at(minute)).into_iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn a_day_of_silence_is_odd_where_work_waits() {
        let waiting = DeviceState { waiting: 2, ..well() };
        assert_eq!(kinds(&waiting, 24 * 60 - 1), []);
        assert_eq!(kinds(&waiting, 24 * 60), [SILENT]);
        assert_eq!(judge(&waiting, at(24 * 60))[0].amount, 2);
        assert_eq!(kinds(&well(), 30 * 24 * 60), [], "a PC that is put away says nothing");
    }

    #[test]
    fn what_a_pc_says_of_itself_is_believed_and_a_word_nobody_knows_raises_nothing() {
        for (word, kind) in [("file_corrupt", FILE_CORRUPT), ("digest", DIGEST), ("disk_full", DISK_FULL), ("clock", CLOCK)] {
            assert_eq!(kinds(&DeviceState { troubles: vec![word.into()], ..well() }, 0), [kind]);
        }
        assert_eq!(kinds(&DeviceState { troubles: vec!["coffee".into(), "silent".into()], ..well() }, 0), []);
    }

    #[test]
    fn a_copy_that_differs_and_a_clock_that_is_off_are_seen_without_a_word() {
        assert_eq!(kinds(&DeviceState { digest_equal: Some(false), ..well() }, 0), [DIGEST]);
        assert_eq!(kinds(&DeviceState { digest_equal: None, ..well() }, 0), []);
        for (offset_ms, wanted) in [(120_000, 0), (120_001, 1), (-120_001, 1), (i64::MIN, 1)] {
            assert_eq!(kinds(&DeviceState { offset_ms, ..well() }, 0).len(), wanted, "{offset_ms}");
        }
    }
}
