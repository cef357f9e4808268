//! The pages of the shift templates: list, new, edit. Every write is an operation (`sync::submit`).

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    ShiftTemplate,
    db::{self, Listed},
    views::{EditPage, EditRow, ListPage, NewPage, RowFragment, with_weekdays},
};
use crate::{
    auth::Actor,
    civil,
    db::Scope,
    error::{AppError, AppResult},
    ops::{FieldError, VerdictKind},
    regions::Region,
    state::AppState,
    sync::{Entity as _, submit},
    web::{
        answer::{html, row_id, settle, stored, stored_and_done, tone_of, unprocessable},
        flash::Flash,
        form::{FormView, Posted, back_to, redirect},
        page::{Ctx, render},
        toast::toast_aside,
    },
};

/// Address of the list.
pub(super) const HOME: &str = "/shift-templates";
/// Tells the list to load again: which template a weekday starts with depends on all of them.
pub(super) const LIST_CHANGED: &str = "shift-templates-changed";

/// What the list shows, as it stands in the address.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    state: Option<String>,
}

/// `GET /shift-templates`.
pub async fn list_shift_templates(ctx: Ctx, actor: Actor, state: Data<AppState>, query: Query<ListQuery>) -> AppResult<HttpResponse> {
    let is_bin = query.state.as_deref() == Some("deleted");
    let scope = Scope::of(&actor).ok_or(AppError::Forbidden)?;
    let templates = db::list_templates(&mut state.db.read(&scope).await?, is_bin).await?;
    let page = ListPage { ctx: &ctx, rows: with_weekdays(templates), is_bin };
    let is_list = ctx.htmx_target.as_deref() == Some("template-list");
    Ok(html(if is_list { render(&ctx, &page.as_list())? } else { render(&ctx, &page)? }))
}

/// `GET /shift-templates/new`.
pub async fn new_shift_template(ctx: Ctx, _actor: Actor) -> AppResult<HttpResponse> {
    let mut form = FormView::blank(&[
        ("start_time", civil::format_time(9 * 60)),
        ("end_time", civil::format_time(18 * 60)),
        ("break_minutes", "60".to_owned()),
    ]);
    form.focus = "name";
    Ok(html(render(&ctx, &NewPage { ctx: &ctx, form })?))
}

/// `POST /shift-templates`.
pub async fn create_shift_template(ctx: Ctx, actor: Actor, state: Data<AppState>, posted: Posted) -> AppResult<HttpResponse> {
    let region = match posted.region(&actor) {
        Ok(region) => region,
        Err(error) => return refuse_create(&ctx, &posted, &[error]),
    };
    let op = posted.to_create::<ShiftTemplate>(&actor, region, &state.clock)?;
    let op_id = op.op_id;
    let verdict = match settle(submit(&state, &actor, op).await?)? {
        Ok(verdict) => verdict,
        Err(errors) => return refuse_create(&ctx, &posted, &errors),
    };
    let template = find(&state, &actor, row_id(&verdict)?).await?;
    let flash = Flash::new(tone_of(&verdict), "flash-template-created", &template.value.name);
    Ok(stored_and_done(&ctx, op_id, HOME, &flash))
}

fn refuse_create(ctx: &Ctx, posted: &Posted, errors: &[FieldError]) -> AppResult<HttpResponse> {
    let page = NewPage { ctx, form: FormView::refused(posted, None, errors, ctx.lang) };
    Ok(unprocessable(if ctx.is_htmx { render(ctx, &page.as_new_form())? } else { render(ctx, &page)? }))
}

/// `GET /shift-templates/{id}/edit`.
pub async fn edit_shift_template(ctx: Ctx, actor: Actor, state: Data<AppState>, id: Path<Uuid>) -> AppResult<HttpResponse> {
    let template = find(&state, &actor, *id).await?;
    if template.deleted_at.is_some() {
        return Err(AppError::NotFound);
    }
    let mut form = FormView::of_row(*id, template.version, &region_of(&template)?, &template.value.to_row());
    form.focus = "name";
    Ok(html(render_edit(&ctx, &template, form)?))
}

fn render_edit(ctx: &Ctx, template: &Listed, form: FormView) -> AppResult<String> {
    let (id, name) = (template.id, template.value.name.clone());
    Ok(if ctx.is_htmx { render(ctx, &EditRow { ctx, id, name, form })? } else { render(ctx, &EditPage { ctx, id, name, form })? })
}

/// `POST /shift-templates/{id}`.
pub async fn update_shift_template(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Posted,
) -> AppResult<HttpResponse> {
    let before = find(&state, &actor, *id).await?;
    let op = posted.to_update::<ShiftTemplate>(&actor, region_of(&before)?, &state.clock, *id)?;
    let op_id = op.op_id;
    let verdict = match settle(submit(&state, &actor, op).await?)? {
        Ok(verdict) => verdict,
        Err(errors) => {
            let form = FormView::refused(&posted, Some(*id), &errors, ctx.lang);
            return Ok(unprocessable(render_edit(&ctx, &before, form)?));
        }
    };
    let template = find(&state, &actor, row_id(&verdict)?).await?;
    let key = if verdict.verdict == VerdictKind::Merged { "flash-template-merged" } else { "flash-template-updated" };
    let flash = Flash::new(tone_of(&verdict), key, &template.value.name);
    if !ctx.is_htmx {
        return Ok(redirect(&ctx, op_id, &back_to(&request, HOME), &flash));
    }
    let body = render_row(&ctx, &actor, &state, &template).await? + &toast_aside(&ctx, &flash)?;
    Ok(stored(op_id, LIST_CHANGED, body))
}

/// `GET /shift-templates/{id}/row`: the row again, when an edit is given up.
pub async fn show_row(ctx: Ctx, actor: Actor, state: Data<AppState>, id: Path<Uuid>) -> AppResult<HttpResponse> {
    let template = find(&state, &actor, *id).await?;
    Ok(html(render_row(&ctx, &actor, &state, &template).await?))
}

/// A row needs its neighbours: they may have its weekdays.
async fn render_row(ctx: &Ctx, actor: &Actor, state: &AppState, template: &Listed) -> AppResult<String> {
    let scope = Scope::one(actor, &region_of(template)?).ok_or(AppError::NotFound)?;
    let all = db::list_templates(&mut state.db.read(&scope).await?, template.deleted_at.is_some()).await?;
    let row = with_weekdays(all).into_iter().find(|view| view.template.id == template.id).ok_or(AppError::NotFound)?;
    Ok(render(ctx, &RowFragment { ctx, row })?)
}

/// A template of the actor's regions, deleted or not. Any other is not found.
pub(super) async fn find(state: &AppState, actor: &Actor, id: Uuid) -> AppResult<Listed> {
    let scope = Scope::of(actor).ok_or(AppError::NotFound)?;
    db::find_template(&mut state.db.read(&scope).await?, id).await?.ok_or(AppError::NotFound)
}

pub(super) fn region_of(template: &Listed) -> AppResult<Region> {
    Region::parse(&template.region).map_err(|_| AppError::NotFound)
}
