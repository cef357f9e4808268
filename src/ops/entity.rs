//! What a kind of row is without a database: its name, its form, its checks. Where the rows lie is the server's matter (`sync::Table`); an
//! agent has the same kinds of rows in another place.

use std::collections::BTreeSet;

use super::{FieldError, Origin, Row, form_codec::FormSpec};

/// A kind of row that operations change. Field names are those of the forms.
pub trait Entity: Sized + Send + 'static {
    /// Name in operations, feed and logs.
    const NAME: &'static str;
    /// The form: field names and how they read.
    const FORM: FormSpec;

    /// Checks the values of a whole row. `changed` names the fields that the operation changes: what an old row already holds is not
    /// refused for a rule that came later.
    fn parse(row: &Row, changed: &BTreeSet<&str>, origin: Origin) -> Result<Self, Vec<FieldError>>;

    /// The values by form field.
    fn to_row(&self) -> Row;
}
