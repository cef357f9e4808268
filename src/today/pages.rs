//! The page of a day.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Query},
};
use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    day::{Day, Place, load_day},
    views::{Count, Head, PersonView, TodayPage},
};
use crate::{
    auth::Actor,
    civil,
    error::{AppError, AppResult},
    regions::Region,
    state::AppState,
    web::{
        answer::html,
        form::sentence,
        page::{Ctx, render},
    },
};

/// Address of the page, for everybody.
pub(super) const HOME: &str = "/today";
/// Where an admin, who has all regions, starts.
const HOME_OF_ADMIN: &str = "/dashboard";

/// Which day of which region, as it stands in the address.
#[derive(Debug, Default, Deserialize)]
pub struct DayQuery {
    date: Option<String>,
    region: Option<String>,
}

/// `GET /`: a clerk's day; an admin who names no region goes to the page of all regions.
pub async fn show_home(ctx: Ctx, actor: Actor, state: Data<AppState>, query: Query<DayQuery>) -> AppResult<HttpResponse> {
    if actor.is_admin() && query.region.is_none() {
        return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, HOME_OF_ADMIN)).finish());
    }
    let ctx = Ctx { path: HOME.to_owned(), ..ctx };
    show_today(ctx, actor, state, query).await
}

/// `GET /today`.
pub async fn show_today(ctx: Ctx, actor: Actor, state: Data<AppState>, query: Query<DayQuery>) -> AppResult<HttpResponse> {
    let today = state.clock.today();
    let region = region_of(&ctx, query.region.as_deref())?;
    let typed = query.date.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let (date, date_error) = match typed.map(civil::parse_work_date) {
        None => (today, String::new()),
        Some(Ok(date)) => (date, String::new()),
        Some(Err(error)) => (today, sentence(ctx.lang, &error.about("date"))),
    };
    let place = Place { region, date };
    let scope = place.scope(&actor)?;
    let day = load_day(&mut state.db.read(&scope).await?, &place).await?;
    Ok(html(render_page(&ctx, &day, today, date_error, None)?))
}

/// The region of the address, else the first of the reader's.
fn region_of(ctx: &Ctx, code: Option<&str>) -> AppResult<Region> {
    let first = || ctx.regions.first().map(|region| region.code.as_str());
    let code = code.filter(|code| !code.is_empty()).or_else(first).ok_or(AppError::Forbidden)?;
    Region::parse(code).map_err(|_| AppError::NotFound)
}

/// The whole page; `instead` takes the place of the same person's rows.
pub(super) fn render_page(ctx: &Ctx, day: &Day, today: NaiveDate, date_error: String, instead: Option<PersonView>) -> AppResult<String> {
    let mut people: Vec<PersonView> = day.people.iter().map(|person| PersonView::new(ctx, day, person)).collect();
    if let Some(view) = instead
        && let Some(place) = people.iter_mut().find(|person| person.id == view.id)
    {
        *place = view;
    }
    Ok(render(ctx, &TodayPage { ctx, head: Head::new(ctx, day, today, date_error), people, count: Count::new(ctx, day) })?)
}
