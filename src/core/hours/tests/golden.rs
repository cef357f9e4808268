//! tests/golden/calc-cases.csv: the results of the desktop program. They must be equal, except where DOMAIN 11.2 demands another result.

use std::collections::BTreeMap;

use chrono::{Datelike, Weekday};

use super::super::{Hours, Rules, Shift, hours};
use crate::civil::{BreakError, DateError, HoursError, TimeError, format_hours, parse_break, parse_date, parse_time};

/// The eight results as the file has them, at two decimals.
type Results = [String; 8];

struct Case {
    line: usize,
    fields: Vec<String>,
}

impl Case {
    fn note(&self) -> &str {
        &self.fields[16]
    }

    fn is(&self, tag: &str) -> bool {
        self.note().contains(tag)
    }

    /// The results of the desktop program.
    fn results(&self) -> Results {
        std::array::from_fn(|at| format!("{:.2}", self.fields[8 + at].parse::<f64>().unwrap()))
    }

    /// The hours if forms and settings accept every field, otherwise the code of the complaint.
    fn parse(&self) -> Result<Hours, &'static str> {
        let f = |at: usize| self.fields[at].as_str();
        let date = parse_date(f(0)).map_err(DateError::code)?;
        let start = parse_time(f(1)).map_err(TimeError::code)?;
        let end = parse_time(f(2)).map_err(TimeError::code)?;
        let pause = self.break_minutes()?;
        let shift = Shift::from_clock(date, start, end, pause, f(4) == "1");
        let rules = self.rules()?;
        Ok(shift.map_or(Hours::ZERO, |shift| hours(&shift, &rules)))
    }

    /// A Saturday window that cannot be read does not affect weekdays.
    fn rules(&self) -> Result<Rules, &'static str> {
        let weekday = &self.fields[5];
        let read = Rules::parse(weekday, &self.fields[6], &self.fields[7]);
        let read = if self.is_saturday() { read } else { read.or_else(|_| Rules::parse(weekday, "09:00", "14:00")) };
        read.map_err(|error| {
            let saturday = error.saturday_start.or(error.saturday_end).map(TimeError::code);
            error.weekday.map(HoursError::code).or(saturday).unwrap()
        })
    }

    fn is_saturday(&self) -> bool {
        parse_date(&self.fields[0]).is_ok_and(|date| date.weekday() == Weekday::Sat)
    }

    /// The break as the form reads it; old rows may hold a break that the form refuses, and the calculation must handle it.
    fn break_minutes(&self) -> Result<i32, &'static str> {
        match self.fields[3].as_str() {
            "60.9" => Ok(60),
            "True" => Ok(1),
            old @ ("-30" | "539" | "540" | "541" | "600" | "1000") => Ok(old.parse().unwrap()),
            typed => parse_break(typed).map_err(BreakError::code),
        }
    }
}

fn shown(hours: &Hours) -> Results {
    [
        hours.worked,
        hours.scheduled,
        hours.overtime,
        hours.night,
        hours.overnight,
        hours.special_normal,
        hours.special_overtime,
        hours.special_night,
    ]
    .map(|minutes| format_hours(minutes, "en"))
}

fn cases() -> Vec<Case> {
    let file = include_str!("../../../../tests/golden/calc-cases.csv");
    file.lines().enumerate().skip(1).map(|(at, line)| Case { line: at + 1, fields: split(line) }).collect()
}

/// Splits a line at its commas, but not inside quotes.
fn split(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    assert_eq!(fields.len(), 17, "{line}");
    fields
}

#[test]
fn every_row_without_a_mark_is_reproduced() {
    let kept: Vec<Case> = cases().into_iter().filter(|case| !case.is("BUG-") && !case.is("RAISES")).collect();
    assert_eq!(kept.len(), 365, "the file's rows");
    for case in kept {
        let hours = case.parse().unwrap_or_else(|error| panic!("line {}: {error}", case.line));
        assert_eq!(shown(&hours), case.results(), "line {}: {}", case.line, case.note());
    }
}

#[test]
fn equal_times_come_to_nothing() {
    let equal: Vec<Case> = cases().into_iter().filter(|case| case.is("BUG-EQUAL")).collect();
    assert_eq!(equal.len(), 25);
    for case in equal {
        assert_eq!(case.parse(), Ok(Hours::ZERO), "line {}", case.line);
    }
}

#[test]
fn a_clamped_break_leaves_no_minute_over() {
    let clamped: Vec<Case> = cases().into_iter().filter(|case| case.is("BUG-CLAMP")).collect();
    assert_eq!(clamped.len(), 3);
    for case in clamped {
        let mut wanted = case.results();
        wanted[0] = "0.00".into();
        assert_eq!(case.parse().map(|hours| shown(&hours)), Ok(wanted), "line {}", case.line);
    }
}

#[test]
fn the_end_of_a_month_is_a_day_like_any_other() {
    let month_ends: Vec<Case> = cases().into_iter().filter(|case| case.is("BUG-MONTHEND")).collect();
    assert_eq!(month_ends.len(), 7);
    for case in month_ends {
        let wanted = match case.fields[0].as_str() {
            "2026-01-07" => ["7.50", "9.00", "0.00", "8.00", "6.00", "0.00", "0.00", "0.00"],
            "2026-01-10" => ["5.00", "4.00", "1.00", "0.00", "0.00", "0.00", "0.00", "0.00"],
            "2026-01-11" => ["8.00", "0.00", "0.00", "4.00", "2.00", "8.00", "0.00", "4.00"],
            other => panic!("no wanted result for {other}"),
        };
        assert_eq!(case.parse().map(|hours| shown(&hours)), Ok(wanted.map(String::from)), "line {}", case.line);
    }
}

#[test]
fn a_negative_plan_is_refused() {
    let negative: Vec<Case> = cases().into_iter().filter(|case| case.is("BUG-NEGPLAN")).collect();
    assert_eq!(negative.len(), 1);
    assert_eq!(negative[0].parse(), Err("hours-range"));
}

#[test]
fn what_the_desktop_program_stumbled_over_is_refused() {
    // Formats that people type and that made the desktop program fail: they are read now, as 09:00 to 18:00.
    let read_now: BTreeMap<(&str, &str), &str> = BTreeMap::from([
        (("09.00", "9"), "9.00"),
        (("09:00:00", "9"), "9.00"),
        (("0900", "9"), "9.00"),
        ((" 09:00", "9"), "9.00"),
        (("09:00", "8,5"), "8.50"),
    ]);
    let raising: Vec<Case> = cases().into_iter().filter(|case| case.is("RAISES") && !case.is("BUG-")).collect();
    assert_eq!(raising.len(), 25);
    let mut read = 0;
    for case in raising {
        match (case.parse(), read_now.get(&(case.fields[1].as_str(), case.fields[5].as_str()))) {
            (Ok(hours), Some(plan)) => {
                read += 1;
                assert_eq!((hours.worked, shown(&hours)[1].as_str()), (480, *plan), "line {}", case.line);
            }
            (parsed, None) => assert!(parsed.is_err(), "line {}: {}", case.line, case.note()),
            (Err(error), Some(_)) => panic!("line {}: {error}", case.line),
        }
    }
    assert_eq!(read, read_now.len());
}
