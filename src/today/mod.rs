//! "Bugün": who came on one day of one region, and who is still blank (UX 4.2). The list is filled from the plan (`roster`); a clerk enters
//! everybody as planned at once and types the exceptions. An absent person stays blank: there are no codes for absence yet, and a blank
//! is no statement.

#[cfg(feature = "server")]
pub mod acts;
#[cfg(feature = "server")]
mod answers;
#[cfg(feature = "server")]
pub mod batches;
pub(crate) mod day;
#[cfg(feature = "server")]
mod db;
#[cfg(feature = "server")]
mod load;
#[cfg(feature = "server")]
pub mod pages;
pub mod planned;
pub mod query;
pub(crate) mod row;
pub(crate) mod views;
