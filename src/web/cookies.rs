//! The cookies of ours, but for the session's: one shape for all, and a signature for those that have to be what we wrote.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use chrono::TimeDelta;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// A cookie that no script reads, for this host alone. Over TLS its name begins with `__Host-`: browsers refuse one of that name that was
/// planted by another host or over plain http.
pub fn build(name: &str, value: String, age: TimeDelta, over_tls: bool) -> Cookie<'static> {
    Cookie::build(full_name(name, over_tls), value)
        .path("/")
        .http_only(true)
        .secure(over_tls)
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(age.num_seconds()))
        .finish()
}

/// The cookie of that name, as [`build`] names it.
pub fn find(request: &HttpRequest, name: &str, over_tls: bool) -> Option<Cookie<'static>> {
    request.cookie(&full_name(name, over_tls))
}

/// The name that browsers know it by.
pub fn full_name(name: &str, over_tls: bool) -> String {
    if over_tls { format!("__Host-{name}") } else { name.to_owned() }
}

/// Signs what a cookie says (HMAC-SHA-256), with a key of its own for each purpose, so that nothing signed for one is good for another.
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

    /// The signature of these parts. How long a part is, is signed too, so that none can be taken for a piece of its neighbour.
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

    #[test]
    fn over_tls_no_other_host_can_plant_a_cookie_of_ours() {
        let cookie = build("rainstaff-x", "1".to_owned(), TimeDelta::minutes(1), true);
        assert_eq!(cookie.to_string(), "__Host-rainstaff-x=1; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60");
        assert_eq!(
            build("rainstaff-x", "1".to_owned(), TimeDelta::zero(), false).to_string(),
            "rainstaff-x=1; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"
        );
    }
}
