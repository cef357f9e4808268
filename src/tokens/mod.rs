//! Personal API keys: another program sends one instead of a session, to read and never to write.
//!
//! A key is 256 random bits; the table holds only their SHA-256, so a lookup is one index probe without password hashing. It reads what its
//! scopes name, in those of its regions that its owner still has. It ends with its date, its revocation or its owner's account. It opens no
//! page and starts no session.

mod bearer;
mod db;
pub mod pages;
mod scopes;
mod views;

pub use bearer::actor_of_bearer;
pub use scopes::{TokenScope, scope_of_route};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::web::bearer::KEY;

/// Characters of the random part that lists show.
const SHOWN: usize = 8;

/// A new key. Its full text exists only until its page has been shown.
struct NewToken {
    text: String,
}

impl NewToken {
    fn random() -> Self {
        Self { text: format!("{KEY}{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())) }
    }

    /// The part shown in lists.
    fn prefix(&self) -> &str {
        &self.text[..KEY.len() + SHOWN]
    }

    fn hash(&self) -> [u8; 32] {
        hash_of(&self.text)
    }
}

fn hash_of(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_256_random_bits_behind_a_mark_and_lists_show_48_of_them() {
        let (one, other) = (NewToken::random(), NewToken::random());
        assert!(one.text != other.text && one.hash() != other.hash());
        assert_eq!((one.text.len(), one.prefix().len()), (4 + 43, 12));
        assert!(one.text.starts_with("rsp_") && one.text.starts_with(one.prefix()));
    }
}
