//! Counts, instants, days and months as people read them; hours, times of day and short dates are in [`crate::civil`].

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};

use super::{Lang, t, t_with};
use crate::{civil::grouped, clock::in_istanbul};

const MONTHS: [&str; 12] = [
    "month-name-1",
    "month-name-2",
    "month-name-3",
    "month-name-4",
    "month-name-5",
    "month-name-6",
    "month-name-7",
    "month-name-8",
    "month-name-9",
    "month-name-10",
    "month-name-11",
    "month-name-12",
];

const WEEKDAYS: [&str; 7] =
    ["weekday-monday", "weekday-tuesday", "weekday-wednesday", "weekday-thursday", "weekday-friday", "weekday-saturday", "weekday-sunday"];

/// The weekdays: their numbers in forms, and the keys of their short names.
pub const SHORT_WEEKDAYS: [(&str, &str); 7] = [
    ("1", "weekday-short-1"),
    ("2", "weekday-short-2"),
    ("3", "weekday-short-3"),
    ("4", "weekday-short-4"),
    ("5", "weekday-short-5"),
    ("6", "weekday-short-6"),
    ("7", "weekday-short-7"),
];

/// A weekday's full name by its ISO number: 1 is `Pazartesi`. `None` for any other number.
pub fn weekday(lang: Lang, number: u32) -> Option<&'static str> {
    weekday_key(number).map(|key| t(lang, key))
}

/// Key of a weekday's full name by its ISO number. `None` for any other number.
pub fn weekday_key(number: u32) -> Option<&'static str> {
    WEEKDAYS.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
}

/// A month's name by its number, 1 to 12; `""` for any other.
pub fn month(lang: Lang, number: u32) -> &'static str {
    let key = usize::try_from(number).ok().and_then(|number| MONTHS.get(number.checked_sub(1)?));
    key.map_or("", |key| t(lang, key))
}

/// The month of a day: `Ocak 2026`.
pub fn month_of_year(lang: Lang, day: NaiveDate) -> String {
    format!("{} {}", t(lang, MONTHS[day.month0() as usize]), day.year())
}

/// A day among those of its year: `14 Ocak Çarşamba`, in English `Wednesday 14 January`.
pub fn day_of_year(lang: Lang, day: NaiveDate) -> String {
    let (month, weekday) = (t(lang, MONTHS[day.month0() as usize]), weekday_of(lang, day));
    t_with(lang, "day-of-year", &[("day", &day.day()), ("month", &month), ("weekday", &weekday)])
}

/// A whole number with its thousands grouped: `1.300`, in English `1,300`.
pub fn number(lang: Lang, value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(value.unsigned_abs(), lang.as_str()))
}

/// Hundredths of an hour: 299 is `2,99`, in English `2.99`.
pub fn hundredths(lang: Lang, value: i64) -> String {
    let mark = match lang {
        Lang::Tr => ',',
        Lang::En => '.',
    };
    format!("{}{mark}{:02}", number(lang, value / 100), value.unsigned_abs() % 100)
}

/// How long ago something was, in the largest unit that fits: "az önce", "5 dakika önce". static/ts/relative.ts follows the same rule.
pub fn relative(lang: Lang, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let passed = now - at;
    match (passed.num_days(), passed.num_hours(), passed.num_minutes()) {
        (1.., ..) => t_with(lang, "time-days-ago", &[("n", &passed.num_days())]),
        (_, 1.., _) => t_with(lang, "time-hours-ago", &[("n", &passed.num_hours())]),
        (_, _, 1..) => t_with(lang, "time-minutes-ago", &[("n", &passed.num_minutes())]),
        _ => t(lang, "time-just-now").to_owned(),
    }
}

/// An instant by Istanbul's clock: `05.01.2026 14:30`.
pub fn instant(at: DateTime<Utc>) -> String {
    in_istanbul(at).format("%d.%m.%Y %H:%M").to_string()
}

/// A day by its full name: `14 Ocak 2026 Çarşamba`, in English `Wednesday 14 January 2026`.
pub fn long_day(lang: Lang, day: NaiveDate) -> String {
    t_with(lang, "day-of-year", &[("day", &day.day()), ("month", &month_of_year(lang, day)), ("weekday", &weekday_of(lang, day))])
}

fn weekday_of(lang: Lang, day: NaiveDate) -> &'static str {
    t(lang, WEEKDAYS[day.weekday().num_days_from_monday() as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(number(Lang::Tr, 999), "999");
        assert_eq!(number(Lang::Tr, 1300), "1.300");
        assert_eq!(number(Lang::En, 1_234_567), "1,234,567");
        assert_eq!(number(Lang::En, -1000), "-1,000");
    }

    #[test]
    fn days_and_months_are_called_by_their_names() {
        let day = |text: &str| text.parse().unwrap();
        assert_eq!(day_of_year(Lang::Tr, day("2026-01-14")), "14 Ocak Çarşamba");
        assert_eq!(day_of_year(Lang::En, day("2026-12-06")), "Sunday 6 December");
        assert_eq!(month_of_year(Lang::Tr, day("2026-08-31")), "Ağustos 2026");
    }

    #[test]
    fn a_day_far_away_is_called_with_its_year() {
        let golden: serde_json::Value = serde_json::from_str(include_str!("../../../tests/golden/civil.json")).unwrap();
        let days = golden["long_days"].as_array().unwrap();
        assert!(days.len() > 3, "the vectors are there");
        for named in days {
            let day = named["date"].as_str().unwrap().parse().unwrap();
            let names = [Lang::Tr, Lang::En].map(|lang| long_day(lang, day));
            assert_eq!(names.each_ref().map(|name| Some(name.as_str())), [named["tr"].as_str(), named["en"].as_str()]);
        }
    }

    #[test]
    fn hundredths_keep_their_zeros() {
        assert_eq!(hundredths(Lang::Tr, 299), "2,99");
        assert_eq!(hundredths(Lang::Tr, 120_005), "1.200,05");
        assert_eq!(hundredths(Lang::En, 7), "0.07");
    }

    #[test]
    fn a_time_that_has_passed_is_said_in_its_largest_unit() {
        let at: DateTime<Utc> = "2026-01-04T21:30:00Z".parse().unwrap();
        let after = |seconds| relative(Lang::Tr, at, at + chrono::TimeDelta::seconds(seconds));
        assert_eq!(after(-5), "az önce", "clocks differ");
        assert_eq!((after(59), after(60), after(3599)), ("az önce".into(), "1 dakika önce".into(), "59 dakika önce".into()));
        assert_eq!((after(3600), after(86_399), after(2 * 86_400)), ("1 saat önce".into(), "23 saat önce".into(), "2 gün önce".into()));
        assert_eq!(relative(Lang::En, at, at + chrono::TimeDelta::hours(1)), "1 hour ago");
    }

    #[test]
    fn an_instant_is_shown_by_istanbuls_clock() {
        let at = "2026-01-04T21:30:00Z".parse().unwrap();
        assert_eq!(instant(at), "05.01.2026 00:30");
    }
}
