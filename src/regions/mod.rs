//! The list of the regions (`app.regions`).

pub mod db;
mod each;

pub use each::for_each_region;
