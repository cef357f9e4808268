//! The merge rule by example (SYNC 3.7). Its properties are in `tests/model/merge_properties.rs`.

#![cfg(test)]

use rainstaff::ops::{OTHERS, Record, Stamp, TOMBSTONE, merge};
use serde_json::json;
use uuid::Uuid;

use crate::support::builders::{at, clerk, employee_id, op, op_id, queue_id};

#[test]
fn a_form_that_changes_nothing_does_not_wake_a_deleted_row() {
    let stamp = |version| Stamp { op: op_id(1), queue: queue_id(1), at: at(0), version };
    let record = Record {
        version: 4,
        deleted: true,
        fields: [("title".to_owned(), json!("Usta"))].into(),
        meta: [("title".to_owned(), stamp(3)), (TOMBSTONE.to_owned(), stamp(4))].into(),
    };
    let unchanged = op(&clerk("ankara"), "ankara").update("employee", employee_id(1), 3, json!({ "title": ["Usta", "Usta"] }));
    let merged = merge(&[], Some(&record), &unchanged, at(1)).unwrap();
    assert_eq!((merged.changed, merged.conflicts.len()), (false, 0));
    assert!(merged.record.deleted);
}

#[test]
fn the_same_value_from_two_people_is_no_conflict() {
    let ankara = clerk("ankara");
    let made = op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe");
    let record = merge(&[], None, &made, at(0)).unwrap().record;
    let rename =
        |n| op(&ankara, "ankara").queued(queue_id(n), 1).update("employee", employee_id(1), 1, json!({ "full_name": ["Ayşe", "Işık"] }));
    let once = merge(&[], Some(&record), &rename(2), at(1)).unwrap();
    let twice = merge(&[], Some(&once.record), &rename(3), at(2)).unwrap();
    assert_eq!((twice.changed, twice.conflicts.len(), twice.record.version), (false, 0, 2));
}

#[test]
fn a_field_that_nobody_has_written_since_is_its_creators() {
    let ankara = clerk("ankara");
    let made = op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe");
    let record = merge(&[], None, &made, at(5)).unwrap().record;
    let rename =
        |n| op(&ankara, "ankara").queued(queue_id(n), 1).update("employee", employee_id(1), 1, json!({ "full_name": ["Fatma", "Işık"] }));
    let (earlier, later) = (rename(2), rename(3));
    let lost = merge(&[], Some(&record), &earlier, at(4)).unwrap();
    assert_eq!((lost.conflicts[0].op_win, lost.conflicts[0].op_lose), (Some(made.op_id), Some(earlier.op_id)));
    assert_eq!(lost.record.fields["full_name"], "Ayşe");
    let won = merge(&[], Some(&record), &later, at(6)).unwrap();
    assert_eq!((won.conflicts[0].op_win, won.conflicts[0].op_lose), (Some(later.op_id), Some(made.op_id)));
    assert_eq!(won.record.fields["full_name"], "Işık");
    assert_eq!(won.record.meta.keys().collect::<Vec<_>>(), [OTHERS, "full_name"]);
}

#[test]
fn only_a_creation_makes_a_row() {
    let ankara = clerk("ankara");
    let draft = || op(&ankara, "ankara");
    assert!(merge(&[], None, &draft().delete("employee", employee_id(1), 1), at(0)).is_none());
    assert!(merge(&[], None, &draft().restore("employee", employee_id(1), 1), at(0)).is_none());
    assert!(merge(&[], None, &draft().update("employee", employee_id(1), 1, json!({ "title": ["", "x"] })), at(0)).is_none());
    let made = merge(&[], None, &draft().new_employee(employee_id(1), "Ayşe"), at(0)).unwrap();
    assert_eq!((made.created, made.changed, made.record.version), (true, true, 1));
    let stamp = &made.record.meta[OTHERS];
    assert_eq!((stamp.at, stamp.version, stamp.op == Uuid::nil()), (at(0), 1, false));
}
