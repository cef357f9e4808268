//! The result of a submitted form.

use super::Verdict;
use crate::complaint::FieldError;

/// The result of a submitted form.
#[derive(Debug)]
pub enum Submitted {
    /// Done, now or before (`replayed`).
    Done(Box<Verdict>),
    /// The values are invalid; nothing was written.
    Invalid(Vec<FieldError>),
    /// The form's `_op` was used before for another operation: submit again with a new one.
    Reused,
    /// The row does not exist in this region.
    Unknown,
}
