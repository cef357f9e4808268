//! A text that a list is searched for: where in a row it is looked for, and in which form.

use crate::{
    fold::fold,
    i18n::{Lang, choice},
    ops::{Field, FieldKind, Says},
};

/// A text to find in one field.
#[derive(Debug, Clone)]
pub struct Sought {
    /// The field.
    pub field: &'static Field,
    /// What of its value is compared.
    pub by: Looked,
    /// The text, in the form of what it is compared with; for [`Looked::Words`] the words, each between spaces.
    pub text: String,
}

/// What of a field's value is compared with the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// The value, folded.
    Value,
    /// The value, folded and without spaces: `06abc` finds the plate `06 ABC 123`.
    Compact,
    /// A date as people write it, `05.01.2026`.
    Date,
    /// One of several words.
    Words,
    /// The name of the row that the field refers to, folded.
    Name,
}

/// Where a typed text is looked for in these fields. Fields that cannot hold it are left out; secret values are never searched.
pub fn sought(lang: Lang, fields: &[&'static Field], typed: &str) -> Vec<Sought> {
    let folded = fold(typed);
    let in_field = |field: &&'static Field| {
        let (by, text) = match field.kind {
            FieldKind::Text | FieldKind::OptionalText | FieldKind::LaterText | FieldKind::LongText | FieldKind::Integer => {
                (Looked::Value, folded.clone())
            }
            FieldKind::Plate => (Looked::Compact, folded.replace(' ', "")),
            FieldKind::Phone => (Looked::Compact, digits_of_phone(&folded)?),
            FieldKind::Date => (Looked::Date, folded.clone()),
            FieldKind::Choice => (Looked::Words, words_called(lang, field, &folded)?),
            FieldKind::Id => (Looked::Name, folded.clone()),
            FieldKind::IdentityNo
            | FieldKind::Time
            | FieldKind::Decimal
            | FieldKind::Money
            | FieldKind::Minutes
            | FieldKind::Flag
            | FieldKind::Weekdays => return None,
        };
        Some(Sought { field, by, text })
    };
    fields.iter().filter_map(in_field).collect()
}

/// The digits of a typed part of a telephone number, without the zero before the area; `None` for a text that is no such part.
fn digits_of_phone(text: &str) -> Option<String> {
    let is_part = text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')' | '-' | '.' | '/' | '+'));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    (is_part && !digits.is_empty()).then(|| digits.to_owned())
}

/// The words of a field whose names contain the text.
fn words_called(lang: Lang, field: &Field, folded: &str) -> Option<String> {
    let Says::Choice(prefix) = field.says else { return None };
    let is_called = |word: &&str| choice(lang, prefix, word).is_some_and(|name| fold(name).contains(folded));
    let words: Vec<&str> = field.choices.iter().copied().filter(is_called).collect();
    (!words.is_empty()).then(|| format!(" {} ", words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    static PHONE: Field = Field::new("phone", FieldKind::Phone, "driver-phone");
    static PLATE: Field = Field::new("plate", FieldKind::Plate, "driver-phone");
    static NUMBER: Field = Field::new("identity_no", FieldKind::IdentityNo, "driver-phone");

    fn texts(typed: &str) -> Vec<String> {
        sought(Lang::Tr, &[&PHONE, &PLATE, &NUMBER], typed)
            .into_iter()
            .map(|found| format!("{} {}", found.field.name, found.text))
            .collect()
    }

    #[test]
    fn numbers_are_found_however_they_are_typed_and_secrets_never() {
        assert_eq!(texts("0532 123"), ["phone 532123", "plate 0532123"]);
        assert_eq!(texts("(0532) 12"), ["phone 53212", "plate (0532)12"]);
        assert_eq!(texts("06 ABC"), ["plate 06abc"]);
        assert_eq!(texts("0"), ["plate 0"]);
    }
}
