//! The offices' PCs as a source of alarms.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    db::{self, Watched},
    rules::{KINDS, judge},
};
use crate::{
    alarms::{Finding, Kind, Source, Subject, Texts},
    db::{Mode, ScopedTx},
    events::{EventKind, NewEvent},
    i18n::Lang,
};

/// What is odd about the offices' PCs.
pub struct DeviceAlarms;

impl Source for DeviceAlarms {
    const NAME: &'static str = "device";
    const KINDS: &'static [Kind] = &KINDS;
    const TEXTS: Texts = Texts {
        list: "device-alarms",
        open: "device-alarm-open",
        seen: "flash-device-alarm-seen",
        trouble: "the devices were not looked at",
    };
    const SEEN: EventKind = EventKind::DeviceAlarmSeen;
    type State = Watched;

    async fn list_states<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<Watched>, sqlx::Error> {
        db::list_states(tx).await
    }

    fn judge(device: &Watched, now: DateTime<Utc>) -> Vec<Finding> {
        judge(&device.state, now)
    }

    fn tell(event: NewEvent, device: &Watched, finding: &Finding) -> NewEvent {
        let event = event.with("device", device.name.as_str()).with("alarm", finding.kind.word);
        event.with("count", finding.amount).with("since", finding.since.to_rfc3339())
    }

    async fn describe<M: Mode>(tx: &mut ScopedTx<M>, _lang: Lang, subjects: &[Uuid]) -> Result<Vec<Subject>, sqlx::Error> {
        let subject = |row: db::Named| Subject {
            region: row.region,
            id: row.device_id,
            in_events: ("device", row.name.clone()),
            name: row.name,
            name_href: None,
            detail: row.host,
            href: format!("/admin/devices#device-{}", row.device_id),
            arguments: Vec::new(),
        };
        Ok(db::list_named(tx, subjects).await?.into_iter().map(subject).collect())
    }
}
