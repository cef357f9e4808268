//! The people whose hours are kept (DOMAIN 2.1, 3.1).

pub mod actions;
pub mod api;
pub mod db;
mod table;

pub use db::{ForEntry, are_for_entry, find_for_entry};
pub use rainstaff_pages::employees::*;
