//! What the pages of the reports show.

use askama::Template;

use super::{
    db::Choices,
    summary::{PersonHours, Summary},
};
use crate::{
    i18n::format,
    web::{filters, page::Ctx, pagination::Pager, paper},
};

/// The filters as the form shows them.
#[derive(Debug, Clone, Default)]
pub struct FilterView {
    /// First date, as typed.
    pub from: String,
    /// Last date, as typed.
    pub to: String,
    /// Region's code.
    pub region: String,
    /// Person's id.
    pub employee_id: String,
    /// "Departman".
    pub department: String,
    /// "Ünvan".
    pub title: String,
    /// Text, as typed.
    pub q: String,
    /// The error of `from`.
    pub from_error: String,
    /// The error of `to`.
    pub to_error: String,
}

/// `/reports/summary`.
#[derive(Template)]
#[template(path = "reports/summary.html", blocks = ["list"])]
pub struct SummaryPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The filters.
    pub filter: FilterView,
    /// The choices of the filters.
    pub(super) choices: Choices,
    /// People and totals.
    pub summary: Summary,
    /// The order, as the address's word.
    pub sort: String,
    /// Which of the people are shown.
    pub pager: Pager,
    /// Errors in the address; with any, there are no sums.
    pub wrong: Vec<String>,
}

impl SummaryPage<'_> {
    /// The people of this page.
    pub fn shown(&self) -> impl Iterator<Item = &PersonHours> {
        let skipped = usize::try_from(self.pager.offset()).unwrap_or_default();
        self.summary.people.iter().skip(skipped).take(usize::try_from(self.pager.size).unwrap_or_default())
    }

    /// The person, if the filter names one.
    fn person(&self) -> Option<&PersonHours> {
        self.summary.people.first().filter(|_| !self.filter.employee_id.is_empty())
    }

    /// Code of the region of a printed summary; empty for all regions.
    pub fn region(&self) -> &str {
        self.person().map_or(&self.filter.region, |person| &person.region)
    }

    /// The filters in words, for a printed summary.
    pub fn about(&self) -> String {
        let FilterView { department, title, q, .. } = &self.filter;
        let named = |label, value| paper::named(self.ctx, label, value);
        let person = self.person().map_or("", |person| person.full_name.as_str());
        paper::listed(&[person, &named("employee-department", department), &named("employee-title", title), &paper::quoted(q)])
    }

    /// Average overtime per person: `2,99`.
    pub fn average_overtime(&self) -> String {
        format::hundredths(self.ctx.lang, self.summary.average_overtime())
    }

    /// Link to the person's entries in these dates.
    pub fn entries_of(&self, person: &PersonHours) -> String {
        format!("/timesheets?employee_id={}&from={}&to={}", person.employee_id, self.filter.from, self.filter.to)
    }
}
