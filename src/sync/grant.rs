//! Grants: the server's proof that a person was signed in at the browser that keeps a queue. With it, a person who is signed in there later
//! may deliver the first person's operations, and they stay the first person's (SYNC 3.10, 3.12).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::apply::Carrier;
use crate::{
    auth::rights::{EndedSession, Rights},
    clock::MAY_DIFFER_MS,
    config::Secret,
    ops::{MARK, Op},
};

pub use crate::ops::{Grant, LIFETIME};

/// How far a browser's clock may be off when it reports that something was entered before a sign-out.
const CLOCK_MAY_DIFFER: TimeDelta = TimeDelta::milliseconds(MAY_DIFFER_MS);

/// The key of all grants, made from the server's secret.
#[derive(Clone)]
pub struct GrantKey([u8; 32]);

impl std::fmt::Debug for GrantKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GrantKey(..)")
    }
}

/// Why an author's operation is not accepted from another carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// No grant, a forged one, one of another person, queue or region, or one of a session that had ended when this was entered.
    NotTheirs,
    /// The grant was good once.
    Lapsed,
}

impl GrantKey {
    /// The key that belongs to a secret.
    pub fn of(secret: &Secret) -> Self {
        Self(mac(secret.bytes(), b"rainstaff: grants, 1"))
    }

    /// The text that a browser keeps.
    pub fn sign(&self, grant: &Grant) -> String {
        let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(grant).unwrap_or_default());
        let tag = URL_SAFE_NO_PAD.encode(mac(&self.0, format!("{MARK}.{body}").as_bytes()));
        format!("{MARK}.{body}.{tag}")
    }

    /// The grant in a text; `None` if this key has not signed it.
    pub fn read(&self, text: &str) -> Option<Grant> {
        let (signed, tag) = text.rsplit_once('.')?;
        let body = signed.strip_prefix(MARK)?.strip_prefix('.')?;
        let mut mac = keyed(&self.0);
        mac.update(signed.as_bytes());
        mac.verify_slice(&URL_SAFE_NO_PAD.decode(tag).ok()?).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
    }

    /// Whether `op` carries the grant of its author for its queue and region, and `hands` may bring it. `author` is what is known of the
    /// author now; `at` is when the operation arrived.
    pub fn check(&self, op: &Op, author: &Author, hands: Carrier, at: DateTime<Utc>) -> Result<(), Doubt> {
        let grant = op.grant.as_deref().and_then(|text| self.read(text)).ok_or(Doubt::NotTheirs)?;
        let is_of_these_hands = grant.device.is_none_or(|device| hands == Carrier::Device(device));
        if !grant.is_about(op) || !is_of_these_hands {
            return Err(Doubt::NotTheirs);
        }
        // Checked before the session's end, because a new password ends sessions too: an author with a new password is not suspicious.
        if at >= grant.expires || grant.epoch != author.rights.epoch || !author.rights.active {
            return Err(Doubt::Lapsed);
        }
        if author.had_signed_out(&grant, op, at) {
            return Err(Doubt::NotTheirs);
        }
        Ok(())
    }
}

/// What has to be known of an operation's author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// What the account may do now.
    pub rights: Rights,
    /// Its sessions that were ended early, for as long as grants may name them.
    pub ended: Vec<EndedSession>,
}

impl Author {
    /// Whether the grant's session had ended when the operation was entered. Not for one that arrived before the end. For others the
    /// browser reports when they were entered, and the numbers of its queue are checked against that: higher numbers than the last one at
    /// the sign-out did not exist then.
    fn had_signed_out(&self, grant: &Grant, op: &Op, at: DateTime<Utc>) -> bool {
        let Some(end) = grant.session.and_then(|id| self.ended.iter().find(|end| end.session_id == id)) else { return false };
        let entered_at = TimeDelta::try_milliseconds(op.offset_ms).and_then(|ahead| op.edited_at.checked_sub_signed(ahead));
        let is_before = entered_at.is_some_and(|entered| entered <= end.ended_at + CLOCK_MAY_DIFFER);
        let is_in_the_queue = end.last.is_none_or(|(queue, n)| queue != op.queue_id || op.n <= n);
        at > end.ended_at && !(is_before && is_in_the_queue)
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    Hmac::new_from_slice(key).expect("any key length")
}

fn mac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut mac = keyed(key);
    mac.update(text);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    use crate::identity::Region;

    fn grant() -> Grant {
        let issued = DateTime::from_timestamp(1_767_600_000, 0).unwrap();
        let regions = vec![Region::parse("ankara").unwrap()];
        Grant {
            user: Uuid::from_u128(1),
            regions,
            queue: Uuid::from_u128(2),
            issued,
            expires: issued + LIFETIME,
            epoch: 3,
            session: None,
            device: None,
        }
    }

    #[test]
    fn a_grant_is_read_back_only_as_it_was_signed_and_by_the_same_server() {
        let key = GrantKey::of(&Secret::random());
        let text = key.sign(&grant());
        assert_eq!(key.read(&text), Some(grant()));
        assert_eq!(GrantKey::of(&Secret::random()).read(&text), None, "another server's key");
        for at in 0..text.len() {
            let mut forged = text.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            // The last letter of a base64 text may hold bits that are not read; the grant must then be the same.
            assert!(key.read(&forged).is_none_or(|read| read == grant()), "byte {at}: {forged}");
        }
        for odd in ["", "g1", "g1..", "g1.e30.", "g2.e30.AAAA", text.trim_end_matches(|c| c != '.')] {
            assert_eq!(key.read(odd), None, "{odd}");
        }
    }
}
