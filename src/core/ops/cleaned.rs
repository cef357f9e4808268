//! Cleans the texts of an operation as they are stored, for every author and every time of entry: the first step of every decision.

use std::borrow::Cow;

use serde_json::Value;

use super::{Change, Op, Row, same_value};
use crate::text::clean;

/// The value, cleaned if it is a text.
pub fn clean_value(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(clean(text)),
        other => other.clone(),
    }
}

/// The operation with cleaned texts, for the merge: both the values that the author saw and the values wanted. The inbox stores the
/// operation as it was sent, and the fingerprint is computed from that.
///
/// `current` is the stored row. If a stored value dates from before texts were cleaned and equals the author's `from` once cleaned, the
/// stored value counts as the value that the author saw.
pub fn clean_op<'a>(op: &'a Op, current: Option<&Row>) -> Cow<'a, Op> {
    let change = |name: &String, sent: &Change| {
        let mut change = Change { from: clean_value(&sent.from), to: clean_value(&sent.to) };
        if let Some(stored) = current.and_then(|row| row.get(name)).filter(|stored| same_value(&clean_value(stored), &change.from)) {
            if same_value(&change.from, &change.to) {
                change.to = stored.clone();
            }
            change.from = stored.clone();
        }
        change
    };
    let fields = op.fields.iter().map(|(name, sent)| (name.clone(), change(name, sent))).collect();
    if fields == op.fields { Cow::Borrowed(op) } else { Cow::Owned(Op { fields, ..op.clone() }) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::ops::{Fields, fingerprint};

    fn renaming(from: &str, to: &str) -> Op {
        let golden: Value = serde_json::from_str(include_str!("../../../tests/golden/ops/v1/timesheet_create.json")).unwrap();
        let mut op: Op = serde_json::from_value(golden["op"].clone()).unwrap();
        op.id = Uuid::nil();
        op.fields = Fields::from([("full_name".to_owned(), Change { from: json!(from), to: json!(to) })]);
        op
    }

    fn change_of(op: &Op) -> (&str, &str) {
        let change = &op.fields["full_name"];
        (change.from.as_str().unwrap(), change.to.as_str().unwrap())
    }

    #[test]
    fn both_sides_are_cleaned_and_the_operation_as_sent_is_kept() {
        let sent = renaming("Ays\u{327}e", " Ayşe\u{a0}Kaya\u{202c}");
        let print = fingerprint(&sent);
        assert_eq!(change_of(&clean_op(&sent, None)), ("Ayşe", "Ayşe Kaya"));
        assert_eq!(fingerprint(&sent), print);
        let plain = renaming("Ayşe", "Ayşe Kaya");
        assert!(matches!(clean_op(&plain, None), Cow::Borrowed(_)), "nothing to do is nothing done");
    }

    #[test]
    fn a_value_stored_before_texts_were_cleaned_is_what_its_author_saw() {
        let stored = Row::from([("full_name".to_owned(), json!("Ayşe\u{200b}"))]);
        assert_eq!(change_of(&clean_op(&renaming("Ayşe", "Fatma"), Some(&stored))), ("Ayşe\u{200b}", "Fatma"));
        assert_eq!(change_of(&clean_op(&renaming("Ayşe", "Ayşe "), Some(&stored))), ("Ayşe\u{200b}", "Ayşe\u{200b}"), "no edit");
        assert_eq!(change_of(&clean_op(&renaming("Ali", "Fatma"), Some(&stored))), ("Ali", "Fatma"), "somebody else's edit is met as ever");
    }
}
