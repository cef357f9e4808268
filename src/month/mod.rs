//! The month ("Ay"): people by days with their hours, blanks and totals; the day of one person in its place; the printed sheet (UX 4.2, 4.4,
//! 5.4). Every write is an operation of the timesheets.

pub mod day;
pub mod db;
mod export;
pub mod pages;

pub use rainstaff_pages::month::*;
