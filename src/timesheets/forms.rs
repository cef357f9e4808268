//! The form of a new entry: which times it starts with.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{Timesheet, views::Choices};
use crate::{auth::Actor, civil, regions::Region, roster::Roster, shift_templates::listed::TemplateChoice, web::form::FormView};

/// The forms on a page of the list.
pub enum Forms {
    /// A list alone: there are none.
    None,
    /// One for a new entry, with the usual times of today.
    New,
    /// One that is filled in: as planned, or as it came back.
    Filled(FormView),
}

impl Forms {
    /// Nothing has to be read for them.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The form.
    pub fn form(self, choices: &Choices, actor: &Actor, today: NaiveDate) -> FormView {
        match self {
            Self::None => FormView::default(),
            Self::New => new_form(choices, actor, today),
            Self::Filled(form) => form,
        }
    }
}

/// A form for today, with the usual times of the weekday.
fn new_form(choices: &Choices, actor: &Actor, today: NaiveDate) -> FormView {
    let only_region = if let [region] = actor.regions.as_slice() { Some(region) } else { None };
    blank_form(today, usual_times(choices, only_region, today))
}

/// Enter saves and opens the next: the same person on the day after, with that day's usual times. Times that were not the usual ones stay:
/// nights come in weeks.
pub fn next_form(choices: &Choices, region: &Region, saved: &Timesheet) -> FormView {
    let next_day = saved.work_date.checked_add_days(Days::new(1)).unwrap_or(saved.work_date);
    let times = (saved.start_min, saved.end_min, saved.break_minutes);
    let was_usual = times == usual_times(choices, Some(region), saved.work_date);
    let mut form = blank_form(next_day, if was_usual { usual_times(choices, Some(region), next_day) } else { times });
    form.set("employee_id", saved.employee_id.to_string());
    form.region = region.to_string();
    form.focus = "work_date";
    form
}

/// A form for a day of a person of the region: the planned shift, else the usual times of the weekday, which are those of the template
/// `usual`; "özel gün" is ticked where the calendar suggests it.
pub fn planned_form(roster: &Roster, usual: Option<&TemplateChoice>, region: &Region, employee_id: Uuid, day: NaiveDate) -> FormView {
    let person = roster.people().iter().find(|person| person.id == employee_id);
    let planned = person.and_then(|person| roster.expected(person, day).shift().map(|s| (s.start_min, s.end_min, s.break_minutes)));
    let times = planned.unwrap_or_else(|| times_of(usual));
    let mut form = blank_form(day, times);
    form.set("employee_id", employee_id.to_string());
    if roster.mark(region.code(), day).is_some_and(|mark| mark.suggests_special(times.0)) {
        form.set("is_special", "true".into());
    }
    form.region = region.to_string();
    form.focus = "start_time";
    form
}

/// Start, end and break in minutes.
type Times = (i32, i32, i32);

/// The usual times of a day.
fn usual_times(choices: &Choices, region: Option<&Region>, day: NaiveDate) -> Times {
    times_of(region.and_then(|region| choices.default_template(region, day)))
}

/// The times of a template; where there is none, nine to six with an hour's break.
fn times_of(template: Option<&TemplateChoice>) -> Times {
    template.map_or((540, 1080, 60), |t| (t.start_min, t.end_min, t.break_minutes))
}

/// A form with nothing but a day and times.
fn blank_form(day: NaiveDate, (start, end, break_minutes): Times) -> FormView {
    FormView::blank(&[
        ("work_date", day.to_string()),
        ("start_time", civil::format_time(start)),
        ("end_time", civil::format_time(end)),
        ("break_minutes", break_minutes.to_string()),
    ])
}
