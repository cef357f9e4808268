//! Acts on one employee that are a button, not a form: passive and active, deletion and restoration. Each says how to take it back.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Employee,
    listed::Listed,
    pages::{HOME, LIST_CHANGED, find, region_of},
};
use crate::{
    auth::Actor,
    error::AppResult,
    ops::{Change, Kind, Op, Verdict, VerdictKind},
    state::AppState,
    sync::submit,
    web::{
        answer::{acted, refused_act, settle},
        flash::{Flash, Tone, Undo, UndoAct},
        form::{Posted, back_to},
        page::Ctx,
    },
};

/// What is done to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Passivate,
    Activate,
    Delete,
    Restore,
}

/// `POST /employees/{id}/passivation`: somebody left, the history stays.
pub async fn passivate_employee(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Posted,
) -> AppResult<HttpResponse> {
    act(&ctx, &actor, &state, &request, *id, &posted, Act::Passivate).await
}

/// `POST /employees/{id}/activation`: somebody is back.
pub async fn activate_employee(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Posted,
) -> AppResult<HttpResponse> {
    act(&ctx, &actor, &state, &request, *id, &posted, Act::Activate).await
}

/// `POST /employees/{id}/deletion`: only for people without entries; the write path refuses the others.
pub async fn delete_employee(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Posted,
) -> AppResult<HttpResponse> {
    act(&ctx, &actor, &state, &request, *id, &posted, Act::Delete).await
}

/// `POST /employees/{id}/restoration`: out of the bin, also as "Geri al".
pub async fn restore_employee(
    ctx: Ctx,
    actor: Actor,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Posted,
) -> AppResult<HttpResponse> {
    act(&ctx, &actor, &state, &request, *id, &posted, Act::Restore).await
}

async fn act(
    ctx: &Ctx,
    actor: &Actor,
    state: &AppState,
    request: &HttpRequest,
    id: Uuid,
    posted: &Posted,
    act: Act,
) -> AppResult<HttpResponse> {
    let before = find(state, actor, id).await?;
    let mut op = posted.to_act::<Employee>(actor, region_of(&before)?, &state.clock, act.kind(), id)?;
    act.fill(&mut op, &before.value, posted);
    let op_id = op.op_id;
    let to = back_to(request, HOME);
    let flash = match settle(submit(state, actor, op).await?)? {
        Ok(verdict) => act.message(&before, &verdict),
        Err(errors) => return refused_act(ctx, &to, &errors),
    };
    acted(ctx, op_id, LIST_CHANGED, &to, &flash)
}

impl Act {
    fn kind(self) -> Kind {
        match self {
            Self::Passivate | Self::Activate => Kind::Update,
            Self::Delete => Kind::Delete,
            Self::Restore => Kind::Restore,
        }
    }

    /// A change of state is an update of two fields: who leaves has a last day (where none is typed, the write path finds one), and who comes
    /// back has none.
    fn fill(self, op: &mut Op, before: &Employee, posted: &Posted) {
        let active = match self {
            Self::Passivate => false,
            Self::Activate => true,
            Self::Delete | Self::Restore => return,
        };
        op.fields.insert("is_active".into(), Change { from: json!(!active), to: json!(active) });
        let last = if active { Value::Null } else { posted.date("exit_date") };
        if active || !last.is_null() {
            op.fields.insert("exit_date".into(), Change { from: json!(before.exit_date), to: last });
        }
    }

    fn message(self, before: &Listed, verdict: &Verdict) -> Flash {
        let name = &before.value.full_name;
        match self {
            Self::Passivate => Flash::new(Tone::Success, "flash-employee-passivated", name).with_undo(undo(
                UndoAct::ActivateEmployee(before.id),
                before,
                verdict,
            )),
            Self::Activate => {
                let last = before.value.exit_date.map(|day| day.to_string()).unwrap_or_default();
                let back = undo(UndoAct::PassivateEmployee(before.id), before, verdict);
                let flash = Flash::new(Tone::Success, "flash-employee-activated", name).with_undo(back);
                flash.with_undo_fields(&[("exit_date", &last)])
            }
            // Somebody changed the row meanwhile: it stays, and both acts are kept as a conflict.
            Self::Delete if verdict.verdict == VerdictKind::Merged => Flash::new(Tone::Warning, "flash-employee-not-deleted", name),
            Self::Delete => Flash::new(Tone::Success, "flash-employee-deleted", name).with_undo(undo(
                UndoAct::RestoreEmployee(before.id),
                before,
                verdict,
            )),
            Self::Restore => Flash::new(Tone::Success, "flash-employee-restored", name),
        }
    }
}

fn undo(act: UndoAct, before: &Listed, verdict: &Verdict) -> Undo {
    Undo { act, id: before.id, base: verdict.version.unwrap_or(before.version), region: Some(before.region.clone()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> Listed {
        let value = Employee {
            full_name: "Şükrü Işık".into(),
            identity_no: None,
            department: String::new(),
            title: String::new(),
            hire_date: None,
            exit_date: None,
            is_active: true,
            shift_template_id: None,
        };
        Listed { id: Uuid::from_u128(5), region: "ankara".into(), version: 3, deleted_at: None, last_entry: None, value }
    }

    fn verdict(kind: VerdictKind) -> Verdict {
        Verdict { version: Some(4), ..Verdict::bare(Uuid::nil(), kind) }
    }

    #[test]
    fn every_reversible_act_says_how_to_take_it_back() {
        let back = |act: Act| act.message(&listed(), &verdict(VerdictKind::Applied)).undo.map(|u| (u.act.address(), u.base));
        let at = |noun: &str| Some((format!("/employees/{}/{noun}", Uuid::from_u128(5)), 4));
        assert_eq!(back(Act::Passivate), at("activation"));
        assert_eq!(back(Act::Activate), at("passivation"));
        assert_eq!(back(Act::Delete), at("restoration"));
        assert_eq!(back(Act::Restore), None);
    }

    #[test]
    fn a_deletion_that_met_a_change_deletes_nothing_and_says_so() {
        let flash = Act::Delete.message(&listed(), &verdict(VerdictKind::Merged));
        assert_eq!((flash.tone, flash.key.as_str(), flash.undo), (Tone::Warning, "flash-employee-not-deleted", None));
    }
}
