//! How much a person or a PC may bring into a region in a day. The inbox keeps everything for ever, so a queue without end would fill the
//! disk. What exceeds the limit stays in its queue, which asks again: nothing is lost, and the region's log names the carrier.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    apply::{Caller, Carrier},
    db,
};
use crate::{
    db::{Scope, ScopedTx, Write},
    error::AppResult,
    events::{self, EventKind, NewEvent},
    identity::Region,
    ops::{Op, Origin, Print},
    state::AppState,
};

/// Bytes of operations of one person, in one region and one day (UTC): some hundred thousand entries.
pub(super) const OF_A_PERSON: i64 = 64 * 1024 * 1024;
/// The same of one PC, which carries for a whole office and sends 30 days again to a server that was restored.
pub(super) const OF_A_DEVICE: i64 = 256 * 1024 * 1024;
/// Seconds after which a queue asks again.
pub(super) const WAIT: u64 = 3600;

fn limit(carrier: Carrier) -> i64 {
    match carrier {
        Carrier::Person(_) => OF_A_PERSON,
        Carrier::Device(_) => OF_A_DEVICE,
    }
}

/// Whether the daily limit holds for operations of this origin: for queues, and not for commands on the server's own machine.
pub(super) fn is_limited(origin: Origin) -> bool {
    matches!(origin, Origin::Offline | Origin::Agent)
}

/// Adds the operations that are new to their carrier's count, in the transaction that stores them. False if that exceeds the limit: nothing
/// was counted, and nothing may be stored. Two deliveries of one carrier wait for each other here, so they cannot exceed the limit
/// together.
pub(super) async fn count(
    tx: &mut ScopedTx<Write>,
    who: &Caller,
    region: &Region,
    ops: &[Op],
    prints: &[Print],
) -> Result<bool, sqlx::Error> {
    let sizes: Vec<i64> = ops.iter().map(size).collect();
    let share = db::Share { carrier: who.carrier.id(), day: day(who.received_at), bytes: limit(who.carrier) };
    db::count_delivered(tx, region, &share, ops, prints, &sizes).await
}

fn size(op: &Op) -> i64 {
    serde_json::to_vec(op).map_or(i64::MAX / 1000, |bytes| i64::try_from(bytes.len()).unwrap_or(i64::MAX / 1000))
}

fn day(at: DateTime<Utc>) -> NaiveDate {
    at.date_naive()
}

/// Records in the region's log who reached the limit, once a day.
pub(super) async fn note_refusal(state: &AppState, scope: &Scope, who: &Caller, region: &Region) -> AppResult<()> {
    let mut tx = state.db.write(scope).await?;
    if db::mark_refused(&mut tx, region, who.carrier.id(), day(who.received_at)).await? {
        let event = NewEvent::new(EventKind::VolumeReached).with("mebibytes", limit(who.carrier) / (1024 * 1024));
        let event = match who.carrier {
            Carrier::Person(id) => event.by_account(Some(id), who.authors.carrier()),
            Carrier::Device(_) => event.with("device", who.authors.carrier()),
        };
        events::record_event(&mut tx, region, &event, who.received_at).await?;
        tx.commit().await?;
        tracing::warn!(region = region.code(), carrier = %who.carrier.id(), "the limit of a day was reached: what is over it waits in its queue");
    }
    Ok(())
}
