//! A person's page ("Kişi kartı"): months, totals and how they came about, blanks, history; the identity number on demand.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path, Query},
};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Employee,
    card_views::{CardPage, IdentityNo, MonthLine, Neighbour, TotalView},
    db::Listed,
    pages::{find, region_of},
    views::EmployeeView,
};
use crate::{
    activity::{EventKind, NewEvent, record_event, views::history_of},
    auth::{Actor, visitor_of},
    db::{Read, Scope, ScopedTx},
    error::{AppError, AppResult},
    month::{Cell, Month, Plan, tally},
    roster::{self, Person, Roster, load_roster},
    settings::list_rules,
    shift_templates,
    state::AppState,
    sync::Entity as _,
    timesheets::{
        calc::{Rules, Shift, Total},
        db::{Filter, list_timesheets},
        views::EntryView,
    },
    web::{
        answer::html,
        form::Posted,
        page::{Ctx, render},
    },
};

/// Months that the table shows.
const MONTHS: u32 = 12;
/// Entries of a year at most: more than anybody's.
const MOST: i64 = 10_000;

/// The month whose entries are shown.
#[derive(Debug, Default, Deserialize)]
pub struct CardQuery {
    month: Option<String>,
}

/// `GET /employees/{id}`.
pub async fn show_card(ctx: Ctx, actor: Actor, state: Data<AppState>, id: Path<Uuid>, query: Query<CardQuery>) -> AppResult<HttpResponse> {
    let employee = find(&state, &actor, *id).await?;
    let page = card_of(&ctx, &actor, &state, employee, query.month.as_deref(), None).await?;
    Ok(html(render(&ctx, &page)?))
}

/// `POST /employees/{id}/identity-number`: shows the whole number, and says in the log who had it shown (SECURITY, decisions).
pub async fn reveal_identity_no(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Posted,
) -> AppResult<HttpResponse> {
    let employee = find(&state, &actor, *id).await?;
    let number = employee.value.identity_no.clone().ok_or(AppError::NotFound)?;
    let region = region_of(&employee)?;
    let scope = Scope::one(&actor, &region).ok_or(AppError::NotFound)?;
    let event = NewEvent::new(EventKind::IdentityNoRevealed)
        .by(Some(&actor))
        .from(&visitor_of(&request, &state.config))
        .with("employee", id.to_string())
        .with("name", employee.value.full_name.clone());
    let mut tx = state.db.write(&scope).await?;
    record_event(&mut tx, &region, &event, state.clock.now()).await?;
    tx.commit().await?; // recorded first, shown then
    let body = if ctx.is_htmx {
        render(&ctx, &IdentityNo { number })?
    } else {
        let month = posted.value("month").to_owned();
        render(&ctx, &card_of(&ctx, &actor, &state, employee, Some(&month), Some(number)).await?)?
    };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type("text/html; charset=utf-8").body(body))
}

async fn card_of<'a>(
    ctx: &'a Ctx,
    actor: &Actor,
    state: &AppState,
    employee: Listed,
    asked: Option<&str>,
    number: Option<String>,
) -> AppResult<CardPage<'a>> {
    let today = state.clock.today();
    let current = Month::of(today);
    let month = asked.and_then(Month::parse).unwrap_or(current);
    let months = window(month, current);
    let region = region_of(&employee)?;
    let scope = Scope::one(actor, &region).ok_or(AppError::NotFound)?;
    let mut tx = state.db.read(&scope).await?;
    let roster = load_roster(&mut tx, months[0].first(), months[months.len() - 1].last()).await?;
    let rules = list_rules(&mut tx).await?.remove(region.code()).unwrap_or_default();
    let entries = list_entries(&mut tx, &employee, &months, &rules).await?;
    let template = find_template(&mut tx, &employee).await?;
    let history = history_of(&mut tx, ctx, Employee::NAME, employee.id).await?;
    drop(tx);
    let person = person_of(&employee);
    let shifts: Vec<Shift> = entries.iter().map(|entry| entry.entry.value.shift()).collect();
    let cells: Vec<(Month, Vec<Cell>)> =
        months.iter().map(|month| (*month, days_of(*month, &roster, &person, &shifts, &rules, today))).collect();
    let lines = cells.iter().map(|(month, cells)| MonthLine::new(ctx.lang, person.id, *month, cells)).collect();
    let shown = cells.iter().find(|(of, _)| *of == month).map_or(&[][..], |(_, cells)| cells);
    let blanks = blank_days(month, shown, &roster, &person);
    let entries: Vec<EntryView> = entries.into_iter().filter(|e| Month::of(e.entry.value.work_date) == month).collect();
    let totals = Total::ALL.into_iter().filter_map(|total| TotalView::new(ctx, total, &entries, &rules)).collect();
    let (previous, next) = neighbours(&roster, person.id, month);
    Ok(CardPage { ctx, row: EmployeeView { employee }, number, template, month, lines, entries, blanks, totals, previous, next, history })
}

/// The months of the table: twelve up to the current one, or up to the one that is shown where that is not among them. Oldest first.
fn window(shown: Month, current: Month) -> Vec<Month> {
    let is_recent = current.back(MONTHS - 1).is_none_or(|oldest| (oldest..=current).contains(&shown));
    let last = if is_recent { current } else { shown };
    (0..MONTHS).rev().filter_map(|months| last.back(months)).collect()
}

/// The person's entries of these months, oldest first.
async fn list_entries(tx: &mut ScopedTx<Read>, employee: &Listed, months: &[Month], rules: &Rules) -> AppResult<Vec<EntryView>> {
    let (from, to) = (months[0].first(), months[months.len() - 1].last());
    let filter = Filter { employee_id: Some(employee.id), from, to, text: String::new() };
    let mut entries = list_timesheets(tx, &filter, MOST, 0).await?;
    entries.sort_by_key(|entry| (entry.value.work_date, entry.value.start_min));
    Ok(entries.into_iter().map(|entry| EntryView::new(entry, rules)).collect())
}

/// Name of the person's own shift template.
async fn find_template(tx: &mut ScopedTx<Read>, employee: &Listed) -> AppResult<Option<String>> {
    let Some(id) = employee.value.shift_template_id else { return Ok(None) };
    let template = shift_templates::db::find_template(tx, id).await?;
    Ok(template.filter(|template| template.deleted_at.is_none()).map(|template| template.value.name))
}

/// The person as the roster wants them: it lists only people who are employed in its dates or have entries.
fn person_of(employee: &Listed) -> Person {
    let value = &employee.value;
    let is_deleted = employee.deleted_at.is_some();
    Person {
        id: employee.id,
        region: employee.region.clone(),
        full_name: value.full_name.clone(),
        department: value.department.clone(),
        title: value.title.clone(),
        hire_date: value.hire_date,
        exit_date: value.exit_date,
        is_active: value.is_active && !is_deleted,
        is_deleted,
        shift_template_id: value.shift_template_id,
    }
}

/// A month's days of the person. `shifts` are by date.
fn days_of(month: Month, roster: &Roster, person: &Person, shifts: &[Shift], rules: &Rules, today: NaiveDate) -> Vec<Cell> {
    let days: Vec<NaiveDate> = month.days().collect();
    tally(&days, roster, person, shifts.iter().skip_while(|shift| shift.work_date < month.first()), rules, today)
}

/// The month's blank days, and what was planned on them.
fn blank_days(month: Month, cells: &[Cell], roster: &Roster, person: &Person) -> Vec<(NaiveDate, roster::Shift)> {
    let blank = month.days().zip(cells).filter(|(_, cell)| cell.plan == Plan::Blank).map(|(day, _)| day);
    blank.filter_map(|day| Some((day, roster.expected(person, day).shift()?.clone()))).collect()
}

/// The people before and after this one, in Turkish order, among those who work in that month.
fn neighbours(roster: &Roster, id: Uuid, month: Month) -> (Option<Neighbour>, Option<Neighbour>) {
    let works = |person: &&Person| person.id == id || month.days().any(|day| person.is_employed(day));
    let people: Vec<&Person> = roster.people().iter().filter(works).collect();
    let Some(place) = people.iter().position(|person| person.id == id) else { return (None, None) };
    let neighbour = |place: usize| people.get(place).map(|person| Neighbour { id: person.id, name: person.full_name.clone() });
    (place.checked_sub(1).and_then(neighbour), neighbour(place + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        Month::parse(text).unwrap()
    }

    #[test]
    fn the_table_ends_with_the_current_month_or_with_the_one_that_is_shown() {
        let ends = |shown: &str| {
            let months = window(month(shown), month("2026-11"));
            (months.len(), months[0].to_string(), months[months.len() - 1].to_string())
        };
        assert_eq!(ends("2026-11"), (12, "2025-12".into(), "2026-11".into()));
        assert_eq!(ends("2025-12"), (12, "2025-12".into(), "2026-11".into()));
        assert_eq!(ends("2025-11"), (12, "2024-12".into(), "2025-11".into()));
        assert_eq!(ends("2026-12"), (12, "2026-01".into(), "2026-12".into()));
        assert_eq!(window(month("1990-03"), month("2026-11")).len(), 3, "nobody worked before 1990");
    }
}
