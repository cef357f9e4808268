//! The range of dates in the dashboard's address (DOMAIN 7.2), and the steps of its trend.

use chrono::{Datelike as _, Days, Months, NaiveDate};

use crate::{civil, complaint::FieldError, web::asked::Asked};

/// Number of steps of the trend.
pub const STEPS: u32 = 12;

/// A range reaches at most a year back from its last day, or from today if that is earlier: blank days of all people are searched day by
/// day.
const MOST_BACK: Days = Days::new(365);

/// A range of dates, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first date.
    pub from: NaiveDate,
    /// The last date.
    pub to: NaiveDate,
}

impl Period {
    /// The month that holds a date.
    pub fn month_of(day: NaiveDate) -> Self {
        let (from, to) = civil::month_of(day);
        Self { from, to }
    }

    /// The range in the address: `month=2026-01`, or `from` and `to` (one of them is enough), else the month of `today`. Complains of
    /// unreadable values, and of more than a year of past days: a shortened result would look complete.
    pub fn read(asked: &mut Asked, month: Option<&str>, from: Option<&str>, to: Option<&str>, today: NaiveDate) -> Self {
        let (month, range) = (asked.month("month", month), asked.range(from, to));
        match (month, range) {
            (Some(month), _) => Self { from: month.first(), to: month.last() },
            (None, (None, None)) => Self::month_of(today),
            (None, (from, to)) => {
                let period = Self { from: from.unwrap_or(civil::FIRST_DAY), to: to.unwrap_or(civil::LAST_DAY) };
                if asked.error("from").is_empty() && asked.error("to").is_empty() {
                    period.check_length(asked, today);
                }
                period
            }
        }
    }

    fn check_length(self, asked: &mut Asked, today: NaiveDate) {
        let first = self.to.min(today).checked_sub_days(MOST_BACK).unwrap_or(self.from);
        if self.from < first {
            asked.complain("from", &FieldError::new("from", "range-too-long").with("first", civil::format_date_tr(first)));
        }
    }

    /// `2026-01` if the range is exactly one month, else empty.
    pub fn month(self) -> String {
        if self == Self::month_of(self.from) { self.from.format("%Y-%m").to_string() } else { String::new() }
    }

    /// The month before the first date's: `2025-12`.
    pub fn previous_month(self) -> String {
        Self::month_of(civil::month_of(self.from).0.pred_opt().unwrap_or(self.from)).month()
    }

    /// `from=2026-01-01&to=2026-01-31`, for links.
    pub fn query(self) -> String {
        format!("from={}&to={}", self.from, self.to)
    }

    /// The past part: days before `today`. `None` if no day is past.
    pub fn before(self, today: NaiveDate) -> Option<Self> {
        let to = self.to.min(today.pred_opt()?);
        (self.from <= to).then_some(Self { from: self.from, to })
    }

    /// The range extended by `days` at both ends.
    pub fn widened(self, days: u64) -> Self {
        let from = self.from.checked_sub_days(Days::new(days)).unwrap_or(self.from);
        Self { from, to: self.to.checked_add_days(Days::new(days)).unwrap_or(self.to) }
    }

    /// Whether the date lies in it.
    pub fn contains(self, day: NaiveDate) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

/// Length of a step of the trend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Step {
    /// From Monday to Sunday.
    #[default]
    Week,
    /// A calendar month.
    Month,
}

impl Step {
    /// Reads the address's word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "weeks" => Some(Self::Week),
            "months" => Some(Self::Month),
            _ => None,
        }
    }

    /// The last twelve steps, oldest first. The last one holds `today`.
    pub fn last_twelve(self, today: NaiveDate) -> Vec<Period> {
        (0..STEPS).rev().map(|back| self.back(today, back)).collect()
    }

    fn back(self, today: NaiveDate, steps: u32) -> Period {
        match self {
            Self::Week => {
                let days = u64::from(today.weekday().num_days_from_monday() + 7 * steps);
                let from = today.checked_sub_days(Days::new(days)).unwrap_or(today);
                Period { from, to: from.checked_add_days(Days::new(6)).unwrap_or(from) }
            }
            Self::Month => Period::month_of(civil::month_of(today).0.checked_sub_months(Months::new(steps)).unwrap_or(today)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn period(from: &str, to: &str) -> Period {
        Period { from: day(from), to: day(to) }
    }

    /// The period, and the number of complaints.
    fn read(month: &str, from: &str, to: &str) -> (Period, usize) {
        let mut asked = Asked::new(Lang::Tr);
        let read = Period::read(&mut asked, Some(month), Some(from), Some(to), day("2026-02-10"));
        (read, asked.sentences().len())
    }

    #[test]
    fn an_address_without_dates_means_this_month_and_nonsense_is_complained_of() {
        assert_eq!(read("", "", ""), (period("2026-02-01", "2026-02-28"), 0));
        for (month, from, to, complaints) in
            [("2026-13", "", "", 1), ("", "yarın", "32.01.2026", 2), ("9999-01", "", "", 1), ("", "2026-01-05", "2025-01-05", 1)]
        {
            assert_eq!(read(month, from, to).1, complaints, "{month} {from} {to}");
        }
    }

    #[test]
    fn a_month_or_two_dates_are_read() {
        assert_eq!(read("2025-12", "", ""), (period("2025-12-01", "2025-12-31"), 0));
        assert_eq!(read("Aralık 2025", "", ""), (period("2025-12-01", "2025-12-31"), 0));
        assert_eq!(read("", "05.01.2026", "2026-01-10"), (period("2026-01-05", "2026-01-10"), 0));
        assert_eq!(read("", "2026-01-05", "").0.to, civil::LAST_DAY);
        assert_eq!(period("2026-02-01", "2026-02-28").month(), "2026-02");
        assert_eq!(period("2026-02-01", "2026-02-27").month(), "");
        assert_eq!(period("2026-01-15", "2026-03-27").previous_month(), "2025-12");
    }

    #[test]
    fn more_than_a_year_of_days_that_are_over_is_complained_of_and_nothing_is_cut() {
        for (from, to, complaints) in [
            ("2025-02-10", "2026-02-10", 0),
            ("2025-02-09", "2026-02-10", 1),
            ("2025-02-10", "", 0),
            ("2025-02-10", "2100-12-31", 0),
            ("2025-02-09", "", 1),
            ("", "2026-02-10", 1),
            ("1990-01-01", "1990-12-31", 0),
            ("2024-01-01", "2024-12-31", 0),
            ("2024-01-01", "2025-01-01", 1),
            ("2026-02-11", "2090-01-01", 0),
        ] {
            assert_eq!(read("", from, to).1, complaints, "{from} {to}");
        }
        assert_eq!(read("", "2024-01-01", "2026-02-10").0, period("2024-01-01", "2026-02-10"));
    }

    #[test]
    fn today_is_still_open() {
        let month = period("2026-02-01", "2026-02-28");
        assert_eq!(month.before(day("2026-02-10")), Some(period("2026-02-01", "2026-02-09")));
        assert_eq!(month.before(day("2026-02-01")), None);
        assert_eq!(month.before(day("2026-04-01")), Some(month));
    }

    #[test]
    fn the_trend_ends_with_the_step_of_today() {
        let weeks = Step::Week.last_twelve(day("2026-01-07"));
        assert_eq!((weeks.len(), weeks[11]), (12, period("2026-01-05", "2026-01-11")));
        assert_eq!(weeks[0], period("2025-10-20", "2025-10-26"));
        let months = Step::Month.last_twelve(day("2026-03-31"));
        assert_eq!((months[0], months[11]), (period("2025-04-01", "2025-04-30"), period("2026-03-01", "2026-03-31")));
        assert_eq!(months[10], period("2026-02-01", "2026-02-28"));
    }
}
