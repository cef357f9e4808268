//! Timesheets ("puantaj"): who worked when, and how many hours that makes (DOMAIN 2.1, 3.2, 4.1).

#[cfg(feature = "server")]
pub mod acts;
#[cfg(feature = "server")]
pub mod api;
pub mod columns;
#[cfg(feature = "server")]
pub mod db;
#[cfg(feature = "server")]
mod desktop;
#[cfg(feature = "server")]
mod export;
pub mod filter;
pub mod forms;
pub mod listed;
mod model;
#[cfg(feature = "server")]
pub mod pages;
#[cfg(feature = "server")]
mod table;
pub mod views;

pub use model::{Timesheet, overlapping};
pub use views::weekday_key;
