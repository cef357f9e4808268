//! Looks once a minute for what is odd about the browsers' queues, raises alarms and ends them.

use chrono::{DateTime, Utc};

use super::{
    db::{self, OpenAlarm, Watched},
    judge::{AlarmKind, Finding, judge},
};
use crate::{
    db::{Scope, ScopedTx, Write},
    events::{EventKind, NewEvent, record_event},
    identity::Region,
    ops::Origin,
    regions::for_each_region,
    state::AppState,
};

/// Looks at the queues of all regions.
pub async fn watch_all(state: &AppState) -> Result<(), sqlx::Error> {
    for_each_region(&state.db, "the browsers' queues were not looked at", |region| async move { watch_region(state, &region).await }).await
}

/// Looks at the queues of one region. Writes only where something has changed.
pub async fn watch_region(state: &AppState, region: &Region) -> Result<(), sqlx::Error> {
    let (scope, now) = (Scope::system(region.clone(), None, Origin::System), state.clock.now());
    let mut tx = state.db.read_snapshot(&scope).await?;
    let queues = db::list_states(&mut tx).await?;
    let open = db::list_open_alarms(&mut tx).await?;
    drop(tx);
    let steps = plan(&queues, &open, now);
    if steps.is_empty() {
        return Ok(());
    }
    let mut tx = state.db.write(&scope).await?;
    for step in steps {
        take(&mut tx, region, step, now).await?;
    }
    tx.commit().await
}

/// What has to be done about an alarm.
enum Step<'a> {
    Raise(Finding, &'a Watched),
    RaiseAmount(&'a OpenAlarm, i64),
    End(&'a OpenAlarm),
}

fn plan<'a>(queues: &'a [Watched], open: &'a [OpenAlarm], now: DateTime<Utc>) -> Vec<Step<'a>> {
    let found: Vec<(Finding, &Watched)> =
        queues.iter().flat_map(|queue| judge(&queue.state, now).into_iter().map(move |finding| (finding, queue))).collect();
    let is_same = |finding: &Finding, alarm: &OpenAlarm| (finding.queue_id, finding.kind) == (alarm.queue_id, alarm.kind);
    let over = open.iter().filter(|alarm| !found.iter().any(|(finding, _)| is_same(finding, alarm))).map(Step::End);
    let others = found.iter().filter_map(|(finding, queue)| match open.iter().find(|alarm| is_same(finding, alarm)) {
        None => Some(Step::Raise(*finding, queue)),
        Some(alarm) if finding.amount > alarm.amount && finding.kind != AlarmKind::Clock => Some(Step::RaiseAmount(alarm, finding.amount)),
        Some(_) => None,
    });
    over.chain(others).collect()
}

async fn take(tx: &mut ScopedTx<Write>, region: &Region, step: Step<'_>, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    match step {
        Step::End(alarm) => db::end_alarm(tx, region, alarm.id, now).await,
        Step::RaiseAmount(alarm, amount) => db::raise_amount(tx, region, alarm.id, amount).await,
        Step::Raise(finding, queue) => {
            let is_new = db::insert_alarm(tx, region, &finding, now).await?;
            match event_of(finding.kind) {
                Some(kind) if is_new => record_event(tx, region, &event(kind, &finding, queue), now).await,
                _ => Ok(()),
            }
        }
    }
}

/// A wrong clock is a note, nothing that happened.
fn event_of(kind: AlarmKind) -> Option<EventKind> {
    match kind {
        AlarmKind::Vanished => Some(EventKind::QueueVanished),
        AlarmKind::Hole => Some(EventKind::QueueHole),
        AlarmKind::Silent => Some(EventKind::QueueSilent),
        AlarmKind::Clock => None,
    }
}

fn event(kind: EventKind, finding: &Finding, queue: &Watched) -> NewEvent {
    let event = match &queue.username {
        Some(name) => NewEvent::new(kind).by_account(Some(queue.user_id), name),
        None => NewEvent::new(kind),
    };
    let event = event.with("queue", finding.queue_id.to_string()).with("count", finding.amount).with("browser", queue.browser.as_str());
    event.with("since", finding.since.to_rfc3339())
}
