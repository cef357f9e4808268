//! Heartbeats: what a device reports about itself, and what the server returns.

mod db;

use chrono::{DateTime, Utc};

use self::db::ContactRow;
use super::db as devices;
use crate::{
    alarms::{WAITING_AT_MOST, kept_offset},
    civil,
    db::{Capability, Scope},
    error::AppResult,
    events::{NewEvent, record_event},
    identity::{Device, Region, Role},
    ids::new_id,
    ops::Entity as _,
    roster::find_first_day,
    settings,
    state::AppState,
    text::clean,
    wire::device::{Company, CompanyDay, ContactAnswer, ContactReport, DeviceName, Person, RegionState},
};

/// Characters of a text that a device reports, at most.
const TEXT_CHARS: usize = 200;
/// The largest number that a device reports (bytes, rows, numbers of changes): what a script reads without loss.
const COUNT_AT_MOST: i64 = (1 << 53) - 1;
/// Troubles in one heartbeat at most, and characters of each.
const TROUBLES: usize = 20;
const TROUBLE_CHARS: usize = 40;

/// What is known of a PC when it enrols.
pub(super) fn of_enrolment(version: String, host: String, os: String) -> ContactReport {
    ContactReport { version, host: Some(host), os: Some(os), ..ContactReport::default() }
}

/// What is stored of a report. No time is later than the server's clock: a PC's clock may be wrong.
fn row_of(report: &ContactReport, device: &Device, now: DateTime<Utc>) -> ContactRow {
    let mirror = report.mirror.clone().unwrap_or_default();
    let waiting = report.waiting.unwrap_or(0).clamp(0, WAITING_AT_MOST);
    let count = |number: i64| number.clamp(0, COUNT_AT_MOST);
    let past = |at: DateTime<Utc>| at.clamp(DateTime::UNIX_EPOCH, now);
    let mut troubles: Vec<String> = report.troubles.iter().flatten().take(TROUBLES).map(|word| short(word, TROUBLE_CHARS)).collect();
    troubles.retain(|word| !word.is_empty());
    troubles.sort_unstable();
    troubles.dedup();
    ContactRow {
        device_id: device.id,
        region: device.region.code().to_owned(),
        at: now,
        version: short(&report.version, TEXT_CHARS),
        build: short(report.build.as_deref().unwrap_or_default(), TEXT_CHARS),
        os: short(report.os.as_deref().unwrap_or_default(), TEXT_CHARS),
        host: short(report.host.as_deref().unwrap_or_default(), TEXT_CHARS),
        waiting,
        oldest_at: report.oldest_at.filter(|_| waiting > 0).map(past),
        log: report.log.map(count),
        mirror_epoch: mirror.epoch,
        mirror_seq: mirror.seq.map(count),
        mirror_synced_at: mirror.synced_at.map(past),
        digest_equal: mirror.digest_equal,
        disk_free: report.disk_free.map(count),
        offset_ms: kept_offset(report.offset_ms.unwrap_or(0)),
        started_at: report.started_at.map(past),
        troubles,
    }
}

/// One line of at most `chars` characters.
pub(super) fn short(text: &str, chars: usize) -> String {
    clean(text).chars().take(chars).collect::<String>().trim_end().to_owned()
}

/// Stores the first report of a device, and the event of its enrolment.
pub(super) async fn begin(state: &AppState, device: &Device, report: &ContactReport, event: &NewEvent) -> Result<(), sqlx::Error> {
    let now = state.clock.now();
    let mut tx = state.db.write(&Scope::of_device(device)).await?;
    db::store_contact(&mut tx, &row_of(report, device, now)).await?;
    record_event(&mut tx, &device.region, event, now).await?;
    tx.commit().await
}

/// Stores a device's report, and returns what the device has to know.
pub(super) async fn exchange(
    state: &AppState,
    device: Device,
    rotate_after: DateTime<Utc>,
    report: &ContactReport,
) -> AppResult<ContactAnswer> {
    let now = state.clock.now();
    let code = device.region.code();
    let mut tx = state.db.write(&Scope::of_device(&device)).await?;
    db::store_contact(&mut tx, &row_of(report, &device, now)).await?;
    let region = db::find_region(&mut tx, code, new_id()).await?;
    let first_day = find_first_day(&mut tx, code).await?;
    let settings = settings::db::find_companys(&mut tx).await?.to_row();
    let days = db::list_company_days(&mut tx).await?;
    tx.commit().await?;
    let people = devices::list_people(&mut state.db.system(&Capability::Users(None)).await?, code).await?;
    Ok(ContactAnswer {
        server_time: now,
        feed_epoch: region.epoch,
        rotate_after,
        region: RegionState { code: device.region.clone(), name: region.name, is_open: region.is_open, first_day: Some(first_day) },
        company: Company { settings, days: days.into_iter().map(day).collect() },
        people: people.into_iter().map(person).collect(),
        newest: env!("CARGO_PKG_VERSION").to_owned(),
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
