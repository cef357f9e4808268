//! `/dashboard/blanks`: people with days without an entry, and which days.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use futures_util::stream;

use super::{
    columns::BLANKS,
    pages::BoardQuery,
    period::Period,
    views::{BlankView, BlanksPage, Standing},
};
use crate::{
    error::AppResult,
    exports::{Export, List, read_format},
    i18n::t,
    identity::Actor,
    roster::{Roster, blanks, load_roster, load_worked_days},
    state::AppState,
    web::{
        answer::html_or_wrong,
        asked::Asked,
        extract::Req,
        page::{Ctx, render},
        paper,
        scope::scope_for,
        table::{Cell, FileColumns, Sheet},
    },
};

const LIST: List = List { what: "blanks", file: "file-blanks" };

/// `GET /dashboard/blanks`: the past days of the range in the address. Today counts only if the range is today alone. With `format` a file.
pub async fn list_blanks(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    query: Query<BoardQuery>,
) -> AppResult<HttpResponse> {
    let today = state.clock.today();
    let format = read_format(&ctx, query.format.as_deref())?;
    let mut asked = Asked::new(ctx.lang);
    let period = query.period(&mut asked, today);
    let dates = query.shown(&asked, period);
    let scope = scope_for(&actor, query.region.as_deref())?;
    let wrong = asked.sentences();
    let taking = Export::begin_where_asked(&ctx, &actor, &state, &request, LIST, (format, &wrong)).await?;
    let mut people = Vec::new();
    let mut standing = Standing::NotYet;
    let is_today = period.from == today && period.to == today;
    if let Some(past) = period.before(today).or(is_today.then_some(period)).filter(|_| asked.is_clear()) {
        let mut tx = state.db.read_snapshot(&scope).await?;
        let roster = load_roster(&mut tx, past.from, past.to).await?;
        standing = if is_anybody_expected(&roster, past) { Standing::AllEntered } else { Standing::NobodyExpected };
        let worked = load_worked_days(&mut tx, past.from, past.to).await?;
        people.extend(blanks(&roster, &worked, past.from, past.to).into_iter().map(|blank| BlankView {
            employee_id: blank.person.id,
            full_name: blank.person.full_name.clone(),
            department: blank.person.department.clone(),
            region: blank.person.region.clone(),
            days: blank.days,
        }));
    }
    let count = people.iter().map(|person| person.days.len()).sum();
    let region = query.region.clone().unwrap_or_default();
    let page = BlanksPage { ctx: &ctx, region, period, dates, standing, people, count, wrong };
    if let Some(taking) = taking {
        return export(taking, &page).await;
    }
    let is_list = ctx.htmx_target.as_deref() == Some("blank-list");
    let html = if is_list { render(&ctx, &page.as_list())? } else { render(&ctx, &page)? };
    Ok(html_or_wrong(html, &page.wrong))
}

async fn export(export: Export<'_>, page: &BlanksPage<'_>) -> AppResult<HttpResponse> {
    let BlanksPage { ctx, period, people, count, .. } = page;
    let columns = FileColumns::of(&BLANKS);
    let total = Cell::Count(i64::try_from(*count).unwrap_or(i64::MAX));
    let sheet = Sheet {
        title: t(ctx.lang, "blanks-title").to_owned(),
        about: paper::days(ctx, &page.region, &period.from.to_string(), &period.to.to_string(), ""),
        heads: columns.heads(ctx),
        frozen: 1,
        totals: vec![columns.totals(t(ctx.lang, "file-total").to_owned(), &[("blanks-days", total)])],
    };
    let rows = people.iter().map(|person| columns.cells(ctx, person)).collect();
    export.send(sheet, stream::once(async { Ok(rows) })).await
}

fn is_anybody_expected(roster: &Roster, period: Period) -> bool {
    let mut days = period.from.iter_days().take_while(|day| *day <= period.to);
    days.any(|day| roster.people().iter().any(|person| roster.expected(person, day).shift().is_some()))
}
