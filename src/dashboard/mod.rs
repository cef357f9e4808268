//! "Pano": all regions at a glance, recent actions on entries, and oddities (DOMAIN 4.7, 4.8, 7.1, 7.2; UX 4.3). A clerk sees the same for
//! their region.

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
