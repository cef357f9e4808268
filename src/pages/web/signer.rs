//! Signatures of values that are sent to a browser and have to be returned unchanged.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// Signs the values of cookies (HMAC-SHA-256), with its own key for each purpose, so that a signature for one purpose is not valid for
/// another.
#[derive(Clone)]
pub struct Signer(Hmac<Sha256>);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(..)")
    }
}

impl Signer {
    /// The signer for a purpose, under the program's secret.
    pub fn new(secret: &[u8], purpose: &str) -> Self {
        Self(keyed(&keyed(secret).chain_update(purpose).finalize().into_bytes()))
    }

    /// The signature of these parts. The length of each part is signed too, so that no part can be confused with a piece of its neighbour.
    pub fn sign(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.over(parts).finalize().into_bytes().into()
    }

    /// Whether this is the signature of these parts. Compared in constant time.
    pub fn verifies(&self, parts: &[&[u8]], signature: &[u8]) -> bool {
        self.over(parts).verify_slice(signature).is_ok()
    }

    fn over(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let length = |part: &[u8]| u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes();
        parts.iter().fold(self.0.clone(), |mac, part| mac.chain_update(length(part)).chain_update(part))
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("any key length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_good_for_its_parts_its_purpose_and_its_key_alone() {
        let signer = Signer::new(b"secret", "one");
        let signature = signer.sign(&[b"ab", b"c"]);
        assert!(signer.verifies(&[b"ab", b"c"], &signature));
        for (other, parts) in [
            (signer.clone(), [&b"a"[..], b"bc"]),
            (signer.clone(), [b"ab", b"d"]),
            (Signer::new(b"secret", "other"), [b"ab", b"c"]),
            (Signer::new(b"secret2", "one"), [b"ab", b"c"]),
        ] {
            assert!(!other.verifies(&parts, &signature));
        }
        assert!(!signer.verifies(&[b"ab", b"c"], b"") && !signer.verifies(&[b"ab", b"c"], &signature[..31]));
    }
}
