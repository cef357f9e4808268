//! Turkish identity numbers. The check digits find typing errors; they do not prove that such a person exists (UX 5.5).

use std::fmt;

use crate::{complaint::FieldError, text::clean};

/// An identity number with eleven digits whose check digits fit. Numbers of foreigners (they start with 99) need only the eleven digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdentityNo(String);

/// Why a text is not an identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityNoError {
    /// Blank.
    #[error("no identity number given")]
    Empty,
    /// Not eleven digits, or the first is 0.
    #[error("not eleven digits")]
    Format,
    /// The last two digits do not match the others.
    #[error("the check digits do not fit")]
    CheckDigits,
}

impl IdentityNoError {
    /// Key of the message in the catalogue.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "identity-no-empty",
            Self::Format => "identity-no-format",
            Self::CheckDigits => "identity-no-check-digits",
        }
    }

    /// The complaint about a form field.
    pub fn about(self, field: &str) -> FieldError {
        FieldError::new(field, self.code())
    }
}

impl IdentityNo {
    /// Reads an identity number; drops blanks around and between the digits, which pasted numbers have.
    pub fn parse(text: &str) -> Result<Self, IdentityNoError> {
        let number = without_blanks(text);
        if number.is_empty() {
            return Err(IdentityNoError::Empty);
        }
        if number.len() != 11 || number.starts_with('0') || !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdentityNoError::Format);
        }
        if number.starts_with("99") || check_digits_fit(&number) { Ok(Self(number)) } else { Err(IdentityNoError::CheckDigits) }
    }

    /// All eleven digits. Showing them to a person is a reveal and is recorded.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A number as it is stored and compared: cleaned, without blanks between the digits.
pub fn without_blanks(typed: &str) -> String {
    clean(typed).replace(' ', "")
}

/// Masked, because debug output is written to logs.
impl fmt::Debug for IdentityNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityNo({})", mask(&self.0))
    }
}

/// d10 = (7 (d1+d3+d5+d7+d9) - (d2+d4+d6+d8)) mod 10 and d11 = (d1+..+d10) mod 10 (UX 5.5). It follows that d11 is even.
fn check_digits_fit(number: &str) -> bool {
    let digits: Vec<i32> = number.bytes().map(|b| i32::from(b - b'0')).collect();
    let odd: i32 = digits[..9].iter().step_by(2).sum();
    let even: i32 = digits[1..8].iter().step_by(2).sum();
    digits[9] == (7 * odd - even).rem_euclid(10) && digits[10] == digits[..10].iter().sum::<i32>() % 10
}

/// `123******46`: what lists show. A value other than eleven digits (imported from an old database) is hidden completely.
pub fn mask(number: &str) -> String {
    if number.len() == 11 && number.bytes().all(|b| b.is_ascii_digit()) {
        format!("{}******{}", &number[..3], &number[9..])
    } else {
        "*".repeat(number.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_tell_a_number_from_a_typo() {
        for good in [
            "10000000146",
            "12345678950",
            "11111111110",
            " 123 456 789 50\u{a0}",
            "\u{202a}12345678950\u{202c}",
            "123\u{2009}456\u{ad}78950",
        ] {
            assert!(IdentityNo::parse(good).is_ok(), "{good}");
        }
        for typo in ["12345678901", "12345678951", "12345678940", "21345678950", "10000000147"] {
            assert_eq!(IdentityNo::parse(typo), Err(IdentityNoError::CheckDigits), "{typo}");
        }
    }

    #[test]
    fn every_single_wrong_digit_is_found() {
        for at in 0..11 {
            for digit in b'0'..=b'9' {
                let mut number = *b"12345678950";
                let differs = number[at] != digit;
                number[at] = digit;
                let parsed = IdentityNo::parse(std::str::from_utf8(&number).unwrap());
                assert_eq!(parsed.is_err(), differs, "digit {at} as {digit}");
            }
        }
    }

    #[test]
    fn eleven_digits_not_starting_with_zero_are_asked_for() {
        assert_eq!(IdentityNo::parse(" "), Err(IdentityNoError::Empty));
        for wrong in ["1000000014", "100000001460", "01234567890", "1000000014a", "１0000000146", "12345-678950"] {
            assert_eq!(IdentityNo::parse(wrong), Err(IdentityNoError::Format), "{wrong}");
        }
    }

    #[test]
    fn numbers_of_foreigners_need_no_check_digits() {
        assert!(IdentityNo::parse("99123456789").is_ok());
        assert_eq!(IdentityNo::parse("9912345678"), Err(IdentityNoError::Format));
    }

    #[test]
    fn a_mask_shows_three_digits_and_two() {
        assert_eq!(mask("12300000046"), "123******46");
        assert_eq!(mask("1234"), "****");
        assert_eq!(mask(""), "");
        assert_eq!(mask("Ş2345678950"), "***********");
        assert_eq!(format!("{:?}", IdentityNo::parse("12345678950").unwrap()), "IdentityNo(123******50)");
    }
}
