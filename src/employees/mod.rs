//! The people whose hours are kept (DOMAIN 2.1, 3.1).

#[cfg(feature = "server")]
pub mod acts;
#[cfg(feature = "server")]
pub mod api;
pub(crate) mod columns;
#[cfg(feature = "server")]
pub mod db;
#[cfg(feature = "server")]
mod desktop;
pub mod filter;
pub mod listed;
mod model;
pub mod office;
mod pages;
#[cfg(feature = "server")]
mod table;
mod turn;
pub(crate) mod views;

#[cfg(feature = "server")]
pub use db::{ForEntry, are_for_entry, find_for_entry};
pub use model::{Activation, Employee, Left};
pub use turn::changes_of_turn;
