//! A shift template as forms and operations write it.

use std::collections::BTreeSet;

use serde_json::json;

use crate::{
    civil,
    complaint::FieldError,
    ops::{
        Entity, Field, Origin, Row, RowPage, Says, Title, Writers,
        fields::Reader,
        form_codec::{FieldKind, FormSpec},
    },
};

/// Times of a usual shift. Minutes are of the start day; the end goes to 2880 for a shift over midnight.
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

impl Entity for ShiftTemplate {
    const NAME: &'static str = "shift_template";
    const LABEL: &'static str = "change-of-shift-template";
    const TABLE: &'static str = "app.shift_templates";
    const FORM: FormSpec = &[
        Field::new("name", FieldKind::Text, "change-name"),
        Field::new("start_time", FieldKind::Time, "change-start").column("start_min"),
        Field::new("end_time", FieldKind::Time, "change-end").column("end_min"),
        Field::new("break_minutes", FieldKind::Integer, "change-break").column("break_min").says(Says::Minutes),
        Field::new("weekdays", FieldKind::Weekdays, "change-weekdays"),
    ];
    const TITLE: Option<Title> = Some(Title::column("name"));
    const PAGE: Option<RowPage> = Some(RowPage { path: "/shift-templates", rest: "/edit", stays: false });
    const WRITERS: Writers = Writers::Region;

    fn parse(row: &Row, _changed: &BTreeSet<&str>, _origin: Origin) -> Result<Self, Vec<FieldError>> {
        let mut read = Reader::new(row);
        let name = read.required_text("name", 100, "template-name-missing");
        let (start_min, end_min) = read.shift_times();
        let break_minutes = read.break_minutes("break_minutes");
        let weekdays = read.text("weekdays", 7);
        if !weekdays.bytes().all(|b| (b'1'..=b'7').contains(&b)) || !weekdays.bytes().is_sorted_by(|a, b| a < b) {
            read.complain(FieldError::new("weekdays", "weekdays-format"));
        }
        read.finish(Self { name, start_min, end_min, break_minutes, weekdays })
    }

    fn to_row(&self) -> Row {
        Row::from([
            ("name".into(), json!(self.name)),
            ("start_time".into(), json!(civil::format_time(self.start_min))),
            ("end_time".into(), json!(civil::format_time(self.end_min))),
            ("break_minutes".into(), json!(self.break_minutes)),
            ("weekdays".into(), json!(self.weekdays)),
        ])
    }
}
