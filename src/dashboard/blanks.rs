//! `/dashboard/blanks`: who has which days without an entry.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};

use super::{
    pages::BoardQuery,
    period::Period,
    views::{BlankView, BlanksPage, Standing},
};
use crate::{
    error::AppResult,
    identity::Actor,
    roster::{Roster, blanks, load_roster, load_worked_days},
    state::AppState,
    web::{
        answer::html_or_wrong,
        asked::Asked,
        page::{Ctx, render},
        scope::scope_for,
    },
};

/// `GET /dashboard/blanks`: the dates of the address, as far as they are over; today counts where it is asked for alone.
pub async fn list_blanks(ctx: Ctx, actor: Actor, state: Data<AppState>, query: Query<BoardQuery>) -> AppResult<HttpResponse> {
    let today = state.clock.today();
    let mut asked = Asked::new(ctx.lang);
    let period = query.period(&mut asked, today);
    let dates = query.shown(&asked, period);
    let scope = scope_for(&actor, query.region.as_deref())?;
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
    let wrong = asked.sentences();
    let page = BlanksPage { ctx: &ctx, region, period, dates, standing, people, count, wrong };
    let is_list = ctx.htmx_target.as_deref() == Some("blank-list");
    let html = if is_list { render(&ctx, &page.as_list())? } else { render(&ctx, &page)? };
    Ok(html_or_wrong(html, &page.wrong))
}

fn is_anybody_expected(roster: &Roster, period: Period) -> bool {
    let mut days = period.from.iter_days().take_while(|day| *day <= period.to);
    days.any(|day| roster.people().iter().any(|person| roster.expected(person, day).shift().is_some()))
}
