//! One day of one person, opened in its place in the month (`/employees/{id}/days/{date}`): its entries to correct, or a new one as planned.
//! Without scripts the address leads to the timesheets' own pages.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path, Query},
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::day_editor::{DayEditor, DayQuery, forms_of, page_without_script};
use crate::{
    civil::{DayOfWork, Month, format_date_tr},
    crud::PageRow as _,
    db::{Read, Scope, ScopedTx},
    employees::{self, listed::Listed as Employee},
    error::{AppError, AppResult},
    identity::{Actor, Region},
    labels::db::load_labels,
    ops::{Description, VerdictKind},
    shift_templates,
    state::AppState,
    sync::submit_asking,
    timesheets::{
        Timesheet,
        db::list_timesheets,
        listed::{Filter, Listed},
        pages::load_planned_form,
    },
    web::{
        answer::{acted, html, settle, tone_of, unprocessable},
        extract::Req,
        flash::Flash,
        form::{FormView, Posted, author},
        page::{Ctx, render},
        part::MONTH,
    },
};

/// Address of the month.
const HOME: &str = MONTH.path;
/// Tells the month that it is out of date.
const ENTRIES_CHANGED: &str = MONTH.event;
/// Entries a day has at most: each lasts a minute and none overlaps another.
const MOST: i64 = 1440;

/// A day that was asked for.
struct Day {
    employee: Employee,
    region: Region,
    date: NaiveDate,
    scope: Scope,
    entries: Vec<Listed>,
}

/// `GET /employees/{id}/days/{date}`.
pub async fn show_day(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    path: Path<(Uuid, DayOfWork)>,
    query: Query<DayQuery>,
) -> AppResult<HttpResponse> {
    let (day, mut tx) = Day::find(&state, &actor, *path).await?;
    if !ctx.is_htmx {
        let page = page_without_script(day.employee.id, day.date, &day.entries);
        return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, page)).finish());
    }
    let new = if query.wants_new(ctx.lang, &day.entries)? {
        Some(load_planned_form(&mut tx, &day.region, day.employee.id, day.date).await?)
    } else {
        None
    };
    let entries = forms_of(&day.entries, &day.region, new.is_none());
    Ok(html(day.render(&ctx, &mut tx, entries, new).await?))
}

/// `POST /employees/{id}/days/{date}`: a new entry.
pub async fn create_entry(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    path: Path<(Uuid, DayOfWork)>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let (day, tx) = Day::find(&state, &actor, *path).await?;
    drop(tx); // nobody writes with another transaction in hand
    let op = posted.to_create(&Description::of::<Timesheet>(), author(&actor, &state.clock), day.region.clone())?;
    let op_id = op.op_id;
    match settle(submit_asking(&state, &actor, op).await?)? {
        Ok(verdict) => {
            let flash = Flash::new(tone_of(&verdict), "flash-timesheet-created", &day.title());
            saved(&ctx, op_id, &day, &flash)
        }
        Err(errors) => {
            let entries = forms_of(&day.entries, &day.region, false);
            refused(&ctx, &state, day, entries, Some(FormView::refused(&posted, None, &errors, ctx.lang))).await
        }
    }
}

/// `POST /employees/{id}/days/{date}/{entry}`: a correction.
pub async fn update_entry(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    path: Path<(Uuid, DayOfWork, Uuid)>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let (employee_id, date, id) = *path;
    let (day, tx) = Day::find(&state, &actor, (employee_id, date)).await?;
    drop(tx);
    if !day.entries.iter().any(|entry| entry.id == id) {
        return Err(AppError::NotFound);
    }
    let op = posted.to_update(&Description::of::<Timesheet>(), author(&actor, &state.clock), day.region.clone(), id)?;
    let op_id = op.op_id;
    match settle(submit_asking(&state, &actor, op).await?)? {
        Ok(verdict) => {
            let key = if verdict.verdict == VerdictKind::Merged { "flash-timesheet-merged" } else { "flash-timesheet-updated" };
            saved(&ctx, op_id, &day, &Flash::new(tone_of(&verdict), key, &day.title()))
        }
        Err(errors) => {
            let mut entries = forms_of(&day.entries, &day.region, false);
            for form in entries.iter_mut().filter(|form| form.id == Some(id)) {
                *form = FormView::refused(&posted, Some(id), &errors, ctx.lang);
            }
            refused(&ctx, &state, day, entries, None).await
        }
    }
}

fn saved(ctx: &Ctx, op_id: Uuid, day: &Day, flash: &Flash) -> AppResult<HttpResponse> {
    acted(ctx, op_id, ENTRIES_CHANGED, &format!("{HOME}?month={}&region={}", Month::of(day.date), day.region), flash)
}

async fn refused(ctx: &Ctx, state: &AppState, day: Day, entries: Vec<FormView>, new: Option<FormView>) -> AppResult<HttpResponse> {
    let mut tx = state.db.read(&day.scope).await?;
    Ok(unprocessable(day.render(ctx, &mut tx, entries, new).await?))
}

impl Day {
    /// What messages call the day's entry: "Ayşe Yılmaz, 28.11.2026".
    fn title(&self) -> String {
        format!("{}, {}", self.employee.value.full_name, format_date_tr(self.date))
    }

    /// A person of the actor's regions, and the day's entries. Anybody else is not found.
    async fn find(state: &AppState, actor: &Actor, (id, DayOfWork(date)): (Uuid, DayOfWork)) -> AppResult<(Self, ScopedTx<Read>)> {
        let scope = Scope::of(actor).ok_or(AppError::NotFound)?;
        let mut employee = employees::db::find_employee(&mut state.db.read(&scope).await?, id).await?.ok_or(AppError::NotFound)?;
        let region = employee.region()?;
        let scope = Scope::one(actor, &region).ok_or(AppError::NotFound)?;
        let mut tx = state.db.read(&scope).await?;
        load_labels(&mut tx).await?.apply(id, &mut employee.value.full_name);
        let filter = Filter { employee_id: Some(id), from: date, to: date, text: String::new() };
        let entries = list_timesheets(&mut tx, &filter, MOST, 0).await?;
        Ok((Self { employee, region, date, scope, entries }, tx))
    }

    async fn render(self, ctx: &Ctx, tx: &mut ScopedTx<Read>, entries: Vec<FormView>, new: Option<FormView>) -> AppResult<String> {
        let templates = shift_templates::db::list_choices(tx).await?;
        let editor = DayEditor::new(ctx, (self.employee.id, self.employee.value.full_name), self.date, templates, entries, new);
        Ok(render(ctx, &editor)?)
    }
}
