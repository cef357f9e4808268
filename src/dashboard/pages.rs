//! `/dashboard`.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    alerts::AlertKind,
    load::{Board, Oddities, Wish, load_board},
    period::{Period, Step},
    views::{AlertList, AlertView, BoardPage, DateView, DatesView, DayView, FilterView, LeaderView, RecentView, TileView, TrendView},
};
use crate::{
    alarms, civil,
    error::AppResult,
    events::{self},
    fold::fold,
    identity::Actor,
    labels::Labels,
    queue_health::load_queues,
    reports::{Sort, Summary},
    state::AppState,
    web::{
        answer::html_or_wrong,
        asked::Asked,
        extract::Req,
        page::{Ctx, render, url_with},
        pagination::Pager,
        scope::scope_with_company,
    },
};

/// Alerts on a page.
const PAGE_SIZE: i64 = 20;
/// Alerts of the day; further ones are on the pages of the period.
const OF_DAY: usize = 20;
/// Lines of "Girişler".
const SIGN_INS: i64 = 8;
/// Number of people with the most overtime.
const LEADERS: usize = 8;

/// The dashboard's settings in the address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct BoardQuery {
    /// A region's code.
    pub(super) region: Option<String>,
    month: Option<String>,
    from: Option<String>,
    to: Option<String>,
    day: Option<String>,
    kind: Option<String>,
    trend: Option<String>,
    q: Option<String>,
    page: Option<String>,
    seen: Option<String>,
    /// File format of the blank days.
    pub(super) format: Option<String>,
}

impl BoardQuery {
    /// The range in the address.
    pub(super) fn period(&self, asked: &mut Asked, today: NaiveDate) -> Period {
        Period::read(asked, self.month.as_deref(), self.from.as_deref(), self.to.as_deref(), today)
    }

    /// First and last date for the form: as typed if unreadable or if the range is open at that end.
    pub(super) fn shown(&self, asked: &Asked, period: Period) -> DatesView {
        let typed = |name: &str, typed: &Option<String>, date: NaiveDate| {
            let error = asked.error(name);
            let is_typed = !error.is_empty() || [civil::FIRST_DAY, civil::LAST_DAY].contains(&date);
            DateView { value: if is_typed { word(typed.as_deref()).to_owned() } else { date.to_string() }, error }
        };
        DatesView { from: typed("from", &self.from, period.from), to: typed("to", &self.to, period.to) }
    }
}

fn word(field: Option<&str>) -> &str {
    field.unwrap_or("").trim()
}

/// `GET /dashboard`. A refresh sends the state it has `seen`; if nothing has happened since, the response is 204 without a body.
pub async fn show_dashboard(
    mut ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    query: Query<BoardQuery>,
) -> AppResult<HttpResponse> {
    let without_seen = url_with(&ctx.query, "seen", "")?;
    without_seen.trim_start_matches('?').clone_into(&mut ctx.query);
    let scope = scope_with_company(&actor, query.region.as_deref())?;
    let (now, today) = (state.clock.now(), state.clock.today());
    let mut tx = state.db.read_snapshot(&scope).await?;
    let seen = format!("{today}-{}", super::db::find_state(&mut tx).await?);
    if ctx.is_htmx && query.seen.as_deref() == Some(seen.as_str()) {
        return Ok(HttpResponse::NoContent().finish());
    }
    let yesterday = today.pred_opt().unwrap_or(today);
    let mut asked = Asked::new(ctx.lang);
    let period = query.period(&mut asked, today);
    let (day, kind) = (asked.date("day", query.day.as_deref()), asked.word("kind", query.kind.as_deref(), AlertKind::parse));
    let (step, number) = (asked.word("trend", query.trend.as_deref(), Step::parse), asked.page(query.page.as_deref()));
    let text = fold(&asked.text("q", query.q.as_deref()));
    let dates = query.shown(&asked, period);
    let period = if asked.is_clear() { period } else { Period::month_of(today) };
    let wish = Wish { period, day: day.unwrap_or(yesterday), step: step.unwrap_or_default(), text, today };
    let board = load_board(&mut tx, &wish).await?;
    let sign_ins = events::latest_sign_ins(&mut tx, &ctx, SIGN_INS, today).await?;
    let queues = load_queues(&mut tx, &ctx, now).await?;
    let alarms = alarms::load(&mut tx, &ctx, alarms::sources()).await?;
    drop(tx);
    let Board { tiles, on_day, of_day, of_period, steps, trends, recent, summary, labels } = board;
    let lang = ctx.lang;
    let page = BoardPage {
        ctx: &ctx,
        filter: filter_view(&query, &wish, dates, yesterday, kind),
        period: wish.period,
        seen,
        tiles: tiles.into_iter().map(|tile| TileView::new(lang, tile, wish.period, today, now)).collect(),
        day: day_view(&ctx, &wish, of_day, on_day)?,
        alerts: alert_list(&ctx, of_period, kind, number),
        trend: TrendView::new(lang, wish.step, steps, trends),
        recent: recent.into_iter().map(|row| RecentView::new(lang, row, now)).collect(),
        sign_ins,
        leaders: leaders(summary, &labels),
        queues,
        alarms,
        wrong: asked.sentences(),
    };
    let is_board = ctx.htmx_target.as_deref() == Some("dash");
    let html = if is_board { render(&ctx, &page.as_board())? } else { render(&ctx, &page)? };
    Ok(html_or_wrong(html, &page.wrong))
}

fn filter_view(query: &BoardQuery, wish: &Wish, dates: DatesView, yesterday: NaiveDate, kind: Option<AlertKind>) -> FilterView {
    let mut kept = Vec::new();
    if wish.day != yesterday {
        kept.push(("day", wish.day.to_string()));
    }
    if let Some(kind) = kind {
        kept.push(("kind", kind.as_str().to_owned()));
    }
    if wish.step == Step::Month {
        kept.push(("trend", "months".to_owned()));
    }
    FilterView { region: word(query.region.as_deref()).to_owned(), dates, q: word(query.q.as_deref()).to_owned(), kept }
}

fn day_view(ctx: &Ctx, wish: &Wish, oddities: Oddities, (expected, blank): (usize, usize)) -> AppResult<DayView> {
    let day = wish.day;
    let more = oddities.alerts.len().saturating_sub(OF_DAY);
    Ok(DayView {
        day,
        is_yesterday: day.succ_opt() == Some(wish.today),
        previous: day.pred_opt().filter(|before| *before >= civil::FIRST_DAY),
        next: day.succ_opt().filter(|after| *after <= civil::LAST_DAY),
        alerts: oddities.alerts.into_iter().take(OF_DAY).map(|alert| AlertView::new(ctx, alert)).collect(),
        more: if more > 0 { Some((more, period_of_day(&ctx.query, day)?)) } else { None },
        expected,
        blank,
        is_over: day < wish.today,
    })
}

/// The query of the same page with this day as its period; other filters stay.
fn period_of_day(query: &str, day: NaiveDate) -> AppResult<String> {
    let day = day.to_string();
    let mut query = query.to_owned();
    for (name, value) in [("month", ""), ("day", ""), ("kind", ""), ("page", ""), ("from", day.as_str()), ("to", day.as_str())] {
        url_with(&query, name, value)?.trim_start_matches('?').clone_into(&mut query);
    }
    Ok(query)
}

fn alert_list(ctx: &Ctx, oddities: Oddities, kind: Option<AlertKind>, page: Option<i64>) -> AlertList {
    let Oddities { mut alerts, is_cut } = oddities;
    let count = alerts.len();
    let of_kind = |kind: AlertKind| (kind, alerts.iter().filter(|alert| alert.kind == kind).count());
    let kinds = AlertKind::ALL.into_iter().map(of_kind).filter(|(_, count)| *count > 0).collect();
    alerts.retain(|alert| kind.is_none_or(|kind| alert.kind == kind));
    let (of_page, pager) = Pager::part_of(alerts, page, PAGE_SIZE);
    let shown = of_page.map(|alert| AlertView::new(ctx, alert)).collect();
    AlertList { shown, kinds, count, kind, is_cut, pager }
}

fn leaders(mut summary: Summary, labels: &Labels) -> Vec<LeaderView> {
    summary.sort(Sort { column: "overtime", descends: true });
    let with_overtime = summary.people.into_iter().filter(|person| person.hours.overtime > 0).take(LEADERS);
    with_overtime
        .map(|person| LeaderView {
            employee_id: person.employee_id,
            full_name: labels.name(person.employee_id, &person.full_name),
            region: person.region,
            overtime: person.hours.overtime,
        })
        .collect()
}
