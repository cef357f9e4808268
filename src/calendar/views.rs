//! Data of the calendar's pages.

use askama::Template;
use chrono::NaiveDate;

use super::{DayKind, db::Listed};
use crate::{
    i18n::{
        format::{day_of_year, month_of_year},
        t,
    },
    identity::Region,
    web::{filters, form::FormView, page::Ctx},
};

/// A marked day in the list.
pub struct DayView {
    /// The day.
    pub day: Listed,
    /// "29 Ekim Perşembe".
    pub date: String,
    /// Name of its region, or the words for all regions.
    pub region: String,
}

impl DayView {
    fn new(ctx: &Ctx, day: Listed) -> Self {
        let is_company = day.region == Region::company().code();
        let region = if is_company { t(ctx.lang, "activity-company") } else { ctx.region_name(&day.region) }.to_owned();
        Self { date: day_of_year(ctx.lang, day.value.day), region, day }
    }

    /// Colour of the kind's badge.
    fn tone(&self) -> &'static str {
        match self.day.value.kind {
            DayKind::Holiday => "red",
            DayKind::DayOff => "blue",
            DayKind::Workday => "secondary",
        }
    }

    /// Whether people work on it until a certain hour.
    fn is_half(&self) -> bool {
        self.day.value.free_from > 0 && !self.is_workday()
    }

    fn is_workday(&self) -> bool {
        self.day.value.kind == DayKind::Workday
    }
}

/// The marked days of one month.
pub struct MonthView {
    /// A day of the month.
    pub first: NaiveDate,
    /// "Ekim 2026".
    pub name: String,
    /// By date.
    pub days: Vec<DayView>,
}

impl MonthView {
    pub(super) fn starting_with(ctx: &Ctx, day: Listed) -> Self {
        let first = day.value.day;
        Self { first, name: month_of_year(ctx.lang, first), days: vec![DayView::new(ctx, day)] }
    }

    pub(super) fn add(&mut self, ctx: &Ctx, day: Listed) {
        self.days.push(DayView::new(ctx, day));
    }
}

/// `/admin/calendar`.
#[derive(Template)]
#[template(path = "calendar/list.html")]
pub struct ListPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The year shown.
    pub year: i32,
    /// The year before.
    pub previous: Option<i32>,
    /// The year after.
    pub next: Option<i32>,
    /// Whether the program knows this year's religious feasts.
    pub has_known_feasts: bool,
    /// Months with marked days.
    pub months: Vec<MonthView>,
}

/// `/admin/calendar/new`.
#[derive(Template)]
#[template(path = "calendar/new.html")]
pub struct NewPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The year of the list to return to.
    pub year: i32,
    /// The form.
    pub form: FormView,
}

/// `/admin/calendar/{id}/edit`.
#[derive(Template)]
#[template(path = "calendar/edit.html")]
pub struct EditPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The day, as stored.
    pub day: &'a Listed,
    /// The form.
    pub form: FormView,
}

impl EditPage<'_> {
    /// Name of the day's region, or the words for all regions.
    fn region(&self) -> &str {
        let code = self.day.region.as_str();
        if code == Region::company().code() { t(self.ctx.lang, "activity-company") } else { self.ctx.region_name(code) }
    }

    /// Address of the list that shows the day.
    fn back(&self) -> String {
        use chrono::Datelike as _;
        format!("/admin/calendar?year={}", self.day.value.day.year())
    }
}

impl NewPage<'_> {
    /// Address of the list that the form was opened from.
    fn back(&self) -> String {
        format!("/admin/calendar?year={}", self.year)
    }
}
