//! Shift templates: the usual times of a region, so that nobody types them (DOMAIN 2.1, 3.8).

pub mod db;
mod start;
mod table;

pub use rainstaff_pages::shift_templates::*;
pub use start::{ensure_first_templates, give_templates};
