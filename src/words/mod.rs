//! Rows and their fields in words, for other pages that speak of changes: what waits, what was refused, what met.

#[cfg(feature = "server")]
mod db;
mod fields;
#[cfg(feature = "server")]
mod names;
#[cfg(feature = "server")]
mod past;

#[cfg(feature = "server")]
pub use db::{RowName, list_row_names};
pub use fields::{describe, label_of, masked, said};
#[cfg(feature = "server")]
pub use names::{Names, entity_in_words, ids_in, named, names_of};
#[cfg(feature = "server")]
pub(crate) use names::{title_by_id, title_of_values};
#[cfg(feature = "server")]
pub use past::value_at;
