//! "Bugün": who came on one day of one region, and who is still blank (UX 4.2). The list is filled from the plan (`roster`); a clerk enters
//! everybody as planned at once and types the exceptions. An absent person stays blank: there are no codes for absence yet, and a blank
//! is no statement.

pub mod acts;
mod answers;
pub mod batches;
mod day;
mod db;
pub mod pages;
mod row;
mod views;
