//! The desktop program's employees. It stores no first and no last day: all of them are imported as working here.

use std::collections::BTreeMap;

use super::Employee;
use crate::{
    desktop::{BadValue, Candidate, Column, Desktop, DesktopRow, Recognised, Why, shares_a_word, text_of},
    ops::Row,
};

impl Desktop for Employee {
    const DESKTOP_TABLE: &'static str = "employees";
    const COLUMNS: &'static [Column] = &[
        Column::text("full_name", 200).needed(),
        Column::text("department", 100),
        Column::text("title", 100),
        Column::region("region"),
        Column::identity_no("identity_no"),
    ];
    const IS_IN_EVERY_FILE: bool = true;
    const BAD_VALUE: BadValue = BadValue::CostsTheRow;
    const LINEAGE: &'static [&'static str] = &["full_name"];

    /// By the identity number or a part of the name: two copies of one database that diverged give one number to two people.
    fn recognise(now: &Candidate<'_>, before: &Row) -> Recognised {
        let row = now.row();
        let number = text_of(before, "identity_no");
        let is_same_number = !number.is_empty() && number == row.text("identity_no");
        if is_same_number || shares_a_word(row.text("full_name"), text_of(before, "full_name")) {
            Recognised::Same(Vec::new())
        } else {
            Recognised::Other("full_name")
        }
    }

    /// An identity number belongs to one person. A person who already has it here keeps it; among new people the first gets it.
    fn settle(candidates: &mut [Candidate<'_>]) {
        let has_it = |candidate: &Candidate<'_>| {
            candidate.before().is_some_and(|before| text_of(before, "identity_no") == candidate.row().text("identity_no"))
        };
        let (keep, ask): (Vec<&Candidate<'_>>, Vec<_>) = candidates.iter().partition(|candidate| has_it(candidate));
        let mut holders: BTreeMap<&str, i64> = BTreeMap::new();
        for row in keep.into_iter().chain(ask).map(Candidate::row) {
            holders.entry(row.text("identity_no")).or_insert(row.number());
        }
        for candidate in candidates {
            let row: &DesktopRow = candidate.row();
            let (number, holder) = (row.text("identity_no"), holders.get(row.text("identity_no")));
            if let Some(holder) = holder.filter(|holder| **holder != row.number() && !number.is_empty()) {
                candidate.blank("identity_no", Why::DuplicateIdentityNo(*holder));
            }
        }
    }
}
