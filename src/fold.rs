//! The search fold: `isik` finds `Işık`. For search only, never for identity: different names can meet.
//!
//! The same letters as `sec.fold` in the database and static/ts/fold.ts; tests/golden/fold.json pins all three.

/// Folds the letters Turkish names are written with to plain lower-case ASCII; every other character stays as it is.
pub fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

fn fold_char(c: char) -> char {
    match c {
        'Ç' | 'ç' => 'c',
        'Ğ' | 'ğ' => 'g',
        'İ' | 'I' | 'ı' | 'Î' | 'î' => 'i',
        'Ö' | 'ö' => 'o',
        'Ş' | 'ş' => 's',
        'Ü' | 'ü' | 'Û' | 'û' => 'u',
        'Â' | 'â' => 'a',
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
        let vectors: Vec<Vector> = serde_json::from_str(include_str!("../tests/golden/fold.json")).unwrap();
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
            prop_assert_eq!(once.chars().count(), text.chars().count());
        }
    }
}
