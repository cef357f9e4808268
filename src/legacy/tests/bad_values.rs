//! A table in which a bad value loses the value and not the row: existing entities described so, and the desktop's drivers.

use serde_json::json;

use super::*;
use crate::{
    complaint::FieldError,
    desktop::{BadValue, Column, DesktopTable, Recognised, shares_a_word, text_of},
    employees::Employee,
    ops::{Row, Title},
    settings::RegionSettings,
    shift_templates::ShiftTemplate,
    timesheets::Timesheet,
};

static LENIENT: [DesktopTable; 5] = [
    DesktopTable { bad_value: BadValue::CostsItself, ..DesktopTable::of::<Employee>() },
    DesktopTable { bad_value: BadValue::CostsItself, ..DesktopTable::of::<ShiftTemplate>() },
    DesktopTable::of::<RegionSettings>(),
    DesktopTable { bad_value: BadValue::CostsItself, ..DesktopTable::of::<Timesheet>() },
    DRIVERS,
];

const DRIVERS: DesktopTable = DesktopTable {
    name: "drivers",
    entity: "driver",
    title: Some(Title::column("full_name")),
    columns: &[
        Column::text("full_name", 200).needed(),
        Column::own("license_class", read_class),
        Column::date("license_expiry"),
        Column::optional_text("phone", 30),
        Column::text("notes", 2_000),
        Column::region("region"),
        Column { is_needed: false, ..Column::reference("employee_id", "employees", || Why::EmployeeNotTaken) },
    ],
    bad_value: BadValue::CostsItself,
    is_in_every_file: false,
    lineage: &["full_name"],
    recognise: |now, before| {
        if shares_a_word(now.row().text("full_name"), text_of(before, "full_name")) {
            Recognised::Same(Vec::new())
        } else {
            Recognised::Other("full_name")
        }
    },
    settle: |_| {},
    complaints: check_driver,
    ..DesktopTable::of::<ShiftTemplate>()
};

fn read_class(text: &str) -> Result<Value, Why> {
    let classes: Vec<String> = text.split(',').map(|class| class.trim().to_uppercase()).collect();
    let is_known = classes.iter().all(|class| matches!(class.as_str(), "A" | "B" | "C" | "D" | "E"));
    if is_known { Ok(json!(classes.join(","))) } else { Err(Why::Own("license_class", "not a class of a driving licence")) }
}

/// Stands for the entity's own check.
fn check_driver(row: &Row) -> Vec<FieldError> {
    let is_phone = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ');
    let phone = (!is_phone(text_of(row, "phone"))).then(|| FieldError::new("phone", "too-long").with("max", 10));
    let name = text_of(row, "full_name").starts_with('?').then(|| FieldError::new("full_name", "name-missing"));
    phone.into_iter().chain(name).collect()
}

fn with_drivers() -> Desktop {
    let desktop = Desktop::with_people(3);
    desktop
        .db
        .execute_batch(
            "DROP TABLE drivers;
             CREATE TABLE drivers (id INTEGER PRIMARY KEY, full_name TEXT, license_class TEXT, license_expiry TEXT, phone TEXT, notes TEXT,
                 region TEXT DEFAULT 'Ankara', employee_id INTEGER);",
        )
        .unwrap();
    desktop
}

fn driver(desktop: &Desktop, id: i64, values: [Option<&str>; 5]) {
    desktop.run(
        "INSERT INTO drivers (id, full_name, license_class, license_expiry, phone, notes) VALUES (?, ?, ?, ?, ?, ?)",
        params![id, values[0], values[1], values[2], values[3], values[4]],
    );
}

fn take(desktop: &Desktop) -> (Vec<Op>, Report) {
    let mut server = Server { tables: Some(&LENIENT), ..Server::default() };
    let file = desktop.read_as(&LENIENT);
    let ops = server.plan(&file).ops.into_iter().map(|planned| planned.op).collect();
    (ops, server.take(&file))
}

/// Table, number, column, value and reason of every warning.
fn warned(report: &Report) -> Vec<String> {
    report.warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn a_driver_comes_over_without_the_values_that_cannot_be_read_and_each_is_named() {
    let desktop = with_drivers();
    driver(&desktop, 1, [Some("Ömer İnce"), Some("b, c"), Some("10.01.2030"), Some("0532 000 00 01"), None]);
    driver(&desktop, 2, [Some("Şule Ünal"), Some("traktör"), Some("31.02.2030"), Some("yok"), Some("GECE")]);
    driver(&desktop, 3, [Some("Işıl Işık"), Some("None"), Some(""), None, Some(" None ")]);
    let (ops, report) = take(&desktop);
    let drivers: Vec<_> = ops.iter().filter(|op| op.entity == "driver").map(|op| json!(set_by(op))).collect();
    let expected = [
        json!({ "full_name": "Ömer İnce", "license_class": "B,C", "license_expiry": "2030-01-10", "phone": "0532 000 00 01", "notes": "",
                "employee_id": null }),
        json!({ "full_name": "Şule Ünal", "license_class": null, "license_expiry": null, "phone": null, "notes": "GECE", "employee_id": null }),
        json!({ "full_name": "Işıl Işık", "license_class": null, "license_expiry": null, "phone": null, "notes": "", "employee_id": null }),
    ];
    assert_eq!(drivers, expected);
    assert_eq!(counts(&report, "drivers"), (3, 0, 0, 0));
    assert_eq!(
        warned(&report),
        [
            "drivers 2, license_class \"traktör\": license_class: not a class of a driving licence; taken over without it",
            "drivers 2, license_expiry \"31.02.2030\": date: not a date; taken over without it",
            "drivers 2, phone \"yok\": too-long: not accepted for this field (max 10); taken over without it",
            "drivers 3, license_class \"None\": empty_cell: the desktop program's word for an empty cell; taken over as blank",
            "drivers 3, notes \" None \": empty_cell: the desktop program's word for an empty cell; taken over as blank",
        ]
    );
    assert!(!report.not_taken.contains_key("drivers"), "what is taken is not counted as left");
}

#[test]
fn a_driver_without_a_name_is_left_out_and_one_that_is_another_or_elsewhere_too() {
    let desktop = with_drivers();
    for (id, name) in [(1, "None"), (2, ""), (4, "Ömer İnce"), (5, "Şule Ünal"), (6, "? Kaya")] {
        driver(&desktop, id, [Some(name), None, None, None, None]);
    }
    desktop.run("UPDATE drivers SET region = 'Izmir' WHERE id = 5", []);
    let mut server = Server { tables: Some(&LENIENT), ..Server::default() };
    let report = server.take(&desktop.read_as(&LENIENT));
    assert_eq!(skipped(&report, "drivers"), BTreeMap::from([(1, Why::Blank), (2, Why::Blank), (5, Why::OtherRegion)]));
    let name = &server.inbox.values().find(|(op, _)| op.entity == "driver" && op.fields["full_name"].to == json!("? Kaya")).unwrap().0;
    assert_eq!(name.fields["phone"].to, Value::Null, "what is needed and not accepted is for the write path to refuse");
    desktop.run("UPDATE drivers SET full_name = 'Bora Demir', region = NULL WHERE id = 4", []);
    desktop.run("UPDATE drivers SET license_class = 'E' WHERE id = 6", []);
    desktop.run("DELETE FROM drivers WHERE id = 5", []);
    let report = server.take(&desktop.read_as(&LENIENT));
    assert_eq!(skipped(&report, "drivers").get(&4), Some(&Why::OtherRow), "another person under the same number");
    assert_eq!(counts(&report, "drivers"), (0, 1, 0, 3));
}

#[test]
fn a_reference_that_is_not_needed_is_lost_and_the_row_is_not() {
    let desktop = with_drivers();
    desktop.employee(9, " ", "");
    driver(&desktop, 1, [Some("Ömer İnce"), None, None, None, None]);
    driver(&desktop, 2, [Some("Şule Ünal"), None, None, None, None]);
    desktop.run("UPDATE drivers SET employee_id = 2 WHERE id = 1", []);
    desktop.run("UPDATE drivers SET employee_id = 9 WHERE id = 2", []);
    let (ops, report) = take(&desktop);
    let person = ops.iter().find(|op| op.entity == "employee" && op.fields["full_name"].to == json!("Mehmet Kaya")).unwrap();
    let drivers: Vec<&Op> = ops.iter().filter(|op| op.entity == "driver").collect();
    assert_eq!((&drivers[0].fields["employee_id"].to, drivers[0].after.as_slice()), (&json!(person.id), &[person.op_id][..]));
    assert_eq!((&drivers[1].fields["employee_id"].to, drivers[1].after.as_slice()), (&Value::Null, &[][..]));
    let lost =
        "drivers 2, employee_id \"9\": employee_not_taken: the employee is not in the file or was not taken over; taken over without it";
    assert_eq!(warned(&report), [lost]);
}

#[test]
fn entries_and_people_of_that_rule_keep_what_can_be_read() {
    let desktop = Desktop::with_people(2);
    desktop.entry_with_break(11, 1, "2026-02-05", "08:30", "17:30", &-30);
    desktop.entry(12, 1, "2026-02-06", "08:30", "25:00");
    desktop.run("UPDATE timesheets SET is_special = 'belki' WHERE id = 6", []);
    desktop.run("UPDATE timesheets SET notes = ? WHERE id = 4", [&"ş".repeat(2001)]);
    desktop.run("UPDATE employees SET department = 'None', title = x'ff', identity_no = 'None' WHERE id = 2", []);
    let (ops, report) = take(&desktop);
    assert_eq!(skipped(&report, "timesheets"), BTreeMap::from([(12, Why::Time)]), "what is needed");
    assert_eq!(counts(&report, "timesheets"), (7, 0, 0, 1));
    let person = ops.iter().find(|op| op.fields.get("full_name").is_some_and(|name| name.to == json!("Mehmet Kaya"))).unwrap();
    assert_eq!(json!(set_by(person)), json!({ "full_name": "Mehmet Kaya", "identity_no": "", "department": "", "title": "" }));
    let entry = ops.iter().find(|op| op.fields.get("work_date").is_some_and(|day| day.to == json!("2026-02-05"))).unwrap();
    assert_eq!((&entry.fields["break_minutes"].to, &entry.fields["end_time"].to), (&json!(0), &json!("17:30")));
    let reasons: Vec<_> = report.warnings.iter().map(|warning| (warning.id.clone().unwrap(), warning.reason.code())).collect();
    let expected = [(2, "empty_cell"), (2, "not_text"), (2, "empty_cell"), (4, "too_long"), (6, "flag"), (11, "break")];
    assert_eq!(reasons, expected.map(|(id, code)| (RowId::Number(id), code)));
    let strict = Server::default().take(&desktop.read());
    assert_eq!(counts(&strict, "employees"), (1, 0, 0, 1), "as ever where the description says that a bad value costs the row");
}
