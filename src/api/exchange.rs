//! The API of the write path and the feed (SYNC 3.3, 3.4). Responses carry `X-Sync: 1`; clients ignore responses without it.

use std::{collections::BTreeMap, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Bytes, Data},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use crate::{
    access::{Anybody, Client},
    auth::rights::find_rights,
    complaint::ParamError,
    db::list_heads,
    devices::device_of_bearer,
    error::{AppError, AppResult},
    identity::{Actor, Region, Role},
    offline_mode::OfflineMode,
    ops::{Op, Origin, Verdict},
    queue_health::{self, BrowserMark, Place, QueueReport, Seen},
    state::AppState,
    sync::{
        Delivered, db, deliver_of_device, deliver_of_person,
        feed::{self, Asked, Changes, Snapshot},
        grant::{Grant, GrantKey, LIFETIME},
        list_digests,
        masking::masked,
    },
    web::{
        assets,
        exchange::{read_object, require_sync_client, sync_answer},
        extract::Req,
        params::{Checked, Limit},
        problem::Problem,
    },
    wire::{
        X_DEVICE_TOKEN,
        device::{GrantAnswer, GrantQuestion},
    },
};

/// The addresses of this module in the API's description.
#[derive(OpenApi)]
#[openapi(paths(get_ping, get_changes, get_snapshot, get_digest, post_ops, post_ops_status, post_grant))]
pub struct ApiDoc;

/// Maximum number of operations in one request.
const MAX_OPS: usize = 100;
/// Maximum size of one operation in bytes.
const MAX_OP_BYTES: usize = 64 * 1024;
/// Maximum number of ids in one status request.
const MAX_IDS: usize = 1000;
/// Maximum time in seconds that a reader of the feed may wait.
const MAX_WAIT: u64 = 25;

/// A batch of operations from a queue.
#[derive(Deserialize, ToSchema)]
pub struct Batch<T> {
    /// Repeated in the response, so that a client can match the two.
    #[serde(default)]
    nonce: Value,
    /// The operations, in the queue's order.
    #[schema(max_items = 100)]
    ops: Vec<T>,
    /// The browser's report of the queue. With no operations at all the request is a heartbeat.
    #[serde(default, deserialize_with = "queue_health::object_or_null")]
    queue: Option<QueueReport>,
}

/// The result of a batch.
#[derive(Serialize, ToSchema)]
pub struct BatchAnswer {
    /// The batch's nonce.
    nonce: Value,
    /// The server's clock.
    server_time: DateTime<Utc>,
    /// One verdict per operation, in the batch's order.
    results: Vec<Verdict>,
    /// Numbers of the queue that should have arrived before the first one and have not, 100 at most.
    missing: Vec<i64>,
}

/// `POST /api/v1/ops`: a batch of operations from a queue.
#[utoipa::path(
    post,
    path = "/api/v1/ops",
    tag = "sync",
    operation_id = "post_ops",
    params(("X-Sync-Client" = String, Header, description = "Any value: a page of another site cannot send it")),
    request_body = Batch<Op>,
    responses(
        (status = 200, body = BatchAnswer, description = "A verdict on each operation", headers(("X-Sync" = String, description = "`1`: an answer of Rainstaff"))),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "More than 100 operations, or more than 1 MiB"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "An operation is malformed; `index` and `op_id` say which"),
    ),
)]
pub async fn post_ops(state: Data<AppState>, client: Client, request: HttpRequest, body: Bytes) -> AppResult<HttpResponse> {
    require_sync_client(&request)?;
    let batch: Batch<Value> = read_object(&body)?;
    if batch.ops.len() > MAX_OPS {
        let problem = Problem::new(&request, StatusCode::PAYLOAD_TOO_LARGE, "too_many_ops");
        return Ok(problem.because(format!("{MAX_OPS} operations at most")).with("max", MAX_OPS).into_response());
    }
    let (has_nul, is_large) = (body.windows(NUL.len()).any(|bytes| bytes == NUL), body.len() > MAX_OP_BYTES);
    let mut ops: Vec<Op> = Vec::with_capacity(batch.ops.len());
    for (index, value) in batch.ops.into_iter().enumerate() {
        let op_id = value.get("op_id").cloned().unwrap_or(Value::Null);
        match read_op(value, has_nul, is_large) {
            Ok(op) => ops.push(op),
            Err(why) => {
                let problem = Problem::new(&request, StatusCode::UNPROCESSABLE_ENTITY, "malformed_op").because(why);
                return Ok(problem.with("nonce", batch.nonce).with("index", index).with("op_id", op_id).into_response());
            }
        }
    }
    let places: Vec<Place> = ops.iter().map(Place::from).collect();
    let Delivered { verdicts, missing } = match &client {
        Client::Person(actor) => deliver_of_person(&state, actor, Origin::Offline, ops).await?,
        Client::Device(device) => deliver_of_device(&state, device, ops).await?,
    };
    let seen = batch.queue.as_ref().map(|report| Seen::of(report.id, &places, &verdicts)).unwrap_or_default();
    let results = verdicts.into_iter().map(as_told).collect();
    let mut answer = sync_answer(&BatchAnswer { nonce: batch.nonce, server_time: state.clock.now(), results, missing });
    if let Some(report) = &batch.queue {
        let (noted, cookie) = match &client {
            Client::Person(actor) => {
                let browser = BrowserMark::of(&request, &state);
                (queue_health::note_contact(&state, actor, &browser, report, &seen).await, browser.cookie())
            }
            Client::Device(device) => (queue_health::note_carried(&state, device, report, &seen).await, None),
        };
        if let Err(error) = noted {
            tracing::warn!(queue = %report.id, %error, "a queue's state was not kept"); // the verdicts are sent all the same
        }
        if let Some(cookie) = cookie {
            let _ = answer.add_cookie(&cookie); // only a cookie that cannot be written as a header fails
        }
    }
    Ok(answer)
}

/// The verdict as sent: with the row as it is now, without the identity number.
fn as_told(mut verdict: Verdict) -> Verdict {
    verdict.row = verdict.row.map(masked);
    verdict
}

/// Reads an operation of the body. `has_nul` and `is_large` describe the whole body: if false, no operation is checked for that.
fn read_op(mut value: Value, has_nul: bool, is_large: bool) -> Result<Op, String> {
    let is_odd = |fields: &serde_json::Map<String, Value>| fields.values().any(|change| !change.is_object());
    if !value.is_object() || value.get("fields").and_then(Value::as_object).is_some_and(is_odd) {
        return Err("an operation and its changes are objects".to_owned());
    }
    if has_nul {
        replace_nul(&mut value);
    }
    if is_large && value.to_string().len() > MAX_OP_BYTES {
        return Err(format!("larger than {MAX_OP_BYTES} bytes"));
    }
    Op::sent(value)
}

/// How JSON writes U+0000, which PostgreSQL's text cannot hold.
const NUL: &[u8] = b"\\u0000";

fn replace_nul(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{fffd}"),
        Value::Array(items) => items.iter_mut().for_each(replace_nul),
        Value::Object(fields) => {
            for (name, mut value) in std::mem::take(fields) {
                replace_nul(&mut value);
                fields.insert(name.replace('\0', "\u{fffd}"), value);
            }
        }
        _ => {}
    }
}

/// Operations whose verdicts a client asks for.
#[derive(Deserialize, ToSchema)]
pub struct StatusQuestion {
    /// Their ids.
    #[serde(alias = "ids")]
    #[schema(max_items = 1000)]
    op_ids: Vec<Uuid>,
}

/// The last verdicts on operations.
#[derive(Serialize, ToSchema)]
pub struct StatusAnswer {
    /// The server's clock.
    server_time: DateTime<Utc>,
    /// The last verdict on each operation that arrived, and `unknown` for each that did not.
    results: Vec<Status>,
}

/// The status of one operation.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Status {
    /// It has arrived.
    Known(Box<Verdict>),
    /// It has never arrived.
    Unknown(UnknownOp),
}

/// An operation that has never arrived.
#[derive(Serialize, ToSchema)]
pub struct UnknownOp {
    /// Its id.
    op_id: Uuid,
    /// Always `unknown`.
    verdict: UnknownWord,
}

/// The verdict of an operation that has never arrived.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum UnknownWord {
    Unknown,
}

/// `POST /api/v1/ops/status`: the last verdicts on these operations; `unknown` for those that have never arrived.
#[utoipa::path(
    post,
    path = "/api/v1/ops/status",
    tag = "sync",
    operation_id = "post_ops_status",
    params(("X-Sync-Client" = String, Header, description = "Any value: a page of another site cannot send it")),
    request_body = StatusQuestion,
    responses((status = 200, body = StatusAnswer, description = "What is known of each operation")),
)]
pub async fn post_ops_status(state: Data<AppState>, client: Client, request: HttpRequest, body: Bytes) -> AppResult<HttpResponse> {
    require_sync_client(&request)?;
    let question: StatusQuestion = read_object(&body)?;
    if question.op_ids.len() > MAX_IDS {
        return Err(AppError::BadRequest(format!("op_ids: {MAX_IDS} at most")));
    }
    let scope = client.scope_with_company().ok_or(AppError::Forbidden)?;
    let mut known = db::list_verdicts(&mut state.db.read(&scope).await?, &question.op_ids).await?;
    for verdict in &mut known {
        verdict.replayed = true;
    }
    let unknown: Vec<Uuid> = question.op_ids.into_iter().filter(|id| known.iter().all(|v| v.op_id != *id)).collect();
    let unknown = unknown.into_iter().map(|op_id| Status::Unknown(UnknownOp { op_id, verdict: UnknownWord::Unknown }));
    let known = known.into_iter().map(|verdict| Status::Known(Box::new(as_told(verdict))));
    let results = known.chain(unknown).collect();
    Ok(sync_answer(&StatusAnswer { server_time: state.clock.now(), results }))
}

/// `POST /api/v1/grant`: proof for the browser that its queue is this person's, for what is entered until the session's sign-out. With an
/// office PC's token as well (`X-Device-Token`): proof for the queue that the PC keeps for the person, valid only when that PC sends it.
#[utoipa::path(
    post,
    path = "/api/v1/grant",
    tag = "sync",
    operation_id = "post_grant",
    params(
        ("X-Sync-Client" = String, Header, description = "Any value: a page of another site cannot send it"),
        ("X-Device-Token" = Option<String>, Header, description = "An office PC's token: the grant is then good in that PC's hands alone"),
    ),
    request_body = GrantQuestion,
    responses((status = 200, body = GrantAnswer, description = "The grant", headers(("X-Sync" = String, description = "`1`: an answer of Rainstaff")))),
)]
pub async fn post_grant(state: Data<AppState>, actor: Req<Actor>, request: HttpRequest, body: Bytes) -> AppResult<HttpResponse> {
    require_sync_client(&request)?;
    let GrantQuestion { queue_id } = read_object(&body)?;
    let rights = find_rights(&state.db, actor.user_id).await?.filter(|rights| rights.active).ok_or(AppError::SignIn)?;
    let device = match request.headers().get(X_DEVICE_TOKEN).map(|value| value.to_str().unwrap_or_default()) {
        Some(token) => Some(device_of_bearer(&request, token).await?).filter(|device| rights.may_write(&device.region)),
        None => None,
    };
    let (issued, device) = (state.clock.now(), device.map(|device| device.id));
    let session = device.is_none().then_some(actor.session_id);
    let expires = issued + LIFETIME;
    let grant =
        Grant { user: actor.user_id, regions: rights.regions, queue: queue_id, issued, expires, epoch: rights.epoch, session, device };
    Ok(sync_answer(&GrantAnswer { grant: GrantKey::of(&state.config.secret).sign(&grant), expires_at: expires }))
}

/// Proof of being online, and the client's identity.
#[derive(Serialize, ToSchema)]
pub struct Ping {
    /// The server's clock.
    server_time: DateTime<Utc>,
    /// Epoch of the feed's data; null for visitors.
    feed_epoch: Option<Uuid>,
    /// The versions of the operations' envelope that this server accepts.
    proto: Proto,
    /// Instructions for the pages' service worker.
    sw: ServiceWorker,
    /// The person; null for visitors and for devices, which stand for no person.
    user: Option<PingUser>,
    /// Missing numbers of the person's own queues; at most 20 queues and 100 numbers of each.
    missing: Vec<Missing>,
}

/// First and last version.
#[derive(Serialize, ToSchema)]
pub struct Proto {
    min: u16,
    max: u16,
}

/// The pages' service worker.
#[derive(Serialize, ToSchema)]
pub struct ServiceWorker {
    /// What it may do.
    mode: OfflineMode,
    /// Build of the pages' scripts and of their service worker.
    build: String,
}

/// The person who sends the request.
#[derive(Serialize, ToSchema)]
pub struct PingUser {
    /// Id of the account.
    id: Uuid,
    /// Its name.
    username: String,
    /// Its role; a key's is always `user`.
    role: Role,
    /// Its regions, or the key's.
    regions: Vec<Region>,
}

/// A number of a queue that has not arrived.
#[derive(Serialize, ToSchema)]
pub struct Missing {
    queue_id: Uuid,
    n: i64,
}

/// `GET /api/v1/ping`: the only definition of "online". Serves visitors too.
#[utoipa::path(get, path = "/api/v1/ping", tag = "sync", operation_id = "get_ping", responses((status = 200, body = Ping, description = "The server is there")))]
pub async fn get_ping(state: Data<AppState>, Anybody(client): Anybody) -> AppResult<HttpResponse> {
    let mode = state.offline.mode(&state.db, &state.clock).await?;
    let (mut feed_epoch, mut missing) = (None, Vec::new());
    if let Some((client, scope)) = client.as_ref().and_then(|client| Some((client, client.scope_with_company()?))) {
        let (mut tx, epoch) = feed::read_with_epoch(&state.db, &scope).await?;
        feed_epoch = Some(epoch);
        if let Client::Person(actor) = client {
            missing = queue_health::db::list_own_missing(&mut tx, actor.user_id).await?;
        }
    }
    let missing = missing.into_iter().flat_map(|(queue_id, numbers)| numbers.into_iter().map(move |n| Missing { queue_id, n })).collect();
    let user = client.and_then(|client| match client {
        Client::Person(a) => Some(PingUser { id: a.user_id, username: a.username, role: a.role, regions: a.regions }),
        Client::Device(_) => None,
    });
    Ok(sync_answer(&Ping {
        server_time: state.clock.now(),
        feed_epoch,
        proto: Proto { min: 1, max: 1 },
        sw: ServiceWorker { mode, build: assets::build().to_owned() },
        user,
        missing,
    }))
}

/// Query of the feed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ChangesQuery {
    /// The last place read; without it the feed starts from the beginning.
    cursor: Option<String>,
    /// Maximum number of changes; 500 by default.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 1000)]
    limit: Option<Limit>,
    /// Seconds to wait for the first change.
    #[param(minimum = 0, maximum = 25)]
    wait: Option<u64>,
}

/// `GET /api/v1/changes`: the changes after the cursor, in commit order and without gaps.
#[utoipa::path(
    get,
    path = "/api/v1/changes",
    tag = "sync",
    operation_id = "get_changes",
    params(ChangesQuery),
    responses(
        (status = 200, body = Changes, description = "Rows that changed"),
        (status = 410, body = Problem, content_type = "application/problem+json", description = "The cursor is of other data: start over with a snapshot"),
    ),
)]
pub async fn get_changes(state: Data<AppState>, client: Client, Checked(query): Checked<ChangesQuery>) -> AppResult<HttpResponse> {
    let scope = client.scope().ok_or(AppError::Forbidden)?;
    let wait = query.wait.unwrap_or(0);
    if wait > MAX_WAIT {
        return Err(AppError::BadParams(vec![ParamError::new("wait", format!("more than {MAX_WAIT} s"))]));
    }
    let (limit, wait) = (Limit::or(query.limit, 500), Duration::from_secs(wait));
    let asked = Asked { cursor: query.cursor.as_deref(), limit, wait };
    let page = feed::read_changes(&state.db, &state.bell, &scope, &asked).await?;
    if !wait.is_zero() {
        client.refuse_lapsed(&state).await?; // rights may have lapsed during the wait
    }
    Ok(sync_answer(&page))
}

/// Query of a snapshot.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SnapshotQuery {
    /// The place to continue from; without it the snapshot starts from the beginning.
    page: Option<String>,
}

/// `GET /api/v1/snapshot`: all rows of the regions, page by page, and the cursor to continue from.
#[utoipa::path(
    get,
    path = "/api/v1/snapshot",
    tag = "sync",
    operation_id = "get_snapshot",
    params(SnapshotQuery),
    responses(
        (status = 200, body = Snapshot, description = "A page of rows"),
        (status = 410, body = Problem, content_type = "application/problem+json", description = "The page is of other data: start over"),
    ),
)]
pub async fn get_snapshot(state: Data<AppState>, client: Client, Checked(query): Checked<SnapshotQuery>) -> AppResult<HttpResponse> {
    let scope = client.scope().ok_or(AppError::Forbidden)?;
    Ok(sync_answer(&feed::read_snapshot(&state.db, &scope, query.page.as_deref()).await?))
}

/// Query of a digest.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DigestQuery {
    /// Code of one of the client's regions; all of them by default.
    #[param(inline)]
    region: Option<Region>,
}

/// Digests by which a mirror proves that it is equal.
#[derive(Serialize, ToSchema)]
pub struct Digest {
    /// Epoch of the data.
    epoch: Uuid,
    /// By region.
    regions: BTreeMap<String, RegionDigest>,
}

/// The digest of one region.
#[derive(Serialize, ToSchema)]
pub struct RegionDigest {
    /// Number of its last change.
    seq: i64,
    /// By entity; an entity without rows is missing.
    tables: BTreeMap<String, TableDigest>,
}

/// The digest of one table.
#[derive(Serialize, ToSchema)]
pub struct TableDigest {
    /// Number of rows, tombstones included.
    count: i64,
    /// XOR of the first 64 bits of SHA-256 over `id:version` of each row, as hex digits.
    xor: String,
}

/// `GET /api/v1/digest`: per region and table the number of rows and a hash of ids and versions, to prove that a mirror is equal.
#[utoipa::path(
    get,
    path = "/api/v1/digest",
    tag = "sync",
    operation_id = "get_digest",
    params(DigestQuery),
    responses((status = 200, body = Digest, description = "What a mirror has to be equal to")),
)]
pub async fn get_digest(state: Data<AppState>, client: Client, Checked(query): Checked<DigestQuery>) -> AppResult<HttpResponse> {
    let scope = match &query.region {
        Some(region) => client.scope_in(region).ok_or(AppError::NotFound)?,
        None => client.scope().ok_or(AppError::Forbidden)?,
    };
    let (mut tx, epoch) = feed::read_with_epoch(&state.db, &scope).await?;
    let heads = list_heads(&mut tx).await?;
    let mut regions = BTreeMap::new();
    for region in scope.regions() {
        let digests = list_digests(&mut tx, region).await?;
        let tables = digests.into_iter().map(|(entity, count, xor)| (entity, TableDigest { count, xor })).collect();
        let seq = heads.iter().find(|(code, _)| code == region.code()).map_or(0, |(_, seq)| *seq);
        regions.insert(region.code().to_owned(), RegionDigest { seq, tables });
    }
    Ok(sync_answer(&Digest { epoch, regions }))
}
