//! What an administrator does about devices: adds one, gives it a code, renames it, revokes it.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    db::{self, KnownRow, NewDevice},
    secret::Code,
};
use crate::{
    clock::in_istanbul,
    complaint::FieldError,
    db::{Capability, SystemTx, violated_constraint},
    error::{AppError, AppResult},
    events::{self, EventKind, NewEvent},
    fold::fold,
    identity::{Admin, Region},
    state::AppState,
};

/// How many minutes a code is valid.
const CODE_MINUTES: i64 = 15;
/// Characters of a name at most.
const NAME_CHARS: usize = 100;

/// A new code. Its text exists only until its page has been shown.
pub struct MadeCode {
    /// What people call the device.
    pub name: String,
    /// The code as a person types it.
    pub code: String,
    /// Until when it is valid.
    pub until: DateTime<Utc>,
}

impl MadeCode {
    /// Until when it is valid: the time of the day.
    pub fn lapses(&self) -> String {
        in_istanbul(self.until).format("%H:%M").to_string()
    }
}

/// The result of an action, or a complaint about its form.
pub type Done<T> = AppResult<Result<T, FieldError>>;

/// Adds a device to a region, and gives it a code. `None` if the form was sent before.
pub(super) async fn add_device(state: &AppState, by: &Admin, id: Uuid, region: &Region, name: &str) -> Done<Option<MadeCode>> {
    if let Some(error) = check_name(name) {
        return Ok(Err(error));
    }
    let mut tx = open(state, by).await?;
    let new = NewDevice { id, region: region.code(), name, by: &by.actor().username };
    match db::insert_device(&mut tx, &new, state.clock.now()).await {
        Ok(true) => {}
        Ok(false) => return Ok(Ok(None)),
        Err(error) => return refusal(error).map(Err),
    }
    let made = make_code_in(state, &mut tx, id, name).await?;
    tx.commit().await?;
    record(state, by, region, NewEvent::new(EventKind::DeviceAdded).with("device", name)).await?;
    record(state, by, region, NewEvent::new(EventKind::DeviceCodeMade).with("device", name)).await?;
    Ok(Ok(Some(made)))
}

/// Gives a device another code; an unused earlier code is no longer valid.
pub(super) async fn make_code(state: &AppState, by: &Admin, id: Uuid) -> Done<MadeCode> {
    let mut tx = open(state, by).await?;
    let (device, region) = lock(&mut tx, id).await?;
    if device.revoked_at.is_some() {
        return Ok(Err(FieldError::new("", "device-revoked")));
    }
    let made = make_code_in(state, &mut tx, id, &device.name).await?;
    tx.commit().await?;
    record(state, by, &region, NewEvent::new(EventKind::DeviceCodeMade).with("device", device.name.as_str())).await?;
    Ok(Ok(made))
}

async fn make_code_in(state: &AppState, tx: &mut SystemTx, id: Uuid, name: &str) -> AppResult<MadeCode> {
    let (code, now) = (Code::random(), state.clock.now());
    let until = now + TimeDelta::minutes(CODE_MINUTES);
    db::insert_code(tx, id, &code.hash(), now, until).await?;
    Ok(MadeCode { name: name.to_owned(), code: code.shown(), until })
}

/// Gives a device another name.
pub(super) async fn rename_device(state: &AppState, by: &Admin, id: Uuid, name: &str) -> Done<()> {
    if let Some(error) = check_name(name) {
        return Ok(Err(error));
    }
    let mut tx = open(state, by).await?;
    let (device, region) = lock(&mut tx, id).await?;
    if let Err(error) = db::rename_device(&mut tx, id, name).await {
        return refusal(error).map(Err);
    }
    tx.commit().await?;
    if device.name != name {
        let event = NewEvent::new(EventKind::DeviceRenamed).with("before", device.name).with("after", name);
        record(state, by, &region, event).await?;
    }
    Ok(Ok(()))
}

/// Revokes a device; `typed` is its name, typed to confirm. True if it was not revoked before.
pub(super) async fn revoke_device(state: &AppState, by: &Admin, id: Uuid, typed: &str) -> Done<(String, bool)> {
    let mut tx = open(state, by).await?;
    let (device, region) = lock(&mut tx, id).await?;
    if device.revoked_at.is_some() {
        return Ok(Ok((device.name, false)));
    }
    if fold(typed) != fold(&device.name) {
        return Ok(Err(FieldError::new("confirm", "device-confirm").with("name", &device.name)));
    }
    db::revoke_device(&mut tx, id, &by.actor().username, state.clock.now()).await?;
    tx.commit().await?;
    record(state, by, &region, NewEvent::new(EventKind::DeviceRevoked).with("device", device.name.as_str())).await?;
    Ok(Ok((device.name, true)))
}

async fn open(state: &AppState, by: &Admin) -> AppResult<SystemTx> {
    Ok(state.db.system(&Capability::Users(Some(by.actor().user_id))).await?)
}

async fn lock(tx: &mut SystemTx, id: Uuid) -> AppResult<(KnownRow, Region)> {
    let device = db::lock_device(tx, id).await?.ok_or(AppError::NotFound)?;
    let region = Region::parse(&device.region).map_err(|e| AppError::Fault(e.to_string()))?;
    Ok((device, region))
}

fn check_name(name: &str) -> Option<FieldError> {
    match name.chars().count() {
        0 => Some(FieldError::new("name", "device-name-missing")),
        1..=NAME_CHARS => None,
        _ => Some(FieldError::new("name", "too-long").with("max", NAME_CHARS)),
    }
}

fn refusal(error: sqlx::Error) -> AppResult<FieldError> {
    match violated_constraint(&error) {
        Some("device_name_once") => Ok(FieldError::new("name", "device-name-taken")),
        _ => Err(error.into()),
    }
}

async fn record(state: &AppState, by: &Admin, region: &Region, event: NewEvent) -> AppResult<()> {
    let event = event.by(Some(by.actor())).from(by.visitor());
    Ok(events::record(&state.db, region.clone(), &event, &state.clock).await?)
}
