//! What a browser reports about its queue: with every delivery, and without one as a heartbeat.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    BrowserMark, QueueAlarms,
    db::{self, Contact, Known},
};
use crate::{
    alarms::{WAITING_AT_MOST, kept_offset, watch_region},
    auth::sign_in::region_of_actor,
    db::Scope,
    identity::{Actor, Device, Region},
    ops::{EditedAt, Op, Origin, Verdict, VerdictKind},
    regions::db::list_all_regions,
    state::AppState,
    text::clean,
};

/// Heartbeats without news are stored at most once per interval.
const STORED_EVERY: TimeDelta = TimeDelta::seconds(60);
/// Numbers that are searched for holes at a time: otherwise the client's claim would decide how much work that is.
const NUMBERS_AT_A_TIME: i64 = 10_000;
const BUILD_CHARS: usize = 200;

/// The state of a browser's queue.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct QueueReport {
    /// The queue.
    pub id: Uuid,
    /// Operations that wait in it, those of this request included.
    pub len: u32,
    /// Since when the oldest of them waits; null for an empty queue.
    #[serde(default)]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub oldest_at: Option<EditedAt>,
    /// Build of the client's script.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub build: Option<String>,
    /// How far the browser's clock is ahead of the server's, in milliseconds.
    #[serde(default)]
    pub offset_ms: i64,
}

/// An object, or null. (serde would take an array of the values as well, which the description does not have.)
pub fn object_or_null<'de, D: Deserializer<'de>>(from: D) -> Result<Option<QueueReport>, D::Error> {
    let object: Option<Map<String, Value>> = Option::deserialize(from)?;
    object.map(|fields| serde_json::from_value(Value::Object(fields)).map_err(D::Error::custom)).transpose()
}

/// What a delivery shows of the queue besides the browser's report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    author: Option<Uuid>,
    highest_n: i64,
    /// The numbers that have arrived now. A number whose operation came earlier as a form is in no other list.
    numbers: Vec<i64>,
}

/// The place of an operation in its queue.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    queue_id: Uuid,
    n: i64,
    author: Uuid,
}

impl From<&Op> for Place {
    fn from(op: &Op) -> Self {
        Self { queue_id: op.queue_id, n: op.n, author: op.actor }
    }
}

impl Seen {
    /// Reads a batch: its author, the numbers of it that have arrived now, and the highest of them.
    pub fn of(queue_id: Uuid, places: &[Place], verdicts: &[Verdict]) -> Self {
        let has_arrived =
            |(place, verdict): &(&Place, &Verdict)| place.queue_id == queue_id && place.n > 0 && verdict.verdict != VerdictKind::Retry;
        let arrived: Vec<&Place> = places.iter().zip(verdicts).filter(has_arrived).map(|(place, _)| place).collect();
        let numbers: Vec<i64> = arrived.iter().map(|place| place.n).collect();
        Self { author: arrived.first().map(|place| place.author), highest_n: numbers.iter().copied().max().unwrap_or(0), numbers }
    }
}

/// Stores a browser's report. One of a person who is in no region yet is not stored: no region could show it.
pub async fn note_contact(
    state: &AppState,
    actor: &Actor,
    browser: &BrowserMark,
    report: &QueueReport,
    seen: &Seen,
) -> Result<(), sqlx::Error> {
    let Some(scope) = Scope::with_company(actor) else { return Ok(()) };
    let now = state.clock.now();
    let (known, numbers) = find_numbers(state, &scope, report.id, seen).await?;
    if known.as_ref().is_some_and(|known| known.device_id.is_none() && !tells_something_new(known, report, &numbers, now)) {
        return Ok(());
    }
    let is_first = known.is_none();
    let region = known.as_ref().map_or_else(|| region_of_actor(actor).code().to_owned(), |known| known.region.clone());
    let contact = contact(actor, browser, report, region, known, seen, numbers, now);
    let mut tx = state.db.write(&scope.from_origin(Origin::Offline)).await?;
    db::store_contact(&mut tx, &contact).await?;
    tx.commit().await?;
    match Region::parse(&contact.region) {
        Ok(region) if is_first => watch_region::<QueueAlarms>(state, &region).await, // the only time at which a queue is seen to have replaced another
        _ => Ok(()),
    }
}

/// Stores a device's report about a queue that it carries. A browser's own report stands: the device may not change what waits in the
/// queue, since when, the browser's clock and the time of its last report, or a silent browser would seem active. The device only adds
/// which numbers have arrived. A queue that no browser has reported, such as the agent's own, is reported by the device until a browser
/// does.
pub async fn note_carried(state: &AppState, device: &Device, report: &QueueReport, seen: &Seen) -> Result<(), sqlx::Error> {
    let scope = Scope::of_device(device);
    let now = state.clock.now();
    let (known, numbers) = find_numbers(state, &scope, report.id, seen).await?;
    let is_browsers = known.as_ref().is_some_and(|known| known.device_id.is_none());
    let is_news = match &known {
        Some(known) if is_browsers => numbers.differ_from(known),
        Some(known) => tells_something_new(known, report, &numbers, now),
        None => true,
    };
    let author = seen.author.or(known.as_ref().map(|known| known.user_id));
    let Some(author) = author.filter(|_| is_news) else { return Ok(()) };
    let mut tx = state.db.write(&scope).await?;
    match &known {
        Some(known) if is_browsers => db::store_numbers(&mut tx, known, report.id, &numbers, now).await?,
        _ => db::store_contact(&mut tx, &carried(device, report, known, author, numbers, now)).await?,
    }
    tx.commit().await
}

/// The state of a queue that only a device has reported. The queue counts as one of a separate browser, so that another queue of the same
/// person on the same PC does not seem to have replaced it.
fn carried(device: &Device, report: &QueueReport, known: Option<Known>, author: Uuid, numbers: Numbers, now: DateTime<Utc>) -> Contact {
    let missing_since = known.and_then(|known| known.missing_since).unwrap_or(now);
    Contact {
        region: device.region.code().to_owned(),
        queue_id: report.id,
        device_id: Some(device.id),
        user_id: author,
        username: None,
        user_regions: vec![device.region.code().to_owned()],
        reporter: device.name.clone(),
        browser_id: report.id,
        browser: String::new(),
        build: build_of(report),
        len: len_of(report),
        oldest_at: oldest_of(report, now),
        offset_ms: 0, // the device's clock has an alarm of its own
        at: now,
        highest_n: numbers.highest_n,
        dense_to: numbers.dense_to,
        missing_since: (!numbers.missing.is_empty()).then_some(missing_since),
        missing: numbers.missing,
    }
}

/// What is known of a queue, and which of its numbers have arrived with this delivery.
async fn find_numbers(state: &AppState, scope: &Scope, queue_id: Uuid, seen: &Seen) -> Result<(Option<Known>, Numbers), sqlx::Error> {
    let mut tx = state.db.read(scope).await?;
    let known = db::find_contact(&mut tx, queue_id).await?;
    let highest_n = known.as_ref().map_or(0, |known| known.highest_n).max(seen.highest_n);
    let dense_to = known.as_ref().map_or(0, |known| known.dense_to);
    let examined_to = highest_n.min(dense_to.saturating_add(NUMBERS_AT_A_TIME));
    let gaps = if examined_to > dense_to { db::list_gaps(&mut tx, queue_id, dense_to, examined_to).await? } else { Vec::new() };
    drop(tx); // no request waits for a second connection while it holds one
    let mut missing = without_those_elsewhere(state, scope, queue_id, gaps).await?;
    missing.retain(|n| !seen.numbers.contains(n));
    Ok((known, Numbers { highest_n, dense_to: missing.first().map_or(examined_to, |first| first - 1), missing }))
}

/// Which numbers of a queue have arrived.
pub(super) struct Numbers {
    pub highest_n: i64,
    pub dense_to: i64,
    pub missing: Vec<i64>,
}

impl Numbers {
    fn differ_from(&self, known: &Known) -> bool {
        known.highest_n != self.highest_n || known.missing != self.missing
    }
}

fn tells_something_new(known: &Known, report: &QueueReport, numbers: &Numbers, now: DateTime<Utc>) -> bool {
    known.len != len_of(report) || numbers.differ_from(known) || now - known.last_at >= STORED_EVERY
}

fn build_of(report: &QueueReport) -> String {
    clean(report.build.as_deref().unwrap_or_default()).chars().take(BUILD_CHARS).collect()
}

/// Number of waiting operations, as it is stored.
fn len_of(report: &QueueReport) -> i64 {
    i64::from(report.len).min(WAITING_AT_MOST)
}

fn oldest_of(report: &QueueReport, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    report.oldest_at.filter(|_| report.len > 0).map(|EditedAt(at)| at.min(now))
}

#[expect(clippy::too_many_arguments, reason = "one value out of all that is known at this place")]
fn contact(
    actor: &Actor,
    browser: &BrowserMark,
    report: &QueueReport,
    region: String,
    known: Option<Known>,
    seen: &Seen,
    numbers: Numbers,
    now: DateTime<Utc>,
) -> Contact {
    // The first report may come from a colleague who carries the queue: then the queue's first operation says whose it is.
    let user_id = match &known {
        Some(known) if known.highest_n > 0 => known.user_id,
        Some(known) => seen.author.unwrap_or(known.user_id),
        None => seen.author.unwrap_or(actor.user_id),
    };
    let codes = || actor.regions.iter().map(|region| region.code().to_owned()).collect();
    let (username, user_regions) = match &known {
        _ if user_id == actor.user_id => (Some(actor.username.clone()), codes()),
        Some(known) if known.user_id == user_id => (known.username.clone(), known.user_regions.clone()),
        _ => (None, vec![region.clone()]),
    };
    let missing_since = known.and_then(|known| known.missing_since).unwrap_or(now);
    Contact {
        region,
        queue_id: report.id,
        device_id: None,
        user_id,
        username,
        user_regions,
        reporter: actor.username.clone(),
        browser_id: browser.id,
        browser: browser.words.clone(),
        build: build_of(report),
        len: len_of(report),
        oldest_at: oldest_of(report, now),
        offset_ms: kept_offset(report.offset_ms),
        at: now,
        highest_n: numbers.highest_n,
        dense_to: numbers.dense_to,
        missing_since: (!numbers.missing.is_empty()).then_some(missing_since),
        missing: numbers.missing,
    }
}

/// The numbers that have arrived in no region: the author may have had other regions than the person who brings the queue.
async fn without_those_elsewhere(state: &AppState, scope: &Scope, queue_id: Uuid, mut missing: Vec<i64>) -> Result<Vec<i64>, sqlx::Error> {
    if missing.is_empty() {
        return Ok(missing);
    }
    for region in list_all_regions(&state.db).await?.into_iter().filter(|region| !scope.regions().contains(region)) {
        let mut elsewhere = state.db.read(&Scope::system(region, None, Origin::System)).await?;
        let arrived = db::list_arrived(&mut elsewhere, queue_id, &missing).await?;
        missing.retain(|n| !arrived.contains(n));
    }
    Ok(missing)
}
