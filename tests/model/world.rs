//! One schedule: clerks, an admin, a network that loses, doubles and reorders, an agent in between, a server that crashes and is restored.
//! Then everything heals, and `check` looks at what is left.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use rainstaff_core::ops::{Change, Fields, Kind, Op, Reason, VerdictKind};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    browser::{Answer, Browser, Draft, Shown},
    rng::Rng,
    rules::Broken,
    schema::{EMPLOYEE, TIMESHEET},
    server::{Key, Server, State},
};

/// What is known of an operation besides what it says.
pub struct Entered {
    /// The operation as it was first stored.
    pub op: Op,
    /// What its author had on the page.
    pub seen: BTreeSet<Uuid>,
}

/// The server's note on a queue: what it last said that waits, beyond what it delivered with it.
#[derive(Clone)]
pub struct Contact {
    cookie: usize,
    remaining: usize,
    /// What really waited then.
    pub waiting: BTreeSet<Uuid>,
}

/// How much a schedule did.
#[derive(Default, Clone, Copy)]
pub struct Figures {
    /// Operations entered.
    pub ops: usize,
    /// Batches that reached the server.
    pub deliveries: usize,
    /// Conflicts on record at the end.
    pub conflicts: usize,
    /// Operations held at the end.
    pub held: usize,
    /// Operations refused at the end.
    pub refused: usize,
    /// Restores from a backup.
    pub restores: usize,
    /// After a restore: operations that were refused because a row came back later, and need a person's "try again".
    pub clicks: usize,
}

impl Figures {
    /// Both together.
    pub fn plus(self, other: &Self) -> Self {
        Self {
            ops: self.ops + other.ops,
            deliveries: self.deliveries + other.deliveries,
            conflicts: self.conflicts + other.conflicts,
            held: self.held + other.held,
            refused: self.refused + other.refused,
            restores: self.restores + other.restores,
            clicks: self.clicks + other.clicks,
        }
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} operations, {} deliveries, {} conflicts kept, {} held, {} refused, {} restores, {} tried again by a person",
            self.ops, self.deliveries, self.conflicts, self.held, self.refused, self.restores, self.clicks
        )
    }
}

/// A schedule under way.
pub struct World {
    /// The server.
    pub server: Server,
    /// The browsers.
    pub browsers: Vec<Browser>,
    /// Operations the agent holds.
    pub agent: Vec<Op>,
    /// Everything clerks were told is stored, by id.
    pub entered: BTreeMap<Uuid, Entered>,
    /// Operations whose only copies went with a browser's storage.
    pub wiped: BTreeSet<Uuid>,
    /// Queues that went with it.
    pub gone_queues: BTreeSet<Uuid>,
    /// Queues the server found missing.
    pub alarms: BTreeSet<Uuid>,
    /// What the server was told by queues.
    pub contacts: BTreeMap<Uuid, Contact>,
    /// What was done.
    pub figures: Figures,
    rng: Rng,
    now: DateTime<Utc>,
    ids: u64,
    late: Vec<Vec<Op>>,
    backup: Option<State>,
    admin_page: BTreeMap<Key, Shown>,
    seed: u64,
    is_plain: bool,
    broken: Broken,
}

const STEPS: usize = 150;

/// Runs one schedule to its end.
pub fn run(seed: u64, broken: Broken) -> World {
    World::new(seed, broken).lived(STEPS)
}

/// A schedule in which the server never dies and nobody decides about what is held or refused: its journal can be repeated on a real one.
pub fn run_plainly(seed: u64, steps: usize) -> World {
    let mut world = World::new(seed, Broken::Nothing);
    world.is_plain = true;
    world.lived(steps)
}

impl World {
    fn new(seed: u64, broken: Broken) -> Self {
        let mut world = Self {
            server: Server::new(broken),
            browsers: Vec::new(),
            agent: Vec::new(),
            entered: BTreeMap::new(),
            wiped: BTreeSet::new(),
            gone_queues: BTreeSet::new(),
            alarms: BTreeSet::new(),
            contacts: BTreeMap::new(),
            figures: Figures::default(),
            rng: Rng::new(seed),
            now: DateTime::from_timestamp(1_764_579_600, 0).unwrap(),
            ids: 0,
            late: Vec::new(),
            backup: None,
            admin_page: BTreeMap::new(),
            seed,
            is_plain: false,
            broken,
        };
        for cookie in 0..2 + world.rng.below(3) {
            let queue_id = world.new_id();
            let mut browser = Browser::new(cookie, queue_id, broken);
            browser.clock_error = Duration::seconds([0, 0, 0, 90, -86_400, 86_400][world.rng.below(6)]);
            world.browsers.push(browser);
        }
        world
    }

    fn lived(mut self, steps: usize) -> Self {
        for _ in 0..steps {
            self.step();
        }
        self.heal();
        self
    }

    fn new_id(&mut self) -> Uuid {
        self.ids += 1;
        let random = u128::from(self.rng.next() >> 32);
        Uuid::from_u128(0x019a_b000_0000_7000_8000_0000_0000_0000 | random << 32 | u128::from(self.ids))
    }

    fn step(&mut self) {
        let gap = [0, 1, 20, 900][self.rng.below(4)];
        self.now += Duration::seconds(gap);
        let b = self.rng.below(self.browsers.len());
        match self.rng.below(100) {
            0..40 => self.clerk_acts(b),
            40..66 => self.browser_sends(b),
            66..76 => self.browser_pulls(b),
            76..84 => self.agent_forwards(),
            84..88 => self.late_copy_arrives(),
            88..92 => self.admin_acts(),
            92..94 if !self.is_plain => self.admin_decides(),
            94..96 => self.clerk_mends(b),
            96 => self.clock_jumps(b),
            97 => self.backup = Some(self.server.state.clone()),
            98 if !self.is_plain => self.server_is_restored(),
            _ => self.something_is_lost(b),
        }
    }
}

/// What people do.
impl World {
    /// Everything the server has, for whoever replays a seed.
    pub fn story(&self) -> String {
        let state = &self.server.state;
        let operations = state.inbox.values().map(|entry| {
            let op = &entry.op;
            let fields: Vec<String> = op.fields.iter().map(|(name, c)| format!("{name}: {} -> {}", c.from, c.to)).collect();
            let said: Vec<String> = entry.verdicts().iter().map(|v| format!("{:?} {:?} {:?}", v.verdict, v.reason, v.errors)).collect();
            let head =
                format!("{} {:?} {} {} of {} n {} base {:?}", op.op_id, op.kind, op.entity, op.id, op.queue_id, op.n, op.base_version);
            format!("{head}\n    after {:?} at {}\n    {}\n    {}\n", op.after, op.edited_at, fields.join(", "), said.join("; "))
        });
        let rows = state.rows.iter().map(|((entity, id), row)| {
            let writers: Vec<String> = row.meta.iter().map(|(name, s)| format!("{name} by {} v{}", s.op, s.version)).collect();
            format!("{entity} {id} v{} deleted {} {:?}\n    {}\n", row.version, row.deleted, row.fields, writers.join(", "))
        });
        let conflicts = state.conflicts.iter().map(|c| format!("{:?} {:?}\n", c.key, c.draft));
        let aliases = state.aliases.iter().map(|(alias, target)| format!("{alias} stands for {target}\n"));
        operations.chain(rows).chain(conflicts).chain(aliases).collect()
    }

    fn clerk_acts(&mut self, b: usize) {
        let page = self.browsers[b].page();
        if let Some(draft) = self.think_of_something(&page) {
            self.clerk_enters(b, draft, &page);
        }
    }

    fn clerk_enters(&mut self, b: usize, draft: Draft, page: &BTreeMap<Key, Shown>) {
        let seen = page.get(&draft.key).map(|row| row.seen.clone()).unwrap_or_default();
        let op_id = self.new_id();
        let dies = self.rng.percent(3);
        let (browser, now) = (&mut self.browsers[b], self.now);
        let op = browser.operation(op_id, draft, page, now);
        if dies {
            // The browser is killed before the disk has it: no "stored" was shown, unless it is shown too early.
            browser.take_back(op.n);
            if self.broken != Broken::ToldBeforeStored {
                return;
            }
        } else {
            browser.store(op.clone());
        }
        self.figures.ops += 1;
        self.entered.insert(op_id, Entered { op, seen });
    }

    fn think_of_something(&mut self, page: &BTreeMap<Key, Shown>) -> Option<Draft> {
        let of = |entity: &str, deleted: bool| {
            let rows = page.iter().filter(move |(key, row)| key.0 == entity && row.deleted == deleted);
            rows.map(|(key, _)| key.clone()).collect::<Vec<Key>>()
        };
        let (people, entries) = (of(EMPLOYEE, false), of(TIMESHEET, false));
        let some_row = |rng: &mut Rng| if rng.percent(50) { rng.pick(&people).cloned() } else { rng.pick(&entries).cloned() };
        match self.rng.below(20) {
            0..4 => Some(self.new_person()),
            4..9 => {
                let person = self.rng.pick(&people)?.1;
                Some(self.new_entry(person))
            }
            9..14 => {
                let key = some_row(&mut self.rng)?;
                Some(self.edit(&key, &page[&key]))
            }
            14 => self.rng.pick(&people).map(|key| change(Kind::Update, key, &page[key], &[("full_name", json!(""))])),
            15 => {
                let number = self.identity_no();
                self.rng.pick(&people).map(|key| change(Kind::Update, key, &page[key], &[("identity_no", number)]))
            }
            16 => {
                let times = self.times();
                self.rng.pick(&entries).map(|key| change(Kind::Update, key, &page[key], &times))
            }
            17 | 18 => some_row(&mut self.rng).map(|key| change(Kind::Delete, &key, &page[&key], &[])),
            _ => {
                let gone = [of(EMPLOYEE, true), of(TIMESHEET, true)].concat();
                self.rng.pick(&gone).map(|key| change(Kind::Restore, key, &page[key], &[]))
            }
        }
    }

    fn new_person(&mut self) -> Draft {
        let name = if self.rng.percent(12) { json!(" ") } else { self.text() };
        let number = if self.rng.percent(30) { self.identity_no() } else { Value::Null };
        let key = (EMPLOYEE.to_owned(), self.new_id());
        let values = [("full_name", name), ("title", self.text()), ("department", json!("")), ("identity_no", number)];
        change(Kind::Create, &key, &Shown::default(), &values)
    }

    fn new_entry(&mut self, person: Uuid) -> Draft {
        let key = (TIMESHEET.to_owned(), self.new_id());
        let date = json!(format!("2026-11-{:02}", 1 + self.rng.below(20)));
        let [start, end] = self.times();
        let values = [("employee_id", json!(person)), ("work_date", date), start, end, ("break_minutes", json!(0)), ("notes", self.text())];
        change(Kind::Create, &key, &Shown::default(), &values)
    }

    fn edit(&mut self, key: &Key, row: &Shown) -> Draft {
        let names: &[&str] = if key.0 == EMPLOYEE { &["full_name", "title", "department"] } else { &["notes"] };
        let mut values = vec![(names[self.rng.below(names.len())], self.text())];
        if self.rng.percent(40) {
            values.push((names[self.rng.below(names.len())], self.text()));
        }
        change(Kind::Update, key, row, &values)
    }

    /// A text that nobody else ever enters.
    fn text(&mut self) -> Value {
        self.ids += 1;
        json!(format!("söz {}", self.ids))
    }

    /// One of a few numbers, so that two people get the same.
    fn identity_no(&mut self) -> Value {
        json!(format!("99{:06}00{}", self.seed % 1_000_000, self.rng.below(4)))
    }

    fn times(&mut self) -> [(&'static str, Value); 2] {
        let (start, end) = [("06:00", "10:00"), ("10:00", "14:00"), ("14:00", "18:00"), ("22:00", "07:00")][self.rng.below(4)];
        [("start_time", json!(start)), ("end_time", json!(end))]
    }

    /// A refused new card is corrected: the same row, another operation.
    fn clerk_mends(&mut self, b: usize) {
        let is_refused = |word: VerdictKind| word == VerdictKind::Rejected;
        let server = &self.server.state;
        let refused = self.browsers[b].done.iter().find(|done| {
            let op = &done.op;
            is_refused(done.verdict.verdict)
                && op.kind == Kind::Create
                && op.entity == EMPLOYEE
                && !server.rows.contains_key(&(op.entity.clone(), op.id))
                && self.browsers[b].queue.iter().all(|waiting| waiting.id != op.id)
        });
        let Some(op) = refused.map(|done| done.op.clone()) else { return };
        let mut fields = op.fields;
        let name = self.text();
        fields.insert("full_name".into(), Change { from: Value::Null, to: name });
        fields.remove("identity_no");
        let page = self.browsers[b].page();
        self.clerk_enters(b, Draft { kind: Kind::Create, key: (op.entity, op.id), fields }, &page);
    }

    /// Headquarters edits online, on a page that may be old by now.
    fn admin_acts(&mut self) {
        if self.admin_page.is_empty() || self.rng.percent(50) {
            let rows = self.server.state.rows.iter();
            let shown = rows.map(|(key, row)| {
                let seen = row.meta.values().map(|stamp| stamp.op).collect();
                (key.clone(), Shown { version: Some(row.version), deleted: row.deleted, fields: row.fields.clone(), seen })
            });
            self.admin_page = shown.collect();
        }
        let page = std::mem::take(&mut self.admin_page);
        if let Some(draft) = self.think_of_something(&page) {
            let (seen, op_id) = (page.get(&draft.key).map(|row| row.seen.clone()).unwrap_or_default(), self.new_id());
            let mut admin = Browser::new(99, Uuid::from_u128(0xad_0000), Broken::Nothing);
            let op = Op { n: 0, ..admin.operation(op_id, draft, &page, self.now) };
            if self.server.submit(&op, self.now).verdict.took_effect() {
                self.entered.insert(op_id, Entered { op, seen });
            }
        }
        self.admin_page = page;
    }

    /// Somebody decides about a card whose number is taken.
    fn admin_decides(&mut self) {
        let taken: Vec<Op> = self.held_because(Reason::NaturalKey);
        let Some(op) = self.rng.pick(&taken).cloned() else { return };
        let same = self.rng.percent(70) && op.kind == Kind::Create;
        if !(same && self.server.same_person(op.op_id, self.now)) {
            self.server.discard(op.op_id, self.now);
        }
    }

    fn held_because(&self, reason: Reason) -> Vec<Op> {
        let held = self.server.state.inbox.values();
        held.filter(|entry| entry.latest().verdict == VerdictKind::Held && entry.latest().reason == Some(reason))
            .map(|entry| entry.op.clone())
            .collect()
    }
}

fn change(kind: Kind, key: &Key, row: &Shown, values: &[(&str, Value)]) -> Draft {
    let mut fields = Fields::new();
    for (name, to) in values {
        let from = row.fields.get(*name).cloned().unwrap_or(Value::Null);
        fields.insert((*name).to_owned(), Change { from, to: to.clone() });
    }
    Draft { kind, key: key.clone(), fields }
}

/// What the network and the machines do.
impl World {
    fn browser_sends(&mut self, b: usize) {
        let size = 1 + self.rng.below(8);
        if !self.rng.percent(90) {
            return; // not even a ping
        }
        self.browsers[b].take_ping(self.server.epoch);
        let (nonce, batch) = self.next_batch(b, size);
        if batch.is_empty() {
            self.hear_from(b, 0);
            return;
        }
        match self.rng.below(100) {
            0..10 => {}
            10..18 => self.hostile_answer(b, nonce, &batch),
            18..36 => self.through_the_agent(b, nonce, &batch),
            36..46 => {
                let crash_at = self.rng.below(batch.len());
                self.server_takes(&batch, Some(crash_at));
            }
            fate => {
                let mut arrives = batch.clone();
                if self.rng.percent(10) {
                    self.rng.shuffle(&mut arrives);
                }
                if self.rng.percent(15) {
                    self.late.push(batch.clone());
                }
                let verdicts = self.server_takes(&arrives, None).expect("no crash");
                self.hear_from(b, verdicts.len());
                if self.rng.percent(12) {
                    self.server_takes(&batch, None); // the browser's own network stack sends again
                }
                if fate >= 56 {
                    self.answer(b, nonce, &batch, verdicts);
                }
            }
        }
    }

    fn next_batch(&mut self, b: usize, size: usize) -> (u64, Vec<Op>) {
        let (mut ids, random) = (self.ids, self.rng.next());
        let mut new_id = || {
            ids += 1;
            Uuid::from_u128(0x019a_b111_0000_7000_8000_0000_0000_0000 | u128::from(random >> 32) << 32 | u128::from(ids))
        };
        let next = self.browsers[b].next_batch(size, &mut new_id);
        self.ids = ids;
        next
    }

    fn server_takes(&mut self, ops: &[Op], crash_at: Option<usize>) -> Option<Vec<rainstaff_core::ops::Verdict>> {
        self.figures.deliveries += 1;
        self.server.batch(ops, self.now, crash_at.filter(|_| !self.is_plain))
    }

    fn answer(&mut self, b: usize, nonce: u64, sent: &[Op], verdicts: Vec<rainstaff_core::ops::Verdict>) {
        let missing = missing_numbers(&self.server.state, self.browsers[b].queue_id);
        let answer = Answer { is_ours: true, nonce, epoch: self.server.epoch, verdicts, missing };
        self.browsers[b].take_answer(&answer, sent, &self.server);
    }

    /// A captive portal's 200, or the server's answer to somebody else's request.
    fn hostile_answer(&mut self, b: usize, nonce: u64, sent: &[Op]) {
        let is_ours = self.rng.percent(30);
        let answer = Answer { is_ours, nonce: nonce + 1, epoch: self.server.epoch, verdicts: Vec::new(), missing: Vec::new() };
        self.browsers[b].take_answer(&answer, sent, &self.server);
    }

    fn through_the_agent(&mut self, b: usize, nonce: u64, batch: &[Op]) {
        if self.rng.percent(40) {
            if let Some(verdicts) = self.server_takes(batch, None) {
                self.answer(b, nonce, batch, verdicts);
            }
            return;
        }
        for op in batch {
            if self.agent.iter().all(|known| known.op_id != op.op_id) {
                self.agent.push(op.clone());
            }
        }
        let ids: Vec<Uuid> = batch.iter().map(|op| op.op_id).collect();
        if self.rng.percent(80) {
            self.browsers[b].take_agents_word(&ids);
        }
    }

    fn agent_forwards(&mut self) {
        if self.agent.is_empty() {
            return;
        }
        if self.rng.percent(30) {
            self.rng.shuffle(&mut self.agent);
        }
        let batch = self.agent[..=self.rng.below(self.agent.len())].to_vec();
        let crash_at = if self.rng.percent(10) { Some(self.rng.below(batch.len())) } else { None };
        let is_answered = self.rng.percent(85);
        if let Some(verdicts) = self.server_takes(&batch, crash_at).filter(|_| is_answered) {
            self.agent.retain(|op| verdicts.iter().all(|v| v.op_id != op.op_id || v.verdict == VerdictKind::Retry));
        }
    }

    fn late_copy_arrives(&mut self) {
        if !self.late.is_empty() {
            let at = self.rng.below(self.late.len());
            let copy = self.late.swap_remove(at);
            self.server_takes(&copy, None);
        }
    }

    fn browser_pulls(&mut self, b: usize) {
        let limit = 1 + self.rng.below(20);
        self.browsers[b].take_ping(self.server.epoch);
        self.browsers[b].pull(&self.server, limit);
    }

    fn clock_jumps(&mut self, b: usize) {
        self.browsers[b].clock_error = Duration::seconds([0, 3_600, -3_600, 86_400, -86_400][self.rng.below(5)]);
    }

    fn server_is_restored(&mut self) {
        if let Some(backup) = self.backup.take() {
            self.server.restore(&backup);
            self.admin_page.clear();
            self.figures.restores += 1;
        }
    }

    fn something_is_lost(&mut self, b: usize) {
        match self.rng.below(6) {
            0 => self.storage_is_wiped(b),
            1 | 2 => self.agent.clear(), // the office PC is replaced
            _ => self.late.clear(),
        }
    }

    fn storage_is_wiped(&mut self, b: usize) {
        if !self.gone_queues.is_empty() {
            return;
        }
        let queue_id = self.new_id();
        let cookie = self.browsers[b].cookie;
        let old = std::mem::replace(&mut self.browsers[b], Browser::new(cookie, queue_id, self.broken));
        self.gone_queues.insert(old.queue_id);
        self.wiped.extend(self.entered.iter().filter(|(_, e)| e.op.queue_id == old.queue_id).map(|(id, _)| *id));
    }

    /// A contact: how much waits in which queue of which browser. Another queue of the same browser while the one before still had
    /// something is an alarm.
    fn hear_from(&mut self, b: usize, delivered: usize) {
        let browser = &self.browsers[b];
        let waiting: BTreeSet<Uuid> = browser.queue.iter().map(|op| op.op_id).collect();
        let remaining = browser.says_waiting().saturating_sub(delivered);
        self.contacts.insert(browser.queue_id, Contact { cookie: browser.cookie, remaining, waiting });
        let is_gone = |(id, known): &(&Uuid, &Contact)| **id != browser.queue_id && known.cookie == browser.cookie && known.remaining > 0;
        self.alarms.extend(self.contacts.iter().filter(is_gone).map(|(id, _)| *id));
    }
}

/// Numbers below the highest that the server knows of a queue and that it does not have.
pub fn missing_numbers(state: &State, queue_id: Uuid) -> Vec<i64> {
    let known: BTreeSet<i64> = state.inbox.values().filter(|e| e.op.queue_id == queue_id).map(|e| e.op.n).collect();
    let highest = known.last().copied().unwrap_or(0);
    (1..highest).filter(|n| !known.contains(n)).collect()
}

/// The network is back, everybody comes to work, and the held ones are decided.
impl World {
    fn heal(&mut self) {
        for round in 0..60 {
            self.agent_delivers();
            for b in 0..self.browsers.len() {
                self.browser_delivers(b);
                if round < 5 {
                    self.clerk_mends(b);
                }
            }
            let waits = self.browsers.iter().any(|b| !b.queue.is_empty()) || !self.agent.is_empty();
            if !waits && (self.is_plain || !self.people_decide()) {
                break;
            }
        }
        for browser in &mut self.browsers {
            browser.take_ping(self.server.epoch);
            for _ in 0..=self.server.state.log.len() / 50 {
                browser.pull(&self.server, 50);
            }
        }
        let said = |kind| self.server.state.inbox.values().filter(|e| e.latest().verdict == kind).count();
        (self.figures.held, self.figures.refused) = (said(VerdictKind::Held), said(VerdictKind::Rejected));
        self.figures.conflicts = self.server.state.conflicts.len();
    }

    fn agent_delivers(&mut self) {
        let held = std::mem::take(&mut self.agent);
        self.server_takes(&held, None);
    }

    fn browser_delivers(&mut self, b: usize) {
        self.browsers[b].take_ping(self.server.epoch);
        let (nonce, batch) = self.next_batch(b, 20);
        let verdicts = self.server_takes(&batch, None).expect("no crash");
        self.hear_from(b, verdicts.len());
        self.answer(b, nonce, &batch, verdicts);
    }

    /// Decides one thing after the other. False when there is nothing left to decide.
    fn people_decide(&mut self) -> bool {
        let taken = self.held_because(Reason::NaturalKey);
        if let Some(op) = taken.first() {
            if op.kind != Kind::Create || self.rng.percent(30) || !self.server.same_person(op.op_id, self.now) {
                self.server.discard(op.op_id, self.now);
            }
            return true;
        }
        if let Some(op) = self.held_because(Reason::WaitingAfter).iter().find(|op| self.waits_for_something_wiped(op)) {
            self.server.discard(op.op_id, self.now);
            return true;
        }
        self.figures.restores > 0 && self.try_refused_again()
    }

    fn waits_for_something_wiped(&self, op: &Op) -> bool {
        op.after.iter().any(|id| self.wiped.contains(id) && !self.server.state.inbox.contains_key(id))
    }

    /// After a restore an operation may come before the row it needs, out of another browser's done-log. A person sees it among the refused.
    fn try_refused_again(&mut self) -> bool {
        let wrongly = super::check::refused_for_want_of_a_row(self);
        for op_id in &wrongly {
            self.server.retry(*op_id, self.now);
        }
        self.figures.clicks += wrongly.len();
        !wrongly.is_empty()
    }
}
