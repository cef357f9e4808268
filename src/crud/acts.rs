//! Acts on one row that are a button, not a form: deletion and restoration.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use uuid::Uuid;

use super::{
    PageRow as _, Pages,
    forms::{Database, find, one},
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
        form::{Posted, author, back_to},
        page::Ctx,
    },
};

/// `POST {home}/{id}/deletion`.
pub async fn delete<E: Pages<Database>>(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Posted,
) -> AppResult<HttpResponse> {
    act::<E>(&ctx, &actor, &state, &request, *id, &posted, Kind::Delete).await
}

/// `POST {home}/{id}/restoration`: out of the bin, also as "Geri al".
pub async fn restore<E: Pages<Database>>(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Posted,
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
    let op_id = op.op_id;
    let to = back_to(request, E::HOME);
    let flash = match settle(submit(state, actor, op).await?)? {
        // Back among the others it may have a namesake that it had not in the bin.
        Ok(_) if kind == Kind::Restore => restored::<E>(&name_of::<E>(state, actor, &before).await?),
        Ok(verdict) => deleted::<E>(&before, &name, &verdict),
        Err(errors) => return refused_act(ctx, &to, &errors),
    };
    acted(ctx, op_id, E::LIST.event, &to, &flash)
}

async fn name_of<E: Pages<Database>>(state: &AppState, actor: &Actor, row: &E::Row) -> AppResult<String> {
    E::name_of(&mut one(state, actor, &row.region()?).await?, row).await
}

fn restored<E: Pages<Database>>(name: &str) -> Flash {
    Flash::new(Tone::Success, E::MESSAGES.restored, name)
}

fn deleted<E: Pages<Database>>(before: &E::Row, name: &str, verdict: &Verdict) -> Flash {
    if verdict.verdict == VerdictKind::Merged {
        // Somebody changed the row meanwhile: it stays, and both acts are kept as a conflict.
        return Flash::new(Tone::Warning, E::MESSAGES.not_deleted, name);
    }
    Flash::new(Tone::Success, E::MESSAGES.deleted, name).with_undo(Undo {
        act: UndoAct::restore::<E>(before.id()),
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
        deleted::<ShiftTemplate>(&before, "Gündüz", &verdict)
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
