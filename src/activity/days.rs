//! The activity page: lines of both logs, grouped by day.

use std::collections::HashMap;

use askama::Template;
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    cursor::{Cursor, Mark},
    db::{ChangeRow, EventRow, RowName},
    events::EventView,
    fields::weekday_key,
    views::ChangeView,
};
use crate::{
    civil,
    clock::in_istanbul,
    i18n::{Lang, t, t_with},
    web::{filters, page::Ctx},
};

/// A line of the activity page.
#[derive(Debug, Clone)]
pub enum Line {
    /// A row was changed.
    Change(ChangeView),
    /// Something else happened.
    Event(EventView),
}

/// The lines of one day.
#[derive(Debug, Clone)]
pub struct Day {
    /// "Bugün, 05.01.2026 Pazartesi"; empty where the part before this one has it already.
    pub heading: String,
    /// Newest first.
    pub lines: Vec<Line>,
}

/// `/activity`.
#[derive(Template)]
#[template(path = "activity/list.html", blocks = ["part"])]
pub struct ActivityPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// Newest first.
    pub days: Vec<Day>,
    /// Where the next, older part begins; none at the end.
    pub older: Option<String>,
    /// This part is put below the ones already shown.
    pub continued: bool,
    /// This page does not begin with the newest line.
    pub is_older_part: bool,
}

/// A line with its place in the list.
pub(super) struct Placed {
    pub cursor: Cursor,
    pub line: Line,
}

impl Placed {
    pub fn change(ctx: &Ctx, row: &ChangeRow, names: &HashMap<Uuid, RowName>) -> Self {
        Self { cursor: Cursor { at: row.at, mark: Mark::Change(row.id) }, line: Line::Change(ChangeView::new(ctx, row, names)) }
    }

    pub fn event(ctx: &Ctx, row: EventRow) -> Self {
        Self { cursor: Cursor { at: row.at, mark: Mark::Event(row.id) }, line: Line::Event(EventView::new(ctx, row)) }
    }
}

/// Groups lines by Istanbul's days. `above` is the day whose heading stands already.
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

/// The date at that instant by Istanbul's clock.
pub(super) fn day_of(at: DateTime<Utc>) -> NaiveDate {
    in_istanbul(at).date_naive()
}

/// "05.01.2026 Pazartesi", with "Bugün" and "Dün" before it where they fit.
fn day_heading(lang: Lang, date: NaiveDate, today: NaiveDate) -> String {
    let weekday = weekday_key(date.weekday().number_from_monday()).map_or("", |key| t(lang, key));
    let day = format!("{} {weekday}", civil::format_date_tr(date));
    match today.signed_duration_since(date).num_days() {
        0 => t_with(lang, "activity-today", &[("day", &day)]),
        1 => t_with(lang, "activity-yesterday", &[("day", &day)]),
        _ => day,
    }
}
