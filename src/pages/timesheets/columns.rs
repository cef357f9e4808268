//! The list of entries, described once: the heads of the page and the cells of its files.

use super::views::EntryView;
use crate::web::table::{Cell, Column, Kind};

/// In the page's order. A file begins as the desktop program's reports do: person, region, date.
pub const COLUMNS: [Column<EntryView>; 16] = [
    Column::<EntryView>::new("timesheet-date", Kind::Date, |_, row| Cell::Date(row.entry.value.work_date)).first(3),
    Column::<EntryView>::new("timesheet-employee", Kind::Text, |_, row| Cell::text(&row.entry.employee_name)).first(1).wide(28),
    Column::<EntryView>::new("timesheet-start", Kind::Time, |_, row| Cell::Time(row.entry.value.start_min)),
    Column::<EntryView>::new("timesheet-end", Kind::Time, |_, row| Cell::Time(row.entry.value.end_min)),
    Column::<EntryView>::new("timesheet-break", Kind::Count, |_, row| Cell::Count(row.entry.value.break_minutes.into())),
    Column::<EntryView>::new("hours-worked", Kind::Hours, |_, row| Cell::Hours(row.hours.worked)),
    Column::<EntryView>::new("hours-scheduled", Kind::Hours, |_, row| Cell::Hours(row.hours.scheduled)),
    Column::<EntryView>::new("hours-overtime", Kind::Hours, |_, row| Cell::Hours(row.hours.overtime)),
    Column::<EntryView>::new("hours-night", Kind::Hours, |_, row| Cell::Hours(row.hours.night)),
    Column::<EntryView>::new("hours-overnight", Kind::Hours, |_, row| Cell::Hours(row.hours.overnight)),
    Column::<EntryView>::new("timesheet-special", Kind::Text, |ctx, row| Cell::answer(ctx, row.entry.value.is_special)).wide(10),
    Column::<EntryView>::new("hours-special-normal", Kind::Hours, |_, row| Cell::Hours(row.hours.special_normal)),
    Column::<EntryView>::new("hours-special-overtime", Kind::Hours, |_, row| Cell::Hours(row.hours.special_overtime)),
    Column::<EntryView>::new("hours-special-night", Kind::Hours, |_, row| Cell::Hours(row.hours.special_night)),
    Column::<EntryView>::new("timesheet-notes", Kind::Text, |_, row| Cell::text(&row.entry.value.notes)).wide(40),
    Column::<EntryView>::new("field-region", Kind::Text, |ctx, row| Cell::text(ctx.region_name(&row.entry.region)))
        .of_regions()
        .first(2)
        .wide(16),
];
