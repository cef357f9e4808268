//! Rows and their fields in words, for other pages that speak of changes: what waits, what was refused, what met.

mod fields;

pub use fields::{describe, label_of, masked, said};
