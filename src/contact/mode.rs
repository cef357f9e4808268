//! The kill switch (SYNC 3.15): what browsers may do without a network. A setting of the company, told with every ping.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::db;
use crate::{clock::Clock, db::Db};

/// So long this process believes what it read. Another process may have changed it.
const BELIEVED: TimeDelta = TimeDelta::seconds(20);

/// What browsers may do without a network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfflineMode {
    /// Entries wait in the browser and go up by themselves.
    #[default]
    Normal,
    /// Nothing new waits; what waits already still goes up.
    DrainOnly,
    /// The service worker takes itself away once its queue is empty.
    Off,
}

impl OfflineMode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Normal, Self::DrainOnly, Self::Off];

    /// The word in the table, in forms and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::DrainOnly => "drain_only",
            Self::Off => "off",
        }
    }

    /// The value in the form: what holds anyway is no setting.
    pub fn form_value(self) -> &'static str {
        if self == Self::Normal { "" } else { self.as_str() }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == word)
    }

    /// Key of its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Normal => "offline-mode-normal",
            Self::DrainOnly => "offline-mode-drain-only",
            Self::Off => "offline-mode-off",
        }
    }

    /// Key of what it means.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Normal => "offline-mode-normal-means",
            Self::DrainOnly => "offline-mode-drain-only-means",
            Self::Off => "offline-mode-off-means",
        }
    }
}

/// The mode as this process last read it; cheap to clone.
#[derive(Clone, Default)]
pub struct OfflineSwitch(Arc<Mutex<Option<Reading>>>);

/// What was read, and when.
#[derive(Clone, Copy)]
struct Reading {
    mode: OfflineMode,
    at: DateTime<Utc>,
}

impl OfflineSwitch {
    /// The mode, at most half a minute old.
    pub async fn mode(&self, db: &Db, clock: &Clock) -> Result<OfflineMode, sqlx::Error> {
        let now = clock.now();
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Reading { mode, at }) = known
            && (TimeDelta::zero()..BELIEVED).contains(&(now - at))
        {
            return Ok(mode);
        }
        let mode = db::find_mode(db).await?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Reading { mode, at: now });
        Ok(mode)
    }

    /// The next question goes to the database: the setting was changed here.
    pub fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
