//! Heartbeats: the PC reports its state once a minute and whenever something has changed, and receives what its pages need to know.

use std::{sync::Arc, time::Duration};

use serde_json::json;

use super::{
    place,
    run::{Agent, Trouble},
    store::{
        Contact, Context, KnownPerson, StoreError,
        facts::{put_contact, put_context, put_moment},
        ops,
        people::put_people,
    },
    upstream::UpstreamError,
};
use rainstaff_http::error::AppError;
use rainstaff_pages::copy::{CompanyFacts, RegionFact};

use crate::clock::is_clock_wrong;
use crate::wire::device::{ContactAnswer, ContactReport, MirrorReport, Rotated};

const EVERY: Duration = Duration::from_mins(1);
/// With less free space than this the PC warns, before it has to refuse.
const LITTLE_ROOM: u64 = 100 * 1024 * 1024;

/// Reports for as long as the program runs.
pub async fn keep_in_contact(agent: Arc<Agent>) {
    let mut up = agent.upstream.watch();
    let mut sent = agent.sent.subscribe();
    loop {
        match report(&agent).await {
            Ok(()) => {}
            Err(Failure::Upstream(error)) => tracing::debug!(%error, "no contact"),
            Err(Failure::Store(error)) => tracing::warn!(%error, "a contact was not kept"),
        }
        if agent.upstream.device().is_revoked() {
            forget(&agent).await;
        } else if let Err(error) = note_moment(&agent).await {
            tracing::warn!(%error, "the time was not noted");
        }
        let pause = if agent.upstream.is_up() { EVERY } else { Duration::from_secs(10) };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            changed = up.changed() => if changed.is_err() { return },
            changed = sent.changed() => if changed.is_err() { return } else { tokio::time::sleep(Duration::from_secs(2)).await },
        }
    }
}

/// Stores the latest time that the clock has shown, so that a clock that is put back later is recognized.
async fn note_moment(agent: &Agent) -> Result<(), StoreError> {
    let now = agent.clock.now();
    if agent.store.read()?.is_moment_due(now)? {
        agent.store.write(move |db| put_moment(db, now)).await?;
    }
    Ok(())
}

enum Failure {
    Upstream(UpstreamError),
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Sends a heartbeat at once, because a person has come whom this PC does not know yet.
pub(super) async fn ask_now(agent: &Arc<Agent>) {
    if let Err(Failure::Store(error)) = report(agent).await {
        tracing::warn!(%error, "a contact was not kept");
    }
}

async fn report(agent: &Arc<Agent>) -> Result<(), Failure> {
    let free = place::free_bytes(&agent.folder);
    agent.note(Trouble::DiskLow, free.is_some_and(|bytes| bytes < LITTLE_ROOM));
    let (counts, mirror, before) = {
        let reader = agent.store.read()?;
        (ops::count(&reader)?, reader.mirror()?, reader.contact()?)
    };
    let body = ContactReport {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        os: Some(std::env::consts::OS.to_owned()),
        host: Some(gethostname::gethostname().to_string_lossy().into_owned()),
        waiting: Some(counts.waiting),
        oldest_at: counts.oldest_at,
        mirror: Some(MirrorReport { epoch: mirror.epoch, seq: mirror.seq, synced_at: mirror.synced_at, digest_equal: mirror.digest_equal }),
        disk_free: free.and_then(|bytes| i64::try_from(bytes).ok()),
        offset_ms: Some(before.offset_ms),
        started_at: Some(agent.started_at),
        troubles: Some(agent.troubles().into_iter().map(str::to_owned).collect()),
        ..ContactReport::default()
    };
    let sent_at = agent.clock.now();
    let answer = agent.upstream.post("/api/v1/devices/contact", &body).await;
    agent.note(Trouble::Unknown, answer.as_ref().is_err_and(|error| error.is(AppError::BadToken.code())));
    let came_at = agent.clock.now();
    let answer: ContactAnswer = serde_json::from_value(answer.map_err(Failure::Upstream)?).map_err(|error| Failure::Store(error.into()))?;
    let middle = sent_at + (came_at - sent_at) / 2;
    let offset_ms = (middle - answer.server_time).num_milliseconds();
    agent.note(Trouble::Clock, is_clock_wrong(offset_ms));
    let rotate_after = Some(answer.rotate_after);
    let contact = Contact { at: Some(came_at), offset_ms, rotate_after };
    let told = answer.region;
    let region = RegionFact { code: told.code.code().to_owned(), name: told.name, is_open: told.is_open, first_day: told.first_day };
    let company = CompanyFacts { settings: answer.company.settings, days: answer.company.days };
    let context = Context { region, company };
    let people: Vec<KnownPerson> = answer.people.into_iter().map(KnownPerson::from).collect();
    agent
        .store
        .write(move |db| {
            put_people(db, &people, sent_at)?;
            put_context(db, &context)?;
            put_contact(db, &contact)?;
            if !is_clock_wrong(contact.offset_ms) {
                put_moment(db, came_at)?;
            }
            ops::prune(db, came_at).map(|_| ())
        })
        .await?;
    if answer.rotate_after <= came_at {
        rotate(agent).await;
    }
    Ok(())
}

/// Fetches a new token, and writes it to the disk before it is first used: the server accepts the old one until then.
async fn rotate(agent: &Arc<Agent>) {
    match agent.upstream.post("/api/v1/devices/rotate", &json!({})).await {
        Ok(body) => {
            let Ok(Rotated { token, .. }) = serde_json::from_value(body) else {
                return tracing::warn!("the answer to a change of token makes no sense");
            };
            match agent.upstream.device().change(|device| device.next_token = Some(token)) {
                Ok(()) => tracing::info!("the token was changed"),
                Err(error) => tracing::error!("{error}"),
            }
        }
        Err(error) => tracing::warn!(%error, "the token was not changed"),
    }
}

/// A revoked PC keeps the entries that wait in it, and nothing else.
async fn forget(agent: &Arc<Agent>) {
    match agent.store.forget().await {
        Ok(()) => {}
        Err(error) => tracing::error!(%error, "what this PC knew could not be deleted yet"),
    }
}
