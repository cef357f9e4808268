//! `POST /api/v1/ops/quarantine`: the last way out of a browser for what the server could not read (SYNC 3.3, F33).

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Bytes, Data},
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;

use super::{
    BrowserMark,
    db::{self, Deposit, Depositor, Deposits},
};
use crate::{
    access::Client,
    auth::sign_in::region_of_actor,
    error::{AppError, AppResult},
    events::{EventKind, NewEvent, record_event},
    ids::new_id,
    ops::Origin,
    state::AppState,
    web::{
        exchange::{has_sync_header, sync_answer},
        limits,
        problem::Problem,
        visitor::visitor_of,
    },
};

/// The addresses of this module in the API's description.
#[derive(OpenApi)]
#[openapi(paths(post_ops_quarantine))]
pub struct ApiDoc;

/// Bodies of one person within an hour.
const PER_HOUR: i64 = 200;
/// Bytes of one person within a day.
const BYTES_PER_DAY: i64 = 32 * 1024 * 1024;
/// Seconds to wait when a limit is reached.
const WAIT: u64 = 3600;

/// Where a body went.
#[derive(Serialize, ToSchema)]
pub struct Quarantined {
    /// Its id there; the same for the same bytes.
    stored: Uuid,
}

/// `POST /api/v1/ops/quarantine`: bytes that the server cannot read as operations, stored as they are for a person to look at. The same bytes
/// are stored once.
#[utoipa::path(
    post,
    path = "/api/v1/ops/quarantine",
    tag = "sync",
    operation_id = "post_ops_quarantine",
    params(("X-Sync-Client" = String, Header, description = "Any value: a page of another site cannot send it")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "1 MiB at most"),
    responses(
        (status = 200, body = Quarantined, description = "Stored", headers(("X-Sync" = String, description = "`1`: an answer of Rainstaff"))),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "More than 1 MiB"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too much from one person: wait as `Retry-After` says"),
    ),
)]
pub async fn post_ops_quarantine(state: Data<AppState>, client: Client, request: HttpRequest, body: Bytes) -> AppResult<HttpResponse> {
    if !has_sync_header(&request) {
        return Err(AppError::BadRequest("send the header X-Sync-Client".into()));
    }
    if body.is_empty() {
        return Err(AppError::BadRequest("there is nothing to keep".into()));
    }
    if body.len() > limits::BATCH {
        return Ok(Problem::new(&request, StatusCode::PAYLOAD_TOO_LARGE, "too_large").into_response());
    }
    let (by, region, origin) = match &client {
        Client::Person(actor) => (Depositor { id: actor.user_id, name: &actor.username }, region_of_actor(actor), Origin::Offline),
        Client::Device(device) => (Depositor { id: device.id, name: &device.name }, device.region.clone(), Origin::Agent),
    };
    let scope = client.scope_in(&region).ok_or(AppError::Forbidden)?;
    let (sha256, now): ([u8; 32], _) = (Sha256::digest(&body).into(), state.clock.now());
    let mut tx = state.db.write(&scope.from_origin(origin)).await?;
    db::lock_deposits(&mut tx, by.id).await?;
    if let Some(stored) = db::find_same(&mut tx, &region, by.id, &sha256).await? {
        return Ok(sync_answer(&Quarantined { stored }));
    }
    let Deposits { in_hour, bytes_in_day } = db::count_deposits(&mut tx, &region, by.id, now).await?;
    if in_hour >= PER_HOUR || bytes_in_day + i64::try_from(body.len()).unwrap_or(i64::MAX) > BYTES_PER_DAY {
        return Err(AppError::TooMany(WAIT));
    }
    let browser = if client.is_device() { String::new() } else { BrowserMark::of(&request, &state).words };
    let stored = new_id();
    let deposit = Deposit { id: stored, by: &by, browser: &browser, sha256: &sha256, body: &body, at: now };
    if !db::insert_deposit(&mut tx, &region, &deposit).await? {
        let quicker = db::find_same(&mut tx, &region, by.id, &sha256).await?;
        return Ok(sync_answer(&Quarantined { stored: quicker.ok_or_else(|| AppError::Fault("a body that is there and is not".into()))? }));
    }
    let event = NewEvent::new(EventKind::Quarantined).from(&visitor_of(&request, &state.config));
    let event = match &client {
        Client::Person(actor) => event.by(Some(actor)),
        Client::Device(device) => event.with("device", device.name.as_str()),
    };
    record_event(&mut tx, &region, &event.with("id", stored.to_string()).with("bytes", body.len()), now).await?;
    tx.commit().await?;
    Ok(sync_answer(&Quarantined { stored }))
}
