//! What the list shows: from its address to a filter, and the sums of all matching entries.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    listed::{Filter, Shape},
    views::FilterView,
};
use crate::{
    civil,
    error::PageResult,
    fold::fold,
    hours::{Hours, Rules, Shift, hours},
    text::clean,
    web::{asked::Asked, page::Ctx},
};

/// Rows on a page of the list.
pub const PAGE_SIZE: i64 = 50;

/// Filters of the list, as they stand in the address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ListQuery {
    /// Id of the person.
    pub employee_id: Option<String>,
    /// First day.
    pub from: Option<String>,
    /// Last day.
    pub to: Option<String>,
    /// Searched for in names.
    pub q: Option<String>,
    /// Code of a region.
    pub region: Option<String>,
    /// Number of the page, from 1.
    pub page: Option<String>,
    /// Format of a file; `None` for the page.
    pub format: Option<String>,
}

impl ListQuery {
    /// One person's entries of the month that a day is in.
    pub fn month_of(employee_id: Uuid, day: NaiveDate) -> Self {
        let (from, to) = civil::month_of(day);
        let (from, to) = (Some(from.to_string()), Some(to.to_string()));
        Self { employee_id: Some(employee_id.to_string()), from, to, ..Self::default() }
    }

    /// The query of the address.
    pub fn to_query(&self) -> String {
        let pairs = [("employee_id", &self.employee_id), ("from", &self.from), ("to", &self.to)];
        let given = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_deref()?)));
        given.collect::<Vec<_>>().join("&")
    }

    /// The filters, and how the form shows them. Without dates in the address the list starts with the current month; emptied dates mean
    /// "all".
    pub fn read(&self, ctx: &Ctx, today: NaiveDate) -> Read {
        let mut asked = Asked::new(ctx.lang);
        let text = |field: &Option<String>| clean(field.as_deref().unwrap_or_default());
        let employee_id = asked.id("employee_id", self.employee_id.as_deref());
        let q = asked.text("q", self.q.as_deref());
        let page = asked.page(self.page.as_deref());
        let mut shown = FilterView { employee_id: text(&self.employee_id), region: text(&self.region), ..FilterView::default() };
        let (from, to);
        ((from, to), shown.from, shown.to) = asked.dates(self.from.as_deref(), self.to.as_deref(), civil::month_of(today));
        (shown.from_error, shown.to_error) = (asked.error("from"), asked.error("to"));
        let filter = Filter { employee_id, from, to, text: fold(&q) };
        shown.q = q;
        Read { filter, shown, page, wrong: asked.sentences() }
    }

    /// Whether an empty list may be empty because of the filters.
    pub fn is_narrowed(&self, filter: &Filter) -> bool {
        filter.employee_id.is_some() || !filter.text.is_empty() || self.from.is_some() || self.to.is_some()
    }
}

/// What an address of the list requests.
#[derive(Debug)]
pub struct Read {
    /// Which entries.
    pub filter: Filter,
    /// The same as the form shows it.
    pub shown: FilterView,
    /// Which page of them.
    pub page: Option<i64>,
    /// What was not understood; if there is anything, nothing is listed.
    pub wrong: Vec<String>,
}

/// Person and day of a new entry.
#[derive(Debug, Default, Deserialize)]
pub struct NewQuery {
    employee_id: Option<String>,
    work_date: Option<String>,
}

impl NewQuery {
    /// The person and the day, if they are given.
    pub fn read(&self, ctx: &Ctx) -> PageResult<(Option<Uuid>, Option<NaiveDate>)> {
        let mut asked = Asked::new(ctx.lang);
        let found = (asked.id("employee_id", self.employee_id.as_deref()), asked.date("work_date", self.work_date.as_deref()));
        asked.refuse()?;
        Ok(found)
    }
}

/// The rules of each region by its code.
pub type RulesByRegion = BTreeMap<String, Rules>;

/// The totals of all matching entries, and their number.
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
