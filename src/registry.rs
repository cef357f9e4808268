//! The entities: one line each, in the order of a snapshot. What is referred to comes first. Then those that the desktop program has as well.

use crate::{
    calendar::CalendarDay,
    crud::PagesOf,
    drivers::Driver,
    employees::{Employee, office::People},
    ops::{Description, describe_entities},
    settings::RegionSettings,
    shift_templates::ShiftTemplate,
    timesheets::Timesheet,
};
#[cfg(feature = "server")]
use crate::{
    desktop::{DesktopTable, are_in_order},
    sync::{self, Kind},
};

macro_rules! entities {
    ($($entity:ty),+ $(,)?) => {
        static DESCRIPTIONS: &[Description] = &[$(Description::of::<$entity>()),+];
        #[cfg(feature = "server")]
        static KINDS: &[Kind] = &[$(Kind::of::<$entity>()),+];
    };
}

entities! {
    CalendarDay,
    ShiftTemplate,
    Employee,
    RegionSettings,
    Timesheet,
    Driver,
}

/// The pages at the usual addresses, as an office PC makes them from its copy. `routes` has the same.
pub fn pages<O: People>() -> Vec<PagesOf<O>> {
    vec![PagesOf::of::<Employee>(), PagesOf::of::<ShiftTemplate>(), PagesOf::of::<Driver>()]
}

/// Says which entities there are: before anything else in a process.
pub fn install() {
    describe_entities(DESCRIPTIONS);
    #[cfg(feature = "server")]
    sync::install(KINDS);
}

/// The tables of the desktop program that are taken over, in the order in which their rows are handed to the write path. The order is in the
/// numbers of the operations: a new table stands at the end, or after the last one that it refers to.
#[cfg(feature = "server")]
pub static DESKTOP_TABLES: [DesktopTable; 5] = [
    DesktopTable::of::<Employee>(),
    DesktopTable::of::<ShiftTemplate>(),
    DesktopTable::of::<RegionSettings>(),
    DesktopTable::of::<Timesheet>(),
    DesktopTable::of::<Driver>(),
];
#[cfg(feature = "server")]
const _: () = assert!(are_in_order(&DESKTOP_TABLES), "a table is taken over after those that it refers to");
