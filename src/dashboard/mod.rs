//! "Pano": all regions at a glance, what was done in the last minutes, and what is odd about it (DOMAIN 4.7, 4.8, 7.1, 7.2; UX 4.3).
//! Somebody of a region sees the same for that region.

pub mod alerts;
pub mod blanks;
mod chart;
pub(crate) mod columns;
mod db;
mod load;
pub mod pages;
mod period;
mod views;

pub use period::Step;
