//! Reports over many entries. So far "Çalışan özeti": who worked how much in some dates (DOMAIN 4.7, 7.1).

pub(crate) mod columns;
pub mod db;
mod export;
pub mod pages;
mod summary;
mod views;

pub use db::load_summary;
pub use summary::{Filter, PersonHours, Sort, Summary};
