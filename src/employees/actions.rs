//! A person leaves, or is back: a button, not a form. Each says how to take it back.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    AS_BEFORE, Employee, changes_of_turn,
    listed::{Listed, days_of},
    office::People as _,
};
use crate::{
    crud::{PageRow as _, find, submit_act},
    db::Scope,
    error::{AppError, AppResult},
    identity::Actor,
    ops::{Entity as _, Kind, Row, Verdict, VerdictKind},
    state::AppState,
    web::{
        answer::back_to,
        extract::Req,
        flash::{Flash, Tone, Undo, UndoAct},
        form::{Posted, author},
        page::Ctx,
        part::EMPLOYEES,
    },
};

/// `POST /employees/{id}/passivation`: somebody left, the history stays.
pub async fn passivate_employee(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    turn(&ctx, &actor, &state, &request, *id, &posted, false).await
}

/// `POST /employees/{id}/activation`: somebody is back.
pub async fn activate_employee(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    turn(&ctx, &actor, &state, &request, *id, &posted, true).await
}

async fn turn(
    ctx: &Ctx,
    actor: &Actor,
    state: &AppState,
    request: &HttpRequest,
    id: Uuid,
    posted: &Posted,
    active: bool,
) -> AppResult<HttpResponse> {
    let before = find::<Employee>(state, actor, id).await?;
    let region = before.region()?;
    let scope = Scope::one(actor, &region).ok_or(AppError::NotFound)?;
    let name = state.db.read(&scope).await?.name_of_person(&before).await?;
    // An older page does not say what it shows.
    let shown = posted.original()?.unwrap_or_else(|| before.value.to_row());
    let op = posted.bare_op(Employee::NAME, author(actor, &state.clock), region, Kind::Update, id)?;
    let op = op.changing(changes_of_turn(active, &shown, posted));
    let page = (&*back_to(request, Employee::HOME), EMPLOYEES.event);
    submit_act(ctx, actor, state, page, op, async |verdict| Ok(message(active, &before, &shown, &name, verdict))).await
}

fn message(active: bool, before: &Listed, shown: &Row, name: &str, verdict: &Verdict) -> Flash {
    if verdict.verdict == VerdictKind::Merged {
        // Somebody changed a day meanwhile: both are kept as a conflict, and there is no one way back.
        return Flash::new(Tone::Warning, "flash-employee-merged", name);
    }
    let (key, back) = if active {
        ("flash-employee-activated", UndoAct::PassivateEmployee(before.id))
    } else {
        ("flash-employee-passivated", UndoAct::ActivateEmployee(before.id))
    };
    let day = |name: &str| shown.get(name).and_then(Value::as_str).unwrap_or_default();
    let now = verdict.row.as_ref().map(days_of).unwrap_or_default();
    Flash::new(Tone::Success, key, name)
        .with_undo(Undo { act: back, id: before.id, base: verdict.version.unwrap_or(before.version), region: Some(before.region.clone()) })
        .with_undo_fields(&[("hire_date", day("hire_date")), ("exit_date", day("exit_date")), (AS_BEFORE, "true"), ("_orig", &now)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> Listed {
        let value = Employee { full_name: "Şükrü Işık".into(), is_active: true, ..Employee::default() };
        Listed { id: Uuid::from_u128(5), region: "ankara".into(), version: 3, deleted_at: None, last_entry: None, value }
    }

    fn verdict(kind: VerdictKind) -> Verdict {
        Verdict { version: Some(4), ..Verdict::bare(Uuid::nil(), kind) }
    }

    #[test]
    fn a_change_of_state_says_how_to_take_it_back() {
        let done = |active: bool| message(active, &listed(), &Row::new(), "Şükrü Işık", &verdict(VerdictKind::Applied));
        let back = |active: bool| done(active).undo.map(|u| (u.act.address(), u.base));
        let at = |noun: &str| Some((format!("/employees/{}/{noun}", Uuid::from_u128(5)), 4));
        assert_eq!(back(false), at("activation"));
        assert_eq!(back(true), at("passivation"));
    }

    #[test]
    fn an_act_that_met_a_change_says_so_and_has_no_way_back() {
        for active in [false, true] {
            let flash = message(active, &listed(), &Row::new(), "Şükrü Işık", &verdict(VerdictKind::Merged));
            assert_eq!((flash.tone, flash.key.as_str(), flash.undo), (Tone::Warning, "flash-employee-merged", None));
        }
    }
}
