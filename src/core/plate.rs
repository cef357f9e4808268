//! Number plates of Turkey, in one form: `06 ABC 123`. One plate typed in two ways becomes the same text.

use crate::{complaint::FieldError, text::clean};

/// Turkey's provinces: plates begin with 01 to 81.
const PROVINCES: u32 = 81;

/// A text is not a number plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a number plate")]
pub struct NotAPlate;

impl NotAPlate {
    /// The complaint about a form field.
    pub fn about(self, field: &str) -> FieldError {
        FieldError::new(field, "plate-format")
    }
}

/// Reads a plate: the province, one to three letters, two to five digits. Blanks, points and hyphens are ignored, and small letters become
/// capitals (`ı` and `i` become `I`: plates have no Turkish letters).
pub fn parse(text: &str) -> Result<String, NotAPlate> {
    let capital = |c| match c {
        'ı' | 'İ' => 'I',
        other => char::to_ascii_uppercase(&other),
    };
    let bare: String = clean(text).chars().filter(|c| !matches!(c, ' ' | '-' | '.')).map(capital).collect();
    let (province, rest) = bare.split_at_checked(2).ok_or(NotAPlate)?;
    let letters = rest.chars().take_while(char::is_ascii_uppercase).count();
    let (letters, number) = rest.split_at(letters);
    let is_province = province.bytes().all(|b| b.is_ascii_digit()) && (1..=PROVINCES).contains(&province.parse().unwrap_or(0));
    let is_number = (2..=5).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    if is_province && (1..=3).contains(&letters.len()) && is_number { Ok(format!("{province} {letters} {number}")) } else { Err(NotAPlate) }
}
