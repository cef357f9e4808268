//! What a new entry starts with, for a person and a date: the one rule for Bugün, Ay, the form of Puantaj, entering the whole region with
//! one key, and the pages of an office PC. `static/ts/entry_defaults.ts` follows the same rule in a form whose person or date changes;
//! `tests/golden/entry_defaults.json` pins both.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use super::{Person, Roster, Shift};
use crate::{
    calendar::{Calendar, Mark},
    civil::format_time,
    shift_templates::listed::TemplateChoice,
};

/// Nine to six with an hour's break, if there is no template.
const NO_TEMPLATE: (i32, i32, i32) = (540, 1080, 60);

/// Times and mark of a new entry. Minutes are of the start day, the end goes to 2880.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defaults {
    /// Start, 0 to 1439.
    pub start_min: i32,
    /// End, after the start.
    pub end_min: i32,
    /// Break in minutes.
    pub break_minutes: i32,
    /// "Özel gün" is ticked.
    pub is_special: bool,
}

impl Defaults {
    /// Start, end and break.
    pub fn times(&self) -> (i32, i32, i32) {
        (self.start_min, self.end_min, self.break_minutes)
    }
}

impl Roster {
    /// What an entry of the person on that day starts with.
    pub fn defaults(&self, person: &Person, day: NaiveDate) -> Defaults {
        self.defaults_of(&person.region, person.shift_template_id, day)
    }

    /// The planned shift. If none is planned, because the weekday or the calendar is free: the usual one, which is the person's own
    /// template (`own`), else the weekday's. "Özel gün" is ticked if the calendar suggests it for a shift with that start.
    pub fn defaults_of(&self, region: &str, own: Option<Uuid>, day: NaiveDate) -> Defaults {
        let usual = || own.and_then(|id| self.by_id.get(&id)).map(|(shift, _)| shift).or_else(|| self.of_weekday(region, day)).cloned();
        let shift = self.planned(region, own, day).or_else(usual);
        let (start_min, end_min, break_minutes) = shift.map_or(NO_TEMPLATE, |s: Shift| (s.start_min, s.end_min, s.break_minutes));
        let is_special = self.mark(region, day).is_some_and(|mark| mark.suggests_special(start_min));
        Defaults { start_min, end_min, break_minutes, is_special }
    }
}

/// What a page's script needs to follow the rule by itself, also without a network.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Plan {
    /// The reader's only region; empty if it depends on the chosen person.
    region: String,
    templates: Vec<Template>,
    /// Marked days of the company, and then of each region: minutes from which no work is expected, and whether it is a public holiday.
    /// Null in a region means an ordinary day.
    company: BTreeMap<NaiveDate, (i32, bool)>,
    own: BTreeMap<String, BTreeMap<NaiveDate, Option<(i32, bool)>>>,
}

#[derive(Debug, Clone, Serialize)]
struct Template {
    id: Uuid,
    region: String,
    start: String,
    end: String,
    #[serde(rename = "break")]
    rest: i32,
    weekdays: String,
}

impl Plan {
    /// The plan; `templates` are in order of precedence: the first that claims a weekday wins.
    pub fn new(region: &str, templates: &[TemplateChoice], calendar: &Calendar) -> Self {
        let template = |choice: &TemplateChoice| Template {
            id: choice.id,
            region: choice.region.clone(),
            start: format_time(choice.start_min),
            end: format_time(choice.end_min),
            rest: choice.break_minutes,
            weekdays: choice.weekdays.clone(),
        };
        let short = |mark: &Mark| (mark.free_from, mark.is_holiday);
        Self {
            region: region.to_owned(),
            templates: templates.iter().map(template).collect(),
            company: calendar.of_company().map(|(day, mark)| (day, short(mark))).collect(),
            own: calendar.of_regions().fold(BTreeMap::new(), |mut own, (region, day, mark)| {
                own.entry(region.to_owned()).or_default().insert(day, mark.map(short));
                own
            }),
        }
    }

    /// As the page carries it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::Value;

    use super::*;
    use crate::{
        calendar::{DayKind, Entry},
        civil::{parse_time, stored_end},
    };

    #[derive(Deserialize)]
    struct Golden {
        templates: Vec<GoldenTemplate>,
        days: Vec<GoldenDay>,
        plan: Value,
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct GoldenTemplate {
        id: Uuid,
        region: String,
        start: String,
        end: String,
        rest: i32,
        weekdays: String,
    }

    #[derive(Deserialize)]
    struct GoldenDay {
        region: String,
        day: NaiveDate,
        kind: String,
        free_from: i32,
    }

    #[derive(Deserialize)]
    struct Case {
        why: String,
        region: String,
        own: Option<Uuid>,
        day: NaiveDate,
        start: String,
        end: String,
        rest: i32,
        special: bool,
    }

    fn choice(of: &GoldenTemplate) -> TemplateChoice {
        let start_min = parse_time(&of.start).unwrap();
        let end_min = stored_end(start_min, parse_time(&of.end).unwrap()).unwrap();
        let (id, region, weekdays) = (of.id, of.region.clone(), of.weekdays.clone());
        TemplateChoice { id, region, name: String::new(), start_min, end_min, break_minutes: of.rest, weekdays }
    }

    #[test]
    fn times_and_marks_are_what_the_shared_vectors_say() {
        let golden: Golden = serde_json::from_str(include_str!("../../../tests/golden/entry_defaults.json")).unwrap();
        let choices: Vec<TemplateChoice> = golden.templates.iter().map(choice).collect();
        let entry = |of: &GoldenDay| {
            let (region, kind) = (of.region.clone(), DayKind::parse(&of.kind).unwrap());
            Entry { region, day: of.day, name: String::new(), kind, free_from: of.free_from }
        };
        let calendar = Calendar::new(&golden.days.iter().map(entry).collect::<Vec<_>>());
        let plan = Plan::new("", &choices, &calendar).to_json();
        assert_eq!(serde_json::from_str::<Value>(&plan).unwrap(), golden.plan, "{plan}");
        let roster = Roster::of_templates(Vec::new(), &choices, calendar);
        assert!(golden.cases.len() > 12);
        for case in golden.cases {
            let found = roster.defaults_of(&case.region, case.own, case.day);
            let shown = (format_time(found.start_min), format_time(found.end_min), found.break_minutes, found.is_special);
            assert_eq!(shown, (case.start, case.end, case.rest, case.special), "{}", case.why);
        }
    }
}
