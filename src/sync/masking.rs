//! What an office's PC gets of a row: everything but the identity number, which nobody there needs and whoever takes the PC would have. That
//! there is one, it may know: a browser's mirror keeps the same (static/ts/offline/mirror.ts).

use serde_json::{Value, json};

use crate::ops::Row;

/// A row without its identity number.
pub(super) fn masked(mut row: Row) -> Row {
    if let Some(number) = row.remove("identity_no") {
        let shown = if number.is_null() { Value::Null } else { json!("*") };
        row.insert("identity_no_masked".into(), shown);
    }
    row
}

/// The same, for a client that gets whole rows unless `masks`.
pub(super) fn masked_if(masks: bool, row: Row) -> Row {
    if masks { masked(row) } else { row }
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
