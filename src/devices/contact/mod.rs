//! What a device tells of itself, and what it is told.

mod db;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use self::db::ContactRow;
use super::{Device, db as devices};
use crate::{
    activity::{NewEvent, record_event},
    auth::Role,
    civil,
    db::{Capability, Scope},
    error::AppResult,
    ops::{Entity as _, Row},
    regions::Region,
    settings,
    state::AppState,
    text::clean,
};

/// Characters of a text that a device tells, at most.
const TEXT_CHARS: usize = 200;
/// Troubles in one contact at most, and characters of each.
const TROUBLES: usize = 20;
const TROUBLE_CHARS: usize = 40;

/// How a PC is. All but the version may be missing.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct ContactReport {
    /// Version of the agent.
    pub version: String,
    /// Its build.
    #[serde(default)]
    build: Option<String>,
    /// The operating system.
    #[serde(default)]
    os: Option<String>,
    /// What the PC calls itself.
    #[serde(default)]
    host: Option<String>,
    /// Operations that wait on it.
    #[serde(default)]
    #[schema(minimum = 0)]
    waiting: Option<i64>,
    /// Since when the oldest of them waits.
    #[serde(default)]
    oldest_at: Option<DateTime<Utc>>,
    /// How many operations it has ever kept.
    #[serde(default)]
    log: Option<i64>,
    /// Its copy of the region's rows.
    #[serde(default)]
    mirror: Option<MirrorReport>,
    /// Bytes that are free where it keeps them.
    #[serde(default)]
    disk_free: Option<i64>,
    /// How far its clock is ahead of the server's, in milliseconds.
    #[serde(default)]
    offset_ms: Option<i64>,
    /// Since when the agent runs.
    #[serde(default)]
    started_at: Option<DateTime<Utc>>,
    /// What is wrong: `file_corrupt`, `digest`, `disk_full`, `clock`; other words are kept, and shown as they are.
    #[serde(default)]
    troubles: Option<Vec<String>>,
}

/// How far a PC has read.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MirrorReport {
    /// Of which data.
    #[serde(default)]
    epoch: Option<Uuid>,
    /// The region's number up to which it has read.
    #[serde(default)]
    seq: Option<i64>,
    /// When it was last known to be up to date.
    #[serde(default)]
    synced_at: Option<DateTime<Utc>>,
    /// Whether its digest was the server's when they were last compared.
    #[serde(default)]
    digest_equal: Option<bool>,
}

/// What a PC has to know.
#[derive(Serialize, ToSchema)]
pub struct ContactAnswer {
    /// The server's clock.
    server_time: DateTime<Utc>,
    /// Of which data the feed is.
    feed_epoch: Uuid,
    /// The PC as it is called here.
    device: DeviceName,
    /// From when on the token is to be renewed.
    rotate_after: DateTime<Utc>,
    /// Its region.
    region: RegionState,
    /// What holds for all regions.
    company: Company,
    /// Who may use it.
    people: Vec<Person>,
    /// The newest version of the agent.
    newest: &'static str,
}

/// A PC as it is called.
#[derive(Serialize, ToSchema)]
pub struct DeviceName {
    id: Uuid,
    name: String,
    region: Region,
}

/// A region.
#[derive(Serialize, ToSchema)]
pub struct RegionState {
    code: Region,
    name: String,
    /// Whether it takes entries.
    is_open: bool,
}

/// What holds for all regions.
#[derive(Serialize, ToSchema)]
pub struct Company {
    /// The company's settings, with the names and values of their form.
    #[schema(value_type = Object)]
    settings: Row,
    /// Days that are not like others.
    days: Vec<CompanyDay>,
}

/// A day that is not like others.
#[derive(Serialize, ToSchema)]
pub struct CompanyDay {
    day: NaiveDate,
    name: String,
    /// `holiday`, `day_off` or `workday`.
    kind: String,
    /// `HH:MM` from which nobody works; null for the whole day.
    free_from: Option<String>,
}

/// An account that has the region, or an administrator's.
#[derive(Serialize, ToSchema)]
pub struct Person {
    id: Uuid,
    username: String,
    role: Role,
    /// Whether it may sign in.
    active: bool,
    /// Goes up when what was given out before becomes worthless.
    epoch: i32,
    lang: String,
    theme: String,
    /// Its regions; all offices for an administrator.
    regions: Vec<Region>,
}

impl ContactReport {
    /// What is known of a PC at the moment it becomes known.
    pub(super) fn of_enrolment(version: String, host: String, os: String) -> Self {
        Self { version, host: Some(host), os: Some(os), ..Self::default() }
    }

    /// What of it is kept. The server's clock says when things were, so far as a PC's may be wrong.
    fn to_row(&self, device: &Device, now: DateTime<Utc>) -> ContactRow {
        let mirror = self.mirror.clone().unwrap_or(MirrorReport { epoch: None, seq: None, synced_at: None, digest_equal: None });
        let waiting = self.waiting.unwrap_or(0).max(0);
        let past = |at: DateTime<Utc>| at.clamp(DateTime::UNIX_EPOCH, now);
        let mut troubles: Vec<String> = self.troubles.iter().flatten().take(TROUBLES).map(|word| short(word, TROUBLE_CHARS)).collect();
        troubles.retain(|word| !word.is_empty());
        troubles.sort_unstable();
        troubles.dedup();
        ContactRow {
            device_id: device.id,
            region: device.region.code().to_owned(),
            at: now,
            version: short(&self.version, TEXT_CHARS),
            build: short(self.build.as_deref().unwrap_or_default(), TEXT_CHARS),
            os: short(self.os.as_deref().unwrap_or_default(), TEXT_CHARS),
            host: short(self.host.as_deref().unwrap_or_default(), TEXT_CHARS),
            waiting,
            oldest_at: self.oldest_at.filter(|_| waiting > 0).map(past),
            log: self.log,
            mirror_epoch: mirror.epoch,
            mirror_seq: mirror.seq,
            mirror_synced_at: mirror.synced_at.map(past),
            digest_equal: mirror.digest_equal,
            disk_free: self.disk_free,
            offset_ms: self.offset_ms.unwrap_or(0),
            started_at: self.started_at.map(past),
            troubles,
        }
    }
}

/// One line, not too long.
pub(super) fn short(text: &str, chars: usize) -> String {
    clean(text).chars().take(chars).collect::<String>().trim_end().to_owned()
}

/// Keeps the first that is known of a device, and the event that made it known.
pub(super) async fn begin(state: &AppState, device: &Device, report: &ContactReport, event: &NewEvent) -> Result<(), sqlx::Error> {
    let now = state.clock.now();
    let mut tx = state.db.write(&Scope::of_device(device)).await?;
    db::store_contact(&mut tx, &report.to_row(device, now)).await?;
    record_event(&mut tx, &device.region, event, now).await?;
    tx.commit().await
}

/// Keeps what a device told, and answers what it has to know.
pub(super) async fn exchange(
    state: &AppState,
    device: Device,
    rotate_after: DateTime<Utc>,
    report: &ContactReport,
) -> AppResult<ContactAnswer> {
    let now = state.clock.now();
    let code = device.region.code();
    let mut tx = state.db.write(&Scope::of_device(&device)).await?;
    db::store_contact(&mut tx, &report.to_row(&device, now)).await?;
    let region = db::find_region(&mut tx, code).await?;
    let settings = settings::db::find_companys(&mut tx).await?.to_row();
    let days = db::list_company_days(&mut tx).await?;
    tx.commit().await?;
    let people = devices::list_people(&mut state.db.system(&Capability::Users(None)).await?, code).await?;
    Ok(ContactAnswer {
        server_time: now,
        feed_epoch: region.epoch,
        rotate_after,
        region: RegionState { code: device.region.clone(), name: region.name, is_open: region.is_open },
        company: Company { settings, days: days.into_iter().map(day).collect() },
        people: people.into_iter().map(person).collect(),
        newest: env!("CARGO_PKG_VERSION"),
        device: DeviceName { id: device.id, name: device.name, region: device.region },
    })
}

fn day(row: db::DayRow) -> CompanyDay {
    let free_from = (row.free_from_min != 0).then(|| civil::format_time(row.free_from_min));
    CompanyDay { day: row.day, name: row.name, kind: row.kind, free_from }
}

fn person(row: devices::PersonRow) -> Person {
    Person {
        id: row.id,
        username: row.username,
        role: Role::parse(&row.role).unwrap_or(Role::User),
        active: row.active,
        epoch: row.auth_epoch,
        lang: row.lang,
        theme: row.theme,
        regions: row.regions.iter().filter_map(|code| Region::parse(code).ok()).collect(),
    }
}
