//! What is odd about the offices' PCs: rules, and how a PC is called.

mod db;
mod rules;
mod source;

pub use rules::{DEVICE_MAY_BE_SILENT, DeviceState, KINDS, judge};
pub use source::{DeviceAlarms, watch_all};
