//! The order of names in Turkish, as the database's `tr-x-icu` has it, for rows that come from no database. Letters that Turkish names are
//! written with, and their Latin neighbours; `tests/it/collate.rs` compares both orders.

use std::cmp::Ordering;

/// What stands before the digits, in its order.
const MARKS: &str = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";
/// The alphabet, each letter small. Of the letters that are not Turkish each has the place that it has elsewhere.
const ALPHABET: &str = "abcçdefgğhıijklmnoöpqrsştuüvwxyz";

/// A text's place in the order. What differs in letters comes first, then accents, then small before capital; texts that are equal in all
/// of these are told apart by their bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    letters: Vec<u32>,
    accents: Vec<u8>,
    capitals: Vec<bool>,
    text: String,
}

/// The place of a text.
pub fn key(text: &str) -> Key {
    let mut key = Key { letters: Vec::new(), accents: Vec::new(), capitals: Vec::new(), text: text.to_owned() };
    for c in text.chars() {
        let small = small(c);
        let (letter, accent) = base(small);
        // An accent stands on the capital of "ı", not on that of "i".
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

/// The letter under an accent, and which accent it is; letters of the alphabet stay themselves.
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

/// Marks, then digits, then the alphabet, then everything else by its number.
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
