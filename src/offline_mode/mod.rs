//! What browsers may do without a network (SYNC 3.15): a setting of the company, told with every ping.

#[cfg(feature = "server")]
mod db;
mod mode;
#[cfg(feature = "server")]
mod switch;

pub use mode::OfflineMode;
#[cfg(feature = "server")]
pub use switch::OfflineSwitch;
