//! Timesheets ("puantaj"): who worked when, and how many hours that makes (DOMAIN 2.1, 3.2, 4.1).

pub mod actions;
pub mod api;
pub mod db;
mod export;
pub mod pages;
mod table;

pub use rainstaff_pages::timesheets::*;
