//! The API of the write path and the feed (SYNC 3.3, 3.4). Answers carry `X-Sync: 1`: nothing else counts as ours.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Bytes, Data, Query},
};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{db, deliver::deliver, feed};
use crate::{
    auth::Actor,
    db::Scope,
    error::{AppError, AppResult},
    ops::{Op, Origin},
    state::AppState,
    web::assets,
};

/// Operations in one request at most.
const MAX_OPS: usize = 100;
/// Bytes of one operation at most.
const MAX_OP_BYTES: usize = 64 * 1024;

#[derive(Deserialize)]
struct Batch {
    #[serde(default)]
    nonce: Value,
    ops: Vec<Value>,
}

/// `POST /api/v1/ops`: a batch out of a queue.
pub async fn post_ops(state: Data<AppState>, actor: Actor, request: HttpRequest, body: Bytes) -> AppResult<HttpResponse> {
    require_sync_client(&request)?;
    let batch: Batch = serde_json::from_slice(&body).map_err(|e| AppError::BadRequest(format!("body: {e}")))?;
    if batch.ops.len() > MAX_OPS {
        return Ok(sync_answer(StatusCode::PAYLOAD_TOO_LARGE, &json!({ "error": "too_many_ops", "max": MAX_OPS })));
    }
    let mut ops: Vec<Op> = Vec::with_capacity(batch.ops.len());
    for (index, value) in batch.ops.into_iter().enumerate() {
        let op_id = value.get("op_id").cloned().unwrap_or(Value::Null);
        match read_op(value) {
            Ok(op) => ops.push(op),
            Err(problem) => {
                let detail = json!({ "error": "malformed_op", "nonce": batch.nonce, "index": index, "op_id": op_id, "detail": problem });
                return Ok(sync_answer(StatusCode::UNPROCESSABLE_ENTITY, &detail));
            }
        }
    }
    let first = ops.iter().filter(|op| op.n > 0).min_by_key(|op| op.n).map(|op| (op.queue_id, op.n));
    let results = deliver(&state, &actor, Origin::Offline, ops).await?;
    let missing = match (first, Scope::of(&actor)) {
        (Some((queue_id, n)), Some(scope)) => db::list_missing(&mut state.db.read(&scope).await?, queue_id, n).await?,
        _ => Vec::new(),
    };
    let answer = json!({ "nonce": batch.nonce, "server_time": state.clock.now(), "results": results, "missing": missing });
    Ok(sync_answer(StatusCode::OK, &answer))
}

fn read_op(mut value: Value) -> Result<Op, String> {
    replace_nul(&mut value);
    if value.to_string().len() > MAX_OP_BYTES {
        return Err(format!("larger than {MAX_OP_BYTES} bytes"));
    }
    serde_json::from_value(value).map_err(|e| e.to_string())
}

/// PostgreSQL's text cannot hold U+0000.
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

/// A page of another site cannot set this header without a preflight that we never answer.
fn require_sync_client(request: &HttpRequest) -> AppResult<()> {
    let json = request.headers().get("content-type").and_then(|v| v.to_str().ok()).is_some_and(|v| v.starts_with("application/json"));
    if json && request.headers().contains_key("x-sync-client") {
        Ok(())
    } else {
        Err(AppError::BadRequest("send application/json and the header X-Sync-Client".into()))
    }
}

fn sync_answer(status: StatusCode, body: &Value) -> HttpResponse {
    HttpResponse::build(status).insert_header(("X-Sync", "1")).insert_header(("Cache-Control", "no-store")).json(body)
}

#[derive(Deserialize)]
struct StatusQuestion {
    #[serde(alias = "ids")]
    op_ids: Vec<Uuid>,
}

/// `POST /api/v1/ops/status`: what was said about these operations; `unknown` for those that never arrived.
pub async fn post_ops_status(state: Data<AppState>, actor: Actor, request: HttpRequest, body: Bytes) -> AppResult<HttpResponse> {
    require_sync_client(&request)?;
    let question: StatusQuestion = serde_json::from_slice(&body).map_err(|e| AppError::BadRequest(format!("body: {e}")))?;
    if question.op_ids.len() > 1000 {
        return Err(AppError::BadRequest("op_ids: 1000 at most".into()));
    }
    let scope = Scope::with_company(&actor).ok_or(AppError::Forbidden)?;
    let mut known = db::list_verdicts(&mut state.db.read(&scope).await?, &question.op_ids).await?;
    for verdict in &mut known {
        verdict.replayed = true;
    }
    let unknown = question.op_ids.iter().filter(|id| known.iter().all(|v| v.op_id != **id));
    let results: Vec<Value> =
        known.iter().map(|v| json!(v)).chain(unknown.map(|id| json!({ "op_id": id, "verdict": "unknown" }))).collect();
    Ok(sync_answer(StatusCode::OK, &json!({ "server_time": state.clock.now(), "results": results })))
}

/// `GET /api/v1/ping`: the only definition of "online".
pub async fn get_ping(state: Data<AppState>, actor: Option<Actor>) -> AppResult<HttpResponse> {
    let epoch = match actor.as_ref().and_then(Scope::of) {
        Some(scope) => Some(db::find_epoch(&mut state.db.read(&scope).await?).await?),
        None => None,
    };
    let user = actor.map(|a| json!({ "id": a.user_id, "username": a.username, "role": a.role.as_str(), "regions": a.regions }));
    let answer = json!({
        "server_time": state.clock.now(),
        "feed_epoch": epoch,
        "proto": { "min": 1, "max": 1 },
        "sw": { "mode": "normal", "build": assets::asset("app.js") },
        "user": user,
        "missing": [],
    });
    Ok(sync_answer(StatusCode::OK, &answer))
}

/// Query of the feed.
#[derive(Deserialize)]
pub struct ChangesQuery {
    cursor: Option<String>,
    limit: Option<i64>,
    wait: Option<u64>,
}

/// `GET /api/v1/changes`: what changed after the cursor, in commit order and without holes.
pub async fn get_changes(state: Data<AppState>, actor: Actor, query: Query<ChangesQuery>) -> AppResult<HttpResponse> {
    let scope = Scope::of(&actor).ok_or(AppError::Forbidden)?;
    let wait = Duration::from_secs(query.wait.unwrap_or(0).min(25));
    let limit = query.limit.unwrap_or(500).clamp(1, 1000);
    let page = feed::read_changes(&state.db, &state.bell, &scope, query.cursor.as_deref(), limit, wait).await?;
    Ok(sync_answer(StatusCode::OK, &json!(page)))
}

/// Query of a snapshot.
#[derive(Deserialize)]
pub struct SnapshotQuery {
    page: Option<String>,
}

/// `GET /api/v1/snapshot`: all rows of the regions, page by page, and the cursor to go on from.
pub async fn get_snapshot(state: Data<AppState>, actor: Actor, query: Query<SnapshotQuery>) -> AppResult<HttpResponse> {
    let scope = Scope::of(&actor).ok_or(AppError::Forbidden)?;
    Ok(sync_answer(StatusCode::OK, &feed::read_snapshot(&state.db, &scope, query.page.as_deref()).await?))
}

/// Query of a digest.
#[derive(Deserialize)]
pub struct DigestQuery {
    region: Option<String>,
}

/// `GET /api/v1/digest`: per region and table the number of rows and a hash of ids and versions, to prove that a mirror is equal.
pub async fn get_digest(state: Data<AppState>, actor: Actor, query: Query<DigestQuery>) -> AppResult<HttpResponse> {
    let scope = match &query.region {
        Some(code) => {
            let region = crate::regions::Region::parse(code).map_err(|_| AppError::NotFound)?;
            Scope::one(&actor, &region).ok_or(AppError::NotFound)?
        }
        None => Scope::of(&actor).ok_or(AppError::Forbidden)?,
    };
    let mut tx = state.db.read_snapshot(&scope).await?;
    let heads = db::list_heads(&mut tx).await?;
    let mut regions = serde_json::Map::new();
    for region in scope.regions() {
        let tables: serde_json::Map<String, Value> = db::list_digests(&mut tx, region)
            .await?
            .into_iter()
            .map(|(entity, count, digest)| (entity, json!({ "count": count, "xor": digest })))
            .collect();
        let seq = heads.iter().find(|(code, _)| code == region.code()).map_or(0, |(_, seq)| *seq);
        regions.insert(region.code().into(), json!({ "seq": seq, "tables": tables }));
    }
    let epoch = db::find_epoch(&mut tx).await?;
    Ok(sync_answer(StatusCode::OK, &json!({ "epoch": epoch, "regions": regions })))
}
