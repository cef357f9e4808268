//! A first import: which rows are imported, and why the others are not.

use serde_json::{Value, json};

use super::*;
use crate::registry::DESKTOP_TABLES;

#[test]
fn a_clean_file_of_every_generation_comes_over_whole() {
    for generation in 1..=3 {
        let file = Desktop::with_people(generation).read();
        let report = Server::default().take(&file);
        assert_eq!(counts(&report, "employees"), (2, 0, 0, 0), "v{generation}");
        assert_eq!(counts(&report, "timesheets"), (6, 0, 0, 0), "v{generation}");
        assert_eq!(counts(&report, "shift_templates"), (2, 0, 0, 0), "v{generation}");
        assert_eq!(counts(&report, "settings"), (3, 0, 0, 3), "v{generation}");
        assert!(report.warnings.is_empty(), "v{generation}: {:?}", report.warnings);
        let others =
            if generation == 1 { vec![("reports", 1)] } else { vec![("drivers", 0), ("reports", 1), ("users", 2), ("vehicles", 3)] };
        let not_taken: BTreeMap<_, _> =
            others.into_iter().filter(|(table, _)| DESKTOP_TABLES.iter().all(|taken| taken.name != *table)).collect();
        assert_eq!(json!(report.not_taken), json!(not_taken), "v{generation}");
    }
}

#[test]
fn a_driver_comes_over_with_a_number_as_phones_are_kept_and_without_what_is_no_date() {
    let desktop = Desktop::with_people(3);
    desktop.run("DROP TABLE drivers", []);
    desktop.run(
        "CREATE TABLE drivers (id INTEGER PRIMARY KEY, full_name TEXT NOT NULL, license_class TEXT, license_expiry TEXT, phone TEXT, notes TEXT, region TEXT)",
        [],
    );
    desktop.run(
        "INSERT INTO drivers (id, full_name, license_class, license_expiry, phone, notes, region) VALUES
         (1, ' Mehmet  Çağlar ', 'B,C', '14.05.2027', '0532 123 45 67', 'None', 'Ankara'),
         (2, 'İsmail Öz', 'CE', '31.02.2030', 'yok', 'SRC', 'Ankara'),
         (3, 'None', 'B', '', '', '', 'Ankara')",
        [],
    );
    let file = desktop.read();
    let plan = Server::default().plan(&file);
    let drivers: Vec<Value> = plan.ops.iter().filter(|planned| planned.op.entity == "driver").map(|p| json!(set_by(&p.op))).collect();
    assert_eq!(
        drivers,
        [
            json!({
                "full_name": "Mehmet Çağlar", "license_class": "B,C", "license_expiry": "2027-05-14", "phone": "+905321234567", "notes": "",
            }),
            json!({ "full_name": "İsmail Öz", "license_class": "CE", "license_expiry": null, "phone": null, "notes": "SRC" }),
        ]
    );
    let report = Server::default().take(&file);
    assert_eq!(counts(&report, "drivers"), (2, 0, 0, 1), "nobody has no name");
}

#[test]
fn operations_carry_what_a_form_would_give() {
    let desktop = Desktop::empty(1);
    desktop.employee(1, " Işıl İnce ", "100 000 00146");
    desktop.run("INSERT INTO timesheets VALUES (4, 1, '05.01.2026', '22:15', '6:00', '30', 'düzenlendi', 1)", []);
    let file = desktop.read();
    let plan = Server { edited_at: june(1), ..Server::default() }.plan(&file);
    let ops: BTreeMap<&str, &Op> = plan.ops.iter().map(|planned| (planned.op.entity.as_str(), &planned.op)).collect();
    let (employee, entry) = (ops["employee"], ops["timesheet"]);
    assert_eq!(
        json!(set_by(employee)),
        json!({ "full_name": "Işıl İnce", "identity_no": "10000000146", "department": "Saha", "title": "Formen" })
    );
    assert_eq!(
        json!(set_by(entry)),
        json!({
            "employee_id": employee.id, "work_date": "2026-01-05", "start_time": "22:15", "end_time": "06:00",
            "break_minutes": 30, "is_special": true, "notes": "düzenlendi",
        })
    );
    assert_eq!(entry.after, [employee.op_id]);
    assert_eq!(
        json!(set_by(ops["shift_template"])),
        json!({ "name": "hafta ici", "start_time": "08:30", "end_time": "17:30", "break_minutes": 60 })
    );
    assert_eq!(
        json!(set_by(ops["settings"])),
        json!({ "company_name": "ÖRNEK ELEKTRİK", "weekday_hours": "7.5", "saturday_start": "09:00" })
    );
    assert_eq!(ops["settings"].id, crate::settings::settings_id(&plan.region));
    assert!(
        plan.ops
            .iter()
            .all(|planned| planned.op.edited_at == june(1) && planned.op.queue_id == identify(&file, &Server::default().region(), &[]))
    );
    assert!(plan.ops.iter().flat_map(|planned| planned.op.fields.values()).all(|change| change.from.is_null()));
}

#[test]
fn settings_that_exist_are_changed_and_not_made_again() {
    let desktop = Desktop::with_people(1);
    let mut server = Server::default();
    server.take(&desktop.read());
    let other_office_pc = Desktop::empty(1);
    other_office_pc.employee(1, "Ömer Demir", "");
    let report = server.take(&other_office_pc.read());
    assert_eq!(counts(&report, "settings"), (0, 3, 0, 3));
}

#[test]
fn no_secret_and_no_identity_number_reaches_the_report() {
    let desktop = Desktop::with_people(3);
    desktop.employee(8, "Bora Ünal", "12345678901");
    desktop.employee(9, "Can Ünal", "10000000146");
    let report = Server::default().take(&desktop.read());
    let text = serde_json::to_string(&report).unwrap();
    for secret in ["gizli-anahtar", "ozet", "12345678901", "10000000146"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert_eq!(
        warnings(&report),
        [("check_digits".to_owned(), Some("123******01".to_owned())), ("duplicate_identity_no".to_owned(), Some("100******46".to_owned()))]
    );
}

#[test]
fn the_report_has_the_agreed_shape() {
    let desktop = Desktop::empty(1);
    desktop.run("DELETE FROM settings", []);
    desktop.run("DELETE FROM shift_templates", []);
    desktop.employee(3, "", "");
    let report = Server::default().take(&desktop.read());
    let nothing = json!({ "created": 0, "updated": 0, "unchanged": 0, "skipped": 0 });
    let mut tables: BTreeMap<&str, Value> = DESKTOP_TABLES.iter().map(|table| (table.name, nothing.clone())).collect();
    assert!(["employees", "settings", "shift_templates", "timesheets"].iter().all(|table| tables.contains_key(table)));
    tables.insert("employees", json!({ "created": 0, "updated": 0, "unchanged": 0, "skipped": 1 }));
    assert_eq!(
        json!(report),
        json!({
            "file": "puantaj.db",
            "region": "ankara",
            "tables": tables,
            "skipped_rows": [{ "table": "employees", "id": 3, "field": "full_name", "value": "", "reason": "blank: nothing is entered" }],
            "not_taken": { "reports": 1 },
            "warnings": [],
        })
    );
}

#[test]
fn dirty_entries_are_named_one_by_one_and_the_rest_comes_over() {
    for generation in 1..=3 {
        let desktop = Desktop::with_people(generation);
        desktop.entry(11, 1, "2026-02-02", "8:30", "17:30");
        desktop.entry(12, 1, "2026-02-03", "08:30", "25:00");
        desktop.entry(13, 1, "05.01.2026", "08:30", "17:30");
        desktop.entry(14, 1, "2026-02-04", "08:30", "");
        desktop.entry(15, 1, "2026-13-40", "08:30", "17:30");
        desktop.entry_with_break(16, 1, "2026-02-05", "08:30", "17:30", &-30);
        desktop.entry_with_break(17, 1, "2026-02-06", "08:30", "17:30", &9999);
        desktop.entry(18, 987_654, "2026-02-05", "08:30", "17:30");
        desktop.entry(19, 1, "2026-02-07", "09:00", "09:00");
        desktop.entry_with_break(20, 1, "2026-02-08", "08:30", "17:30", &"60 dk");
        desktop.run("UPDATE timesheets SET is_special = 'belki' WHERE id = 6", []);
        desktop.run("UPDATE timesheets SET notes = x'ff00' WHERE id = 5", []);
        desktop.run("UPDATE timesheets SET notes = ? WHERE id = 4", [&"ş".repeat(2001)]);
        let report = Server::default().take(&desktop.read());
        let expected = [
            (4, Why::TooLong(2000)),
            (5, Why::NotText),
            (6, Why::Flag),
            (12, Why::Time),
            (13, Why::Overlap(1)),
            (14, Why::Blank),
            (15, Why::Date),
            (16, Why::Break),
            (17, Why::Break),
            (18, Why::EmployeeNotTaken),
            (19, Why::NoDuration),
            (20, Why::Break),
        ];
        assert_eq!(skipped(&report, "timesheets"), BTreeMap::from(expected), "v{generation}");
        assert_eq!(counts(&report, "timesheets"), (4, 0, 0, 12), "v{generation}");
        let named = report.skipped_rows.iter().find(|remark| remark.id == Some(RowId::Number(12))).unwrap();
        assert_eq!((named.field.as_deref(), named.value.as_deref()), (Some("end_time"), Some("25:00")));
        assert_eq!(named.to_string(), "timesheets 12, end_time \"25:00\": time: not a time of day");
    }
}

#[test]
fn entries_over_midnight_overlap_those_of_the_next_day() {
    let desktop = Desktop::empty(1);
    desktop.employee(1, "Ayşe Yılmaz", "");
    desktop.employee(2, "Mehmet Kaya", "");
    desktop.entry(1, 1, "2026-01-31", "22:00", "06:00");
    desktop.entry(2, 1, "2026-02-01", "05:59", "08:00");
    desktop.entry(3, 1, "2026-02-01", "06:00", "08:00");
    desktop.entry(4, 1, "2026-01-31", "00:00", "23:59");
    desktop.entry(5, 2, "2026-01-31", "22:00", "06:00");
    let report = Server::default().take(&desktop.read());
    assert_eq!(skipped(&report, "timesheets"), BTreeMap::from([(2, Why::Overlap(1)), (4, Why::Overlap(1))]));
}

#[test]
fn people_of_one_name_are_different_people_and_nameless_ones_are_left_out() {
    let desktop = Desktop::with_people(1);
    desktop.employee(7, "Ayşe Yılmaz", "");
    desktop.employee(8, "  ", "");
    desktop.entry(30, 8, "2026-03-01", "08:30", "17:30");
    let report = Server::default().take(&desktop.read());
    assert_eq!(counts(&report, "employees"), (3, 0, 0, 1));
    assert_eq!(skipped(&report, "employees"), BTreeMap::from([(8, Why::Blank)]));
    assert_eq!(skipped(&report, "timesheets"), BTreeMap::from([(30, Why::EmployeeNotTaken)]));
}

#[test]
fn only_rows_of_the_region_and_unlabelled_ones_come_over() {
    let desktop = Desktop::with_people(2);
    desktop.employee(3, "Ömer Demir", "");
    desktop.employee(4, "Şule Kaya", "");
    desktop.run("UPDATE employees SET region = NULL WHERE id = 1", []);
    desktop.run("UPDATE employees SET region = ' ANKARA' WHERE id = 2", []);
    desktop.run("UPDATE employees SET region = 'İzmir' WHERE id = 3", []);
    desktop.run("UPDATE employees SET region = 'ALL' WHERE id = 4", []);
    desktop.run("UPDATE timesheets SET region = 'Bursa' WHERE id = 6", []);
    desktop.entry(9, 3, "2026-03-01", "08:30", "17:30");
    let file = desktop.read();
    let report = Server::default().take(&file);
    assert_eq!(skipped(&report, "employees"), BTreeMap::from([(3, Why::OtherRegion)]));
    assert_eq!(skipped(&report, "timesheets"), BTreeMap::from([(6, Why::OtherRegion), (9, Why::EmployeeNotTaken)]));
    let report = Server { include_regions: vec!["izmir".into(), "BURSA".into()], ..Server::default() }.take(&file);
    assert!(skipped(&report, "timesheets").is_empty());
}

#[test]
fn a_row_that_the_file_lists_as_deleted_stays_out() {
    let desktop = Desktop::with_people(3);
    desktop.tombstone("timesheets", 2);
    desktop.tombstone("timesheets", 999);
    desktop.tombstone("users; DROP TABLE employees", 1);
    let report = Server::default().take(&desktop.read());
    assert_eq!(skipped(&report, "timesheets"), BTreeMap::from([(2, Why::Deleted)]));
    assert_eq!(counts(&report, "employees"), (2, 0, 0, 0));
}

#[test]
fn settings_are_read_strictly_key_by_key() {
    for (hours, read) in
        [("9", Some("9")), ("8.50", Some("8.5")), ("24", Some("24")), ("24,5", None), ("-1", None), ("830", None), ("x", None)]
    {
        let desktop = Desktop::empty(1);
        desktop.run("UPDATE settings SET value = ? WHERE key = 'weekday_hours'", [hours]);
        let report = Server::default().plan(&desktop.read());
        let taken = report.ops.iter().find_map(|planned| planned.op.fields.get("weekday_hours")).map(|change| change.to.clone());
        assert_eq!(taken, read.map(Value::from), "{hours}");
    }
    let report = Server::default().take(&Desktop::empty(1).read());
    let reasons: BTreeMap<_, _> = report
        .skipped_rows
        .iter()
        .map(|remark| (serde_json::to_value(&remark.id).unwrap().to_string(), remark.reason.code().to_owned()))
        .collect();
    let expected = [("\"logo_path\"", "not_taken_setting"), ("\"saturday_end\"", "blank"), ("\"sync_token\"", "not_taken_setting")];
    assert_eq!(reasons, expected.map(|(key, code)| (key.to_owned(), code.to_owned())).into());
}

#[test]
fn what_the_server_refuses_is_in_the_report_with_its_reason() {
    let file = Desktop::with_people(1).read();
    let refused =
        Server::default().plan(&file).ops.iter().find(|p| p.table.name == "timesheets" && p.ids == [RowId::Number(3)]).unwrap().op.id;
    let refuse = |op: &Op| {
        (op.id == refused).then(|| Verdict {
            errors: vec![crate::complaint::FieldError::new("start_time", "overlap").with("start", "08:00")],
            ..Verdict::bare(op.op_id, VerdictKind::Rejected)
        })
    };
    let mut server = Server::default();
    let report = server.take_but(&file, refuse);
    assert_eq!(counts(&report, "timesheets"), (5, 0, 0, 1));
    let remark = report.skipped_rows.iter().find(|remark| remark.table == "timesheets").unwrap();
    assert_eq!((remark.field.as_deref(), remark.value.as_deref()), (Some("start_time"), Some("08:30")));
    assert_eq!(remark.reason.to_string(), "overlap: refused by the server (start 08:00)");
    let again = server.take(&file);
    assert_eq!(counts(&again, "timesheets"), (0, 0, 5, 1), "asked again, it is the same operation");
}

#[test]
fn an_operation_without_an_answer_counts_as_left_out() {
    let file = Desktop::with_people(1).read();
    let plan = Server::default().plan(&file);
    let nothing = report(&plan, &[]);
    assert_adds_up(&file, &nothing);
    assert_eq!(counts(&nothing, "timesheets"), (0, 0, 0, 6));
    let expected = preview(&plan);
    assert_adds_up(&file, &expected);
    assert_eq!(counts(&expected, "timesheets"), (6, 0, 0, 0));
}

#[test]
fn columns_are_found_by_name_and_missing_ones_are_tolerated() {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(
        "CREATE TABLE timesheets (Notes TEXT, end_time TEXT, start_time TEXT, WORK_DATE TEXT, employee_id INTEGER, extra TEXT, id INTEGER);
         CREATE TABLE Employees (title TEXT, full_name TEXT, id INTEGER);
         INSERT INTO timesheets VALUES ('not', '17:30', '08:30', '2026-01-05', 1, 'x', 1), ('', '17:30', '08:30', '2026-01-06', 1, 'x', 1);
         INSERT INTO Employees VALUES ('Şoför', 'Ayşe Yılmaz', 1), ('', 'Kimliksiz', NULL);",
    )
    .unwrap();
    let file = Desktop { db }.read();
    let report = Server::default().take(&file);
    assert_eq!(counts(&report, "employees"), (1, 0, 0, 1));
    assert_eq!(skipped(&report, "timesheets"), BTreeMap::from([(1, Why::DuplicateId)]));
}
