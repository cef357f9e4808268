//! Acts on one entry that are a button, not a form: deletion, and its taking back.

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
    error::{AppError, AppResult},
    identity::{Actor, Region},
    ops::{Entity as _, Kind, VerdictKind},
    state::AppState,
    sync::submit,
    web::{
        answer::{acted, refused_act, settle},
        flash::{Flash, Tone, Undo, UndoAct},
        form::{Posted, author, back_to},
        page::Ctx,
    },
};

/// `POST /timesheets/{id}/deletion`.
pub async fn delete_timesheet(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Posted,
) -> AppResult<HttpResponse> {
    act(&ctx, &actor, &state, &request, *id, &posted, Kind::Delete).await
}

/// `POST /timesheets/{id}/restoration`: "Geri al".
pub async fn restore_timesheet(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Posted,
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
    let region = Region::parse(&before.region).map_err(|_| AppError::NotFound)?;
    let op = posted.bare_op(Timesheet::NAME, author(actor, &state.clock), region, kind, id)?;
    let op_id = op.op_id;
    let verdict = match settle(submit(state, actor, op).await?)? {
        Ok(verdict) => verdict,
        Err(errors) => return refused_act(ctx, &back_to(request, HOME), &errors),
    };
    let name = &before.title();
    let flash = match (kind, verdict.verdict) {
        (Kind::Delete, VerdictKind::Applied) => Flash::new(Tone::Success, "flash-timesheet-deleted", name).with_undo(Undo {
            act: UndoAct::restore::<Timesheet>(id),
            id,
            base: verdict.version.unwrap_or(before.version),
            region: Some(before.region.clone()),
        }),
        // Somebody changed the row meanwhile: it stays, and both acts are kept as a conflict.
        (Kind::Delete, _) => Flash::new(Tone::Warning, "flash-timesheet-not-deleted", name),
        _ => Flash::new(Tone::Success, "flash-timesheet-restored", name),
    };
    acted(ctx, op_id, LIST_CHANGED, &back_to(request, HOME), &flash)
}
