//! What browsers may do without a network (SYNC 3.15): a setting of the company, told with every ping.

mod db;
mod switch;

pub use rainstaff_core::offline_mode::*;
pub use switch::OfflineSwitch;
