//! What applies in a region: its own setting, else the company's, else the program's default (DOMAIN 4.1 item 6).

use serde::Deserialize;

use super::RegionSettings;
use crate::hours::Rules;

/// The source of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The region's own row.
    Own,
    /// The company's row.
    Company,
    /// Not set: the program's default.
    Program,
}

/// A value that applies, and its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolved<T> {
    /// The value.
    pub value: T,
    /// Its source.
    pub source: Source,
}

/// All settings that apply in one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// Name of the company on reports; empty if not set.
    pub company_name: Resolved<String>,
    /// Title of reports; empty if not set.
    pub report_title: Resolved<String>,
    /// Plan of a weekday, minutes.
    pub weekday_minutes: Resolved<i32>,
    /// Start of Saturday's plan, minutes of the day.
    pub saturday_start: Resolved<i32>,
    /// End of Saturday's plan, minutes of the day.
    pub saturday_end: Resolved<i32>,
}

impl Effective {
    /// Combines the three sources. For the company itself, `own` is blank.
    pub fn new(own: &RegionSettings, company: &RegionSettings) -> Self {
        let standard = Rules::default();
        let text = |own: &Option<String>, company: &Option<String>| pick(own.clone(), company.clone(), String::new());
        Self {
            company_name: text(&own.company_name, &company.company_name),
            report_title: text(&own.report_title, &company.report_title),
            weekday_minutes: pick(own.weekday_minutes, company.weekday_minutes, standard.weekday_minutes),
            saturday_start: pick(own.saturday_start, company.saturday_start, standard.saturday_start),
            saturday_end: pick(own.saturday_end, company.saturday_end, standard.saturday_end),
        }
    }

    /// The names on reports; `None` for blank ones.
    pub fn report_names(&self) -> ReportNames {
        ReportNames::of(Some(&self.company_name.value), Some(&self.report_title.value))
    }

    /// The rules for hours.
    pub fn rules(&self) -> Rules {
        Rules {
            weekday_minutes: self.weekday_minutes.value,
            saturday_start: self.saturday_start.value,
            saturday_end: self.saturday_end.value,
        }
    }
}

/// The rules from the given values, else the program's defaults.
pub fn rules_of(weekday: Option<i32>, saturday_start: Option<i32>, saturday_end: Option<i32>) -> Rules {
    let standard = Rules::default();
    Rules {
        weekday_minutes: weekday.unwrap_or(standard.weekday_minutes),
        saturday_start: saturday_start.unwrap_or(standard.saturday_start),
        saturday_end: saturday_end.unwrap_or(standard.saturday_end),
    }
}

/// The names at the top of a region's reports (DOMAIN 3.8).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportNames {
    /// Name of the company.
    pub company_name: Option<String>,
    /// Title of reports.
    pub report_title: Option<String>,
}

impl ReportNames {
    /// Blank names become `None`.
    fn of(company_name: Option<&str>, report_title: Option<&str>) -> Self {
        let named = |text: Option<&str>| text.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        Self { company_name: named(company_name), report_title: named(report_title) }
    }
}

/// The settings that reports of a region need.
#[derive(Debug, Clone, Default)]
pub struct ReportSettings {
    /// The rules for hours.
    pub rules: Rules,
    /// The names at the top.
    pub names: ReportNames,
}

/// A region's settings, its own or the company's, as columns of queries that read several things at once.
#[derive(Debug, Deserialize)]
pub struct Held {
    /// The region's code.
    pub region: String,
    weekday_min: Option<i32>,
    saturday_start_min: Option<i32>,
    saturday_end_min: Option<i32>,
    company_name: Option<String>,
    report_title: Option<String>,
}

impl From<Held> for ReportSettings {
    fn from(held: Held) -> Self {
        Self {
            rules: rules_of(held.weekday_min, held.saturday_start_min, held.saturday_end_min),
            names: ReportNames::of(held.company_name.as_deref(), held.report_title.as_deref()),
        }
    }
}

fn pick<T>(own: Option<T>, company: Option<T>, standard: T) -> Resolved<T> {
    match (own, company) {
        (Some(value), _) => Resolved { value, source: Source::Own },
        (None, Some(value)) => Resolved { value, source: Source::Company },
        (None, None) => Resolved { value: standard, source: Source::Program },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_setting_is_the_companys_and_else_the_programs() {
        let company = RegionSettings { weekday_minutes: Some(480), company_name: Some("Örnek A.Ş.".into()), ..RegionSettings::default() };
        let own = RegionSettings { weekday_minutes: Some(450), ..RegionSettings::default() };
        let here = Effective::new(&own, &company);
        assert_eq!(here.weekday_minutes, Resolved { value: 450, source: Source::Own });
        assert_eq!((here.company_name.value.as_str(), here.company_name.source), ("Örnek A.Ş.", Source::Company));
        assert_eq!(here.saturday_end, Resolved { value: 840, source: Source::Program });
        assert_eq!(here.rules(), Rules { weekday_minutes: 450, ..Rules::default() });
        assert_eq!(Effective::new(&RegionSettings::default(), &company).weekday_minutes, Resolved { value: 480, source: Source::Company });
    }
}
