//! The company's hours: the totals of a timesheet under the daily plan (DOMAIN 4.1). Whole minutes, no clock, no I/O.
//!
//! A shift over midnight belongs completely to the date on which it starts. The legal view (week, year) is another set of rules and not in
//! here.

pub mod doubts;
mod explain;
mod rules;
#[cfg(test)]
mod tests;
mod total;

use std::{
    iter::Sum,
    ops::{Add, AddAssign, Mul},
};

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Serialize;

use crate::civil::{DAY, stored_end};
pub use explain::{Arg, KEYS, Step, explain};
pub use rules::{Rules, RulesError};
pub use total::Total;

/// The hours of the night, in minutes of the start day: 22:00 to 06:00 around both midnights (DOMAIN 4.1 item 4).
const NIGHTS: [(i32, i32); 3] = [(0, 360), (1320, 1800), (2760, 3240)];

/// One entry of a timesheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shift {
    /// The date on which the shift starts; its weekday decides the plan.
    pub work_date: NaiveDate,
    /// Start, in minutes of that day: 0 to 1439.
    pub start_min: i32,
    /// End, in minutes of that day: after the start, and past 1440 for a shift over midnight.
    pub end_min: i32,
    /// Break in minutes. In old rows it may be negative (counts as none) or longer than the shift (counts as the whole shift).
    pub break_minutes: i32,
    /// A public holiday, or another day that is paid separately.
    pub is_special: bool,
}

impl Shift {
    /// A shift from two clock times (0 to 1439), as old rows have them. `None` for equal times, which are not a shift: such a row counts as
    /// [`Hours::ZERO`] (DOMAIN 11.2, C54 to C56).
    pub fn from_clock(work_date: NaiveDate, start: i32, end: i32, break_minutes: i32, is_special: bool) -> Option<Self> {
        let end_min = stored_end(start, end)?;
        Some(Self { work_date, start_min: start, end_min, break_minutes, is_special })
    }

    fn gross(&self) -> i32 {
        (self.end_min - self.start_min).max(0)
    }

    /// The break that counts, clamped to the shift (DOMAIN 4.1 item 2).
    fn deducted_break(&self) -> i32 {
        self.break_minutes.clamp(0, self.gross())
    }

    fn plan(&self, rules: &Rules) -> i32 {
        if self.is_special {
            return 0;
        }
        match self.work_date.weekday() {
            Weekday::Sat => rules.saturday_minutes(),
            Weekday::Sun => 0,
            _ => rules.weekday_minutes,
        }
    }

    /// The parts of the shift at night, at most one per window. The break is never subtracted (DOMAIN 4.1 item 4).
    fn nights(&self) -> impl Iterator<Item = (i32, i32)> {
        let Self { start_min, end_min, .. } = *self;
        NIGHTS.into_iter().map(move |(from, to)| (from.max(start_min), to.min(end_min))).filter(|(from, to)| from < to)
    }

    /// Minutes after the midnight that ends the start day.
    fn after_midnight(&self) -> i32 {
        (self.end_min - self.start_min.max(DAY)).max(0)
    }
}

/// The totals of one shift, or of many together, in minutes. `i64` is large enough for all shifts that the company will ever have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hours {
    /// From start to end.
    #[serde(skip)]
    pub gross: i64,
    /// Gross without the break.
    #[serde(rename = "worked_minutes")]
    pub worked: i64,
    /// The plan of that day.
    #[serde(rename = "scheduled_minutes")]
    pub scheduled: i64,
    /// Above the plan.
    #[serde(rename = "overtime_minutes")]
    pub overtime: i64,
    /// Between 22:00 and 06:00; the break is not subtracted.
    #[serde(rename = "night_minutes")]
    pub night: i64,
    /// After the midnight that ends the start day.
    #[serde(rename = "overnight_minutes")]
    pub overnight: i64,
    /// Worked on a special day.
    #[serde(rename = "special_normal_minutes")]
    pub special_normal: i64,
    /// Overtime on a special day: the company has no rule for it, so it stays 0 (DOMAIN 4.1 item 8).
    #[serde(rename = "special_overtime_minutes")]
    pub special_overtime: i64,
    /// Night hours on a special day; also included in `night`.
    #[serde(rename = "special_night_minutes")]
    pub special_night: i64,
}

impl Hours {
    /// No hours at all, not even planned ones.
    pub const ZERO: Self = Self {
        gross: 0,
        worked: 0,
        scheduled: 0,
        overtime: 0,
        night: 0,
        overnight: 0,
        special_normal: 0,
        special_overtime: 0,
        special_night: 0,
    };

    fn zip(self, other: Self, with: impl Fn(i64, i64) -> i64) -> Self {
        Self {
            gross: with(self.gross, other.gross),
            worked: with(self.worked, other.worked),
            scheduled: with(self.scheduled, other.scheduled),
            overtime: with(self.overtime, other.overtime),
            night: with(self.night, other.night),
            overnight: with(self.overnight, other.overnight),
            special_normal: with(self.special_normal, other.special_normal),
            special_overtime: with(self.special_overtime, other.special_overtime),
            special_night: with(self.special_night, other.special_night),
        }
    }
}

/// The hours of one shift (DOMAIN 4.1 items 1 to 8).
pub fn hours(shift: &Shift, rules: &Rules) -> Hours {
    let gross = shift.gross();
    let worked = gross - shift.deducted_break();
    let plan = shift.plan(rules);
    let night: i32 = shift.nights().map(|(from, to)| to - from).sum();
    let special = |minutes: i32| if shift.is_special { minutes.into() } else { 0 };
    Hours {
        gross: gross.into(),
        worked: worked.into(),
        scheduled: plan.into(),
        overtime: overtime(shift.is_special, gross, worked, plan).into(),
        night: night.into(),
        overnight: shift.after_midnight().into(),
        special_normal: special(worked),
        special_overtime: 0,
        special_night: special(night),
    }
}

/// On a day with a plan, overtime is the whole presence above the plan, break included; on a day without a plan, it is the time worked
/// (DOMAIN 4.1 item 7).
fn overtime(is_special: bool, gross: i32, worked: i32, plan: i32) -> i32 {
    match (is_special, plan) {
        (true, _) => 0,
        (false, 0) => worked,
        (false, plan) => (gross - plan).max(0),
    }
}

impl Add for Hours {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
}

impl AddAssign for Hours {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// The hours of `count` equal shifts.
impl Mul<i64> for Hours {
    type Output = Self;
    fn mul(self, count: i64) -> Self {
        self.zip(Self::ZERO, |minutes, _| minutes * count)
    }
}

impl Sum for Hours {
    fn sum<I: Iterator<Item = Self>>(each: I) -> Self {
        each.fold(Self::ZERO, Add::add)
    }
}
