//! How the write path reads and writes settings.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{RegionSettings, db};
use crate::{
    db::{Mode, ScopedTx, Write},
    ops::{FieldError, Reason},
    regions::Region,
    sync::{Refusal, Stored, Table, Tail, Veto},
};

impl Table for RegionSettings {
    async fn lock(tx: &mut ScopedTx<Write>, region: &Region, _id: Uuid) -> Result<Option<Stored<Self>>, sqlx::Error> {
        db::lock_settings(tx, region).await
    }

    async fn load<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, ids: &[Uuid]) -> Result<Vec<Stored<Self>>, sqlx::Error> {
        db::load_settings(tx, region, ids).await
    }

    async fn page_ids<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, after: Uuid, limit: i64) -> Result<Vec<Uuid>, sqlx::Error> {
        db::page_ids(tx, region, after, limit).await
    }

    async fn before_write(
        &mut self,
        _tx: &mut ScopedTx<Write>,
        region: &Region,
        _id: Uuid,
        _deleting: bool,
        _at: DateTime<Utc>,
    ) -> Result<Veto, sqlx::Error> {
        let misplaced = self.offline_mode.is_some() && *region != Region::company();
        let errors = misplaced.then(|| FieldError::new("offline_mode", "offline-mode-company")).into_iter().collect();
        Ok(Veto { errors, ..Veto::default() })
    }

    async fn insert(&self, tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, tail: &Tail) -> Result<(), sqlx::Error> {
        db::insert_settings(tx, region, id, self, tail).await
    }

    async fn update(&self, tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, tail: &Tail) -> Result<(), sqlx::Error> {
        db::update_settings(tx, region, id, self, tail).await
    }

    fn refusal(constraint: &str) -> Option<Refusal> {
        (constraint == "one_settings_row").then(|| Refusal { reason: Reason::NaturalKey, error: FieldError::new("", "settings-exist") })
    }
}
