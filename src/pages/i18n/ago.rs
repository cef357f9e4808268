//! How long ago.

use chrono::{DateTime, Utc};

use super::{Lang, format};

/// An instant as people read it: how long ago, and exactly.
#[derive(Debug, Clone)]
pub struct Ago {
    /// The instant.
    pub at: DateTime<Utc>,
    /// "5 dakika önce".
    pub words: String,
}

impl Ago {
    /// Puts an instant into words.
    pub fn new(lang: Lang, at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self { at, words: format::relative(lang, at, now) }
    }
}
