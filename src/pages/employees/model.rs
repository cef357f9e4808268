//! An employee as forms and operations write it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use crate::{
    civil::format_date_tr,
    complaint::FieldError,
    identity_no::{IdentityNo, without_blanks},
    ops::{Entity, Field, Fields, Origin, RowPage, Samples, Title, Writers, fields::Reader, form_codec::FieldKind, values},
};

/// A person of one region. People with history are never deleted, they become passive (`is_active` false) with a last day (`exit_date`): who
/// works here on a day is a matter of the two dates alone (`roster::Person::is_employed`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Employee {
    /// "Ad Soyad"; two people may have the same one.
    pub full_name: String,
    /// T.C. Kimlik No, digits only; personal data: masked in lists, never in logs.
    pub identity_no: Option<String>,
    /// "Departman".
    pub department: String,
    /// "Ünvan".
    pub title: String,
    /// First day.
    pub hire_date: Option<NaiveDate>,
    /// Last day.
    pub exit_date: Option<NaiveDate>,
    /// False for "pasif"; then there is a last day.
    pub is_active: bool,
    /// The shift template this person usually works; `None` means the weekday's.
    pub shift_template_id: Option<Uuid>,
    /// Whether the operation that is written makes the person active. Not stored.
    pub activation: Activation,
}

/// What an operation says about a person who returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Activation {
    /// It makes no person active.
    #[default]
    No,
    /// It makes the person active, without a first day.
    WithoutDay,
    /// It makes the person active, and sets the first day.
    WithDay,
}

/// The first and the last day of a person who has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// First day.
    pub hire_date: Option<NaiveDate>,
    /// Last day.
    pub exit_date: NaiveDate,
}

values!(Employee {
    full_name: Field::new("full_name", FieldKind::Text, "change-full-name").required("name-missing").longest(200),
    identity_no: Field::new("identity_no", FieldKind::IdentityNo, "change-identity-no").longest(20).once("identity-no-taken"),
    department: Field::new("department", FieldKind::Text, "change-department").longest(100),
    title: Field::new("title", FieldKind::Text, "change-title").longest(100),
    hire_date: Field::new("hire_date", FieldKind::Date, "change-hire-date"),
    exit_date: Field::new("exit_date", FieldKind::Date, "change-exit-date"),
    is_active: Field::new("is_active", FieldKind::Flag, "change-is-active").set_unsaid(),
    shift_template_id: Field::new("shift_template_id", FieldKind::Id, "change-shift-template").of("shift_template").unknown("template-unknown"),
}; activation = Activation::No);

impl Entity for Employee {
    const NAME: &'static str = "employee";
    const LABEL: &'static str = "change-of-employee";
    const TABLE: &'static str = "app.employees";
    const HOME: &'static str = "/employees";
    const TITLE: Option<Title> = Some(Title::column("full_name"));
    const PAGE: Option<RowPage> = Some(RowPage { rest: "", stays: true });
    const WRITERS: Writers = Writers::Region;

    fn check(&mut self, read: &mut Reader<'_>, changed: &BTreeSet<&str>, origin: Origin) {
        self.identity_no = self.identity_no.as_deref().map(without_blanks);
        // A check for typing errors, so it applies to typed values only: an import keeps what the desktop program had, and reports it.
        if changed.contains("identity_no")
            && origin != Origin::Import
            && let Some(Err(error)) = self.identity_no.as_deref().map(IdentityNo::parse)
        {
            read.complain(error.about("identity_no"));
        }
        if self.is_active && changed.contains("is_active") {
            self.activation = if changed.contains("hire_date") { Activation::WithDay } else { Activation::WithoutDay };
            // A person who returns has no last day any more.
            if !changed.contains("exit_date") {
                self.exit_date = None;
            }
        }
        if let Some(error) = self.check_days() {
            read.complain(error);
        }
    }

    /// A person who becomes active has no last day and a new first day, unless the operation sets the two.
    fn fields_derived_from(changes: &Fields) -> &'static [&'static str] {
        if changes.contains_key("is_active") { &["hire_date", "exit_date"] } else { &[] }
    }

    fn samples() -> Samples {
        Samples {
            rows: [
                json!({
                    "full_name": "Ayşe Işık", "identity_no": "10000000146", "department": "Depo", "title": "Usta", "hire_date": "2020-01-05",
                    "exit_date": null, "is_active": true,
                }),
                json!({
                    "full_name": "Şükrü Öztürk", "identity_no": "12345678950", "department": "Üretim", "title": "Şef", "hire_date": "2021-03-01",
                    "exit_date": "2025-06-30", "is_active": false,
                }),
            ],
            refused: vec![
                ("full_name", json!(""), "name-missing"),
                ("identity_no", json!("12345678951"), "identity-no-check-digits"),
                ("department", json!("a".repeat(101)), "too-long"),
                ("exit_date", json!("2019-12-31"), "exit-before-hire"),
                ("shift_template_id", json!("gece"), "template-unknown"),
            ],
        }
    }
}

impl Employee {
    /// A person who had left is active again: the first day moves to the day of the return (`today` if the operation has none), so that no
    /// work is expected on the days between. It stays if there is no day between, or if the operation repeats it, as "Geri al" does.
    /// Returns what is wrong with the days.
    pub fn come_back(&mut self, left: Left, today: NaiveDate) -> Option<FieldError> {
        let next = left.exit_date.succ_opt()?;
        match self.activation {
            Activation::No => {}
            Activation::WithoutDay => {
                if today > next {
                    self.hire_date = Some(today);
                }
            }
            Activation::WithDay if self.hire_date == left.hire_date => {}
            Activation::WithDay if self.hire_date == Some(next) => self.hire_date = left.hire_date,
            Activation::WithDay => {
                let is_early = self.hire_date.is_some_and(|first| first < next);
                let (date, next) = (format_date_tr(left.exit_date), format_date_tr(next));
                if is_early {
                    return Some(FieldError::new("hire_date", "back-before-exit").with("date", date).with("next", next));
                }
            }
        }
        self.check_days()
    }

    /// The last day must not be before the first day.
    fn check_days(&self) -> Option<FieldError> {
        self.hire_date.zip(self.exit_date).is_some_and(|(hired, left)| left < hired).then(left_before_hired)
    }
}

/// The error that the last day is before the first.
pub fn left_before_hired() -> FieldError {
    FieldError::new("exit_date", "exit-before-hire")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ops::Row;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// The new first day of a person hired in 2020 who left on 31 January and returns, with the first day of the operation; or the error
    /// code.
    fn back(first: Option<&str>, today: &str) -> Result<String, String> {
        let left = Left { hire_date: Some(day("2020-01-05")), exit_date: day("2026-01-31") };
        let mut row = Row::from([("full_name".into(), json!("Işıl Işık")), ("is_active".into(), json!(true))]);
        row.insert("hire_date".into(), json!(first.unwrap_or("2020-01-05")));
        let changed = ["is_active"].into_iter().chain(first.map(|_| "hire_date")).collect();
        let mut value = Employee::parse(&row, &changed, Origin::Web).unwrap();
        match value.come_back(left, day(today)) {
            Some(error) => Err(error.code),
            None => Ok(value.hire_date.unwrap().to_string()),
        }
    }

    #[test]
    fn who_comes_back_begins_anew_on_the_day_of_the_return() {
        let first = |text: &str| Ok(text.to_owned());
        assert_eq!(back(Some("2026-05-18"), "2026-05-20"), first("2026-05-18"));
        assert_eq!(back(None, "2026-05-20"), first("2026-05-20"), "an older page says none: the day of the act");
        assert_eq!(back(Some("2026-02-01"), "2026-05-20"), first("2020-01-05"), "no day between: was never away");
        assert_eq!(back(None, "2026-02-01"), first("2020-01-05"));
        assert_eq!(back(None, "2026-01-20"), first("2020-01-05"), "a last day that has not come");
        assert_eq!(back(Some("2020-01-05"), "2026-05-20"), first("2020-01-05"), "taken back: as it was");
        assert_eq!(back(Some("2026-01-31"), "2026-05-20"), Err("back-before-exit".into()));
    }

    #[test]
    fn a_first_day_that_the_return_moves_is_not_after_a_last_day_that_the_operation_says() {
        let left = Left { hire_date: Some(day("2020-01-05")), exit_date: day("2026-01-31") };
        let row = |last: &str| {
            let values = [("full_name", json!("Işıl Işık")), ("hire_date", json!("2020-01-05")), ("exit_date", json!(last))];
            values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Row>()
        };
        let back = |last: &str| {
            let mut value = Employee::parse(&row(last), &["is_active", "exit_date"].into(), Origin::Offline).unwrap();
            value.come_back(left, day("2026-05-20")).map(|error| error.code)
        };
        assert_eq!(back("2026-04-30").as_deref(), Some("exit-before-hire"));
        assert_eq!(back("2026-06-30"), None);
    }
}
