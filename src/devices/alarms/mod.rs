//! What is odd about the offices' PCs: the rules, and what a PC is called.

mod db;
mod rules;
mod source;

pub use rules::{DEVICE_MAY_BE_SILENT, DeviceState, KINDS, judge};
pub use source::DeviceAlarms;
