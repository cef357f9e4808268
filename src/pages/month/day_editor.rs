//! The forms of one day of one person, in its place in the month.

use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    error::PageResult,
    i18n::{Lang, format},
    identity::Region,
    ops::Entity as _,
    shift_templates::listed::TemplateChoice,
    timesheets::listed::Listed,
    web::{asked::Asked, filters, form::FormView, page::Ctx},
};

/// Whether one more form is requested besides the existing entries.
#[derive(Debug, Default, Deserialize)]
pub struct DayQuery {
    more: Option<String>,
}

impl DayQuery {
    /// Whether the form of a new entry is requested: one more, or the first.
    pub fn wants_new(&self, lang: Lang, entries: &[Listed]) -> PageResult<bool> {
        let mut asked = Asked::new(lang);
        let more = asked.word("more", self.more.as_deref(), |word| word.parse::<bool>().ok());
        asked.refuse()?;
        Ok(entries.is_empty() || more == Some(true))
    }
}

/// The forms of a day.
#[derive(Template)]
#[template(path = "month/day.html")]
pub struct DayEditor<'a> {
    ctx: &'a Ctx,
    /// The person's name.
    name: String,
    /// "14 Ocak Çarşamba".
    day: String,
    /// Address of the day, and what names its region in it.
    path: String,
    at: String,
    and_at: String,
    templates: Vec<TemplateChoice>,
    /// The existing entries.
    entries: Vec<FormView>,
    /// One more.
    new: Option<FormView>,
}

impl<'a> DayEditor<'a> {
    /// The forms of a person's day: those of its entries, and one more.
    pub fn new(
        ctx: &'a Ctx,
        (id, name): (Uuid, String),
        date: NaiveDate,
        templates: Vec<TemplateChoice>,
        entries: Vec<FormView>,
        new: Option<FormView>,
    ) -> Self {
        let (day, path) = (format::day_of_year(ctx.lang, date), format!("/employees/{id}/days/{date}"));
        let (at, and_at) = ctx.named_region().map(|code| (ctx.at(code), ctx.and_at(code))).unwrap_or_default();
        Self { ctx, name, day, path, at, and_at, templates, entries, new }
    }
}

/// The entries of a day as forms for a change; the cursor goes to the first of them if no form of a new entry follows.
pub fn forms_of(entries: &[Listed], region: &Region, has_focus: bool) -> Vec<FormView> {
    let form = |entry: &Listed| FormView::of_row(entry.id, entry.version, region, &entry.value.to_row());
    let mut forms: Vec<FormView> = entries.iter().map(form).collect();
    if has_focus {
        forms.iter_mut().take(1).for_each(|form| form.focus = "start_time");
    }
    forms
}

/// Where a day redirects to without scripts: the only entry's form, a new entry's form, or the day's entries in the list.
pub fn page_without_script(person: Uuid, date: NaiveDate, entries: &[Listed]) -> String {
    match entries {
        [] => format!("/timesheets/new?employee_id={person}&work_date={date}"),
        [only] => format!("/timesheets/{}/edit", only.id),
        _ => format!("/timesheets?employee_id={person}&from={date}&to={date}"),
    }
}
