//! Timesheets ("puantaj"): who worked when, and how many hours that makes (DOMAIN 2.1, 3.2, 4.1).

pub mod acts;
pub mod api;
pub mod calc;
pub mod db;
mod model;
pub mod pages;
pub mod prefill;
pub mod views;

pub use db::count_live_of_employee;
pub use model::Timesheet;
pub use views::weekday_key;
