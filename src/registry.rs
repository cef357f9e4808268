//! What the server keeps of each entity (`rainstaff_pages::registry` says which there are), and which tables of the desktop program are taken over.

use crate::{
    alarms::{self, Registered},
    desktop::{DesktopTable, are_in_order},
    devices::DeviceAlarms,
    drivers::Driver,
    employees::Employee,
    queue_health::QueueAlarms,
    settings::RegionSettings,
    shift_templates::ShiftTemplate,
    sync::{self, Kind, Table},
    timesheets::Timesheet,
};

macro_rules! kinds {
    ($($entity:ty),+ $(,)?) => {
        static KINDS: &[Kind] = &[$(Kind::of::<$entity>()),+];
    };
}

rainstaff_pages::for_each_entity!(kinds);

// Those that look at no other rows when they are written.
impl Table for Driver {}

/// Says which entities there are: before anything else in a process.
pub fn install() {
    rainstaff_pages::registry::install();
    sync::install(KINDS);
    alarms::install(ALARM_SOURCES);
}

/// What is looked at for something odd, in the order in which the dashboard shows it.
static ALARM_SOURCES: &[Registered] = &[Registered::of::<QueueAlarms>(), Registered::of::<DeviceAlarms>()];

/// The tables of the desktop program that are taken over, in the order in which their rows are handed to the write path. The order is in the
/// numbers of the operations: a new table stands at the end, or after the last one that it refers to.
pub static DESKTOP_TABLES: [DesktopTable; 5] = [
    DesktopTable::of::<Employee>(),
    DesktopTable::of::<ShiftTemplate>(),
    DesktopTable::of::<RegionSettings>(),
    DesktopTable::of::<Timesheet>(),
    DesktopTable::of::<Driver>(),
];
const _: () = assert!(are_in_order(&DESKTOP_TABLES), "a table is taken over after those that it refers to");
