//! Rows and their fields in words, for other pages that speak of changes: what waits, what was refused, what met.

mod db;
mod names;
mod past;

pub use db::{RowName, list_row_names};
pub(crate) use db::{list_named_rows, list_names, name_sql, title_sql};
pub use names::{Names, entity_in_words, ids_in, names_of};
pub(crate) use names::{title_by_id, title_of_values};
pub use past::value_at;
pub use rainstaff_pages::words::*;
