//! The pages of the shift templates: list, new, edit. Every write is an operation (`sync::submit`).

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use uuid::Uuid;

use super::{
    ShiftTemplate, db,
    listed::Listed,
    views::{ListQuery, NewPage, blank_form, form_of, render_edit, render_list, render_one},
};
use crate::{
    complaint::FieldError,
    db::Scope,
    error::{AppError, AppResult},
    identity::{Actor, Region},
    ops::VerdictKind,
    state::AppState,
    sync::submit,
    web::{
        answer::{html, row_id, settle, stored, stored_and_done, tone_of, unprocessable},
        flash::Flash,
        form::{FormView, Posted, back_to, redirect},
        page::{Ctx, render},
        part::SHIFT_TEMPLATES,
        toast::toast_aside,
    },
};

/// Address of the list.
pub(super) const HOME: &str = "/shift-templates";
/// Tells the list to load again: which template a weekday starts with depends on all of them.
pub(super) const LIST_CHANGED: &str = SHIFT_TEMPLATES.event;

/// `GET /shift-templates`.
pub async fn list_shift_templates(ctx: Ctx, actor: Actor, state: Data<AppState>, query: Query<ListQuery>) -> AppResult<HttpResponse> {
    let is_bin = query.is_bin(ctx.lang)?;
    let scope = Scope::of(&actor).ok_or(AppError::Forbidden)?;
    let templates = db::list_templates(&mut state.db.read(&scope).await?, is_bin).await?;
    Ok(html(render_list(&ctx, templates, is_bin)?))
}

/// `GET /shift-templates/new`.
pub async fn new_shift_template(ctx: Ctx, _actor: Actor) -> AppResult<HttpResponse> {
    Ok(html(render(&ctx, &NewPage { ctx: &ctx, form: blank_form() })?))
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
    let form = form_of(&template, &region_of(&template)?);
    Ok(html(render_edit(&ctx, &template, form)?))
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
    render_one(ctx, all, template.id)
}

/// A template of the actor's regions, deleted or not. Any other is not found.
pub(super) async fn find(state: &AppState, actor: &Actor, id: Uuid) -> AppResult<Listed> {
    let scope = Scope::of(actor).ok_or(AppError::NotFound)?;
    db::find_template(&mut state.db.read(&scope).await?, id).await?.ok_or(AppError::NotFound)
}

pub(super) fn region_of(template: &Listed) -> AppResult<Region> {
    Region::parse(&template.region).map_err(|_| AppError::NotFound)
}
