//! Taking back one change of the history: a deleted row is restored, changed fields get the values they had before. It is an operation like
//! any other. A later change of the same field is never overwritten: the refusal names it (UX 4.4).

use serde_json::Value;

use super::db::ChangeRow;
use crate::{
    complaint::FieldError,
    i18n::{Lang, format::instant, t},
    ops::{Change, Description, Fields, Kind, Row, as_field, description, same_value},
    sync::FeedRow,
    words::label_of,
};

/// The operation that undoes a change.
#[derive(Debug, PartialEq)]
pub(super) struct Reversal {
    pub kind: Kind,
    pub fields: Fields,
}

/// Whether a change could be taken back at all, if nothing came after it; `deleted` says whether the row is in the trash now.
pub(super) fn can_reverse(change: &ChangeRow, deleted: bool) -> bool {
    match change.action.as_str() {
        "delete" => deleted,
        "update" => !deleted && of(change).is_some(),
        _ => false,
    }
}

/// The operation that takes a change back. It is idempotent: the same change always gives the same operation. `None` if the change holds a
/// column that no form has.
pub(super) fn of(change: &ChangeRow) -> Option<Reversal> {
    match change.action.as_str() {
        "delete" => Some(Reversal { kind: Kind::Restore, fields: Fields::new() }),
        "update" => fields_back(description(&change.entity)?, change).map(|fields| Reversal { kind: Kind::Update, fields }),
        _ => None,
    }
}

fn fields_back(entity: &Description, change: &ChangeRow) -> Option<Fields> {
    let (before, after) = (change.before.as_ref()?.as_object()?, change.after.as_ref()?.as_object()?);
    let mut fields = Fields::new();
    for (column, was) in before {
        let field = entity.field_in(column)?;
        let (name, to) = (field.name, field.from_column(was));
        let from = field.from_column(after.get(column).unwrap_or(&Value::Null));
        if !same_value(&from, &to) {
            fields.insert(name.to_owned(), Change { from, to });
        }
    }
    (!fields.is_empty()).then_some(fields)
}

/// The row as a change left it. `later` holds the changes since, newest first.
pub(super) fn row_after(now: &FeedRow, later: &[ChangeRow]) -> Row {
    let mut row = now.row.clone();
    for line in later {
        for (column, was) in line.before.as_ref().and_then(Value::as_object).into_iter().flatten() {
            let (name, value) = as_field(&line.entity, column, was);
            row.insert(name.to_owned(), value);
        }
    }
    row
}

/// Why a change cannot be taken back now, from the row as it is (`now`) and the changes since (`later`, newest first).
pub(super) fn obstacle(lang: Lang, reversal: &Reversal, now: &FeedRow, later: &[ChangeRow]) -> Option<FieldError> {
    let told = |error: FieldError, by: &ChangeRow| {
        let who = by.actor_name.clone().unwrap_or_else(|| t(lang, "activity-system").to_owned());
        error.with("who", who).with("at", instant(by.at))
    };
    let deletion = later.iter().find(|line| line.action == "delete");
    if reversal.kind == Kind::Restore {
        return match (now.deleted, deletion) {
            (false, _) => Some(FieldError::new("", "reversal-not-deleted")),
            (true, Some(again)) => Some(told(FieldError::new("", "reversal-deleted-again"), again)),
            (true, None) => None,
        };
    }
    if now.deleted {
        return Some(deletion.map_or_else(
            || FieldError::new("", "reversal-row-deleted"),
            |line| told(FieldError::new("", "reversal-deleted-since"), line),
        ));
    }
    let current = |name: &String| now.row.get(name).cloned().unwrap_or(Value::Null);
    let (mut left, mut met) = (0, None);
    for (name, Change { from, to }) in &reversal.fields {
        let value = current(name);
        if same_value(&value, to) {
            continue;
        }
        left += 1;
        if !same_value(&value, from) {
            met = met.or(Some(name));
        }
    }
    let Some(name) = met else {
        return (left == 0).then(|| FieldError::new("", "reversal-done"));
    };
    let touches = |line: &&ChangeRow| columns(line).any(|column| as_field(&line.entity, column, &Value::Null).0 == name);
    let error = later
        .iter()
        .find(touches)
        .map_or_else(|| FieldError::new("", "reversal-changed"), |line| told(FieldError::new("", "reversal-changed-since"), line));
    Some(error.with("field", label_of(lang, name)))
}

fn columns(change: &ChangeRow) -> impl Iterator<Item = &str> {
    change.before.as_ref().and_then(Value::as_object).into_iter().flat_map(|fields| fields.keys().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn change(id: i64, who: &str, action: &str, before: Value, after: Value) -> ChangeRow {
        let at: DateTime<Utc> = "2026-01-05T08:30:00Z".parse().unwrap();
        ChangeRow {
            region: "ankara".into(),
            id,
            at,
            actor_name: Some(who.into()),
            origin: "web".into(),
            device: None,
            carrier: None,
            client_at: None,
            entity: "timesheet".into(),
            entity_id: Uuid::from_u128(1),
            action: action.into(),
            version: id,
            before: Some(before),
            after: Some(after),
        }
    }

    fn row(deleted: bool, values: Value) -> FeedRow {
        let row: Row = serde_json::from_value(values).unwrap();
        FeedRow { id: Uuid::from_u128(1), version: 9, deleted, row }
    }

    fn times() -> ChangeRow {
        let before = json!({"start_min": 510, "end_min": 1080, "break_min": 60, "notes": ""});
        change(2, "ankara1", "update", before, json!({"start_min": 540, "end_min": 1500, "break_min": 30, "notes": "gece"}))
    }

    fn code(change: &ChangeRow, now: &FeedRow, later: &[ChangeRow]) -> Option<String> {
        obstacle(Lang::Tr, &of(change).unwrap(), now, later).map(|error| error.code)
    }

    #[test]
    fn a_change_is_taken_back_in_the_words_of_the_form() {
        let Reversal { kind, fields } = of(&times()).unwrap();
        let pairs: Vec<(&str, &Value, &Value)> = fields.iter().map(|(name, change)| (name.as_str(), &change.from, &change.to)).collect();
        assert_eq!(kind, Kind::Update);
        assert_eq!(
            pairs,
            [
                ("break_minutes", &json!(30), &json!(60)),
                ("end_time", &json!("01:00"), &json!("18:00")),
                ("notes", &json!("gece"), &json!("")),
                ("start_time", &json!("09:00"), &json!("08:30")),
            ]
        );
        assert_eq!(of(&times()), of(&times()), "the same operation every time");
        let plan = ChangeRow {
            entity: "settings".into(),
            ..change(1, "admin", "update", json!({"weekday_min": 540}), json!({"weekday_min": 450}))
        };
        assert_eq!(of(&plan).unwrap().fields["weekday_hours"], Change { from: json!("7.5"), to: json!("9") });
    }

    #[test]
    fn only_deletions_and_changes_of_known_fields_can_be_taken_back() {
        assert!(can_reverse(&times(), false) && !can_reverse(&times(), true));
        let deleted = change(1, "a", "delete", json!({}), json!({}));
        assert!(can_reverse(&deleted, true) && !can_reverse(&deleted, false));
        assert!(!can_reverse(&change(1, "a", "create", json!({}), json!({})), false));
        assert!(!can_reverse(&change(1, "a", "update", json!({"colour": 1}), json!({"colour": 2})), false), "no form has it");
    }

    #[test]
    fn a_later_edit_of_the_same_field_is_named_and_one_of_another_field_is_no_obstacle() {
        let note = change(3, "admin", "update", json!({"notes": "gece"}), json!({"notes": "gündüz"}));
        let now =
            |notes: &str, start: &str| row(false, json!({"start_time": start, "end_time": "01:00", "break_minutes": 30, "notes": notes}));
        let special = change(4, "admin", "update", json!({"is_special": false}), json!({"is_special": true}));
        assert_eq!(code(&times(), &now("gece", "09:00"), std::slice::from_ref(&special)), None);
        let error = obstacle(Lang::Tr, &of(&times()).unwrap(), &now("gündüz", "09:00"), &[special, note]).unwrap();
        assert_eq!(
            (error.code.as_str(), error.args["who"].as_str(), error.args["field"].as_str()),
            ("reversal-changed-since", "admin", "Not")
        );
        assert_eq!(error.args["at"], "05.01.2026 11:30");
    }

    #[test]
    fn the_row_as_a_change_left_it_is_the_same_whatever_came_later() {
        let now = row(false, json!({"start_time": "09:00", "break_minutes": 15, "notes": "son"}));
        let first = change(3, "admin", "update", json!({"notes": "gece"}), json!({"notes": "gündüz"}));
        let second = change(4, "admin", "update", json!({"notes": "gündüz", "start_min": 600}), json!({"notes": "son", "start_min": 540}));
        let then = row_after(&now, &[second, first]);
        assert_eq!(json!(then), json!({"start_time": "10:00", "break_minutes": 15, "notes": "gece"}));
    }

    #[test]
    fn what_is_back_already_deleted_since_or_deleted_again_is_said() {
        let back = row(false, json!({"start_time": "08:30", "end_time": "18:00", "break_minutes": 60, "notes": ""}));
        assert_eq!(code(&times(), &back, &[]).as_deref(), Some("reversal-done"));
        let deletion = change(5, "admin", "delete", json!({}), json!({}));
        assert_eq!(code(&times(), &row(true, json!({})), std::slice::from_ref(&deletion)).as_deref(), Some("reversal-deleted-since"));
        let first = change(3, "ankara1", "delete", json!({}), json!({}));
        assert_eq!(code(&first, &row(true, json!({})), &[]), None);
        assert_eq!(code(&first, &row(true, json!({})), std::slice::from_ref(&deletion)).as_deref(), Some("reversal-deleted-again"));
        assert_eq!(code(&first, &row(false, json!({})), &[]).as_deref(), Some("reversal-not-deleted"));
    }
}
