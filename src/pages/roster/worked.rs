//! On which days people have entries, and on which days entries are missing.

use std::collections::{BTreeSet, HashMap};

use chrono::Days;
use chrono::NaiveDate;
use uuid::Uuid;

use super::{Person, Roster};

/// The dates with an entry, by region and person. Ids alone are not enough: two regions may have the same one.
#[derive(Debug, Clone, Default)]
pub struct WorkedDays {
    days: HashMap<String, HashMap<Uuid, BTreeSet<NaiveDate>>>,
}

impl WorkedDays {
    /// Adds up to 31 days: bit 0 of `days` is `first`.
    pub fn add_days(&mut self, region: &str, employee_id: Uuid, first: NaiveDate, days: i32) {
        let worked = (0..31).filter(|day| days & (1 << day) != 0);
        self.of_person_mut(region, employee_id).extend(worked.filter_map(|day| first.checked_add_days(Days::new(day))));
    }

    /// Adds one day.
    pub fn add(&mut self, region: &str, employee_id: Uuid, day: NaiveDate) {
        self.of_person_mut(region, employee_id).insert(day);
    }

    fn of_person_mut(&mut self, region: &str, employee_id: Uuid) -> &mut BTreeSet<NaiveDate> {
        self.days.entry(region.to_owned()).or_default().entry(employee_id).or_default()
    }

    /// The dates on which a person has an entry.
    pub fn of(&self, region: &str, employee_id: Uuid) -> Option<&BTreeSet<NaiveDate>> {
        self.days.get(region)?.get(&employee_id)
    }

    /// Whether a person has an entry on that date.
    pub fn contains(&self, person: &Person, day: NaiveDate) -> bool {
        self.of(&person.region, person.id).is_some_and(|days| days.contains(&day))
    }

    /// Everyone with an entry: region, id, dates.
    pub fn people(&self) -> impl Iterator<Item = (&str, Uuid, &BTreeSet<NaiveDate>)> {
        self.days.iter().flat_map(|(region, people)| people.iter().map(move |(id, days)| (region.as_str(), *id, days)))
    }
}

/// A person with the days that are "boş".
#[derive(Debug, Clone)]
pub struct Blanks<'r> {
    /// The person.
    pub person: &'r Person,
    /// The days, oldest first; never empty.
    pub days: Vec<NaiveDate>,
}

/// THE rule of "boş", the same on every page: a shift is expected ([`Roster::expected`]) and there is no entry on that date. Looks at the
/// dates `from` to `to`; people without a blank are left out.
pub fn blanks<'r>(roster: &'r Roster, worked: &WorkedDays, from: NaiveDate, to: NaiveDate) -> Vec<Blanks<'r>> {
    let is_blank = |person: &Person, day: &NaiveDate| roster.expected(person, *day).shift().is_some() && !worked.contains(person, *day);
    let of_person = |person: &'r Person| {
        let days: Vec<NaiveDate> = from.iter_days().take_while(|day| *day <= to).filter(|day| is_blank(person, day)).collect();
        (!days.is_empty()).then_some(Blanks { person, days })
    };
    roster.people().iter().filter_map(of_person).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calendar::{Calendar, DayKind, Entry},
        roster::Shift,
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn person(id: u128, region: &str) -> Person {
        Person {
            id: Uuid::from_u128(id),
            region: region.into(),
            full_name: "Işıl Işık".into(),
            department: String::new(),
            title: String::new(),
            hire_date: Some(day("2026-01-06")),
            exit_date: None,
            is_deleted: false,
            shift_template_id: None,
        }
    }

    fn shift() -> Shift {
        Shift { template_id: Uuid::from_u128(9), name: "Gündüz".into(), start_min: 510, end_min: 1050, break_minutes: 60 }
    }

    #[test]
    fn a_blank_is_a_day_with_a_shift_and_without_an_entry() {
        let holiday = Entry { region: "company".into(), day: day("2026-01-08"), name: "x".into(), kind: DayKind::Holiday, free_from: 0 };
        let shifts = [("ankara".to_owned(), shift(), "12345".to_owned())];
        let roster = Roster::new(vec![person(1, "ankara"), person(1, "izmir")], &shifts, Calendar::new(&[holiday]));
        let mut worked = WorkedDays::default();
        worked.add("ankara", Uuid::from_u128(1), day("2026-01-07"));
        // Monday the 5th is before the first day, the 8th is free, the 10th a Saturday; Izmir plans nothing.
        let found = blanks(&roster, &worked, day("2026-01-05"), day("2026-01-11"));
        let seen: Vec<_> = found.iter().map(|b| (b.person.region.as_str(), b.days.clone())).collect();
        assert_eq!(seen, [("ankara", vec![day("2026-01-06"), day("2026-01-09")])]);
    }

    #[test]
    fn an_entry_of_the_same_id_in_another_region_fills_nothing() {
        let shifts = [("ankara".to_owned(), shift(), "12345".to_owned())];
        let roster = Roster::new(vec![person(1, "ankara")], &shifts, Calendar::default());
        let mut worked = WorkedDays::default();
        worked.add("izmir", Uuid::from_u128(1), day("2026-01-07"));
        assert_eq!(blanks(&roster, &worked, day("2026-01-07"), day("2026-01-07")).len(), 1);
    }

    #[test]
    fn bits_are_days() {
        let mut worked = WorkedDays::default();
        worked.add_days("ankara", Uuid::nil(), day("2026-01-02"), 1 | 1 << 30);
        let days: Vec<_> = worked.of("ankara", Uuid::nil()).unwrap().iter().copied().collect();
        assert_eq!(days, [day("2026-01-02"), day("2026-02-01")]);
    }
}
