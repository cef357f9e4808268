//! `GET /timesheets/blanks`: the list behind every number of blank days.

use std::collections::HashSet;

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use askama::Template;
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use uuid::Uuid;

use super::{Month, db::list_entries};
use crate::{
    auth::Actor,
    error::AppResult,
    i18n::format::day_of_year,
    roster::{Roster, Shift, load_roster},
    state::AppState,
    timesheets::api::scope_for,
    web::{
        answer::html,
        filters,
        page::{Ctx, render},
    },
};

/// Days that are looked at, at most.
const DAYS: u64 = 366;
/// Lines that are shown, at most.
const LINES: usize = 500;

/// Whose days, and which; dates inclusive. Without dates the current month.
#[derive(Debug, Default, Deserialize)]
pub struct BlanksQuery {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    region: Option<String>,
    employee_id: Option<Uuid>,
}

/// The page of it.
#[derive(Template)]
#[template(path = "month/blanks.html")]
struct BlanksPage<'a> {
    ctx: &'a Ctx,
    from: NaiveDate,
    to: NaiveDate,
    lines: Vec<Blank>,
    /// How many there are, shown or not.
    count: usize,
}

/// A day on which a person was expected and nothing was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blank {
    /// The person.
    pub employee_id: Uuid,
    /// "Ad Soyad".
    pub name: String,
    /// The region's code.
    pub region: String,
    /// The date.
    pub day: NaiveDate,
    /// What was planned.
    pub shift: Shift,
}

impl BlanksPage<'_> {
    fn day(&self, day: &NaiveDate) -> String {
        day_of_year(self.ctx.lang, *day)
    }
}

/// The handler. A day is blank when it is over: today is still open.
pub async fn list_blanks(ctx: Ctx, actor: Actor, state: Data<AppState>, query: Query<BlanksQuery>) -> AppResult<HttpResponse> {
    let today = state.clock.today();
    let to = query.to.unwrap_or_else(|| Month::of(today).last());
    let from = query.from.unwrap_or_else(|| Month::of(to).first());
    let yesterday = today.pred_opt().unwrap_or(today);
    let last = to.min(yesterday);
    let first = last.checked_sub_days(Days::new(DAYS)).map_or(from, |earliest| from.max(earliest));
    let scope = scope_for(&actor, query.region.as_deref())?;
    let mut tx = state.db.read(&scope).await?;
    let roster = load_roster(&mut tx, first, last).await?;
    let entered = list_entries(&mut tx, first, last).await?.iter().map(|e| (e.employee_id, e.shift.work_date)).collect();
    drop(tx);
    let mut lines = blanks(&roster, &entered, first, last);
    lines.retain(|blank| query.employee_id.is_none_or(|id| id == blank.employee_id));
    let count = lines.len();
    lines.truncate(LINES);
    Ok(html(render(&ctx, &BlanksPage { ctx: &ctx, from, to, lines, count })?))
}

/// The days from `first` to `last` on which somebody was expected and has no entry; by day, then by name.
pub fn blanks(roster: &Roster, entered: &HashSet<(Uuid, NaiveDate)>, first: NaiveDate, last: NaiveDate) -> Vec<Blank> {
    let mut found = Vec::new();
    for day in first.iter_days().take_while(|day| *day <= last) {
        for person in roster.people().iter().filter(|person| !entered.contains(&(person.id, day))) {
            if let Some(shift) = roster.expected(person, day).shift() {
                let (name, region) = (person.full_name.clone(), person.region.clone());
                found.push(Blank { employee_id: person.id, name, region, day, shift: shift.clone() });
            }
        }
    }
    found
}
