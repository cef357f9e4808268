//! Sums of money in kuruş. Forms write them with a comma, operations with a point.

use crate::{complaint::FieldError, text::clean};

/// The largest sum, in kuruş: eleven digits before the comma.
pub const MOST: i64 = 9_999_999_999_999;

/// Why a text is no sum of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a number with at most two digits after the comma.
    #[error("not a sum of money")]
    Format,
    /// Negative, or above [`MOST`].
    #[error("outside of 0 to 99,999,999,999.99")]
    Range,
}

impl MoneyError {
    /// The complaint about a form field.
    pub fn about(self, field: &str) -> FieldError {
        FieldError::new(field, if self == Self::Format { "money-format" } else { "money-range" })
    }
}

/// Reads a sum: `1250`, `1250,5`, `1.250,50`, `1.250,50 TL`, and `1250.50` as operations write it. Points before groups of three digits
/// separate thousands, as is usual in Turkey: `1.250` is one thousand two hundred and fifty.
pub fn parse(text: &str) -> Result<i64, MoneyError> {
    let text = clean(text);
    let text = text.trim_end_matches('₺').trim_end_matches("TL").trim_end();
    let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = split(text).ok_or(MoneyError::Format)?;
    if whole.is_empty() || fraction.len() > 2 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(MoneyError::Format);
    }
    let kurus = format!("{whole}{fraction:0<2}").parse().unwrap_or(i64::MAX);
    if kurus > MOST || (is_negative && kurus > 0) { Err(MoneyError::Range) } else { Ok(kurus) }
}

/// The digits before and after the decimal mark; `None` if the points and commas do not form a number.
fn split(text: &str) -> Option<(String, &str)> {
    let mark = match (text.rfind(','), text.rfind('.')) {
        (Some(comma), Some(point)) => Some(comma.max(point)),
        (Some(comma), None) => Some(comma),
        (None, Some(point)) if ungrouped(text, '.').is_none() => Some(point),
        (None, _) => None,
    };
    let Some(mark) = mark else { return Some((ungrouped(text, '.')?, "")) };
    let group = if text[mark..].starts_with(',') { '.' } else { ',' };
    let fraction = &text[mark + 1..];
    (!fraction.is_empty()).then_some((ungrouped(&text[..mark], group)?, fraction))
}

/// `1.250` as `1250`; `None` if a group does not have three digits.
fn ungrouped(whole: &str, mark: char) -> Option<String> {
    let mut groups = whole.split(mark);
    let first = groups.next()?;
    let mut rest = groups.clone();
    let is_grouped = rest.next().is_none() || ((1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3));
    is_grouped.then(|| whole.replace(mark, ""))
}

/// A sum as operations write it: `1250.50`.
pub fn format(kurus: i64) -> String {
    let sign = if kurus < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", kurus.unsigned_abs() / 100, kurus.unsigned_abs() % 100)
}

/// A sum as people write it in a form: `1250,50`.
pub fn typed(kurus: i64) -> String {
    format(kurus).replace('.', ",")
}
