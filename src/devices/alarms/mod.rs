//! What is odd about the offices' PCs: rules, the look once a minute, and what people see and do about it.

pub mod acts;
mod db;
mod judge;
mod views;
mod watch;

pub use judge::{DEVICE_MAY_BE_SILENT, DeviceAlarmKind, DeviceFinding, DeviceState, judge};
pub use views::{DeviceAlarmView, load_alarms};
pub use watch::watch_all;
