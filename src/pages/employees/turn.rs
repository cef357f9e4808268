//! A change of state: a person leaves, or is back.

use serde_json::json;

use crate::{
    ops::{Change, Fields, Row},
    web::form::Posted,
};

/// The field of "Geri al" that says: first and last day are to be what they were, also where there was none.
pub const AS_BEFORE: &str = "as_before";

/// The changes of somebody who becomes active, or passive: who leaves has a last day (where none is typed, the write path finds one), and who
/// comes back has none, and a new first day. "Geri al" says both days as they were. `shown` are the days that the author saw: the same form is
/// the same operation, and meets whatever came in between.
pub fn changes_of_turn(active: bool, shown: &Row, posted: &Posted) -> Fields {
    let from = |name: &str| shown.get(name).cloned().unwrap_or_default();
    let mut changes = Fields::from([("is_active".to_owned(), Change { from: json!(!active), to: json!(active) })]);
    let (first, last) = (posted.date("hire_date"), posted.date("exit_date"));
    if active || !last.is_null() {
        changes.insert("exit_date".into(), Change { from: from("exit_date"), to: last });
    }
    if !first.is_null() || posted.value(AS_BEFORE) == "true" {
        changes.insert("hire_date".into(), Change { from: from("hire_date"), to: first });
    }
    changes
}
