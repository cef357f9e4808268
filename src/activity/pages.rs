//! The activity page: who did what and when, in every region the person works in.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use serde::Deserialize;

use super::{
    cursor::Cursor,
    days::{ActivityPage, Placed, by_day, day_of},
    db,
    views::mentioned_ids,
};
use crate::{
    auth::Actor,
    db::{Read, Scope, ScopedTx},
    error::{AppError, AppResult},
    state::AppState,
    web::page::{Ctx, render},
};

/// Lines of one part of the list.
const PART: usize = 50;

/// Where in the list to go on.
#[derive(Debug, Default, Deserialize)]
pub struct ActivityQuery {
    before: Option<String>,
}

/// `GET /activity`.
pub async fn list_activity(ctx: Ctx, actor: Actor, state: Data<AppState>, query: Query<ActivityQuery>) -> AppResult<HttpResponse> {
    let before = match query.before.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => Some(text.parse::<Cursor>().map_err(|e| AppError::BadRequest(e.to_string()))?),
        None => None,
    };
    let scope = Scope::with_company(&actor).ok_or(AppError::Forbidden)?;
    let (lines, older) = list_lines(&mut state.db.read(&scope).await?, &ctx, before.unwrap_or(Cursor::TOP)).await?;
    let continued = ctx.is_htmx && before.is_some();
    let above = before.filter(|_| continued).map(|cursor| day_of(cursor.at));
    let days = by_day(ctx.lang, lines, state.clock.today(), above);
    let page = ActivityPage { ctx: &ctx, days, older: older.map(|c| c.to_string()), continued, is_older_part: before.is_some() };
    let html = if continued { render(&ctx, &page.as_part())? } else { render(&ctx, &page)? };
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html))
}

/// The lines after a place in both logs, and the place after which still more come.
async fn list_lines(tx: &mut ScopedTx<Read>, ctx: &Ctx, before: Cursor) -> AppResult<(Vec<Placed>, Option<Cursor>)> {
    let limit = i64::try_from(PART + 1).unwrap_or(i64::MAX);
    let changes = db::list_changes(tx, before.changes_below(), limit).await?;
    let events = db::list_events(tx, before.events_below(), limit).await?;
    let names = db::list_row_names(tx, &changes.iter().flat_map(mentioned_ids).collect::<Vec<_>>()).await?;
    let changes = changes.iter().map(|row| Placed::change(ctx, row, &names));
    let mut lines: Vec<Placed> = changes.chain(events.into_iter().map(|row| Placed::event(ctx, row))).collect();
    lines.sort_by(|a, b| a.cursor.cmp_newest_first(&b.cursor));
    let has_more = lines.len() > PART;
    lines.truncate(PART);
    let older = lines.last().filter(|_| has_more).map(|line| line.cursor);
    Ok((lines, older))
}
