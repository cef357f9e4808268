//! What the PC knows besides rows and operations: the state of its mirror, and what the server returns for each heartbeat.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{Reader, StoreError, instant, ms};
use crate::copy::Context;
pub use crate::wire::device::CompanyDay;

const MIRROR: &str = "mirror";
const CONTEXT: &str = "context";
const CONTACT: &str = "contact";
const MOMENT: &str = "moment";
/// The latest moment is stored again when it is later by this many milliseconds.
const MOMENT_EVERY: i64 = 60_000;

/// The state of the mirror. It is stored in the same transaction as the rows that it is about.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MirrorState {
    /// The epoch of the data; `None` before the first snapshot.
    pub epoch: Option<Uuid>,
    /// Where the feed continues.
    pub cursor: Option<String>,
    /// Where an unfinished snapshot continues.
    pub page: Option<String>,
    /// Number of the snapshot: rows of an older one do not count.
    pub round: i64,
    /// Number of the last change that was stored, if known.
    pub seq: Option<i64>,
    /// When this PC last had all of the server's rows.
    pub synced_at: Option<DateTime<Utc>>,
    /// Whether the last comparison with the server found no difference.
    pub digest_equal: Option<bool>,
    /// When that was.
    pub compared_at: Option<DateTime<Utc>>,
    /// Whether it was copied again because it differed.
    #[serde(default)]
    pub is_recopied: bool,
}

impl MirrorState {
    /// Whether pages can be made from it: one whole snapshot has arrived.
    pub fn is_ready(&self) -> bool {
        self.synced_at.is_some()
    }
}

/// The last contact with the server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// This PC's clock minus the server's, in milliseconds.
    #[serde(default)]
    pub offset_ms: i64,
    /// When the token is to be changed.
    #[serde(default)]
    pub rotate_after: Option<DateTime<Utc>>,
}

/// Stores the state of the mirror.
pub fn put_mirror(db: &Connection, state: &MirrorState) -> Result<(), StoreError> {
    put(db, MIRROR, state)
}

/// Stores what pages need besides rows.
pub fn put_context(db: &Connection, context: &Context) -> Result<(), StoreError> {
    put(db, CONTEXT, context)
}

/// Stores the last contact.
pub fn put_contact(db: &Connection, contact: &Contact) -> Result<(), StoreError> {
    put(db, CONTACT, contact)
}

/// Stores `now` as the latest moment, whatever the clock showed before: the clock is known to be right, or the server has confirmed who is
/// here.
pub fn put_moment(db: &Connection, now: DateTime<Utc>) -> Result<(), StoreError> {
    put(db, MOMENT, &ms(now))
}

/// The state of the mirror.
pub fn find_mirror(db: &Connection) -> Result<MirrorState, StoreError> {
    Ok(find(db, MIRROR)?.unwrap_or_default())
}

fn put(db: &Connection, name: &str, value: &impl Serialize) -> Result<(), StoreError> {
    db.prepare_cached("INSERT INTO facts (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2")?
        .execute(params![name, serde_json::to_string(value)?])?;
    Ok(())
}

fn find<T: DeserializeOwned>(db: &Connection, name: &str) -> Result<Option<T>, StoreError> {
    let text: Option<String> =
        db.prepare_cached("SELECT value FROM facts WHERE name = ?1")?.query_row([name], |row| row.get(0)).optional()?;
    Ok(text.as_deref().map(serde_json::from_str).transpose()?)
}

impl Reader {
    /// The state of the mirror.
    pub fn mirror(&self) -> Result<MirrorState, StoreError> {
        find_mirror(self)
    }

    /// What pages need besides rows; `None` before the first contact.
    pub fn context(&self) -> Result<Option<Context>, StoreError> {
        find(self, CONTEXT)
    }

    /// The latest moment that this PC's clock has shown, to a minute; `None` before the first.
    pub fn latest_moment(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(find::<i64>(self, MOMENT)?.map(instant))
    }

    /// Whether the latest moment has to be stored again.
    pub fn is_moment_due(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        Ok(self.latest_moment()?.is_none_or(|seen| ms(now) - ms(seen) >= MOMENT_EVERY))
    }

    /// The last contact.
    pub fn contact(&self) -> Result<Contact, StoreError> {
        Ok(find(self, CONTACT)?.unwrap_or_default())
    }
}

/// A file of the server's build.
pub struct KeptFile {
    /// Its media type.
    pub content_type: String,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// Stores a file under its address; files that were not requested for 60 days are deleted.
pub fn put_file(db: &Connection, path: &str, content_type: &str, body: &[u8], now: DateTime<Utc>) -> Result<(), StoreError> {
    const KEPT_MS: i64 = 60 * 86_400_000;
    db.prepare_cached("DELETE FROM files WHERE seen_at < ?1")?.execute([super::ms(now) - KEPT_MS])?;
    db.prepare_cached(
        "INSERT INTO files (path, content_type, body, seen_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET content_type = ?2, body = ?3, seen_at = ?4",
    )?
    .execute(params![path, content_type, body, super::ms(now)])?;
    Ok(())
}

impl Reader {
    /// A stored file.
    pub fn find_file(&self, path: &str) -> Result<Option<KeptFile>, StoreError> {
        let mut query = self.prepare_cached("SELECT content_type, body FROM files WHERE path = ?1")?;
        Ok(query.query_row([path], |row| Ok(KeptFile { content_type: row.get(0)?, body: row.get(1)? })).optional()?)
    }
}
