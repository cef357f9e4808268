//! The pages of the timesheets. Every write is an operation (`sync::submit`).

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    Timesheet, db,
    export::export,
    filter::{ListQuery, NewQuery, PAGE_SIZE, Read, sum_up},
    forms::{BLANKS, Forms, WALK, ask_who, day_after, next_form, planned_form, walk_blanks, walk_end},
    listed::{Listed, title_of},
    views::{Choices, EntryForm, EntryView, ListPage, RowFragment, ShowPage, TotalsFragment, explanation, render_edit, with_hours},
};
use crate::{
    activity,
    calendar::{Calendar, db::load_calendar},
    civil,
    complaint::FieldError,
    crud::PageRow as _,
    db::{Mode, Scope, ScopedTx, is_in_two_regions},
    employees::{self, listed::label_choices},
    error::{AppError, AppResult},
    exports::read_format,
    i18n::{format::instant, t_with},
    identity::{Actor, Region},
    labels::db::load_labels,
    ops::{Description, Entity as _, Origin, Verdict, VerdictKind},
    roster::{Roster, blanks, load_roster, load_worked_days},
    settings::list_rules,
    shift_templates,
    state::AppState,
    sync::{submit_asking, submit_asking_and_read},
    web::{
        answer::{self, back_to, redirect, row_id, settle, stored, tone_of},
        extract::Req,
        flash::{Flash, Undo, UndoAct},
        form::{FormView, Posted, author},
        page::{Ctx, render},
        pagination::Pager,
        part::{TIMESHEET_TOTALS, TIMESHEETS},
        scope::scope_for,
        toast::toast_aside,
    },
};

pub(super) const HOME: &str = "/timesheets";
/// The event that makes the list load again; `SUMS_CHANGED` is for the totals alone.
pub(super) const LIST_CHANGED: &str = TIMESHEETS.event;
const SUMS_CHANGED: &str = TIMESHEET_TOTALS.event;

/// `GET /timesheets`; with `format` a file. After changes the list and its totals load again, without the data that only the forms need.
pub async fn list_timesheets(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    query: Query<ListQuery>,
) -> AppResult<HttpResponse> {
    if let Some(format) = read_format(&ctx, query.format.as_deref())? {
        return export(&ctx, &actor, &state, &request, &query, format).await;
    }
    show_list(&ctx, &actor, &state, &query).await
}

async fn show_list(ctx: &Ctx, actor: &Actor, state: &AppState, query: &ListQuery) -> AppResult<HttpResponse> {
    if TIMESHEET_TOTALS.is_wanted(ctx) {
        return Ok(answer::html(render(ctx, &totals(ctx, actor, state, query).await?)?));
    }
    let is_list = TIMESHEETS.is_wanted(ctx);
    let page = list_page(ctx, actor, state, query, if is_list { Forms::None } else { Forms::New }).await?;
    let html = if is_list { render(ctx, &page.as_list())? } else { render(ctx, &page)? };
    Ok(answer::html_or_wrong(html, &page.wrong))
}

/// `GET /timesheets/new`: the page of `/timesheets`, which contains the form. With a person (and a date, by default today) the form is
/// filled in as planned, above the person's entries of that month, and moves from one blank day to the next.
pub async fn new_timesheet(ctx: Req<Ctx>, actor: Req<Actor>, state: Data<AppState>, query: Query<NewQuery>) -> AppResult<HttpResponse> {
    let (Some(employee_id), day) = query.read(&ctx)? else {
        return show_list(&ctx.into_inner().shown_at(HOME, String::new()), &actor, &state, &ListQuery::default()).await;
    };
    let day = day.unwrap_or_else(|| state.clock.today());
    let scope = Scope::of(&actor).ok_or(AppError::Forbidden)?;
    let code = employees::db::find_region(&mut state.db.read(&scope).await?, employee_id).await?.ok_or(AppError::NotFound)?;
    let region = Region::parse(&code).map_err(|_| AppError::NotFound)?;
    let scope = Scope::one(&actor, &region).ok_or(AppError::NotFound)?;
    let mut tx = state.db.read(&scope).await?;
    let last = state.clock.today().pred_opt().unwrap_or(day);
    let roster = load_roster(&mut tx, day, day.max(last.min(walk_end(day)))).await?;
    let own = own_template(&mut tx, &roster, employee_id).await?;
    let mut form = planned_form(&roster, &region, employee_id, own, day);
    let left = next_blanks(&mut tx, &roster, employee_id, day_after(day), last).await?;
    drop(tx);
    walk_blanks(&mut form, left.len());
    let list = ListQuery::month_of(employee_id, day);
    let ctx = ctx.into_inner().shown_at(HOME, list.to_query());
    let page = list_page(&ctx, &actor, &state, &list, Forms::Filled(form)).await?;
    Ok(answer::html(render(&ctx, &page)?))
}

/// The form for a day of a person of the transaction's region, filled in as planned.
pub async fn load_planned_form<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, employee_id: Uuid, day: NaiveDate) -> AppResult<FormView> {
    let roster = load_roster(tx, day, day).await?;
    let own = own_template(tx, &roster, employee_id).await?;
    Ok(planned_form(&roster, region, employee_id, own, day))
}

/// The person's own template; a person not employed on the roster's dates is looked up in the database.
async fn own_template<M: Mode>(tx: &mut ScopedTx<M>, roster: &Roster, employee_id: Uuid) -> AppResult<Option<Uuid>> {
    match roster.person(employee_id) {
        Some(person) => Ok(person.shift_template_id),
        None => Ok(employees::db::find_employee(tx, employee_id).await?.and_then(|employee| employee.value.shift_template_id)),
    }
}

/// The blank days of a person between two dates, within a few months.
async fn next_blanks<M: Mode>(
    tx: &mut ScopedTx<M>,
    roster: &Roster,
    employee_id: Uuid,
    from: NaiveDate,
    last: NaiveDate,
) -> AppResult<Vec<NaiveDate>> {
    let to = last.min(walk_end(from));
    if to < from {
        return Ok(Vec::new());
    }
    let worked = load_worked_days(tx, from, to).await?;
    Ok(blanks(roster, &worked, from, to)
        .into_iter()
        .find(|blank| blank.person.id == employee_id)
        .map(|blank| blank.days)
        .unwrap_or_default())
}

async fn list_page<'a>(ctx: &'a Ctx, actor: &Actor, state: &AppState, query: &ListQuery, forms: Forms) -> AppResult<ListPage<'a>> {
    let Read { filter, shown, page, wrong } = query.read(ctx, state.clock.today());
    let scope = scope_for(actor, query.region.as_deref())?;
    let mut tx = state.db.read(&scope).await?;
    let rules = list_rules(&mut tx).await?;
    let shapes = if wrong.is_empty() { db::list_shapes(&mut tx, &filter).await? } else { Vec::new() };
    let (totals, count) = sum_up(&shapes, &rules);
    let pager = Pager::new(page, PAGE_SIZE, count);
    let mut entries = if wrong.is_empty() { db::list_timesheets(&mut tx, &filter, PAGE_SIZE, pager.offset()).await? } else { Vec::new() };
    let labels = load_labels(&mut tx).await?;
    for entry in &mut entries {
        labels.apply(entry.value.employee_id, &mut entry.employee_name);
    }
    let (choices, calendar) = if forms.is_none() {
        (Choices::default(), Calendar::default())
    } else {
        (load_choices(ctx, &mut tx).await?, load_calendar(&mut tx, civil::FIRST_DAY, civil::LAST_DAY).await?)
    };
    drop(tx);
    let (form, plan) = forms.form_and_plan(&choices.templates, calendar, actor, state.clock.today());
    let filtered = query.is_narrowed(&filter);
    Ok(ListPage { ctx, filter: shown, form, choices, plan, rows: with_hours(entries, &rules), totals, pager, filtered, wrong })
}

async fn totals<'a>(ctx: &'a Ctx, actor: &Actor, state: &AppState, query: &ListQuery) -> AppResult<TotalsFragment<'a>> {
    let Read { filter, page, wrong, .. } = query.read(ctx, state.clock.today());
    if !wrong.is_empty() {
        return Err(AppError::BadQuery(wrong));
    }
    let scope = scope_for(actor, query.region.as_deref())?;
    let mut tx = state.db.read(&scope).await?;
    let rules = list_rules(&mut tx).await?;
    let (totals, count) = sum_up(&db::list_shapes(&mut tx, &filter).await?, &rules);
    Ok(TotalsFragment { ctx, totals, pager: Pager::new(page, PAGE_SIZE, count) })
}

/// An entry, with the label that distinguishes its person from namesakes.
async fn find_named<M: Mode>(tx: &mut ScopedTx<M>, id: Uuid) -> Result<Option<Listed>, sqlx::Error> {
    let Some(mut entry) = db::find_timesheet(tx, id).await? else { return Ok(None) };
    load_labels(tx).await?.apply(entry.value.employee_id, &mut entry.employee_name);
    Ok(Some(entry))
}

async fn load_choices<M: Mode>(ctx: &Ctx, tx: &mut ScopedTx<M>) -> AppResult<Choices> {
    let mut employees = employees::db::list_choices(tx).await?;
    label_choices(&mut employees);
    Ok(Choices { employees, templates: shift_templates::db::list_choices(tx).await?, regions: ctx.regions.clone() })
}

/// `POST /timesheets`.
pub async fn create_timesheet(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let region = match region_of_entry(&state, &actor, &posted).await? {
        Ok(region) => region,
        Err(error) => return refuse_create(&ctx, &actor, &state, &posted, &[error]).await,
    };
    let op = posted.to_create(&Description::of::<Timesheet>(), author(&actor, &state.clock), region.clone())?;
    let op_id = op.op_id;
    let is_walk = posted.value(WALK) == BLANKS;
    let today = state.clock.today();
    let (submitted, read) =
        submit_asking_and_read(&state, &actor, op, async |tx, verdict| load_next(tx, &region, &saved_by(verdict)?, is_walk, today).await)
            .await?;
    let verdict = match settle(submitted)? {
        Ok(verdict) => verdict,
        Err(errors) => return refuse_create(&ctx, &actor, &state, &posted, &errors).await,
    };
    let next = if let Some(next) = read {
        next
    } else {
        let scope = Scope::one(&actor, &region).ok_or(AppError::NotFound)?;
        load_next(&mut state.db.read(&scope).await?, &region, &saved_by(&verdict)?, is_walk, today).await?
    };
    let id = row_id(&verdict)?;
    let flash = Flash::new(tone_of(&verdict), next.flash, &next.saved).with_undo(Undo {
        act: UndoAct::DeleteTimesheet(id),
        id,
        base: verdict.version.unwrap_or(1),
        region: Some(region.to_string()),
    });
    if !ctx.is_htmx {
        let to = next.address.unwrap_or_else(|| back_to(&request, HOME));
        return Ok(redirect(&ctx, op_id, &to, &flash));
    }
    let choices = match actor.regions.as_slice() {
        [_] => Choices { regions: ctx.regions.clone(), ..next.choices },
        _ => load_choices(&ctx, &mut state.db.read(&Scope::of(&actor).ok_or(AppError::Forbidden)?).await?).await?,
    };
    let body = render(&ctx, &EntryForm { ctx: &ctx, form: next.form, choices })? + &toast_aside(&ctx, &flash)?;
    Ok(stored(op_id, LIST_CHANGED, body))
}

/// The entry as stored.
fn saved_by(verdict: &Verdict) -> AppResult<Timesheet> {
    let row = verdict.row.as_ref().ok_or_else(|| AppError::Fault("a verdict without its row".into()))?;
    Timesheet::parse(row, &BTreeSet::new(), Origin::Web).map_err(|errors| AppError::Fault(format!("a stored entry: {errors:?}")))
}

/// The state after a new entry.
struct Next {
    /// Name of the saved entry in messages.
    saved: String,
    form: FormView,
    /// Choices in the forms of the entry's region.
    choices: Choices,
    flash: &'static str,
    /// Address of the next form, for browsers without scripts.
    address: Option<String>,
}

/// The form of the next day, or of the person's next blank day if the form walks through the blank days.
async fn load_next<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, saved: &Timesheet, is_walk: bool, today: NaiveDate) -> AppResult<Next> {
    let last = today.pred_opt().unwrap_or(saved.work_date);
    let tomorrow = day_after(saved.work_date);
    let to = if is_walk { last.min(walk_end(tomorrow)).max(tomorrow) } else { tomorrow };
    let db::FormParts { mut people, templates, calendar } = db::load_form_parts(tx, saved.work_date, to).await?;
    label_choices(&mut people);
    let (name, own) = if let Some(person) = people.iter().find(|person| person.id == saved.employee_id) {
        (person.full_name.clone(), person.shift_template_id)
    } else {
        let person = employees::db::find_employee(tx, saved.employee_id).await?.ok_or(AppError::NotFound)?.value;
        (person.full_name, person.shift_template_id)
    };
    let (roster, left) = if is_walk {
        let roster = load_roster(tx, saved.work_date, to).await?;
        let left = next_blanks(tx, &roster, saved.employee_id, tomorrow, last).await?;
        (roster, left)
    } else {
        (Roster::of_templates(Vec::new(), &templates, calendar), Vec::new())
    };
    let day = left.first().copied().unwrap_or(tomorrow);
    let mut form = next_form(&roster, region, own, saved, day);
    match left.as_slice() {
        [_, others @ ..] => walk_blanks(&mut form, others.len()),
        // The walk is over: another Enter must not enter an unplanned day.
        [] if is_walk => ask_who(&mut form),
        [] => {}
    }
    let flash = if is_walk && left.is_empty() { "flash-timesheet-created-last-blank" } else { "flash-timesheet-created" };
    let address = left.first().map(|day| format!("{HOME}/new?employee_id={}&work_date={day}", saved.employee_id));
    let choices = Choices { employees: people, templates, regions: Vec::new() };
    Ok(Next { saved: title_of(&name, saved.work_date), form, choices, flash, address })
}

/// The region of a new entry is its employee's. The form may also name it (an admin's form does, without scripts).
async fn region_of_entry(state: &AppState, actor: &Actor, posted: &Posted) -> AppResult<Result<Region, FieldError>> {
    if posted.value("region").is_empty()
        && actor.regions.len() > 1
        && let Ok(id) = posted.value("employee_id").parse::<Uuid>()
        && let Some(scope) = Scope::of(actor)
    {
        match employees::db::find_region(&mut state.db.read(&scope).await?, id).await {
            Ok(Some(code)) => return Ok(Region::parse(&code).map_err(|_| FieldError::new("region", "region-unknown"))),
            Ok(None) => {}
            Err(error) if is_in_two_regions(&error) => return Ok(Err(FieldError::new("region", "region-missing"))),
            Err(error) => return Err(error.into()),
        }
    }
    if posted.value("region").is_empty() && posted.value("employee_id").is_empty() && actor.regions.len() > 1 {
        return Ok(Err(FieldError::new("employee_id", "employee-missing")));
    }
    Ok(posted.region(actor))
}

async fn refuse_create(ctx: &Ctx, actor: &Actor, state: &AppState, posted: &Posted, errors: &[FieldError]) -> AppResult<HttpResponse> {
    let form = FormView::refused(posted, None, errors, ctx.lang);
    if !ctx.is_htmx {
        let page = list_page(ctx, actor, state, &ListQuery::default(), Forms::Filled(form)).await?;
        return Ok(answer::unprocessable(render(ctx, &page)?));
    }
    let scope = Scope::of(actor).ok_or(AppError::Forbidden)?;
    let choices = load_choices(ctx, &mut state.db.read(&scope).await?).await?;
    Ok(answer::unprocessable(render(ctx, &EntryForm { ctx, form, choices })?))
}

/// `GET /timesheets/{id}/edit`.
pub async fn edit_timesheet(ctx: Req<Ctx>, actor: Req<Actor>, state: Data<AppState>, id: Path<Uuid>) -> AppResult<HttpResponse> {
    let scope = Scope::of(&actor).ok_or(AppError::NotFound)?;
    let mut tx = state.db.read(&scope).await?;
    let entry = find_named(&mut tx, *id).await?.filter(|e| e.deleted_at.is_none()).ok_or(AppError::NotFound)?;
    let region = entry.region()?;
    let choices = load_choices(&ctx, &mut tx).await?.only(&region);
    drop(tx);
    let form = FormView::of_row(entry.id, entry.version, &region, &entry.value.to_row());
    Ok(answer::html(render_edit(&ctx, entry, form, choices)?))
}

/// `POST /timesheets/{id}`.
pub async fn update_timesheet(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let before = find(&state, &actor, *id).await?;
    let region = before.region()?;
    let op = posted.to_update(&Description::of::<Timesheet>(), author(&actor, &state.clock), region.clone(), *id)?;
    let op_id = op.op_id;
    let errors = match settle(submit_asking(&state, &actor, op).await?)? {
        Ok(verdict) => {
            let flash = Flash::new(tone_of(&verdict), flash_of_update(&verdict), &before.title());
            return answer_with_row(&ctx, &actor, &state, *id, op_id, &flash).await;
        }
        Err(errors) => errors,
    };
    let form = FormView::refused(&posted, Some(*id), &errors, ctx.lang);
    let scope = Scope::one(&actor, &region).ok_or(AppError::NotFound)?;
    let choices = load_choices(&ctx, &mut state.db.read(&scope).await?).await?;
    Ok(answer::unprocessable(render_edit(&ctx, before, form, choices)?))
}

/// `GET /timesheets/{id}/row`: the row again after a cancelled edit.
pub async fn show_row(ctx: Req<Ctx>, actor: Req<Actor>, state: Data<AppState>, id: Path<Uuid>) -> AppResult<HttpResponse> {
    let row = find_view(&state, &actor, *id).await?;
    let html = render(&ctx, &RowFragment { ctx: &ctx, row, focus: true })?;
    Ok(answer::html(html))
}

async fn answer_with_row(ctx: &Ctx, actor: &Actor, state: &AppState, id: Uuid, op_id: Uuid, flash: &Flash) -> AppResult<HttpResponse> {
    if !ctx.is_htmx {
        return Ok(redirect(ctx, op_id, HOME, flash));
    }
    let row = find_view(state, actor, id).await?;
    let body = render(ctx, &RowFragment { ctx, row, focus: true })? + &toast_aside(ctx, flash)?;
    Ok(stored(op_id, SUMS_CHANGED, body))
}

/// `GET /timesheets/{id}`: how the hours are computed, and the entry's history.
pub async fn show_timesheet(ctx: Req<Ctx>, actor: Req<Actor>, state: Data<AppState>, id: Path<Uuid>) -> AppResult<HttpResponse> {
    let scope = Scope::of(&actor).ok_or(AppError::NotFound)?;
    let mut tx = state.db.read(&scope).await?;
    let entry = find_named(&mut tx, *id).await?.ok_or(AppError::NotFound)?;
    let rules = list_rules(&mut tx).await?.remove(&entry.region).unwrap_or_default();
    let history = activity::views::history_of(&mut tx, &ctx, Timesheet::NAME, *id).await?;
    drop(tx);
    let deleted = entry.deleted_at.map(|at| t_with(ctx.lang, "timesheet-was-deleted", &[("at", &instant(at))]));
    let row = EntryView::new(entry, &rules);
    let steps = explanation(&row, &rules, ctx.lang);
    let page = ShowPage { ctx: &ctx, row, steps, deleted, history };
    Ok(answer::html(render(&ctx, &page)?))
}

pub(super) async fn find(state: &AppState, actor: &Actor, id: Uuid) -> AppResult<Listed> {
    let scope = Scope::of(actor).ok_or(AppError::NotFound)?;
    find_named(&mut state.db.read(&scope).await?, id).await?.ok_or(AppError::NotFound)
}

async fn find_view(state: &AppState, actor: &Actor, id: Uuid) -> AppResult<EntryView> {
    let scope = Scope::of(actor).ok_or(AppError::NotFound)?;
    let mut tx = state.db.read(&scope).await?;
    let entry = find_named(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let rules = list_rules(&mut tx).await?;
    let of_region = rules.get(&entry.region).copied().unwrap_or_default();
    Ok(EntryView::new(entry, &of_region))
}

fn flash_of_update(verdict: &Verdict) -> &'static str {
    if verdict.verdict == VerdictKind::Merged { "flash-timesheet-merged" } else { "flash-timesheet-updated" }
}
