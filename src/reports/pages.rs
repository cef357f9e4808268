//! `/reports/summary`: "Çalışan özeti", with its filters in the address.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    db,
    export::{LIST, export},
    summary::{Filter, Sort, Summary},
    views::{FilterView, SummaryPage},
};
use crate::{
    civil,
    error::AppResult,
    exports::{Export, read_format},
    fold::fold,
    identity::Actor,
    labels::db::load_labels,
    settings::list_rules,
    state::AppState,
    text::clean,
    web::{
        answer::html_or_wrong,
        asked::Asked,
        extract::Req,
        page::{Ctx, render},
        pagination::Pager,
        part::SUMMARY,
        scope::scope_for,
    },
};

const PAGE_SIZE: i64 = 50;

/// Filters of the summary in the address.
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
    page: Option<String>,
    format: Option<String>,
}

/// `GET /reports/summary`; with `format` a file.
pub async fn show_summary(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    query: Query<SummaryQuery>,
) -> AppResult<HttpResponse> {
    let format = read_format(&ctx, query.format.as_deref())?;
    let Read { filter, shown, sort, page, wrong } = read_query(&ctx, state.clock.today(), &query);
    let scope = scope_for(&actor, query.region.as_deref())?;
    let taking = Export::begin_where_asked(&ctx, &actor, &state, &request, LIST, (format, &wrong)).await?;
    let mut tx = state.db.read_snapshot(&scope).await?;
    let mut summary = if wrong.is_empty() {
        let rules = list_rules(&mut tx).await?;
        db::load_summary(&mut tx, &filter, &rules).await?
    } else {
        Summary::default()
    };
    let choices = db::list_choices(&mut tx).await?;
    let labels = load_labels(&mut tx).await?;
    drop(tx);
    summary.sort(sort);
    for person in &mut summary.people {
        labels.apply(person.employee_id, &mut person.full_name);
    }
    let pager = Pager::new(page, PAGE_SIZE, i64::try_from(summary.people.len()).unwrap_or(i64::MAX));
    let page = SummaryPage { ctx: &ctx, filter: shown, choices, summary, sort: sort.word(), pager, wrong };
    if let Some(taking) = taking {
        return export(taking, &page).await;
    }
    let is_list = SUMMARY.is_wanted(&ctx);
    let html = if is_list { render(&ctx, &page.as_list())? } else { render(&ctx, &page)? };
    Ok(html_or_wrong(html, &page.wrong))
}

/// The filters read from an address.
struct Read {
    filter: Filter,
    shown: FilterView,
    sort: Sort,
    page: Option<i64>,
    wrong: Vec<String>,
}

/// The filters, and their form. Without dates in the address it is the current month; empty dates mean all dates.
fn read_query(ctx: &Ctx, today: NaiveDate, query: &SummaryQuery) -> Read {
    let mut asked = Asked::new(ctx.lang);
    let employee_id = asked.id("employee_id", query.employee_id.as_deref());
    let sort = asked.word("sort", query.sort.as_deref(), Sort::parse).unwrap_or_default();
    let page = asked.page(query.page.as_deref());
    let q = asked.text("q", query.q.as_deref());
    let text = |field: &Option<String>| clean(field.as_deref().unwrap_or_default());
    let mut shown = FilterView {
        region: text(&query.region),
        employee_id: text(&query.employee_id),
        department: text(&query.department),
        title: text(&query.title),
        q,
        ..FilterView::default()
    };
    let (from, to);
    ((from, to), shown.from, shown.to) = asked.dates(query.from.as_deref(), query.to.as_deref(), civil::month_of(today));
    (shown.from_error, shown.to_error) = (asked.error("from"), asked.error("to"));
    let filter = Filter { from, to, employee_id, department: shown.department.clone(), title: shown.title.clone(), text: fold(&shown.q) };
    Read { filter, shown, sort, page, wrong: asked.sentences() }
}
