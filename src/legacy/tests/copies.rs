//! The same file again, a newer copy of it, and files that only look like a copy.

use serde_json::json;

use super::*;

#[test]
fn a_second_run_changes_nothing() {
    for generation in 1..=3 {
        let desktop = Desktop::with_people(generation);
        desktop.entry(12, 1, "2026-02-03", "08:30", "25:00");
        let (file, mut server) = (desktop.read(), Server::default());
        server.take(&file);
        let sent = server.inbox.len();
        let again = server.take(&file);
        assert_eq!(server.inbox.len(), sent, "v{generation}");
        assert_eq!(counts(&again, "employees"), (0, 0, 2, 0));
        assert_eq!(counts(&again, "timesheets"), (0, 0, 6, 1));
        assert_eq!(counts(&again, "settings"), (0, 0, 3, 3));
        assert!(server.plan(&file).ops.is_empty());
    }
}

#[test]
fn one_file_in_two_regions_makes_rows_of_different_ids() {
    let file = Desktop::with_people(3).read();
    let ids = |region| {
        let plan = Server { region: Some(region), include_regions: vec!["ankara".into()], ..Server::default() }.plan(&file);
        plan.ops.iter().map(|planned| planned.op.id).collect::<std::collections::BTreeSet<_>>()
    };
    let (ankara, izmir) = (ids("ankara"), ids("izmir"));
    assert!(ankara.len() > 5 && ankara.len() == izmir.len());
    assert_eq!(ankara.intersection(&izmir).count(), 0);
    assert_eq!(ankara, ids("ankara"), "and the same ones every time");
}

/// The first release did not include the region in the ids.
#[test]
fn a_row_that_the_first_release_took_over_keeps_its_id_and_a_new_one_of_that_file_has_the_region_in_it() {
    let desktop = Desktop::with_people(3);
    let file = desktop.read();
    let mut server = Server::default();
    let identity = identify(&file, &server.region(), &[]);
    let before = |table: &str, number: i64| Uuid::new_v5(&identity, format!("{table}/{number}").as_bytes());
    let empty = KnownFile { identity, ..KnownFile::default() };
    let of_then = |op: &Op| {
        let id_then = |id: Uuid| {
            let numbers = (1..20).flat_map(|n| DESKTOP_TABLES.each_ref().map(|table| (table.name, n)));
            let known = numbers.into_iter().find(|(table, n)| row_id(&empty, identity, &Server::default().region(), table, *n) == id);
            known.map_or(id, |(table, n)| before(table, n))
        };
        let mut op = Op { id: id_then(op.id), ..op.clone() };
        if let Some(change) = op.fields.get_mut("employee_id") {
            change.to = json!(id_then(change.to.as_str().unwrap().parse().unwrap()));
        }
        op
    };
    let first = server.plan(&file);
    server.inbox = first.ops.iter().map(|planned| (planned.op.op_id, (of_then(&planned.op), VerdictKind::Applied))).collect();
    assert!(server.plan(&file).ops.is_empty(), "everything is recognised");
    desktop.entry(7, 2, "2026-01-08", "08:30", "17:30");
    let plan = server.plan(&desktop.read());
    assert_eq!(plan.ops.len(), 1);
    assert_ne!(plan.ops[0].op.id, before("timesheets", 7));
    assert_eq!(plan.ops[0].op.fields["employee_id"].to, json!(before("employees", 2)));
}

#[test]
fn a_run_that_broke_off_sends_the_same_operations_again() {
    let file = Desktop::with_people(3).read();
    let first = Server::default().plan(&file);
    let second = Server::default().plan(&file);
    let ids = |plan: &Plan| plan.ops.iter().map(|planned| (planned.op.op_id, planned.op.n)).collect::<Vec<_>>();
    assert_eq!(ids(&first), ids(&second));
    let mut server = Server::default();
    server.inbox.extend(first.ops.iter().take(3).map(|planned| (planned.op.op_id, (planned.op.clone(), VerdictKind::Applied))));
    let report = server.take(&file);
    assert_eq!(
        server.inbox.keys().copied().collect::<std::collections::BTreeSet<_>>(),
        ids(&first).into_iter().map(|(id, _)| id).collect()
    );
    assert_eq!(counts(&report, "employees"), (0, 0, 2, 0));
}

#[test]
fn a_newer_copy_brings_only_what_changed() {
    let desktop = Desktop::with_people(3);
    let mut server = Server::default();
    server.take(&desktop.read());
    desktop.run("UPDATE timesheets SET end_time = '19:00' WHERE id = 3", []);
    desktop.run("UPDATE employees SET full_name = 'Ayşe Kara' WHERE id = 1", []);
    desktop.entry(7, 2, "2026-01-08", "08:30", "17:30");
    let file = desktop.read();
    let plan = server.plan(&file);
    let steps: Vec<_> = plan.ops.iter().map(|planned| (planned.effect, planned.ids[0].clone(), json!(planned.op.fields))).collect();
    assert_eq!(steps.len(), 3, "{steps:?}");
    assert_eq!(steps[0].1, RowId::Number(1));
    assert_eq!(steps[0].2, json!({ "full_name": { "from": "Ayşe Yılmaz", "to": "Ayşe Kara" } }));
    assert_eq!(steps[1], (Effect::Update, RowId::Number(3), json!({ "end_time": { "from": "17:30", "to": "19:00" } })));
    assert_eq!((steps[2].0, &steps[2].1), (Effect::Create, &RowId::Number(7)));
    assert!(plan.ops[2].op.after.is_empty(), "the employee came with an earlier takeover");
    let report = server.take(&file);
    assert_eq!(counts(&report, "timesheets"), (1, 1, 5, 0));
    assert_eq!(server.known().len(), 1, "one file, one queue");
}

#[test]
fn a_value_that_comes_back_is_a_new_step() {
    let desktop = Desktop::with_people(1);
    let mut server = Server::default();
    for end in ["17:30", "19:00", "17:30", "19:00"] {
        desktop.run("UPDATE timesheets SET end_time = ? WHERE id = 3", [end]);
        server.take(&desktop.read());
        let known = &server.known()[0];
        assert_eq!(known.rows[&row_id(known, known.identity, &server.region(), "timesheets", 3)].fields["end_time"], end);
    }
}

#[test]
fn a_deletion_noted_in_a_newer_copy_is_carried_out() {
    let desktop = Desktop::with_people(3);
    let mut server = Server::default();
    server.take(&desktop.read());
    let mut before = Server { inbox: server.inbox.clone(), ..Server::default() };
    desktop.run("DELETE FROM timesheets WHERE id = 1", []);
    desktop.tombstone("timesheets", 1);
    desktop.entry(8, 1, "2026-01-05", "09:00", "17:30");
    let file = desktop.read();
    let kinds: Vec<_> = server.plan(&file).ops.iter().map(|planned| planned.effect).collect();
    assert_eq!(kinds, [Effect::Delete, Effect::Create], "the deletion makes room first");
    let report = server.take(&file);
    assert_eq!(warnings(&report), [("deleted_now".to_owned(), Some("2026-01-05".to_owned()))]);
    assert!(server.plan(&file).ops.is_empty(), "once is enough");
    let refused = before.take_but(&file, |op| Some(Verdict::bare(op.op_id, VerdictKind::Rejected)));
    assert_eq!(warnings(&refused), [("deletion_refused".to_owned(), Some("2026-01-05".to_owned()))]);
}

#[test]
fn with_a_deleted_employee_go_the_entries() {
    let desktop = Desktop::with_people(3);
    let mut server = Server::default();
    server.take(&desktop.read());
    desktop.run("DELETE FROM timesheets WHERE employee_id = 2", []);
    desktop.run("DELETE FROM employees WHERE id = 2", []);
    desktop.tombstone("employees", 2);
    let plan = server.plan(&desktop.read());
    let deleted: Vec<_> = plan.ops.iter().map(|planned| (planned.effect, planned.table.name)).collect();
    assert_eq!(deleted, [[(Effect::Delete, "timesheets"); 3].as_slice(), &[(Effect::Delete, "employees")]].concat());
}

#[test]
fn what_vanishes_without_a_note_stays_and_is_mentioned() {
    let desktop = Desktop::with_people(1);
    let mut server = Server::default();
    server.take(&desktop.read());
    desktop.run("DELETE FROM timesheets WHERE id = 6", []);
    let file = desktop.read();
    assert!(server.plan(&file).ops.is_empty());
    assert_eq!(warnings(&server.take(&file)), [("gone".to_owned(), Some("2026-01-07".to_owned()))]);
}

#[test]
fn a_row_deleted_by_a_takeover_does_not_come_back_with_an_old_copy() {
    let desktop = Desktop::with_people(3);
    let old = desktop.read();
    let mut server = Server { edited_at: june(1), ..Server::default() };
    server.take(&old);
    desktop.run("DELETE FROM timesheets WHERE id = 1", []);
    desktop.tombstone("timesheets", 1);
    server.edited_at = june(2);
    server.take(&desktop.read());
    server.edited_at = june(1);
    let report = server.take(&old);
    assert_eq!(skipped(&report, "timesheets"), BTreeMap::from([(1, Why::DeletedBefore)]));
    assert_eq!(warnings(&report)[0].0, "older_copy");
}

#[test]
fn files_of_two_computers_are_kept_apart_though_their_numbers_are_the_same() {
    let mut server = Server::default();
    server.take(&Desktop::with_people(2).read());
    let other = Desktop::empty(2);
    other.employee(1, "Ömer Demir", "");
    other.employee(2, "Şule Kaya", "");
    for day in 5..8 {
        other.entry(i64::from(day - 4), 1, &format!("2026-01-0{day}"), "08:30", "17:30");
        other.entry(i64::from(day - 1), 2, &format!("2026-01-0{day}"), "08:30", "17:30");
    }
    let report = server.take(&other.read());
    assert_eq!(counts(&report, "employees"), (2, 0, 0, 0));
    assert_eq!(counts(&report, "timesheets"), (6, 0, 0, 0));
    assert_eq!(server.known().len(), 2);
    let rows: usize = server.known().iter().map(|known| known.rows.values().filter(|row| row.table.name == "timesheets").count()).sum();
    assert_eq!(rows, 12, "no row took another's id");
}

#[test]
fn copies_that_went_separate_ways_do_not_overwrite_each_other() {
    let (one, two) = (Desktop::with_people(1), Desktop::with_people(1));
    one.employee(3, "Ömer Demir", "");
    one.entry(7, 3, "2026-02-01", "08:30", "17:30");
    two.employee(3, "Şule Çelik", "");
    two.entry(7, 1, "2026-02-02", "08:30", "17:30");
    two.entry(8, 3, "2026-02-03", "08:30", "17:30");
    let mut server = Server::default();
    server.take(&one.read());
    let report = server.take(&two.read());
    assert_eq!(skipped(&report, "employees"), BTreeMap::from([(3, Why::OtherRow)]));
    assert_eq!(skipped(&report, "timesheets"), BTreeMap::from([(7, Why::OtherRow), (8, Why::EmployeeNotTaken)]));
    assert_eq!(server.known().len(), 1);
}

#[test]
fn a_moved_boundary_between_two_entries_goes_through_in_the_right_order() {
    let desktop = Desktop::empty(1);
    desktop.employee(1, "Ayşe Yılmaz", "");
    desktop.entry(1, 1, "2026-01-05", "08:00", "12:00");
    desktop.entry(2, 1, "2026-01-05", "12:00", "17:00");
    let mut server = Server::default();
    server.take(&desktop.read());
    desktop.run("UPDATE timesheets SET end_time = '13:00' WHERE id = 1", []);
    desktop.run("UPDATE timesheets SET start_time = '13:00' WHERE id = 2", []);
    let order: Vec<_> = server.plan(&desktop.read()).ops.into_iter().map(|planned| planned.ids[0].clone()).collect();
    assert_eq!(order, [RowId::Number(2), RowId::Number(1)]);
}

#[test]
fn whoever_has_an_identity_number_keeps_it_when_another_claims_it() {
    let desktop = Desktop::with_people(1);
    desktop.employee(5, "Ömer Demir", "12345678950");
    let mut server = Server::default();
    server.take(&desktop.read());
    desktop.run("UPDATE employees SET identity_no = '12345678950' WHERE id = 2", []);
    let report = server.take(&desktop.read());
    assert_eq!(counts(&report, "employees"), (0, 0, 3, 0));
    assert_eq!(report.warnings[0].reason, Why::DuplicateIdentityNo(5));
}
