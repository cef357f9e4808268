//! The activity page: who did what and when, in every region the person works in.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use uuid::Uuid;

use super::{
    cursor::Cursor,
    days::{ActivityPage, Choices, Placed, by_day, day_of},
    db,
    export::{Format, export},
    filter::{ActivityQuery, read_filter},
    lines::{Part, list_part},
};
use crate::{
    complaint::FieldError,
    error::{AppError, AppResult},
    identity::Actor,
    state::AppState,
    web::{
        answer::html_or_wrong,
        asked::Asked,
        extract::Req,
        form::sentence,
        page::{Ctx, render, url_with},
        part::ACTIVITY,
        scope::scope_with_company,
    },
    words::{names_of, title_by_id},
};

/// Lines of one part of the list.
const PART: usize = 50;

/// `GET /activity`: the page, an older part of it, or with `format` a file.
pub async fn list_activity(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    query: Query<ActivityQuery>,
) -> AppResult<HttpResponse> {
    let before = match query.before.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => Some(
            text.parse::<Cursor>()
                .map_err(|_| AppError::BadQuery(vec![sentence(ctx.lang, &FieldError::new("before", "choice-unknown"))]))?,
        ),
        None => None,
    };
    let (filter, shown, wrong) = read_filter(ctx.lang, &query);
    let scope = scope_with_company(&actor, Some(&shown.region))?;
    let mut asked = Asked::new(ctx.lang);
    let format = asked.word("format", query.format.as_deref(), Format::parse);
    asked.refuse()?;
    if let Some(format) = format {
        if !wrong.is_empty() {
            return Err(AppError::BadQuery(wrong));
        }
        return export(&ctx, &actor, &state, &request, scope, (filter, &shown), format).await;
    }
    let mut tx = state.db.read(&scope).await?;
    let part = if wrong.is_empty() { list_part(&mut tx, &filter, before.unwrap_or(Cursor::TOP), PART).await? } else { Part::default() };
    let continued = ctx.is_htmx && before.is_some();
    let people = if ctx.is_htmx { Vec::new() } else { db::list_recent_names(&mut tx).await? };
    let subject = match filter.entity_id {
        Some(id) => name_of(&mut tx, &part, id).await?,
        None => String::new(),
    };
    drop(tx);
    let above = before.filter(|_| continued).map(|cursor| day_of(cursor.at));
    let older = match part.older {
        Some(cursor) => url_with(&ctx.query, "before", &cursor.to_string())?,
        None => String::new(),
    };
    let lines = part.rows.into_iter().map(|row| Placed::new(&ctx, row, &part.names)).collect();
    let days = by_day(ctx.lang, lines, state.clock.today(), above);
    let choices = Choices::new(&ctx, people);
    let page = ActivityPage { ctx: &ctx, filter: shown, choices, subject, days, older, continued, is_older_part: before.is_some(), wrong };
    let html = if continued {
        render(&ctx, &page.as_part())?
    } else if ACTIVITY.is_wanted(&ctx) {
        render(&ctx, &page.as_list())?
    } else {
        render(&ctx, &page)?
    };
    Ok(html_or_wrong(html, &page.wrong))
}

/// Name of the single row; empty if it is not found.
async fn name_of(tx: &mut crate::db::ScopedTx<crate::db::Read>, part: &Part, id: Uuid) -> AppResult<String> {
    if let Some(found) = title_by_id(&part.names, id) {
        return Ok(found);
    }
    Ok(names_of(tx, &[id]).await?.title(id).unwrap_or_default())
}
