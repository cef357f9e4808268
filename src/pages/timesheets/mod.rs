//! Timesheets ("puantaj"): who worked when, and how many hours that makes (DOMAIN 2.1, 3.2, 4.1).

pub mod columns;
mod desktop;
pub mod filter;
pub mod forms;
pub mod listed;
mod model;
pub mod views;

pub use model::{Timesheet, overlapping};
pub use views::weekday_key;
