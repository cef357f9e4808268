//! What is odd about the offices' PCs: rules, and how a PC is called.

mod db;
mod judge;
mod source;

pub use judge::{DEVICE_MAY_BE_SILENT, DeviceState, KINDS, judge};
pub use source::{DeviceAlarms, watch_all};
