//! Sends what waits: in the order in which it was stored, one request at a time. An operation is done only when a verdict of the server
//! names it (SYNC 3.5). Responses are judged as in the browser's `drain.ts`.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use rand::Rng as _;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    run::Agent,
    store::{
        StoreError,
        ops::{self, Waiting},
    },
    upstream::UpstreamError,
};
use crate::ops::{Op, Reason, Verdict, VerdictKind, fingerprint};

const FIRST_SIZE: usize = 20;
const MOST_OPS: usize = 100;
const MOST_BYTES: usize = 256 * 1024;
const BACKOFF: Duration = Duration::from_secs(1);
const LONGEST_BACKOFF: Duration = Duration::from_mins(1);
/// Pause after a response that will not change by itself.
const LONG_PAUSE: Duration = Duration::from_mins(5);
/// Pause for a queue that this PC may not carry.
const CARRIER_PAUSE: Duration = Duration::from_mins(10);
/// Faults of the server on one batch before it is cut in two.
const MOST_FAULTS: u32 = 3;
/// Refusals to store one operation before it is deposited as it is.
const MOST_REFUSALS: i64 = 5;
/// Operations that the server holds are asked about after each delivery, and at most once per interval.
const HELD_PAUSE: Duration = Duration::from_mins(10);
const IDLE: Duration = Duration::from_secs(30);

/// Sends for as long as the program runs.
pub async fn keep_sending(agent: Arc<Agent>) {
    let mut sender = Sender::new(agent.clone());
    let mut up = agent.upstream.watch();
    loop {
        let pause = sender.run().await;
        agent.note_sent();
        tokio::select! {
            () = agent.wake.notified() => {}
            changed = up.changed() => {
                if changed.is_err() {
                    return;
                }
                if *up.borrow_and_update() {
                    sender.attempt = 0;
                }
            }
            () = tokio::time::sleep(pause) => {}
        }
        // A new operation does not shorten a pause that the server has asked for.
        if let Some(left) = sender.not_before.map(|at| at.saturating_duration_since(Instant::now())) {
            tokio::time::sleep(left).await;
        }
    }
}

/// What the sender remembers between runs.
struct Sender {
    agent: Arc<Agent>,
    size: usize,
    attempt: u32,
    faults: Option<(Uuid, u32)>,
    blocked: HashMap<Uuid, Instant>,
    not_before: Option<Instant>,
    asked_about_held: Option<Instant>,
}

/// How a step ended.
enum Step {
    Again,
    /// Nothing is left to send.
    Empty,
    Pause(Duration),
    /// The server asks for a pause, which new operations do not shorten.
    Silence(Duration),
}

impl Sender {
    fn new(agent: Arc<Agent>) -> Self {
        Self { agent, size: FIRST_SIZE, attempt: 0, faults: None, blocked: HashMap::new(), not_before: None, asked_about_held: None }
    }

    /// Sends until nothing is left or something prevents it; returns the pause before the next attempt.
    async fn run(&mut self) -> Duration {
        self.not_before = None;
        loop {
            match self.step().await {
                Ok(Step::Again) => {}
                Ok(Step::Empty) => return IDLE,
                Ok(Step::Pause(pause)) => return pause,
                Ok(Step::Silence(pause)) => {
                    self.not_before = Instant::now().checked_add(pause);
                    return pause;
                }
                Err(error) => {
                    tracing::error!(%error, "what waits could not be read or marked");
                    return self.backoff();
                }
            }
        }
    }

    async fn step(&mut self) -> Result<Step, StoreError> {
        if self.agent.upstream.device().is_revoked() {
            return Ok(Step::Pause(LONG_PAUSE));
        }
        self.blocked.retain(|_, until| *until > Instant::now());
        let without: Vec<Uuid> = self.blocked.keys().copied().collect();
        let batch = ops::list_next(&*self.agent.store.read()?, self.size, MOST_BYTES, &without)?;
        if batch.is_empty() {
            return self.ask_for_verdicts().await;
        }
        let nonce = crate::ids::new_id().to_string();
        let sent: Vec<&Op> = batch.iter().map(|waiting| &waiting.op).collect();
        let answer = self.agent.upstream.post("/api/v1/ops", &json!({ "nonce": nonce, "ops": sent })).await;
        match answer.and_then(|body| read_verdicts(&body, &nonce, &batch)) {
            Ok(verdicts) => self.delivered(batch, verdicts).await,
            Err(error) => self.failed(batch, &error).await,
        }
    }

    async fn delivered(&mut self, batch: Vec<Waiting>, verdicts: Vec<Verdict>) -> Result<Step, StoreError> {
        let now = self.agent.clock.now();
        self.faults = None;
        let (of_batch, of_verdicts) = (batch.clone(), verdicts.clone());
        let left = self.agent.store.write(move |db| ops::settle_all(db, &of_batch, &of_verdicts, now)).await?;
        if left > 0 {
            self.attempt = 0;
            self.asked_about_held = None;
            self.size = (self.size * 2).min(MOST_OPS);
            return Ok(Step::Again);
        }
        let refused =
            batch.iter().zip(&verdicts).find(|(op, verdict)| is(verdict, Reason::InternalError) && op.refusals + 1 >= MOST_REFUSALS);
        if let Some((op, _)) = refused {
            return self.deposit(op.clone()).await;
        }
        let carriers = batch.iter().zip(&verdicts).filter(|(_, verdict)| is(verdict, Reason::Carrier)).map(|(op, _)| op.op.queue_id);
        let before = self.blocked.len();
        self.blocked.extend(carriers.map(|queue| (queue, Instant::now() + CARRIER_PAUSE)));
        if self.blocked.len() > before {
            return Ok(Step::Again);
        }
        Ok(Step::Pause(self.backoff())) // the server has responded, but every verdict is `retry`
    }

    async fn failed(&mut self, batch: Vec<Waiting>, error: &UpstreamError) -> Result<Step, StoreError> {
        tracing::warn!(%error, ops = batch.len(), "not delivered");
        let UpstreamError::Refused { status, problem, retry_after, .. } = error else {
            if *error == UpstreamError::TooLate {
                return self.fault(batch, "timeout").await;
            }
            return Ok(Step::Pause(self.backoff()));
        };
        match status {
            400 | 413 | 422 => match problem["index"].as_u64().and_then(|index| batch.get(usize::try_from(index).ok()?)) {
                Some(malformed) => self.deposit(malformed.clone()).await,
                None if batch.len() > 1 => Ok(self.halve(&batch)),
                None => self.deposit(batch[0].clone()).await,
            },
            429 | 503 => {
                let seconds = retry_after.unwrap_or(5).min(3600);
                Ok(Step::Silence(Duration::from_secs(seconds).mul_f64(1.0 + rand::rng().random::<f64>() * 0.2)))
            }
            500 => self.fault(batch, "fault").await,
            _ => Ok(Step::Pause(LONG_PAUSE)),
        }
    }

    /// The server failed, or did not respond in time: after three times the batch is cut in two; a single operation is deposited.
    async fn fault(&mut self, batch: Vec<Waiting>, why: &'static str) -> Result<Step, StoreError> {
        let head = batch[0].op.op_id;
        let count = self.faults.filter(|(op, _)| *op == head).map_or(0, |(_, count)| count) + 1;
        self.faults = Some((head, count));
        let marked = batch.clone();
        self.agent.store.write(move |db| ops::keep_because(db, &marked, why)).await?;
        if count >= MOST_FAULTS {
            self.faults = None;
            if batch.len() > 1 {
                self.halve(&batch);
            } else if self.agent.upstream.look().await {
                return self.deposit(batch[0].clone()).await;
            }
        }
        Ok(Step::Pause(self.backoff()))
    }

    fn halve(&mut self, batch: &[Waiting]) -> Step {
        self.size = (batch.len() / 2).max(1);
        Step::Again
    }

    /// An operation that the server cannot read or store: the server's quarantine and the log here keep it as it is, and it stops nothing
    /// behind it.
    async fn deposit(&mut self, waiting: Waiting) -> Result<Step, StoreError> {
        let body = serde_json::to_vec(&waiting.op)?;
        match self.agent.upstream.post_raw("/api/v1/ops/quarantine", body).await {
            Ok(_) => {
                let now = self.agent.clock.now();
                let verdict = Verdict::bare(waiting.op.op_id, VerdictKind::Held).because(Reason::InternalError);
                let print = fingerprint(&waiting.op);
                self.agent.store.write(move |db| ops::settle(db, &waiting.op.op_id.to_string(), &print, &verdict, now)).await?;
                Ok(Step::Again)
            }
            Err(error) => {
                tracing::warn!(%error, op_id = %waiting.op.op_id, "not deposited");
                Ok(Step::Pause(self.backoff()))
            }
        }
    }

    /// Fetches the verdicts on forms that the server acknowledged when they passed through.
    async fn ask_for_verdicts(&mut self) -> Result<Step, StoreError> {
        let asked = ops::list_asked(&*self.agent.store.read()?, MOST_OPS)?;
        if asked.is_empty() {
            return self.ask_about_held().await;
        }
        let Some(results) = self.ask(&asked).await else { return Ok(Step::Pause(self.backoff())) };
        let now = self.agent.clock.now();
        let settled = self.agent.store.write(move |db| {
            let mut settled = 0;
            for waiting in &asked {
                let id = waiting.op.op_id.to_string();
                let result = results.iter().find(|result| result["op_id"] == id.as_str());
                match result.map(|result| serde_json::from_value::<Verdict>(result.clone())) {
                    Some(Ok(verdict)) => settled += usize::from(ops::settle(db, &id, &fingerprint(&waiting.op), &verdict, now)?),
                    Some(Err(_)) => {
                        ops::forget_asked(db, waiting.seq)?; // `unknown`: the server made other operations from the form
                        settled += 1;
                    }
                    None => {}
                }
            }
            Ok(settled)
        });
        Ok(if settled.await? > 0 { Step::Again } else { Step::Pause(self.backoff()) })
    }

    /// Asks about operations that the server held: they may be decided by now, by a person or because a later operation has arrived.
    async fn ask_about_held(&mut self) -> Result<Step, StoreError> {
        if self.asked_about_held.is_some_and(|at| at.elapsed() < HELD_PAUSE) {
            return Ok(Step::Empty);
        }
        let held = ops::list_held(&*self.agent.store.read()?, MOST_OPS)?;
        if held.is_empty() {
            return Ok(Step::Empty);
        }
        let Some(results) = self.ask(&held).await else { return Ok(Step::Pause(self.backoff())) };
        self.asked_about_held = Some(Instant::now());
        let revised = self.agent.store.write(move |db| {
            let verdicts = results.into_iter().filter_map(|result| serde_json::from_value::<Verdict>(result).ok());
            for verdict in verdicts {
                if let Some(waiting) = held.iter().find(|waiting| waiting.op.op_id == verdict.op_id) {
                    ops::revise(db, waiting.seq, &verdict)?;
                }
            }
            Ok(())
        });
        revised.await?;
        Ok(Step::Empty)
    }

    /// The server's verdicts on operations that it has; `None` if it does not respond.
    async fn ask(&self, about: &[Waiting]) -> Option<Vec<Value>> {
        let ids: Vec<Uuid> = about.iter().map(|waiting| waiting.op.op_id).collect();
        match self.agent.upstream.post("/api/v1/ops/status", &json!({ "op_ids": ids })).await {
            Ok(answer) => Some(answer["results"].as_array().cloned().unwrap_or_default()),
            Err(error) => {
                tracing::debug!(%error, "verdicts were not asked for");
                None
            }
        }
    }

    /// Backoff with full jitter; its limit doubles each time.
    fn backoff(&mut self) -> Duration {
        let most = LONGEST_BACKOFF.min(BACKOFF * 2_u32.saturating_pow(self.attempt.min(10)));
        self.attempt += 1;
        most.mul_f64(rand::rng().random::<f64>())
    }
}

fn is(verdict: &Verdict, reason: Reason) -> bool {
    verdict.verdict == VerdictKind::Retry && verdict.reason == Some(reason)
}

/// The verdicts of a response, one per operation in their order. Any other response has delivered nothing.
fn read_verdicts(body: &Value, nonce: &str, batch: &[Waiting]) -> Result<Vec<Verdict>, UpstreamError> {
    let verdicts: Option<Vec<Verdict>> = serde_json::from_value(body["results"].clone()).ok();
    let is_about = |verdicts: &Vec<Verdict>| {
        verdicts.len() == batch.len() && verdicts.iter().zip(batch).all(|(verdict, waiting)| verdict.op_id == waiting.op.op_id)
    };
    verdicts.filter(|verdicts| body["nonce"] == nonce && is_about(verdicts)).ok_or(UpstreamError::NotOurs(200))
}
