//! What the page of a day shows.

use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    day::{Day, PersonDay, Place, Saved, State},
    query::WrongDate,
    row::RowForm,
};
use crate::{
    calendar::Mark,
    civil::{self, format_time},
    complaint::FieldError,
    error::PageResult,
    i18n::{Lang, format, t, t_with},
    roster::{Defaults, Shift},
    web::{
        filters,
        form::Posted,
        page::{Ctx, render},
    },
};

/// Address of the page.
pub const HOME: &str = "/today";

/// `/today`.
#[derive(Template)]
#[template(path = "today/list.html")]
pub struct TodayPage<'a> {
    /// The request's context.
    pub ctx: &'a Ctx,
    /// What stands above the list.
    pub head: Head,
    /// The people.
    pub people: Vec<PersonView>,
    /// The counts.
    pub count: Count,
}

/// The changes: the rows of some people, and the counts.
#[derive(Template)]
#[template(path = "today/changed.html")]
pub struct Changed<'a> {
    /// The request's context.
    pub ctx: &'a Ctx,
    /// The people that changed.
    pub people: Vec<PersonView>,
    /// People whose rows are gone.
    pub gone: Vec<Uuid>,
    /// The counts.
    pub count: Count,
}

/// The day's name, its neighbours, and what is special about it.
pub struct Head {
    /// The day in words.
    pub heading: String,
    /// The day's own name; the page's script builds the heading from it when the date changes.
    pub name: String,
    /// Which day of which region.
    pub place: Place,
    /// The day before; `None` on the first one.
    pub previous: Option<String>,
    /// The day after; `None` on the last one.
    pub next: Option<String>,
    /// Today.
    pub today: String,
    /// The day is today.
    pub is_today: bool,
    /// The day is to come.
    pub is_future: bool,
    /// The sentence about a marked day.
    pub mark: Option<String>,
    /// What is wrong with the date in the address; if there is anything, there are no rows.
    pub wrong: WrongDate,
}

impl Head {
    /// For an invalid date: only the page's name, and the link to today.
    fn unclear(ctx: &Ctx, place: Place, today: NaiveDate, wrong: WrongDate) -> Self {
        Self {
            heading: t(ctx.lang, "nav-today").to_owned(),
            name: String::new(),
            previous: None,
            next: None,
            today: address(ctx, &place, Some(today)),
            is_today: false,
            is_future: false,
            mark: None,
            wrong,
            place,
        }
    }

    /// The head of a day.
    pub fn new(ctx: &Ctx, day: &Day, today: NaiveDate) -> Self {
        let place = day.place.clone();
        let at = |date: Option<NaiveDate>| {
            let date = date.filter(|date| (civil::FIRST_DAY..=civil::LAST_DAY).contains(date))?;
            Some(address(ctx, &Place { date, ..place.clone() }, None))
        };
        let name = format::long_day(ctx.lang, place.date);
        let is_today = place.date == today;
        let heading = match today.signed_duration_since(place.date).num_days() {
            0 => t_with(ctx.lang, "today-heading", &[("day", &name)]),
            1 => t_with(ctx.lang, "today-heading-yesterday", &[("day", &name)]),
            _ => name.clone(),
        };
        Self {
            heading,
            name,
            previous: at(place.date.pred_opt()),
            next: at(place.date.succ_opt()),
            today: address(ctx, &Place { date: today, ..place.clone() }, Some(today)),
            is_today,
            is_future: place.date > today,
            mark: day.mark.as_ref().map(|mark| mark_sentence(ctx.lang, mark)),
            wrong: WrongDate::default(),
            place,
        }
    }

    /// The date as its field shows it.
    pub fn date(&self) -> String {
        if self.is_unclear() { self.wrong.typed.clone() } else { self.place.date.to_string() }
    }

    /// Whether the address has no valid day.
    pub fn is_unclear(&self) -> bool {
        !self.wrong.error.is_empty()
    }
}

/// "29 Ekim Cumhuriyet Bayramı, resmî tatil".
fn mark_sentence(lang: Lang, mark: &Mark) -> String {
    let time = format_time(mark.free_from.clamp(0, civil::DAY - 1));
    match (mark.is_holiday, mark.is_half()) {
        (true, false) => t_with(lang, "today-mark-holiday", &[("name", &mark.name)]),
        (true, true) => t_with(lang, "today-mark-half-holiday", &[("name", &mark.name), ("time", &time)]),
        (false, false) => t_with(lang, "today-mark-day-off", &[("name", &mark.name)]),
        (false, true) => t_with(lang, "today-mark-half-day-off", &[("name", &mark.name), ("time", &time)]),
    }
}

/// The address of a day. It includes the region if the reader has several, and the date if it is not `today`.
pub fn address(ctx: &Ctx, place: &Place, today: Option<NaiveDate>) -> String {
    let mut parts = Vec::new();
    if today != Some(place.date) {
        parts.push(format!("date={}", place.date));
    }
    if ctx.has_many_regions() {
        parts.push(format!("region={}", place.region));
    }
    if parts.is_empty() { HOME.to_owned() } else { format!("{}?{}", HOME, parts.join("&")) }
}

/// How complete the day is, and what "Hepsini planlandığı gibi gir" would enter.
pub struct Count {
    /// Which day of which region.
    pub place: Place,
    /// How many people are expected.
    pub expected: usize,
    /// For each blank person the values that the row shows: id, start, end, break.
    pub planned: Vec<String>,
    /// Whether anyone works here at all.
    pub has_people: bool,
    /// Whether no work is expected because of the calendar.
    pub is_marked: bool,
    /// The region takes entries.
    pub is_open: bool,
    /// The question before all people are entered as planned; empty for none. Posting the form again confirms it.
    pub question: String,
}

impl Count {
    /// The counts of a day.
    pub fn new(ctx: &Ctx, day: &Day) -> Self {
        let planned = |person: &PersonDay| {
            let Defaults { start_min, end_min, break_minutes, .. } = person.defaults;
            format!("{} {} {} {break_minutes}", person.person.id, format_time(start_min), format_time(end_min))
        };
        Self {
            place: day.place.clone(),
            expected: day.expected(),
            planned: day.blanks().map(planned).collect(),
            has_people: !day.people.is_empty(),
            is_marked: day.mark.is_some(),
            is_open: day.place.is_open(ctx),
            question: String::new(),
        }
    }

    /// The counts of a day without people.
    fn none(place: Place) -> Self {
        Self { place, expected: 0, planned: Vec::new(), has_people: false, is_marked: false, is_open: false, question: String::new() }
    }

    /// The same with a question, which the next Enter confirms.
    #[must_use]
    pub fn asking(self, question: String) -> Self {
        Self { question, ..self }
    }

    /// People with a planned shift and an entry.
    pub fn done(&self) -> usize {
        self.expected - self.planned.len()
    }
}

/// One person's rows: one for each entry, or one to enter the day.
pub struct PersonView {
    /// Id of the person.
    pub id: Uuid,
    /// Which day of which region.
    pub place: Place,
    /// The person's name.
    pub name: String,
    /// "Departman".
    pub department: String,
    /// Entered, blank, or not expected.
    pub state: State,
    /// The planned shift.
    pub plan: Option<Shift>,
    /// The rows: one per entry, and one to fill in.
    pub rows: Vec<Line>,
    defaults: Defaults,
    label: String,
    marked: bool,
}

/// One row.
pub struct Line {
    /// The end of the ids of the row's elements.
    pub element: String,
    /// What a screen reader says on the row.
    pub label: String,
    /// The entry; `None` for a row to fill in.
    pub saved: Option<Saved>,
    /// The fields.
    pub form: RowForm,
    /// A refused form of a person who has an entry by now.
    pub is_extra: bool,
}

impl PersonView {
    /// A person on the day.
    pub fn new(ctx: &Ctx, day: &Day, person: &PersonDay) -> Self {
        let plan = person.expected.shift().cloned();
        let mut view = Self {
            id: person.person.id,
            place: day.place.clone(),
            name: person.person.full_name.clone(),
            department: person.person.department.clone(),
            state: person.state(),
            defaults: person.defaults,
            label: label(ctx.lang, day, person),
            marked: day.mark.is_some(),
            plan,
            rows: Vec::new(),
        };
        for saved in &person.entries {
            let element = if view.rows.is_empty() { view.id.to_string() } else { format!("{}-{}", view.id, saved.entry.id) };
            let (start, end) = (format_time(saved.entry.value.start_min), format_time(saved.entry.value.end_min));
            let times = t_with(ctx.lang, "today-label-times", &[("start", &start), ("end", &end)]);
            let form = RowForm::of_entry(&saved.entry.value);
            let label = view.label_with(ctx.lang, Some(&times));
            view.rows.push(Line { element, label, saved: Some(saved.clone()), form, is_extra: false });
        }
        if view.rows.is_empty() {
            view.rows.push(view.blank_line(ctx.lang));
        }
        view
    }

    fn blank_line(&self, lang: Lang) -> Line {
        let is_extra = !self.rows.is_empty();
        let element = if is_extra { format!("{}-new", self.id) } else { self.id.to_string() };
        let form = RowForm::new(&self.defaults);
        Line { element, label: self.label_with(lang, None), saved: None, form, is_extra }
    }

    /// "Ayşe Yılmaz, 14 Ocak Çarşamba, farklı, 08:30-19:15, plan 08:30-17:30".
    fn label_with(&self, lang: Lang, times: Option<&str>) -> String {
        let plan = self.plan.as_ref().map(|shift| {
            let (start, end) = (format_time(shift.start_min), format_time(shift.end_min));
            t_with(lang, "today-label-plan", &[("start", &start), ("end", &end)])
        });
        [Some(self.label.as_str()), times, plan.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// Puts the typed values and the errors into the row in which they were typed.
    pub fn refuse(&mut self, entry: Option<Uuid>, posted: &Posted, errors: &[FieldError], lang: Lang) {
        let known = self.rows.iter().position(|row| row.saved.as_ref().map(|saved| saved.entry.id) == entry);
        let place = known.unwrap_or_else(|| {
            self.rows.push(self.blank_line(lang));
            self.rows.len() - 1
        });
        self.rows[place].form.refuse(posted, errors, lang);
    }

    /// Shows in the row why its plan could not be entered.
    pub fn refuse_plan(&mut self, why: &FieldError, lang: Lang) {
        if let [row] = self.rows.as_mut_slice() {
            row.form.refuse_plan(why, lang);
        }
    }

    /// Key of the state's name.
    pub fn state_key(&self) -> &'static str {
        state_key(self.state, self.marked)
    }

    /// The state's colour.
    pub fn tone(&self) -> &'static str {
        match self.state {
            State::Blank => "yellow",
            State::AsPlanned => "green",
            State::Different | State::Several | State::Unplanned => "blue",
            State::Free => "secondary",
        }
    }
}

fn state_key(state: State, marked: bool) -> &'static str {
    match (state, marked) {
        (State::Blank, _) => "today-state-blank",
        (State::AsPlanned, _) => "today-state-as-planned",
        (State::Different, _) => "today-state-different",
        (State::Several, _) => "today-state-several",
        (State::Unplanned, _) => "today-state-unplanned",
        (State::Free, true) => "today-state-holiday",
        (State::Free, false) => "today-state-free",
    }
}

/// "Ayşe Yılmaz, 14 Ocak Çarşamba, boş".
fn label(lang: Lang, day: &Day, person: &PersonDay) -> String {
    let state = t(lang, state_key(person.state(), day.mark.is_some()));
    let date = format::day_of_year(lang, day.place.date);
    t_with(lang, "today-label", &[("name", &person.person.full_name), ("day", &date), ("state", &state)])
}

/// The whole page; `instead` replaces the rows of the same person.
pub fn render_page(ctx: &Ctx, day: &Day, today: NaiveDate, instead: Option<PersonView>) -> PageResult<String> {
    let mut people: Vec<PersonView> = day.people.iter().map(|person| PersonView::new(ctx, day, person)).collect();
    if let Some(view) = instead
        && let Some(place) = people.iter_mut().find(|person| person.id == view.id)
    {
        *place = view;
    }
    Ok(render(ctx, &TodayPage { ctx, head: Head::new(ctx, day, today), people, count: Count::new(ctx, day) })?)
}

/// The page without a day: the error of the date, and no rows.
pub fn render_unclear(ctx: &Ctx, place: Place, today: NaiveDate, wrong: WrongDate) -> PageResult<String> {
    let count = Count::none(place.clone());
    Ok(render(ctx, &TodayPage { ctx, head: Head::unclear(ctx, place, today, wrong), people: Vec::new(), count })?)
}

/// The page, with a question before all people are entered as planned.
pub fn render_asking(ctx: &Ctx, day: &Day, today: NaiveDate, question: String) -> PageResult<String> {
    let people = day.people.iter().map(|person| PersonView::new(ctx, day, person)).collect();
    let count = Count::new(ctx, day).asking(question);
    Ok(render(ctx, &TodayPage { ctx, head: Head::new(ctx, day, today), people, count })?)
}
