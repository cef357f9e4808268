//! The people whose hours are kept (DOMAIN 2.1, 3.1).

pub mod acts;
pub mod api;
pub mod card;
mod card_views;
pub mod db;
pub mod identity_no;
mod model;
pub mod pages;
mod views;

pub use db::{ForEntry, are_for_entry, find_for_entry};
pub use model::Employee;
