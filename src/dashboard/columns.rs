//! The columns of the blank days: heads of the page and cells of its files.

use super::views::BlankView;
use crate::{
    civil::format_date_tr,
    web::table::{Cell, Column, Kind},
};

/// In the page's order.
pub const BLANKS: [Column<BlankView>; 5] = [
    Column::<BlankView>::new("employee-full-name", Kind::Text, |_, row| Cell::text(&row.full_name)).wide(28),
    Column::<BlankView>::new("employee-department", Kind::Text, |_, row| Cell::text(&row.department)),
    Column::<BlankView>::new("field-region", Kind::Text, |ctx, row| Cell::text(ctx.region_name(&row.region))).of_regions().wide(16),
    Column::<BlankView>::new("blanks-days", Kind::Count, |_, row| Cell::Count(i64::try_from(row.days.len()).unwrap_or(i64::MAX))),
    Column::<BlankView>::new("blanks-dates", Kind::Text, |_, row| Cell::text(&dates(row))).wide(60),
];

fn dates(row: &BlankView) -> String {
    row.days.iter().map(|day| format_date_tr(*day)).collect::<Vec<_>>().join(", ")
}
