//! An employee as an entity of the write path.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::{db, identity_no::IdentityNo};
use crate::{
    db::{Mode, ScopedTx, Write},
    ops::{
        FieldError, Origin, Reason, Row,
        fields::Reader,
        form_codec::{FieldKind, FormSpec},
    },
    regions::Region,
    sync::{Entity, Refusal, Stored, Tail, Veto},
};

/// A person of one region. People with history are never deleted, they become passive (`is_active` false).
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
    /// False for "pasif".
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

    fn parse(row: &Row, changed: &BTreeSet<&str>, origin: Origin) -> Result<Self, Vec<FieldError>> {
        let mut read = Reader::new(row);
        let value = Self {
            full_name: read.required_text("full_name", 200, "name-missing"),
            identity_no: read.optional_text("identity_no", 20).map(|n| n.split_whitespace().collect()),
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

    async fn lock(tx: &mut ScopedTx<Write>, region: &Region, id: Uuid) -> Result<Option<Stored<Self>>, sqlx::Error> {
        db::lock_employee(tx, region, id).await
    }

    async fn load<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, ids: &[Uuid]) -> Result<Vec<Stored<Self>>, sqlx::Error> {
        db::load_employees(tx, region, ids).await
    }

    async fn page_ids<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, after: Uuid, limit: i64) -> Result<Vec<Uuid>, sqlx::Error> {
        db::page_ids(tx, region, after, limit).await
    }

    async fn before_write(&mut self, tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, deleting: bool) -> Result<Veto, sqlx::Error> {
        let mut veto = Veto::default();
        if deleting {
            let entries = crate::timesheets::count_live_of_employee(tx, region, id).await?;
            if entries > 0 {
                veto.errors.push(FieldError::new("", "employee-has-timesheets").with("count", entries));
            }
        }
        Ok(veto)
    }

    async fn find_twin<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, row: &Row) -> Result<Option<Uuid>, sqlx::Error> {
        let number: String = row.get("identity_no").and_then(|value| value.as_str()).unwrap_or_default().split_whitespace().collect();
        db::find_by_identity_no(tx, region, &number).await
    }

    async fn insert(&self, tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, tail: &Tail) -> Result<(), sqlx::Error> {
        db::insert_employee(tx, region, id, self, tail).await
    }

    async fn update(&self, tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, tail: &Tail) -> Result<(), sqlx::Error> {
        db::update_employee(tx, region, id, self, tail).await
    }

    fn refusal(constraint: &str) -> Option<Refusal> {
        match constraint {
            "employees_identity_no_once" => {
                Some(Refusal { reason: Reason::NaturalKey, error: FieldError::new("identity_no", "identity-no-taken") })
            }
            "employees_shift_template_fkey" => {
                Some(Refusal { reason: Reason::Invalid, error: FieldError::new("shift_template_id", "template-unknown") })
            }
            _ => None,
        }
    }
}
