//! "Bugün": who came on one day of one region, and who is still blank (UX 4.2). The list is filled from the plan (`roster`); a clerk enters
//! everybody as planned at once and types the exceptions. An absent person stays blank: there are no codes for absence yet, and a blank
//! does not mean absence.

pub mod actions;
mod answers;
pub mod batches;
mod db;
mod load;
pub mod pages;

pub use rainstaff_pages::today::*;
