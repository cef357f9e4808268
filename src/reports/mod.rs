//! Reports over many entries. So far "Çalışan özeti": the hours per person in a range of dates (DOMAIN 4.7, 7.1).

pub(crate) mod columns;
pub mod db;
mod export;
pub mod pages;
mod summary;
mod views;

pub use db::load_summary;
pub use summary::{Filter, PersonHours, Sort, Summary};
