//! One day of one region: all people who can have an entry, with what is planned and what is stored.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    calendar::Mark,
    civil,
    error::{PageError, PageResult},
    hours::{Hours, Rules, hours},
    identity::{Actor, Region},
    roster::{Defaults, Expected, Person, Roster},
    timesheets::listed::Listed,
    web::{form::Posted, page::Ctx},
};

/// Which day of which region: part of the address, and of every form of the page.
#[derive(Debug, Clone)]
pub struct Place {
    /// The region.
    pub region: Region,
    /// The day.
    pub date: NaiveDate,
}

impl Place {
    /// The day and region of a form.
    pub fn of_form(actor: &Actor, posted: &Posted) -> PageResult<Self> {
        let region = posted.region(actor).map_err(|_| PageError::NotFound)?;
        let date = civil::parse_work_date(posted.value("work_date")).map_err(|e| PageError::BadRequest(format!("work_date: {e}")))?;
        Ok(Self { region, date })
    }

    /// Whether the region takes entries; a closed one is read only.
    pub fn is_open(&self, ctx: &Ctx) -> bool {
        ctx.regions.iter().any(|region| region.code == self.region.code() && region.is_open)
    }
}

/// How a person's day stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// A shift is planned and nothing is entered.
    Blank,
    /// One entry with the planned times.
    AsPlanned,
    /// One entry with other times.
    Different,
    /// More than one entry.
    Several,
    /// An entry although nothing is planned.
    Unplanned,
    /// Nothing planned, nothing entered.
    Free,
}

impl State {
    /// The word that scripts and style sheets go by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::AsPlanned => "as-planned",
            Self::Different => "different",
            Self::Several => "several",
            Self::Unplanned => "unplanned",
            Self::Free => "free",
        }
    }
}

/// An entry with its hours.
#[derive(Debug, Clone)]
pub struct Saved {
    /// The entry.
    pub entry: Listed,
    /// Its hours.
    pub hours: Hours,
}

/// One person on the day.
#[derive(Debug, Clone)]
pub struct PersonDay {
    /// The person.
    pub person: Person,
    /// Whether an entry is expected.
    pub expected: Expected,
    /// What a new entry starts with.
    pub defaults: Defaults,
    /// The entries of the day.
    pub entries: Vec<Saved>,
}

impl PersonDay {
    /// How the day stands.
    pub fn state(&self) -> State {
        match (self.expected.shift(), self.entries.as_slice()) {
            (Some(_), []) => State::Blank,
            (None, []) => State::Free,
            (None, [_]) => State::Unplanned,
            (Some(shift), [Saved { entry, .. }]) => {
                let value = &entry.value;
                let planned = (shift.start_min, shift.end_min, shift.break_minutes, false);
                let is_planned = planned == (value.start_min, value.end_min, value.break_minutes, value.is_special);
                if is_planned { State::AsPlanned } else { State::Different }
            }
            (_, [_, _, ..]) => State::Several,
        }
    }
}

/// The day: who could work, in Turkish order of the names.
#[derive(Debug, Clone)]
pub struct Day {
    /// Which day of which region.
    pub place: Place,
    /// What the calendar says about the day.
    pub mark: Option<Mark>,
    /// The people of the day.
    pub people: Vec<PersonDay>,
}

impl Day {
    /// Builds the day from the roster and the entries. People who are not hired yet or have left are listed only if they have an entry.
    pub fn new(place: &Place, roster: &Roster, rules: &Rules, entries: Vec<Listed>) -> Self {
        let mut people: Vec<PersonDay> = roster
            .people()
            .iter()
            .map(|person| PersonDay {
                person: person.clone(),
                expected: roster.expected(person, place.date),
                defaults: roster.defaults(person, place.date),
                entries: Vec::new(),
            })
            .collect();
        for mut entry in entries {
            if let Some(person) = people.iter_mut().find(|p| p.person.id == entry.value.employee_id) {
                entry.employee_name.clone_from(&person.person.full_name);
                let hours = hours(&entry.value.shift(), rules);
                person.entries.push(Saved { entry, hours });
            }
        }
        people.retain(|person| person.expected != Expected::NotEmployed || !person.entries.is_empty());
        Self { place: place.clone(), mark: roster.mark(place.region.code(), place.date).cloned(), people }
    }

    /// The people who are "boş" (the rule that all pages share: a shift is expected and there is no entry).
    pub fn blanks(&self) -> impl Iterator<Item = &PersonDay> {
        self.people.iter().filter(|person| person.state() == State::Blank)
    }

    /// The number of people with a planned shift.
    pub fn expected(&self) -> usize {
        self.people.iter().filter(|person| person.expected.shift().is_some()).count()
    }

    /// One person of the day.
    pub fn person(&self, id: Uuid) -> Option<&PersonDay> {
        self.people.iter().find(|person| person.person.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{roster::Shift, timesheets::Timesheet};

    /// Start, end, break, special day.
    type Values = (i32, i32, i32, bool);

    fn person_day(expected: Expected, entries: &[Values]) -> PersonDay {
        let person = Person {
            id: Uuid::from_u128(1),
            region: "ankara".into(),
            full_name: "Işıl Işık".into(),
            department: String::new(),
            title: String::new(),
            hire_date: None,
            exit_date: None,
            is_deleted: false,
            shift_template_id: None,
        };
        let saved = |&(start_min, end_min, break_minutes, is_special): &Values| {
            let work_date = "2026-01-14".parse().unwrap();
            let value = Timesheet {
                employee_id: person.id,
                work_date,
                start_min,
                end_min,
                break_minutes,
                is_special,
                notes: String::new(),
                confirmed: String::new(),
            };
            let entry =
                Listed { id: Uuid::nil(), region: "ankara".into(), version: 1, deleted_at: None, employee_name: String::new(), value };
            Saved { entry, hours: Hours::ZERO }
        };
        let defaults = Defaults { start_min: 540, end_min: 1080, break_minutes: 60, is_special: false };
        PersonDay { entries: entries.iter().map(saved).collect(), expected, defaults, person }
    }

    #[test]
    fn a_day_stands_as_plan_and_entries_say() {
        let work = || {
            Expected::Work(Shift { template_id: Uuid::nil(), name: "Gündüz".into(), start_min: 510, end_min: 1050, break_minutes: 60 })
        };
        let planned = (510, 1050, 60, false);
        let cases: [(Expected, &[Values], State); 9] = [
            (work(), &[], State::Blank),
            (work(), &[planned], State::AsPlanned),
            (work(), &[(510, 1110, 60, false)], State::Different),
            (work(), &[(510, 1050, 30, false)], State::Different),
            (work(), &[(510, 1050, 60, true)], State::Different),
            (work(), &[planned, (1140, 1260, 0, false)], State::Several),
            (Expected::Off, &[], State::Free),
            (Expected::Off, &[planned], State::Unplanned),
            (Expected::NotEmployed, &[planned, (1140, 1260, 0, false)], State::Several),
        ];
        for (expected, entries, state) in cases {
            assert_eq!(person_day(expected.clone(), entries).state(), state, "{expected:?} {entries:?}");
        }
    }
}
