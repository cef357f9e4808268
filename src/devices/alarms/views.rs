//! The alarms about devices on the dashboard.

use uuid::Uuid;

use super::{
    db::{self, AlarmRow},
    judge::DeviceAlarmKind,
};
use crate::{
    db::{Mode, ScopedTx},
    i18n::{format::instant, t_with},
    web::page::Ctx,
};

/// Something odd about a device, in words.
#[derive(Debug, Clone)]
pub struct DeviceAlarmView {
    /// Its id.
    pub id: Uuid,
    /// The device.
    pub device_id: Uuid,
    /// What.
    pub kind: DeviceAlarmKind,
    /// The region's name.
    pub place: String,
    /// What people call the device.
    pub name: String,
    /// What the PC calls itself.
    pub host: String,
    /// Why, with the numbers.
    pub why: String,
}

/// What is odd about the scope's devices and nobody has seen, the most urgent first.
pub async fn load_alarms<M: Mode>(tx: &mut ScopedTx<M>, ctx: &Ctx) -> Result<Vec<DeviceAlarmView>, sqlx::Error> {
    let mut alarms: Vec<DeviceAlarmView> = db::list_unseen(tx).await?.into_iter().filter_map(|row| alarm(ctx, row)).collect();
    alarms.sort_by_key(|alarm| (alarm.kind.severity(), alarm.kind));
    Ok(alarms)
}

fn alarm(ctx: &Ctx, row: AlarmRow) -> Option<DeviceAlarmView> {
    let kind = DeviceAlarmKind::parse(&row.kind)?;
    let why = t_with(ctx.lang, kind.why(), &[("n", &row.amount.abs()), ("since", &instant(row.since))]);
    Some(DeviceAlarmView {
        id: row.id,
        device_id: row.device_id,
        kind,
        place: ctx.region_name(&row.region).to_owned(),
        name: row.name,
        host: row.host,
        why,
    })
}
