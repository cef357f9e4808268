//! Drivers: who drives the vehicles, with which licence and until when (DOMAIN 2.1, 3.3).

mod desktop;

use chrono::NaiveDate;
use serde_json::json;

use crate::{
    crud::{PlainPages, Texts},
    ops::{Entity, Field, FieldKind, RowPage, Samples, Title, Writers, values},
    web::part::Part,
};

/// A driver of one office. Two may have the same name; a driver need not be an employee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Driver {
    /// "Ad Soyad".
    pub full_name: String,
    /// "Ehliyet sınıfı", as written: `B, C, E`.
    pub license_class: String,
    /// The last day on which the licence is valid.
    pub license_expiry: Option<NaiveDate>,
    /// Telephone number, `+905321234567`.
    pub phone: Option<String>,
    /// Free text.
    pub notes: String,
}

values!(Driver {
    full_name: Field::new("full_name", FieldKind::Text, "change-full-name").required("name-missing").longest(200),
    license_class: Field::new("license_class", FieldKind::Text, "driver-license-class").longest(50).hint("driver-license-class-hint"),
    license_expiry: Field::new("license_expiry", FieldKind::Date, "driver-license-expiry"),
    phone: Field::new("phone", FieldKind::Phone, "driver-phone").longest(20),
    notes: Field::new("notes", FieldKind::LongText, "change-notes").longest(2000),
});

impl Entity for Driver {
    const NAME: &'static str = "driver";
    const LABEL: &'static str = "change-of-driver";
    const TABLE: &'static str = "app.drivers";
    const HOME: &'static str = "/drivers";
    const TITLE: Option<Title> = Some(Title::column("full_name"));
    const PAGE: Option<RowPage> = Some(RowPage { rest: "", stays: true });
    const WRITERS: Writers = Writers::Region;

    fn samples() -> Samples {
        Samples {
            rows: [
                json!({
                    "full_name": "Mehmet Çağlar", "license_class": "B, C", "license_expiry": "2027-05-14", "phone": "+905321234567", "notes": "",
                }),
                json!({
                    "full_name": "İsmail Öz", "license_class": "C, E", "license_expiry": "2026-12-31", "phone": "+903121234567",
                    "notes": "SRC belgesi var",
                }),
            ],
            refused: vec![
                ("full_name", json!(""), "name-missing"),
                ("license_class", json!("B".repeat(51)), "too-long"),
                ("license_expiry", json!("31.02.2027"), "date-calendar"),
                ("phone", json!("yok"), "phone-format"),
                ("notes", json!("a".repeat(2001)), "too-long"),
            ],
        }
    }
}

impl PlainPages for Driver {
    const LIST: Part = Part { path: "/drivers", id: "driver-list", event: "drivers-changed" };
    const TEXTS: Texts = Texts {
        list: "driver-list",
        add: "driver-add",
        new: "driver-new",
        search: "driver-search",
        none: "driver-none",
        none_text: "driver-none-text",
    };
    const ICON: &'static str = "key";
    const SHOWN: &'static [&'static str] = &["full_name", "license_class", "license_expiry", "phone"];
}
