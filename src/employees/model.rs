//! An employee as forms and operations write it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::identity_no::{IdentityNo, without_blanks};
use crate::ops::{
    Entity, FieldError, Origin, Row, Writers,
    fields::Reader,
    form_codec::{FieldKind, FormSpec},
};

/// A person of one region. People with history are never deleted, they become passive (`is_active` false) with a last day (`exit_date`): who
/// works here on a day is a matter of the two dates alone (`roster::Person::is_employed`).
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The shift template this person usually works; none means the weekday's.
    pub shift_template_id: Option<Uuid>,
}

impl Entity for Employee {
    const NAME: &'static str = "employee";
    const FORM: FormSpec = &[
        ("full_name", FieldKind::Text),
        ("identity_no", FieldKind::OptionalText),
        ("department", FieldKind::Text),
        ("title", FieldKind::Text),
        ("hire_date", FieldKind::Date),
        ("exit_date", FieldKind::Date),
        ("is_active", FieldKind::Flag),
        ("shift_template_id", FieldKind::Id),
    ];
    const WRITERS: Writers = Writers::Region;

    fn parse(row: &Row, changed: &BTreeSet<&str>, origin: Origin) -> Result<Self, Vec<FieldError>> {
        let mut read = Reader::new(row);
        let mut value = Self {
            full_name: read.required_text("full_name", 200, "name-missing"),
            identity_no: read.optional_text("identity_no", 20).map(|number| without_blanks(&number)),
            department: read.text("department", 100),
            title: read.text("title", 100),
            hire_date: read.optional_date("hire_date"),
            exit_date: read.optional_date("exit_date"),
            is_active: read.flag("is_active", true),
            shift_template_id: read.optional_id("shift_template_id", "template-unknown"),
        };
        // A check for typing errors, so it is for people who type: a takeover keeps what the desktop program had, and reports it.
        if changed.contains("identity_no")
            && origin != Origin::Import
            && let Some(Err(error)) = value.identity_no.as_deref().map(IdentityNo::parse)
        {
            read.complain(error.about("identity_no"));
        }
        // Whoever comes back has no last day any more.
        if value.is_active && changed.contains("is_active") && !changed.contains("exit_date") {
            value.exit_date = None;
        }
        if let (Some(hired), Some(left)) = (value.hire_date, value.exit_date)
            && left < hired
        {
            read.complain(FieldError::new("exit_date", "exit-before-hire"));
        }
        read.finish(value)
    }

    fn to_row(&self) -> Row {
        Row::from([
            ("full_name".into(), json!(self.full_name)),
            ("identity_no".into(), json!(self.identity_no)),
            ("department".into(), json!(self.department)),
            ("title".into(), json!(self.title)),
            ("hire_date".into(), json!(self.hire_date)),
            ("exit_date".into(), json!(self.exit_date)),
            ("is_active".into(), json!(self.is_active)),
            ("shift_template_id".into(), json!(self.shift_template_id)),
        ])
    }
}
