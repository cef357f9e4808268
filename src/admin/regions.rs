//! `/admin/regions`: the offices, and the accounts that work in them.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};

use super::views::{EditRegionPage, OfficeView, RegionsPage};
use crate::{
    admin::offices::{self, Office, db::list_offices},
    auth::accounts,
    complaint::FieldError,
    db::Scope,
    error::{AppError, AppResult},
    identity::{Admin, Region},
    shift_templates::give_templates,
    state::AppState,
    web::{
        answer::{html, stored_and_done, unprocessable},
        extract::Req,
        flash::{Flash, Tone, Undo, UndoAct},
        form::{FormView, Posted},
        page::{Ctx, render},
    },
};

const HOME: &str = "/admin/regions";

/// `GET /admin/regions`.
pub async fn list_regions(ctx: Req<Ctx>, admin: Req<Admin>, state: Data<AppState>) -> AppResult<HttpResponse> {
    let page = RegionsPage { ctx: &ctx, rows: list(&state, &admin).await?, form: FormView::blank(&[]) };
    Ok(html(render(&ctx, &page)?))
}

/// `POST /admin/regions`: a new region, which is open at once.
pub async fn create_region(ctx: Req<Ctx>, admin: Req<Admin>, state: Data<AppState>, posted: Req<Posted>) -> AppResult<HttpResponse> {
    let name = posted.value("name");
    let from = match posted.value("templates") {
        "" => None,
        code => Some(region_of(&find(&state, &admin, code).await?)?),
    };
    match offices::add_office(&state, &admin, posted.value("code"), name).await? {
        Ok(region) => {
            let click = posted.op_id()?;
            let count = give_templates(&state, &admin, &region, from.as_ref(), click).await?;
            Ok(stored_and_done(&ctx, click, HOME, &Flash::new(Tone::Success, "flash-region-added", name).about(count)))
        }
        Err(errors) => {
            let form = FormView::refused(&posted, None, &errors, ctx.lang);
            let page = RegionsPage { ctx: &ctx, rows: list(&state, &admin).await?, form };
            Ok(unprocessable(render(&ctx, &page)?))
        }
    }
}

/// `GET /admin/regions/{code}/edit`.
pub async fn edit_region(ctx: Req<Ctx>, admin: Req<Admin>, state: Data<AppState>, code: Path<String>) -> AppResult<HttpResponse> {
    let office = find(&state, &admin, &code).await?;
    let mut form = FormView::blank(&[("name", office.name.clone())]);
    form.focus = "name";
    Ok(html(render(&ctx, &EditRegionPage { ctx: &ctx, code: &office.code, name: &office.name, form })?))
}

/// `POST /admin/regions/{code}`: changes the name.
pub async fn rename_region(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    code: Path<String>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let office = find(&state, &admin, &code).await?;
    let name = posted.value("name");
    match offices::rename_office(&state, &admin, &region_of(&office)?, name).await? {
        Ok(()) => Ok(stored_and_done(&ctx, posted.op_id()?, HOME, &Flash::new(Tone::Success, "flash-region-renamed", name))),
        Err(errors) => Ok(refuse_name(&ctx, &office, &posted, &errors)?),
    }
}

fn refuse_name(ctx: &Ctx, office: &Office, posted: &Posted, errors: &[FieldError]) -> AppResult<HttpResponse> {
    let form = FormView::refused(posted, None, errors, ctx.lang);
    Ok(unprocessable(render(ctx, &EditRegionPage { ctx, code: &office.code, name: &office.name, form })?))
}

/// `POST /admin/regions/{code}/templates`: adds the standard templates, or copies of another region's.
pub async fn copy_templates(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    code: Path<String>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let office = find(&state, &admin, &code).await?;
    let from = match posted.value("templates") {
        "" => None,
        other => Some(region_of(&find(&state, &admin, other).await?)?),
    };
    let click = posted.op_id()?;
    let count = give_templates(&state, &admin, &region_of(&office)?, from.as_ref(), click).await?;
    let key = if count == 0 { "flash-templates-known" } else { "flash-templates-copied" };
    Ok(stored_and_done(&ctx, click, HOME, &Flash::new(Tone::Success, key, &office.name).about(count)))
}

/// `POST /admin/regions/{code}/closure`: the region is read-only from now on.
pub async fn close_region(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    code: Path<String>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let region = region_of(&find(&state, &admin, &code).await?)?;
    let name = offices::set_open(&state, &admin, &region, false).await?;
    let undo = Undo { act: UndoAct::OpenRegion(region.to_string()), id: posted.op_id()?, base: 0, region: None };
    let flash = Flash::new(Tone::Success, "flash-region-closed", &name).with_undo(undo);
    Ok(stored_and_done(&ctx, posted.op_id()?, HOME, &flash))
}

/// `POST /admin/regions/{code}/opening`: a closed region accepts entries again.
pub async fn open_region(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    code: Path<String>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let region = region_of(&find(&state, &admin, &code).await?)?;
    let name = offices::set_open(&state, &admin, &region, true).await?;
    Ok(stored_and_done(&ctx, posted.op_id()?, HOME, &Flash::new(Tone::Success, "flash-region-opened", &name)))
}

async fn list(state: &AppState, admin: &Admin) -> AppResult<Vec<OfficeView>> {
    let users = accounts::list_users(&state.db, &state.clock, Some(admin)).await?;
    let Some(scope) = Scope::of(admin.actor()) else { return Ok(Vec::new()) };
    let offices = list_offices(&mut state.db.read(&scope).await?).await?;
    let view = |office: Office| {
        let works_there = users.iter().filter(|user| user.active && user.regions.contains(&office.code));
        OfficeView { users: works_there.map(|user| user.username.clone()).collect(), office }
    };
    Ok(offices.into_iter().map(view).collect())
}

/// A region of the list; any other code, including the company's, is not found.
async fn find(state: &AppState, admin: &Admin, code: &str) -> AppResult<Office> {
    let region = Region::parse(code).map_err(|_| AppError::NotFound)?;
    let known = admin.actor().may_act_on(&region);
    let scope = known.then(|| Scope::one(admin.actor(), &region)).flatten().ok_or(AppError::NotFound)?;
    list_offices(&mut state.db.read(&scope).await?).await?.pop().ok_or(AppError::NotFound)
}

fn region_of(office: &Office) -> AppResult<Region> {
    Region::parse(&office.code).map_err(|_| AppError::NotFound)
}
