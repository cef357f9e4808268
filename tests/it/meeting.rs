//! Two people who change one row (SYNC 3.7, 3.8): which changes merge, which value wins, and where the other value is kept.

#![cfg(test)]

use rainstaff::{
    ops::{Origin, VerdictKind},
    sync::deliver,
};
use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    apply::{ankara_with_ayse, complaints, said},
    support::{
        app::state_on,
        builders::{admin, clerk, employee_id, op, queue_id, timesheet_id},
    },
};

#[tokio::test]
async fn edits_of_different_fields_merge() {
    let company = ankara_with_ayse().await;
    let (a, b) = (clerk("ankara"), admin());
    let one = op(&a, "ankara").update("employee", employee_id(1), 1, json!({ "title": ["", "Usta"] }));
    let other = op(&b, "ankara").update("employee", employee_id(1), 1, json!({ "department": ["Depo", "Servis"] }));
    for (actor, edit) in [(&a, one), (&b, other)] {
        let verdict = company.apply_one(actor, &edit).await;
        assert_eq!((said(&verdict), verdict.conflicts.len()), ((VerdictKind::Applied, None), 0));
    }
    assert_eq!(company.employee("department, title, version").await, "Servis|Usta|3");
}

#[tokio::test]
async fn of_two_edits_of_one_field_the_later_wins_and_the_other_is_kept_whoever_comes_first() {
    let mut outcomes = Vec::new();
    for early_first in [true, false] {
        let company = ankara_with_ayse().await;
        let (a, b) = (clerk("ankara"), admin());
        let early = op(&a, "ankara").id(Uuid::from_u128(1)).at(0).update("employee", employee_id(1), 1, json!({ "title": ["", "Usta"] }));
        let late = op(&b, "ankara").id(Uuid::from_u128(2)).at(5).update("employee", employee_id(1), 1, json!({ "title": ["", "Kalfa"] }));
        let mut deliveries = [(&a, &early, "theirs"), (&b, &late, "mine")];
        if !early_first {
            deliveries.reverse();
        }
        let [(actor, edit, _), (other, second, winner)] = deliveries;
        assert_eq!(said(&company.apply_one(actor, edit).await), (VerdictKind::Applied, None));
        let verdict = company.apply_one(other, second).await;
        assert_eq!(said(&verdict), (VerdictKind::Merged, None));
        assert_eq!(verdict.conflicts[0]["winner"], winner);
        assert_eq!(verdict.row.unwrap()["title"], "Kalfa", "the answer shows the truth");
        let conflict =
            "SELECT concat_ws('|', kind, entity, entity_id, field, base, win, lose, op_win, op_lose, resolved_at) FROM app.conflict";
        assert_eq!(company.look("SELECT count(*) FROM app.conflict").await, "1");
        outcomes.push((company.employee("full_name, department, title, deleted_at").await, company.look(conflict).await));
    }
    assert_eq!(outcomes[0], outcomes[1]);
    let ids = [employee_id(1), Uuid::from_u128(2), Uuid::from_u128(1)];
    assert_eq!(outcomes[0].0, "Ayşe Yılmaz|Depo|Kalfa");
    assert_eq!(outcomes[0].1, format!("field|employee|{}|title|\"\"|\"Kalfa\"|\"Usta\"|{}|{}", ids[0], ids[1], ids[2]));
}

#[tokio::test]
async fn a_clock_that_is_ahead_does_not_win() {
    let company = ankara_with_ayse().await;
    let (a, b) = (clerk("ankara"), admin());
    let ahead = op(&a, "ankara").at(60);
    let mut ahead = ahead.update("employee", employee_id(1), 1, json!({ "title": ["", "Usta"] }));
    ahead.offset_ms = 90 * 60 * 1000; // by the server's clock it was saved at half past eight
    let later = op(&b, "ankara").at(0).update("employee", employee_id(1), 1, json!({ "title": ["", "Kalfa"] }));
    company.apply_one(&b, &later).await;
    company.apply_one(&a, &ahead).await;
    assert_eq!(company.employee("title").await, "Kalfa");
    assert_eq!(company.look("SELECT lose FROM app.conflict").await, "\"Usta\"");
}

#[tokio::test]
async fn an_edit_and_a_deletion_that_did_not_know_of_each_other_leave_the_row_alive_with_the_edit() {
    for delete_first in [true, false] {
        let company = ankara_with_ayse().await;
        let (a, b) = (clerk("ankara"), admin());
        let edit = op(&a, "ankara").at(0).update("employee", employee_id(1), 1, json!({ "title": ["", "Usta"] }));
        let delete = op(&b, "ankara").at(5).delete("employee", employee_id(1), 1);
        let order = if delete_first { [(&b, &delete), (&a, &edit)] } else { [(&a, &edit), (&b, &delete)] };
        assert_eq!(said(&company.apply_one(order[0].0, order[0].1).await), (VerdictKind::Applied, None));
        assert_eq!(said(&company.apply_one(order[1].0, order[1].1).await), (VerdictKind::Merged, None));
        assert_eq!(company.employee("title, coalesce(deleted_at::text, 'alive')").await, "Usta|alive");
        let kind = if delete_first { "edit_vs_delete" } else { "delete_vs_edit" };
        let conflict = company.look("SELECT concat_ws('|', kind, op_win, op_lose) FROM app.conflict").await;
        assert_eq!(conflict, format!("{kind}|{}|{}", edit.op_id, delete.op_id));
    }
}

#[tokio::test]
async fn a_deletion_that_has_seen_the_edit_stands() {
    let company = ankara_with_ayse().await;
    let (a, b) = (clerk("ankara"), admin());
    company.apply_one(&a, &op(&a, "ankara").update("employee", employee_id(1), 1, json!({ "title": ["", "Usta"] }))).await;
    let verdict = company.apply_one(&b, &op(&b, "ankara").delete("employee", employee_id(1), 2)).await;
    assert_eq!(said(&verdict), (VerdictKind::Applied, None));
    assert_eq!(company.employee("deleted_at IS NOT NULL, version").await, "t|3");
    assert_eq!(company.look("SELECT count(*) FROM app.conflict").await, "0");
}

#[tokio::test]
async fn what_was_deleted_comes_back_as_it_was() {
    let company = ankara_with_ayse().await;
    let ankara = clerk("ankara");
    for (kind, version) in [("delete", 1), ("restore", 2)] {
        let draft = op(&ankara, "ankara");
        let undo =
            if kind == "delete" { draft.delete("employee", employee_id(1), 1) } else { draft.restore("employee", employee_id(1), 2) };
        let verdict = company.apply_one(&ankara, &undo).await;
        assert_eq!((said(&verdict), verdict.version), ((VerdictKind::Applied, None), Some(version + 1)));
    }
    assert_eq!(company.employee("full_name, department, coalesce(deleted_at::text, 'alive')").await, "Ayşe Yılmaz|Depo|alive");
    assert_eq!(company.look("SELECT string_agg(action, ' ' ORDER BY seq) FROM app.change_log").await, "create delete restore");
}

#[tokio::test]
async fn hours_worked_by_a_deleted_employee_are_kept_and_shown() {
    let company = ankara_with_ayse().await;
    let (ankara, hr) = (clerk("ankara"), admin());
    company.apply_one(&hr, &op(&hr, "ankara").delete("employee", employee_id(1), 1)).await;
    let entries = ["2026-11-16", "2026-11-17"]
        .into_iter()
        .zip(1..)
        .map(|(d, n)| op(&ankara, "ankara").new_timesheet(timesheet_id(n), employee_id(1), d));
    let verdicts = company.apply(&ankara, &entries.collect::<Vec<_>>()).await;
    assert!(verdicts.iter().all(|v| said(v) == (VerdictKind::Merged, None)), "{verdicts:?}");
    assert_eq!(verdicts[0].conflicts[0]["kind"], "parent_deleted");
    assert_eq!(company.look("SELECT count(*) FROM app.timesheets WHERE deleted_at IS NULL").await, "2");
    assert_eq!(company.look("SELECT count(*) FROM app.conflict WHERE kind = 'parent_deleted' AND entity = 'timesheet'").await, "2");
}

#[tokio::test]
async fn an_employee_with_entries_is_not_deleted() {
    let company = ankara_with_ayse().await;
    let ankara = clerk("ankara");
    let entry = op(&ankara, "ankara").new_timesheet(timesheet_id(1), employee_id(1), "2026-11-16");
    let verdicts = company.apply(&ankara, &[entry, op(&ankara, "ankara").delete("employee", employee_id(1), 1)]).await;
    assert_eq!(complaints(&verdicts[1]), [" employee-has-timesheets"]);
    assert_eq!(company.employee("coalesce(deleted_at::text, 'alive')").await, "alive");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_edits_of_one_row_at_once_lose_no_value() {
    let company = ankara_with_ayse().await;
    let state = state_on(&company.db);
    let mut edits = JoinSet::new();
    for n in 0..8 {
        let (state, admin) = (state.clone(), admin());
        edits.spawn(async move {
            let edit = op(&admin, "ankara").at(n).queued(queue_id(u32::try_from(n).unwrap()), 1);
            let edit = edit.update("employee", employee_id(1), 1, json!({ "title": ["", format!("Usta {n}")] }));
            deliver(&state, &admin, Origin::Offline, vec![edit]).await.unwrap().remove(0)
        });
    }
    let verdicts = edits.join_all().await;
    assert!(verdicts.iter().all(|v| v.verdict.took_effect()), "{verdicts:?}");
    assert_eq!(company.employee("title").await, "Usta 7", "the latest wins");
    let lost = company.look("SELECT string_agg(DISTINCT lose #>> '{}', ' ' ORDER BY lose #>> '{}') FROM app.conflict").await;
    assert_eq!(lost, "Usta 0 Usta 1 Usta 2 Usta 3 Usta 4 Usta 5 Usta 6");
}
