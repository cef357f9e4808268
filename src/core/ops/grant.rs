//! The claims of a grant: the server's proof that a person was signed in at the browser that stores a queue. Only the server can verify it
//! (`sync::grant`); everyone who holds the grant can read its claims.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc, serde::ts_seconds};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Op;
use crate::identity::Region;

/// How long a grant is valid.
pub const LIFETIME: TimeDelta = TimeDelta::days(60);
/// The prefix of every grant: `g1.claims.tag`.
pub const MARK: &str = "g1";

/// The claims of a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The person.
    #[serde(rename = "u")]
    pub user: Uuid,
    /// Their regions when it was issued.
    #[serde(rename = "r")]
    pub regions: Vec<Region>,
    /// The queue it is for.
    #[serde(rename = "q")]
    pub queue: Uuid,
    /// When it was issued.
    #[serde(rename = "i", with = "ts_seconds")]
    pub issued: DateTime<Utc>,
    /// When it expires.
    #[serde(rename = "x", with = "ts_seconds")]
    pub expires: DateTime<Utc>,
    /// The account's epoch: grants of an older epoch are invalid.
    #[serde(rename = "e")]
    pub epoch: i32,
    /// The session for which it was issued: it proves nothing for operations entered after that session's sign-out. `None` in grants of
    /// older programs.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Uuid>,
    /// The office's PC for which it was issued, for the queue that the PC stores for the person. A sign-out does not end it, but revoking
    /// the PC does.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Uuid>,
}

impl Grant {
    /// The claims of a text, not verified; `None` if the text is not a grant.
    pub fn claimed_by(text: &str) -> Option<Self> {
        let (signed, _) = text.rsplit_once('.')?;
        let body = signed.strip_prefix(MARK)?.strip_prefix('.')?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
    }

    /// Whether it is for this operation's author, queue and region.
    pub fn is_about(&self, op: &Op) -> bool {
        self.user == op.actor && self.queue == op.queue_id && self.regions.contains(&op.region)
    }
}
