//! The desktop program's drivers.

use super::Driver;
use crate::{
    desktop::{Column, Desktop, Why},
    phone,
};

impl Desktop for Driver {
    const DESKTOP_TABLE: &'static str = "drivers";
    const COLUMNS: &'static [Column] = &[
        Column::text("full_name", 200).needed(),
        Column::text("license_class", 50),
        Column::date("license_expiry"),
        Column::own("phone", |text| phone::parse(text).map(Into::into).map_err(|_| Why::Own("phone", "not a telephone number"))),
        Column::text("notes", 2000),
        Column::region("region"),
    ];
}
