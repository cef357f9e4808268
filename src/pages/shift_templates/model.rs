//! A shift template as forms and operations write it.

use serde_json::json;

use crate::ops::{Entity, Field, Reads, RowPage, Samples, Says, Title, Writers, form_codec::FieldKind, values};

/// Times of a usual shift. Minutes are of the start day; the end goes to 2880 for a shift past midnight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftTemplate {
    /// Unique in its region.
    pub name: String,
    /// Start, 0 to 1439.
    pub start_min: i32,
    /// End, after the start.
    pub end_min: i32,
    /// Break, 0 to 480.
    pub break_minutes: i32,
    /// ISO weekdays (1 Monday to 7 Sunday) this template is the default of, ascending, such as `12345`.
    pub weekdays: String,
}

values!(ShiftTemplate {
    name: Field::new("name", FieldKind::Text, "change-name").required("template-name-missing").longest(100).once("template-name-taken"),
    start_min: Field::new("start_time", FieldKind::Time, "change-start").column("start_min").always(),
    end_min: Field::new("end_time", FieldKind::Time, "change-end").column("end_min").always().reads(Reads::EndOf("start_time")),
    break_minutes: Field::new("break_minutes", FieldKind::Integer, "change-break")
        .column("break_min")
        .says(Says::Minutes)
        .reads(Reads::Break),
    weekdays: Field::new("weekdays", FieldKind::Weekdays, "change-weekdays").longest(7),
});

impl Entity for ShiftTemplate {
    const NAME: &'static str = "shift_template";
    const LABEL: &'static str = "change-of-shift-template";
    const TABLE: &'static str = "app.shift_templates";
    const HOME: &'static str = "/shift-templates";
    const TITLE: Option<Title> = Some(Title::column("name"));
    const PAGE: Option<RowPage> = Some(RowPage { rest: "/edit", stays: false });
    const WRITERS: Writers = Writers::Region;

    fn samples() -> Samples {
        Samples {
            rows: [
                json!({ "name": "Gündüz", "start_time": "08:30", "end_time": "17:30", "break_minutes": 60, "weekdays": "12345" }),
                json!({ "name": "Gece", "start_time": "22:00", "end_time": "06:00", "break_minutes": 30, "weekdays": "67" }),
            ],
            refused: vec![
                ("name", json!(" "), "template-name-missing"),
                ("start_time", json!("sekiz"), "time-format"),
                ("end_time", json!("08:30"), "times-equal"),
                ("break_minutes", json!(481), "break-range"),
                ("weekdays", json!("8"), "weekdays-format"),
            ],
        }
    }
}
