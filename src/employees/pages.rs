//! The pages of the employees: list, new, edit. Every write is an operation (`sync::submit`).

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Employee, db,
    filter::{ListQuery, PAGE_SIZE},
    listed::Listed,
    views::{EmployeeView, NewPage, RowFragment, blank_form, form_of, render_edit, render_list},
};
use crate::{
    complaint::FieldError,
    db::Scope,
    error::{AppError, AppResult},
    identity::{Actor, Region},
    labels::db::load_labels,
    ops::{Change, Entity as _, Op, VerdictKind},
    shift_templates::{self, listed::TemplateChoice},
    state::AppState,
    sync::submit,
    web::{
        answer::{html, row_id, settle, stored, tone_of, unprocessable},
        flash::Flash,
        form::{FormView, Posted, back_to, redirect},
        page::{Ctx, render},
        pagination::Pager,
        part::EMPLOYEES,
        scope::scope_for,
        toast::toast_aside,
    },
    words::value_at,
};

/// Address of the list.
pub(super) const HOME: &str = "/employees";
/// Tells the list to load again.
pub(super) const LIST_CHANGED: &str = EMPLOYEES.event;
/// A row was replaced already; nothing else on the page depends on it.
const ROW_CHANGED: &str = "employee-row-changed";
/// `GET /employees`.
pub async fn list_employees(ctx: Ctx, actor: Actor, state: Data<AppState>, query: Query<ListQuery>) -> AppResult<HttpResponse> {
    let (filter, shown, page) = query.read(ctx.lang)?;
    let scope = scope_for(&actor, query.region.as_deref())?;
    let mut tx = state.db.read(&scope).await?;
    let pager = Pager::new(page, PAGE_SIZE, db::count_employees(&mut tx, &filter).await?);
    let people = db::list_employees(&mut tx, &filter, PAGE_SIZE, pager.offset()).await?;
    drop(tx);
    Ok(html(render_list(&ctx, shown, people, pager)?))
}

/// `GET /employees/new`.
pub async fn new_employee(ctx: Ctx, actor: Actor, state: Data<AppState>) -> AppResult<HttpResponse> {
    let page = NewPage { ctx: &ctx, templates: list_templates(&state, Scope::of(&actor)).await?, form: blank_form("") };
    Ok(html(render(&ctx, &page)?))
}

/// The shifts a person of that scope may usually work.
async fn list_templates(state: &AppState, scope: Option<Scope>) -> AppResult<Vec<TemplateChoice>> {
    let scope = scope.ok_or(AppError::NotFound)?;
    Ok(shift_templates::db::list_choices(&mut state.db.read(&scope).await?).await?)
}

/// `POST /employees`.
pub async fn create_employee(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    request: HttpRequest,
    posted: Posted,
) -> AppResult<HttpResponse> {
    let region = match posted.region(&actor) {
        Ok(region) => region,
        Err(error) => return refuse_create(&ctx, &actor, &state, &posted, &[error]).await,
    };
    let op = posted.to_create::<Employee>(&actor, region.clone(), &state.clock)?;
    let op_id = op.op_id;
    let verdict = match settle(submit(&state, &actor, op).await?)? {
        Ok(verdict) => verdict,
        Err(errors) => return refuse_create(&ctx, &actor, &state, &posted, &errors).await,
    };
    let employee = find(&state, &actor, row_id(&verdict)?).await?;
    let flash = Flash::new(tone_of(&verdict), "flash-employee-created", &name_of(&state, &actor, &employee).await?);
    if !ctx.is_htmx {
        return Ok(redirect(&ctx, op_id, &back_to(&request, HOME), &flash));
    }
    // Enter saves and opens the next.
    let page = NewPage { ctx: &ctx, templates: list_templates(&state, Scope::of(&actor)).await?, form: blank_form(region.code()) };
    let body = render(&ctx, &page.as_new_form())? + &toast_aside(&ctx, &flash)?;
    Ok(stored(op_id, LIST_CHANGED, body))
}

async fn refuse_create(ctx: &Ctx, actor: &Actor, state: &AppState, posted: &Posted, errors: &[FieldError]) -> AppResult<HttpResponse> {
    let templates = list_templates(state, Scope::of(actor)).await?;
    let page = NewPage { ctx, templates, form: FormView::refused(posted, None, errors, ctx.lang) };
    Ok(unprocessable(if ctx.is_htmx { render(ctx, &page.as_new_form())? } else { render(ctx, &page)? }))
}

/// `GET /employees/{id}/edit`.
pub async fn edit_employee(ctx: Ctx, actor: Actor, state: Data<AppState>, id: Path<Uuid>) -> AppResult<HttpResponse> {
    let employee = find(&state, &actor, *id).await?;
    if employee.deleted_at.is_some() {
        return Err(AppError::NotFound);
    }
    let form = form_of(&employee, &region_of(&employee)?);
    Ok(html(load_edit(&ctx, &actor, &state, &employee, form).await?))
}

async fn load_edit(ctx: &Ctx, actor: &Actor, state: &AppState, employee: &Listed, form: FormView) -> AppResult<String> {
    let templates = list_templates(state, Scope::one(actor, &region_of(employee)?)).await?;
    render_edit(ctx, employee, templates, form)
}

/// `POST /employees/{id}`.
pub async fn update_employee(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Posted,
) -> AppResult<HttpResponse> {
    let before = find(&state, &actor, *id).await?;
    let region = region_of(&before)?;
    let mut op = posted.to_update::<Employee>(&actor, region, &state.clock, *id)?;
    if let Some(wanted) = wanted_identity_no(&op, &posted) {
        let seen = identity_no_seen(&state, &actor, &op, &before).await?;
        op.fields.insert("identity_no".into(), Change { from: seen, to: wanted });
    }
    let op_id = op.op_id;
    let verdict = match settle(submit(&state, &actor, op).await?)? {
        Ok(verdict) => verdict,
        Err(errors) => {
            let form = FormView::refused(&posted, Some(*id), &errors, ctx.lang);
            return Ok(unprocessable(load_edit(&ctx, &actor, &state, &before, form).await?));
        }
    };
    let employee = find(&state, &actor, row_id(&verdict)?).await?;
    let key = if verdict.verdict == VerdictKind::Merged { "flash-employee-merged" } else { "flash-employee-updated" };
    let flash = Flash::new(tone_of(&verdict), key, &name_of(&state, &actor, &employee).await?);
    if !ctx.is_htmx {
        return Ok(redirect(&ctx, op_id, &back_to(&request, HOME), &flash));
    }
    let body = render(&ctx, &RowFragment { ctx: &ctx, row: EmployeeView { employee } })? + &toast_aside(&ctx, &flash)?;
    Ok(stored(op_id, ROW_CHANGED, body))
}

/// What the form says about the identity number: a new one, or none any more (`identity_no_removed`). Nothing for an empty field.
fn wanted_identity_no(op: &Op, posted: &Posted) -> Option<Value> {
    let typed = op.fields.get("identity_no").map(|change| change.to.clone());
    typed.or_else(|| (posted.value("identity_no_removed") == "true").then_some(Value::Null))
}

/// The number the author of a change saw (masked, but that one).
async fn identity_no_seen(state: &AppState, actor: &Actor, op: &Op, before: &Listed) -> AppResult<Value> {
    let scope = Scope::one(actor, &op.region).ok_or(AppError::NotFound)?;
    let mut tx = state.db.read(&scope).await?;
    let version = op.base_version.unwrap_or(before.version);
    Ok(value_at(&mut tx, &op.region, Employee::NAME, before.id, "identity_no", version).await?)
}

/// `GET /employees/{id}/row`: the row again, when an edit is given up.
pub async fn show_row(ctx: Ctx, actor: Actor, state: Data<AppState>, id: Path<Uuid>) -> AppResult<HttpResponse> {
    let row = EmployeeView { employee: find(&state, &actor, *id).await? };
    Ok(html(render(&ctx, &RowFragment { ctx: &ctx, row })?))
}

/// A person of the actor's regions, deleted or not. Anybody else is not found.
pub(crate) async fn find(state: &AppState, actor: &Actor, id: Uuid) -> AppResult<Listed> {
    let scope = Scope::of(actor).ok_or(AppError::NotFound)?;
    db::find_employee(&mut state.db.read(&scope).await?, id).await?.ok_or(AppError::NotFound)
}

/// What a message calls a person: with what tells them from a namesake.
pub(super) async fn name_of(state: &AppState, actor: &Actor, employee: &Listed) -> AppResult<String> {
    let scope = Scope::one(actor, &region_of(employee)?).ok_or(AppError::NotFound)?;
    let labels = load_labels(&mut state.db.read(&scope).await?).await?;
    Ok(labels.name(employee.id, &employee.value.full_name))
}

pub(crate) fn region_of(employee: &Listed) -> AppResult<Region> {
    Region::parse(&employee.region).map_err(|_| AppError::NotFound)
}
