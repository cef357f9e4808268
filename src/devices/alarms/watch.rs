//! Looks once a minute for what is odd about the devices, raises alarms and ends them.

use chrono::{DateTime, Utc};

use super::{
    db::{self, OpenAlarm, Watched},
    judge::{DeviceAlarmKind, DeviceFinding, judge},
};
use crate::{
    db::{Scope, ScopedTx, Write},
    events::{EventKind, NewEvent, record_event},
    identity::Region,
    ops::Origin,
    regions::for_each_region,
    state::AppState,
};

/// Looks at the devices of all regions.
pub async fn watch_all(state: &AppState) -> Result<(), sqlx::Error> {
    for_each_region(&state.db, "the devices were not looked at", |region| async move { watch_region(state, &region).await }).await
}

/// Looks at the devices of one region. Writes only where something has changed.
async fn watch_region(state: &AppState, region: &Region) -> Result<(), sqlx::Error> {
    let (scope, now) = (Scope::system(region.clone(), None, Origin::System), state.clock.now());
    let mut tx = state.db.read_snapshot(&scope).await?;
    let devices = db::list_states(&mut tx).await?;
    let open = db::list_open_alarms(&mut tx).await?;
    drop(tx);
    let found: Vec<(DeviceFinding, &Watched)> =
        devices.iter().flat_map(|device| judge(&device.state, now).into_iter().map(move |finding| (finding, device))).collect();
    let is_same = |finding: &DeviceFinding, alarm: &OpenAlarm| (finding.device_id, finding.kind) == (alarm.device_id, alarm.kind);
    let over: Vec<_> = open.iter().filter(|alarm| !found.iter().any(|(finding, _)| is_same(finding, alarm))).collect();
    let new: Vec<_> = found.iter().filter(|(finding, _)| !open.iter().any(|alarm| is_same(finding, alarm))).collect();
    if over.is_empty() && new.is_empty() {
        return Ok(());
    }
    let mut tx = state.db.write(&scope).await?;
    for alarm in over {
        db::end_alarm(&mut tx, region, alarm.id, now).await?;
    }
    for (finding, device) in new {
        raise(&mut tx, region, finding, device, now).await?;
    }
    tx.commit().await
}

async fn raise(
    tx: &mut ScopedTx<Write>,
    region: &Region,
    finding: &DeviceFinding,
    device: &Watched,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let is_new = db::insert_alarm(tx, region, finding, now).await?;
    let kind = match finding.kind {
        DeviceAlarmKind::Silent => EventKind::DeviceSilent,
        DeviceAlarmKind::FileCorrupt | DeviceAlarmKind::Digest | DeviceAlarmKind::DiskFull => EventKind::DeviceTrouble,
        DeviceAlarmKind::Clock => return Ok(()), // a note, nothing that happened
    };
    if !is_new {
        return Ok(());
    }
    let event = NewEvent::new(kind).with("device", device.name.as_str()).with("alarm", finding.kind.as_str());
    let event = event.with("count", finding.amount).with("since", finding.since.to_rfc3339());
    record_event(tx, region, &event, now).await
}
