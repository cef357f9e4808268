//! "Hepsini planlandığı gibi gir": one operation per blank person in one transaction. The whole batch can be undone as one action.
//!
//! The form carries what the page shows per blank person, so the operations depend on the form alone. A second delivery makes the same
//! operations with the same ids (UUIDv5 of `_op` and the person), and the write path returns the first delivery's verdicts.

use std::collections::HashSet;

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use uuid::Uuid;

use super::{
    answers::{Refused, answer_question, answer_stored},
    day::{Day, Place, State},
    db::{Made, list_known_ops, list_made},
    load::{load_day, scope_of},
    planned::{Planned, deletion_in},
    views::address,
};
use crate::{
    complaint::FieldError,
    db::Scope,
    employees,
    error::{AppError, AppResult},
    hours::doubts::{CONFIRMED, Doubt, confirm},
    identity::{Actor, Region},
    labels::db::load_labels,
    ops::{Author, Entity as _, Kind, Op, Row, Verdict, VerdictKind},
    state::AppState,
    sync::submit_all,
    timesheets::Timesheet,
    web::{
        answer::refused_act,
        extract::Req,
        flash::{Flash, Tone, Undo, UndoAct},
        form::{Posted, sentence},
        page::Ctx,
    },
};

/// Maximum number of names in a message.
const NAMED: usize = 5;

/// `POST /today/batches`.
pub async fn create_batch(ctx: Req<Ctx>, actor: Req<Actor>, state: Data<AppState>, posted: Req<Posted>) -> AppResult<HttpResponse> {
    let place = Place::of_form(&actor, &posted)?;
    if !place.is_open(&ctx) {
        return refuse_closed(&ctx, &place);
    }
    let batch = posted.op_id()?;
    let planned: Option<Vec<Planned>> = posted.values("planned").iter().map(|text| Planned::parse(text)).collect();
    let planned = planned.ok_or_else(|| AppError::BadRequest("planned: not an id, two times and a break".into()))?;
    // A plan can be doubtful in one way only: its day may be in the future.
    let doubts: Vec<Doubt> = (place.date > state.clock.today()).then_some(Doubt::Ahead(place.date)).into_iter().collect();
    // The operations carry the form's confirmation unchanged: tomorrow there may be no doubt left.
    let confirmed = posted.value(CONFIRMED);
    let (_, questions) = confirm(&doubts, confirmed);
    if let Some(question) = questions.first() {
        return answer_question(&ctx, &actor, &state, &place, question).await;
    }
    let author = Author { actor: actor.user_id, queue_id: batch, at: state.clock.now() };
    let op_of = |planned: &Planned| planned.op(author, place.region.clone(), place.date, batch, confirmed);
    let ops = (1..).zip(&planned).map(|(n, planned)| (planned.employee_id, op_of(planned).numbered(n))).collect();
    let (people, ops): (Vec<Uuid>, Vec<Op>) = still_wanted(&state, &actor, &place, ops).await?.into_iter().unzip();
    let verdicts = submit_all(&state, &actor, &place.region, &ops).await?;

    let day = load_day(&mut state.db.read(&scope_of(&place, &actor)?).await?, &place).await?;
    let refused = refused_people(&day, &people, &verdicts);
    let stored = verdicts.iter().filter(|verdict| verdict.verdict.took_effect()).count();
    let flash = message_of_batch(&ctx, &day, batch, stored, &refused);
    let people: Vec<Uuid> = planned.iter().map(|planned| planned.employee_id).collect();
    answer_stored(&ctx, &day, batch, &people, &refused, &flash)
}

/// A closed region accepts nothing. Operations of a queue are held until the region opens again; here a person waits for the response.
fn refuse_closed(ctx: &Ctx, place: &Place) -> AppResult<HttpResponse> {
    refused_act(ctx, &address(ctx, place, None), &[FieldError::new("", "region-closed")])
}

/// Drops people who have an entry by now or have left. Operations that arrived before are delivered again, and their first verdicts are
/// returned.
async fn still_wanted(state: &AppState, actor: &Actor, place: &Place, ops: Vec<(Uuid, Op)>) -> AppResult<Vec<(Uuid, Op)>> {
    // One snapshot: it holds both the operations and the entries of a parallel delivery, or neither.
    let mut tx = state.db.read_snapshot(&scope_of(place, actor)?).await?;
    let ids: Vec<Uuid> = ops.iter().map(|(_, op)| op.op_id).collect();
    let known = list_known_ops(&mut tx, &place.region, &ids).await?;
    let day = load_day(&mut tx, place).await?;
    let mut wanted = Vec::with_capacity(ops.len());
    for (employee_id, op) in ops {
        match day.person(employee_id) {
            _ if known.contains_key(&op.op_id) => wanted.push((employee_id, op)),
            Some(person) if person.state() == State::Blank => wanted.push((employee_id, op)),
            None if employees::db::find_region(&mut tx, employee_id).await?.is_none() => return Err(AppError::NotFound),
            Some(_) | None => {}
        }
    }
    Ok(wanted)
}

/// People who are still blank, and the refusals' reasons. A refusal does not matter if the person has an entry by now.
fn refused_people(day: &Day, people: &[Uuid], verdicts: &[Verdict]) -> Vec<Refused> {
    let is_blank = |id: Uuid| day.person(id).is_some_and(|person| person.state() == State::Blank);
    let why = |verdict: &Verdict| verdict.errors.first().cloned().unwrap_or_else(|| FieldError::new("", "not-stored"));
    people
        .iter()
        .zip(verdicts)
        .filter(|(id, verdict)| !verdict.verdict.took_effect() && is_blank(**id))
        .map(|(id, verdict)| Refused { employee_id: *id, why: why(verdict) })
        .collect()
}

fn message_of_batch(ctx: &Ctx, day: &Day, batch: Uuid, stored: usize, refused: &[Refused]) -> Flash {
    let names: Vec<String> = refused
        .iter()
        .filter_map(|refused| {
            let name = &day.person(refused.employee_id)?.person.full_name;
            Some(format!("{name}: {}", sentence(ctx.lang, &refused.why)))
        })
        .collect();
    let names = listed(&names, " ");
    let flash = match (stored, refused) {
        (0, []) => return Flash::new(Tone::Info, "flash-today-nothing-blank", ""),
        (0, _) => return Flash::new(Tone::Danger, "flash-today-none-entered", &names),
        (_, []) => Flash::new(Tone::Success, "flash-today-entered", ""),
        _ => Flash::new(Tone::Warning, "flash-today-entered-partly", &names),
    };
    let region = Some(day.place.region.to_string());
    flash.about(stored).with_undo(Undo { act: UndoAct::UndoBatch(batch), id: batch, base: 0, region })
}

/// The first [`NAMED`] names, and "…" if there are more.
fn listed(names: &[String], between: &str) -> String {
    let more = if names.len() > NAMED { " …" } else { "" };
    names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(between) + more
}

/// `POST /today/batches/{op}/undo`: deletes the batch's entries that are unchanged since. An entry changed and changed back counts as
/// unchanged.
pub async fn undo_batch(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    batch: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let undo = posted.op_id()?;
    let scope = Scope::of(&actor).ok_or(AppError::NotFound)?;
    // One snapshot: a second delivery sees everything of the first or nothing.
    let mut tx = state.db.read_snapshot(&scope).await?;
    let made = list_made(&mut tx, *batch).await?;
    let place = place_of(&made)?;
    let labels = load_labels(&mut tx).await?;
    if !place.is_open(&ctx) {
        return refuse_closed(&ctx, &place);
    }
    let ids: Vec<Uuid> = made.iter().map(|made| deletion_in(undo, made.id)).collect();
    let known = list_known_ops(&mut tx, &place.region, &ids).await?;
    drop(tx);

    let is_open =
        |made: &Made| !made.is_deleted && made.value.to_row() == values_of(&made.op) && !known.contains_key(&deletion_in(undo, made.id));
    let author = Author { actor: actor.user_id, queue_id: undo, at: state.clock.now() };
    let ops: Vec<Op> = (1..)
        .zip(&made)
        .filter(|(_, made)| is_open(made))
        .map(|(n, made)| {
            let deletion = Op::new(author, deletion_in(undo, made.id), Kind::Delete, Timesheet::NAME, made.id, place.region.clone());
            deletion.against(Some(made.version)).numbered(n)
        })
        .collect();
    let verdicts = submit_all(&state, &actor, &place.region, &ops).await?;
    let deleted_now: HashSet<Uuid> =
        verdicts.iter().filter(|verdict| verdict.verdict == VerdictKind::Applied).map(|verdict| verdict.op_id).collect();

    let (mut deleted, mut left) = (0, Vec::new());
    for made in &made {
        let id = deletion_in(undo, made.id);
        if deleted_now.contains(&id) || known.get(&id) == Some(&true) {
            deleted += 1;
        } else if !made.is_deleted {
            left.push(labels.name(made.value.employee_id, &made.employee_name));
        }
    }
    let flash = if left.is_empty() {
        Flash::new(Tone::Success, "flash-today-undone", "")
    } else {
        Flash::new(Tone::Warning, "flash-today-undone-partly", &listed(&left, ", "))
    };
    let day = load_day(&mut state.db.read(&scope_of(&place, &actor)?).await?, &place).await?;
    let people: Vec<Uuid> = made.iter().map(|made| made.value.employee_id).collect();
    answer_stored(&ctx, &day, undo, &people, &[], &flash.about(deleted))
}

/// The day of the batch, taken from its operations: its entries may have moved since.
fn place_of(made: &[Made]) -> AppResult<Place> {
    let first = made.first().ok_or(AppError::NotFound)?;
    let region = Region::parse(&first.region).map_err(|_| AppError::NotFound)?;
    let date = values_of(&first.op).get("work_date").and_then(|date| date.as_str()?.parse().ok());
    Ok(Place { region, date: date.unwrap_or(first.value.work_date) })
}

fn values_of(op: &Op) -> Row {
    op.fields.iter().map(|(name, change)| (name.clone(), change.to.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_a_few_and_says_that_there_are_more() {
        let names: Vec<String> = (1..=6).map(|n| n.to_string()).collect();
        assert_eq!(listed(&names[..2], ", "), "1, 2");
        assert_eq!(listed(&names, ", "), "1, 2, 3, 4, 5 …");
    }
}
