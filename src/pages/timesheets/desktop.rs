//! The desktop program's entries. It allows entries of a person to overlap; here they must not (DESIGN 3), neither after the import nor
//! during it.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Timesheet;
use crate::{
    civil,
    desktop::{BadValue, Candidate, Column, Desktop, DesktopRow, Recognised, Why, text_of},
    ops::Row,
};

impl Desktop for Timesheet {
    const DESKTOP_TABLE: &'static str = "timesheets";
    const COLUMNS: &'static [Column] = &[
        Column::reference("employee_id", "employees", || Why::EmployeeNotTaken).needed(),
        Column::work_date("work_date").needed(),
        Column::time("start_time").needed(),
        Column::end_time("end_time", "start_time").needed(),
        Column::minutes_of_break("break_minutes"),
        Column::flag("is_special"),
        Column::text("notes", 2_000),
        Column::region("region"),
    ];
    const IS_IN_EVERY_FILE: bool = true;
    const BAD_VALUE: BadValue = BadValue::CostsTheRow;
    const LINEAGE: &'static [&'static str] = &["work_date", "employee_id"];

    /// A corrected entry has another day or another person. If both differ it is another entry, from a copy that diverged.
    fn recognise(now: &Candidate<'_>, before: &Row) -> Recognised {
        let (row, day) = (now.row(), text_of(before, "work_date"));
        let is_same_day = day == row.text("work_date");
        let is_same_person = before.get("employee_id") == now.reference("employee_id");
        match (is_same_day, is_same_person) {
            (true, true) => Recognised::Same(Vec::new()),
            (false, true) => Recognised::Same(vec![row.remark("work_date", Why::DateMoved(day.into()))]),
            (true, false) => Recognised::Same(vec![row.remark("employee_id", Why::PersonChanged)]),
            (false, false) => Recognised::Other("work_date"),
        }
    }

    /// Of entries that overlap, the one whose turn comes first is taken.
    fn settle(candidates: &mut [Candidate<'_>]) {
        candidates.sort_by_cached_key(|candidate| (Turn::of_candidate(candidate), candidate.row().number()));
        let mut calendar = Calendar::default();
        for candidate in candidates {
            if let Err(other) = calendar.book(candidate.row()) {
                candidate.leave_out("work_date", Why::Overlap(other));
            }
        }
    }
}

/// The order in which entries are taken: unchanged ones keep their time; shorter ones make room before others take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// The same as at the last import.
    Unchanged,
    /// Within its former time.
    Shorter,
    /// At another time, or longer.
    Changed,
    /// Not seen before.
    New,
}

impl Turn {
    fn of_candidate(candidate: &Candidate<'_>) -> Self {
        candidate.before().map_or(Self::New, |before| Self::of(&candidate.fields(), before))
    }

    /// The turn of an entry that was `before` at the last import and is `now` in the file.
    fn of(now: &Row, before: &Row) -> Self {
        let same = |name: &str| now.get(name) == before.get(name);
        if !same("employee_id") || !same("work_date") {
            return Self::Changed;
        }
        if same("start_time") && same("end_time") {
            return Self::Unchanged;
        }
        let (start, end) = (text_of(now, "start_time"), text_of(now, "end_time"));
        let (start_before, end_before) = (text_of(before, "start_time"), text_of(before, "end_time"));
        let within_a_day = start < end && start_before < end_before;
        if within_a_day && start_before <= start && end <= end_before { Self::Shorter } else { Self::Changed }
    }
}

/// Who is busy when: per employee the entries taken so far, start to (end, number), without overlaps.
#[derive(Default)]
struct Calendar(BTreeMap<i64, BTreeMap<i64, (i64, i64)>>);

impl Calendar {
    /// Books the entry's time, or names the entry that has it.
    fn book(&mut self, entry: &DesktopRow) -> Result<(), i64> {
        let (start, end) = span(entry);
        let busy = self.0.entry(entry.value("employee_id").as_i64().unwrap_or_default()).or_default();
        // Entries do not overlap each other, so only the last one that starts before our end can reach past our start.
        match busy.range(..end).next_back() {
            Some((_, (their_end, other))) if *their_end > start => Err(*other),
            _ => {
                busy.insert(start, (end, entry.number()));
                Ok(())
            }
        }
    }
}

/// First and last minute of the entry, counted across all days; the end is exclusive.
fn span(entry: &DesktopRow) -> (i64, i64) {
    let day: NaiveDate = entry.text("work_date").parse().unwrap_or_default();
    let midnight = day.signed_duration_since(NaiveDate::default()).num_minutes();
    let [start, end] = ["start_time", "end_time"].map(|column| civil::parse_time(entry.text(column)).unwrap_or_default());
    (midnight + i64::from(start), midnight + i64::from(civil::stored_end(start, end).unwrap_or(end)))
}
