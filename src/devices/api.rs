//! The addresses that only an agent calls: to enrol, to renew its token, and to send heartbeats.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data},
};
use utoipa::OpenApi;

use super::{
    bearer::{Shown, find_shown, rotate_after},
    db, heartbeat,
    secret::{Code, hash_of_token, new_token},
};
use crate::{
    auth::{attempts, throttle::counted_address},
    db::Capability,
    error::{AppError, AppResult},
    events::{self, EventKind, NewEvent},
    identity::{Device, Region},
    state::AppState,
    web::{
        bearer::{Bearer, bearer_of},
        exchange::{read_object, require_sync_client, sync_answer},
        problem::Problem,
        visitor::visitor_of,
    },
    wire::device::{ContactAnswer, ContactReport, Enrolled, Enrolment, Rotated},
};

/// The addresses of this module in the API's description.
#[derive(OpenApi)]
#[openapi(paths(post_device_enrol, post_device_rotate, post_device_contact))]
pub struct ApiDoc;

/// `POST /api/v1/devices/enrol`: a one-time code for a token.
#[utoipa::path(
    post,
    path = "/api/v1/devices/enrol",
    tag = "devices",
    operation_id = "post_device_enrol",
    params(("X-Sync-Client" = String, Header, description = "Any value: a page of another site cannot send it")),
    request_body = Enrolment,
    responses(
        (status = 200, body = Enrolled, description = "The PC is known; tokens it had before are worthless"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "The code is unknown, used or lapsed (`device_code`)"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many codes from this address: wait as `Retry-After` says"),
    ),
)]
pub async fn post_device_enrol(state: Data<AppState>, request: HttpRequest, body: Bytes) -> AppResult<HttpResponse> {
    require_sync_client(&request)?;
    let wanted: Enrolment = read_object(&body)?;
    let (visitor, now) = (visitor_of(&request, &state.config), state.clock.now());
    // A text that cannot be a code is looked up all the same, with a hash that no code has, and counts as a failure.
    let hash = Code::parse(&wanted.code).map_or([0; 32], |code| code.hash());
    let mut tx = state.db.system(&Capability::Enrol(&hash, visitor.address().map(counted_address))).await?;
    if let Some(seconds) = attempts::wait_of_address(&mut tx, &visitor, now).await? {
        return Err(AppError::TooMany(seconds));
    }
    let Some(found) = db::redeem_code(&mut tx, &hash, now).await? else {
        attempts::count_failure_of_address(&mut tx, &visitor, now).await?;
        tx.commit().await?;
        let event = NewEvent::new(EventKind::DeviceCodeRefused).from(&visitor);
        events::record(&state.db, Region::company(), &event, &state.clock).await?;
        return Err(AppError::DeviceCode);
    };
    let token = new_token();
    db::store_token(&mut tx, found.id, &hash_of_token(&token), now).await?;
    tx.commit().await?;
    let region = Region::parse(&found.region).map_err(|e| AppError::Fault(e.to_string()))?;
    let device = Device { id: found.id, region: region.clone(), name: found.name };
    let event = NewEvent::new(EventKind::DeviceEnrolled).from(&visitor).with("device", device.name.as_str());
    let event = event.with("host", heartbeat::short(&wanted.host, 200));
    let first = heartbeat::of_enrolment(wanted.version, wanted.host, wanted.os);
    heartbeat::begin(&state, &device, &first, &event).await?;
    Ok(sync_answer(&Enrolled { device_id: device.id, token, name: device.name, region, rotate_after: rotate_after(now) }))
}

/// `POST /api/v1/devices/rotate`: another token. The old one is good until the new one is first used.
#[utoipa::path(
    post,
    path = "/api/v1/devices/rotate",
    tag = "devices",
    operation_id = "post_device_rotate",
    responses((status = 200, body = Rotated, description = "A token; one that was asked for before and never used is worthless")),
)]
pub async fn post_device_rotate(state: Data<AppState>, request: HttpRequest) -> AppResult<HttpResponse> {
    let shown = shown_by(&request).await?;
    let (token, now) = (new_token(), state.clock.now());
    let mut tx = state.db.system(&Capability::Token(&shown.token_hash)).await?;
    if !db::store_next(&mut tx, &shown.token_hash, &hash_of_token(&token), now).await? {
        return Err(AppError::BadToken); // the next one was used this very moment
    }
    tx.commit().await?;
    Ok(sync_answer(&Rotated { token, rotate_after: rotate_after(now) }))
}

/// `POST /api/v1/devices/contact`: how the PC is; and what it has to know of its region, of the company and of the people who use it.
#[utoipa::path(
    post,
    path = "/api/v1/devices/contact",
    tag = "devices",
    operation_id = "post_device_contact",
    params(("X-Sync-Client" = String, Header, description = "Any value: a page of another site cannot send it")),
    request_body = ContactReport,
    responses((status = 200, body = ContactAnswer, description = "What the PC has to know")),
)]
pub async fn post_device_contact(state: Data<AppState>, request: HttpRequest, body: Bytes) -> AppResult<HttpResponse> {
    let shown = shown_by(&request).await?;
    require_sync_client(&request)?;
    let report: ContactReport = read_object(&body)?;
    Ok(sync_answer(&heartbeat::exchange(&state, shown.device, shown.rotate_after, &report).await?))
}

/// The device that sends the request. Keys of people are refused here.
async fn shown_by(request: &HttpRequest) -> AppResult<Shown> {
    match bearer_of(request) {
        Some(Ok(Bearer::Device(token))) => find_shown(request, &token).await,
        Some(Ok(Bearer::Key(_))) => Err(AppError::TokenScope("a device's token")),
        Some(Err(error)) => Err(error),
        None => Err(AppError::SignIn),
    }
}
