//! The activity page: lines of the change log and events, grouped by day.

use std::collections::HashMap;

use askama::Template;
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    cursor::Cursor,
    filter::{self, FilterView},
    lines::Row,
    views::{change_in_words, origin_in_words},
};
use crate::{
    civil,
    clock::in_istanbul,
    events::{EventKind, EventView, name_of_event},
    i18n::{Lang, format, t, t_with},
    identity::Region,
    sync::entities,
    web::{change::ChangeView, filters, page::Ctx, paper},
    words::{RowName, entity_in_words},
};

/// A line of the activity page.
#[derive(Debug, Clone)]
pub enum Line {
    /// A row was changed.
    Change(ChangeView),
    /// An event.
    Event(EventView),
}

/// The lines of one day.
#[derive(Debug, Clone)]
pub struct Day {
    /// "Bugün, 05.01.2026 Pazartesi"; empty if the part above shows this heading already.
    pub heading: String,
    /// Newest first.
    pub lines: Vec<Line>,
}

/// The choices of the filters.
pub struct Choices {
    /// Names of accounts.
    pub people: Vec<String>,
    /// Regions: codes and names; empty where there is only one.
    pub regions: Vec<(String, String)>,
    /// Kinds of rows: the address's word and the label.
    pub entities: Vec<(String, String)>,
    /// Changes of rows.
    pub actions: Vec<(String, String)>,
    /// Events.
    pub events: Vec<(String, String)>,
    /// Origins of changes.
    pub origins: Vec<(String, String)>,
}

impl Choices {
    pub(super) fn new(ctx: &Ctx, people: Vec<String>) -> Self {
        let lang = ctx.lang;
        let mut regions = Vec::new();
        if ctx.has_many_regions() || ctx.is_admin() {
            regions.extend(ctx.regions.iter().map(|region| (region.code.clone(), region.name.clone())));
        }
        if ctx.is_admin() {
            regions.push((Region::company().to_string(), t(lang, "activity-company").to_owned()));
        }
        let said = |(word, key): (&str, &str)| (word.to_owned(), t(lang, key).to_owned());
        let of_events = EventKind::ALL.iter().map(|kind| (kind.as_str(), name_of_event(*kind)));
        Self {
            people,
            regions,
            entities: entities().map(|entity| (entity.to_owned(), entity_in_words(lang, entity).to_owned())).collect(),
            actions: [(filter::CHANGES, "kind-changes")].into_iter().chain(filter::ACTIONS).map(said).collect(),
            events: [(filter::SIGN_INS, "kind-sign-ins")].into_iter().chain(of_events).map(said).collect(),
            origins: filter::ORIGINS.iter().map(|origin| (origin.as_str().to_owned(), origin_in_words(lang, origin.as_str()))).collect(),
        }
    }
}

/// `/activity`.
#[derive(Template)]
#[template(path = "activity/list.html", blocks = ["list", "part"])]
pub struct ActivityPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The filters.
    pub filter: FilterView,
    /// The choices of the filters.
    pub choices: Choices,
    /// Name of the single row whose history this is; empty on other pages.
    pub subject: String,
    /// Newest first.
    pub days: Vec<Day>,
    /// Query of the next, older part; empty if there is none.
    pub older: String,
    /// This part is added below the parts already shown.
    pub continued: bool,
    /// This page does not begin with the newest line.
    pub is_older_part: bool,
    /// Errors in the address; with any, nothing is listed.
    pub wrong: Vec<String>,
}

impl ActivityPage<'_> {
    /// The filters in words, for a printed log.
    pub fn about(&self) -> String {
        let Choices { entities, actions, events, origins, .. } = &self.choices;
        let (entity, origin) = (paper::chosen(entities, &self.filter.entity), paper::chosen(origins, &self.filter.origin));
        let kind = [actions, events].into_iter().map(|choices| paper::chosen(choices, &self.filter.kind)).find(|word| !word.is_empty());
        paper::listed(&[&self.filter.actor, entity, kind.unwrap_or_default(), origin])
    }
}

/// A line with its cursor in the list.
pub(super) struct Placed {
    pub cursor: Cursor,
    pub line: Line,
}

impl Placed {
    pub fn new(ctx: &Ctx, row: Row, names: &HashMap<Uuid, RowName>) -> Self {
        let cursor = row.cursor();
        let line = match row {
            Row::Change(row) => Line::Change(change_in_words(ctx, &row, names)),
            Row::Event(row) => Line::Event(EventView::new(ctx, row)),
        };
        Self { cursor, line }
    }
}

/// Groups lines by days in Istanbul. `above` is the day whose heading is already shown.
pub(super) fn by_day(lang: Lang, lines: Vec<Placed>, today: NaiveDate, above: Option<NaiveDate>) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    let mut open = above;
    for Placed { cursor, line } in lines {
        let date = day_of(cursor.at);
        match days.last_mut() {
            Some(day) if open == Some(date) => day.lines.push(line),
            _ => {
                let heading = if open == Some(date) { String::new() } else { day_heading(lang, date, today) };
                days.push(Day { heading, lines: vec![line] });
            }
        }
        open = Some(date);
    }
    days
}

/// The date in Istanbul at that instant.
pub(super) fn day_of(at: DateTime<Utc>) -> NaiveDate {
    in_istanbul(at).date_naive()
}

/// "05.01.2026 Pazartesi", preceded by "Bugün" or "Dün" for these days.
fn day_heading(lang: Lang, date: NaiveDate, today: NaiveDate) -> String {
    let weekday = format::weekday(lang, date.weekday().number_from_monday()).unwrap_or_default();
    let day = format!("{} {weekday}", civil::format_date_tr(date));
    match today.signed_duration_since(date).num_days() {
        0 => t_with(lang, "activity-today", &[("day", &day)]),
        1 => t_with(lang, "activity-yesterday", &[("day", &day)]),
        _ => day,
    }
}
