//! One day of one person, opened in its place in the month (`/employees/{id}/days/{date}`): its entries to correct, or a new one as planned.
//! Without scripts the address leads to the timesheets' own pages.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::{Month, pages::HOME};
use crate::{
    auth::Actor,
    db::{Read, Scope, ScopedTx},
    employees::{self, db::Listed as Employee},
    error::{AppError, AppResult},
    i18n::format,
    ops::VerdictKind,
    regions::Region,
    shift_templates::{self, db::TemplateChoice},
    state::AppState,
    sync::{Entity as _, submit},
    timesheets::{
        Timesheet,
        db::{Filter, Listed, list_timesheets},
        prefill::planned_form,
    },
    web::{
        answer::{acted, html, settle, tone_of, unprocessable},
        filters,
        flash::Flash,
        form::{FormView, Posted},
        page::{Ctx, render},
    },
};

/// Tells the month that it is out of date.
const ENTRIES_CHANGED: &str = "timesheets-changed";
/// Entries a day has at most: each lasts a minute and none overlaps another.
const MOST: i64 = 1440;

/// Whether one more entry is wanted beside those there are.
#[derive(Debug, Default, Deserialize)]
pub struct DayQuery {
    more: Option<bool>,
}

/// The forms of a day.
#[derive(Template)]
#[template(path = "month/day.html")]
struct DayEditor<'a> {
    ctx: &'a Ctx,
    /// The person's name.
    name: String,
    /// "14 Ocak Çarşamba".
    day: String,
    /// Address of the day.
    path: String,
    templates: Vec<TemplateChoice>,
    /// The entries there are.
    entries: Vec<FormView>,
    /// One more.
    new: Option<FormView>,
}

/// A day that was asked for, with what it takes to answer.
struct Day {
    employee: Employee,
    region: Region,
    date: NaiveDate,
    tx: ScopedTx<Read>,
    entries: Vec<Listed>,
}

/// `GET /employees/{id}/days/{date}`.
pub async fn show_day(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    path: Path<(Uuid, NaiveDate)>,
    query: Query<DayQuery>,
) -> AppResult<HttpResponse> {
    let mut day = Day::find(&state, &actor, *path).await?;
    if !ctx.is_htmx {
        return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, day.page_without_script())).finish());
    }
    let wants_new = day.entries.is_empty() || query.more == Some(true);
    let new = if wants_new { Some(planned_form(&mut day.tx, &day.region, day.employee.id, day.date).await?) } else { None };
    let mut entries = day.forms();
    if new.is_none() {
        entries.iter_mut().take(1).for_each(|form| form.focus = "start_time");
    }
    Ok(html(day.render(&ctx, entries, new).await?))
}

/// `POST /employees/{id}/days/{date}`: a new entry.
pub async fn create_entry(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    path: Path<(Uuid, NaiveDate)>,
    posted: Posted,
) -> AppResult<HttpResponse> {
    let day = Day::find(&state, &actor, *path).await?;
    let op = posted.to_create::<Timesheet>(&actor, day.region.clone(), &state.clock)?;
    let op_id = op.op_id;
    match settle(submit(&state, &actor, op).await?)? {
        Ok(verdict) => {
            let flash = Flash::new(tone_of(&verdict), "flash-timesheet-created", &day.employee.value.full_name);
            saved(&ctx, op_id, &day, &flash)
        }
        Err(errors) => {
            let entries = day.forms();
            refused(&ctx, day, entries, Some(FormView::refused(&posted, None, &errors, ctx.lang))).await
        }
    }
}

/// `POST /employees/{id}/days/{date}/{entry}`: a correction.
pub async fn update_entry(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    path: Path<(Uuid, NaiveDate, Uuid)>,
    posted: Posted,
) -> AppResult<HttpResponse> {
    let (employee_id, date, id) = *path;
    let day = Day::find(&state, &actor, (employee_id, date)).await?;
    if !day.entries.iter().any(|entry| entry.id == id) {
        return Err(AppError::NotFound);
    }
    let op = posted.to_update::<Timesheet>(&actor, day.region.clone(), &state.clock, id)?;
    let op_id = op.op_id;
    match settle(submit(&state, &actor, op).await?)? {
        Ok(verdict) => {
            let key = if verdict.verdict == VerdictKind::Merged { "flash-timesheet-merged" } else { "flash-timesheet-updated" };
            saved(&ctx, op_id, &day, &Flash::new(tone_of(&verdict), key, &day.employee.value.full_name))
        }
        Err(errors) => {
            let mut entries = day.forms();
            for form in entries.iter_mut().filter(|form| form.id == Some(id)) {
                *form = FormView::refused(&posted, Some(id), &errors, ctx.lang);
            }
            refused(&ctx, day, entries, None).await
        }
    }
}

fn saved(ctx: &Ctx, op_id: Uuid, day: &Day, flash: &Flash) -> AppResult<HttpResponse> {
    acted(ctx, op_id, ENTRIES_CHANGED, &format!("{HOME}?month={}&region={}", Month::of(day.date), day.region), flash)
}

async fn refused(ctx: &Ctx, day: Day, entries: Vec<FormView>, new: Option<FormView>) -> AppResult<HttpResponse> {
    Ok(unprocessable(day.render(ctx, entries, new).await?))
}

impl Day {
    /// A person of the actor's regions, and the day's entries. Anybody else is not found.
    async fn find(state: &AppState, actor: &Actor, (id, date): (Uuid, NaiveDate)) -> AppResult<Self> {
        let scope = Scope::of(actor).ok_or(AppError::NotFound)?;
        let employee = employees::db::find_employee(&mut state.db.read(&scope).await?, id).await?.ok_or(AppError::NotFound)?;
        let region = Region::parse(&employee.region).map_err(|_| AppError::NotFound)?;
        let scope = Scope::one(actor, &region).ok_or(AppError::NotFound)?;
        let mut tx = state.db.read(&scope).await?;
        let filter = Filter { employee_id: Some(id), from: date, to: date, text: String::new() };
        let entries = list_timesheets(&mut tx, &filter, MOST, 0).await?;
        Ok(Self { employee, region, date, tx, entries })
    }

    /// The entries as forms for a change.
    fn forms(&self) -> Vec<FormView> {
        let form = |entry: &Listed| FormView::of_row(entry.id, entry.version, &self.region, &entry.value.to_row());
        self.entries.iter().map(form).collect()
    }

    async fn render(mut self, ctx: &Ctx, entries: Vec<FormView>, new: Option<FormView>) -> AppResult<String> {
        let templates = shift_templates::db::list_choices(&mut self.tx).await?;
        let (day, path) = (format::day_of_year(ctx.lang, self.date), format!("/employees/{}/days/{}", self.employee.id, self.date));
        let name = self.employee.value.full_name;
        Ok(render(ctx, &DayEditor { ctx, name, day, path, templates, entries, new })?)
    }

    /// The only entry's form, a new entry's form, or the day's entries in the list.
    fn page_without_script(&self) -> String {
        let (person, date) = (self.employee.id, self.date);
        match self.entries.as_slice() {
            [] => format!("/timesheets/new?employee_id={person}&work_date={date}"),
            [only] => format!("/timesheets/{}/edit", only.id),
            _ => format!("/timesheets?employee_id={person}&from={date}&to={date}"),
        }
    }
}
