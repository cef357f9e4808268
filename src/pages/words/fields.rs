//! The columns of the change log in words: their names and their values, in the reader's language.

use chrono::NaiveDate;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    civil,
    hours::doubts,
    i18n::{Lang, choice, format, t, t_with},
    identity_no, money,
    ops::{Field, Says, description, descriptions},
    phone,
    text::clean,
    web::change::FieldChange,
};

/// The fields of a change in words, in the order of the entity's form, without those that are empty before and after. They are found by
/// column, as in the log, or by the field's name, as in operations. `person` finds the name of a row by its id.
pub fn describe<'n>(
    lang: Lang,
    entity: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    person: impl Fn(Uuid) -> Option<&'n str>,
) -> Vec<FieldChange> {
    let none = Map::new();
    let (before, after) = (before.and_then(Value::as_object).unwrap_or(&none), after.and_then(Value::as_object).unwrap_or(&none));
    let fields = description(entity).map_or(&[][..], |entity| entity.fields);
    let known = fields.iter().flat_map(|field| {
        let as_column = (field.column, field.label, field.says);
        let as_field = (field.name != field.column).then_some((field.name, field.label, said_by_form(field.says)));
        std::iter::once(as_column).chain(as_field)
    });
    // A column of a newer version of the program: its bare name is better than a change that is not shown.
    let is_unknown = |column: &&str| fields.iter().all(|field| field.column != *column && field.name != *column);
    let unknown = before.keys().chain(after.keys().filter(|column| !before.contains_key(*column))).map(String::as_str).filter(is_unknown);
    known
        .map(|(column, label, says)| (column, t(lang, label), says))
        .chain(unknown.map(|column| (column, column, Says::Text)))
        .filter(|(column, ..)| before.contains_key(*column) || after.contains_key(*column))
        .map(|(column, label, says)| {
            let in_words = |side: &Map<String, Value>| side.get(column).and_then(|value| say(lang, says, value, &person));
            FieldChange { label: label.to_owned(), before: in_words(before), after: in_words(after) }
        })
        .filter(|field| field.before.is_some() || field.after.is_some())
        .collect()
}

/// How a value is shown as a form sends it: times and hours are texts there.
fn said_by_form(says: Says) -> Says {
    if matches!(says, Says::Time | Says::Hours) { Says::Text } else { says }
}

/// The value of a form's field in words; empty if it is blank. `person` finds the names of other rows.
pub fn said<'n>(lang: Lang, field: &Field, value: &Value, person: impl Fn(Uuid) -> Option<&'n str>) -> String {
    say(lang, said_by_form(field.says), value, person).unwrap_or_default()
}

/// A row's name, with the date that the row is about.
pub fn named(name: &str, date: Option<NaiveDate>) -> String {
    match date {
        Some(date) => format!("{name}, {}", civil::format_date_tr(date)),
        None => name.to_owned(),
    }
}

/// The name of a column or field; its bare name if there is no text for it.
pub fn label_of(lang: Lang, name: &str) -> String {
    let mut fields = descriptions().iter().flat_map(|entity| entity.fields);
    fields.find(|field| field.column == name || field.name == name).map_or(name, |field| t(lang, field.label)).to_owned()
}

/// One side of a change for programs, with secrets masked.
pub fn masked(side: &Value) -> Value {
    let mut side = side.clone();
    for field in descriptions().iter().flat_map(|entity| entity.fields).filter(|field| field.is_secret()) {
        if let Some(Value::String(number)) = side.get_mut(field.column) {
            *number = identity_no::mask(number);
        }
    }
    side
}

/// One value in words; `None` if it is empty. A value of an unexpected form is shown as it is.
fn say<'n>(lang: Lang, says: Says, value: &Value, person: impl Fn(Uuid) -> Option<&'n str>) -> Option<String> {
    let bare = match value {
        Value::Null => return None,
        Value::String(text) => clean(text), // what waits or was refused is kept as it was sent
        other => other.to_string(),
    };
    if bare.is_empty() {
        return None;
    }
    let said = match says {
        Says::Text => None,
        Says::Person => Some(bare.parse().ok().and_then(person).unwrap_or_else(|| t(lang, "change-unknown-person")).to_owned()),
        Says::Named => Some(bare.parse().ok().and_then(person).unwrap_or_else(|| t(lang, "change-unknown-row")).to_owned()),
        Says::Choice(prefix) => choice(lang, prefix, &bare).map(str::to_owned),
        Says::IdentityNo => Some(identity_no::mask(&bare)),
        Says::Phone => Some(phone::shown(&bare)),
        Says::Money => value
            .as_i64()
            .or_else(|| money::parse(&bare).ok())
            .map(|kurus| t_with(lang, "change-money", &[("amount", &format::hundredths(lang, kurus))])),
        Says::Date => bare.parse::<NaiveDate>().ok().map(civil::format_date_tr),
        Says::Time => minutes_of(value).map(|minutes| time(lang, minutes)),
        Says::Minutes => minutes_of(value).map(|minutes| t_with(lang, "change-minutes", &[("n", &minutes)])),
        Says::Hours => {
            minutes_of(value).map(|minutes| t_with(lang, "change-hours", &[("hours", &civil::format_hours(minutes, lang.as_str()))]))
        }
        Says::YesNo => value.as_bool().map(|yes| t(lang, if yes { "answer-yes" } else { "answer-no" }).to_owned()),
        Says::Weekdays => Some(weekdays(lang, &bare)),
        Says::Doubts => {
            Some(bare.split_whitespace().map(|code| doubts::label(code).map_or(code, |key| t(lang, key))).collect::<Vec<_>>().join(", "))
        }
    };
    Some(said.unwrap_or(bare))
}

fn minutes_of(value: &Value) -> Option<i32> {
    value.as_i64().and_then(|minutes| i32::try_from(minutes).ok())
}

fn time(lang: Lang, minutes: i32) -> String {
    let clock = civil::format_time(minutes);
    if minutes < civil::DAY { clock } else { t_with(lang, "change-next-day", &[("time", &clock)]) }
}

fn weekdays(lang: Lang, digits: &str) -> String {
    let names: Vec<&str> = digits.chars().filter_map(|digit| format::weekday(lang, digit.to_digit(10)?)).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ops::FieldKind;

    #[derive(serde::Deserialize)]
    struct Case {
        kind: String,
        value: Value,
        shown: Option<String>,
    }

    fn kind_of(word: &str) -> FieldKind {
        match word {
            "phone" => FieldKind::Phone,
            "plate" => FieldKind::Plate,
            "money" => FieldKind::Money,
            "minutes" => FieldKind::Minutes,
            "integer" => FieldKind::Integer,
            "choice" => FieldKind::Choice,
            "identity_no" => FieldKind::IdentityNo,
            "long_text" => FieldKind::LongText,
            other => panic!("no kind {other}"),
        }
    }

    #[test]
    fn a_value_of_each_kind_reads_in_the_log_as_the_vectors_have_it() {
        let cases: Vec<Case> = serde_json::from_str(include_str!("../../../tests/golden/field_kinds.json")).unwrap();
        let mut seen = 0;
        for Case { kind, value, shown } in cases {
            let Some(shown) = shown else { continue };
            let field = Box::leak(Box::new(Field::new("f", kind_of(&kind), "change-notes").unknown("class-unknown")));
            assert_eq!(said(Lang::Tr, field, &value, |_| None), shown, "{kind} {value}");
            seen += 1;
        }
        assert!(seen > 20, "{seen}");
    }

    const AYSE: Uuid = Uuid::from_u128(1);

    fn described(entity: &str, before: &Value, after: &Value) -> Vec<(String, Option<String>, Option<String>)> {
        crate::registry::install();
        let side = |value: &Value| (!value.is_null()).then(|| value.clone());
        let person = |id: Uuid| (id == AYSE).then_some("Ayşe Işık");
        let fields = describe(Lang::Tr, entity, side(before).as_ref(), side(after).as_ref(), person);
        fields.into_iter().map(|f| (f.label, f.before, f.after)).collect()
    }

    fn line(label: &str, before: &str, after: &str) -> (String, Option<String>, Option<String>) {
        let side = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        (label.to_owned(), side(before), side(after))
    }

    #[test]
    fn times_dates_breaks_and_answers_read_as_people_write_them() {
        let before = json!({"work_date": "2026-01-05", "start_min": 510, "end_min": 1080, "break_min": 60, "is_special": false});
        let after = json!({"work_date": "2026-01-06", "start_min": 0, "end_min": 1500, "break_min": 0, "is_special": true});
        let wanted = [
            line("Tarih", "05.01.2026", "06.01.2026"),
            line("Giriş", "08:30", "00:00"),
            line("Çıkış", "18:00", "01:00 (ertesi gün)"),
            line("Mola", "60 dk", "0 dk"),
            line("Özel gün", "Hayır", "Evet"),
        ];
        assert_eq!(described("timesheet", &before, &after), wanted);
    }

    #[test]
    fn an_end_at_midnight_belongs_to_the_next_day() {
        assert_eq!(
            described("timesheet", &json!({"end_min": 1439}), &json!({"end_min": 1440})),
            [line("Çıkış", "23:59", "00:00 (ertesi gün)")]
        );
    }

    #[test]
    fn an_identity_number_is_masked_before_and_after() {
        let fields = described("employee", &json!({"identity_no": "12345678950"}), &json!({"identity_no": "10000000146"}));
        assert_eq!(fields, [line("T.C. kimlik no", "123******50", "100******46")]);
        assert!(!format!("{:?}", described("employee", &Value::Null, &json!({"identity_no": "eski 123"}))).contains('1'));
    }

    #[test]
    fn people_are_named_and_unknown_ones_say_so() {
        let fields = described("timesheet", &json!({"employee_id": AYSE}), &json!({"employee_id": Uuid::from_u128(2)}));
        assert_eq!(fields, [line("Çalışan", "Ayşe Işık", "Bilinmeyen çalışan")]);
    }

    #[test]
    fn a_new_row_shows_what_was_filled_in() {
        let after = json!({"full_name": "Ayşe Işık", "identity_no": null, "department": "", "hire_date": "2026-01-05", "is_active": true});
        let wanted = [line("Ad soyad", "", "Ayşe Işık"), line("İşe giriş", "", "05.01.2026"), line("Aktif", "", "Evet")];
        assert_eq!(described("employee", &Value::Null, &after), wanted);
    }

    #[test]
    fn weekdays_and_plans_are_words_and_hours() {
        let days = described("shift_template", &json!({"weekdays": "12"}), &json!({"weekdays": ""}));
        assert_eq!(days, [line("Günler", "Pazartesi, Salı", "")]);
        let plan = described("settings", &json!({"weekday_min": null}), &json!({"weekday_min": 450}));
        assert_eq!(plan, [line("Hafta içi normal süre", "", "7,50 saat")]);
    }

    #[test]
    fn a_column_nobody_has_words_for_is_shown_under_its_own_name() {
        let fields = described("timesheet", &json!({"colour": "red"}), &json!({"colour": 7, "start_min": "broken"}));
        assert_eq!(fields, [line("Giriş", "", "broken"), line("colour", "red", "7")]);
    }
}
