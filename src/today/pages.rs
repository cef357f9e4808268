//! The page of a day.

use super::{
    load::{load_day, scope_of},
    query::{DayAsked, DayQuery},
    views::{HOME, render_page, render_unclear},
};
use crate::{
    error::AppResult,
    identity::Actor,
    state::AppState,
    web::{
        answer::{html, unprocessable},
        extract::Req,
        page::Ctx,
    },
};
use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Query},
};

/// Home page of an admin, who has all regions.
const HOME_OF_ADMIN: &str = "/dashboard";

/// `GET /`: a clerk's day. An admin without `region` is redirected to the page of all regions.
pub async fn show_home(ctx: Req<Ctx>, actor: Req<Actor>, state: Data<AppState>, query: Query<DayQuery>) -> AppResult<HttpResponse> {
    if actor.is_admin() && query.region.is_none() {
        return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, HOME_OF_ADMIN)).finish());
    }
    let ctx = Ctx { path: HOME.to_owned(), ..ctx.into_inner() };
    show_today(Req::of(ctx), actor, state, query).await
}

/// `GET /today`.
pub async fn show_today(ctx: Req<Ctx>, actor: Req<Actor>, state: Data<AppState>, query: Query<DayQuery>) -> AppResult<HttpResponse> {
    let today = state.clock.today();
    match query.read(&ctx, today)? {
        DayAsked::Of(place) => {
            let day = load_day(&mut state.db.read(&scope_of(&place, &actor)?).await?, &place).await?;
            Ok(html(render_page(&ctx, &day, today, None)?))
        }
        DayAsked::Unclear(place, wrong) => {
            scope_of(&place, &actor)?;
            Ok(unprocessable(render_unclear(&ctx, place, today, wrong)?))
        }
    }
}
