//! The pages of the employees: list, new, edit. Every write is an operation (`sync::submit`).

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Employee,
    db::{self, Filter, Listed},
    views::{EditPage, EditRow, EmployeeView, FilterView, ListPage, NewPage, RowFragment, masked},
};
use crate::{
    auth::Actor,
    db::Scope,
    error::{AppError, AppResult},
    fold::fold,
    ops::{Change, FieldError, Op, VerdictKind},
    regions::Region,
    shift_templates::{self, db::TemplateChoice},
    state::AppState,
    sync::{Entity as _, submit},
    timesheets::api::scope_for,
    web::{
        answer::{html, row_id, settle, stored, tone_of, unprocessable},
        flash::Flash,
        form::{FormView, Posted, back_to, redirect},
        page::{Ctx, render},
        pagination::Pager,
        toast::toast_aside,
    },
};

/// Address of the list.
pub(super) const HOME: &str = "/employees";
/// Tells the list to load again.
pub(super) const LIST_CHANGED: &str = "employees-changed";
/// A row was replaced already; nothing else on the page depends on it.
const ROW_CHANGED: &str = "employee-row-changed";
const PAGE_SIZE: i64 = 50;
/// The orders a list knows: columns, and with `-` their reverse.
const SORTS: [&str; 10] =
    ["full_name", "-full_name", "department", "-department", "title", "-title", "hire_date", "-hire_date", "exit_date", "-exit_date"];

/// Filters of the list, as they stand in the address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ListQuery {
    q: Option<String>,
    state: Option<String>,
    region: Option<String>,
    sort: Option<String>,
    page: Option<i64>,
}

/// `GET /employees`.
pub async fn list_employees(ctx: Ctx, actor: Actor, state: Data<AppState>, query: Query<ListQuery>) -> AppResult<HttpResponse> {
    let (filter, shown) = read_filter(&query);
    let scope = scope_for(&actor, query.region.as_deref())?;
    let mut tx = state.db.read(&scope).await?;
    let pager = Pager::new(query.page, PAGE_SIZE, db::count_employees(&mut tx, &filter).await?);
    let people = db::list_employees(&mut tx, &filter, PAGE_SIZE, pager.offset()).await?;
    drop(tx);
    let rows = people.into_iter().map(|employee| EmployeeView { employee }).collect();
    let page = ListPage { ctx: &ctx, filter: shown, rows, pager };
    let is_list = ctx.htmx_target.as_deref() == Some("employee-list");
    Ok(html(if is_list { render(&ctx, &page.as_list())? } else { render(&ctx, &page)? }))
}

/// The filters, and how the form shows them. What an address of somebody else's making asks for and nobody knows is the default.
fn read_filter(query: &ListQuery) -> (Filter, FilterView) {
    let text = |field: &Option<String>| field.as_deref().unwrap_or("").trim().to_owned();
    let (q, state_word, sort_word) = (text(&query.q), text(&query.state), text(&query.sort));
    let state = FilterView::STATES.iter().find(|(word, ..)| *word == state_word).map(|(.., state)| *state).unwrap_or_default();
    let sort = SORTS.into_iter().find(|sort| *sort == sort_word).unwrap_or(SORTS[0]);
    let filter = Filter { state, text: fold(&q), sort };
    (filter, FilterView { q, state, region: text(&query.region), sort })
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

fn blank_form(region: &str) -> FormView {
    let mut form = FormView::blank(&[]);
    form.focus = "full_name";
    region.clone_into(&mut form.region);
    form
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
    let flash = Flash::new(tone_of(&verdict), "flash-employee-created", &employee.value.full_name);
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
    // The stored number stays out of the page: without it in `_orig`, an empty field is no change.
    let mut row = employee.value.to_row();
    row.remove("identity_no");
    let mut form = FormView::of_row(*id, employee.version, &region_of(&employee)?, &row);
    form.focus = "full_name";
    Ok(html(render_edit(&ctx, &actor, &state, &employee, form).await?))
}

async fn render_edit(ctx: &Ctx, actor: &Actor, state: &AppState, employee: &Listed, form: FormView) -> AppResult<String> {
    let templates = list_templates(state, Scope::one(actor, &region_of(employee)?)).await?;
    let (id, full_name, masked) = (employee.id, employee.value.full_name.clone(), masked(employee));
    Ok(if ctx.is_htmx {
        render(ctx, &EditRow { ctx, id, full_name, masked, templates, form })?
    } else {
        render(ctx, &EditPage { ctx, id, full_name, masked, templates, form })?
    })
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
        op.fields.insert("identity_no".into(), Change { from: json!(seen), to: wanted });
    }
    let op_id = op.op_id;
    let verdict = match settle(submit(&state, &actor, op).await?)? {
        Ok(verdict) => verdict,
        Err(errors) => {
            let form = FormView::refused(&posted, Some(*id), &errors, ctx.lang);
            return Ok(unprocessable(render_edit(&ctx, &actor, &state, &before, form).await?));
        }
    };
    let employee = find(&state, &actor, row_id(&verdict)?).await?;
    let key = if verdict.verdict == VerdictKind::Merged { "flash-employee-merged" } else { "flash-employee-updated" };
    let flash = Flash::new(tone_of(&verdict), key, &employee.value.full_name);
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
async fn identity_no_seen(state: &AppState, actor: &Actor, op: &Op, before: &Listed) -> AppResult<Option<String>> {
    let scope = Scope::one(actor, &op.region).ok_or(AppError::NotFound)?;
    let mut tx = state.db.read(&scope).await?;
    Ok(db::find_identity_no_at(&mut tx, before.id, op.base_version.unwrap_or(before.version)).await?)
}

/// `GET /employees/{id}/row`: the row again, when an edit is given up.
pub async fn show_row(ctx: Ctx, actor: Actor, state: Data<AppState>, id: Path<Uuid>) -> AppResult<HttpResponse> {
    let row = EmployeeView { employee: find(&state, &actor, *id).await? };
    Ok(html(render(&ctx, &RowFragment { ctx: &ctx, row })?))
}

/// A person of the actor's regions, deleted or not. Anybody else is not found.
pub(super) async fn find(state: &AppState, actor: &Actor, id: Uuid) -> AppResult<Listed> {
    let scope = Scope::of(actor).ok_or(AppError::NotFound)?;
    db::find_employee(&mut state.db.read(&scope).await?, id).await?.ok_or(AppError::NotFound)
}

pub(super) fn region_of(employee: &Listed) -> AppResult<Region> {
    Region::parse(&employee.region).map_err(|_| AppError::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::employees::db::State;

    fn query(state: &str, sort: &str, q: &str) -> ListQuery {
        ListQuery { q: Some(q.into()), state: Some(state.into()), sort: Some(sort.into()), ..ListQuery::default() }
    }

    #[test]
    fn a_list_starts_with_active_people_by_name() {
        let (filter, _) = read_filter(&ListQuery::default());
        assert_eq!((filter.state, filter.sort, filter.text.as_str()), (State::Active, "full_name", ""));
    }

    #[test]
    fn a_search_is_folded_but_shown_as_typed() {
        let (filter, shown) = read_filter(&query("deleted", "-hire_date", "  IŞIK "));
        assert_eq!((filter.state, filter.sort, filter.text.as_str()), (State::Deleted, "-hire_date", "isik"));
        assert_eq!(shown.q, "IŞIK");
    }

    #[test]
    fn an_order_nobody_knows_is_the_order_by_name() {
        for forged in ["identity_no", "full_name; DROP TABLE", "--full_name", "-"] {
            assert_eq!(read_filter(&query("all", forged, "")).0.sort, "full_name", "{forged}");
        }
        assert_eq!(read_filter(&query("nobody", "", "")).0.state, State::Active);
    }
}
