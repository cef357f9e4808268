//! The merge rule as properties (SYNC 3.7): concurrent edits meet alike in either order, a second delivery changes nothing, and no value
//! a person entered just disappears. `PROPTEST_CASES=1000000` makes it a million cases each.

#![cfg(test)]

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use rainstaff_core::{
    identity::Region,
    ops::{
        Change, ConflictDraft, ConflictKind, Field, Fields, Kind, MergePolicy, Op, Record, Stamp,
        form_codec::{FieldKind, FormSpec},
        merge, same_value,
    },
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
        let merged = merge(&[], Some(&record), op, *at).expect("the row exists");
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

/// A row with one field of which the higher value stays: a mileage.
const ODOMETER: FormSpec = &[Field::new("km", FieldKind::Integer, "label").merging(MergePolicy::Max)];

/// No value, or one of a few, so that people often enter the same.
fn km(n: Option<i64>) -> Value {
    n.map_or(Value::Null, |n| json!(n))
}

fn odometer_at(n: Option<i64>) -> Record {
    let stamp = Stamp { op: nth(1, 1), queue: nth(2, 1), at: minutes(-600), version: 3 };
    Record { version: 3, deleted: false, fields: [("km".to_owned(), km(n))].into(), meta: [("km".to_owned(), stamp)].into() }
}

/// The n-th reading, by somebody who has `shown` on the page.
fn reading(n: u64, shown: &Record, to: Option<i64>) -> Op {
    let change = Change { from: shown.fields["km"].clone(), to: km(to) };
    Op { fields: Fields::from([("km".to_owned(), change)]), ..operation(n, n, &Act::Edit(BTreeMap::new()), Some(shown)) }
}

fn play_readings(shown: &Record, ops: &[(&Op, DateTime<Utc>)]) -> (Record, Vec<ConflictDraft>) {
    let mut record = shown.clone();
    let mut conflicts = Vec::new();
    for (op, at) in ops {
        let merged = merge(ODOMETER, Some(&record), op, *at).expect("the row exists");
        record = merged.record;
        conflicts.extend(merged.conflicts);
    }
    (record, conflicts)
}

fn reading_of() -> impl Strategy<Value = Option<i64>> {
    prop::option::weighted(0.9, 0..5i64)
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
        let Some(merged) = merge(&[], self.record.as_ref(), &op, at) else {
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
        let again = merge(&[], Some(&after), last, *at).unwrap();
        prop_assert_eq!(face(&again.record), face(&after));
        let twice = merge(&[], Some(&again.record), last, *at).unwrap();
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
            record = merge(&[], Some(&record), &op, minutes(*at)).unwrap().record;
        }
        let merged = merge(&[], Some(&record), &deletion, minutes(at)).unwrap();
        let somebody_edited = record.version > before;
        prop_assert_eq!(merged.record.deleted, !somebody_edited);
        prop_assert_eq!(merged.conflicts.len(), usize::from(somebody_edited));
        prop_assert_eq!(merged.record.fields, record.fields, "a deletion takes no value with it");
    }

    #[test]
    fn of_two_readings_that_have_not_seen_each_other_the_higher_stays_in_either_order_and_the_other_is_kept(
        shown in reading_of(), a in reading_of(), b in reading_of(), times in (0..3i64, 0..3i64),
    ) {
        let shown = odometer_at(shown);
        let (op_a, op_b) = (reading(2, &shown, a), reading(3, &shown, b));
        let (one, other) = ((&op_a, minutes(times.0)), (&op_b, minutes(times.1)));
        let (ab, ba) = (play_readings(&shown, &[one, other]), play_readings(&shown, &[other, one]));
        prop_assert_eq!(&ab.0.fields, &ba.0.fields);
        prop_assert_eq!(faces(&ab.1), faces(&ba.1));
        let edits: Vec<Option<i64>> = [a, b].into_iter().filter(|to| km(*to) != shown.fields["km"]).collect();
        // None is lower than any reading, as `Option` orders them.
        let highest = edits.iter().max().map_or(shown.fields["km"].clone(), |to| km(*to));
        prop_assert_eq!(&ab.0.fields["km"], &highest);
        let met = edits.len() == 2 && a != b;
        let lost: Vec<Value> = met.then(|| km(a.min(b))).into_iter().collect();
        prop_assert_eq!(ab.1.iter().map(|conflict| conflict.lose.clone()).collect::<Vec<_>>(), lost);
    }

    #[test]
    fn a_reading_never_falls_by_an_edit_that_has_not_seen_it(
        shown in reading_of(), edits in prop::collection::vec((reading_of(), -3..5i64), 1..6),
    ) {
        let shown = odometer_at(shown);
        let mut record = shown.clone();
        for ((to, at), n) in edits.iter().zip(2..) {
            let before = record.fields["km"].as_i64();
            let is_unseen = record.fields["km"] != shown.fields["km"];
            let merged = merge(ODOMETER, Some(&record), &reading(n, &shown, *to), minutes(*at)).unwrap();
            record = merged.record;
            prop_assert!(!is_unseen || record.fields["km"].as_i64() >= before, "{before:?} fell to {}", record.fields["km"]);
        }
    }

    #[test]
    fn a_reading_is_set_right_by_somebody_who_sees_it(shown in 1..9i64, to in reading_of(), at in -3..5i64) {
        let shown = odometer_at(Some(shown));
        let merged = merge(ODOMETER, Some(&shown), &reading(2, &shown, to), minutes(at)).unwrap();
        prop_assert_eq!(&merged.record.fields["km"], &km(to));
        prop_assert_eq!(merged.conflicts, Vec::new());
    }
}

/// Each kind by its own order, not by that of its letters; what cannot be read goes by time.
#[test]
fn values_that_count_are_compared_as_what_they_are() {
    const FORM: FormSpec = &[
        Field::new("integer", FieldKind::Integer, "label").merging(MergePolicy::Max),
        Field::new("minutes", FieldKind::Minutes, "label").merging(MergePolicy::Max),
        Field::new("money", FieldKind::Money, "label").merging(MergePolicy::Max),
        Field::new("decimal", FieldKind::Decimal, "label").merging(MergePolicy::Max),
        Field::new("time", FieldKind::Time, "label").merging(MergePolicy::Max),
        Field::new("date", FieldKind::Date, "label").merging(MergePolicy::Max),
    ];
    let merged = |field: &str, now: &Value, to: &Value, at: i64| {
        let stamp = Stamp { op: nth(1, 1), queue: nth(2, 1), at: minutes(0), version: 3 };
        let meta = [(field.to_owned(), stamp)].into();
        let row = Record { version: 3, deleted: false, fields: [(field.to_owned(), now.clone())].into(), meta };
        let change = Change { from: json!("unseen"), to: to.clone() };
        let op = Op { fields: Fields::from([(field.to_owned(), change)]), ..operation(2, 2, &Act::Edit(BTreeMap::new()), Some(&row)) };
        merge(FORM, Some(&row), &op, minutes(at)).unwrap().record.fields[field].clone()
    };
    for (field, low, high) in [
        ("integer", json!(9), json!(10)),
        ("minutes", json!(90), json!(100)),
        ("money", json!("9.00"), json!("10.00")),
        ("decimal", json!("9.5"), json!("10")),
        ("time", json!("09:30"), json!("10:00")),
        ("date", json!("2025-12-31"), json!("2026-01-05")),
        ("integer", Value::Null, json!(0)),
    ] {
        for at in [-5, 5] {
            assert_eq!(merged(field, &low, &high, at), high, "{field} rises, {at}");
            assert_eq!(merged(field, &high, &low, at), high, "{field} does not fall, {at}");
        }
    }
    assert_eq!(merged("integer", &json!(9), &json!("çok"), 5), "çok", "later, and refused where rows are checked");
    assert_eq!(merged("integer", &json!(9), &json!("çok"), -5), 9);
}
