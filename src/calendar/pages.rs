//! `/admin/calendar`: the marked days of a year, of all regions and of single regions. Every write is an operation (`sync::submit`).

use actix_web::{
    HttpResponse,
    web::{Data, Path, Query},
};
use chrono::{Datelike as _, NaiveDate};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    CalendarDay, DayKind,
    db::{self, Found, Listed},
    views::{EditPage, ListPage, MonthView, NewPage},
};
use crate::{
    complaint::FieldError,
    db::Scope,
    error::{AppError, AppResult},
    identity::{Admin, Region},
    ops::{Description, Entity as _, Kind, VerdictKind},
    state::AppState,
    sync::submit,
    web::{
        answer::{html, refused_act, row_id, settle, stored_and_done, tone_of, unprocessable},
        asked::Asked,
        extract::Req,
        flash::{Flash, Tone, Undo, UndoAct},
        form::{FormView, Posted, author},
        page::{Ctx, render},
    },
};

const HOME: &str = "/admin/calendar";
/// The years that a date may have (`civil::parse_work_date`).
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;

/// The year of the list.
#[derive(Debug, Default, Deserialize)]
pub struct YearQuery {
    year: Option<String>,
}

impl YearQuery {
    fn read(&self, ctx: &Ctx, state: &AppState) -> AppResult<i32> {
        let mut asked = Asked::new(ctx.lang);
        let year = asked.number("year", self.year.as_deref(), i64::from(*YEARS.start())..=i64::from(*YEARS.end()));
        asked.refuse()?;
        Ok(year.and_then(|year| i32::try_from(year).ok()).unwrap_or_else(|| state.clock.today().year()))
    }
}

/// `GET /admin/calendar`.
pub async fn list_days(ctx: Req<Ctx>, admin: Req<Admin>, state: Data<AppState>, query: Query<YearQuery>) -> AppResult<HttpResponse> {
    let year = query.read(&ctx, &state)?;
    let scope = Scope::with_company(admin.actor()).ok_or(AppError::Forbidden)?;
    let (Some(from), Some(to)) = (NaiveDate::from_ymd_opt(year, 1, 1), NaiveDate::from_ymd_opt(year, 12, 31)) else {
        return Err(AppError::NotFound);
    };
    let days = db::list_calendar_days(&mut state.db.read(&scope).await?, from, to).await?;
    let neighbour = |year: i32| YEARS.contains(&year).then_some(year);
    let page = ListPage {
        ctx: &ctx,
        year,
        previous: neighbour(year - 1),
        next: neighbour(year + 1),
        has_known_feasts: year <= super::LAST_YEAR,
        months: by_month(&ctx, days),
    };
    Ok(html(render(&ctx, &page)?))
}

/// The days by month; months without marked days are left out.
fn by_month(ctx: &Ctx, days: Vec<Listed>) -> Vec<MonthView> {
    let mut months: Vec<MonthView> = Vec::new();
    for day in days {
        let date = day.value.day;
        match months.last_mut() {
            Some(month) if month.first.month() == date.month() => month.add(ctx, day),
            _ => months.push(MonthView::starting_with(ctx, day)),
        }
    }
    months
}

/// `GET /admin/calendar/new`.
pub async fn new_day(ctx: Req<Ctx>, _admin: Req<Admin>, state: Data<AppState>, query: Query<YearQuery>) -> AppResult<HttpResponse> {
    let mut form = FormView::blank(&[("kind", DayKind::Holiday.as_str().to_owned())]);
    Region::company().code().clone_into(&mut form.region);
    form.focus = "day";
    Ok(html(render(&ctx, &NewPage { ctx: &ctx, year: query.read(&ctx, &state)?, form })?))
}

/// `POST /admin/calendar`.
pub async fn create_day(ctx: Req<Ctx>, admin: Req<Admin>, state: Data<AppState>, posted: Req<Posted>) -> AppResult<HttpResponse> {
    let Some(region) = region_of(&admin, posted.value("region")) else {
        return refuse_create(&ctx, &state, &posted, &[FieldError::new("region", "region-missing")]);
    };
    let op = posted.to_create(&Description::of::<CalendarDay>(), author(admin.actor(), &state.clock), region)?;
    let op_id = op.op_id;
    let verdict = match settle(submit(&state, admin.actor(), op).await?)? {
        Ok(verdict) => verdict,
        Err(errors) => return refuse_create(&ctx, &state, &posted, &errors),
    };
    let day = find(&state, &admin, row_id(&verdict)?).await?.day;
    Ok(stored_and_done(&ctx, op_id, &year_of(&day), &Flash::new(tone_of(&verdict), "flash-day-created", &day.value.name)))
}

fn refuse_create(ctx: &Ctx, state: &AppState, posted: &Posted, errors: &[FieldError]) -> AppResult<HttpResponse> {
    let form = FormView::refused(posted, None, errors, ctx.lang);
    Ok(unprocessable(render(ctx, &NewPage { ctx, year: state.clock.today().year(), form })?))
}

/// `GET /admin/calendar/{id}/edit`.
pub async fn edit_day(ctx: Req<Ctx>, admin: Req<Admin>, state: Data<AppState>, id: Path<Uuid>) -> AppResult<HttpResponse> {
    let Found { day, is_deleted } = find(&state, &admin, *id).await?;
    if is_deleted {
        return Err(AppError::NotFound);
    }
    let region = Region::parse(&day.region).map_err(|_| AppError::NotFound)?;
    let mut form = FormView::of_row(*id, day.version, &region, &day.value.to_row());
    form.focus = "day";
    Ok(html(render(&ctx, &EditPage { ctx: &ctx, day: &day, form })?))
}

/// `POST /admin/calendar/{id}`.
pub async fn update_day(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let before = find(&state, &admin, *id).await?.day;
    let region = Region::parse(&before.region).map_err(|_| AppError::NotFound)?;
    let op = posted.to_update(&Description::of::<CalendarDay>(), author(admin.actor(), &state.clock), region, *id)?;
    let op_id = op.op_id;
    let verdict = match settle(submit(&state, admin.actor(), op).await?)? {
        Ok(verdict) => verdict,
        Err(errors) => {
            let form = FormView::refused(&posted, Some(*id), &errors, ctx.lang);
            return Ok(unprocessable(render(&ctx, &EditPage { ctx: &ctx, day: &before, form })?));
        }
    };
    let day = find(&state, &admin, row_id(&verdict)?).await?.day;
    Ok(stored_and_done(&ctx, op_id, &year_of(&day), &Flash::new(tone_of(&verdict), "flash-day-updated", &day.value.name)))
}

/// `POST /admin/calendar/{id}/deletion`.
pub async fn delete_day(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    act(&ctx, &admin, &state, *id, &posted, Kind::Delete).await
}

/// `POST /admin/calendar/{id}/restoration`: "Geri al".
pub async fn restore_day(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    act(&ctx, &admin, &state, *id, &posted, Kind::Restore).await
}

async fn act(ctx: &Ctx, admin: &Admin, state: &AppState, id: Uuid, posted: &Posted, kind: Kind) -> AppResult<HttpResponse> {
    let before = find(state, admin, id).await?.day;
    let region = Region::parse(&before.region).map_err(|_| AppError::NotFound)?;
    let op = posted.bare_op(CalendarDay::NAME, author(admin.actor(), &state.clock), region, kind, id)?;
    let op_id = op.op_id;
    let to = year_of(&before);
    let verdict = match settle(submit(state, admin.actor(), op).await?)? {
        Ok(verdict) => verdict,
        Err(errors) => return refused_act(ctx, &to, &errors),
    };
    let name = &before.value.name;
    let flash = match (kind, verdict.verdict) {
        (Kind::Restore, _) => Flash::new(Tone::Success, "flash-day-restored", name),
        // The row was changed meanwhile: it stays, and both actions are kept as a conflict.
        (_, VerdictKind::Merged) => Flash::new(Tone::Warning, "flash-day-not-deleted", name),
        _ => Flash::new(Tone::Success, "flash-day-deleted", name).with_undo(Undo {
            act: UndoAct::restore::<CalendarDay>(id),
            id,
            base: verdict.version.unwrap_or(before.version),
            region: None,
        }),
    };
    Ok(stored_and_done(ctx, op_id, &to, &flash))
}

/// A day of the company or of an existing region, deleted or not.
async fn find(state: &AppState, admin: &Admin, id: Uuid) -> AppResult<Found> {
    let scope = Scope::with_company(admin.actor()).ok_or(AppError::NotFound)?;
    db::find_calendar_day(&mut state.db.read(&scope).await?, id).await?.ok_or(AppError::NotFound)
}

fn region_of(admin: &Admin, code: &str) -> Option<Region> {
    let region = Region::parse(code).ok()?;
    (region == Region::company() || admin.actor().may_act_on(&region)).then_some(region)
}

/// Address of the list that shows the day.
fn year_of(day: &Listed) -> String {
    format!("{HOME}?year={}", day.value.day.year())
}
