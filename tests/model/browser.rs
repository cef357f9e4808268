//! A browser: a queue with dense numbers, a done-log, a mirror of the rows, and a page that shows the mirror with the queue laid over it.
//! Everything in it is on disk: a crash only forgets what was under way.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use rainstaff_core::{
    identity::Region,
    ops::{Fields, Kind, Op, Record, Row, Verdict, VerdictKind},
};
use uuid::Uuid;

use super::{
    rules::Broken,
    schema::{EMPLOYEE, employee_of},
    server::{Key, Server, key_of},
};

/// A row on the page.
#[derive(Clone, Default)]
pub struct Shown {
    /// Version of the mirror's row; none for one that only the queue knows.
    pub version: Option<i64>,
    /// In the bin.
    pub deleted: bool,
    /// Values.
    pub fields: Row,
    /// The operations whose effect can be seen. Nobody but the checks knows them.
    pub seen: BTreeSet<Uuid>,
}

/// What an act of the clerk becomes.
pub struct Draft {
    /// What is done.
    pub kind: Kind,
    /// To which row.
    pub key: Key,
    /// With which values.
    pub fields: Fields,
}

/// A delivered operation, kept for the case that the server forgets it.
pub struct Done {
    /// The operation.
    pub op: Op,
    /// The server's word.
    pub verdict: Verdict,
}

/// What the server sends back.
pub struct Answer {
    /// Whether it is the server's own (`X-Sync: 1`).
    pub is_ours: bool,
    /// The number of the request.
    pub nonce: u64,
    /// Identity of the server's data.
    pub epoch: u32,
    /// A word per operation.
    pub verdicts: Vec<Verdict>,
    /// Numbers of the queue that never arrived.
    pub missing: Vec<i64>,
}

/// A browser with one clerk.
pub struct Browser {
    /// The cookie, which outlives the storage.
    pub cookie: usize,
    /// Its queue.
    pub queue_id: Uuid,
    /// Waiting operations in their order.
    pub queue: Vec<Op>,
    /// Delivered operations.
    pub done: Vec<Done>,
    /// Rows as the feed told them.
    pub mirror: BTreeMap<Key, Record>,
    /// Numbers that the server misses and that are nowhere in this browser.
    pub reported_lost: Vec<i64>,
    /// Its clock is wrong by so much now.
    pub clock_error: Duration,
    /// What it knows of that: its clock minus the server's at the last contact.
    offset: Duration,
    actor: Uuid,
    next_n: i64,
    cursor: usize,
    epoch: Option<u32>,
    last_nonce: u64,
    broken: Broken,
}

impl Browser {
    /// A new browser.
    pub fn new(cookie: usize, queue_id: Uuid, broken: Broken) -> Self {
        Self {
            cookie,
            queue_id,
            queue: Vec::new(),
            done: Vec::new(),
            mirror: BTreeMap::new(),
            reported_lost: Vec::new(),
            clock_error: Duration::zero(),
            offset: Duration::zero(),
            // Everybody is the same clerk here: who may do what is the grants' matter (tests/it).
            actor: Uuid::new_v5(&Uuid::NAMESPACE_DNS, b"ankara1"),
            next_n: 1,
            cursor: 0,
            epoch: None,
            last_nonce: 0,
            broken,
        }
    }

    /// The page: the mirror, and what waits or is held laid over it.
    pub fn page(&self) -> BTreeMap<Key, Shown> {
        let shown = |row: &Record| Shown {
            version: Some(row.version).filter(|v| *v > 0),
            deleted: row.deleted,
            fields: row.fields.clone(),
            seen: row.meta.values().map(|stamp| stamp.op).collect(),
        };
        let mut page: BTreeMap<Key, Shown> = self.mirror.iter().map(|(key, row)| (key.clone(), shown(row))).collect();
        let held = self.done.iter().filter(|done| done.verdict.verdict == VerdictKind::Held).map(|done| &done.op);
        let mut pending: Vec<&Op> = held.chain(&self.queue).collect();
        pending.sort_by_key(|op| op.n);
        for op in pending {
            if op.kind == Kind::Create || page.contains_key(&key_of(op)) {
                lay_over(page.entry(key_of(op)).or_default(), op);
            }
        }
        page
    }

    /// Makes the operation of an act. It is not stored yet.
    pub fn operation(&mut self, op_id: Uuid, draft: Draft, page: &BTreeMap<Key, Shown>, now: DateTime<Utc>) -> Op {
        let n = self.next_n;
        self.next_n += if self.broken == Broken::NumbersWithHoles && n % 5 == 0 { 2 } else { 1 };
        let after = if self.broken == Broken::NoAfter { Vec::new() } else { self.needed_by(&draft) };
        Op {
            v: 1,
            op_id,
            queue_id: self.queue_id,
            n,
            actor: self.actor,
            grant: None,
            app: None,
            kind: draft.kind,
            base_version: page.get(&draft.key).and_then(|row| row.version).filter(|_| draft.kind != Kind::Create),
            entity: draft.key.0,
            id: draft.key.1,
            region: Region::parse("ankara").unwrap(),
            fields: draft.fields,
            name: None,
            args: None,
            after,
            edited_at: now + self.clock_error,
            offset_ms: self.offset.num_milliseconds(),
        }
    }

    /// Gives back the number of an operation that was never stored.
    pub fn take_back(&mut self, n: i64) {
        self.next_n = n;
    }

    /// Stores an operation; it is safe when this returns.
    pub fn store(&mut self, op: Op) {
        if self.broken == Broken::PatchedMirror {
            let row = self.mirror.entry(key_of(&op)).or_default();
            let mut shown = Shown { deleted: row.deleted, fields: std::mem::take(&mut row.fields), ..Shown::default() };
            lay_over(&mut shown, &op);
            (row.deleted, row.fields) = (shown.deleted, shown.fields);
        }
        self.queue.push(op);
    }

    /// The last operation of this queue on the row, and the last on the person it is for, unless they have taken effect.
    fn needed_by(&self, draft: &Draft) -> Vec<Uuid> {
        let person = draft.fields.get("employee_id").and_then(|c| employee_of(&Row::from([("employee_id".into(), c.to.clone())])));
        let own = self.last_on(&draft.key).filter(|(_, refused)| draft.kind != Kind::Create || !refused);
        let person = person.and_then(|id| self.last_on(&(EMPLOYEE.to_owned(), id)));
        own.into_iter().chain(person).map(|(op_id, _)| op_id).collect()
    }

    fn last_on(&self, key: &Key) -> Option<(Uuid, bool)> {
        let waiting = self.queue.iter().map(|op| (op, None));
        let done = self.done.iter().map(|done| (&done.op, Some(done.verdict.verdict)));
        let (last, word) = waiting.chain(done).filter(|(op, _)| key_of(op) == *key).max_by_key(|(op, _)| op.n)?;
        let is_in_effect = word.is_some_and(VerdictKind::took_effect);
        (!is_in_effect).then_some((last.op_id, word == Some(VerdictKind::Rejected)))
    }

    /// The operations of the next request, at most so many, and its number.
    pub fn next_batch(&mut self, size: usize, new_id: &mut impl FnMut() -> Uuid) -> (u64, Vec<Op>) {
        self.last_nonce += 1;
        if self.broken == Broken::IdPerAttempt {
            for op in self.queue.iter_mut().take(size) {
                op.op_id = new_id();
            }
        }
        let batch = self.queue.iter().take(size).cloned().collect();
        if self.broken == Broken::DequeueBeforeAck {
            self.queue.drain(..size.min(self.queue.len()));
        }
        (self.last_nonce, batch)
    }

    /// How much waits, as the server is told.
    pub fn says_waiting(&self) -> usize {
        if self.broken == Broken::NoHeartbeat { 0 } else { self.queue.len() }
    }

    /// Takes in what is said to be the answer to the request that carried `sent`.
    pub fn take_answer(&mut self, answer: &Answer, sent: &[Op], server: &Server) {
        if !answer.is_ours || answer.nonce != self.last_nonce {
            if self.broken == Broken::AnyAnswerIsAck {
                self.queue.retain(|op| sent.iter().all(|s| s.op_id != op.op_id));
            }
            return;
        }
        self.notice_epoch(answer.epoch);
        for verdict in &answer.verdicts {
            self.settle(verdict, server);
        }
        self.send_again(&answer.missing);
    }

    /// The answer to a ping.
    pub fn take_ping(&mut self, epoch: u32) {
        self.offset = self.clock_error;
        self.notice_epoch(epoch);
    }

    /// The agent has stored these. They stay until the server's word is here.
    pub fn take_agents_word(&mut self, ids: &[Uuid]) {
        if self.broken == Broken::AgentAckIsFinal {
            self.queue.retain(|op| !ids.contains(&op.op_id));
        }
    }

    fn settle(&mut self, verdict: &Verdict, server: &Server) {
        let stays =
            verdict.verdict == VerdictKind::Retry || (verdict.verdict == VerdictKind::Rejected && self.broken == Broken::RefusedStays);
        let Some(at) = self.queue.iter().position(|op| op.op_id == verdict.op_id).filter(|_| !stays) else { return };
        let op = self.queue.remove(at);
        if let (Some(version), Some(row)) = (verdict.version, server.state.rows.get(&key_of(&op)))
            && row.version == version
        {
            self.mirror_row(&key_of(&op), row);
        }
        if self.broken != Broken::NoDoneLog {
            self.done.push(Done { op, verdict: verdict.clone() });
        }
    }

    fn mirror_row(&mut self, key: &Key, row: &Record) {
        if self.mirror.get(key).is_none_or(|known| known.version < row.version) {
            self.mirror.insert(key.clone(), row.clone());
        }
    }

    /// Another epoch: the server was restored. The mirror starts anew, and everything delivered is sent again, in its order.
    fn notice_epoch(&mut self, epoch: u32) {
        if self.broken == Broken::EpochIgnored && self.epoch.is_some() {
            return;
        }
        if self.epoch.replace(epoch).is_some_and(|known| known != epoch) {
            self.mirror.clear();
            self.cursor = 0;
            let delivered = std::mem::take(&mut self.done);
            self.queue.extend(delivered.into_iter().map(|done| done.op));
            self.queue.sort_by_key(|op| op.n);
        }
    }

    fn send_again(&mut self, missing: &[i64]) {
        for n in missing {
            if let Some(at) = self.done.iter().position(|done| done.op.n == *n) {
                self.queue.push(self.done.remove(at).op);
            } else if self.queue.iter().all(|op| op.n != *n) && !self.reported_lost.contains(n) {
                self.reported_lost.push(*n);
            }
        }
        self.queue.sort_by_key(|op| op.n);
    }

    /// Reads a page of the feed, and asks what became of the operations that are held.
    pub fn pull(&mut self, server: &Server, limit: usize) {
        if self.epoch != Some(server.epoch) && self.broken != Broken::EpochIgnored {
            return; // 410: first a ping
        }
        let log = &server.state.log;
        let from = self.cursor.min(log.len());
        let to = (from + limit).min(log.len());
        for key in &log[from..to] {
            self.mirror_row(key, &server.state.rows[key]);
        }
        self.cursor = if self.broken == Broken::CursorToTheEnd { log.len() } else { to };
        for done in self.done.iter_mut().filter(|done| done.verdict.verdict == VerdictKind::Held) {
            if let Some(entry) = server.state.inbox.get(&done.op.op_id) {
                done.verdict = entry.latest().clone();
            }
        }
    }
}

fn lay_over(shown: &mut Shown, op: &Op) {
    match op.kind {
        Kind::Delete => shown.deleted = true,
        Kind::Restore => shown.deleted = false,
        _ => shown.fields.extend(op.fields.iter().map(|(name, change)| (name.clone(), change.to.clone()))),
    }
    shown.seen.insert(op.op_id);
}
