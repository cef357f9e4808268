//! `POST /api/v1/ops` from browsers that keep a queue: the server's verdicts if it responds, otherwise "stored on this PC" (202). A browser
//! keeps its copy until it has the server's verdict, and may ask again at any time.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Bytes};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    device::Device,
    own::{own, problem, sign_in_first, unreachable},
    run::{Agent, Trouble},
    serve::{Gateway, PATIENCE_WRITE},
    store::{
        Reader, StoreError, Visit,
        ops::{self, NewOp, Source, Stored},
    },
    upstream::UpstreamError,
};
use crate::{
    copy::plan::{Draft, draft_of},
    ops::{Grant, Op, Verdict, VerdictKind},
    wire::{X_SYNC, X_SYNC_CLIENT},
};

/// The same limits as at the server.
const MOST_OPS: usize = 100;
const MOST_OP_BYTES: usize = 64 * 1024;

#[derive(Deserialize)]
struct Batch {
    #[serde(default)]
    nonce: Value,
    ops: Vec<Value>,
}

impl Gateway {
    /// Responds to a batch.
    pub(super) async fn take_ops(&self, request: &HttpRequest, body: Bytes) -> Result<HttpResponse, StoreError> {
        let is_json = request.headers().get("content-type").is_some_and(|v| v.as_bytes().starts_with(b"application/json"));
        if !is_json || !request.headers().contains_key(X_SYNC_CLIENT) {
            return Ok(problem(StatusCode::BAD_REQUEST, "bad_request", "send application/json and the header X-Sync-Client"));
        }
        let batch: Option<Batch> = serde_json::from_slice(&body).ok();
        let ops: Option<Vec<Op>> = batch.as_ref().and_then(|batch| batch.ops.iter().map(read_op).collect());
        let nonce = batch.map_or(Value::Null, |batch| batch.nonce);
        let ops = ops.filter(|ops| ops.len() <= MOST_OPS);
        let visit = self.trusted_visit(request)?;
        let is_for_here = visit.is_some() && self.may_carry_all(ops.as_deref().unwrap_or_default())?;
        if self.agent.upstream.is_up() && !(is_for_here && self.must_wait(ops.as_deref().unwrap_or_default())?) {
            match self.send_whole(request, &body, PATIENCE_WRITE).await {
                Ok(whole) if !(is_for_here && matches!(whole.status.as_u16(), 401 | 502..=504)) => {
                    if let (StatusCode::OK, Some(ops)) = (whole.status, ops) {
                        self.remember(ops, whole.text());
                    }
                    return Ok(whole.pass_back());
                }
                Ok(whole) => tracing::info!(status = %whole.status, "a batch is kept here"),
                Err(error) => tracing::info!(%error, "a batch is not sent on"),
            }
        }
        match (ops, visit) {
            (_, None) => Ok(sign_in_first()),
            (Some(ops), Some(visit)) if is_for_here && !ops.is_empty() => self.keep_all(&visit, nonce, ops).await,
            // A heartbeat, whose news the next one repeats; or operations that this PC may not bring: they stay in the browser.
            (Some(_), Some(_)) => Ok(unreachable(&UpstreamError::TooLate)),
            (None, Some(_)) => Ok(problem(StatusCode::UNPROCESSABLE_ENTITY, "malformed_op", "not a batch of operations")),
        }
    }

    /// Whether operations of these authors wait here: then these are stored behind them, and this PC sends all in their order.
    fn must_wait(&self, ops: &[Op]) -> Result<bool, StoreError> {
        let reader = self.agent.store.read()?;
        let authors: BTreeSet<Uuid> = ops.iter().map(|op| op.actor).collect();
        authors.into_iter().try_fold(false, |any, author| Ok(any || ops::has_waiting_of(&reader, author)?))
    }

    /// Whether this PC may store and bring these: they are of its region, of people whom the server has named here, from their browsers'
    /// queues, each with a grant about it. Only the server can check that a grant is genuine; an operation whose grant does not even match
    /// is never sent from here.
    fn may_carry_all(&self, ops: &[Op]) -> Result<bool, StoreError> {
        let (device, reader, now) = (self.agent.upstream.device().get(), self.agent.store.read()?, self.agent.clock.now());
        let has_proof =
            |op: &Op| op.grant.as_deref().and_then(Grant::claimed_by).is_some_and(|grant| grant.is_about(op) && now < grant.expires);
        for op in ops {
            let is_theirs = reader.find_queue(op.actor)?.is_some() && !reader.is_own_queue(op.queue_id)?;
            if device.is_revoked || op.region != device.region || !is_theirs || !has_proof(op) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn keep_all(&self, visit: &Visit, nonce: Value, ops: Vec<Op>) -> Result<HttpResponse, StoreError> {
        let now = self.agent.clock.now();
        let ids: Vec<Uuid> = ops.iter().map(|op| op.op_id).collect();
        let ops = {
            let reader = self.agent.store.read()?;
            ops.into_iter().map(|op| queued(&reader, op)).collect::<Result<Vec<_>, _>>()?
        };
        let person = visit.person.id;
        let keep_all =
            move |db: &rusqlite::Connection| ops.iter().map(|new| ops::keep_of(db, person, new, now)).collect::<Result<Vec<_>, _>>();
        let stored = self.agent.store.write(keep_all).await?;
        self.agent.note(Trouble::DiskFull, false);
        self.agent.wake.notify_one();
        let known: Vec<Verdict> = stored.iter().filter_map(known_verdict).collect();
        if known.is_empty() {
            let body = json!({ "nonce": nonce, "stored": ids });
            return Ok(own(StatusCode::ACCEPTED).insert_header((X_SYNC, "1")).json(body));
        }
        let body = json!({ "nonce": nonce, "server_time": null, "results": known, "missing": [] });
        Ok(own(StatusCode::OK).insert_header((X_SYNC, "1")).json(body))
    }

    /// Stores operations that passed through, with the server's verdicts, so that a server that is restored from a copy gets them again.
    /// The browser does not wait for this.
    fn remember(&self, sent: Vec<Op>, answer: Option<String>) {
        let agent = self.agent.clone();
        actix_web::rt::spawn(async move {
            let read = |text: String| serde_json::from_value(serde_json::from_str::<Value>(&text).ok()?["results"].clone()).ok();
            let Some(verdicts) = answer.and_then(read) else {
                return tracing::warn!("an answer to a batch could not be read: the batch is not in this PC's log");
            };
            if let Err(error) = write_down(&agent, sent, verdicts).await {
                tracing::warn!(%error, "what passed through was not written down");
            }
        });
    }

    /// `POST /api/v1/ops/status` while the server is out of reach: the verdicts that are known here.
    pub(super) fn answer_status(&self, body: &Bytes) -> Result<Option<HttpResponse>, StoreError> {
        #[derive(Deserialize)]
        struct Question {
            #[serde(alias = "ids")]
            op_ids: Vec<Uuid>,
        }
        let Ok(Question { op_ids }) = serde_json::from_slice(body) else { return Ok(None) };
        let known = ops::list_verdicts(&*self.agent.store.read()?, &op_ids)?;
        let results: Vec<Verdict> = known.into_iter().filter_map(|(_, verdict)| verdict).map(replayed).collect();
        let body = json!({ "server_time": null, "results": results });
        Ok((!results.is_empty()).then(|| own(StatusCode::OK).insert_header((X_SYNC, "1")).json(body)))
    }
}

/// Stores operations that have a verdict of the server; not those of other regions or without their author's grant, which this PC could not
/// send again.
async fn write_down(agent: &Agent, sent: Vec<Op>, verdicts: Vec<Verdict>) -> Result<(), StoreError> {
    let Device { region, is_revoked, .. } = agent.upstream.device().get();
    if is_revoked {
        return Ok(());
    }
    let mut answered = Vec::new();
    for op in sent.into_iter().filter(|op| op.region == region && op.grant.is_some()) {
        let word = verdicts.iter().find(|verdict| verdict.op_id == op.op_id && verdict.verdict != VerdictKind::Retry).cloned();
        if word.is_some() {
            answered.push(NewOp { verdict: word, ..queued(&agent.store.read()?, op)? });
        }
    }
    if answered.is_empty() {
        return Ok(());
    }
    let now = agent.clock.now();
    agent.store.write(move |db| answered.iter().try_for_each(|new| ops::keep(db, new, now).map(|_| ()))).await
}

/// An operation that waits, from a browser's queue. It carries no names: this PC looks them up for its list.
fn queued(reader: &Reader, op: Op) -> Result<NewOp, StoreError> {
    let Draft { op, label, href } = draft_of(reader, op)?;
    Ok(NewOp { op, source: Source::Queue, label, href, verdict: None })
}

fn known_verdict(stored: &Stored) -> Option<Verdict> {
    match stored {
        Stored::Known(verdict) => Some(replayed((**verdict).clone())),
        Stored::Waits => None,
    }
}

fn replayed(verdict: Verdict) -> Verdict {
    Verdict { replayed: true, ..verdict }
}

fn read_op(value: &Value) -> Option<Op> {
    (value.to_string().len() <= MOST_OP_BYTES).then(|| Op::sent(value.clone()).ok())?
}
