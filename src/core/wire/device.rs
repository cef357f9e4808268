//! What a PC's agent asks the server in its own name, and what it is answered.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
#[cfg(feature = "openapi")]
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    identity::{Region, Role},
    ops::Row,
};

/// What a PC shows to become known.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Enrolment {
    /// The code that an administrator read out; in any case, with or without its hyphen.
    #[cfg_attr(feature = "openapi", schema(example = "ABCDE-FGHJK"))]
    pub code: String,
    /// What the PC calls itself.
    #[serde(default)]
    pub host: String,
    /// Version of the agent.
    #[serde(default)]
    pub version: String,
    /// The operating system.
    #[serde(default)]
    pub os: String,
}

/// What a PC is from now on.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Enrolled {
    /// Id of the device.
    pub device_id: Uuid,
    /// `rsd_...`: shown this once.
    pub token: String,
    /// What people call the PC.
    pub name: String,
    /// Its region.
    pub region: Region,
    /// From when on the token is to be renewed.
    pub rotate_after: DateTime<Utc>,
}

/// The next token.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Rotated {
    /// `rsd_...`: shown this once. Its first use ends the one it was asked for with.
    pub token: String,
    /// From when on it is to be renewed.
    pub rotate_after: DateTime<Utc>,
}

/// For which queue a grant is wanted.
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
    /// To be sent with the person's operations of that queue when somebody else delivers them.
    pub grant: String,
    /// From when on it is worthless; 60 days ahead.
    pub expires_at: DateTime<Utc>,
}

/// How a PC is. All but the version may be missing.
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
    /// What the PC calls itself.
    #[serde(default)]
    pub host: Option<String>,
    /// Operations that wait on it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub waiting: Option<i64>,
    /// Since when the oldest of them waits.
    #[serde(default)]
    pub oldest_at: Option<DateTime<Utc>>,
    /// How many operations it has ever kept.
    #[serde(default)]
    pub log: Option<i64>,
    /// Its copy of the region's rows.
    #[serde(default)]
    pub mirror: Option<MirrorReport>,
    /// Bytes that are free where it keeps them.
    #[serde(default)]
    pub disk_free: Option<i64>,
    /// How far its clock is ahead of the server's, in milliseconds.
    #[serde(default)]
    pub offset_ms: Option<i64>,
    /// Since when the agent runs.
    #[serde(default)]
    pub started_at: Option<DateTime<Utc>>,
    /// What is wrong: `file_corrupt`, `digest`, `disk_full`, `clock`; other words are kept, and shown as they are.
    #[serde(default)]
    pub troubles: Option<Vec<String>>,
}

/// How far a PC has read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct MirrorReport {
    /// Of which data.
    #[serde(default)]
    pub epoch: Option<Uuid>,
    /// The region's number up to which it has read.
    #[serde(default)]
    pub seq: Option<i64>,
    /// When it was last known to be up to date.
    #[serde(default)]
    pub synced_at: Option<DateTime<Utc>>,
    /// Whether its digest was the server's when they were last compared.
    #[serde(default)]
    pub digest_equal: Option<bool>,
}

/// What a PC has to know.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct ContactAnswer {
    /// The server's clock.
    pub server_time: DateTime<Utc>,
    /// Of which data the feed is.
    pub feed_epoch: Uuid,
    /// The PC as it is called here.
    pub device: DeviceName,
    /// From when on the token is to be renewed.
    pub rotate_after: DateTime<Utc>,
    /// Its region.
    pub region: RegionState,
    /// What holds for all regions.
    pub company: Company,
    /// Who may use it.
    pub people: Vec<Person>,
    /// The newest version of the agent.
    pub newest: String,
}

/// A PC as it is called.
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
    /// Whether it takes entries.
    pub is_open: bool,
    /// Its first day, before which nothing is blank; none where an earlier server tells it.
    #[serde(default)]
    pub first_day: Option<NaiveDate>,
}

/// What holds for all regions.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Company {
    /// The company's settings, with the names and values of their form.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub settings: Row,
    /// Days that are not like others.
    pub days: Vec<CompanyDay>,
}

/// A day that is not like others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct CompanyDay {
    /// The date.
    pub day: NaiveDate,
    /// What it is called.
    pub name: String,
    /// `holiday`, `day_off` or `workday`.
    pub kind: String,
    /// `HH:MM` from which nobody works; null for the whole day.
    pub free_from: Option<String>,
}

impl CompanyDay {
    /// Minutes of the day from which nobody works, 0 for the whole day.
    pub fn free_from_minutes(&self) -> i32 {
        self.free_from.as_deref().and_then(|text| crate::civil::parse_time(text).ok()).unwrap_or(0)
    }
}

/// An account that has the region, or an administrator's.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Person {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub username: String,
    /// What it may do.
    pub role: Role,
    /// Whether it may sign in.
    pub active: bool,
    /// Goes up when what was given out before becomes worthless.
    pub epoch: i32,
    /// Language of the interface.
    pub lang: String,
    /// Light or dark.
    pub theme: String,
    /// Its regions; all offices for an administrator.
    pub regions: Vec<Region>,
}
