//! What the pages of the devices show.

use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    alarms::{DEVICE_MAY_BE_SILENT, KINDS},
    db::ListedRow,
    manage::MadeCode,
};
use crate::{
    alarms::Kind,
    i18n::{
        Ago, Lang,
        format::{self, instant},
        t, t_with,
    },
    web::{filters, form::FormView, page::Ctx},
};

/// An agent sends a heartbeat about every minute: one that has sent none for this long is off, or has no network.
const HEARD_OF_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// A device in the list.
#[derive(Debug, Clone)]
pub struct DeviceView {
    /// The row.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// Its region's name.
    pub region: String,
    /// "OFIS-PC, Windows 11"; empty if unknown.
    pub host: String,
    /// Key of the state's word.
    pub state_key: &'static str,
    /// Colour of the state's badge.
    pub tone: &'static str,
    /// When it last reported.
    pub last: Option<Ago>,
    /// When and by whom it was revoked.
    pub revoked: Option<(String, String)>,
    /// Operations that waited on it.
    pub waiting: i64,
    /// How long the oldest of them has waited.
    pub oldest: String,
    /// Version of the agent; empty if unknown.
    pub version: String,
    /// Whether that is not the server's version.
    pub is_old: bool,
    /// How far its copy is behind the server's rows.
    pub mirror: String,
    /// Free space on its disk; empty if unknown.
    pub disk: String,
    /// What is wrong: the word's tone, and the word.
    pub troubles: Vec<(&'static str, String)>,
}

impl DeviceView {
    /// Puts a device into words.
    pub(super) fn new(ctx: &Ctx, row: ListedRow, now: DateTime<Utc>) -> Self {
        let lang = ctx.lang;
        let (state_key, tone) = state_of(&row, now);
        let host = [row.host.as_deref(), row.os.as_deref()].into_iter().flatten().filter(|text| !text.is_empty());
        let oldest = row.oldest_at.map(|at| t_with(lang, "device-oldest", &[("ago", &format::relative(lang, at, now))]));
        let version = row.version.clone().unwrap_or_default();
        Self {
            id: row.id,
            region: ctx.region_name(&row.region).to_owned(),
            host: host.collect::<Vec<_>>().join(", "),
            state_key,
            tone,
            last: row.last_at.map(|at| Ago::new(lang, at, now)),
            revoked: row.revoked_at.map(|at| (instant(at), row.revoked_by_name.clone().unwrap_or_default())),
            waiting: row.waiting.unwrap_or(0),
            oldest: oldest.unwrap_or_default(),
            is_old: !version.is_empty() && version != env!("CARGO_PKG_VERSION"),
            version,
            mirror: mirror_in_words(lang, &row),
            disk: row.disk_free.map(|bytes| size_in_words(lang, bytes)).unwrap_or_default(),
            troubles: troubles_in_words(lang, row.troubles.as_deref().unwrap_or_default()),
            name: row.name,
        }
    }

    /// Whether it is not revoked.
    pub fn is_good(&self) -> bool {
        self.revoked.is_none()
    }
}

fn state_of(row: &ListedRow, now: DateTime<Utc>) -> (&'static str, &'static str) {
    let silence = row.last_at.map(|at| now - at);
    match silence {
        _ if row.revoked_at.is_some() => ("device-state-revoked", "secondary"),
        _ if row.enrolled_at.is_none() => ("device-state-new", "blue"),
        Some(silence) if silence < HEARD_OF_WITHIN => ("device-state-well", "green"),
        Some(silence) if silence >= DEVICE_MAY_BE_SILENT && row.waiting > Some(0) => ("device-state-silent", "red"),
        _ => ("device-state-quiet", "yellow"),
    }
}

fn mirror_in_words(lang: Lang, row: &ListedRow) -> String {
    match (row.mirror_seq, row.mirror_epoch) {
        (None, _) => t(lang, "device-mirror-none").to_owned(),
        (_, Some(epoch)) if epoch != row.epoch => t(lang, "device-mirror-other").to_owned(),
        (Some(seq), _) if seq >= row.head => t(lang, "device-mirror-current").to_owned(),
        (Some(seq), _) => t_with(lang, "device-mirror-behind", &[("n", &(row.head - seq))]),
    }
}

/// "8,5 GB"; below a gigabyte "850 MB".
fn size_in_words(lang: Lang, bytes: i64) -> String {
    let megabytes = bytes.max(0) / 1_000_000;
    if megabytes < 1000 {
        return format!("{} MB", format::number(lang, megabytes));
    }
    let mark = if lang == Lang::Tr { ',' } else { '.' };
    format!("{}{mark}{} GB", format::number(lang, megabytes / 1000), megabytes % 1000 / 100)
}

/// The known troubles, the most urgent first; then, as reported, those from a newer agent that this server does not know.
fn troubles_in_words(lang: Lang, words: &[String]) -> Vec<(&'static str, String)> {
    let is_told = |kind: &&Kind| words.iter().any(|word| word == kind.word);
    let known = KINDS.iter().filter(is_told).map(|kind| (kind.severity.tone(), t(lang, kind.label).to_owned()));
    let unknown = words.iter().filter(|word| !KINDS.iter().any(|kind| kind.word == *word)).map(|word| ("yellow", word.clone()));
    known.chain(unknown).collect()
}

/// `/admin/devices`.
#[derive(Template)]
#[template(path = "admin/devices.html")]
pub struct DevicesPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The code that was just made.
    pub made: Option<MadeCode>,
    /// Where the PC finds this server.
    pub server: String,
    /// What went wrong with an action on a row; empty if nothing did.
    pub refusal: String,
    /// The devices, revoked ones last.
    pub rows: Vec<DeviceView>,
    /// The form that adds a device.
    pub form: FormView,
    /// Id of the device that the form adds: a form that is sent twice adds one.
    pub new_id: Uuid,
}

/// `/admin/devices/{id}`.
#[derive(Template)]
#[template(path = "admin/device.html")]
pub struct DevicePage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The device.
    pub view: DeviceView,
    /// The form for its name.
    pub naming: FormView,
    /// The form that revokes it.
    pub revocation: FormView,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_room_is_said_in_a_unit_that_people_read() {
        assert_eq!(size_in_words(Lang::Tr, 8_540_000_000), "8,5 GB");
        assert_eq!(size_in_words(Lang::En, 1_000_000_000_000), "1,000.0 GB");
        assert_eq!(size_in_words(Lang::Tr, 850_999_999), "850 MB");
        assert_eq!(size_in_words(Lang::Tr, -1), "0 MB");
    }
}
