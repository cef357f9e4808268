//! Actions on one row of the day: entering, changing, deleting, and undoing each of these.

use std::collections::BTreeSet;

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use uuid::Uuid;

use super::{
    answers::{RowOf, answer_refused, answer_stored},
    day::{Day, Place},
    load::{load_day, scope_of},
    planned::TAKES_BACK,
    row::{FIELDS, as_posted, original},
    views::address,
};
use crate::{
    crud::PageRow as _,
    db::Scope,
    error::{AppError, AppResult},
    identity::Actor,
    ops::{Description, Entity as _, Kind, Op, Origin, Verdict, VerdictKind},
    state::AppState,
    sync::{submit, submit_asking},
    timesheets::{Timesheet, db::find_timesheet, listed::Listed},
    web::{
        answer::{refused_act, row_id, settle, tone_of},
        extract::Req,
        flash::{Flash, Tone, Undo, UndoAct},
        form::{Posted, author},
        page::Ctx,
    },
};

/// `POST /today/entries`.
pub async fn create_entry(ctx: Req<Ctx>, actor: Req<Actor>, state: Data<AppState>, posted: Req<Posted>) -> AppResult<HttpResponse> {
    let place = Place::of_form(&actor, &posted)?;
    let employee_id = posted.value("employee_id").parse().map_err(|_| AppError::NotFound)?;
    let op = posted.to_create(&Description::of::<Timesheet>(), author(&actor, &state.clock), place.region.clone())?;
    let op_id = op.op_id;
    let verdict = match settle(submit_asking(&state, &actor, op).await?)? {
        Ok(verdict) => verdict,
        Err(errors) => return answer_refused(&ctx, &actor, &state, &place, RowOf { employee_id, entry: None }, &posted, &errors).await,
    };
    let (day, entry) = read_again(&state, &actor, &place, row_id(&verdict)?).await?;
    let undo = undo(&entry, UndoAct::DeleteEntry(entry.id), &verdict);
    let flash =
        Flash::new(tone_of(&verdict), "flash-timesheet-created", &entry.title()).with_undo(undo).with_undo_fields(&[(TAKES_BACK, "true")]);
    answer_stored(&ctx, &day, op_id, &[entry.value.employee_id], &[], &flash)
}

/// `POST /today/entries/{id}`.
pub async fn update_entry(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let (place, before) = find(&state, &actor, *id).await?;
    let mut op = posted.to_update(&Description::of::<Timesheet>(), author(&actor, &state.clock), place.region.clone(), *id)?;
    op.fields.retain(|name, _| FIELDS.contains(&name.as_str()));
    let op_id = op.op_id;
    let before = Listed { value: seen(&before.value, &op), ..before };
    // An undo restores values that were there before, and its form cannot confirm doubts.
    let takes_back = posted.value(TAKES_BACK) == "true";
    let submitted = if takes_back { submit(&state, &actor, op).await? } else { submit_asking(&state, &actor, op).await? };
    let verdict = match settle(submitted)? {
        Ok(verdict) => verdict,
        Err(errors) => {
            let row = RowOf { employee_id: before.value.employee_id, entry: Some(*id) };
            return answer_refused(&ctx, &actor, &state, &place, row, &posted, &errors).await;
        }
    };
    let (day, entry) = read_again(&state, &actor, &place, *id).await?;
    let flash = message_of_update(&before, &entry, &verdict, takes_back);
    answer_stored(&ctx, &day, op_id, &[entry.value.employee_id], &[], &flash)
}

/// The entry as the author of a change saw it. If the form arrives again after it was stored, the stored row differs from that.
fn seen(stored: &Timesheet, op: &Op) -> Timesheet {
    let mut row = stored.to_row();
    row.extend(op.fields.iter().map(|(name, change)| (name.clone(), change.from.clone())));
    Timesheet::parse(&row, &BTreeSet::new(), Origin::Web).unwrap_or_else(|_| stored.clone())
}

fn message_of_update(before: &Listed, entry: &Listed, verdict: &Verdict, takes_back: bool) -> Flash {
    let name = &entry.title();
    if verdict.verdict == VerdictKind::Merged {
        return Flash::new(Tone::Warning, "flash-timesheet-merged", name);
    }
    if takes_back {
        return Flash::new(Tone::Success, "flash-today-change-taken-back", name);
    }
    let mut flash = Flash::new(Tone::Success, "flash-timesheet-updated", name)
        .with_undo(undo(entry, UndoAct::UpdateEntry(entry.id), verdict))
        .with_undo_fields(&[(TAKES_BACK, "true"), ("_orig", &original(&entry.value))]);
    flash.undo_fields.extend(as_posted(&before.value));
    flash
}

/// `POST /today/entries/{id}/deletion`.
pub async fn delete_entry(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    act(&ctx, &actor, &state, *id, &posted, Kind::Delete).await
}

/// `POST /today/entries/{id}/restoration`.
pub async fn restore_entry(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    act(&ctx, &actor, &state, *id, &posted, Kind::Restore).await
}

async fn act(ctx: &Ctx, actor: &Actor, state: &AppState, id: Uuid, posted: &Posted, kind: Kind) -> AppResult<HttpResponse> {
    let (place, _) = find(state, actor, id).await?;
    let op = posted.bare_op(Timesheet::NAME, author(actor, &state.clock), place.region.clone(), kind, id)?;
    let op_id = op.op_id;
    let verdict = match settle(submit(state, actor, op).await?)? {
        Ok(verdict) => verdict,
        Err(errors) => return refused_act(ctx, &address(ctx, &place, None), &errors),
    };
    let (day, entry) = read_again(state, actor, &place, id).await?;
    let name = &entry.title();
    let flash = match (kind, verdict.verdict) {
        (Kind::Delete, VerdictKind::Applied) if posted.value(TAKES_BACK) == "true" => {
            Flash::new(Tone::Success, "flash-today-taken-back", name)
        }
        (Kind::Delete, VerdictKind::Applied) => {
            Flash::new(Tone::Success, "flash-timesheet-deleted", name).with_undo(undo(&entry, UndoAct::RestoreEntry(entry.id), &verdict))
        }
        // The entry was changed meanwhile: it stays, and both actions are kept as a conflict.
        (Kind::Delete, _) => Flash::new(Tone::Warning, "flash-timesheet-not-deleted", name),
        _ => Flash::new(Tone::Success, "flash-timesheet-restored", name),
    };
    answer_stored(ctx, &day, op_id, &[entry.value.employee_id], &[], &flash)
}

/// The undo of the action.
fn undo(entry: &Listed, act: UndoAct, verdict: &Verdict) -> Undo {
    Undo { act, id: entry.id, base: verdict.version.unwrap_or(entry.version), region: Some(entry.region.clone()) }
}

/// An entry of one of the person's regions, and its day. An entry of another region is not found.
async fn find(state: &AppState, actor: &Actor, id: Uuid) -> AppResult<(Place, Listed)> {
    let scope = Scope::of(actor).ok_or(AppError::NotFound)?;
    let entry = find_timesheet(&mut state.db.read(&scope).await?, id).await?.ok_or(AppError::NotFound)?;
    let region = entry.region()?;
    Ok((Place { region, date: entry.value.work_date }, entry))
}

/// The day and the entry after the action.
async fn read_again(state: &AppState, actor: &Actor, place: &Place, id: Uuid) -> AppResult<(Day, Listed)> {
    let mut tx = state.db.read(&scope_of(place, actor)?).await?;
    let mut entry = find_timesheet(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let day = load_day(&mut tx, place).await?;
    if let Some(person) = day.person(entry.value.employee_id) {
        entry.employee_name.clone_from(&person.person.full_name);
    }
    Ok((day, entry))
}
