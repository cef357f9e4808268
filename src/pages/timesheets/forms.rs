//! The form of a new entry: which times it starts with, and which day it goes on to.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::Timesheet;
use crate::{
    calendar::Calendar,
    civil,
    identity::{Actor, Region},
    roster::{Defaults, Plan, Roster},
    shift_templates::listed::TemplateChoice,
    web::form::FormView,
};

/// Name of the field that says: this form goes from one blank day of a person to the next.
pub const WALK: &str = "walk";
/// Its only value.
pub const BLANKS: &str = "blanks";
/// How many blank days are left besides the form's own; a value of the form that is not sent.
const LEFT: &str = "left";

/// Days after a saved one in which the next blank day is looked for.
const WALK_DAYS: Days = Days::new(92);

/// The forms on a page of the list.
pub enum Forms {
    /// A list alone: there are none.
    None,
    /// One for a new entry, for today and nobody yet.
    New,
    /// One that is filled in: as planned, or as it came back.
    Filled(FormView),
}

impl Forms {
    /// Nothing has to be read for them.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The form, and the plan that its script goes by: as JSON.
    pub fn form_and_plan(self, templates: &[TemplateChoice], calendar: Calendar, actor: &Actor, today: NaiveDate) -> (FormView, String) {
        if self.is_none() {
            return (FormView::default(), String::new());
        }
        let only_region = if let [region] = actor.regions.as_slice() { region.code() } else { "" };
        let plan = Plan::new(only_region, templates, &calendar).to_json();
        let form = match self {
            Self::Filled(form) => form,
            // Nobody is chosen yet: the usual times of the weekday.
            _ => form_with(today, &Roster::of_templates(Vec::new(), templates, calendar).defaults_of(only_region, None, today)),
        };
        (form, plan)
    }
}

/// A form for a day of a person of the region: what is planned, else what is usual for them.
pub fn planned_form(roster: &Roster, region: &Region, employee_id: Uuid, own: Option<Uuid>, day: NaiveDate) -> FormView {
    let mut form = form_with(day, &roster.defaults_of(region.code(), own, day));
    form.set("employee_id", employee_id.to_string());
    form.region = region.to_string();
    form.focus = "start_time";
    form
}

/// Enter saves and opens the next: the same person on another day, with that day's times. Times that were not the usual ones stay: nights come
/// in weeks.
pub fn next_form(roster: &Roster, region: &Region, own: Option<Uuid>, saved: &Timesheet, day: NaiveDate) -> FormView {
    let times = (saved.start_min, saved.end_min, saved.break_minutes);
    let usual = roster.defaults_of(region.code(), own, day);
    let was_usual = times == roster.defaults_of(region.code(), own, saved.work_date).times();
    let (start_min, end_min, break_minutes) = if was_usual { usual.times() } else { times };
    let mut form = form_with(day, &Defaults { start_min, end_min, break_minutes, ..usual });
    form.set("employee_id", saved.employee_id.to_string());
    form.region = region.to_string();
    form.focus = "work_date";
    form
}

/// The day after; the last one there is has none.
pub fn day_after(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

/// How far after a day the next blank one is looked for.
pub fn walk_end(from: NaiveDate) -> NaiveDate {
    from.checked_add_days(WALK_DAYS).unwrap_or(from)
}

/// Says that the form goes on to the person's next blank day, and how many there are besides its own.
pub fn walk_blanks(form: &mut FormView, left: usize) {
    form.set(WALK, BLANKS.to_owned());
    form.set(LEFT, left.to_string());
    form.focus = "start_time";
}

/// Has the form ask whose day it is.
pub fn ask_who(form: &mut FormView) {
    form.set("employee_id", String::new());
    form.focus = "employee_id";
}

/// A form with nothing but a day, times and mark.
fn form_with(day: NaiveDate, defaults: &Defaults) -> FormView {
    FormView::blank(&[
        ("work_date", day.to_string()),
        ("start_time", civil::format_time(defaults.start_min)),
        ("end_time", civil::format_time(defaults.end_min)),
        ("break_minutes", defaults.break_minutes.to_string()),
        ("is_special", defaults.is_special.to_string()),
    ])
}
