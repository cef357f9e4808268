//! The settings row as forms and operations write it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::settings_id;
use crate::{
    complaint::FieldError,
    identity::Region,
    offline_mode::OfflineMode,
    ops::{Entity, Field, Origin, Samples, Writers, fields::Reader, form_codec::FieldKind, values},
};

/// One region's settings; `None` means: as for the whole company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegionSettings {
    /// Name of the company, on reports.
    pub company_name: Option<String>,
    /// Title of reports.
    pub report_title: Option<String>,
    /// Plan of a weekday, minutes, 0 to 1440.
    pub weekday_minutes: Option<i32>,
    /// Start of Saturday's plan, minutes of the day.
    pub saturday_start: Option<i32>,
    /// End of Saturday's plan, minutes of the day; before the start means past midnight, equal means no plan.
    pub saturday_end: Option<i32>,
    /// What browsers may do offline; only the company's row has it, and `None` means `normal`.
    pub offline_mode: Option<OfflineMode>,
}

values!(RegionSettings {
    company_name: Field::new("company_name", FieldKind::OptionalText, "change-company-name").longest(200),
    report_title: Field::new("report_title", FieldKind::OptionalText, "change-report-title").longest(200),
    weekday_minutes: Field::new("weekday_hours", FieldKind::Decimal, "change-weekday-plan").column("weekday_min"),
    saturday_start: Field::new("saturday_start", FieldKind::Time, "change-saturday-start").column("saturday_start_min"),
    saturday_end: Field::new("saturday_end", FieldKind::Time, "change-saturday-end").column("saturday_end_min"),
    offline_mode: Field::new("offline_mode", FieldKind::Choice, "change-offline-mode")
        .one_of(&OfflineMode::WORDS, "offline-mode-")
        .longest(20)
        .unknown("offline-mode-unknown"),
});

impl Entity for RegionSettings {
    const NAME: &'static str = "settings";
    const LABEL: &'static str = "change-of-settings";
    const TABLE: &'static str = "app.settings";
    const HOME: &'static str = "/admin/settings";
    const WRITERS: Writers = Writers::Admins;

    fn only_id(region: &Region) -> Option<Uuid> {
        Some(settings_id(region))
    }

    fn check(&mut self, read: &mut Reader<'_>, changed: &BTreeSet<&str>, _origin: Origin) {
        // A window with one time of the region and one of the company would be a plan that neither of them made.
        let blank = ["saturday_start", "saturday_end"].map(|name| read.is_blank(name));
        if blank[0] != blank[1] && (changed.contains("saturday_start") || changed.contains("saturday_end")) {
            read.complain(FieldError::new(if blank[0] { "saturday_start" } else { "saturday_end" }, "saturday-half"));
        }
    }

    fn samples() -> Samples {
        Samples {
            rows: [
                json!({
                    "company_name": "Örnek A.Ş.", "report_title": "Puantaj", "weekday_hours": "7.5", "saturday_start": "09:00",
                    "saturday_end": "14:00", "offline_mode": null,
                }),
                json!({
                    "company_name": "Deneme Ltd. Şti.", "report_title": "Aylık puantaj", "weekday_hours": "8", "saturday_start": "08:00",
                    "saturday_end": "13:00", "offline_mode": null,
                }),
            ],
            refused: vec![
                ("report_title", json!("a".repeat(201)), "too-long"),
                ("weekday_hours", json!("25"), "hours-range"),
                ("saturday_end", Value::Null, "saturday-half"),
                ("offline_mode", json!(OfflineMode::Off.as_str()), "offline-mode-company"),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::civil;

    fn parsed(values: &Value, changed: &[&str]) -> Result<RegionSettings, Vec<FieldError>> {
        let row = values.as_object().unwrap().clone().into_iter().collect();
        RegionSettings::parse(&row, &changed.iter().copied().collect(), Origin::Web)
    }

    #[test]
    fn what_broke_the_desktop_programs_hours_is_read_or_refused_at_its_field() {
        let comma = parsed(&json!({ "weekday_hours": "8.5", "saturday_start": null, "saturday_end": "" }), &["weekday_hours"]).unwrap();
        assert_eq!((comma.weekday_minutes, comma.saturday_start), (Some(510), None), "blank means: as for the whole company");
        let wrong = parsed(&json!({ "weekday_hours": "25", "saturday_start": "9 buçuk", "saturday_end": "14:00" }), &["saturday_start"]);
        let fields: Vec<(String, String)> = wrong.unwrap_err().into_iter().map(|e| (e.field, e.code)).collect();
        assert_eq!(fields, [("weekday_hours".into(), "hours-range".into()), ("saturday_start".into(), "time-format".into())]);
    }

    #[test]
    fn a_saturday_window_has_both_ends_or_none() {
        for (start, end, at) in [(json!("09:00"), Value::Null, "saturday_end"), (Value::Null, json!("14:00"), "saturday_start")] {
            let values = json!({ "saturday_start": start, "saturday_end": end });
            let errors = parsed(&values, &["saturday_start"]).unwrap_err();
            assert_eq!(errors, [FieldError::new(at, "saturday-half")]);
            assert!(parsed(&values, &["weekday_hours"]).is_ok(), "an old row is not refused for a rule that came later");
        }
    }

    #[test]
    fn a_plan_survives_the_way_through_the_form_field() {
        for (minutes, text) in [(540, "9"), (450, "7.5"), (495, "8.25"), (0, "0"), (1440, "24"), (500, "8.3333")] {
            assert_eq!(civil::format_decimal_hours(minutes), text);
            assert_eq!(civil::parse_hours(text), Ok(minutes), "{text}");
        }
    }
}
