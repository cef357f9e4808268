//! Acts on one row that are a button, not a form: deletion and restoration.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use uuid::Uuid;

use super::{
    PageRow, Pages,
    forms::{Database, find, one},
};
use crate::{
    error::AppResult,
    identity::Actor,
    ops::{Kind, Op, Verdict, VerdictKind},
    state::AppState,
    sync::submit,
    web::{
        answer::{acted, back_to, refused_act, settle},
        extract::Req,
        flash::{Flash, Tone, Undo, UndoAct},
        form::{Posted, author},
        page::Ctx,
    },
};

/// `POST {home}/{id}/deletion`.
pub async fn delete<E: Pages<Database>>(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    act::<E>(&ctx, &actor, &state, &request, *id, &posted, Kind::Delete).await
}

/// `POST {home}/{id}/restoration`: out of the bin, also as "Geri al".
pub async fn restore<E: Pages<Database>>(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    act::<E>(&ctx, &actor, &state, &request, *id, &posted, Kind::Restore).await
}

async fn act<E: Pages<Database>>(
    ctx: &Ctx,
    actor: &Actor,
    state: &AppState,
    request: &HttpRequest,
    id: Uuid,
    posted: &Posted,
    kind: Kind,
) -> AppResult<HttpResponse> {
    let before = find::<E>(state, actor, id).await?;
    let region = before.region()?;
    let name = name_of::<E>(state, actor, &before).await?;
    let op = posted.bare_op(E::NAME, author(actor, &state.clock), region, kind, id)?;
    let page = (&*back_to(request, E::HOME), E::LIST.event);
    submit_act(ctx, actor, state, page, op, async |verdict| {
        Ok(match kind {
            // Back among the others it may have a namesake that it had not in the bin.
            Kind::Restore => Flash::new(Tone::Success, E::MESSAGES.restored, &name_of::<E>(state, actor, &before).await?),
            _ => deleted(E::NAME, (E::MESSAGES.deleted, E::MESSAGES.not_deleted), &before, &name, verdict),
        })
    })
    .await
}

/// Submits the operation behind a button, and answers with the message about it; a refusal leads back to the page `to` as well. `event` tells a
/// list on the page that it is out of date.
///
/// # Errors
///
/// The operation could not be decided on.
pub async fn submit_act(
    ctx: &Ctx,
    actor: &Actor,
    state: &AppState,
    (to, event): (&str, &'static str),
    op: Op,
    message: impl AsyncFnOnce(&Verdict) -> AppResult<Flash>,
) -> AppResult<HttpResponse> {
    let op_id = op.op_id;
    match settle(submit(state, actor, op).await?)? {
        Ok(verdict) => acted(ctx, op_id, event, to, &message(&verdict).await?),
        Err(errors) => refused_act(ctx, to, &errors),
    }
}

async fn name_of<E: Pages<Database>>(state: &AppState, actor: &Actor, row: &E::Row) -> AppResult<String> {
    Ok(E::name_of(&mut one(state, actor, &row.region()?).await?, row).await?)
}

/// What is said of a deletion, with its taking back. `done` and `stays` are the keys of what is said where the row went, and where it was changed
/// meanwhile.
pub fn deleted(entity: &str, (done, stays): (&str, &str), before: &impl PageRow, name: &str, verdict: &Verdict) -> Flash {
    if verdict.verdict == VerdictKind::Merged {
        // Somebody changed the row meanwhile: it stays, and both acts are kept as a conflict.
        return Flash::new(Tone::Warning, stays, name);
    }
    Flash::new(Tone::Success, done, name).with_undo(Undo {
        act: UndoAct::Restore(entity.to_owned(), before.id()),
        id: before.id(),
        base: verdict.version.unwrap_or(before.version()),
        region: Some(before.region_code().to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ops::Listed, shift_templates::ShiftTemplate};

    fn flash(kind: VerdictKind) -> Flash {
        let value = ShiftTemplate { name: "Gündüz".into(), start_min: 540, end_min: 1080, break_minutes: 60, weekdays: String::new() };
        let before = Listed { id: Uuid::from_u128(5), region: "ankara".into(), version: 3, deleted_at: None, value };
        let verdict = Verdict { version: Some(4), ..Verdict::bare(Uuid::nil(), kind) };
        deleted("shift_template", ("flash-template-deleted", "flash-template-not-deleted"), &before, "Gündüz", &verdict)
    }

    #[test]
    fn a_deletion_says_how_to_take_it_back() {
        let undo = flash(VerdictKind::Applied).undo.unwrap();
        assert_eq!((undo.act.address(), undo.base), (format!("/shift-templates/{}/restoration", Uuid::from_u128(5)), 4));
    }

    #[test]
    fn a_deletion_that_met_a_change_says_so_and_has_no_way_back() {
        let flash = flash(VerdictKind::Merged);
        assert_eq!((flash.tone, flash.key.as_str(), flash.undo), (Tone::Warning, "flash-template-not-deleted", None));
    }
}
