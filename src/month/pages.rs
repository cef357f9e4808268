//! `GET /timesheets/month`.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};

use super::{
    Sheet,
    db::list_shifts,
    export::{LIST, export},
    query::{MonthQuery, Wanted},
    views::MonthPage,
};
use crate::{
    db::Scope,
    error::{AppError, AppResult},
    exports::{Export, read_format},
    identity::{Actor, Region},
    roster::load_roster_and_settings,
    settings::ReportSettings,
    state::AppState,
    web::{
        answer::{html_large, unprocessable},
        extract::Req,
        page::Ctx,
    },
};

/// One region's month: the current one unless the address says another, and of several regions the first. With `format` a file.
pub async fn show_month(
    request: HttpRequest,
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    query: Query<MonthQuery>,
) -> AppResult<HttpResponse> {
    let today = state.clock.today();
    let format = read_format(&ctx, query.format.as_deref())?;
    let Wanted { month, region: name, typed, error, wrong } = query.read(&ctx, today)?;
    let region = Region::parse(&name.code).map_err(|_| AppError::NotFound)?;
    let scope = Scope::one(&actor, &region).ok_or(AppError::NotFound)?;
    let taking = Export::begin_where_asked(&ctx, &actor, &state, &request, LIST, (format, &wrong)).await?;
    let mut tx = state.db.read_bounded(&scope).await?;
    let (roster, mut settings) = load_roster_and_settings(&mut tx, month.first(), month.last()).await?;
    let shifts = list_shifts(&mut tx, month.first(), month.last()).await?;
    drop(tx);
    let ReportSettings { rules, names } = settings.remove(region.code()).unwrap_or_default();
    let sheet = Sheet::new(month, &roster, &shifts, &rules, today);
    let mut page = MonthPage::new(&ctx, month, name, names, &roster, sheet, today);
    if let Some(taking) = taking {
        return export(taking, &page).await;
    }
    if wrong.is_empty() {
        return Ok(html_large(&request, page.render()?));
    }
    page.refuse(typed, error, wrong);
    Ok(unprocessable(page.render()?))
}
