//! The list of people, described once: the heads of the page and the cells of its files.

use super::views::EmployeeView;
use crate::{
    i18n::t,
    web::table::{Cell, Column, Kind},
};

/// In the page's order. The identity number is masked in a file too.
pub const COLUMNS: [Column<EmployeeView>; 8] = [
    Column::<EmployeeView>::new("employee-full-name", Kind::Text, |_, row| Cell::text(&row.employee.value.full_name))
        .sorted("full_name")
        .wide(28),
    Column::<EmployeeView>::new("employee-identity-no", Kind::Text, |_, row| Cell::text(&row.masked())).wide(16),
    Column::<EmployeeView>::new("employee-department", Kind::Text, |_, row| Cell::text(&row.employee.value.department))
        .sorted("department"),
    Column::<EmployeeView>::new("employee-title", Kind::Text, |_, row| Cell::text(&row.employee.value.title)).sorted("title"),
    Column::<EmployeeView>::new("employee-hire-date", Kind::Date, |_, row| Cell::date(row.employee.value.hire_date)).sorted("hire_date"),
    Column::<EmployeeView>::new("employee-exit-date", Kind::Date, |_, row| Cell::date(row.employee.value.exit_date)).sorted("exit_date"),
    Column::<EmployeeView>::new("employee-state", Kind::Text, |ctx, row| Cell::text(t(ctx.lang, row.state_key()))).wide(12),
    Column::<EmployeeView>::new("field-region", Kind::Text, |ctx, row| Cell::text(ctx.region_name(&row.employee.region)))
        .of_regions()
        .wide(16),
];
