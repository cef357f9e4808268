//! What a grant says: the server's word that a person was signed in at the browser that keeps a queue. Only the server can tell whether it is
//! genuine (`sync::grant`); what it says can be read by whoever carries it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc, serde::ts_seconds};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Op;
use crate::identity::Region;

/// How long a grant is good.
pub const LIFETIME: TimeDelta = TimeDelta::days(60);
/// What every grant begins with: `g1.claims.tag`.
pub const MARK: &str = "g1";

/// What a grant says.
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
    /// From when on it is worthless.
    #[serde(rename = "x", with = "ts_seconds")]
    pub expires: DateTime<Utc>,
    /// The account's epoch: grants of an older one are worthless.
    #[serde(rename = "e")]
    pub epoch: i32,
    /// The session that it was given to: of what is entered after that session's sign-out it proves nothing. None in grants of older programs.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Uuid>,
    /// The office's PC that it was given to, for the queue which that PC keeps for the person. No sign-out ends it, but the PC's own end does.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Uuid>,
}

impl Grant {
    /// What a text claims, whether or not it is genuine; none for a text that is no grant.
    pub fn claimed_by(text: &str) -> Option<Self> {
        let (signed, _) = text.rsplit_once('.')?;
        let body = signed.strip_prefix(MARK)?.strip_prefix('.')?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
    }

    /// Whether it is about this operation's author, queue and region.
    pub fn is_about(&self, op: &Op) -> bool {
        self.user == op.actor && self.queue == op.queue_id && self.regions.contains(&op.region)
    }
}
