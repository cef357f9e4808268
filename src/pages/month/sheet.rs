//! The sums of a month, per day of a person, per person and per day. Pure: the input is people, plan, entries and today's date.

use std::{collections::HashMap, iter::Sum};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    civil::{DAY, Month},
    hours::{Hours, Rules, Shift, hours},
    roster::{Expected, Person, Roster},
};

/// The shifts from which the hours of each person are computed, by date and start.
pub type Shifts = HashMap<Uuid, Vec<Shift>>;

/// What was planned on a day without an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Not hired yet, or has left.
    NotEmployed,
    /// No work was expected.
    Off,
    /// Expected, and the day is over: "boş".
    Blank,
    /// Expected today or later: still open.
    Open,
}

/// A day of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// How many entries.
    pub entries: i64,
    /// The sum of their hours.
    pub hours: Hours,
    /// One of them ends after midnight.
    pub is_overnight: bool,
    /// One of them is of a special day.
    pub is_special: bool,
    /// What was planned if there is no entry; with an entry, only whether the person is employed.
    pub plan: Plan,
}

/// A sum of days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Days of a person with an entry.
    pub days: i64,
    /// Their hours.
    pub hours: Hours,
    /// Days planned and over, without an entry: "boş".
    pub blanks: i64,
}

impl Tally {
    fn add(&mut self, cell: &Cell) {
        self.days += i64::from(cell.entries > 0);
        self.hours += cell.hours;
        self.blanks += i64::from(cell.plan == Plan::Blank);
    }
}

/// A month of one region.
#[derive(Debug)]
pub struct Sheet<'r> {
    /// Each person with the days of the month and their sum; in Turkish order of the names.
    pub rows: Vec<(&'r Person, Vec<Cell>, Tally)>,
    /// The sum of each day.
    pub days: Vec<Tally>,
    /// The sum of the month.
    pub total: Tally,
}

impl<'r> Sheet<'r> {
    /// Computes the month.
    pub fn new(month: Month, roster: &'r Roster, shifts: &Shifts, rules: &Rules, today: NaiveDate) -> Self {
        let days: Vec<NaiveDate> = month.days().collect();
        let mut sheet =
            Self { rows: Vec::with_capacity(roster.people().len()), days: vec![Tally::default(); days.len()], total: Tally::default() };
        for person in roster.people() {
            let shifts = shifts.get(&person.id).into_iter().flatten();
            let cells = tally(&days, roster, person, shifts, rules, today);
            let mut sum = Tally::default();
            for (cell, day) in cells.iter().zip(&mut sheet.days) {
                sum.add(cell);
                day.add(cell);
                sheet.total.add(cell);
            }
            sheet.rows.push((person, cells, sum));
        }
        sheet
    }
}

/// One person's days. `shifts` are theirs, by date. A day is blank when it is over, a shift was planned and nothing was entered.
pub fn tally<'s>(
    days: &[NaiveDate],
    roster: &Roster,
    person: &Person,
    shifts: impl Iterator<Item = &'s Shift>,
    rules: &Rules,
    today: NaiveDate,
) -> Vec<Cell> {
    let mut shifts = shifts.peekable();
    let mut cells = Vec::with_capacity(days.len());
    for day in days {
        let mut cell = Cell { entries: 0, hours: Hours::ZERO, is_overnight: false, is_special: false, plan: Plan::Off };
        while let Some(shift) = shifts.next_if(|shift| shift.work_date <= *day) {
            if shift.work_date == *day {
                cell.entries += 1;
                cell.hours += hours(shift, rules);
                cell.is_overnight |= shift.end_min > DAY;
                cell.is_special |= shift.is_special;
            }
        }
        cell.plan = plan(&cell, roster, person, *day, today);
        cells.push(cell);
    }
    cells
}

fn plan(cell: &Cell, roster: &Roster, person: &Person, day: NaiveDate, today: NaiveDate) -> Plan {
    if cell.entries > 0 {
        return if person.is_employed(day) { Plan::Off } else { Plan::NotEmployed };
    }
    match roster.expected(person, day) {
        Expected::NotEmployed => Plan::NotEmployed,
        Expected::Off => Plan::Off,
        Expected::Work(_) if day < today => Plan::Blank,
        Expected::Work(_) => Plan::Open,
    }
}

/// The sum of some days.
impl<'c> FromIterator<&'c Cell> for Tally {
    fn from_iter<I: IntoIterator<Item = &'c Cell>>(cells: I) -> Self {
        let mut sum = Self::default();
        cells.into_iter().for_each(|cell| sum.add(cell));
        sum
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(each: I) -> Self {
        each.fold(Self::default(), |a, b| Self { days: a.days + b.days, hours: a.hours + b.hours, blanks: a.blanks + b.blanks })
    }
}
