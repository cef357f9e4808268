//! `GET /timesheets/month`.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use serde::Deserialize;

use super::{Month, Sheet, db::list_shifts, views::MonthPage};
use crate::{
    auth::Actor,
    db::Scope,
    error::{AppError, AppResult},
    regions::Region,
    roster::load_roster,
    settings::find_report_settings,
    state::AppState,
    web::{
        answer::html_large,
        page::{Ctx, RegionName, render_large},
    },
};

/// Address of the page.
pub(super) const HOME: &str = "/timesheets/month";

/// Which month, and whose.
#[derive(Debug, Default, Deserialize)]
pub struct MonthQuery {
    month: Option<String>,
    region: Option<String>,
}

/// One region's month: the current one unless the address says another, and of several regions the first.
pub async fn show_month(
    request: HttpRequest,
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    query: Query<MonthQuery>,
) -> AppResult<HttpResponse> {
    let today = state.clock.today();
    let month = query.month.as_deref().and_then(Month::parse).unwrap_or_else(|| Month::of(today));
    let name = choose_region(&ctx, query.region.as_deref())?;
    let region = Region::parse(&name.code).map_err(|_| AppError::NotFound)?;
    let scope = Scope::one(&actor, &region).ok_or(AppError::NotFound)?;
    let mut tx = state.db.read(&scope).await?;
    let roster = load_roster(&mut tx, month.first(), month.last()).await?;
    let shifts = list_shifts(&mut tx, month.first(), month.last()).await?;
    let (rules, names) = find_report_settings(&mut tx, &region).await?;
    drop(tx);
    let sheet = Sheet::new(month, &roster, &shifts, &rules, today);
    let page = MonthPage::new(&ctx, month, name, names, &roster, sheet, today);
    let is_grid = ctx.htmx_target.as_deref() == Some("month-grid");
    let bytes = page.bytes();
    Ok(html_large(&request, if is_grid { render_large(&ctx, &page.as_grid(), bytes)? } else { render_large(&ctx, &page, bytes)? }))
}

/// The asked region, or the first of the person's. A foreign one is not found.
fn choose_region(ctx: &Ctx, asked: Option<&str>) -> AppResult<RegionName> {
    match asked.filter(|code| !code.is_empty()) {
        None => ctx.regions.first().cloned().ok_or(AppError::Forbidden),
        Some(code) => ctx.regions.iter().find(|region| region.code == code).cloned().ok_or(AppError::NotFound),
    }
}
