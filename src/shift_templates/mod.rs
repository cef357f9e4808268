//! Shift templates: the usual times of a region, so that nobody types them (DOMAIN 2.1, 3.8).

#[cfg(feature = "server")]
pub mod db;
#[cfg(feature = "server")]
mod desktop;
pub mod listed;
mod model;
mod pages;
#[cfg(feature = "server")]
mod start;
#[cfg(feature = "server")]
mod table;
pub(crate) mod views;

pub use model::ShiftTemplate;
#[cfg(feature = "server")]
pub use start::{ensure_first_templates, give_templates};
