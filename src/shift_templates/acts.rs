//! Acts on one shift template that are a button, not a form: deletion and restoration.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use uuid::Uuid;

use super::{
    ShiftTemplate,
    listed::Listed,
    pages::{HOME, LIST_CHANGED, find, region_of},
};
use crate::{
    error::AppResult,
    identity::Actor,
    ops::{Kind, Verdict, VerdictKind},
    state::AppState,
    sync::submit,
    web::{
        answer::{acted, refused_act, settle},
        flash::{Flash, Tone, Undo, UndoAct},
        form::{Posted, back_to},
        page::Ctx,
    },
};

/// `POST /shift-templates/{id}/deletion`. Entries made with the template keep their times.
pub async fn delete_shift_template(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Posted,
) -> AppResult<HttpResponse> {
    act(&ctx, &actor, &state, &request, *id, &posted, Kind::Delete).await
}

/// `POST /shift-templates/{id}/restoration`: out of the bin, also as "Geri al".
pub async fn restore_shift_template(
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
    let op = posted.to_act::<ShiftTemplate>(actor, region_of(&before)?, &state.clock, kind, id)?;
    let op_id = op.op_id;
    let to = back_to(request, HOME);
    let flash = match settle(submit(state, actor, op).await?)? {
        Ok(verdict) => message(kind, &before, &verdict),
        Err(errors) => return refused_act(ctx, &to, &errors),
    };
    acted(ctx, op_id, LIST_CHANGED, &to, &flash)
}

fn message(kind: Kind, before: &Listed, verdict: &Verdict) -> Flash {
    let name = &before.value.name;
    if kind == Kind::Restore {
        return Flash::new(Tone::Success, "flash-template-restored", name);
    }
    if verdict.verdict == VerdictKind::Merged {
        // Somebody changed the row meanwhile: it stays, and both acts are kept as a conflict.
        return Flash::new(Tone::Warning, "flash-template-not-deleted", name);
    }
    Flash::new(Tone::Success, "flash-template-deleted", name).with_undo(Undo {
        act: UndoAct::RestoreShiftTemplate(before.id),
        id: before.id,
        base: verdict.version.unwrap_or(before.version),
        region: Some(before.region.clone()),
    })
}
