//! Tokens and one-time codes of devices. The text of each exists only until it is shown or sent; the tables have its SHA-256.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::Rng as _;
use sha2::{Digest, Sha256};

use crate::{text::clean, web::bearer::DEVICE};

/// The letters of codes: none looks or sounds like another one, on paper or by telephone.
const LETTERS: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
const LENGTH: usize = 10;

/// A new token.
pub(super) fn new_token() -> String {
    format!("{DEVICE}{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
}

/// The hash of a token, as the tables have it.
pub(super) fn hash_of_token(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// A one-time code: ten letters, fifty bits.
pub(super) struct Code([u8; LENGTH]);

impl Code {
    pub(super) fn random() -> Self {
        let mut random = rand::rng();
        Self(std::array::from_fn(|_| LETTERS[random.random_range(0..LETTERS.len())]))
    }

    /// Reads a code as a person typed or pasted it: in any case, with blanks and hyphens anywhere. `None` if it cannot be a code.
    pub(super) fn parse(typed: &str) -> Option<Self> {
        let typed = clean(typed);
        let mut letters = typed.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'-').map(|b| b.to_ascii_uppercase());
        let mut code = [0; LENGTH];
        for place in &mut code {
            *place = letters.next().filter(|letter| LETTERS.contains(letter))?;
        }
        letters.next().is_none().then_some(Self(code))
    }

    /// As people see it: `ABCDE-FGHJK`.
    pub(super) fn shown(&self) -> String {
        let text = String::from_utf8_lossy(&self.0);
        format!("{}-{}", &text[..LENGTH / 2], &text[LENGTH / 2..])
    }

    pub(super) fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(b"rainstaff: device code, 1:");
        hash.update(self.0);
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_256_random_bits_behind_its_mark() {
        let (one, other) = (new_token(), new_token());
        assert!(one != other && hash_of_token(&one) != hash_of_token(&other));
        assert!(one.starts_with("rsd_") && one.len() == 4 + 43);
    }

    #[test]
    fn a_code_is_read_however_it_is_typed_and_nothing_else_is() {
        let code = Code::random();
        let shown = code.shown();
        assert_eq!((shown.len(), &shown[5..6]), (11, "-"));
        for typed in [
            shown.clone(),
            format!("\u{202a}{shown}\u{202c}\u{a0}"),
            shown.to_lowercase(),
            format!(" {} ", shown.replace('-', " ")),
            shown.replace('-', ""),
        ] {
            assert_eq!(Code::parse(&typed).map(|read| read.hash()), Some(code.hash()), "{typed}");
        }
        for wrong in ["", "ABCDE", "ABCDE-FGHJ", "ABCDE-FGHJKM", "ABCDE-FGHI1", "ABCDE-FGHJ0", "ÂBCDE-FGHJK"] {
            assert!(Code::parse(wrong).is_none(), "{wrong}");
        }
        assert_ne!(Code::random().hash(), Code::random().hash());
    }
}
