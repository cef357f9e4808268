//! Dates, times of day and durations as clerks type and read them. Pure, and shared by server and agent.
//!
//! static/ts/civil.ts gives the same results; tests/golden/civil.json pins both. All numbers are whole minutes.

mod month;

use chrono::{Datelike, Months, NaiveDate};
use serde::Deserialize;

use crate::{complaint::FieldError, text::clean};

pub use month::Month;

/// Minutes in a day.
pub const DAY: i32 = 1440;

/// The longest break a timesheet may have, in minutes (DOMAIN 3.10).
pub const LONGEST_BREAK: i32 = 480;

/// Years that a work date may be in; the table `app.timesheets` checks the same.
pub const WORK_YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;

/// First day that a work date can have.
pub const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(*WORK_YEARS.start(), 1, 1).expect("a date");

/// A work date as addresses and page marks write it, `2026-01-05`; refuses every other form. An address with such a form is not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DayOfWork(pub NaiveDate);

impl std::str::FromStr for DayOfWork {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let date = parse_work_date(text)?;
        if date.to_string() == text { Ok(Self(date)) } else { Err(DateError::Format) }
    }
}

impl TryFrom<String> for DayOfWork {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

/// Last day that a work date can have.
pub const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(*WORK_YEARS.end(), 12, 31).expect("a date");

/// The first and the last day of a day's month.
pub fn month_of(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = day.with_day(1).unwrap_or(day);
    (first, first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(day))
}

/// Why a text is not a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Blank.
    #[error("no time given")]
    Empty,
    /// Not in the format of a time.
    #[error("not a time")]
    Format,
    /// In the format of a time, but outside the day, such as 24:00 or 25:99.
    #[error("no day has {hour:02}:{minute:02}")]
    Range {
        /// The hour as written.
        hour: i32,
        /// The minute as written.
        minute: i32,
    },
}

/// Why a text is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Blank.
    #[error("no date given")]
    Empty,
    /// Neither `2026-01-05` nor `05.01.2026`.
    #[error("not a date")]
    Format,
    /// In the format of a date, but not in the calendar, such as 30.02.2026.
    #[error("no calendar has {day:02}.{month:02}.{year:04}")]
    Calendar {
        /// The day as written.
        day: i32,
        /// The month as written.
        month: i32,
        /// The year as written.
        year: i32,
    },
    /// A real date outside the years of a work date ([`WORK_YEARS`]).
    #[error("no work date lies in {year:04}")]
    Range {
        /// The year as written.
        year: i32,
    },
}

/// Why a text is not a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BreakError {
    /// Blank.
    #[error("no break given")]
    Empty,
    /// Not a whole number.
    #[error("not a number of minutes")]
    Format,
    /// A whole number outside 0 to [`LONGEST_BREAK`].
    #[error("outside 0 to 480 minutes")]
    Range,
}

/// Why a text is not a number of hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// Blank.
    #[error("no hours given")]
    Empty,
    /// Not in a format of hours.
    #[error("not a number of hours")]
    Format,
    /// Outside 0 to 24 hours.
    #[error("outside 0 to 24 hours")]
    Range,
}

impl TimeError {
    /// Key of the message in the catalogue.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "time-empty",
            Self::Format => "time-format",
            Self::Range { .. } => "time-range",
        }
    }

    /// The complaint about a form field, with the `hour` and `minute` that were read.
    pub fn about(self, field: &str) -> FieldError {
        let error = FieldError::new(field, self.code());
        match self {
            Self::Range { hour, minute } => error.with("hour", format!("{hour:02}")).with("minute", format!("{minute:02}")),
            Self::Empty | Self::Format => error,
        }
    }
}

impl DateError {
    /// Key of the message in the catalogue.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "date-empty",
            Self::Format => "date-format",
            Self::Calendar { .. } => "date-calendar",
            Self::Range { .. } => "date-range",
        }
    }

    /// The complaint about a form field, with the `day`, `month` and `year` that were read.
    pub fn about(self, field: &str) -> FieldError {
        let error = FieldError::new(field, self.code());
        match self {
            Self::Calendar { day, month, year } => {
                error.with("day", format!("{day:02}")).with("month", format!("{month:02}")).with("year", format!("{year:04}"))
            }
            Self::Range { year } => error.with("year", format!("{year:04}")),
            Self::Empty | Self::Format => error,
        }
    }
}

impl BreakError {
    /// Key of the message in the catalogue.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "break-empty",
            Self::Format => "break-format",
            Self::Range => "break-range",
        }
    }

    /// The complaint about a form field.
    pub fn about(self, field: &str) -> FieldError {
        FieldError::new(field, self.code())
    }
}

impl HoursError {
    /// Key of the message in the catalogue.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "hours-empty",
            Self::Format => "hours-format",
            Self::Range => "hours-range",
        }
    }

    /// The complaint about a form field.
    pub fn about(self, field: &str) -> FieldError {
        FieldError::new(field, self.code())
    }
}

/// Reads a time of day: `0830`, `830`, `8:30`, `8.30`, `8,30` (the decimal key of a Turkish number pad), `9:5`, `08:30:45` (drops the
/// seconds), and an hour alone, `8`. Refuses `8.5` and `8,5`, which might mean 08:05 or 08:30. Returns minutes of the day, 0 to 1439.
pub fn parse_time(text: &str) -> Result<i32, TimeError> {
    let text = &clean(text)[..];
    if text.is_empty() {
        return Err(TimeError::Empty);
    }
    let (hour, minute, second) = split_time(text).ok_or(TimeError::Format)?;
    if hour > 23 || minute > 59 || second > 59 {
        return Err(TimeError::Range { hour, minute });
    }
    Ok(hour * 60 + minute)
}

/// Hour, minute and second as written, not checked for their range.
fn split_time(text: &str) -> Option<(i32, i32, i32)> {
    let Some(mark) = text.chars().find(|c| matches!(c, ':' | '.' | ',')) else {
        let number = digits(text, 1..=4)?;
        return Some(if text.len() <= 2 { (number, 0, 0) } else { (number / 100, number % 100, 0) });
    };
    let mut parts = text.split(mark);
    let hour = digits(parts.next()?, 1..=2)?;
    let minute = digits(parts.next()?, if mark == ':' { 1..=2 } else { 2..=2 })?;
    let second = parts.next().map_or(Some(0), |part| digits(part, 2..=2))?;
    parts.next().is_none().then_some((hour, minute, second))
}

/// Reads a date: `2026-01-05` or `05.01.2026`, day and month also without the leading zero. Refuses all other forms: `05/01/2026` might be
/// May.
pub fn parse_date(text: &str) -> Result<NaiveDate, DateError> {
    let text = &clean(text)[..];
    if text.is_empty() {
        return Err(DateError::Empty);
    }
    let (year, month, day) = split_date(text).ok_or(DateError::Format)?;
    calendar_date(year, month, day).ok_or(DateError::Calendar { day, month, year })
}

/// Reads a date that can be a work date ([`WORK_YEARS`]).
pub fn parse_work_date(text: &str) -> Result<NaiveDate, DateError> {
    let date = parse_date(text)?;
    if WORK_YEARS.contains(&date.year()) { Ok(date) } else { Err(DateError::Range { year: date.year() }) }
}

fn split_date(text: &str) -> Option<(i32, i32, i32)> {
    let day_first = text.contains('.');
    let mut parts = text.split(if day_first { '.' } else { '-' });
    let (first, month, last) = (parts.next()?, parts.next()?, parts.next()?);
    let (year, day) = if day_first { (last, first) } else { (first, last) };
    let date = (digits(year, 4..=4)?, digits(month, 1..=2)?, digits(day, 1..=2)?);
    parts.next().is_none().then_some(date)
}

fn calendar_date(year: i32, month: i32, day: i32) -> Option<NaiveDate> {
    if year == 0 {
        return None;
    }
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

/// Reads a break in whole minutes, 0 to [`LONGEST_BREAK`].
pub fn parse_break(text: &str) -> Result<i32, BreakError> {
    let text = &clean(text)[..];
    if text.is_empty() {
        return Err(BreakError::Empty);
    }
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    if unsigned.is_empty() || !unsigned.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BreakError::Format);
    }
    match text.parse() {
        Ok(minutes) if (0..=LONGEST_BREAK).contains(&minutes) => Ok(minutes),
        _ => Err(BreakError::Range),
    }
}

/// A text is not a number of minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a number of minutes")]
pub struct NotMinutes;

impl NotMinutes {
    /// The complaint about a form field.
    pub fn about(self, field: &str) -> FieldError {
        FieldError::new(field, "minutes-format")
    }
}

/// Reads minutes: `90`, or hours and minutes, `1:30`.
pub fn parse_minutes(text: &str) -> Result<i32, NotMinutes> {
    let text = &clean(text)[..];
    let minutes = match text.split_once(':') {
        Some((hours, minutes)) => digits(hours, 1..=4).zip(digits(minutes, 2..=2).filter(|m| *m < 60)).map(|(h, m)| h * 60 + m),
        None => digits(text, 1..=6),
    };
    minutes.ok_or(NotMinutes)
}

/// Reads a number of hours, such as a daily plan: `7.5`, `8,5`, `9`, `8:30`, `0830`. Returns minutes, 0 to 1440, rounded to whole minutes.
pub fn parse_hours(text: &str) -> Result<i32, HoursError> {
    let text = &clean(text)[..];
    if text.is_empty() {
        return Err(HoursError::Empty);
    }
    let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let minutes = hours_and_minutes(unsigned).or_else(|| decimal_hours(unsigned)).ok_or(HoursError::Format)?;
    if (negative && minutes != 0) || minutes > DAY { Err(HoursError::Range) } else { Ok(minutes) }
}

/// `8:30`, `830`, `0830`; a minute above 59 gives `i32::MAX`, which the caller refuses as longer than a day.
fn hours_and_minutes(text: &str) -> Option<i32> {
    let (hour, minute) = if let Some((hour, minute)) = text.split_once(':') {
        (digits(hour, 1..=2)?, digits(minute, 2..=2)?)
    } else {
        let number = digits(text, 3..=4)?;
        (number / 100, number % 100)
    };
    Some(if minute > 59 { i32::MAX } else { hour * 60 + minute })
}

/// `9`, `7.5`, `8,25`: at most two digits before the mark and six after it.
fn decimal_hours(text: &str) -> Option<i32> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let scale = 10_i64.pow(u32::try_from(fraction.len()).ok()?.min(6));
    let scaled = i64::from(digits(whole, 1..=2)?) * scale + i64::from(digits(fraction, 1..=6)?);
    i32::try_from((scaled * 60 + scale / 2) / scale).ok()
}

/// Reads a number that consists only of ASCII digits; `lengths` are the allowed counts of digits.
fn digits(text: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<i32> {
    if !lengths.contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// The end of a shift as it is stored, in minutes of the start day: past 1440 if the end is earlier on the clock than the start. Equal
/// times are not a shift (DOMAIN 11.2).
pub fn stored_end(start: i32, end: i32) -> Option<i32> {
    match end.cmp(&start) {
        std::cmp::Ordering::Less => Some(end + DAY),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(end),
    }
}

/// `510` as `08:30`; minutes past midnight (a stored end) show the time on the next day.
pub fn format_time(minutes: i32) -> String {
    let minutes = minutes.rem_euclid(DAY);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// `05.01.2026`.
pub fn format_date_tr(date: NaiveDate) -> String {
    date.format("%d.%m.%Y").to_string()
}

/// Minutes as hours with two decimals: `1.429,50` in Turkish (`tr`), `1,429.50` in any other language. Rounding whole minutes to hundredths
/// of an hour never has a tie (DOMAIN 4.1 item 9).
pub fn format_hours(minutes: impl Into<i64>, lang: &str) -> String {
    let minutes = minutes.into();
    let hundredths = (minutes.unsigned_abs() * 5 + 1) / 3;
    let sign = if minutes < 0 { "-" } else { "" };
    let mark = if lang == "tr" { ',' } else { '.' };
    format!("{sign}{}{mark}{:02}", grouped(hundredths / 100, lang), hundredths % 100)
}

/// A whole number with its thousands grouped: `1.300` in Turkish (`tr`), `1,300` in any other language.
pub fn grouped(value: u64, lang: &str) -> String {
    if value < 1000 {
        return value.to_string();
    }
    let separator = if lang == "tr" { '.' } else { ',' };
    format!("{}{separator}{:03}", grouped(value / 1000, lang), value % 1000)
}

/// Minutes as decimal hours without trailing zeros: 540 is "9", 450 is "7.5".
pub fn format_decimal_hours(minutes: i32) -> String {
    let text = format!("{:.4}", f64::from(minutes) / 60.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn vectors(kind: &str) -> Vec<Value> {
        let golden: Value = serde_json::from_str(include_str!("../../../tests/golden/civil.json")).unwrap();
        golden[kind].as_array().unwrap().clone()
    }

    fn complaint(error: &FieldError) -> Value {
        let mut complaint = json!({ "error": error.code });
        for (name, value) in &error.args {
            complaint[name] = json!(value);
        }
        complaint
    }

    /// Runs every vector of a kind; `answer` returns what the vector holds besides `in`.
    fn check(kind: &str, answer: impl Fn(&str) -> Value) {
        let vectors = vectors(kind);
        assert!(vectors.len() > 5, "{kind}: the vectors are there");
        for mut vector in vectors {
            let input = vector.as_object_mut().unwrap().remove("in").unwrap();
            assert_eq!(answer(input.as_str().unwrap()), vector, "{kind}: {input}");
        }
    }

    #[test]
    fn times_are_read_as_the_shared_vectors_say() {
        check("times", |text| match parse_time(text) {
            Ok(minutes) => json!({ "minutes": minutes, "text": format_time(minutes) }),
            Err(error) => complaint(&error.about("start_time")),
        });
    }

    #[test]
    fn dates_are_read_as_the_shared_vectors_say() {
        check("dates", |text| match parse_date(text) {
            Ok(date) => json!({ "date": date, "text": format_date_tr(date) }),
            Err(error) => complaint(&error.about("hire_date")),
        });
    }

    #[test]
    fn breaks_are_read_as_the_shared_vectors_say() {
        check("breaks", |text| match parse_break(text) {
            Ok(minutes) => json!({ "minutes": minutes }),
            Err(error) => json!({ "error": error.code() }),
        });
    }

    #[test]
    fn hours_are_read_as_the_shared_vectors_say() {
        check("hours", |text| match parse_hours(text) {
            Ok(minutes) => json!({ "minutes": minutes, "tr": format_hours(minutes, "tr"), "en": format_hours(minutes, "en") }),
            Err(error) => json!({ "error": error.code() }),
        });
    }

    #[test]
    fn an_end_before_the_start_lies_on_the_next_day() {
        for vector in vectors("ends") {
            let minutes = |name: &str| parse_time(vector[name].as_str().unwrap()).unwrap();
            assert_eq!(json!(stored_end(minutes("start"), minutes("end"))), vector["stored"], "{vector}");
        }
    }

    #[test]
    fn a_work_date_lies_in_a_year_the_table_takes() {
        assert_eq!(parse_work_date("31.12.1989"), Err(DateError::Range { year: 1989 }));
        assert!(parse_work_date("01.01.1990").is_ok());
        assert!(parse_work_date("2100-12-31").is_ok());
        assert_eq!(parse_work_date("2101-01-01").unwrap_err().about("work_date").args["year"], "2101");
        assert_eq!(parse_work_date("yarın"), Err(DateError::Format));
    }

    #[test]
    fn hours_show_two_decimals_rounded_half_up() {
        assert_eq!(format_hours(1, "tr"), "0,02");
        assert_eq!(format_hours(650, "en"), "10.83");
        assert_eq!(format_hours(-60, "tr"), "-1,00");
        assert_eq!(format_hours(14_400_000_000_i64, "en"), "240,000,000.00");
    }

    proptest! {
        #[test]
        fn a_formatted_time_reads_back(minutes in 0..DAY) {
            prop_assert_eq!(parse_time(&format_time(minutes)), Ok(minutes));
            prop_assert_eq!(parse_time(&format_time(minutes).replace(':', "")), Ok(minutes));
            prop_assert_eq!(format_time(minutes + DAY), format_time(minutes));
        }

        #[test]
        fn a_formatted_date_reads_back(days in 0..40_542_i32) {
            let date = NaiveDate::from_num_days_from_ce_opt(726_468 + days).unwrap();
            prop_assert_eq!(parse_work_date(&format_date_tr(date)), Ok(date));
            prop_assert_eq!(parse_work_date(&date.to_string()), Ok(date));
        }

        #[test]
        fn formatted_hours_read_back_to_the_minute(minutes in 0..=DAY) {
            prop_assert_eq!(parse_hours(&format_hours(minutes, "tr")), Ok(minutes));
            prop_assert_eq!(parse_hours(&format_hours(minutes, "en")), Ok(minutes));
        }

        #[test]
        fn no_text_makes_a_parser_panic_or_leave_its_range(text in "[0-9:., -]{0,8}|\\PC{0,8}") {
            prop_assert!(parse_time(&text).is_ok_and(|m| (0..DAY).contains(&m)) || parse_time(&text).is_err());
            prop_assert!(parse_break(&text).is_ok_and(|m| (0..=LONGEST_BREAK).contains(&m)) || parse_break(&text).is_err());
            prop_assert!(parse_hours(&text).is_ok_and(|m| (0..=DAY).contains(&m)) || parse_hours(&text).is_err());
            prop_assert!(parse_work_date(&text).is_ok_and(|d| WORK_YEARS.contains(&d.year())) || parse_work_date(&text).is_err());
        }
    }
}
