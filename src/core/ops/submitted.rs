//! What became of a form.

use super::Verdict;
use crate::complaint::FieldError;

/// What became of a form.
#[derive(Debug)]
pub enum Submitted {
    /// Done (or done before: `replayed`).
    Done(Box<Verdict>),
    /// The values are not acceptable; nothing was written.
    Invalid(Vec<FieldError>),
    /// The form's `_op` was used before, for something else: ask again with a new one.
    Reused,
    /// The row does not exist in this region.
    Unknown,
}
