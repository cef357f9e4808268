//! Sample rows: the API's description shows them for an entity, and the tests of all entities write them.

use serde_json::Value;

/// Sample rows of an entity, in the format of forms and responses, without the ids of other rows: those are filled in with any existing
/// rows.
#[derive(Debug, Clone)]
pub struct Samples {
    /// Two rows that can exist in an office at the same time. The first may be changed to the second, field by field in the order of the
    /// form. No field has the same value in both; a field that only the company may fill is in `refused`.
    pub rows: [Value; 2],
    /// A field, a value that is not allowed for it in an office, and the code of the complaint.
    pub refused: Vec<(&'static str, Value, &'static str)>,
}
