//! The kill switch (SYNC 3.15): what browsers may do without a network. A setting of the company, told with every ping.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::{OfflineMode, db};
use crate::{clock::Clock, db::Db};

/// So long this process believes what it read. Another process may have changed it.
const BELIEVED: TimeDelta = TimeDelta::seconds(20);

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
