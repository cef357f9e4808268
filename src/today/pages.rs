//! The page of a day.

use super::{
    load::load_day,
    query::DayQuery,
    views::{HOME, render_page},
};
use crate::{
    auth::Actor,
    error::AppResult,
    state::AppState,
    web::{
        answer::{html, unprocessable},
        page::Ctx,
    },
};
use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Query},
};

/// Where an admin, who has all regions, starts.
const HOME_OF_ADMIN: &str = "/dashboard";

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
    let (place, date_error) = query.read(&ctx, today)?;
    let scope = place.scope(&actor)?;
    let day = load_day(&mut state.db.read(&scope).await?, &place).await?;
    let is_clear = date_error.is_empty();
    let page = render_page(&ctx, &day, today, date_error, None)?;
    Ok(if is_clear { html(page) } else { unprocessable(page) })
}
