//! What is odd about a PC. Pure: states in, findings out, nothing reads the clock.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::alarms::{Severity, is_clock_wrong};

/// A PC with work may be silent for so long: it is turned off at night.
pub const DEVICE_MAY_BE_SILENT: TimeDelta = TimeDelta::hours(24);

/// What is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceAlarmKind {
    /// The file in which it keeps operations was damaged.
    FileCorrupt,
    /// Its copy of the region's rows is not what the server has.
    Digest,
    /// It cannot store anything more.
    DiskFull,
    /// Work waits on a PC that has not been heard of for a day.
    Silent,
    /// Its clock is wrong.
    Clock,
}

impl DeviceAlarmKind {
    /// Every kind, the most urgent first.
    pub const ALL: [Self; 5] = [Self::FileCorrupt, Self::Digest, Self::DiskFull, Self::Silent, Self::Clock];

    /// The word in the table, and a trouble's that a PC tells.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FileCorrupt => "file_corrupt",
            Self::Digest => "digest",
            Self::DiskFull => "disk_full",
            Self::Silent => "silent",
            Self::Clock => "clock",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// How much it matters.
    pub fn severity(self) -> Severity {
        match self {
            Self::FileCorrupt | Self::Digest => Severity::Critical,
            Self::DiskFull | Self::Silent => Severity::Warning,
            Self::Clock => Severity::Note,
        }
    }

    /// Key of its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::FileCorrupt => "device-alarm-file-corrupt",
            Self::Digest => "device-alarm-digest",
            Self::DiskFull => "device-alarm-disk-full",
            Self::Silent => "device-alarm-silent",
            Self::Clock => "device-alarm-clock",
        }
    }

    /// Key of why, with `{ $n }` and `{ $since }`.
    pub fn why(self) -> &'static str {
        match self {
            Self::FileCorrupt => "device-alarm-why-file-corrupt",
            Self::Digest => "device-alarm-why-digest",
            Self::DiskFull => "device-alarm-why-disk-full",
            Self::Silent => "device-alarm-why-silent",
            Self::Clock => "device-alarm-why-clock",
        }
    }
}

/// A PC as the rules look at it. One that was revoked is not looked at: whoever revoked it knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceState {
    /// The PC.
    pub device_id: Uuid,
    /// The last contact.
    pub last_at: DateTime<Utc>,
    /// Operations that waited on it then.
    pub waiting: i64,
    /// How far its clock was ahead, in milliseconds.
    pub offset_ms: i64,
    /// Whether its copy was the server's, where it has compared them.
    pub digest_equal: Option<bool>,
    /// Bytes that were free.
    pub disk_free: Option<i64>,
    /// What it said is wrong.
    pub troubles: Vec<String>,
}

/// Something odd about a PC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceFinding {
    /// The PC.
    pub device_id: Uuid,
    /// What.
    pub kind: DeviceAlarmKind,
    /// How many operations wait; of a clock, how many seconds; of a disk, how many megabytes are free.
    pub amount: i64,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Everything odd about a PC.
pub fn judge(device: &DeviceState, now: DateTime<Utc>) -> Vec<DeviceFinding> {
    let says = |kind: DeviceAlarmKind| device.troubles.iter().any(|word| word == kind.as_str());
    let found = [
        says(DeviceAlarmKind::FileCorrupt).then_some((DeviceAlarmKind::FileCorrupt, device.waiting)),
        (says(DeviceAlarmKind::Digest) || device.digest_equal == Some(false)).then_some((DeviceAlarmKind::Digest, 0)),
        says(DeviceAlarmKind::DiskFull).then_some((DeviceAlarmKind::DiskFull, device.disk_free.unwrap_or(0) / 1_000_000)),
        (device.waiting > 0 && now - device.last_at >= DEVICE_MAY_BE_SILENT).then_some((DeviceAlarmKind::Silent, device.waiting)),
        (says(DeviceAlarmKind::Clock) || is_clock_wrong(device.offset_ms)).then_some((DeviceAlarmKind::Clock, device.offset_ms / 1000)),
    ];
    let finding = |(kind, amount)| DeviceFinding { device_id: device.device_id, kind, amount, since: device.last_at };
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

    fn kinds(device: &DeviceState, minute: i64) -> Vec<DeviceAlarmKind> {
        judge(device, at(minute)).into_iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn a_day_of_silence_is_odd_where_work_waits() {
        let waiting = DeviceState { waiting: 2, ..well() };
        assert_eq!(kinds(&waiting, 24 * 60 - 1), []);
        assert_eq!(kinds(&waiting, 24 * 60), [DeviceAlarmKind::Silent]);
        assert_eq!(judge(&waiting, at(24 * 60))[0].amount, 2);
        assert_eq!(kinds(&well(), 30 * 24 * 60), [], "a PC that is put away says nothing");
    }

    #[test]
    fn what_a_pc_says_of_itself_is_believed_and_a_word_nobody_knows_raises_nothing() {
        for (word, kind) in [
            ("file_corrupt", DeviceAlarmKind::FileCorrupt),
            ("digest", DeviceAlarmKind::Digest),
            ("disk_full", DeviceAlarmKind::DiskFull),
            ("clock", DeviceAlarmKind::Clock),
        ] {
            assert_eq!(kinds(&DeviceState { troubles: vec![word.into()], ..well() }, 0), [kind]);
        }
        assert_eq!(kinds(&DeviceState { troubles: vec!["coffee".into(), "silent".into()], ..well() }, 0), []);
    }

    #[test]
    fn a_copy_that_differs_and_a_clock_that_is_off_are_seen_without_a_word() {
        assert_eq!(kinds(&DeviceState { digest_equal: Some(false), ..well() }, 0), [DeviceAlarmKind::Digest]);
        assert_eq!(kinds(&DeviceState { digest_equal: None, ..well() }, 0), []);
        for (offset_ms, wanted) in [(120_000, 0), (120_001, 1), (-120_001, 1), (i64::MIN, 1)] {
            assert_eq!(kinds(&DeviceState { offset_ms, ..well() }, 0).len(), wanted, "{offset_ms}");
        }
    }

    #[test]
    fn every_kind_is_known_by_its_word_and_the_list_is_by_urgency() {
        for kind in DeviceAlarmKind::ALL {
            assert_eq!(DeviceAlarmKind::parse(kind.as_str()), Some(kind));
        }
        assert!(DeviceAlarmKind::ALL.is_sorted_by_key(|kind| kind.severity()));
    }
}
