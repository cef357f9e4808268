//! Acts on one employee that are a button, not a form: passive and active, deletion and restoration. Each says how to take it back.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::{
    Employee,
    listed::Listed,
    pages::{HOME, LIST_CHANGED, find, name_of, region_of},
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
    act.fill(&mut op, &before.value, posted);
    let op_id = op.op_id;
    let to = back_to(request, HOME);
    let flash = match settle(submit(state, actor, op).await?)? {
        Ok(verdict) if act == Act::Restore => act.message(&before, &name_of(state, actor, &before).await?, &verdict),
        Ok(verdict) => act.message(&before, &name, &verdict),
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
    /// who comes back has none, and a new first day. "Geri al" says both days as they were ([`AS_BEFORE`]).
    fn fill(self, op: &mut Op, before: &Employee, posted: &Posted) {
        let active = match self {
            Self::Passivate => false,
            Self::Activate => true,
            Self::Delete | Self::Restore => return,
        };
        op.fields.insert("is_active".into(), Change { from: json!(!active), to: json!(active) });
        let (first, last) = (posted.date("hire_date"), posted.date("exit_date"));
        if active || !last.is_null() {
            op.fields.insert("exit_date".into(), Change { from: json!(before.exit_date), to: last });
        }
        if !first.is_null() || posted.value(AS_BEFORE) == "true" {
            op.fields.insert("hire_date".into(), Change { from: json!(before.hire_date), to: first });
        }
    }

    fn message(self, before: &Listed, name: &str, verdict: &Verdict) -> Flash {
        let done = |key: &str, back: UndoAct| {
            let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
            let (first, last) = (day(before.value.hire_date), day(before.value.exit_date));
            let flash = Flash::new(Tone::Success, key, name).with_undo(undo(back, before, verdict));
            flash.with_undo_fields(&[("hire_date", &first), ("exit_date", &last), (AS_BEFORE, "true")])
        };
        match self {
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
        let back = |act: Act| act.message(&listed(), "Şükrü Işık", &verdict(VerdictKind::Applied)).undo.map(|u| (u.act.address(), u.base));
        let at = |noun: &str| Some((format!("/employees/{}/{noun}", Uuid::from_u128(5)), 4));
        assert_eq!(back(Act::Passivate), at("activation"));
        assert_eq!(back(Act::Activate), at("passivation"));
        assert_eq!(back(Act::Delete), at("restoration"));
        assert_eq!(back(Act::Restore), None);
    }

    #[test]
    fn a_deletion_that_met_a_change_deletes_nothing_and_says_so() {
        let flash = Act::Delete.message(&listed(), "Şükrü Işık", &verdict(VerdictKind::Merged));
        assert_eq!((flash.tone, flash.key.as_str(), flash.undo), (Tone::Warning, "flash-employee-not-deleted", None));
    }
}
