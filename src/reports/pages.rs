//! `/reports/summary`: "Çalışan özeti", with its filters in the address.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    db,
    summary::{Filter, Sort},
    views::{FilterView, SummaryPage},
};
use crate::{
    auth::Actor,
    civil,
    error::AppResult,
    fold::fold,
    state::AppState,
    timesheets::api::scope_for,
    web::{
        answer::html,
        form::read_bound,
        page::{Ctx, render},
        pagination::Pager,
        part::SUMMARY,
    },
};

const PAGE_SIZE: i64 = 50;

/// Filters of the summary, as they stand in the address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct SummaryQuery {
    from: Option<String>,
    to: Option<String>,
    region: Option<String>,
    employee_id: Option<String>,
    department: Option<String>,
    title: Option<String>,
    q: Option<String>,
    sort: Option<String>,
    page: Option<i64>,
}

/// `GET /reports/summary`.
pub async fn show_summary(ctx: Ctx, actor: Actor, state: Data<AppState>, query: Query<SummaryQuery>) -> AppResult<HttpResponse> {
    let (filter, shown) = read_filter(&ctx, state.clock.today(), &query);
    let scope = scope_for(&actor, query.region.as_deref())?;
    let mut tx = state.db.read_snapshot(&scope).await?;
    let mut summary = db::load_summary(&mut tx, &filter).await?;
    let choices = db::list_choices(&mut tx).await?;
    drop(tx);
    let sort = Sort::parse(query.sort.as_deref().unwrap_or(""));
    summary.sort(sort);
    let pager = Pager::new(query.page, PAGE_SIZE, i64::try_from(summary.people.len()).unwrap_or(i64::MAX));
    let page = SummaryPage { ctx: &ctx, filter: shown, choices, summary, sort: sort.word(), pager };
    let is_list = SUMMARY.is_wanted(&ctx);
    Ok(html(if is_list { render(&ctx, &page.as_list())? } else { render(&ctx, &page)? }))
}

/// The filters, and how the form shows them. Without dates in the address it is the current month; emptied dates mean "all".
fn read_filter(ctx: &Ctx, today: NaiveDate, query: &SummaryQuery) -> (Filter, FilterView) {
    let text = |field: &Option<String>| field.as_deref().unwrap_or("").trim().to_owned();
    let mut shown = FilterView {
        from: text(&query.from),
        to: text(&query.to),
        region: text(&query.region),
        employee_id: text(&query.employee_id),
        department: text(&query.department),
        title: text(&query.title),
        q: text(&query.q),
        ..FilterView::default()
    };
    let (from, to) = if query.from.is_none() && query.to.is_none() {
        let month = civil::month_of(today);
        (shown.from, shown.to) = (month.0.to_string(), month.1.to_string());
        month
    } else {
        (
            read_bound(ctx, "from", &mut shown.from, &mut shown.from_error, civil::FIRST_DAY),
            read_bound(ctx, "to", &mut shown.to, &mut shown.to_error, civil::LAST_DAY),
        )
    };
    let filter = Filter {
        from,
        to,
        employee_id: shown.employee_id.parse().ok(),
        department: shown.department.clone(),
        title: shown.title.clone(),
        text: fold(&shown.q),
    };
    (filter, shown)
}
