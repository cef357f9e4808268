//! The server's rules on values in memory, as `src/sync` follows them on PostgreSQL (`tests/it/model_vs_server.rs` holds the two side by
//! side): inbox, verdicts, dependents, aliases, conflicts, feed. The merge is the real one.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use rainstaff_core::{
    complaint::FieldError,
    ops::{ConflictDraft, ConflictKind, Fields, Kind, Op, Reason, Record, Verdict, VerdictKind, clean_op, fingerprint, merge, same_value},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    rules::Broken,
    schema::{EMPLOYEE, TIMESHEET, employee_of, span, stored_form},
};

/// Entity and id of a row.
pub type Key = (String, Uuid);

/// The row an operation is about.
pub fn key_of(op: &Op) -> Key {
    (op.entity.clone(), op.id)
}

/// An operation in the inbox, with every word that was said on it.
#[derive(Clone)]
pub struct Entry {
    /// The operation.
    pub op: Op,
    print: [u8; 32],
    verdicts: Vec<Verdict>,
}

impl Entry {
    /// All words, the first one first.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// The word that counts.
    pub fn latest(&self) -> &Verdict {
        self.verdicts.last().expect("no operation without a verdict")
    }
}

/// A conflict on record.
#[derive(Clone)]
pub struct Kept {
    /// The row.
    pub key: Key,
    /// What the merge said.
    pub draft: ConflictDraft,
}

/// Everything the server stores: what a backup holds and a transaction undoes.
#[derive(Clone, Default)]
pub struct State {
    /// Operations by id.
    pub inbox: BTreeMap<Uuid, Entry>,
    /// Rows.
    pub rows: BTreeMap<Key, Record>,
    /// Conflicts.
    pub conflicts: Vec<Kept>,
    /// Ids that stand for another person.
    pub aliases: BTreeMap<Uuid, Uuid>,
    /// The feed: number n is at place n - 1.
    pub log: Vec<Key>,
    /// One line per operation that took effect.
    pub effects: Vec<Uuid>,
}

/// A transaction as it was committed, or a form's that was not.
pub struct Transaction {
    /// When it arrived.
    pub at: DateTime<Utc>,
    /// A form with its author waiting.
    pub is_form: bool,
    /// What it carried.
    pub ops: Vec<Op>,
    /// What was said on each.
    pub verdicts: Vec<Verdict>,
}

/// The server.
pub struct Server {
    /// What it stores.
    pub state: State,
    /// What came in, for whoever wants to repeat it elsewhere.
    pub journal: Vec<Transaction>,
    /// Identity of the data.
    pub epoch: u32,
    broken: Broken,
}

/// Operations per transaction; small, so that a crash finds batches half done.
const CHUNK: usize = 4;

impl Server {
    /// An empty one.
    pub fn new(broken: Broken) -> Self {
        Self { state: State::default(), journal: Vec::new(), epoch: 1, broken }
    }

    /// Last night's data are back.
    pub fn restore(&mut self, backup: &State) {
        self.state = backup.clone();
        self.epoch += 1;
    }

    /// Takes a batch in chunks. With `crash_at` the process dies before that operation is committed: no answer, and the chunk is undone.
    pub fn batch(&mut self, ops: &[Op], now: DateTime<Utc>, crash_at: Option<usize>) -> Option<Vec<Verdict>> {
        let mut verdicts = Vec::with_capacity(ops.len());
        for (index, chunk) in ops.chunks(CHUNK).enumerate() {
            let dies_at = crash_at.and_then(|at| at.checked_sub(index * CHUNK)).filter(|at| *at < chunk.len());
            let Some(dies_at) = dies_at else {
                verdicts.extend(self.apply(chunk, now));
                continue;
            };
            let before = self.state.clone();
            self.transact(&chunk[..=dies_at], now);
            if self.broken == Broken::VerdictInAnotherTransaction {
                self.state.inbox = before.inbox;
            } else {
                self.state = before;
            }
            return None;
        }
        Some(verdicts)
    }

    /// One form with its author waiting: what is refused is not stored.
    pub fn submit(&mut self, op: &Op, now: DateTime<Utc>) -> Verdict {
        let before = self.state.clone();
        let verdict = self.transact(std::slice::from_ref(op), now).remove(0);
        if !verdict.verdict.took_effect() {
            self.state = before;
        }
        self.journal.push(Transaction { at: now, is_form: true, ops: vec![op.clone()], verdicts: vec![verdict.clone()] });
        verdict
    }

    fn apply(&mut self, ops: &[Op], now: DateTime<Utc>) -> Vec<Verdict> {
        let verdicts = self.transact(ops, now);
        self.journal.push(Transaction { at: now, is_form: false, ops: ops.to_vec(), verdicts: verdicts.clone() });
        verdicts
    }

    fn transact(&mut self, ops: &[Op], now: DateTime<Utc>) -> Vec<Verdict> {
        let mut landed = Landed::default();
        let verdicts = ops.iter().map(|op| self.apply_one(op, now, &mut landed)).collect();
        self.release(landed, now);
        verdicts
    }

    fn apply_one(&mut self, op: &Op, now: DateTime<Utc>, landed: &mut Landed) -> Verdict {
        let print = fingerprint(op);
        if self.broken != Broken::NoDedupe
            && let Some(known) = self.state.inbox.get(&op.op_id)
        {
            if known.print == print {
                return Verdict { replayed: true, ..known.latest().clone() };
            }
            let kept_id = Uuid::new_v5(&op.op_id, &print);
            let refused = |id| Verdict::bare(id, VerdictKind::Rejected).because(Reason::OpIdReused);
            let kept = Op { op_id: kept_id, ..op.clone() };
            self.state.inbox.entry(kept_id).or_insert_with(|| Entry { op: kept, print, verdicts: vec![refused(kept_id)] });
            return refused(op.op_id);
        }
        let verdict = self.decide(op, now, landed);
        self.state.inbox.insert(op.op_id, Entry { op: op.clone(), print, verdicts: vec![verdict.clone()] });
        landed.ops.insert(op.op_id);
        verdict
    }

    /// Tries again what waited for these, and what waited for those.
    fn release(&mut self, mut landed: Landed, now: DateTime<Utc>) {
        if self.broken == Broken::DependentsForgotten {
            return;
        }
        while !landed.is_empty() {
            let waiting = self.waiting_for(&landed);
            landed = Landed::default();
            for op in waiting {
                self.try_again(&op, now, &mut landed);
            }
        }
    }

    fn waiting_for(&self, landed: &Landed) -> Vec<Op> {
        let is_about = |id: &Uuid| self.state.inbox.get(id).is_some_and(|parent| landed.rows.contains(&key_of(&parent.op)));
        let waits = |entry: &&Entry| match entry.latest().reason {
            Some(Reason::WaitingAfter) => entry.op.after.iter().any(|id| landed.ops.contains(id) || is_about(id)),
            Some(Reason::DepRejected) => entry.op.after.iter().any(|id| landed.took_effect.contains(id) || is_about(id)),
            _ => false,
        };
        let mut waiting: Vec<Op> = self.state.inbox.values().filter(waits).map(|entry| entry.op.clone()).collect();
        waiting.sort_by_key(|op| (op.queue_id, op.n));
        waiting
    }

    fn try_again(&mut self, op: &Op, now: DateTime<Utc>, landed: &mut Landed) {
        let before = self.state.inbox[&op.op_id].latest().reason;
        let verdict = self.decide(op, now, landed);
        if verdict.verdict == VerdictKind::Held && verdict.reason == before {
            return;
        }
        self.say(op.op_id, verdict, landed);
    }

    fn say(&mut self, op_id: Uuid, verdict: Verdict, landed: &mut Landed) {
        self.state.inbox.get_mut(&op_id).expect("it is in the inbox").verdicts.push(verdict);
        landed.ops.insert(op_id);
    }

    fn decide(&mut self, op: &Op, now: DateTime<Utc>, landed: &mut Landed) -> Verdict {
        if let Some(reason) = self.stopped_by(op) {
            return Verdict::bare(op.op_id, VerdictKind::Held).because(reason);
        }
        let (verdict, created) = self.write(op, now);
        if verdict.verdict.took_effect() {
            self.state.effects.push(op.op_id);
            landed.took_effect.insert(op.op_id);
            landed.rows.extend(created);
        }
        verdict
    }

    /// What the operations named in `after` have to say: an unknown one is waited for, one that is held as long as its row is missing or is
    /// the same row; one that was refused is in the way when its row was never made.
    fn stopped_by(&self, op: &Op) -> Option<Reason> {
        let mut stopped = None;
        for id in &op.after {
            let Some(parent) = self.state.inbox.get(id) else { return Some(Reason::WaitingAfter) };
            let said = parent.latest();
            let is_own_row = parent.op.id == op.id;
            let has_row = self.was_made(&parent.op);
            let is_only_referred_to = !is_own_row && self.broken != Broken::RefusedEditBlocksOthers;
            if said.verdict.took_effect() || (has_row && is_only_referred_to) {
                continue;
            }
            let is_refused = said.verdict == VerdictKind::Rejected || said.reason == Some(Reason::DepRejected);
            if !is_refused {
                return Some(Reason::WaitingAfter);
            }
            let is_new_attempt = op.kind == Kind::Create && self.broken != Broken::NewAttemptWaits;
            let is_settled = is_own_row && (has_row || is_new_attempt);
            if !is_settled && self.broken != Broken::DependentsRefused {
                stopped = Some(Reason::DepRejected);
            }
        }
        stopped
    }

    /// Whether the row of an operation is there, under its own id or as somebody else's.
    pub fn was_made(&self, op: &Op) -> bool {
        self.state.rows.contains_key(&key_of(op)) || self.state.aliases.contains_key(&op.id)
    }

    /// Merge, check, write; the row's key when it is new.
    fn write(&mut self, op: &Op, now: DateTime<Utc>) -> (Verdict, Option<Key>) {
        let key = self.resolve(op);
        let current = self.state.rows.get(&key);
        let Some(mut merged) = merge(&[], current, &self.as_seen(op, current), effective_at(op, now)) else {
            return (Verdict::bare(op.op_id, VerdictKind::Rejected).because(Reason::UnknownEntity), None);
        };
        let invalid = |field: &str, code: &str| {
            let errors = vec![FieldError::new(field, code)];
            (Verdict { errors, ..Verdict::bare(op.op_id, VerdictKind::Rejected).because(Reason::Invalid) }, None)
        };
        match stored_form(&op.entity, &merged.record.fields) {
            Ok(fields) => merged.record.fields = fields,
            Err(code) => return invalid("", code),
        }
        if merged.changed {
            let is_deletion = merged.record.deleted && current.is_none_or(|row| !row.deleted);
            if let Err(code) = self.look_around(&key, &mut merged.record, is_deletion, &mut merged.conflicts) {
                return invalid("", code);
            }
            if self.is_taken(&key, &merged.record) {
                return (Verdict::bare(op.op_id, VerdictKind::Held).because(Reason::NaturalKey), None);
            }
            self.state.rows.insert(key.clone(), merged.record.clone());
            self.state.log.push(key.clone());
        }
        let word = if merged.conflicts.is_empty() { VerdictKind::Applied } else { VerdictKind::Merged };
        let conflicts = merged.conflicts.iter().map(|draft| json!({ "kind": draft.kind, "field": draft.field })).collect();
        let keeps = |draft: &ConflictDraft| self.broken != Broken::LosersNotKept || draft.kind != ConflictKind::Field;
        let kept = merged.conflicts.into_iter().filter(keeps).map(|draft| Kept { key: key.clone(), draft });
        self.state.conflicts.extend(kept);
        let verdict = Verdict { version: Some(merged.record.version), conflicts, ..Verdict::bare(op.op_id, word) };
        (verdict, merged.created.then_some(key))
    }

    /// The row an operation means: its own, or the one its id stands for.
    fn resolve(&self, op: &Op) -> Key {
        let own = key_of(op);
        match self.state.aliases.get(&op.id) {
            Some(target) if op.kind != Kind::Create && !self.state.rows.contains_key(&own) => (op.entity.clone(), *target),
            _ => own,
        }
    }

    /// The operation as the decision reads it: cleaned, like the server's.
    fn as_seen(&self, op: &Op, current: Option<&Record>) -> Op {
        let mut op = clean_op(op, current.map(|row| &row.fields)).into_owned();
        match (self.broken, current) {
            (Broken::DeleteAlwaysWins, _) if op.kind == Kind::Delete => op.base_version = Some(i64::MAX),
            (Broken::ArrivalWins, Some(row)) => {
                for (name, change) in &mut op.fields {
                    change.from = row.fields.get(name).cloned().unwrap_or(Value::Null);
                }
            }
            _ => {}
        }
        op
    }

    /// A person with entries is not deleted; an entry needs its person, alive or not.
    fn look_around(
        &self,
        key: &Key,
        record: &mut Record,
        is_deletion: bool,
        conflicts: &mut Vec<ConflictDraft>,
    ) -> Result<(), &'static str> {
        if key.0 == EMPLOYEE {
            return if is_deletion && self.live_entries(key.1).next().is_some() { Err("employee-has-timesheets") } else { Ok(()) };
        }
        if is_deletion {
            return Ok(());
        }
        let named = employee_of(&record.fields).unwrap_or_default();
        let person = |id: Uuid| self.state.rows.get(&(EMPLOYEE.to_owned(), id));
        let alias = self.state.aliases.get(&named).filter(|_| person(named).is_none()).copied();
        let id = alias.unwrap_or(named);
        let Some(person) = person(id) else { return Err("employee-unknown") };
        record.fields.insert("employee_id".into(), json!(id));
        if person.deleted {
            let field = Some("employee_id".to_owned());
            let kind = ConflictKind::ParentDeleted;
            conflicts.push(ConflictDraft {
                kind,
                field,
                base: Value::Null,
                win: json!(id),
                lose: Value::Null,
                op_win: None,
                op_lose: None,
            });
        }
        let own = span(&record.fields);
        let overlaps = |(id, row): (&Key, &Record)| id != key && span(&row.fields).0 < own.1 && own.0 < span(&row.fields).1;
        if !record.deleted && self.live_entries(id).any(overlaps) { Err("overlap") } else { Ok(()) }
    }

    fn live_entries(&self, employee: Uuid) -> impl Iterator<Item = (&Key, &Record)> {
        let rows = self.state.rows.iter();
        rows.filter(move |(key, row)| key.0 == TIMESHEET && !row.deleted && employee_of(&row.fields) == Some(employee))
    }

    fn is_taken(&self, key: &Key, record: &Record) -> bool {
        key.0 == EMPLOYEE && !record.deleted && self.holder_of(record.fields.get("identity_no")).is_some_and(|id| id != key.1)
    }

    /// Who has that identity number.
    fn holder_of(&self, number: Option<&Value>) -> Option<Uuid> {
        let number = number.filter(|n| !n.is_null())?;
        let has = |(key, row): &(&Key, &Record)| key.0 == EMPLOYEE && !row.deleted && row.fields.get("identity_no") == Some(number);
        self.state.rows.iter().find(has).map(|(key, _)| key.1)
    }
}

/// What a person decides about held operations.
impl Server {
    /// "The same person": the held card's id stands for the holder of its number from now on, what the card says beyond is an edit of the
    /// holder by somebody who has not seen it, and what waited for the card goes on. False when nobody has the number any more.
    pub fn same_person(&mut self, op_id: Uuid, now: DateTime<Utc>) -> bool {
        let op = self.state.inbox[&op_id].op.clone();
        let Some(holder) = self.holder_of(op.fields.get("identity_no").map(|c| &c.to)) else { return false };
        let mut landed = Landed::default();
        if self.broken != Broken::SamePersonWithoutAlias {
            self.state.aliases.insert(op.id, holder);
        }
        let mut verdict = Verdict::bare(op_id, VerdictKind::Applied);
        if self.broken != Broken::SamePersonDropsValues {
            let mut edit = Op { kind: Kind::Update, id: holder, base_version: None, after: Vec::new(), ..op };
            edit.fields.retain(|_, change| !same_value(&change.to, &Value::Null));
            verdict = self.write(&edit, now).0;
        }
        if verdict.verdict.took_effect() {
            self.state.effects.push(op_id);
            landed.took_effect.insert(op_id);
        }
        self.say(op_id, verdict, &mut landed);
        self.release(landed, now);
        true
    }

    /// Not to be done; the operation stays on record as refused.
    pub fn discard(&mut self, op_id: Uuid, now: DateTime<Utc>) {
        let mut landed = Landed::default();
        let reason = self.state.inbox[&op_id].latest().reason.unwrap_or(Reason::Invalid);
        self.say(op_id, Verdict::bare(op_id, VerdictKind::Rejected).because(reason), &mut landed);
        self.release(landed, now);
    }

    /// "Try again" on something held or refused, if it still is.
    pub fn retry(&mut self, op_id: Uuid, now: DateTime<Utc>) {
        let mut landed = Landed::default();
        let entry = &self.state.inbox[&op_id];
        if entry.latest().verdict.took_effect() && self.broken != Broken::RetryLooksNotAgain {
            return;
        }
        let op = entry.op.clone();
        self.try_again(&op, now, &mut landed);
        self.release(landed, now);
    }
}

/// What a transaction brought that others may have waited for.
#[derive(Default)]
struct Landed {
    ops: BTreeSet<Uuid>,
    took_effect: BTreeSet<Uuid>,
    rows: BTreeSet<Key>,
}

impl Landed {
    fn is_empty(&self) -> bool {
        self.ops.is_empty() && self.rows.is_empty()
    }
}

fn effective_at(op: &Op, now: DateTime<Utc>) -> DateTime<Utc> {
    (op.edited_at - Duration::milliseconds(op.offset_ms)).min(now)
}

/// The changes that do change something.
pub fn real_changes(fields: &Fields) -> impl Iterator<Item = (&String, &Value, &Value)> {
    fields.iter().filter(|(_, c)| !same_value(&c.from, &c.to)).map(|(name, c)| (name, &c.from, &c.to))
}
