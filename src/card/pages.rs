//! A person's page ("Kişi kartı"): months, totals and how they came about, blanks, history; the identity number on demand.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path, Query},
};
use askama::Template;
use uuid::Uuid;

use crate::{
    activity::views::history_of,
    card::{
        rows::{CardQuery, CardRows, Window},
        views::CardPage,
    },
    civil::Month,
    crud::{PageRow as _, find},
    db::{Read, Scope, ScopedTx},
    employees::{Employee, listed::Listed},
    error::{AppError, AppResult},
    events::{EventKind, NewEvent, record_event},
    identity::Actor,
    ops::Entity as _,
    roster::load_roster_and_settings,
    shift_templates::ShiftTemplate,
    state::AppState,
    timesheets::{db::list_timesheets, listed::Filter},
    web::{
        answer::html,
        extract::Req,
        form::Posted,
        office::Office as _,
        page::{Ctx, render},
        visitor::visitor_of,
    },
};

/// Entries of a year at most: more than anybody's.
const MOST: i64 = 10_000;

/// The number alone, in the place of the masked one.
#[derive(Template)]
#[template(path = "employees/identity_no.html")]
struct IdentityNo {
    /// All of it.
    number: String,
}

/// `GET /employees/{id}`.
pub async fn show_card(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    id: Path<Uuid>,
    query: Query<CardQuery>,
) -> AppResult<HttpResponse> {
    let employee = find::<Employee>(&state, &actor, *id).await?;
    let page = card_of(&ctx, &actor, &state, employee, query.read(ctx.lang)?, None).await?;
    Ok(html(render(&ctx, &page)?))
}

/// `POST /employees/{id}/identity-number`: shows the whole number, and says in the log who had it shown.
pub async fn reveal_identity_no(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let employee = find::<Employee>(&state, &actor, *id).await?;
    let number = employee.value.identity_no.clone().ok_or(AppError::NotFound)?;
    let region = employee.region()?;
    let scope = Scope::one(&actor, &region).ok_or(AppError::NotFound)?;
    let event = NewEvent::new(EventKind::IdentityNoRevealed)
        .by(Some(&actor))
        .from(&visitor_of(&request, &state.config))
        .with("employee", id.to_string())
        .with("name", employee.value.full_name.clone());
    let mut tx = state.db.write(&scope).await?;
    record_event(&mut tx, &region, &event, state.clock.now()).await?;
    tx.commit().await?; // recorded first, shown then
    let body = if ctx.is_htmx {
        render(&ctx, &IdentityNo { number })?
    } else {
        let month = Month::parse(posted.value("month"));
        render(&ctx, &card_of(&ctx, &actor, &state, employee, month, Some(number)).await?)?
    };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type("text/html; charset=utf-8").body(body))
}

async fn card_of<'a>(
    ctx: &'a Ctx,
    actor: &Actor,
    state: &AppState,
    employee: Listed,
    asked: Option<Month>,
    number: Option<String>,
) -> AppResult<CardPage<'a>> {
    let today = state.clock.today();
    let window = Window::new(asked, today);
    let region = employee.region()?;
    let scope = Scope::one(actor, &region).ok_or(AppError::NotFound)?;
    let mut tx = state.db.read(&scope).await?;
    let (roster, mut settings) = load_roster_and_settings(&mut tx, window.first(), window.last()).await?;
    let rules = settings.remove(region.code()).unwrap_or_default().rules;
    let of_window = Filter { employee_id: Some(employee.id), from: window.first(), to: window.last(), text: String::new() };
    let entries = list_timesheets(&mut tx, &of_window, MOST, 0).await?;
    let template = find_template(&mut tx, &employee).await?;
    let history = history_of(&mut tx, ctx, Employee::NAME, employee.id).await?;
    drop(tx);
    let rows = CardRows { employee, roster, rules, entries, template };
    Ok(CardPage { number, ..CardPage::new(ctx, window, rows, today, history) })
}

/// Name of the person's own shift template.
async fn find_template(tx: &mut ScopedTx<Read>, employee: &Listed) -> AppResult<Option<String>> {
    let Some(id) = employee.value.shift_template_id else { return Ok(None) };
    let template = tx.find::<ShiftTemplate>(id).await?;
    Ok(template.filter(|template| !template.is_deleted()).map(|template| template.value.name))
}
