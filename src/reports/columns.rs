//! The columns of the sums per person: heads of the page and cells of its files.

use super::summary::PersonHours;
use crate::web::table::{Cell, Column, Kind};

/// In the page's order.
pub const COLUMNS: [Column<PersonHours>; 10] = [
    Column::<PersonHours>::new("employee-full-name", Kind::Text, |_, row| Cell::text(&row.full_name)).sorted("name").wide(28),
    Column::<PersonHours>::new("employee-department", Kind::Text, |_, row| Cell::text(&row.department)),
    Column::<PersonHours>::new("employee-title", Kind::Text, |_, row| Cell::text(&row.title)),
    Column::<PersonHours>::new("field-region", Kind::Text, |ctx, row| Cell::text(ctx.region_name(&row.region))).of_regions().wide(16),
    Column::<PersonHours>::new("summary-entries", Kind::Count, |_, row| Cell::Count(row.count)).sorted("count"),
    Column::<PersonHours>::new("hours-worked", Kind::Hours, |_, row| Cell::Hours(row.hours.worked)).sorted("worked"),
    Column::<PersonHours>::new("hours-overtime", Kind::Hours, |_, row| Cell::Hours(row.hours.overtime)).sorted("overtime"),
    Column::<PersonHours>::new("hours-night", Kind::Hours, |_, row| Cell::Hours(row.hours.night)).sorted("night"),
    Column::<PersonHours>::new("hours-overnight", Kind::Hours, |_, row| Cell::Hours(row.hours.overnight)).sorted("overnight"),
    Column::<PersonHours>::new("summary-special", Kind::Hours, |_, row| Cell::Hours(row.hours.special_normal)).sorted("special"),
];
