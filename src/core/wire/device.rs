//! Requests of a PC's agent to the server in its own name, and the responses.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
#[cfg(feature = "openapi")]
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    identity::{Region, Role},
    ops::Row,
};

/// The request with which a PC enrols.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Enrolment {
    /// The code that an administrator read out; upper or lower case, with or without its hyphen.
    #[cfg_attr(feature = "openapi", schema(example = "ABCDE-FGHJK"))]
    pub code: String,
    /// The PC's host name.
    #[serde(default)]
    pub host: String,
    /// Version of the agent.
    #[serde(default)]
    pub version: String,
    /// The operating system.
    #[serde(default)]
    pub os: String,
}

/// The identity of an enrolled PC.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Enrolled {
    /// Id of the device.
    pub device_id: Uuid,
    /// `rsd_...`: shown only once.
    pub token: String,
    /// The PC's name.
    pub name: String,
    /// Its region.
    pub region: Region,
    /// When the token is due for renewal.
    pub rotate_after: DateTime<Utc>,
}

/// The next token.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Rotated {
    /// `rsd_...`: shown only once. Its first use ends the token with which it was requested.
    pub token: String,
    /// When it is due for renewal.
    pub rotate_after: DateTime<Utc>,
}

/// The queue for which a grant is requested.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct GrantQuestion {
    /// The queue of the person who is signed in.
    pub queue_id: Uuid,
}

/// A grant.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct GrantAnswer {
    /// Sent with the person's operations of that queue when another person or a PC delivers them.
    pub grant: String,
    /// When it expires: 60 days after its issue.
    pub expires_at: DateTime<Utc>,
}

/// The state of a PC. All fields but the version may be missing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct ContactReport {
    /// Version of the agent.
    pub version: String,
    /// Its build.
    #[serde(default)]
    pub build: Option<String>,
    /// The operating system.
    #[serde(default)]
    pub os: Option<String>,
    /// The PC's host name.
    #[serde(default)]
    pub host: Option<String>,
    /// Number of operations that wait on it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub waiting: Option<i64>,
    /// Since when the oldest of them waits.
    #[serde(default)]
    pub oldest_at: Option<DateTime<Utc>>,
    /// Number of operations that it has ever stored.
    #[serde(default)]
    pub log: Option<i64>,
    /// Its copy of the region's rows.
    #[serde(default)]
    pub mirror: Option<MirrorReport>,
    /// Free bytes on the disk that stores them.
    #[serde(default)]
    pub disk_free: Option<i64>,
    /// How far its clock is ahead of the server's, in milliseconds.
    #[serde(default)]
    pub offset_ms: Option<i64>,
    /// When the agent started.
    #[serde(default)]
    pub started_at: Option<DateTime<Utc>>,
    /// Problems: `file_corrupt`, `digest`, `disk_full`, `clock`; other words are stored and shown as they are.
    #[serde(default)]
    pub troubles: Option<Vec<String>>,
}

/// How far a PC's copy has read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct MirrorReport {
    /// The epoch of the data.
    #[serde(default)]
    pub epoch: Option<Uuid>,
    /// The region's number up to which the copy has read.
    #[serde(default)]
    pub seq: Option<i64>,
    /// When it was last known to be up to date.
    #[serde(default)]
    pub synced_at: Option<DateTime<Utc>>,
    /// Whether its digest was equal to the server's at the last comparison.
    #[serde(default)]
    pub digest_equal: Option<bool>,
}

/// The data that a PC needs.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct ContactAnswer {
    /// The server's clock.
    pub server_time: DateTime<Utc>,
    /// The epoch of the feed.
    pub feed_epoch: Uuid,
    /// The PC's name and region.
    pub device: DeviceName,
    /// When the token is due for renewal.
    pub rotate_after: DateTime<Utc>,
    /// Its region.
    pub region: RegionState,
    /// Data that apply to all regions.
    pub company: Company,
    /// The accounts that may use the PC.
    pub people: Vec<Person>,
    /// The newest version of the agent.
    pub newest: String,
}

/// A PC's name and region.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct DeviceName {
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// Its region.
    pub region: Region,
}

/// A region.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct RegionState {
    /// Its code.
    pub code: Region,
    /// Its name.
    pub name: String,
    /// Whether it accepts entries.
    pub is_open: bool,
    /// Its first day; earlier days do not count as blank. `None` from an earlier server.
    #[serde(default)]
    pub first_day: Option<NaiveDate>,
}

/// Data that apply to all regions.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Company {
    /// The company's settings, with the names and values of their form.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub settings: Row,
    /// Days with their own rule.
    pub days: Vec<CompanyDay>,
}

/// A day with its own rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct CompanyDay {
    /// The date.
    pub day: NaiveDate,
    /// Its name.
    pub name: String,
    /// `holiday`, `day_off` or `workday`.
    pub kind: String,
    /// `HH:MM` from which the day is free; null for the whole day.
    pub free_from: Option<String>,
}

impl CompanyDay {
    /// Minute of the day from which the day is free; 0 for the whole day.
    pub fn free_from_minutes(&self) -> i32 {
        self.free_from.as_deref().and_then(|text| crate::civil::parse_time(text).ok()).unwrap_or(0)
    }
}

/// An account of the region, or an administrator's account.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Person {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub username: String,
    /// Its role.
    pub role: Role,
    /// Whether it may sign in.
    pub active: bool,
    /// Increases when everything that was issued for the account before becomes invalid.
    pub epoch: i32,
    /// Language of the interface.
    pub lang: String,
    /// Light or dark.
    pub theme: String,
    /// Its regions; all offices for an administrator.
    pub regions: Vec<Region>,
}
