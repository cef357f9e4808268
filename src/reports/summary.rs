//! The sums of "Çalışan özeti". Pure: shapes of entries in, hours per person out.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::hours::{Hours, Rules, Shift, hours};

/// Which entries are summed. Texts are folded; an empty text does not filter.
#[derive(Debug, Clone)]
pub struct Filter {
    /// From this date.
    pub from: NaiveDate,
    /// To this date.
    pub to: NaiveDate,
    /// Only this person's entries.
    pub employee_id: Option<Uuid>,
    /// "Departman", as stored.
    pub department: String,
    /// "Ünvan", as stored.
    pub title: String,
    /// Part of the name, the department, the title or the note.
    pub text: String,
}

/// Equal shifts of one person on equal weekdays.
#[derive(Debug, Clone)]
pub(super) struct PersonShape {
    pub region: String,
    pub employee_id: Uuid,
    pub shift: Shift,
    pub count: i64,
}

/// Equal shifts of one date in one region.
#[derive(Debug, Clone)]
pub(super) struct DayShape {
    pub region: String,
    pub shift: Shift,
    pub count: i64,
}

/// A person with entries.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub region: String,
    pub id: Uuid,
    pub full_name: String,
    pub department: String,
    pub title: String,
}

/// The sums of one person's entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonHours {
    /// The region's code.
    pub region: String,
    /// The person.
    pub employee_id: Uuid,
    /// "Ad Soyad".
    pub full_name: String,
    /// "Departman".
    pub department: String,
    /// "Ünvan".
    pub title: String,
    /// Number of entries.
    pub count: i64,
    /// Their hours.
    pub hours: Hours,
}

/// People and totals.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// All people with a matching entry, in Turkish order of the names.
    pub people: Vec<PersonHours>,
    /// Number of matching entries.
    pub count: i64,
    /// Their hours.
    pub total: Hours,
    /// The date with the most overtime of all people together, and the minutes. `None` without overtime.
    pub best_day: Option<(NaiveDate, i64)>,
}

impl Summary {
    /// Sums the shapes; `people` gives the order.
    pub(super) fn new(people: Vec<Person>, of_people: &[PersonShape], of_days: &[DayShape], rules: &BTreeMap<String, Rules>) -> Self {
        let rules_of = |region: &str| rules.get(region).copied().unwrap_or_default();
        let mut sums: BTreeMap<(&str, Uuid), (i64, Hours)> = BTreeMap::new();
        for shape in of_people {
            let (count, sum) = sums.entry((&shape.region, shape.employee_id)).or_default();
            *count += shape.count;
            *sum += hours(&shape.shift, &rules_of(&shape.region)) * shape.count;
        }
        let with_hours = |person: Person| {
            let (count, hours) = *sums.get(&(person.region.as_str(), person.id))?;
            let Person { region, id: employee_id, full_name, department, title } = person;
            Some(PersonHours { region, employee_id, full_name, department, title, count, hours })
        };
        let people: Vec<PersonHours> = people.into_iter().filter_map(with_hours).collect();
        let mut days: BTreeMap<NaiveDate, i64> = BTreeMap::new();
        for shape in of_days {
            let overtime = hours(&shape.shift, &rules_of(&shape.region)).overtime * shape.count;
            *days.entry(shape.shift.work_date).or_default() += overtime;
        }
        Self {
            count: people.iter().map(|person| person.count).sum(),
            total: people.iter().map(|person| person.hours).sum(),
            best_day: days.into_iter().filter(|(_, overtime)| *overtime > 0).max_by_key(|(_, overtime)| *overtime),
            people,
        }
    }

    /// Average overtime per person, in hundredths of an hour (DOMAIN 4.7); 0 without people.
    pub fn average_overtime(&self) -> i64 {
        let people = i64::try_from(self.people.len()).unwrap_or(i64::MAX);
        if people == 0 { 0 } else { (self.total.overtime * 100 + 30 * people) / (60 * people) }
    }

    /// Sorts the people; equal ones stay in order of names.
    pub fn sort(&mut self, by: Sort) {
        let of = |person: &PersonHours| match by.column {
            "count" => person.count,
            "worked" => person.hours.worked,
            "overtime" => person.hours.overtime,
            "night" => person.hours.night,
            "overnight" => person.hours.overnight,
            "special" => person.hours.special_normal,
            _ => 0,
        };
        match (by.column, by.descends) {
            ("name", true) => self.people.reverse(),
            (_, false) => self.people.sort_by_key(of),
            (_, true) => self.people.sort_by_key(|person| std::cmp::Reverse(of(person))),
        }
    }
}

/// An order of the people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// One of [`Sort::COLUMNS`].
    pub column: &'static str,
    /// Highest values first.
    pub descends: bool,
}

impl Default for Sort {
    /// By name.
    fn default() -> Self {
        Self { column: Self::COLUMNS[0], descends: false }
    }
}

impl Sort {
    /// The sortable columns; the first is the default.
    pub const COLUMNS: [&str; 7] = ["name", "count", "worked", "overtime", "night", "overnight", "special"];

    /// Reads the address's word: `overtime`, `-overtime`.
    pub fn parse(word: &str) -> Option<Self> {
        let bare = word.strip_prefix('-');
        let column = Self::COLUMNS.into_iter().find(|column| *column == bare.unwrap_or(word))?;
        Some(Self { column, descends: bare.is_some() })
    }

    /// The address's word.
    pub fn word(self) -> String {
        format!("{}{}", if self.descends { "-" } else { "" }, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: u128, name: &str) -> Person {
        let empty = String::new;
        Person { region: "ankara".into(), id: Uuid::from_u128(id), full_name: name.into(), department: empty(), title: empty() }
    }

    /// A summary of `(person, extra minutes, entries)`: nine hours of presence plus the extra minutes, on a Monday.
    fn summary(people: &[(u128, i32, i64)]) -> Summary {
        let shift = |longer| Shift {
            work_date: "2026-01-05".parse().unwrap(),
            start_min: 540,
            end_min: 1080 + longer,
            break_minutes: 60,
            is_special: false,
        };
        let shapes: Vec<PersonShape> = people
            .iter()
            .map(|(id, longer, count)| PersonShape {
                region: "ankara".into(),
                employee_id: Uuid::from_u128(*id),
                shift: shift(*longer),
                count: *count,
            })
            .collect();
        let days: Vec<DayShape> =
            shapes.iter().map(|shape| DayShape { region: shape.region.clone(), shift: shape.shift, count: shape.count }).collect();
        let mut known: Vec<u128> = people.iter().map(|(id, ..)| *id).collect();
        known.dedup();
        let known = known.into_iter().map(|id| person(id, &format!("Kişi {id}"))).collect();
        Summary::new(known, &shapes, &days, &BTreeMap::new())
    }

    #[test]
    fn equal_shifts_count_as_often_as_there_are_and_an_average_keeps_its_half_minute() {
        let summary = summary(&[(1, 180, 1), (2, 179, 1)]);
        assert_eq!((summary.count, summary.total.overtime, summary.average_overtime()), (2, 359, 299));
        assert_eq!(summary.best_day, Some(("2026-01-05".parse().unwrap(), 359)));
        assert_eq!(super::super::Summary::default().average_overtime(), 0);
    }

    #[test]
    fn people_are_sorted_by_a_column_both_ways_and_nonsense_sorts_by_name() {
        let order = |word: &str| {
            let mut summary = summary(&[(1, 30, 1), (2, 60, 3), (3, 0, 2)]);
            summary.sort(Sort::parse(word).unwrap_or_default());
            summary.people.iter().map(|person| person.employee_id.as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(order("-overtime"), [2, 1, 3]);
        assert_eq!(order("count"), [1, 3, 2]);
        assert_eq!((order("colour"), order("-colour"), order("-name")), (vec![1, 2, 3], vec![1, 2, 3], vec![3, 2, 1]));
        assert_eq!(Sort::parse("-overtime").unwrap().word(), "-overtime");
    }

    #[test]
    fn a_day_without_overtime_is_no_best_day() {
        assert_eq!(summary(&[(1, 0, 4)]).best_day, None);
    }
}
