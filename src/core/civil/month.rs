//! A month of the calendar.

use std::fmt;

use chrono::{Datelike as _, Months, NaiveDate};

use crate::text::clean;

/// A month of the calendar in the years of work dates ([`super::WORK_YEARS`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    first: NaiveDate,
}

impl Month {
    /// The month of a day.
    pub fn of(day: NaiveDate) -> Self {
        Self { first: super::month_of(day).0.clamp(super::FIRST_DAY, LAST_MONTH) }
    }

    /// Reads `2026-01`. `None` for anything else, and for a month outside [`super::WORK_YEARS`].
    pub fn parse(text: &str) -> Option<Self> {
        let text = clean(text);
        let (year, month) = text.split_once('-')?;
        let first = NaiveDate::from_ymd_opt(number(year, 4)?, number(month, 2)?.try_into().ok()?, 1)?;
        (super::FIRST_DAY..=LAST_MONTH).contains(&first).then_some(Self { first })
    }

    /// Its first day.
    pub fn first(self) -> NaiveDate {
        self.first
    }

    /// Its last day.
    pub fn last(self) -> NaiveDate {
        super::month_of(self.first).1
    }

    /// Its days, in order.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.first.iter_days().take_while(move |day| *day <= self.last())
    }

    /// The month before; `None` before [`super::WORK_YEARS`].
    pub fn previous(self) -> Option<Self> {
        self.back(1)
    }

    /// The month after; `None` after [`super::WORK_YEARS`].
    pub fn next(self) -> Option<Self> {
        let first = self.first.checked_add_months(Months::new(1))?;
        (first <= LAST_MONTH).then_some(Self { first })
    }

    /// The month that is `months` earlier; `None` before [`super::WORK_YEARS`].
    pub fn back(self, months: u32) -> Option<Self> {
        let first = self.first.checked_sub_months(Months::new(months))?;
        (first >= super::FIRST_DAY).then_some(Self { first })
    }
}

/// `2026-01`, as in addresses.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}

/// First day of the last month of [`super::WORK_YEARS`].
const LAST_MONTH: NaiveDate = NaiveDate::from_ymd_opt(*super::WORK_YEARS.end(), 12, 1).expect("a date");

fn number(text: &str, digits: usize) -> Option<i32> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        Month::parse(text).unwrap()
    }

    #[test]
    fn a_month_is_written_as_in_addresses() {
        assert_eq!(month(" 2026-01 ").to_string(), "2026-01");
        assert_eq!(Month::of("2024-02-29".parse().unwrap()), month("2024-02"));
        for wrong in ["", "2026", "2026-1", "2026-13", "2026-00", "26-01", "2026-01-01", "+026-01", "1989-12", "2101-01", "şubat"] {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_month_has_its_own_length_and_its_neighbours() {
        assert_eq!(month("2024-02").days().count(), 29);
        assert_eq!(month("2026-12").last().to_string(), "2026-12-31");
        assert_eq!(month("2026-12").next(), Some(month("2027-01")));
        assert_eq!(month("2027-01").previous(), Some(month("2026-12")));
        assert_eq!(month("2026-03").back(11), Some(month("2025-04")));
        assert_eq!((month("1990-01").previous(), month("2100-12").next()), (None, None));
    }
}
