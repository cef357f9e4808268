//! The search fold: `isik` finds `Işık`. For search only, never for identity: different names can have the same fold.
//!
//! `sec.fold` in the database and static/ts/fold.ts give the same results; tests/golden/fold.json pins all three.

use crate::text::{clean, composed, decomposed, is_mark};

/// Folds a text for search: cleans it, replaces typographic quotes and hyphens by those of the keyboard, removes marks from letters, and
/// writes Latin letters in plain lower-case ASCII if there is such a letter. Every other character stays as it is.
pub fn fold(text: &str) -> String {
    let typed: String = clean(text).chars().map(as_typed).collect();
    let bare: String = decomposed(&typed).chars().filter(|c| !is_mark(*c) && *c != '\u{200d}').map(plain).collect();
    composed(&bare).into_owned()
}

fn as_typed(c: char) -> char {
    match c {
        '‘' | '’' | '‚' | '‛' | 'ʼ' | 'ʻ' | '′' | '´' => '\'',
        '“' | '”' | '„' | '‟' | '″' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        _ => c,
    }
}

/// The plain letter, also for letters whose stroke is not a separate combining mark.
fn plain(c: char) -> char {
    match c {
        'ı' => 'i',
        'Ə' | 'ə' => 'e',
        'Ø' | 'ø' => 'o',
        'Ł' | 'ł' => 'l',
        'Đ' | 'đ' | 'Ð' | 'ð' => 'd',
        'Ħ' | 'ħ' => 'h',
        _ => c.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Vector {
        r#in: String,
        out: String,
    }

    #[test]
    fn letters_fold_as_the_shared_vectors_say() {
        let vectors: Vec<Vector> = serde_json::from_str(include_str!("../../tests/golden/fold.json")).unwrap();
        assert!(vectors.len() > 20, "the vectors are there");
        for vector in vectors {
            assert_eq!(fold(&vector.r#in), vector.out, "{}", vector.r#in);
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing_more(text in "\\PC*") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
        }
    }
}
