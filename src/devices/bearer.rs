//! `Authorization: Bearer rsd_...`: which device a token stands for.

use actix_web::{HttpRequest, web::Data};
use chrono::{DateTime, TimeDelta, Utc};

use super::{db, secret::hash_of_token};
use crate::{
    db::{Capability, Scope},
    error::{AppError, AppResult},
    events::{self, EventKind, NewEvent},
    identity::{Device, Region},
    state::AppState,
    web::visitor::visitor_of,
};

/// The age at which a token is to be renewed.
const RENEWED_AFTER: TimeDelta = TimeDelta::days(30);

/// A device, its token's hash, and when the token is to be renewed.
pub(super) struct Shown {
    pub device: Device,
    pub token_hash: [u8; 32],
    pub rotate_after: DateTime<Utc>,
}

/// When a token made at `made_at` is to be renewed.
pub(super) fn rotate_after(made_at: DateTime<Utc>) -> DateTime<Utc> {
    made_at + RENEWED_AFTER
}

/// The device behind the token of a request. The first use of a new token ends the one before it.
pub async fn device_of_bearer(request: &HttpRequest, token: &str) -> AppResult<Device> {
    Ok(find_shown(request, token).await?.device)
}

pub(super) async fn find_shown(request: &HttpRequest, token: &str) -> AppResult<Shown> {
    let state = request.app_data::<Data<AppState>>().ok_or_else(|| AppError::Fault("no state".into()))?;
    let token_hash = hash_of_token(token);
    let mut tx = state.db.system(&Capability::Token(&token_hash)).await?;
    let row = db::find_bearer(&mut tx, &token_hash).await?.ok_or(AppError::BadToken)?;
    if row.is_revoked {
        return Err(AppError::DeviceRevoked);
    }
    let region = Region::parse(&row.region).map_err(|e| AppError::Fault(e.to_string()))?;
    let shown = Shown { device: Device { id: row.id, region, name: row.name }, token_hash, rotate_after: rotate_after(row.made_at) };
    if row.is_next && db::promote_next(&mut tx, &token_hash).await? {
        tx.commit().await?;
        let event =
            NewEvent::new(EventKind::DeviceRotated).from(&visitor_of(request, &state.config)).with("device", shown.device.name.as_str());
        events::record(&state.db, shown.device.region.clone(), &event, &state.clock).await?;
    }
    Ok(shown)
}

/// Refuses a device that was revoked since its request began.
pub async fn refuse_revoked(state: &AppState, device: &Device) -> AppResult<()> {
    let mut tx = state.db.read(&Scope::of_device(device)).await?;
    if db::is_revoked(&mut tx, device.id).await? { Err(AppError::DeviceRevoked) } else { Ok(()) }
}
