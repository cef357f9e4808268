//! Telephone numbers as offices write them. Stored in one form (E.164, `+905321234567`), so that the same number is the same text; shown as
//! usual in Turkey.

use crate::{complaint::FieldError, text::clean};

/// Turkey's country code.
const TURKEY: &str = "90";

/// A text is not a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a telephone number")]
pub struct NotAPhone;

impl NotAPhone {
    /// The complaint about a form field.
    pub fn about(self, field: &str) -> FieldError {
        FieldError::new(field, "phone-format")
    }
}

/// Reads a number: `0532 123 45 67`, `(0312) 123 45 67`, `532-123-4567`, `+90 532 123 45 67`, `444 1 234`, and `+49 30 123456` or
/// `0049 30 123456` of other countries. Refuses a number with an extension.
pub fn parse(text: &str) -> Result<String, NotAPhone> {
    let text = clean(text);
    let (is_international, rest) = match text.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, text.as_str()),
    };
    if !rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')' | '-' | '.' | '/')) {
        return Err(NotAPhone);
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let (is_international, digits) = match digits.strip_prefix("00") {
        Some(foreign) if !is_international => (true, foreign),
        _ => (is_international, digits.as_str()),
    };
    if !is_international {
        return of_turkey(digits.strip_prefix('0').unwrap_or(digits)).ok_or(NotAPhone);
    }
    match digits.strip_prefix(TURKEY) {
        Some(national) => of_turkey(national).ok_or(NotAPhone),
        None if (8..=15).contains(&digits.len()) && !digits.starts_with('0') => Ok(format!("+{digits}")),
        None => Err(NotAPhone),
    }
}

/// Ten digits that start with the code of the area or operator, or seven digits that start with 444.
fn of_turkey(national: &str) -> Option<String> {
    let is_long = national.len() == 10 && !national.starts_with(['0', '1']);
    let is_short = national.len() == 7 && national.starts_with("444");
    (is_long || is_short).then(|| format!("+{TURKEY}{national}"))
}

/// A stored number as people read it: `0532 123 45 67`, `444 1 234`, `+4930123456`. A value that is not such a number is shown as it is.
pub fn shown(kept: &str) -> String {
    let national =
        kept.strip_prefix('+').and_then(|digits| digits.strip_prefix(TURKEY)).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    match national {
        Some(n) if n.len() == 10 => format!("0{} {} {} {}", &n[..3], &n[3..6], &n[6..8], &n[8..]),
        Some(n) if n.len() == 7 => format!("{} {} {}", &n[..3], &n[3..4], &n[4..]),
        _ => kept.to_owned(),
    }
}
