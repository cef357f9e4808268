//! A browser without a network treats a form as the server would: the vectors of tests/golden apply to both. The other half of these tests
//! is `tests/ts/offline_forms.test.mjs`.

use std::collections::{BTreeMap, BTreeSet};

use rainstaff::{
    complaint::FieldError,
    employees::Employee,
    ops::{
        Entity, Fields, Origin, Row, description,
        form_codec::{FieldKind, changes_between, changes_of_new, read_form},
    },
    shift_templates::ShiftTemplate,
    timesheets::Timesheet,
};
use serde::Deserialize;
use uuid::Uuid;

fn word(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text",
        // The browser reads an identity number as it reads any text: the check is its own.
        FieldKind::OptionalText | FieldKind::IdentityNo => "optional_text",
        FieldKind::LaterText => "later_text",
        FieldKind::Date => "date",
        FieldKind::Time => "time",
        FieldKind::Integer => "integer",
        FieldKind::Decimal => "decimal",
        FieldKind::Flag => "flag",
        FieldKind::Weekdays => "weekdays",
        FieldKind::Id => "id",
        other => panic!("{other:?}: the browser does not enter it without the server"),
    }
}

#[test]
fn the_browser_knows_the_forms_as_they_are() {
    rainstaff::registry::install();
    let forms: BTreeMap<String, Vec<(String, String)>> = serde_json::from_str(include_str!("../../static/ts/offline/forms.json")).unwrap();
    assert_eq!(forms.keys().collect::<Vec<_>>(), [Employee::NAME, ShiftTemplate::NAME, Timesheet::NAME]);
    for (entity, fields) in forms {
        let ours = description(&entity).unwrap().fields.iter().map(|field| (field.name.to_owned(), word(field.kind).to_owned()));
        assert_eq!(fields, ours.collect::<Vec<_>>(), "{entity}");
    }
}

#[derive(Deserialize)]
struct FormCase {
    name: String,
    entity: String,
    pairs: Vec<(String, String)>,
    original: Option<Row>,
    fields: Fields,
}

#[test]
fn a_form_becomes_the_same_changes_here_and_in_the_browser() {
    rainstaff::registry::install();
    let cases: Vec<FormCase> = serde_json::from_str(include_str!("../golden/form_codec.json")).unwrap();
    assert!(cases.len() > 20, "the vectors are there");
    for case in cases {
        let values = read_form(description(&case.entity).unwrap().fields, &case.pairs);
        let fields = match &case.original {
            Some(original) => changes_between(original, values),
            None => changes_of_new(values),
        };
        assert_eq!(fields, case.fields, "{}", case.name);
    }
}

#[derive(Deserialize)]
struct Check {
    name: String,
    entity: String,
    row: Row,
    changed: BTreeSet<String>,
    errors: Vec<FieldError>,
}

#[test]
fn a_row_is_refused_in_the_same_words_here_and_in_the_browser() {
    let cases: Vec<Check> = serde_json::from_str(include_str!("../golden/checks.json")).unwrap();
    assert!(cases.len() > 40, "the vectors are there");
    for case in cases {
        let changed: BTreeSet<&str> = case.changed.iter().map(String::as_str).collect();
        let errors = match case.entity.as_str() {
            Employee::NAME => errors_of::<Employee>(&case.row, &changed),
            ShiftTemplate::NAME => errors_of::<ShiftTemplate>(&case.row, &changed),
            _ => errors_of::<Timesheet>(&case.row, &changed),
        };
        assert_eq!(errors, case.errors, "{}", case.name);
    }
}

fn errors_of<E: Entity>(row: &Row, changed: &BTreeSet<&str>) -> Vec<FieldError> {
    E::parse(row, changed, Origin::Offline).err().unwrap_or_default()
}

#[derive(Deserialize)]
struct BatchIds {
    batch: Uuid,
    employee_id: Uuid,
    op_id: Uuid,
    id: Uuid,
}

/// src/today/batches.rs makes these ids.
#[test]
fn a_press_that_enters_a_whole_day_makes_the_same_ids_here_and_in_the_browser() {
    let cases: Vec<BatchIds> = serde_json::from_str(include_str!("../golden/batch_ids.json")).unwrap();
    assert!(!cases.is_empty(), "the vectors are there");
    for BatchIds { batch, employee_id, op_id, id } in cases {
        let ours = Uuid::new_v5(&batch, employee_id.as_bytes());
        assert_eq!((ours, Uuid::new_v5(&ours, b"timesheet")), (op_id, id));
    }
}
