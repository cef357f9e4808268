//! What a region starts with: the company's standard templates, or copies of another region's. Without templates nobody is expected, Bugün is
//! empty, and no day is ever blank.

use uuid::Uuid;

use super::{ShiftTemplate, db};
use crate::{
    db::Scope,
    error::{AppError, AppResult},
    fold::fold,
    identity::{Actor, Admin, FIRST_OFFICES, Region},
    ops::{Author, Entity as _, Kind, Op, Origin, VerdictKind, form_codec::changes_of_new},
    regions::db::is_open,
    state::AppState,
    sync::{deliver, submit_all},
    web::office::Office as _,
};

/// The program as the author of the first offices' templates; their ids follow from it, so that a second server that starts at the same time
/// makes no second row.
const NAMESPACE: Uuid = Uuid::from_u128(0x5d0a_6c1e_92b7_5f48_a3d4_17c9_e86b_204f);

/// The standard: Monday to Friday from nine to six with an hour's break, 40 hours.
fn standard() -> Vec<ShiftTemplate> {
    vec![ShiftTemplate { name: "Hafta içi".into(), start_min: 540, end_min: 1080, break_minutes: 60, weekdays: "12345".into() }]
}

/// Gives a region templates: those of `from`, or the standard. What it has under the same name already stays as it is. Answers how many are new.
/// `click` names the act, so that the same one twice makes nothing twice.
pub async fn give_templates(state: &AppState, admin: &Admin, region: &Region, from: Option<&Region>, click: Uuid) -> AppResult<usize> {
    // A region that was added by this very request is not among the person's yet.
    let actor = Actor { regions: vec![region.clone()], ..admin.actor().clone() };
    let wanted = match from {
        None => standard(),
        Some(other) => list(state, admin.actor(), other).await?,
    };
    let known: Vec<String> = list(state, &actor, region).await?.iter().map(|template| fold(&template.name)).collect();
    let new = wanted.into_iter().filter(|template| !known.contains(&fold(&template.name)));
    let ops: Vec<Op> = (1..).zip(new).map(|(n, template)| create_op(state, &actor, region, click, n, &template)).collect();
    let verdicts = submit_all(state, &actor, region, &ops).await?;
    match verdicts.iter().find(|verdict| !matches!(verdict.verdict, VerdictKind::Applied | VerdictKind::Merged)) {
        Some(bad) => Err(AppError::Fault(format!("a template was not taken: {:?} {:?}", bad.reason, bad.errors))),
        None => Ok(verdicts.len()),
    }
}

/// Gives the offices of the first start the standard, like every region that is added later. Run at every start, for those alone in which
/// nothing was ever written: an office that has deleted its templates, or works without any, stays as it is.
///
/// # Errors
/// When the database refuses.
pub async fn ensure_first_templates(state: &AppState) -> AppResult<()> {
    for office in &FIRST_OFFICES {
        let region = Region::parse(office.code).map_err(|e| AppError::Fault(e.to_string()))?;
        let scope = Scope::system(region.clone(), None, Origin::System);
        if !is_open(&state.db, &region).await? || db::has_history(&mut state.db.read(&scope).await?, &region).await? {
            continue;
        }
        let author = Actor::of_program(NAMESPACE, vec![region.clone()]);
        let click = Uuid::new_v5(&NAMESPACE, office.code.as_bytes());
        let ops = (1..).zip(standard()).map(|(n, template)| create_op(state, &author, &region, click, n, &template)).collect();
        let verdicts = deliver(state, &author, Origin::System, ops).await?;
        if let Some(bad) = verdicts.iter().find(|verdict| verdict.verdict == VerdictKind::Retry) {
            return Err(AppError::Fault(format!("the first templates were not stored: {:?}", bad.reason)));
        }
    }
    Ok(())
}

async fn list(state: &AppState, actor: &Actor, region: &Region) -> AppResult<Vec<ShiftTemplate>> {
    let scope = Scope::one(actor, region).ok_or(AppError::NotFound)?;
    Ok(state.db.read(&scope).await?.list::<ShiftTemplate>(false).await?.into_iter().map(|listed| listed.value).collect())
}

fn create_op(state: &AppState, actor: &Actor, region: &Region, click: Uuid, n: i64, template: &ShiftTemplate) -> Op {
    let op_id = Uuid::new_v5(&click, fold(&template.name).as_bytes());
    let author = Author { actor: actor.user_id, queue_id: click, at: state.clock.now() };
    Op::new(author, op_id, Kind::Create, ShiftTemplate::NAME, Uuid::new_v5(&op_id, b"shift_template"), region.clone())
        .changing(changes_of_new(template.to_row()))
        .numbered(n)
}
