//! Rows and their fields in words, for pages about changes: waiting, refused, and conflicting ones.

mod fields;

pub use fields::{describe, label_of, masked, named, said};
