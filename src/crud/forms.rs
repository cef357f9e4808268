//! Forms of new rows and of changes. Every write is an operation (`sync::submit`).

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use futures_util::stream;
use serde::Deserialize;
use uuid::Uuid;

use super::{File, PageRow as _, Pages};
use crate::{
    activity::views::history_of,
    complaint::FieldError,
    db::{Read, Scope, ScopedTx},
    error::{AppError, AppResult},
    exports::{Export, List, read_format},
    identity::{Actor, Region},
    ops::{Description, VerdictKind},
    state::AppState,
    sync::submit,
    web::{
        answer::{back_to, html, redirect, row_id, settle, stored, stored_and_done, tone_of, unprocessable},
        extract::Req,
        flash::Flash,
        form::{FormView, Posted, author},
        page::{Ctx, query_of},
        scope::scope_for,
        toast::toast_aside,
    },
};

/// Where the server reads what a page shows.
pub type Database = ScopedTx<Read>;

/// The format of a list that is asked for as a file.
#[derive(Deserialize)]
struct FileQuery {
    format: Option<String>,
}

/// `GET {home}`; with `format` a file.
pub async fn list<E: Pages<Database>>(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
) -> AppResult<HttpResponse> {
    let scope = scope_for(&actor, ctx.named_region())?;
    if let Some(File { what, name: file }) = E::FILE
        && let Some(format) = read_format(&ctx, query_of::<FileQuery>(&ctx)?.format.as_deref())?
    {
        let export = Export::begin(&ctx, &actor, &state, &request, List { what, file }, format).await?;
        let (sheet, rows) = E::file(&ctx, &mut state.db.read_at_length(&scope).await?).await?;
        return export.send(sheet, stream::once(async { Ok(rows) })).await;
    }
    let mut tx = state.db.read(&scope).await?;
    Ok(html(E::render_list(&ctx, &mut tx).await?))
}

/// `GET {home}/new`.
pub async fn new<E: Pages<Database>>(ctx: Req<Ctx>, actor: Req<Actor>, state: Data<AppState>) -> AppResult<HttpResponse> {
    Ok(html(E::render_new(&ctx, &mut all(&state, &actor).await?, E::blank_form(""), false).await?))
}

/// `POST {home}`.
pub async fn create<E: Pages<Database>>(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let region = match posted.region(&actor) {
        Ok(region) => region,
        Err(error) => return refuse_create::<E>(&ctx, &actor, &state, &posted, &[error]).await,
    };
    let op = posted.to_create(&Description::of::<E>(), author(&actor, &state.clock), region.clone())?;
    let op_id = op.op_id;
    let verdict = match settle(submit(&state, &actor, op).await?)? {
        Ok(verdict) => verdict,
        Err(errors) => return refuse_create::<E>(&ctx, &actor, &state, &posted, &errors).await,
    };
    let flash = {
        let mut tx = one(&state, &actor, &region).await?;
        let row = E::find_row(&mut tx, row_id(&verdict)?).await?.ok_or(AppError::NotFound)?;
        Flash::new(tone_of(&verdict), E::MESSAGES.created, &E::name_of(&mut tx, &row).await?)
    };
    if !E::OPENS_NEXT {
        return Ok(stored_and_done(&ctx, op_id, E::HOME, &flash));
    }
    if !ctx.is_htmx {
        return Ok(redirect(&ctx, op_id, &back_to(&request, E::HOME), &flash));
    }
    let next = E::render_new(&ctx, &mut all(&state, &actor).await?, E::blank_form(region.code()), true).await?;
    Ok(stored(op_id, E::LIST.event, next + &toast_aside(&ctx, &flash)?))
}

async fn refuse_create<E: Pages<Database>>(
    ctx: &Ctx,
    actor: &Actor,
    state: &AppState,
    posted: &Posted,
    errors: &[FieldError],
) -> AppResult<HttpResponse> {
    let form = FormView::refused(posted, None, errors, ctx.lang);
    Ok(unprocessable(E::render_new(ctx, &mut all(state, actor).await?, form, ctx.is_htmx).await?))
}

/// `GET {home}/{id}/edit`.
pub async fn edit<E: Pages<Database>>(ctx: Req<Ctx>, actor: Req<Actor>, state: Data<AppState>, id: Path<Uuid>) -> AppResult<HttpResponse> {
    let row = find::<E>(&state, &actor, *id).await?;
    if row.is_deleted() {
        return Err(AppError::NotFound);
    }
    let region = row.region()?;
    Ok(html(E::render_edit(&ctx, &mut one(&state, &actor, &region).await?, &row, E::form_of(&row, &region)).await?))
}

/// `POST {home}/{id}`.
pub async fn update<E: Pages<Database>>(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let before = find::<E>(&state, &actor, *id).await?;
    let region = before.region()?;
    let mut op = posted.to_update(&Description::of::<E>(), author(&actor, &state.clock), region.clone(), *id)?;
    let op_id = op.op_id;
    let wrong = if E::is_complete(&op, &posted) {
        None
    } else {
        E::complete(&mut one(&state, &actor, &region).await?, &mut op, &posted, Some(&before)).await?
    };
    let settled = match wrong {
        Some(error) => Err(vec![error]),
        None => settle(submit(&state, &actor, op).await?)?,
    };
    let verdict = match settled {
        Ok(verdict) => verdict,
        Err(errors) => {
            let form = FormView::refused(&posted, Some(*id), &errors, ctx.lang);
            return Ok(unprocessable(E::render_edit(&ctx, &mut one(&state, &actor, &region).await?, &before, form).await?));
        }
    };
    let mut tx = one(&state, &actor, &region).await?;
    let row = E::find_row(&mut tx, row_id(&verdict)?).await?.ok_or(AppError::NotFound)?;
    let key = if verdict.verdict == VerdictKind::Merged { E::MESSAGES.merged } else { E::MESSAGES.updated };
    let flash = Flash::new(tone_of(&verdict), key, &E::name_of(&mut tx, &row).await?);
    if !ctx.is_htmx {
        return Ok(redirect(&ctx, op_id, &back_to(&request, E::HOME), &flash));
    }
    let body = E::render_row(&ctx, &mut tx, row).await? + &toast_aside(&ctx, &flash)?;
    Ok(stored(op_id, E::ROW_CHANGED, body))
}

/// `GET {home}/{id}/row`: the row again, when an edit is given up.
pub async fn show_row<E: Pages<Database>>(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    id: Path<Uuid>,
) -> AppResult<HttpResponse> {
    let row = find::<E>(&state, &actor, *id).await?;
    let mut tx = one(&state, &actor, &row.region()?).await?;
    Ok(html(E::render_row(&ctx, &mut tx, row).await?))
}

/// `GET {home}/{id}`: the row, and what happened to it.
pub async fn show_card<E: Pages<Database>>(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    id: Path<Uuid>,
) -> AppResult<HttpResponse> {
    let row = find::<E>(&state, &actor, *id).await?;
    let mut tx = one(&state, &actor, &row.region()?).await?;
    let history = history_of(&mut tx, &ctx, E::NAME, *id).await?;
    Ok(html(E::render_card(&ctx, &mut tx, &row, history).await?.ok_or(AppError::NotFound)?))
}

/// A row of the actor's regions, deleted or not. Any other is not found.
///
/// # Errors
///
/// There is no such row.
pub async fn find<E: Pages<Database>>(state: &AppState, actor: &Actor, id: Uuid) -> AppResult<E::Row> {
    let scope = Scope::of(actor).ok_or(AppError::NotFound)?;
    E::find_row(&mut state.db.read(&scope).await?, id).await?.ok_or(AppError::NotFound)
}

async fn all(state: &AppState, actor: &Actor) -> AppResult<Database> {
    Ok(state.db.read(&Scope::of(actor).ok_or(AppError::NotFound)?).await?)
}

pub(super) async fn one(state: &AppState, actor: &Actor, region: &Region) -> AppResult<Database> {
    Ok(state.db.read(&Scope::one(actor, region).ok_or(AppError::NotFound)?).await?)
}
