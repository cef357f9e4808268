//! What is wrong with a submitted value, as data. The page that shows it chooses the words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is wrong with one field. `code` is a key of the message catalogue (`error-…` in locales), `args` are its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Name of the form field; empty if the complaint is about the whole row.
    pub field: String,
    /// Key of the message, such as `time-format`.
    pub code: String,
    /// Arguments of the message.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

impl FieldError {
    /// A complaint about `field`.
    pub fn new(field: &str, code: &str) -> Self {
        Self { field: field.into(), code: code.into(), args: BTreeMap::new() }
    }

    /// The same complaint with an argument for its message.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "a number or a text, as it comes")]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.into(), value.to_string());
        self
    }
}

/// What is wrong with one parameter of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParamError {
    /// Name of the parameter.
    #[cfg_attr(feature = "openapi", schema(example = "from"))]
    pub name: String,
    /// What is wrong with it, for developers of clients.
    #[cfg_attr(feature = "openapi", schema(example = "not a date such as 2026-01-05"))]
    pub detail: String,
}

impl ParamError {
    /// A complaint about a parameter.
    pub fn new(name: &str, detail: impl Into<String>) -> Self {
        Self { name: name.to_owned(), detail: detail.into() }
    }
}
