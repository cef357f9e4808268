//! A change of state: a person leaves or returns.

use serde_json::json;

use crate::{
    ops::{Change, Fields, Row},
    web::form::Posted,
};

/// The field of "Geri al" that restores the first and the last day, also if there was none.
pub const AS_BEFORE: &str = "as_before";

/// The changes of a person who becomes active or passive: a person who leaves gets a last day (if none is typed, the write path finds one);
/// a person who returns has none, and gets a new first day. "Geri al" sends both days as they were. `shown` are the days that the author
/// saw: the same form always makes the same operation, so changes made in between are detected.
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
