//! The order of names in Turkish, equal to the database's `tr-x-icu`, for rows that do not come from a database. Covers the letters of
//! Turkish names and similar Latin letters; `tests/it/collate.rs` compares both orders.

use std::cmp::Ordering;

/// The characters that sort before the digits, in their order.
const MARKS: &str = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";
/// The alphabet in small letters. Letters that are not Turkish have the place that they have in other alphabets.
const ALPHABET: &str = "abcçdefgğhıijklmnoöpqrsştuüvwxyz";

/// The sort key of a text. It compares letters first, then accents, then small before capital letters; texts equal in all three are
/// compared by their bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    letters: Vec<u32>,
    accents: Vec<u8>,
    capitals: Vec<bool>,
    text: String,
}

/// The sort key of a text.
pub fn key(text: &str) -> Key {
    let mut key = Key { letters: Vec::new(), accents: Vec::new(), capitals: Vec::new(), text: text.to_owned() };
    for c in text.chars() {
        let small = small(c);
        let (letter, accent) = base(small);
        // An accented `I` is a capital `ı`, not a capital `i`.
        let letter = if letter == 'i' && accent > 0 && small != c { 'ı' } else { letter };
        key.letters.push(place(letter));
        key.accents.push(accent);
        key.capitals.push(small != c);
    }
    key
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let by = |a: &Self, b: &Self| {
            a.letters.cmp(&b.letters).then_with(|| a.accents.cmp(&b.accents)).then_with(|| a.capitals.cmp(&b.capitals))
        };
        by(self, other).then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The small letter, in Turkish: `I` is the capital of `ı`, `İ` that of `i`.
fn small(c: char) -> char {
    match c {
        'I' => 'ı',
        'İ' => 'i',
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

/// The letter without its accent, and a number for the accent; letters of the alphabet stay as they are.
fn base(c: char) -> (char, u8) {
    match c {
        'à' => ('a', 2),
        'è' => ('e', 2),
        'ì' => ('i', 2),
        'ò' => ('o', 2),
        'ù' => ('u', 2),
        'á' => ('a', 1),
        'é' => ('e', 1),
        'í' => ('i', 1),
        'ó' => ('o', 1),
        'ú' => ('u', 1),
        'ý' => ('y', 1),
        'â' => ('a', 3),
        'ê' => ('e', 3),
        'î' => ('i', 3),
        'ô' => ('o', 3),
        'û' => ('u', 3),
        'å' => ('a', 4),
        'ä' => ('a', 5),
        'ë' => ('e', 5),
        'ï' => ('i', 5),
        'ã' => ('a', 6),
        'ñ' => ('n', 6),
        'õ' => ('o', 6),
        _ => (c, 0),
    }
}

/// Marks, then digits, then the alphabet, then all other characters by their code point.
fn place(c: char) -> u32 {
    let nth = |of: &str| of.chars().position(|known| known == c).and_then(|place| u32::try_from(place).ok());
    match c {
        '\u{a0}' | '\t' => 0,
        '0'..='9' => 100 + u32::from(c) - u32::from('0'),
        _ => nth(MARKS).or_else(|| nth(ALPHABET).map(|place| 200 + place)).unwrap_or(1000 + u32::from(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turkish_names_stand_in_turkish_order() {
        let before = |a: &str, b: &str| assert!(key(a) < key(b), "{a} before {b}");
        before("Can", "Çağla");
        before("Ilgaz", "İpek");
        before("ısı", "irem");
        before("Oya", "Ömer");
        before("Su", "Şükrü");
        before("ali", "Ali");
        before("Ali", "Âli");
        before("Âli", "Aliye");
        before("Ali Veli", "Aliye");
        before("2. Şube", "Ali");
    }
}
