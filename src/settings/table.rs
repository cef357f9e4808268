//! How the write path reads and writes settings.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{RegionSettings, db};
use crate::{
    civil::{HoursError, TimeError},
    complaint::FieldError,
    db::{Mode, ScopedTx, Write},
    identity::Region,
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
        let is_misplaced = self.offline_mode.is_some() && *region != Region::company();
        let errors = is_misplaced.then(misplaced).into_iter().collect();
        Ok(Veto { errors, ..Veto::default() })
    }

    async fn insert(&self, tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, tail: &Tail) -> Result<(), sqlx::Error> {
        db::insert_settings(tx, region, id, self, tail).await
    }

    async fn update(&self, tx: &mut ScopedTx<Write>, region: &Region, id: Uuid, tail: &Tail) -> Result<(), sqlx::Error> {
        db::update_settings(tx, region, id, self, tail).await
    }

    fn refusal(constraint: &str) -> Option<Refusal> {
        Some(match constraint {
            "one_settings_row" => Refusal::taken("", "settings-exist"),
            "settings_company_name_check" => Refusal::too_long("company_name", 200),
            "settings_report_title_check" => Refusal::too_long("report_title", 200),
            "settings_weekday_min_check" => Refusal::invalid(HoursError::Range.about("weekday_hours")),
            "settings_saturday_start_min_check" => Refusal::invalid(TimeError::Format.about("saturday_start")),
            "settings_saturday_end_min_check" => Refusal::invalid(TimeError::Format.about("saturday_end")),
            "settings_offline_mode_check" => Refusal::invalid(FieldError::new("offline_mode", "offline-mode-unknown")),
            "offline_mode_is_the_companys" => Refusal::invalid(misplaced()),
            _ => return None,
        })
    }
}

/// The complaint that an office says what is the company's to say.
fn misplaced() -> FieldError {
    FieldError::new("offline_mode", "offline-mode-company")
}
