//! Shift templates: the usual times of a region, so that they need not be typed (DOMAIN 2.1, 3.8).

mod desktop;
pub mod listed;
mod model;
mod pages;
pub mod views;

pub use model::ShiftTemplate;
