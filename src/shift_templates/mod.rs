//! Shift templates: the usual times of a region, so that nobody types them (DOMAIN 2.1, 3.8).

pub mod acts;
pub mod db;
mod model;
pub mod pages;
mod views;

pub use model::ShiftTemplate;
