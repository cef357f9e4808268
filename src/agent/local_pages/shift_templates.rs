//! "Vardiya şablonları" from the copy.

use uuid::Uuid;

use super::{Local, RegionCopy, query_of};
use crate::{
    complaint::FieldError,
    error::{AppError, AppResult},
    shift_templates::views::{ListQuery, NewPage, blank_form, form_of, render_edit, render_list, render_one},
    web::{
        form::{FormView, Posted},
        page::{Ctx, render},
    },
};

/// The list, or the page around it.
pub(super) fn list(ctx: &Ctx, copy: &RegionCopy<'_>) -> AppResult<Local> {
    let query: ListQuery = query_of(ctx)?;
    let is_bin = query.is_bin(ctx.lang)?;
    Ok(Local::Page(render_list(ctx, copy.list_templates(is_bin)?, is_bin)?))
}

/// The form of a new template.
pub(super) fn new(ctx: &Ctx) -> AppResult<Local> {
    Ok(Local::Page(render(ctx, &NewPage { ctx, form: blank_form() })?))
}

/// The form of a new template that came back.
pub(super) fn refuse_new(ctx: &Ctx, posted: &Posted, errors: &[FieldError]) -> AppResult<Local> {
    Ok(Local::Refused(render(ctx, &NewPage { ctx, form: FormView::refused(posted, None, errors, ctx.lang) })?))
}

/// One row of the list.
pub(super) fn row(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid) -> AppResult<Local> {
    let template = copy.find_template(id)?;
    Ok(Local::Page(render_one(ctx, copy.list_templates(template.deleted_at.is_some())?, id)?))
}

/// The form for a change.
pub(super) fn edit(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid) -> AppResult<Local> {
    let template = copy.find_template(id)?;
    if template.deleted_at.is_some() {
        return Err(AppError::NotFound);
    }
    Ok(Local::Page(render_edit(ctx, &template, form_of(&template, &copy.region))?))
}

/// The form for a change that came back.
pub(super) fn refuse_change(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid, posted: &Posted, errors: &[FieldError]) -> AppResult<Local> {
    let form = FormView::refused(posted, Some(id), errors, ctx.lang);
    Ok(Local::Refused(render_edit(ctx, &copy.find_template(id)?, form)?))
}
