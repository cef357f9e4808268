//! What is left out of rows that are sent many at a time: identity numbers. No client needs them to keep a copy, and anyone with the copy
//! would have them all, without the event that is recorded when one is shown to a person. A copy does know whether there is a number: a
//! browser's mirror and a PC store the same (static/ts/offline/mirror.ts, src/agent/store).

use serde_json::{Value, json};

use crate::ops::{Row, mask_secrets};

/// A row without its identity number.
pub(crate) fn masked(row: Row) -> Row {
    mask_secrets(row, |value| if value.is_null() { Value::Null } else { json!("*") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_identity_number_only_that_there_is_one_is_told() {
        let row = |number: Value| Row::from([("full_name".to_owned(), json!("Ayşe")), ("identity_no".to_owned(), number)]);
        assert_eq!(masked(row(json!("10000000146")))["identity_no_masked"], "*");
        assert_eq!(masked(row(Value::Null))["identity_no_masked"], Value::Null);
        assert!(!masked(row(json!("10000000146"))).contains_key("identity_no"));
        assert_eq!(masked(Row::from([("notes".to_owned(), json!(""))])).len(), 1, "a row without the field gets none");
    }
}
