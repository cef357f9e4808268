//! "Bugün": who worked on one day of one region, and who is still blank (UX 4.2). The list is filled from the plan (`roster`); a clerk
//! enters all people as planned at once and types the exceptions. An absent person stays blank: there are no codes for absence yet, and a
//! blank means nothing more.

pub mod day;
pub mod planned;
pub mod query;
pub mod row;
pub mod views;
