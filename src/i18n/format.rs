//! Numbers, hours and dates as people read them.

use chrono::{DateTime, NaiveDate, Utc};

use super::Lang;
use crate::clock::in_istanbul;

/// Minutes as hours with two decimals: 495 is `8,25`, in English `8.25`. Rounded to the nearest hundredth; an exact half cannot occur.
pub fn hours(lang: Lang, minutes: i64) -> String {
    let hundredths = (minutes.unsigned_abs() * 100 + 30) / 60;
    let sign = if minutes < 0 && hundredths > 0 { "-" } else { "" };
    let point = match lang {
        Lang::Tr => ',',
        Lang::En => '.',
    };
    format!("{sign}{}{point}{:02}", grouped(lang, hundredths / 100), hundredths % 100)
}

/// A whole number with its thousands grouped: `1.300`, in English `1,300`.
pub fn number(lang: Lang, value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(lang, value.unsigned_abs()))
}

/// A minute of the day as `08:30`. Minutes past midnight of the start day (an overnight shift) show the time of the next day: 1,500 is `01:00`.
pub fn time(minute: i32) -> String {
    let minute = minute.rem_euclid(24 * 60);
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// A date as `05.01.2026`, in both languages: the company's papers are written so.
pub fn date(date: NaiveDate) -> String {
    date.format("%d.%m.%Y").to_string()
}

/// An instant by Istanbul's clock: `05.01.2026 14:30`.
pub fn instant(at: DateTime<Utc>) -> String {
    in_istanbul(at).format("%d.%m.%Y %H:%M").to_string()
}

fn grouped(lang: Lang, value: u64) -> String {
    let separator = match lang {
        Lang::Tr => '.',
        Lang::En => ',',
    };
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position) % 3 == 0 {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_become_hours_with_the_readers_decimal_mark() {
        assert_eq!(hours(Lang::Tr, 495), "8,25");
        assert_eq!(hours(Lang::En, 495), "8.25");
        assert_eq!(hours(Lang::Tr, 0), "0,00");
        assert_eq!(hours(Lang::Tr, 1), "0,02");
        assert_eq!(hours(Lang::Tr, 80), "1,33");
        assert_eq!(hours(Lang::Tr, 100), "1,67");
        assert_eq!(hours(Lang::Tr, -90), "-1,50");
        assert_eq!(hours(Lang::Tr, 72_000), "1.200,00");
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(number(Lang::Tr, 999), "999");
        assert_eq!(number(Lang::Tr, 1300), "1.300");
        assert_eq!(number(Lang::En, 1_234_567), "1,234,567");
        assert_eq!(number(Lang::En, -1000), "-1,000");
    }

    #[test]
    fn minutes_past_midnight_show_the_clock_of_the_next_day() {
        assert_eq!(time(510), "08:30");
        assert_eq!(time(0), "00:00");
        assert_eq!(time(1440), "00:00");
        assert_eq!(time(1500), "01:00");
    }

    #[test]
    fn an_instant_is_shown_by_istanbuls_clock() {
        let at = "2026-01-04T21:30:00Z".parse().unwrap();
        assert_eq!(instant(at), "05.01.2026 00:30");
        assert_eq!(date("2026-01-05".parse().unwrap()), "05.01.2026");
    }
}
