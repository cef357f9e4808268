//! Rows that could be: what the API's description shows of an entity, and what the tests of all entities write.

use serde_json::Value;

/// Sample rows of an entity, as forms and answers have them, without the ids of other rows: they name whatever rows there are.
#[derive(Debug, Clone)]
pub struct Samples {
    /// Two rows that an office may have at once. The first may become the second, field by field in the order of the form. No field has the
    /// same value in both; one that only the company may fill stands in `refused`.
    pub rows: [Value; 2],
    /// A field, a value that it may not have in an office, and the code of the complaint.
    pub refused: Vec<(&'static str, Value, &'static str)>,
}
