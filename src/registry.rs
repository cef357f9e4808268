//! The entities: one line each, in the order of a snapshot. What is referred to comes first.

#[cfg(feature = "server")]
use crate::sync::{self, Kind};
use crate::{
    calendar::CalendarDay,
    crud::PagesOf,
    employees::{Employee, office::People},
    ops::{Description, describe_entities},
    settings::RegionSettings,
    shift_templates::ShiftTemplate,
    timesheets::Timesheet,
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
}

/// The pages at the usual addresses, as an office PC makes them from its copy. `routes` has the same.
pub fn pages<O: People>() -> Vec<PagesOf<O>> {
    vec![PagesOf::of::<Employee>(), PagesOf::of::<ShiftTemplate>()]
}

/// Says which entities there are: before anything else in a process.
pub fn install() {
    describe_entities(DESCRIPTIONS);
    #[cfg(feature = "server")]
    sync::install(KINDS);
}
