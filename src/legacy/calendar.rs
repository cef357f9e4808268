//! Who is busy when: two entries of one person may not overlap (DESIGN 3), neither in the end nor on the way there.

use std::collections::BTreeMap;

use super::{known::text, rows::Timesheet};
use crate::ops::Row;

/// When an entry's turn comes. What stays keeps its time; what gets shorter makes room before another takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    /// As it was taken over before.
    Unchanged,
    /// Within the time it had.
    Shorter,
    /// At another time, or longer.
    Changed,
    /// Not seen before.
    New,
}

impl Turn {
    /// The turn of an entry that was taken over before as `before` and stands in the file as `now`.
    pub(super) fn of(now: &Row, before: &Row) -> Self {
        let same = |name: &str| now.get(name) == before.get(name);
        if !same("employee_id") || !same("work_date") {
            return Self::Changed;
        }
        if same("start_time") && same("end_time") {
            return Self::Unchanged;
        }
        let (start, end) = (text(now, "start_time"), text(now, "end_time"));
        let (start_before, end_before) = (text(before, "start_time"), text(before, "end_time"));
        let within_a_day = start < end && start_before < end_before;
        if within_a_day && start_before <= start && end <= end_before { Self::Shorter } else { Self::Changed }
    }
}

/// Who is busy when: per employee the entries taken so far, start to (end, number), none overlapping.
#[derive(Default)]
pub(super) struct Calendar(BTreeMap<i64, BTreeMap<i64, (i64, i64)>>);

impl Calendar {
    /// Books the entry's time, or names the entry that has it.
    pub(super) fn book(&mut self, entry: &Timesheet) -> Result<(), i64> {
        let (start, end) = entry.span();
        let busy = self.0.entry(entry.employee).or_default();
        // Entries do not overlap each other, so only the last one that starts before our end can reach past our start.
        match busy.range(..end).next_back() {
            Some((_, (their_end, other))) if *their_end > start => Err(*other),
            _ => {
                busy.insert(start, (end, entry.id));
                Ok(())
            }
        }
    }
}
