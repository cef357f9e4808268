//! What the list shows: from its address to a filter, and the sums of everything that fits.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    calc::{Hours, Rules, Shift, hours},
    listed::{Filter, Shape},
    views::FilterView,
};
use crate::{
    civil,
    fold::fold,
    web::{form::read_bound, page::Ctx},
};

/// Rows on a page of the list.
pub const PAGE_SIZE: i64 = 50;

/// Filters of the list, as they stand in the address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ListQuery {
    pub(crate) employee_id: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) q: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) page: Option<i64>,
}

impl ListQuery {
    /// One person's entries of the month that a day is in.
    pub fn month_of(employee_id: Uuid, day: NaiveDate) -> Self {
        let (from, to) = civil::month_of(day);
        let (from, to) = (Some(from.to_string()), Some(to.to_string()));
        Self { employee_id: Some(employee_id.to_string()), from, to, ..Self::default() }
    }

    /// As an address has it.
    pub fn to_query(&self) -> String {
        let pairs = [("employee_id", &self.employee_id), ("from", &self.from), ("to", &self.to)];
        let given = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_deref()?)));
        given.collect::<Vec<_>>().join("&")
    }

    /// The filters, and how the form shows them. Without dates in the address the list starts with the current month; emptied dates mean
    /// "all".
    pub fn read(&self, ctx: &Ctx, today: NaiveDate) -> (Filter, FilterView) {
        let (mut from, mut to) = (civil::FIRST_DAY, civil::LAST_DAY);
        let text = |field: &Option<String>| field.as_deref().unwrap_or("").trim().to_owned();
        let mut shown = FilterView {
            employee_id: text(&self.employee_id),
            from: text(&self.from),
            to: text(&self.to),
            q: text(&self.q),
            region: text(&self.region),
            ..FilterView::default()
        };
        if self.from.is_none() && self.to.is_none() {
            (from, to) = civil::month_of(today);
            (shown.from, shown.to) = (from.to_string(), to.to_string());
        } else {
            from = read_bound(ctx, "from", &mut shown.from, &mut shown.from_error, from);
            to = read_bound(ctx, "to", &mut shown.to, &mut shown.to_error, to);
        }
        let filter = Filter { employee_id: shown.employee_id.parse().ok(), from, to, text: fold(&shown.q) };
        (filter, shown)
    }

    /// Whether an empty list may be empty because of the filters.
    pub fn is_narrowed(&self, filter: &Filter) -> bool {
        filter.employee_id.is_some() || !filter.text.is_empty() || self.from.is_some() || self.to.is_some()
    }
}

/// Whose day a new entry is for.
#[derive(Debug, Default, Deserialize)]
pub struct NewQuery {
    pub(crate) employee_id: Option<Uuid>,
    pub(crate) work_date: Option<NaiveDate>,
}

/// The rule of each region by its code.
pub type RulesByRegion = BTreeMap<String, Rules>;

/// The totals of all entries that fit, and how many these are.
pub fn sum_up(shapes: &[Shape], rules: &RulesByRegion) -> (Hours, i64) {
    let (mut totals, mut count) = (Hours::ZERO, 0);
    for shape in shapes {
        let shift = Shift {
            work_date: shape.a_date,
            start_min: shape.start_min,
            end_min: shape.end_min,
            break_minutes: shape.break_min,
            is_special: shape.is_special,
        };
        totals += hours(&shift, &rules.get(&shape.region).copied().unwrap_or_default()) * shape.count;
        count += shape.count;
    }
    (totals, count)
}
