//! Counts and instants as people read them; hours, times of day and dates are in [`crate::civil`].

use chrono::{DateTime, Utc};

use super::Lang;
use crate::clock::in_istanbul;

/// A whole number with its thousands grouped: `1.300`, in English `1,300`.
pub fn number(lang: Lang, value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(lang, value.unsigned_abs()))
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
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
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
    fn thousands_are_grouped() {
        assert_eq!(number(Lang::Tr, 999), "999");
        assert_eq!(number(Lang::Tr, 1300), "1.300");
        assert_eq!(number(Lang::En, 1_234_567), "1,234,567");
        assert_eq!(number(Lang::En, -1000), "-1,000");
    }

    #[test]
    fn an_instant_is_shown_by_istanbuls_clock() {
        let at = "2026-01-04T21:30:00Z".parse().unwrap();
        assert_eq!(instant(at), "05.01.2026 00:30");
    }
}
