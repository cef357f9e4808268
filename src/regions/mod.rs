//! The list of the offices (`app.regions`).

pub mod db;
mod each;
pub mod offices;

pub use each::for_each_region;
