//! The write path (SYNC 3.4, 3.6, 3.8): what becomes of operations, one by one, twice, at once, in the wrong order, and when they are bad.

#![cfg(test)]

use rainstaff::{
    ops::{Op, Origin, Reason, Verdict, VerdictKind},
    sync::{Submitted, apply_ops, deliver, submit},
};
use serde_json::{Value, json};
use sqlx::Executor;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    app::state_on,
    builders::{Company, OFFICES, admin, at, clerk, employee_id, op, queue_id, queue_of, template_id, timesheet_id},
};

/// Ankara with one employee, version 1, made an hour before nine.
async fn ankara_with_ayse() -> Company {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let values = json!({ "full_name": "Ayşe Yılmaz", "department": "Depo", "title": "" });
    let verdict = company.apply_one(&ankara, &op(&ankara, "ankara").at(-60).create("employee", employee_id(1), values)).await;
    assert_eq!(verdict.verdict, VerdictKind::Applied, "{verdict:?}");
    company
}

/// Word and reason.
fn said(verdict: &Verdict) -> (VerdictKind, Option<Reason>) {
    (verdict.verdict, verdict.reason)
}

/// Codes of the complaints, each with its field.
fn complaints(verdict: &Verdict) -> Vec<String> {
    verdict.errors.iter().map(|e| format!("{} {}", e.field, e.code)).collect()
}

impl Company {
    /// Word and reason of the latest stored verdict.
    async fn latest(&self, op: &Op) -> String {
        let of_op = format!("SELECT verdict || coalesce(' ' || reason, '') FROM app.op_verdict WHERE op_id = '{}'", op.op_id);
        self.look(&format!("{of_op} ORDER BY attempt DESC")).await
    }

    async fn employee(&self, columns: &str) -> String {
        self.look(&format!("SELECT concat_ws('|', {columns}) FROM app.employees WHERE id = '{}'", employee_id(1))).await
    }

    /// How many rows there are in the tables that an operation writes.
    async fn rows(&self) -> String {
        self.look(
            "SELECT concat_ws(' ', (SELECT count(*) FROM app.employees) + (SELECT count(*) FROM app.timesheets)
                 + (SELECT count(*) FROM app.shift_templates), 'rows', (SELECT count(*) FROM app.change_log), 'changes',
                 (SELECT count(*) FROM app.conflict), 'conflicts', (SELECT count(*) FROM app.op_inbox), 'ops',
                 (SELECT count(*) FROM app.op_verdict), 'verdicts')",
        )
        .await
    }
}

#[tokio::test]
async fn an_operation_delivered_twice_makes_one_row_and_gets_the_same_answer() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let create = op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe Yılmaz");
    let first = company.apply_one(&ankara, &create).await;
    let again = company.apply_one(&ankara, &create).await;
    assert_eq!((said(&first), first.replayed), ((VerdictKind::Applied, None), false));
    assert_eq!(again, Verdict { replayed: true, ..first });
    assert_eq!(company.rows().await, "1 rows 1 changes 0 conflicts 1 ops 1 verdicts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_operation_on_eight_connections_at_once_makes_one_row_and_one_answer() {
    let company = Company::new().await;
    let state = state_on(&company.db);
    let ankara = clerk("ankara");
    let create = op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe Yılmaz");
    let mut deliveries = JoinSet::new();
    for n in 0..8 {
        let (state, ankara, create) = (state.clone(), ankara.clone(), create.clone());
        deliveries.spawn(async move {
            if n % 2 == 0 {
                return deliver(&state, &ankara, Origin::Offline, vec![create]).await.unwrap().remove(0);
            }
            match submit(&state, &ankara, create).await.unwrap() {
                Submitted::Done(verdict) => *verdict,
                other => panic!("{other:?}"),
            }
        });
    }
    let answers = deliveries.join_all().await;
    assert_eq!(answers.iter().filter(|a| !a.replayed).count(), 1, "one of them did it");
    let plain = |a: &Verdict| Verdict { replayed: false, seq: None, ..a.clone() };
    assert!(answers.iter().all(|a| plain(a) == plain(&answers[0])), "{answers:?}");
    assert_eq!(company.rows().await, "1 rows 1 changes 0 conflicts 1 ops 1 verdicts");
}

#[tokio::test]
async fn an_op_id_used_for_something_else_is_refused_and_its_body_kept_once() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let create = op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe Yılmaz");
    company.apply_one(&ankara, &create).await;
    let other = op(&ankara, "ankara").id(create.op_id).new_employee(employee_id(2), "Şükrü Çağ");
    for _ in 0..3 {
        let verdict = company.apply_one(&ankara, &other).await;
        assert_eq!(said(&verdict), (VerdictKind::Rejected, Some(Reason::OpIdReused)));
        assert_eq!(verdict.op_id, create.op_id);
    }
    assert_eq!(company.rows().await, "1 rows 1 changes 0 conflicts 2 ops 2 verdicts");
    assert_eq!(company.look("SELECT count(*) FROM app.op_inbox WHERE body->'fields'->'full_name'->>'to' = 'Şükrü Çağ'").await, "1");
    let form = submit(&state_on(&company.db), &ankara, other).await.unwrap();
    assert!(matches!(form, Submitted::Reused), "{form:?}");
}

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
async fn an_operation_that_arrives_before_the_one_it_needs_waits_and_is_applied_when_that_lands() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let queue = queue_id(1);
    let person = op(&ankara, "ankara").queued(queue, 1).new_employee(employee_id(1), "Ayşe Yılmaz");
    let entry = op(&ankara, "ankara").queued(queue, 2).after(&[&person]).new_timesheet(timesheet_id(1), employee_id(1), "2026-11-16");
    let note = json!({ "notes": ["", "gece vardiyası"] });
    let edit = op(&ankara, "ankara").queued(queue, 3).after(&[&entry]).update("timesheet", timesheet_id(1), 1, note);
    for early in [&edit, &entry] {
        assert_eq!(said(&company.apply_one(&ankara, early).await), (VerdictKind::Held, Some(Reason::WaitingAfter)));
    }
    let again = company.apply_one(&ankara, &entry).await;
    assert_eq!((said(&again), again.replayed), ((VerdictKind::Held, Some(Reason::WaitingAfter)), true));
    assert_eq!(company.rows().await, "0 rows 0 changes 0 conflicts 2 ops 2 verdicts");

    assert_eq!(said(&company.apply_one(&ankara, &person).await), (VerdictKind::Applied, None));
    for op in [&person, &entry, &edit] {
        assert_eq!(company.latest(op).await, "applied");
    }
    assert_eq!(company.look("SELECT notes FROM app.timesheets").await, "gece vardiyası");
    let by_op = "SELECT string_agg(op_id::text, ' ' ORDER BY seq) FROM app.change_log";
    assert_eq!(
        company.look(by_op).await,
        format!("{} {} {}", person.op_id, entry.op_id, edit.op_id),
        "each change names its own operation"
    );
    let later = company.apply_one(&ankara, &edit).await;
    assert_eq!((said(&later), later.replayed), ((VerdictKind::Applied, None), true), "the stored answer is the last one");
}

#[tokio::test]
async fn a_batch_in_the_wrong_order_is_applied_whole() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let person = op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe Yılmaz");
    let entry = op(&ankara, "ankara").after(&[&person]).new_timesheet(timesheet_id(1), employee_id(1), "2026-11-16");
    company.apply(&ankara, &[entry.clone(), person]).await;
    assert_eq!(company.latest(&entry).await, "applied");
}

/// The one that waits looks for its parent while the parent's transaction is open: whichever of the two commits last, the waiting one
/// must not be forgotten.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_and_the_one_it_needs_may_arrive_at_the_same_moment() {
    for parent_first in [true, false] {
        let company = Company::new().await;
        let ankara = clerk("ankara");
        let person = op(&ankara, "ankara").queued(queue_id(1), 1).new_employee(employee_id(1), "Ayşe Yılmaz");
        let entry = op(&ankara, "ankara").queued(queue_id(1), 2).after(&[&person]);
        let entry = entry.new_timesheet(timesheet_id(1), employee_id(1), "2026-11-16");
        let (first, second) = if parent_first { (&person, &entry) } else { (&entry, &person) };
        let scope = rainstaff::db::Scope::of(&ankara).unwrap();
        let mut open = company.db.write(&scope).await.unwrap();
        apply_ops(&mut open, &queue_of(&ankara), std::slice::from_ref(first)).await.unwrap();
        let meanwhile = {
            let (state, ankara, second) = (state_on(&company.db), ankara.clone(), second.clone());
            tokio::spawn(async move { deliver(&state, &ankara, Origin::Offline, vec![second]).await.unwrap() })
        };
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        open.commit().await.unwrap();
        meanwhile.await.unwrap();
        assert_eq!(company.latest(&entry).await, "applied", "parent first: {parent_first}");
    }
}

#[tokio::test]
async fn what_depends_on_a_refused_operation_is_held_for_a_person() {
    for parent_first in [true, false] {
        let company = Company::new().await;
        let ankara = clerk("ankara");
        let nameless = op(&ankara, "ankara").new_employee(employee_id(1), " ");
        let entry = op(&ankara, "ankara").after(&[&nameless]).new_timesheet(timesheet_id(1), employee_id(1), "2026-11-16");
        let edit = op(&ankara, "ankara").after(&[&entry]).update("timesheet", timesheet_id(1), 1, json!({ "notes": ["", "x"] }));
        let order = if parent_first { [&nameless, &entry, &edit] } else { [&edit, &entry, &nameless] };
        for op in order {
            company.apply_one(&ankara, op).await;
        }
        let latest = [company.latest(&nameless).await, company.latest(&entry).await, company.latest(&edit).await];
        assert_eq!(latest, ["rejected invalid", "held dep_rejected", "held dep_rejected"], "parent first: {parent_first}");
        assert_eq!(company.look("SELECT count(*) FROM app.change_log").await, "0");
    }
}

#[tokio::test]
async fn a_refused_edit_does_not_stop_later_edits_of_a_row_that_exists() {
    let company = ankara_with_ayse().await;
    let ankara = clerk("ankara");
    let bad = op(&ankara, "ankara").update("employee", employee_id(1), 1, json!({ "full_name": ["Ayşe Yılmaz", ""] }));
    let good = op(&ankara, "ankara").after(&[&bad]).update("employee", employee_id(1), 1, json!({ "title": ["", "Usta"] }));
    let verdicts = company.apply(&ankara, &[bad, good]).await;
    assert_eq!(
        verdicts.iter().map(said).collect::<Vec<_>>(),
        [(VerdictKind::Rejected, Some(Reason::Invalid)), (VerdictKind::Applied, None)]
    );
}

#[tokio::test]
async fn what_this_server_does_not_know_yet_is_kept_for_a_newer_one() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let draft = || op(&ankara, "ankara");
    let newer = Op { v: 2, ..draft().new_employee(employee_id(1), "Ayşe Yılmaz") };
    let command = Op { kind: rainstaff::ops::Kind::Command, name: Some("stock.move".into()), ..draft().new_employee(employee_id(1), "x") };
    let vehicle = draft().create("vehicle", employee_id(1), json!({ "plate": "06 ABC 123" }));
    let blood = draft().create("employee", employee_id(1), json!({ "full_name": "Ayşe Yılmaz", "blood_group": "0+" }));
    for op in [&newer, &command, &vehicle, &blood] {
        assert_eq!(said(&company.apply_one(&ankara, op).await), (VerdictKind::Held, Some(Reason::SchemaUnknown)), "{op:?}");
    }
    assert_eq!(company.rows().await, "0 rows 0 changes 0 conflicts 4 ops 4 verdicts");
    assert_eq!(
        company.look("SELECT body->'fields'->'blood_group'->>'to' FROM app.op_inbox WHERE body->'fields' ? 'blood_group'").await,
        "0+"
    );
}

#[tokio::test]
async fn operations_the_server_fails_on_take_nothing_else_with_them() {
    let company = Company::new().await;
    // A fault of ours, deep in the write: five letters divide by zero.
    let fault = "ALTER TABLE app.employees ADD CHECK (1 / (length(full_name) - 5) IS NOT NULL)";
    company.inspect().await.execute(fault).await.unwrap();
    let ankara = clerk("ankara");
    let mut ops: Vec<Op> = (0..60).map(|n| op(&ankara, "ankara").new_employee(employee_id(n), "Ayşe Yılmaz")).collect();
    ops[20] = op(&ankara, "ankara").new_employee(employee_id(20), "Zehir");
    ops[30] = op(&ankara, "ankara").new_employee(employee_id(30), "");
    let verdicts = deliver(&state_on(&company.db), &ankara, Origin::Offline, ops).await.unwrap();
    assert_eq!(said(&verdicts[20]), (VerdictKind::Held, Some(Reason::InternalError)));
    assert_eq!(said(&verdicts[30]), (VerdictKind::Rejected, Some(Reason::Invalid)));
    assert_eq!(verdicts.iter().filter(|v| v.verdict == VerdictKind::Applied && v.seq.is_some()).count(), 58);
    assert_eq!(company.rows().await, "58 rows 58 changes 0 conflicts 60 ops 60 verdicts");
}

#[tokio::test]
async fn an_operation_that_cannot_even_be_stored_does_not_stop_the_others() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let mut ops: Vec<Op> = (0..60).map(|n| op(&ankara, "ankara").new_employee(employee_id(n), "Ayşe Yılmaz")).collect();
    ops[20] = op(&ankara, "ankara").new_employee(employee_id(20), "Ay\0şe"); // no PostgreSQL text holds U+0000
    let verdicts = deliver(&state_on(&company.db), &ankara, Origin::Offline, ops.clone()).await.unwrap();
    assert_eq!(said(&verdicts[20]), (VerdictKind::Retry, Some(Reason::InternalError)));
    assert_eq!(verdicts.iter().map(|v| v.op_id).collect::<Vec<_>>(), ops.iter().map(|op| op.op_id).collect::<Vec<_>>());
    assert_eq!(verdicts.iter().filter(|v| v.verdict == VerdictKind::Applied).count(), 59);
    assert_eq!(company.rows().await, "59 rows 59 changes 0 conflicts 59 ops 59 verdicts");
}

#[tokio::test]
async fn a_refused_operation_leaves_nothing_but_itself_and_its_verdict() {
    let company = ankara_with_ayse().await;
    let ankara = clerk("ankara");
    let early = op(&ankara, "ankara").new_timesheet(timesheet_id(1), employee_id(1), "2026-11-16");
    company.apply_one(&ankara, &early).await;
    assert_eq!(company.rows().await, "2 rows 2 changes 0 conflicts 2 ops 2 verdicts");
    let overlapping = op(&ankara, "ankara").new_timesheet(timesheet_id(2), employee_id(1), "2026-11-16");
    let verdict = company.apply_one(&ankara, &overlapping).await;
    assert_eq!(said(&verdict), (VerdictKind::Rejected, Some(Reason::Invalid)));
    assert_eq!(complaints(&verdict), ["start_time overlap"]);
    assert_eq!(company.rows().await, "2 rows 2 changes 0 conflicts 3 ops 3 verdicts");
    let form = submit(&state_on(&company.db), &ankara, Op { op_id: Uuid::from_u128(7), ..overlapping }).await.unwrap();
    assert!(matches!(&form, Submitted::Invalid(errors) if errors[0].code == "overlap"), "{form:?}");
    let nameless = op(&ankara, "ankara").new_employee(employee_id(2), "");
    let form = submit(&state_on(&company.db), &ankara, nameless).await.unwrap();
    assert!(matches!(&form, Submitted::Invalid(errors) if errors[0].code == "name-missing"), "{form:?}");
    assert_eq!(company.rows().await, "2 rows 2 changes 0 conflicts 3 ops 3 verdicts", "a refused form leaves nothing: its author has it");
}

#[tokio::test]
async fn an_entry_over_midnight_overlaps_the_next_mornings() {
    let company = ankara_with_ayse().await;
    let ankara = clerk("ankara");
    let entry = |n: u32, date: &str, start: &str, end: &str| {
        let values = json!({ "employee_id": employee_id(1), "work_date": date, "start_time": start, "end_time": end });
        op(&ankara, "ankara").create("timesheet", timesheet_id(n), values)
    };
    let night = entry(1, "2026-11-16", "22:00", "06:00");
    let from_six = entry(2, "2026-11-17", "06:00", "14:00");
    let from_five = entry(3, "2026-11-17", "05:59", "14:00");
    let verdicts = company.apply(&ankara, &[night, from_five, from_six]).await;
    let words: Vec<VerdictKind> = verdicts.iter().map(|v| v.verdict).collect();
    assert_eq!(words, [VerdictKind::Applied, VerdictKind::Rejected, VerdictKind::Applied]);
}

#[tokio::test]
async fn a_restored_entry_may_not_overlap_the_one_that_took_its_place() {
    let company = ankara_with_ayse().await;
    let ankara = clerk("ankara");
    let draft = || op(&ankara, "ankara");
    let ops = [
        draft().new_timesheet(timesheet_id(1), employee_id(1), "2026-11-16"),
        draft().delete("timesheet", timesheet_id(1), 1),
        draft().new_timesheet(timesheet_id(2), employee_id(1), "2026-11-16"),
        draft().restore("timesheet", timesheet_id(1), 2),
    ];
    let verdicts = company.apply(&ankara, &ops).await;
    assert!(verdicts[..3].iter().all(|v| v.verdict == VerdictKind::Applied), "{verdicts:?}");
    assert_eq!(complaints(&verdicts[3]), ["start_time overlap"]);
    assert_eq!(verdicts[3].row.as_ref().unwrap()["deleted"], true, "the answer shows the row as it is");
}

#[tokio::test]
async fn a_taken_name_or_number_is_held_out_of_a_queue_and_shown_at_a_form() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let template = |n: u32| json!({ "name": "Gündüz", "start_time": "08:00", "end_time": format!("1{n}:00") });
    let person = |name: &str| json!({ "full_name": name, "identity_no": "10000000146" });
    let draft = || op(&ankara, "ankara");
    let first = [draft().create("shift_template", template_id(1), template(1)), draft().create("employee", employee_id(1), person("Ayşe"))];
    company.apply(&ankara, &first).await;
    for (create, complaint) in [
        (draft().create("shift_template", template_id(2), template(2)), "name template-name-taken"),
        (draft().create("employee", employee_id(2), person("Şükrü")), "identity_no identity-no-taken"),
    ] {
        let verdict = company.apply_one(&ankara, &create).await;
        assert_eq!(said(&verdict), (VerdictKind::Held, Some(Reason::NaturalKey)));
        assert_eq!(complaints(&verdict), [complaint]);
        let form = submit(&state_on(&company.db), &ankara, Op { op_id: Uuid::now_v7(), ..create }).await.unwrap();
        assert!(matches!(&form, Submitted::Invalid(errors) if complaint.ends_with(&errors[0].code)), "{form:?}");
    }
    assert_eq!(company.rows().await, "2 rows 2 changes 0 conflicts 4 ops 4 verdicts");
}

#[tokio::test]
async fn somebody_elses_name_on_an_operation_is_not_believed() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let forged = Op { actor: admin().user_id, ..op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe Yılmaz") };
    assert_eq!(said(&company.apply_one(&ankara, &forged).await), (VerdictKind::Held, Some(Reason::GrantRevoked)));
    assert_eq!(company.rows().await, "0 rows 0 changes 0 conflicts 1 ops 1 verdicts");
    let names = format!("SELECT actor = '{}' AND carrier = '{}' FROM app.op_inbox", admin().user_id, ankara.user_id);
    assert_eq!(company.look(&names).await, "true", "both names are on record");
}

#[tokio::test]
async fn an_operation_for_a_region_the_carrier_has_no_right_in_is_not_stored_and_the_others_are() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let ops = ["ankara", "istanbul", "company", "nowhere", "ankara"]
        .into_iter()
        .zip(1..)
        .map(|(code, n)| op(&ankara, code).new_employee(employee_id(n), "Ayşe"));
    let verdicts = deliver(&state_on(&company.db), &ankara, Origin::Offline, ops.collect()).await.unwrap();
    let carrier = (VerdictKind::Retry, Some(Reason::Carrier));
    let applied = (VerdictKind::Applied, None);
    assert_eq!(verdicts.iter().map(said).collect::<Vec<_>>(), [applied, carrier, carrier, carrier, applied]);
    assert_eq!(company.rows().await, "2 rows 2 changes 0 conflicts 2 ops 2 verdicts");
    let form = submit(&state_on(&company.db), &ankara, op(&ankara, "istanbul").new_employee(employee_id(9), "Ayşe")).await;
    assert!(matches!(form, Err(rainstaff::error::AppError::NotFound)), "{form:?}");
}

#[tokio::test]
async fn one_delivery_of_headquarters_may_carry_all_regions() {
    let company = Company::new().await;
    let ops = (0..12).map(|n| op(&admin(), OFFICES[n as usize % 4]).new_employee(employee_id(n), "Ayşe Yılmaz"));
    let verdicts = deliver(&state_on(&company.db), &admin(), Origin::Offline, ops.collect()).await.unwrap();
    assert!(verdicts.iter().all(|v| said(v) == (VerdictKind::Applied, None)));
    assert_eq!(
        company.look("SELECT string_agg(region || seq, ' ' ORDER BY region) FROM app.region_head").await,
        "ankara3 bursa3 istanbul3 izmir3"
    );
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

#[tokio::test]
async fn the_log_says_who_did_what_when_and_from_where() {
    let company = ankara_with_ayse().await;
    let ankara = clerk("ankara");
    let edit = op(&ankara, "ankara").at(10).update("employee", employee_id(1), 1, json!({ "title": ["", "Usta"] }));
    company.apply_one(&ankara, &edit).await;
    let mut conn = company.inspect().await;
    let line: Value = sqlx::query_scalar(
        "SELECT jsonb_build_object('actor', actor, 'origin', origin, 'op', op_id, 'client_at', client_at, 'entity', entity, 'id', entity_id,
             'action', action, 'version', version, 'before', before, 'after', after) FROM app.change_log WHERE seq = 2",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    let wanted = json!({
        "actor": ankara.user_id, "origin": "offline", "op": edit.op_id, "client_at": at(10).format("%Y-%m-%dT%H:%M:%S+00:00").to_string(),
        "entity": "employee", "id": employee_id(1), "action": "update", "version": 2, "before": { "title": "" }, "after": { "title": "Usta" },
    });
    assert_eq!(line, wanted);
}
