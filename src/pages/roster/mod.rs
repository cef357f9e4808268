//! Who is expected to work when, and with which shift: people, shift templates and calendar combined. One rule for the day, the month and
//! the dashboard, so that "boş" means the same on every page.

mod defaults;
mod worked;

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

pub use defaults::{Defaults, Plan};
pub use worked::{Blanks, WorkedDays, blanks};

use crate::{
    calendar::{Calendar, Mark},
    labels::{Face, Labels},
    shift_templates::listed::TemplateChoice,
};

/// A person as the roster needs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The employee's id.
    pub id: Uuid,
    /// The region's code.
    pub region: String,
    /// "Ad Soyad".
    pub full_name: String,
    /// "Departman".
    pub department: String,
    /// "Ünvan".
    pub title: String,
    /// First day.
    pub hire_date: Option<NaiveDate>,
    /// Last day.
    pub exit_date: Option<NaiveDate>,
    /// In the trash; such a person is only listed for entries that exist.
    pub is_deleted: bool,
    /// The person's own template.
    pub shift_template_id: Option<Uuid>,
}

impl Person {
    /// THE rule of who works here on a day: from the first day to the last one, both included. The present state "pasif" does not matter
    /// for past days: a person who becomes passive gets a last day.
    pub fn is_employed(&self, day: NaiveDate) -> bool {
        self.is_employed_between(day, day)
    }

    /// Whether the person works here on one of the dates `from` to `to`.
    pub fn is_employed_between(&self, from: NaiveDate, to: NaiveDate) -> bool {
        let hired = self.hire_date.is_none_or(|first| first <= to);
        let here = self.exit_date.is_none_or(|last| from <= last);
        !self.is_deleted && hired && here
    }
}

/// A planned shift: a template's times, cut where half a day is free. Minutes are of the start day, the end goes to 2880.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// The template.
    pub template_id: Uuid,
    /// Its name.
    pub name: String,
    /// Start, 0 to 1439.
    pub start_min: i32,
    /// End, after the start.
    pub end_min: i32,
    /// Break in minutes.
    pub break_minutes: i32,
}

/// What is expected of a person on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Not hired yet, or has left: nothing is offered.
    NotEmployed,
    /// Nothing planned: no template claims the weekday, or the calendar says free.
    Off,
    /// This shift.
    Work(Shift),
}

impl Expected {
    /// The shift; `None` if no shift is planned.
    pub fn shift(&self) -> Option<&Shift> {
        match self {
            Self::Work(shift) => Some(shift),
            Self::NotEmployed | Self::Off => None,
        }
    }
}

/// People, plans and calendar of some regions for some dates.
#[derive(Debug, Clone)]
pub struct Roster {
    people: Vec<Person>,
    /// By region, then ISO weekday, 1 to 7.
    of_weekday: HashMap<String, HashMap<u32, Shift>>,
    /// By id, with the weekdays it names.
    by_id: HashMap<Uuid, (Shift, String)>,
    calendar: Calendar,
    /// The first day of each region, where it is known.
    since: HashMap<String, NaiveDate>,
}

impl Roster {
    /// Combines the parts; of two templates that claim a weekday the first one wins. Namesakes get labels that distinguish them.
    pub fn new(mut people: Vec<Person>, shifts: &[(String, Shift, String)], calendar: Calendar) -> Self {
        let labels = Labels::of(people.iter().map(Face::from));
        for person in &mut people {
            labels.apply(person.id, &mut person.full_name);
        }
        let mut of_weekday: HashMap<String, HashMap<u32, Shift>> = HashMap::new();
        for (region, shift, weekdays) in shifts {
            let of_region = of_weekday.entry(region.clone()).or_default();
            for day in weekdays.chars().filter_map(|c| c.to_digit(10)) {
                of_region.entry(day).or_insert_with(|| shift.clone());
            }
        }
        let by_id = shifts.iter().map(|(_, shift, weekdays)| (shift.template_id, (shift.clone(), weekdays.clone()))).collect();
        Self { people, of_weekday, by_id, calendar, since: HashMap::new() }
    }

    /// The same with the first days of regions: the day a region was created here, or the day of its first entry if that is earlier.
    /// Nothing is expected before it: an office whose hours were not kept here has no blanks then.
    #[must_use]
    pub fn since(mut self, first_days: impl IntoIterator<Item = (String, NaiveDate)>) -> Self {
        self.since.extend(first_days);
        self
    }

    /// The same from the templates as forms offer them.
    pub fn of_templates(people: Vec<Person>, templates: &[TemplateChoice], calendar: Calendar) -> Self {
        let shift = |t: &TemplateChoice| {
            let (name, break_minutes) = (t.name.clone(), t.break_minutes);
            let shift = Shift { template_id: t.id, name, start_min: t.start_min, end_min: t.end_min, break_minutes };
            (t.region.clone(), shift, t.weekdays.clone())
        };
        Self::new(people, &templates.iter().map(shift).collect::<Vec<_>>(), calendar)
    }

    /// Everyone who is employed on one of the dates or has an entry on one, in Turkish order of the names.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// One person.
    pub fn person(&self, id: Uuid) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// What is special about a day in a region.
    pub fn mark(&self, region: &str, day: NaiveDate) -> Option<&Mark> {
        self.calendar.mark(region, day)
    }

    /// What is expected of a person on a day. The person's own template applies on the weekdays it names, or, if it names none, on the
    /// weekdays on which the region works; otherwise the weekday's template applies. A half day off cuts the shift.
    pub fn expected(&self, person: &Person, day: NaiveDate) -> Expected {
        if !person.is_employed(day) {
            return Expected::NotEmployed;
        }
        if self.since.get(&person.region).is_some_and(|first| day < *first) {
            return Expected::Off;
        }
        self.planned(&person.region, person.shift_template_id, day).map_or(Expected::Off, Expected::Work)
    }

    /// The planned shift of a person with the template `own`, after the calendar.
    fn planned(&self, region: &str, own: Option<Uuid>, day: NaiveDate) -> Option<Shift> {
        let shift = self.template_for(region, own, day)?;
        match self.mark(region, day) {
            None => Some(shift.clone()),
            Some(mark) => cut(shift, mark.free_from),
        }
    }

    fn template_for(&self, region: &str, own: Option<Uuid>, day: NaiveDate) -> Option<&Shift> {
        let of_region = self.of_weekday(region, day);
        match own.and_then(|id| self.by_id.get(&id)) {
            None => of_region,
            Some((shift, weekdays)) if weekdays.is_empty() => of_region.map(|_| shift),
            Some((shift, weekdays)) => weekdays.contains(char::from_digit(weekday_of(day), 10)?).then_some(shift),
        }
    }

    /// The template that is the default of the weekday in the region.
    fn of_weekday(&self, region: &str, day: NaiveDate) -> Option<&Shift> {
        self.of_weekday.get(region)?.get(&weekday_of(day))
    }
}

fn weekday_of(day: NaiveDate) -> u32 {
    day.weekday().number_from_monday()
}

/// The part of a shift before `free_from`; `None` if it starts then or later. The break shrinks to the legal minimum for the shorter shift
/// (law 4857, article 68: 15 minutes up to 4 hours, 30 up to 7.5).
fn cut(shift: &Shift, free_from: i32) -> Option<Shift> {
    if shift.start_min >= free_from {
        return None;
    }
    if shift.end_min <= free_from {
        return Some(shift.clone());
    }
    let legal = match free_from - shift.start_min {
        ..=240 => 15,
        241..=450 => 30,
        _ => 60,
    };
    Some(Shift { end_min: free_from, break_minutes: shift.break_minutes.min(legal), ..shift.clone() })
}

impl<'p> From<&'p Person> for Face<'p> {
    fn from(p: &'p Person) -> Self {
        Self { id: p.id, region: &p.region, full_name: &p.full_name, department: &p.department, title: &p.title, hire_date: p.hire_date }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{DayKind, Entry};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn person(own: Option<u128>) -> Person {
        Person {
            id: Uuid::from_u128(100),
            region: "ankara".into(),
            full_name: "Işıl Işık".into(),
            department: String::new(),
            title: String::new(),
            hire_date: Some(day("2026-01-10")),
            exit_date: None,
            is_deleted: false,
            shift_template_id: own.map(Uuid::from_u128),
        }
    }

    fn shift(id: u128, start: i32, end: i32, rest: i32) -> Shift {
        Shift { template_id: Uuid::from_u128(id), name: format!("{id}"), start_min: start, end_min: end, break_minutes: rest }
    }

    /// Weekdays 08:30 to 17:30, a night shift that names no weekday, and one of Saturdays.
    fn roster(entries: &[Entry]) -> Roster {
        let shifts = [
            ("ankara".to_owned(), shift(1, 510, 1050, 60), "12345".to_owned()),
            ("ankara".to_owned(), shift(2, 1320, 1800, 30), String::new()),
            ("ankara".to_owned(), shift(3, 540, 840, 0), "6".to_owned()),
        ];
        Roster::new(Vec::new(), &shifts, Calendar::new(entries))
    }

    fn times(expected: &Expected) -> Option<(i32, i32, i32)> {
        expected.shift().map(|s| (s.start_min, s.end_min, s.break_minutes))
    }

    #[test]
    fn the_weekdays_template_is_expected_and_a_sunday_is_free() {
        let roster = roster(&[]);
        assert_eq!(times(&roster.expected(&person(None), day("2026-01-12"))), Some((510, 1050, 60)));
        assert_eq!(roster.expected(&person(None), day("2026-01-18")), Expected::Off);
    }

    #[test]
    fn a_persons_own_template_goes_before_the_weekdays() {
        let roster = roster(&[]);
        // Names no weekday: on the days on which the region works.
        assert_eq!(times(&roster.expected(&person(Some(2)), day("2026-01-12"))), Some((1320, 1800, 30)));
        assert_eq!(roster.expected(&person(Some(2)), day("2026-01-18")), Expected::Off);
        // Names Saturday: only then.
        assert_eq!(roster.expected(&person(Some(3)), day("2026-01-12")), Expected::Off);
        assert_eq!(times(&roster.expected(&person(Some(3)), day("2026-01-17"))), Some((540, 840, 0)));
        // A missing template counts as none.
        assert_eq!(times(&roster.expected(&person(Some(9)), day("2026-01-12"))), Some((510, 1050, 60)));
    }

    #[test]
    fn nobody_is_expected_before_the_first_or_after_the_last_day() {
        let roster = roster(&[]);
        assert_eq!(roster.expected(&person(None), day("2026-01-09")), Expected::NotEmployed);
        let gone = Person { exit_date: Some(day("2026-01-13")), ..person(None) };
        assert!(roster.expected(&gone, day("2026-01-13")).shift().is_some());
        assert_eq!(roster.expected(&gone, day("2026-01-14")), Expected::NotEmployed);
    }

    #[test]
    fn nothing_is_expected_before_the_offices_first_day() {
        let roster = roster(&[]).since([("ankara".to_owned(), day("2026-01-13")), ("izmir".to_owned(), day("2026-01-20"))]);
        assert_eq!(roster.expected(&person(None), day("2026-01-12")), Expected::Off);
        assert!(roster.expected(&person(None), day("2026-01-13")).shift().is_some());
    }

    #[test]
    fn a_holiday_is_free_and_half_a_day_cuts_the_shift_and_its_break() {
        let free = |free_from| {
            let entry = Entry { region: "company".into(), day: day("2026-01-12"), name: "x".into(), kind: DayKind::Holiday, free_from };
            roster(&[entry])
        };
        assert_eq!(free(0).expected(&person(None), day("2026-01-12")), Expected::Off);
        assert_eq!(times(&free(780).expected(&person(None), day("2026-01-12"))), Some((510, 780, 30)));
        assert_eq!(times(&free(720).expected(&person(None), day("2026-01-12"))), Some((510, 720, 15)));
        assert_eq!(free(780).expected(&person(Some(2)), day("2026-01-12")), Expected::Off, "the night begins in the free half");
    }
}
