//! The entities' descriptions of their desktop tables, compared with the tables of desktop programs.

use super::*;
use crate::{
    desktop::{DesktopTable, Shape, are_in_order},
    employees::Employee,
    timesheets::Timesheet,
};

#[test]
fn no_column_of_a_table_that_is_taken_is_forgotten() {
    let desktop = Desktop::empty(3);
    for table in &DESKTOP_TABLES {
        let mut found = desktop.db.prepare("SELECT name FROM pragma_table_info(?)").unwrap();
        let names: Vec<String> = found.query_map([table.name], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert!(names.len() > 1, "{table:?} is a table of the newest program");
        let known: Vec<&str> =
            table.read_columns().iter().map(|(name, _)| *name).chain(table.left_out.iter().map(|(name, _)| *name)).collect();
        let forgotten: Vec<&String> = names.iter().filter(|name| !known.contains(&name.as_str())).collect();
        assert!(forgotten.is_empty(), "{table:?} neither takes nor leaves out {forgotten:?}");
        assert!(table.left_out.iter().all(|(name, why)| table.column(name).is_none() && !why.is_empty()), "{:?}", table.left_out);
    }
}

#[test]
fn a_lineage_and_a_start_of_a_shift_are_columns_that_are_read_before() {
    use crate::desktop::Kind;
    for table in &DESKTOP_TABLES {
        assert!(table.lineage.iter().all(|name| table.column(name).is_some_and(|column| column.field.is_some())), "{table:?}");
        for (at, column) in table.columns.iter().enumerate() {
            if let Kind::EndTime(start) = column.kind {
                assert!(table.columns[..at].iter().any(|before| before.name == start), "{table:?}: {start}");
            }
        }
        let has_one_row = (table.only_id)(&Server::default().region()).is_some();
        assert_eq!(matches!(table.shape, Shape::Keys { .. }), has_one_row, "{table:?}: keys and values are the one row of a region");
    }
    assert!(DESKTOP_TABLES.iter().any(|table| !table.lineage.is_empty()), "files would not be recognised");
}

#[test]
fn a_table_stands_after_those_that_it_refers_to() {
    let (people, entries) = (DesktopTable::of::<Employee>(), DesktopTable::of::<Timesheet>());
    assert!(are_in_order(&[people, entries]));
    assert!(!are_in_order(&[entries, people]));
    assert!(!are_in_order(&[entries]));
}

/// Operations of an import are recognised by their ids forever: those of the first release, and those of every table added since.
#[test]
fn the_operations_of_a_takeover_are_those_of_the_golden_file() {
    let golden: Value = serde_json::from_str(include_str!("../../../tests/golden/takeover.json")).unwrap();
    let (identity, region) = (Uuid::from_u128(0x1e9a), Server::default().region());
    let desktop = Desktop::with_people(3);
    let mut inbox = Vec::new();
    let mut found = Vec::new();
    for step in 0..2 {
        if step == 1 {
            desktop.run("UPDATE timesheets SET end_time = '02:15', is_special = 1 WHERE id = 3", []);
            desktop.run("UPDATE employees SET full_name = 'Ayşe Kara', identity_no = '12345678901' WHERE id = 1", []);
            desktop.run("UPDATE settings SET value = '8' WHERE key = 'weekday_hours'", []);
            desktop.run("DELETE FROM timesheets WHERE id = 2", []);
            desktop.tombstone("timesheets", 2);
            desktop.entry(7, 2, "2026-01-08", "22:00", "06:00");
        }
        let known = KnownFile::from_ops(&DESKTOP_TABLES, inbox.clone());
        let only_rows = (step == 1).then(|| settings_id(&region)).into_iter().collect();
        let target = Target { region: &region, include_regions: &[], actor: Uuid::from_u128(7), edited_at: june(1), only_rows: &only_rows };
        let plan = plan(&desktop.read(), identity, &known, target);
        found.extend(plan.ops.iter().map(|planned| serde_json::to_value(&planned.op).unwrap()));
        inbox.extend(plan.ops.into_iter().map(|planned| (planned.op, VerdictKind::Applied)));
    }
    let golden = golden.as_array().unwrap();
    for (at, op) in found.iter().enumerate() {
        assert_eq!(Some(op), golden.get(at), "operation {at}");
    }
    assert_eq!(found.len(), golden.len());
}
