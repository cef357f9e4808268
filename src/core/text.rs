//! Cleans every text on entry: form, operation, import, search, sign-in, command line. Afterwards texts that look the same consist of the
//! same characters, and invisible characters are removed.
//!
//! `sec.clean` in the database and static/ts/text.ts give the same results; tests/golden/text.json pins all three. Passwords are not
//! cleaned.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};

const JOINER: char = '\u{200d}';

/// A text as it is stored: composed (NFC), without control characters and invisible characters, each run of blanks, tabs and line breaks
/// replaced by one space, no blanks at either end.
///
/// - U+0000 becomes U+FFFD, as in earlier releases, so that the words on its two sides are not joined.
/// - A joiner (U+200D) stays between two pictures, which it joins to one ("👩‍🏭"); elsewhere it is dropped like all invisible characters.
/// - A combining mark without a letter under it is dropped.
/// - Letters of other scripts, compatibility forms ("ﬁ", "Ａ", "٣") and private characters stay, because they are visible.
pub fn clean(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let seen: Vec<char> = text.chars().filter(|c| !is_dropped(*c)).map(|c| if c == '\0' { '\u{fffd}' } else { c }).collect();
    let mut cleaned = String::with_capacity(text.len());
    for (at, c) in seen.iter().copied().enumerate() {
        let before = cleaned.chars().next_back();
        if is_blank(c) {
            if before.is_some_and(|c| c != ' ') {
                cleaned.push(' ');
            }
        } else if c == JOINER {
            let is_picture_at = |at: Option<usize>| at.and_then(|at| seen.get(at)).is_some_and(|c| is_picture(*c));
            if is_picture_at(at.checked_sub(1)) && is_picture_at(at.checked_add(1)) {
                cleaned.push(c);
            }
        } else if !(is_mark(c) && before.is_none_or(|c| c == ' ')) {
            cleaned.push(c);
        }
    }
    cleaned.truncate(cleaned.trim_end_matches(' ').len());
    composed(&cleaned).into_owned()
}

/// The name of an account from typed text: cleaned, in small letters. Names are ASCII; `İ`, the capital of `i` on the Turkish keyboard, and
/// `ı` become `i`.
pub fn account_name(typed: &str) -> String {
    let small = |c| match c {
        'İ' | 'ı' => 'i',
        other => other.to_ascii_lowercase(),
    };
    clean(typed).chars().map(small).collect()
}

/// Words of printable ASCII with one space between them: nothing to do.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(|b| matches!(b, b' '..=b'~'))
        && !bytes.starts_with(b" ")
        && !bytes.ends_with(b" ")
        && !bytes.windows(2).any(|two| two == b"  ")
}

/// Whether the character separates words: `White_Space`, and the blank pattern of braille, which looks like a space.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{2800}'
}

/// Invisible characters: control characters and default-ignorable ones (except the joiner, which has its own rule), the marks around ruby
/// text, the controls of hieroglyphs, and code points that Unicode defines as noncharacters.
fn is_dropped(c: char) -> bool {
    (c.is_control() && c != '\0' && !c.is_whitespace())
        || (c != JOINER && is_ignorable(c))
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// `Default_Ignorable_Code_Point`: invisible in a program that does not know the character.
pub fn is_ignorable(c: char) -> bool {
    c > '~' && CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// The characters that joined pictures consist of: emoji, skin tones included, and symbols and arrows.
fn is_picture(c: char) -> bool {
    matches!(c, '↔' | '↕' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// Combining marks that can be on any letter (the blocks named "Combining ..."); vowel signs of other scripts count as letters.
pub fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Letters and their marks as one character if there is one (NFC).
pub fn composed(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// The same, with compatibility forms such as "Ａ" and "ﬁ" replaced by the characters that they stand for (NFKC).
pub fn composed_for_compatibility(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfkc().normalize(text)
}

/// Letters and their marks as separate characters (NFD).
pub fn decomposed(text: &str) -> Cow<'_, str> {
    DecomposingNormalizerBorrowed::new_nfd().normalize(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Vector {
        kind: String,
        r#in: String,
        out: String,
    }

    #[test]
    fn texts_are_cleaned_as_the_shared_vectors_say() {
        let vectors: Vec<Vector> = serde_json::from_str(include_str!("../../tests/golden/text.json")).unwrap();
        assert!(vectors.len() >= 40, "the vectors are there");
        for Vector { kind, r#in, out } in vectors {
            assert_eq!(clean(&r#in), out, "{kind}: {in:?}");
        }
    }

    #[test]
    fn account_names_are_found_however_they_are_typed() {
        for typed in
            ["istanbul1", " Istanbul1 ", "ISTANBUL1", "İSTANBUL1", "ıstanbul1", "\u{202a}istanbul1\u{202c}", "I\u{307}stanbul1\u{a0}"]
        {
            assert_eq!(account_name(typed), "istanbul1", "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing_more(text in "[\\x00-\u{2ff}\u{300}-\u{3ff}\u{1100}-\u{1200}\u{2000}-\u{2fff}\u{fe00}-\u{ffff}\u{1f000}-\u{1fbff}\u{e0000}-\u{e01ff}ab ş]{0,12}") {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once.clone());
            prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
            prop_assert!(!once.chars().any(|c| is_dropped(c) || (is_blank(c) && c != ' ')));
        }
    }
}
