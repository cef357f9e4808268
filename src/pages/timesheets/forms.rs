//! The form of a new entry: its first times, and the day that follows after a save.

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

/// Name of the field that means: this form goes from one blank day of a person to the next.
pub const WALK: &str = "walk";
/// Its only value.
pub const BLANKS: &str = "blanks";
/// How many blank days are left besides the form's own; a value that the form holds and does not send.
const LEFT: &str = "left";

/// How many days after the saved one are searched for the next blank day.
const WALK_DAYS: Days = Days::new(92);

/// The forms on a page of the list.
pub enum Forms {
    /// The list alone: no form.
    None,
    /// A form for a new entry, for today, without a person.
    New,
    /// A filled form: as planned, or refused.
    Filled(FormView),
}

impl Forms {
    /// Whether nothing has to be read for them.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The form, and the plan for its script as JSON.
    pub fn form_and_plan(self, templates: &[TemplateChoice], calendar: Calendar, actor: &Actor, today: NaiveDate) -> (FormView, String) {
        if self.is_none() {
            return (FormView::default(), String::new());
        }
        let only_region = if let [region] = actor.regions.as_slice() { region.code() } else { "" };
        let plan = Plan::new(only_region, templates, &calendar).to_json();
        let form = match self {
            Self::Filled(form) => form,
            // No person is chosen yet: the usual times of the weekday.
            _ => form_with(today, &Roster::of_templates(Vec::new(), templates, calendar).defaults_of(only_region, None, today)),
        };
        (form, plan)
    }
}

/// A form for a day of a person of the region: the planned shift, else the person's usual one.
pub fn planned_form(roster: &Roster, region: &Region, employee_id: Uuid, own: Option<Uuid>, day: NaiveDate) -> FormView {
    let mut form = form_with(day, &roster.defaults_of(region.code(), own, day));
    form.set("employee_id", employee_id.to_string());
    form.region = region.to_string();
    form.focus = "start_time";
    form
}

/// Enter saves and opens the next form: the same person on another day, with that day's times. If the saved times were not the usual ones,
/// they stay: night shifts come in weeks.
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

/// The day after; the last possible day returns itself.
pub fn day_after(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

/// The last day that is searched for the next blank one.
pub fn walk_end(from: NaiveDate) -> NaiveDate {
    from.checked_add_days(WALK_DAYS).unwrap_or(from)
}

/// Makes the form go on to the person's next blank day; `left` is the number of blank days besides its own.
pub fn walk_blanks(form: &mut FormView, left: usize) {
    form.set(WALK, BLANKS.to_owned());
    form.set(LEFT, left.to_string());
    form.focus = "start_time";
}

/// Makes the form ask for the person.
pub fn ask_who(form: &mut FormView) {
    form.set("employee_id", String::new());
    form.focus = "employee_id";
}

/// A form with only a day, times and "özel gün".
fn form_with(day: NaiveDate, defaults: &Defaults) -> FormView {
    FormView::blank(&[
        ("work_date", day.to_string()),
        ("start_time", civil::format_time(defaults.start_min)),
        ("end_time", civil::format_time(defaults.end_min)),
        ("break_minutes", defaults.break_minutes.to_string()),
        ("is_special", defaults.is_special.to_string()),
    ])
}
