//! Acts on one employee that are a button, not a form: passive and active, deletion and restoration. Each says how to take it back.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Employee,
    listed::{Listed, days_of},
    pages::{HOME, LIST_CHANGED, find, name_of, region_of},
};
use crate::{
    error::AppResult,
    identity::Actor,
    ops::{Change, Entity as _, Kind, Op, Row, Verdict, VerdictKind},
    state::AppState,
    sync::submit,
    web::{
        answer::{acted, refused_act, settle},
        flash::{Flash, Tone, Undo, UndoAct},
        form::{Posted, back_to},
        page::Ctx,
    },
};

/// The field of "Geri al" that says: first and last day are to be what they were, also where there was none.
const AS_BEFORE: &str = "as_before";

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
    let name = name_of(state, actor, &before).await?;
    let mut op = posted.to_act::<Employee>(actor, region_of(&before)?, &state.clock, act.kind(), id)?;
    // An older page does not say what it shows.
    let shown = posted.original()?.unwrap_or_else(|| before.value.to_row());
    act.fill(&mut op, &shown, posted);
    let op_id = op.op_id;
    let to = back_to(request, HOME);
    let flash = match settle(submit(state, actor, op).await?)? {
        Ok(verdict) if act == Act::Restore => act.message(&before, &shown, &name_of(state, actor, &before).await?, &verdict),
        Ok(verdict) => act.message(&before, &shown, &name, &verdict),
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

    /// A change of state is an update of two or three fields: who leaves has a last day (where none is typed, the write path finds one), and
    /// who comes back has none, and a new first day. "Geri al" says both days as they were ([`AS_BEFORE`]). `shown` are the days that the
    /// author saw: the same form is the same operation, and meets whatever came in between.
    fn fill(self, op: &mut Op, shown: &Row, posted: &Posted) {
        let active = match self {
            Self::Passivate => false,
            Self::Activate => true,
            Self::Delete | Self::Restore => return,
        };
        op.fields.insert("is_active".into(), Change { from: json!(!active), to: json!(active) });
        let from = |name: &str| shown.get(name).cloned().unwrap_or_default();
        let (first, last) = (posted.date("hire_date"), posted.date("exit_date"));
        if active || !last.is_null() {
            op.fields.insert("exit_date".into(), Change { from: from("exit_date"), to: last });
        }
        if !first.is_null() || posted.value(AS_BEFORE) == "true" {
            op.fields.insert("hire_date".into(), Change { from: from("hire_date"), to: first });
        }
    }

    fn message(self, before: &Listed, shown: &Row, name: &str, verdict: &Verdict) -> Flash {
        let done = |key: &str, back: UndoAct| {
            let day = |name: &str| shown.get(name).and_then(Value::as_str).unwrap_or_default();
            let now = verdict.row.as_ref().map(days_of).unwrap_or_default();
            let flash = Flash::new(Tone::Success, key, name).with_undo(undo(back, before, verdict));
            flash.with_undo_fields(&[
                ("hire_date", day("hire_date")),
                ("exit_date", day("exit_date")),
                (AS_BEFORE, "true"),
                ("_orig", &now),
            ])
        };
        match self {
            // Somebody changed a day meanwhile: both are kept as a conflict, and there is no one way back.
            Self::Passivate | Self::Activate if verdict.verdict == VerdictKind::Merged => {
                Flash::new(Tone::Warning, "flash-employee-merged", name)
            }
            Self::Passivate => done("flash-employee-passivated", UndoAct::ActivateEmployee(before.id)),
            Self::Activate => done("flash-employee-activated", UndoAct::PassivateEmployee(before.id)),
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
    use crate::employees::Activation;

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
            activation: Activation::No,
        };
        Listed { id: Uuid::from_u128(5), region: "ankara".into(), version: 3, deleted_at: None, last_entry: None, value }
    }

    fn verdict(kind: VerdictKind) -> Verdict {
        Verdict { version: Some(4), ..Verdict::bare(Uuid::nil(), kind) }
    }

    #[test]
    fn every_reversible_act_says_how_to_take_it_back() {
        let done = |act: Act| act.message(&listed(), &Row::new(), "Şükrü Işık", &verdict(VerdictKind::Applied));
        let back = |act: Act| done(act).undo.map(|u| (u.act.address(), u.base));
        let at = |noun: &str| Some((format!("/employees/{}/{noun}", Uuid::from_u128(5)), 4));
        assert_eq!(back(Act::Passivate), at("activation"));
        assert_eq!(back(Act::Activate), at("passivation"));
        assert_eq!(back(Act::Delete), at("restoration"));
        assert_eq!(back(Act::Restore), None);
    }

    #[test]
    fn an_act_that_met_a_change_says_so_and_has_no_way_back() {
        for (act, says) in [
            (Act::Delete, "flash-employee-not-deleted"),
            (Act::Passivate, "flash-employee-merged"),
            (Act::Activate, "flash-employee-merged"),
        ] {
            let flash = act.message(&listed(), &Row::new(), "Şükrü Işık", &verdict(VerdictKind::Merged));
            assert_eq!((flash.tone, flash.key.as_str(), flash.undo), (Tone::Warning, says, None));
        }
    }
}
