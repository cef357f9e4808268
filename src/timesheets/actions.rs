//! Actions on one entry that are a button, not a form: deletion, and its undo.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use uuid::Uuid;

use super::{
    Timesheet,
    pages::{HOME, LIST_CHANGED, find},
};
use crate::{
    crud::{PageRow as _, deleted, submit_act},
    error::AppResult,
    identity::Actor,
    ops::{Entity as _, Kind},
    state::AppState,
    web::{
        answer::back_to,
        extract::Req,
        flash::{Flash, Tone},
        form::{Posted, author},
        page::Ctx,
    },
};

/// `POST /timesheets/{id}/deletion`.
pub async fn delete_timesheet(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    act(&ctx, &actor, &state, &request, *id, &posted, Kind::Delete).await
}

/// `POST /timesheets/{id}/restoration`: "Geri al".
pub async fn restore_timesheet(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    act(&ctx, &actor, &state, &request, *id, &posted, Kind::Restore).await
}

async fn act(
    ctx: &Ctx,
    actor: &Actor,
    state: &AppState,
    request: &HttpRequest,
    id: Uuid,
    posted: &Posted,
    kind: Kind,
) -> AppResult<HttpResponse> {
    let before = find(state, actor, id).await?;
    let region = before.region()?;
    let op = posted.bare_op(Timesheet::NAME, author(actor, &state.clock), region, kind, id)?;
    let page = (&*back_to(request, HOME), LIST_CHANGED);
    submit_act(ctx, actor, state, page, op, async |verdict| {
        let name = &before.title();
        Ok(match kind {
            Kind::Restore => Flash::new(Tone::Success, "flash-timesheet-restored", name),
            _ => deleted(Timesheet::NAME, ("flash-timesheet-deleted", "flash-timesheet-not-deleted"), &before, name, verdict),
        })
    })
    .await
}
