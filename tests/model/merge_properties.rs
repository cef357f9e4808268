//! The merge rule as properties (SYNC 3.7): concurrent edits meet alike in either order, a second delivery changes nothing, and no value
//! a person entered just disappears. `PROPTEST_CASES=1000000` makes it a million cases each.

#![cfg(test)]

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use rainstaff::{
    identity::Region,
    ops::{Change, ConflictDraft, ConflictKind, Fields, Kind, Op, Record, Stamp, merge, same_value},
};
use serde_json::{Value, json};
use uuid::Uuid;

const FIELDS: [&str; 3] = ["full_name", "title", "notes"];

/// What a person does, in small numbers: which fields get which values, or something with the whole row.
#[derive(Debug, Clone)]
enum Act {
    Edit(BTreeMap<usize, u8>),
    Delete,
    Restore,
    /// A card for the same id: of a browser that does not know that there is one.
    Create(BTreeMap<usize, u8>),
}

fn values() -> impl Strategy<Value = BTreeMap<usize, u8>> {
    prop::collection::btree_map(0..FIELDS.len(), 0..4u8, 1..=3)
}

/// Edits and deletions: what two people may do to one row at once.
fn concurrent_act() -> impl Strategy<Value = Act> {
    prop_oneof![5 => values().prop_map(Act::Edit), 1 => Just(Act::Delete)]
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => values().prop_map(Act::Edit),
        2 => Just(Act::Delete),
        1 => Just(Act::Restore),
        1 => values().prop_map(Act::Create),
    ]
}

/// Few values, so that people often enter the same; the first is blank, which counts as no value.
fn value(n: u8) -> Value {
    if n == 0 { json!("") } else { json!(format!("değer {n}")) }
}

fn nth(family: u64, n: u64) -> Uuid {
    Uuid::from_u128(0x019a_b000_0000_7000_8000_0000_0000_0000 | u128::from(family) << 32 | u128::from(n))
}

fn minutes(n: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_764_579_600, 0).unwrap() + Duration::minutes(n)
}

/// A row of version 3 that the authors of concurrent operations have on the screen.
fn shown_row() -> impl Strategy<Value = Record> {
    (prop::array::uniform3(0..4u8), any::<bool>()).prop_map(|(values, deleted)| {
        let stamp = Stamp { op: nth(1, 1), queue: nth(2, 1), at: minutes(-600), version: 3 };
        let names = FIELDS.map(str::to_owned);
        let fields = names.iter().cloned().zip(values.map(value)).collect();
        let mut meta: BTreeMap<String, Stamp> = names.into_iter().map(|name| (name, stamp.clone())).collect();
        if deleted {
            meta.insert(String::new(), stamp);
        }
        Record { version: 3, deleted, fields, meta }
    })
}

/// The n-th operation, by somebody who has `shown` on the page (none: the row is not there), out of a queue.
fn operation(n: u64, queue: u64, act: &Act, shown: Option<&Record>) -> Op {
    let (kind, edits) = match act {
        Act::Edit(edits) => (Kind::Update, edits.clone()),
        Act::Create(edits) => (Kind::Create, edits.clone()),
        Act::Delete => (Kind::Delete, BTreeMap::new()),
        Act::Restore => (Kind::Restore, BTreeMap::new()),
    };
    let shown = shown.filter(|_| kind != Kind::Create);
    let from = |name: &str| shown.and_then(|row| row.fields.get(name)).cloned().unwrap_or(Value::Null);
    let change = |(field, to): (&usize, &u8)| (FIELDS[*field].to_owned(), Change { from: from(FIELDS[*field]), to: value(*to) });
    Op {
        v: 1,
        op_id: nth(1, n),
        queue_id: nth(2, queue),
        n: i64::try_from(n).unwrap(),
        actor: nth(3, queue),
        grant: None,
        app: None,
        kind,
        entity: "employee".into(),
        id: nth(4, 1),
        region: Region::parse("ankara").unwrap(),
        base_version: shown.map(|row| row.version),
        fields: edits.iter().map(change).collect::<Fields>(),
        name: None,
        args: None,
        after: Vec::new(),
        edited_at: minutes(0),
        offset_ms: 0,
    }
}

/// The row and all conflicts after these operations, each with its time.
fn play(shown: &Record, ops: &[(&Op, DateTime<Utc>)]) -> (Record, Vec<ConflictDraft>) {
    let mut record = shown.clone();
    let mut conflicts = Vec::new();
    for (op, at) in ops {
        let merged = merge(Some(&record), op, *at).expect("the row exists");
        assert_eq!(merged.record.version - record.version, i64::from(merged.changed), "a version per change");
        record = merged.record;
        conflicts.extend(merged.conflicts);
    }
    (record, conflicts)
}

/// What a person sees of a row.
fn face(record: &Record) -> (bool, Vec<Value>) {
    let plain = |v: &Value| if v.is_null() { json!("") } else { v.clone() };
    (record.deleted, record.fields.values().map(plain).collect())
}

/// What a person sees of the conflicts. Whether the edit or the deletion came first is only a matter of the wording.
fn faces(conflicts: &[ConflictDraft]) -> Vec<String> {
    let mut faces: Vec<String> = conflicts
        .iter()
        .map(|c| {
            let kind = if c.kind == ConflictKind::EditVsDelete { ConflictKind::DeleteVsEdit } else { c.kind };
            format!("{kind:?} {:?} {} {} {} {:?} {:?}", c.field, c.base, c.win, c.lose, c.op_win, c.op_lose)
        })
        .collect();
    faces.sort();
    faces
}

/// Cases per property: 2,000, or what `PROPTEST_CASES` says.
fn cases() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(2_000), failure_persistence: None, ..ProptestConfig::default() }
}

/// What became of the values of a history.
#[derive(Default)]
struct History {
    record: Option<Record>,
    conflicts: Vec<ConflictDraft>,
    /// What took effect.
    in_effect: Vec<Op>,
    /// What there was no row for: the server holds or refuses it, with its body.
    kept_whole: usize,
}

impl History {
    fn take(&mut self, op: Op, at: DateTime<Utc>) {
        let Some(merged) = merge(self.record.as_ref(), &op, at) else {
            self.kept_whole += 1;
            return;
        };
        self.record = Some(merged.record);
        self.conflicts.extend(merged.conflicts);
        self.in_effect.push(op);
    }

    /// Whether a value of a field can still be found.
    fn has(&self, name: &str, value: &Value) -> bool {
        let is_it = |other: &Value| same_value(other, value);
        let is_current = self.record.as_ref().and_then(|row| row.fields.get(name)).is_some_and(is_it);
        let is_edit = |change: &Change| !same_value(&change.from, &change.to);
        is_current
            || self.in_effect.iter().any(|op| op.fields.get(name).is_some_and(|change| is_edit(change) && is_it(&change.from)))
            || self.conflicts.iter().any(|c| c.field.as_deref() == Some(name) && is_it(&c.lose))
    }

    /// Whether it can be told what became of the deletions: the row is deleted, somebody knowingly restored it, or a conflict says so.
    fn accounts_for_deletions(&self) -> bool {
        let about = [ConflictKind::DeleteVsEdit, ConflictKind::EditVsDelete];
        self.record.as_ref().is_none_or(|row| row.deleted)
            || self.in_effect.iter().any(|op| op.kind == Kind::Restore)
            || self.conflicts.iter().any(|c| about.contains(&c.kind))
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn two_concurrent_operations_meet_alike_in_either_order(
        shown in shown_row(), a in concurrent_act(), b in concurrent_act(), times in (0..3i64, 0..3i64),
    ) {
        let (a, b) = (operation(2, 2, &a, Some(&shown)), operation(3, 3, &b, Some(&shown)));
        let (a, b) = ((&a, minutes(times.0)), (&b, minutes(times.1)));
        let (ab, ba) = (play(&shown, &[a, b]), play(&shown, &[b, a]));
        prop_assert_eq!(face(&ab.0), face(&ba.0));
        prop_assert_eq!(faces(&ab.1), faces(&ba.1));
    }

    #[test]
    fn an_operation_that_comes_again_changes_nothing(
        shown in shown_row(), acts in prop::collection::vec((any_act(), 0..5i64), 1..5),
    ) {
        let ops: Vec<(Op, DateTime<Utc>)> =
            acts.iter().zip(2..).map(|((act, at), n)| (operation(n, n, act, Some(&shown)), minutes(*at))).collect();
        let played: Vec<(&Op, DateTime<Utc>)> = ops.iter().map(|(op, at)| (op, *at)).collect();
        let (after, _) = play(&shown, &played);
        let (last, at) = &ops[ops.len() - 1];
        let again = merge(Some(&after), last, *at).unwrap();
        prop_assert_eq!(face(&again.record), face(&after));
        let twice = merge(Some(&again.record), last, *at).unwrap();
        prop_assert_eq!(twice.record, again.record);
    }

    #[test]
    fn every_value_entered_is_current_knowingly_replaced_in_a_conflict_or_held(
        acts in prop::collection::vec((any_act(), -3..5i64, 0..3usize, 0..3u64), 1..10),
    ) {
        let mut history = History::default();
        let mut entered = Vec::new();
        // What each of three queues has on its page: the row as it was when it last looked.
        let mut pages: [Option<Record>; 3] = [None, None, None];
        for ((act, at, queue, looks), n) in acts.iter().zip(2..) {
            if *looks > 0 {
                pages[*queue].clone_from(&history.record);
            }
            let op = operation(n, *queue as u64, act, pages[*queue].as_ref());
            let held = history.kept_whole;
            history.take(op.clone(), minutes(*at));
            if history.kept_whole == held {
                entered.push(op);
            }
        }
        for op in &entered {
            for (name, change) in op.fields.iter().filter(|(_, c)| !same_value(&c.from, &c.to)) {
                prop_assert!(history.has(name, &change.to), "{name} = {} of {} is gone", change.to, op.op_id);
            }
        }
        let deletes = entered.iter().any(|op| op.kind == Kind::Delete);
        prop_assert!(!deletes || history.accounts_for_deletions(), "a deletion is gone without a word");
    }

    #[test]
    fn a_deletion_stands_only_over_what_its_author_has_seen(
        shown in shown_row(), edits in prop::collection::vec((values(), 0..5i64), 1..4), at in 0..5i64,
    ) {
        let mut record = Record { deleted: false, ..shown };
        let deletion = operation(9, 9, &Act::Delete, Some(&record));
        let before = record.version;
        for ((edit, at), n) in edits.iter().zip(2..) {
            let op = operation(n, n, &Act::Edit(edit.clone()), Some(&record));
            record = merge(Some(&record), &op, minutes(*at)).unwrap().record;
        }
        let merged = merge(Some(&record), &deletion, minutes(at)).unwrap();
        let somebody_edited = record.version > before;
        prop_assert_eq!(merged.record.deleted, !somebody_edited);
        prop_assert_eq!(merged.conflicts.len(), usize::from(somebody_edited));
        prop_assert_eq!(merged.record.fields, record.fields, "a deletion takes no value with it");
    }
}
