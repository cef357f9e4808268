//! The month ("Ay"): people by days with their hours, blanks and totals; the day of one person in its place; the printed sheet (UX 4.2, 4.4,
//! 5.4). Every write is an operation of the timesheets.

#[cfg(feature = "server")]
pub mod day;
pub mod day_editor;
#[cfg(feature = "server")]
pub mod db;
#[cfg(feature = "server")]
mod export;
#[cfg(feature = "server")]
pub mod pages;
pub mod query;
mod sheet;
pub(crate) mod views;

pub use sheet::{Cell, Plan, Sheet, Shifts, Tally, tally};
