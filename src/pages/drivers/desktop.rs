//! The desktop program's drivers.

use super::Driver;
use crate::{
    desktop::{Candidate, Column, Desktop, Recognised, Why, shares_a_word, text_of},
    ops::Row,
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
    const LINEAGE: &'static [&'static str] = &["full_name"];

    /// Copies of one database that diverged give one number to two people.
    fn recognise(now: &Candidate<'_>, before: &Row) -> Recognised {
        if shares_a_word(now.row().text("full_name"), text_of(before, "full_name")) {
            Recognised::Same(Vec::new())
        } else {
            Recognised::Other("full_name")
        }
    }
}
