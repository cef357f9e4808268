//! The kinds of rows that take operations: one line each, in the order of a snapshot. What is referred to comes first.

use crate::{
    calendar::CalendarDay,
    employees::Employee,
    settings::RegionSettings,
    shift_templates::ShiftTemplate,
    sync::{self, Kind},
    timesheets::Timesheet,
};

static KINDS: [Kind; 5] =
    [Kind::of::<CalendarDay>(), Kind::of::<ShiftTemplate>(), Kind::of::<Employee>(), Kind::of::<RegionSettings>(), Kind::of::<Timesheet>()];

/// Tells the write path which kinds there are: before anything else in a process.
pub fn install() {
    sync::install(&KINDS);
}
