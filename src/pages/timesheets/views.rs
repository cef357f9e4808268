//! What the pages of the timesheets show.

use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use super::{filter::RulesByRegion, listed::Listed};
use crate::{
    employees::listed::Choice,
    error::PageResult,
    hours::{Hours, Rules, Step, explain, hours},
    i18n::{Arg, Lang, t_with},
    identity::Region,
    shift_templates::listed::TemplateChoice,
    web::{
        change::ChangeView,
        filters,
        form::FormView,
        page::{Ctx, RegionName, render},
        pagination::Pager,
        paper,
    },
};

/// An entry with its hours.
pub struct EntryView {
    /// The entry.
    pub entry: Listed,
    /// Its hours.
    pub hours: Hours,
}

impl EntryView {
    /// Computes the hours.
    pub fn new(entry: Listed, rules: &Rules) -> Self {
        let hours = hours(&entry.value.shift(), rules);
        Self { entry, hours }
    }

    /// Ends on the day after it starts.
    pub fn ends_next_day(&self) -> bool {
        self.entry.value.end_min >= 1440
    }

    /// Address of the form for a change.
    pub fn edit_path(&self) -> String {
        format!("/timesheets/{}/edit", self.entry.id)
    }

    /// Key of the weekday's short name.
    pub fn weekday_key(&self) -> &'static str {
        weekday_key(self.entry.value.work_date)
    }
}

/// Entries with their hours, each by the rules of its region.
pub fn with_hours(entries: Vec<Listed>, rules: &RulesByRegion) -> Vec<EntryView> {
    let view = |entry: Listed| {
        let rules = rules.get(&entry.region).copied().unwrap_or_default();
        EntryView::new(entry, &rules)
    };
    entries.into_iter().map(view).collect()
}

/// Key of a weekday's short name.
pub fn weekday_key(date: NaiveDate) -> &'static str {
    use chrono::{Datelike as _, Weekday};
    match date.weekday() {
        Weekday::Mon => "weekday-short-1",
        Weekday::Tue => "weekday-short-2",
        Weekday::Wed => "weekday-short-3",
        Weekday::Thu => "weekday-short-4",
        Weekday::Fri => "weekday-short-5",
        Weekday::Sat => "weekday-short-6",
        Weekday::Sun => "weekday-short-7",
    }
}

/// The filters as the form shows them.
#[derive(Debug, Clone, Default)]
pub struct FilterView {
    /// Person's id.
    pub employee_id: String,
    /// First date, as typed.
    pub from: String,
    /// Last date, as typed.
    pub to: String,
    /// Text, as typed.
    pub q: String,
    /// Region's code.
    pub region: String,
    /// What is wrong with `from`.
    pub from_error: String,
    /// What is wrong with `to`.
    pub to_error: String,
}

/// The people and templates to choose from in a form.
#[derive(Default)]
pub struct Choices {
    /// People who can have an entry, with their region.
    pub employees: Vec<Choice>,
    /// Shift templates, with their region.
    pub templates: Vec<TemplateChoice>,
    /// The regions that have people, to group them.
    pub regions: Vec<RegionName>,
}

impl Choices {
    /// The choices in a form for a row of this region.
    #[must_use]
    pub fn only(mut self, region: &Region) -> Self {
        self.employees.retain(|e| e.region == region.code());
        self.templates.retain(|t| t.region == region.code());
        self
    }

    /// The people of one region.
    pub fn employees_of<'a>(&'a self, region: &'a str) -> impl Iterator<Item = &'a Choice> {
        self.employees.iter().filter(move |e| e.region == region)
    }
}

/// `/timesheets`: list, totals, and the form for a new entry.
#[derive(Template)]
#[template(path = "timesheets/list.html", blocks = ["list"])]
pub struct ListPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The filters.
    pub filter: FilterView,
    /// The form for a new entry.
    pub form: FormView,
    /// The choices of the forms.
    pub choices: Choices,
    /// The plan that the script needs when person or date of the form change (`roster::Plan`), as JSON.
    pub plan: String,
    /// The rows of this page.
    pub rows: Vec<EntryView>,
    /// Totals of all entries that match the filters, not only of this page.
    pub totals: Hours,
    /// Which part of the list this is.
    pub pager: Pager,
    /// Whether filters are set: an empty list then mentions them.
    pub filtered: bool,
    /// What of the address was not understood; if there is anything, nothing is listed.
    pub wrong: Vec<String>,
}

impl ListPage<'_> {
    /// The person of the entries, if the list is filtered by person.
    fn person(&self) -> Option<&Listed> {
        self.rows.first().map(|row| &row.entry).filter(|_| !self.filter.employee_id.is_empty())
    }

    /// Code of the region of a printed list; empty for all regions.
    pub fn region(&self) -> &str {
        self.person().map_or(&self.filter.region, |entry| &entry.region)
    }

    /// The filters as text for a printed list.
    pub fn about(&self) -> String {
        let person = self.person().map_or("", |entry| entry.employee_name.as_str());
        paper::listed(&[person, &paper::quoted(&self.filter.q)])
    }
}

/// The foot of the list, after a row has changed in its place. It has its own template: a block inside a condition renders to nothing.
#[derive(Template)]
#[template(path = "timesheets/totals.html")]
pub struct TotalsFragment<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// Totals of all entries that match the filters.
    pub totals: Hours,
    /// Has their number.
    pub pager: Pager,
}

/// The form of a new entry alone: after a save, or with the errors.
#[derive(Template)]
#[template(path = "timesheets/entry.html")]
pub struct EntryForm<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The form.
    pub form: FormView,
    /// The choices of the form.
    pub choices: Choices,
}

/// One row of the list, after a change.
#[derive(Template)]
#[template(path = "timesheets/row.html")]
pub struct RowFragment<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The row.
    pub row: EntryView,
    /// The cursor goes to this row.
    pub focus: bool,
}

/// The form for a change, as a page.
#[derive(Template)]
#[template(path = "timesheets/edit.html")]
pub struct EditPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The row.
    pub id: Uuid,
    /// The person's name.
    pub employee_name: String,
    /// The form.
    pub form: FormView,
    /// The choices of the form.
    pub choices: Choices,
}

/// The same form in the row's place.
#[derive(Template)]
#[template(path = "timesheets/edit_row.html")]
pub struct EditRow<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The row.
    pub id: Uuid,
    /// The person's name.
    pub employee_name: String,
    /// The form.
    pub form: FormView,
    /// The choices of the form.
    pub choices: Choices,
}

/// The form for a change of an entry: in the row's place, or as a page.
pub fn render_edit(ctx: &Ctx, entry: Listed, form: FormView, choices: Choices) -> PageResult<String> {
    let Listed { id, employee_name, .. } = entry;
    Ok(if ctx.is_htmx {
        render(ctx, &EditRow { ctx, id, employee_name, form, choices })?
    } else {
        render(ctx, &EditPage { ctx, id, employee_name, form, choices })?
    })
}

/// `/timesheets/{id}`: one entry, how its hours were calculated, and its history.
#[derive(Template)]
#[template(path = "timesheets/show.html")]
pub struct ShowPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The entry.
    pub row: EntryView,
    /// How the hours were calculated.
    pub steps: Vec<String>,
    /// The sentence that it was deleted; `None` for an entry that is not.
    pub deleted: Option<String>,
    /// Its history, newest first.
    pub history: Vec<ChangeView>,
}

/// The sentences that explain an entry's hours.
pub fn explanation(row: &EntryView, rules: &Rules, lang: Lang) -> Vec<String> {
    explain(&row.entry.value.shift(), rules).iter().map(|step| in_words(step, lang)).collect()
}

/// A step of the calculation as a sentence.
pub fn in_words(step: &Step, lang: Lang) -> String {
    let texts: Vec<(&str, String)> = step.args.iter().map(|(name, arg)| (*name, arg.text(lang.as_str()))).collect();
    let args: Vec<(&str, &dyn Arg)> = texts.iter().map(|(name, text)| (*name, text as &dyn Arg)).collect();
    t_with(lang, step.key, &args)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        civil::{parse_date, parse_time},
        hours::{KEYS, Shift},
    };

    fn shift(date: &str, start: &str, end: &str, break_minutes: i32) -> Shift {
        Shift::from_clock(parse_date(date).unwrap(), parse_time(start).unwrap(), parse_time(end).unwrap(), break_minutes, false).unwrap()
    }

    /// Shifts that together need every kind of step.
    fn every_kind() -> Vec<(Shift, Rules)> {
        let no_saturday = Rules { saturday_end: 540, ..Rules::default() };
        let monday = shift("2026-01-05", "09:00", "20:00", 60);
        let with_breaks =
            [monday, Shift { break_minutes: 0, ..monday }, Shift { break_minutes: -30, ..monday }, Shift { break_minutes: 700, ..monday }];
        let others = [
            shift("2026-01-06", "05:00", "23:00", 60),
            shift("2026-01-07", "22:00", "06:00", 60),
            shift("2026-01-10", "09:00", "12:00", 0),
            shift("2026-01-11", "09:00", "18:00", 60),
            Shift { is_special: true, ..shift("2026-01-10", "22:00", "06:00", 30) },
        ];
        let usual = with_breaks.into_iter().chain(others).map(|shift| (shift, Rules::default()));
        usual.chain([(shift("2026-01-10", "09:00", "12:00", 30), no_saturday)]).collect()
    }

    #[test]
    fn every_step_has_a_whole_sentence_in_every_language() {
        let steps: Vec<Step> = every_kind().iter().flat_map(|(shift, rules)| explain(shift, rules)).collect();
        let used: BTreeSet<&str> = steps.iter().map(|step| step.key).collect();
        assert_eq!(used, BTreeSet::from(KEYS));
        for lang in Lang::ALL {
            for step in &steps {
                let told = in_words(step, lang);
                assert!(told.ends_with('.') && !told.contains('{'), "{lang:?}: {told}");
            }
        }
        assert_eq!(in_words(&steps[0], Lang::Tr), "Giriş 09:00, çıkış 20:00: arada 660 dakika var, yani brüt 11,00 saat.");
    }
}
