//! The merge rule as properties (SYNC 3.7): concurrent edits meet alike in either order, a second delivery changes nothing, and no value
//! a person entered just disappears.

#![cfg(test)]

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use rainstaff::ops::{Change, ConflictDraft, ConflictKind, Fields, Kind, Op, Record, Stamp, merge, same_value};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::builders::{at, clerk, employee_id, op, op_id, queue_id};

const FIELDS: [&str; 3] = ["full_name", "title", "notes"];

/// What a person does, in small numbers: which fields get which values, or a deletion.
#[derive(Debug, Clone)]
enum Act {
    Edit(BTreeMap<usize, u8>),
    Delete,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        5 => prop::collection::btree_map(0..FIELDS.len(), 0..4u8, 1..=3).prop_map(Act::Edit),
        1 => Just(Act::Delete),
    ]
}

/// Few values, so that people often enter the same; the first is blank, which counts as no value.
fn value(n: u8) -> Value {
    if n == 0 { json!("") } else { json!(format!("değer {n}")) }
}

/// A row of version 3 that the authors of concurrent operations have on the screen.
fn shown_row() -> impl Strategy<Value = Record> {
    (prop::array::uniform3(0..4u8), any::<bool>()).prop_map(|(values, deleted)| {
        let stamp = Stamp { op: op_id(1), queue: queue_id(1), at: at(-600), version: 3 };
        let names = FIELDS.map(str::to_owned);
        let fields = names.iter().cloned().zip(values.map(value)).collect();
        let mut meta: BTreeMap<String, Stamp> = names.into_iter().map(|name| (name, stamp.clone())).collect();
        if deleted {
            meta.insert(String::new(), stamp);
        }
        Record { version: 3, deleted, fields, meta }
    })
}

/// The n-th person's operation on the row as it is shown, from a queue of their own.
fn operation(n: u32, act: &Act, shown: &Record) -> Op {
    let draft = op(&clerk("ankara"), "ankara").id(op_id(n)).queued(queue_id(n), 1);
    let mut op = draft.delete("employee", employee_id(1), shown.version);
    if let Act::Edit(edits) = act {
        op.kind = Kind::Update;
        op.fields = edits.iter().map(|(field, n)| change(FIELDS[*field], shown, value(*n))).collect::<Fields>();
    }
    op
}

fn change(name: &str, shown: &Record, to: Value) -> (String, Change) {
    (name.to_owned(), Change { from: shown.fields[name].clone(), to })
}

fn minutes(n: i64) -> DateTime<Utc> {
    at(0) + Duration::minutes(n)
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn two_concurrent_operations_meet_alike_in_either_order(
        shown in shown_row(), a in act(), b in act(), times in (0..3i64, 0..3i64),
    ) {
        let (a, b) = (operation(2, &a, &shown), operation(3, &b, &shown));
        let (a, b) = ((&a, minutes(times.0)), (&b, minutes(times.1)));
        let (ab, ba) = (play(&shown, &[a, b]), play(&shown, &[b, a]));
        prop_assert_eq!(face(&ab.0), face(&ba.0));
        prop_assert_eq!(faces(&ab.1), faces(&ba.1));
    }

    #[test]
    fn an_operation_that_comes_again_changes_nothing(shown in shown_row(), acts in prop::collection::vec((act(), 0..5i64), 1..5)) {
        let ops: Vec<(Op, DateTime<Utc>)> =
            acts.iter().zip(2..).map(|((act, at), n)| (operation(n, act, &shown), minutes(*at))).collect();
        let played: Vec<(&Op, DateTime<Utc>)> = ops.iter().map(|(op, at)| (op, *at)).collect();
        let (after, _) = play(&shown, &played);
        let (last, at) = &ops[ops.len() - 1];
        let again = merge(Some(&after), last, *at).unwrap();
        prop_assert_eq!(face(&again.record), face(&after));
    }

    #[test]
    fn every_value_entered_is_current_knowingly_replaced_or_in_a_conflict(
        shown in shown_row(), acts in prop::collection::vec((act(), -3..5i64, any::<bool>()), 1..7),
    ) {
        let mut record = shown.clone();
        let mut conflicts = Vec::new();
        let mut entered: Vec<(Op, bool)> = Vec::new(); // and whether it is about a deletion
        let mut replaced: Vec<(String, Value)> = Vec::new();
        for ((act, at, sees_now), n) in acts.iter().zip(2..) {
            // Some look at the row as it is by now, others have the page of this morning open.
            let seen = if *sees_now { record.clone() } else { shown.clone() };
            let op = operation(n, act, &seen);
            replaced.extend(op.fields.iter().map(|(name, change)| (name.clone(), change.from.clone())));
            let merged = merge(Some(&record), &op, minutes(*at)).unwrap();
            (record, conflicts) = (merged.record, [conflicts, merged.conflicts].concat());
            entered.push((op, matches!(act, Act::Delete)));
        }
        for (op, is_deletion) in &entered {
            for (name, change) in op.fields.iter().filter(|(_, c)| !same_value(&c.from, &c.to)) {
                let is_current = same_value(&record.fields[name], &change.to);
                let was_seen = replaced.iter().any(|(field, from)| field == name && same_value(from, &change.to));
                let is_kept = conflicts.iter().any(|c: &ConflictDraft| c.field.as_ref() == Some(name) && same_value(&c.lose, &change.to));
                prop_assert!(is_current || was_seen || is_kept, "{name} = {} of {} is gone", change.to, op.op_id);
            }
            if *is_deletion && !record.deleted && !shown.deleted {
                let is_kept = conflicts.iter().any(|c| c.op_lose == Some(op.op_id) || c.op_win == Some(op.op_id) || c.lose == json!(true));
                prop_assert!(is_kept, "the deletion {} is gone without a word", op.op_id);
            }
        }
    }
}

#[test]
fn a_form_that_changes_nothing_does_not_wake_a_deleted_row() {
    let stamp = |version| Stamp { op: op_id(1), queue: queue_id(1), at: at(0), version };
    let record = Record {
        version: 4,
        deleted: true,
        fields: [("title".to_owned(), json!("Usta"))].into(),
        meta: [("title".to_owned(), stamp(3)), (String::new(), stamp(4))].into(),
    };
    let unchanged = op(&clerk("ankara"), "ankara").update("employee", employee_id(1), 3, json!({ "title": ["Usta", "Usta"] }));
    let merged = merge(Some(&record), &unchanged, at(1)).unwrap();
    assert_eq!((merged.changed, merged.conflicts.len()), (false, 0));
    assert!(merged.record.deleted);
}

#[test]
fn the_same_value_from_two_people_is_no_conflict() {
    let ankara = clerk("ankara");
    let made = op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe");
    let record = merge(None, &made, at(0)).unwrap().record;
    let rename =
        |n| op(&ankara, "ankara").queued(queue_id(n), 1).update("employee", employee_id(1), 1, json!({ "full_name": ["Ayşe", "Işık"] }));
    let once = merge(Some(&record), &rename(2), at(1)).unwrap();
    let twice = merge(Some(&once.record), &rename(3), at(2)).unwrap();
    assert_eq!((twice.changed, twice.conflicts.len(), twice.record.version), (false, 0, 2));
}

#[test]
fn only_a_creation_makes_a_row() {
    let ankara = clerk("ankara");
    let draft = || op(&ankara, "ankara");
    assert!(merge(None, &draft().delete("employee", employee_id(1), 1), at(0)).is_none());
    assert!(merge(None, &draft().restore("employee", employee_id(1), 1), at(0)).is_none());
    assert!(merge(None, &draft().update("employee", employee_id(1), 1, json!({ "title": ["", "x"] })), at(0)).is_none());
    let made = merge(None, &draft().new_employee(employee_id(1), "Ayşe"), at(0)).unwrap();
    assert_eq!((made.created, made.changed, made.record.version), (true, true, 1));
    let stamp = &made.record.meta["full_name"];
    assert_eq!((stamp.at, stamp.version, stamp.op == Uuid::nil()), (at(0), 1, false));
}
