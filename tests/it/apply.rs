//! The write path (SYNC 3.4, 3.6, 3.8): the result of operations that arrive one by one, twice, at the same time, in the wrong order, or
//! that are invalid.

#![cfg(test)]

use rainstaff::{
    db::Scope,
    ops::{Op, Origin, Reason, Submitted, Verdict, VerdictKind},
    sync::{apply_ops, db::list_verdicts, deliver, submit},
};
use serde_json::{Value, json};
use sqlx::{Executor, types::Json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    app::state_on,
    builders::{Company, Draft, OFFICES, admin, at, clerk, employee_id, op, prints_of, queue_id, queue_of, template_id, timesheet_id},
};

/// Ankara with one employee, version 1, made an hour before nine.
pub async fn ankara_with_ayse() -> Company {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let values = json!({ "full_name": "Ayşe Yılmaz", "department": "Depo", "title": "" });
    let verdict = company.apply_one(&ankara, &op(&ankara, "ankara").at(-60).create("employee", employee_id(1), values)).await;
    assert_eq!(verdict.verdict, VerdictKind::Applied, "{verdict:?}");
    company
}

/// Word and reason.
pub fn said(verdict: &Verdict) -> (VerdictKind, Option<Reason>) {
    (verdict.verdict, verdict.reason)
}

/// Codes of the complaints, each with its field.
pub fn complaints(verdict: &Verdict) -> Vec<String> {
    verdict.errors.iter().map(|e| format!("{} {}", e.field, e.code)).collect()
}

impl Company {
    /// Word and reason of the latest stored verdict.
    async fn latest(&self, op: &Op) -> String {
        let of_op = format!("SELECT verdict || coalesce(' ' || reason, '') FROM app.op_verdict WHERE op_id = '{}'", op.op_id);
        self.look(&format!("{of_op} ORDER BY attempt DESC")).await
    }

    /// Columns of the first employee, as text.
    pub async fn employee(&self, columns: &str) -> String {
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

/// The row is there by a line of the log that is written at the end of this very transaction.
#[tokio::test]
async fn what_needs_a_refused_operation_goes_on_with_the_row_that_another_one_of_its_batch_made() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let refused = op(&ankara, "ankara").create("employee", employee_id(1), json!({ "full_name": "" }));
    assert_eq!(company.apply_one(&ankara, &refused).await.verdict, VerdictKind::Rejected);
    let person = op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe Yılmaz");
    let entry = op(&ankara, "ankara").after(&[&refused]).new_timesheet(timesheet_id(1), employee_id(1), "2026-11-16");
    company.apply(&ankara, &[person, entry.clone()]).await;
    assert_eq!(company.latest(&entry).await, "applied");
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

/// What a queue of one clerk holds: a person, entries of theirs, and what the clerk thought better of.
fn busy_morning(extra: impl FnOnce(&dyn Fn(i64) -> Draft) -> Vec<Op>) -> Vec<Op> {
    let ankara = clerk("ankara");
    let next = |n: i64| op(&ankara, "ankara").queued(queue_id(1), n).id(Uuid::from_u128(100 + u128::from(n.unsigned_abs()))).at(n);
    let person = next(1).new_employee(employee_id(1), "Ayşe Yılmaz");
    let monday = next(2).after(&[&person]).new_timesheet(timesheet_id(1), employee_id(1), "2026-11-16");
    let tuesday = next(3).after(&[&person]).new_timesheet(timesheet_id(2), employee_id(1), "2026-11-17");
    let noted = next(4).after(&[&monday]).update("timesheet", timesheet_id(1), 1, json!({ "notes": ["", "gece"] }));
    let gone = next(5).after(&[&tuesday]).delete("timesheet", timesheet_id(2), 1);
    let mut ops = vec![person, monday, tuesday, noted, gone];
    let last = ops.len();
    ops.splice(last.., extra(&next));
    ops
}

/// Everything that operations leave behind, but for clocks and numbers of rows.
const TRACES: &str = r#"SELECT concat_ws(E'\n',
    (SELECT string_agg(concat_ws(' ', seq, op_id, actor, origin, client_at, entity, entity_id, action, version, before, after), E'\n' ORDER BY seq) FROM app.change_log),
    (SELECT string_agg(concat_ws(' ', op_id, queue_id, n, actor, carrier, origin, encode(fingerprint, 'hex'), kind, entity, entity_id, after_ops, body), E'\n' ORDER BY op_id) FROM app.op_inbox),
    (SELECT string_agg(concat_ws(' ', op_id, attempt, verdict, reason, regexp_replace(result::text, '"conflict_id": "[^"]*"', '')), E'\n' ORDER BY op_id, attempt) FROM app.op_verdict),
    (SELECT string_agg(concat_ws(' ', kind, entity_id, field, win, lose, op_win, op_lose), E'\n' ORDER BY entity_id) FROM app.conflict),
    (SELECT string_agg(concat_ws(' ', id, version, deleted_at IS NULL, notes, row_meta), E'\n' ORDER BY id) FROM app.timesheets),
    'broken at', sec.verify_changes('ankara'))"#;

#[tokio::test]
async fn a_batch_comes_to_the_same_as_its_operations_one_by_one() {
    let overlapping = |next: &dyn Fn(i64) -> Draft| vec![next(6).new_timesheet(timesheet_id(3), employee_id(1), "2026-11-16")];
    let impossible = |next: &dyn Fn(i64) -> Draft| {
        let after_it = next(7).new_timesheet(timesheet_id(4), employee_id(1), "2026-11-19");
        vec![next(6).create("timesheet", timesheet_id(3), json!({ "start_time": "sekiz" })), after_it]
    };
    let departed = |next: &dyn Fn(i64) -> Draft| {
        let last_days = [(7, 3, "2026-11-12"), (8, 4, "2026-11-13")];
        let last_days = last_days.map(|(n, id, date)| next(n).new_timesheet(timesheet_id(id), employee_id(1), date));
        [vec![next(6).delete("employee", employee_id(1), 1)], last_days.into()].concat()
    };
    // The id of the second operation is that of the first one's row.
    let confusing = |next: &dyn Fn(i64) -> Draft| {
        let namesake = next(7).id(timesheet_id(3)).new_timesheet(timesheet_id(4), employee_id(1), "2026-11-19");
        vec![namesake, next(6).new_timesheet(timesheet_id(3), employee_id(1), "2026-11-18")]
    };
    let orphan = |next: &dyn Fn(i64) -> Draft| {
        let lost = next(99).new_employee(employee_id(9), "Kim");
        vec![next(6).after(&[&lost]).new_timesheet(timesheet_id(3), employee_id(1), "2026-11-18")]
    };
    // So many statements' worth of undoing each takes: rows that were made in one step share their transaction's number.
    for (ops, steps) in [
        (busy_morning(|_| Vec::new()), "1"),
        (busy_morning(impossible), "1"),
        (busy_morning(departed), "1"),
        (busy_morning(confusing), "1"),
        (busy_morning(overlapping), "2"),
        (busy_morning(orphan), "2"),
    ] {
        let ankara = clerk("ankara");
        let (together, one_by_one) = (Company::new().await, Company::new().await);
        let verdicts = together.apply(&ankara, &ops).await;
        for (op, verdict) in ops.iter().zip(&verdicts) {
            assert_eq!(said(&one_by_one.apply_one(&ankara, op).await), said(verdict), "{}", op.op_id);
        }
        assert_eq!(together.look(TRACES).await, one_by_one.look(TRACES).await);
        let in_steps = "SELECT count(DISTINCT xmin::text)::text FROM app.timesheets";
        assert_eq!(together.look(in_steps).await, steps, "{:?}", said(&verdicts[ops.len() - 1]));
    }
}

/// Verdicts as they are answered, but for whether they are repeated.
fn answers(verdicts: &[Verdict]) -> Vec<String> {
    verdicts.iter().map(|verdict| serde_json::to_string(&Verdict { replayed: false, ..verdict.clone() }).unwrap()).collect()
}

#[tokio::test]
async fn an_answer_is_given_again_to_the_byte_and_so_is_one_that_was_stored_with_its_whole_row() {
    let ankara = clerk("ankara");
    let ops = busy_morning(|next| {
        let values = json!({ "full_name": "  Fatma \u{200b} Çağ ", "department": "Depo" });
        vec![
            next(6).create("employee", employee_id(2), values),
            next(7).new_timesheet(timesheet_id(3), employee_id(1), "2026-11-16"), // overlaps
            next(8).new_timesheet(timesheet_id(4), employee_id(9), "2026-11-16"), // of a person who is not there
            next(9).after(&[&next(99).new_employee(employee_id(8), "Kim")]).new_timesheet(timesheet_id(5), employee_id(8), "2026-11-16"),
            next(10).create("timesheet", timesheet_id(1), json!({ "break_minutes": 45 })), // is there already
            next(11).delete("employee", employee_id(1), 1),
            next(12).new_timesheet(timesheet_id(6), employee_id(1), "2026-11-12"), // of a person who is gone
        ]
    });
    let company = Company::new().await;
    let first = company.apply(&ankara, &ops).await;
    let kinds = [VerdictKind::Applied, VerdictKind::Merged, VerdictKind::Held, VerdictKind::Rejected];
    assert!(kinds.iter().all(|kind| first.iter().any(|verdict| verdict.verdict == *kind)), "{first:?}");

    let ids: Vec<Uuid> = ops.iter().map(|op| op.op_id).collect();
    let again = async |stored: &str| {
        let delivered = company.apply(&ankara, &ops).await;
        assert!(delivered.iter().all(|verdict| verdict.replayed), "{delivered:?}");
        assert_eq!(answers(&delivered), answers(&first), "{stored}");
        let mut tx = company.db.read(&Scope::of(&ankara).unwrap()).await.unwrap();
        let mut listed = list_verdicts(&mut tx, &ids).await.unwrap();
        listed.sort_by_key(|verdict| ids.iter().position(|id| *id == verdict.op_id));
        assert_eq!(answers(&listed), answers(&first), "{stored}");
    };
    again("as this release stores them").await;
    let has_row = "SELECT count(*) FROM app.op_verdict v JOIN app.op_inbox i USING (region, op_id)
                   WHERE i.kind = 'create' AND v.verdict IN ('applied', 'merged') AND v.result ? 'row'";
    assert_eq!(company.look(has_row).await, "0");

    let mut owner = company.inspect().await;
    owner.execute("ALTER TABLE app.op_verdict DISABLE TRIGGER USER").await.unwrap();
    for verdict in &first {
        let whole = "UPDATE app.op_verdict SET result = $2 WHERE op_id = $1";
        sqlx::query(whole).bind(verdict.op_id).bind(Json(verdict)).execute(&mut owner).await.unwrap();
    }
    assert_ne!(company.look(has_row).await, "0");
    again("as releases of before stored them").await;
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
        apply_ops(&mut open, &queue_of(&ankara), std::slice::from_ref(first), &prints_of(std::slice::from_ref(first))).await.unwrap();
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
async fn a_refused_or_held_edit_of_a_person_stops_no_entry_for_them() {
    let company = ankara_with_ayse().await;
    let ankara = clerk("ankara");
    let taken = json!({ "full_name": "Şükrü Çağ", "identity_no": "10000000146" });
    company.apply_one(&ankara, &op(&ankara, "ankara").create("employee", employee_id(2), taken)).await;
    let draft = || op(&ankara, "ankara");
    let nameless = draft().update("employee", employee_id(1), 1, json!({ "full_name": ["Ayşe Yılmaz", ""] }));
    let number_taken = draft().update("employee", employee_id(1), 1, json!({ "identity_no": [null, "10000000146"] }));
    let entries = [
        draft().after(&[&nameless]).new_timesheet(timesheet_id(1), employee_id(1), "2026-11-16"),
        draft().after(&[&number_taken]).new_timesheet(timesheet_id(2), employee_id(1), "2026-11-17"),
    ];
    let verdicts = company.apply(&ankara, &[nameless, number_taken]).await;
    let words: Vec<_> = verdicts.iter().map(said).collect();
    assert_eq!(words, [(VerdictKind::Rejected, Some(Reason::Invalid)), (VerdictKind::Held, Some(Reason::NaturalKey))]);
    for entry in &entries {
        assert_eq!(said(&company.apply_one(&ankara, entry).await), (VerdictKind::Applied, None));
    }
}

#[tokio::test]
async fn a_corrected_new_card_does_not_wait_for_the_refused_one() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let draft = || op(&ankara, "ankara");
    let nameless = draft().new_employee(employee_id(1), "");
    let edit = draft().after(&[&nameless]).update("employee", employee_id(1), 1, json!({ "title": ["", "Usta"] }));
    let corrected = draft().after(&[&edit]).new_employee(employee_id(1), "Ayşe Yılmaz");
    let verdicts = company.apply(&ankara, &[nameless, edit, corrected]).await;
    let words: Vec<_> = verdicts.iter().map(said).collect();
    let refused = [(VerdictKind::Rejected, Some(Reason::Invalid)), (VerdictKind::Held, Some(Reason::DepRejected))];
    assert_eq!(words, [refused[0], refused[1], (VerdictKind::Applied, None)]);
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
