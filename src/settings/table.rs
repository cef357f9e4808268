//! How the write path reads and writes settings.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::RegionSettings;
use crate::{
    civil::HoursError,
    complaint::FieldError,
    db::{ScopedTx, Write},
    identity::Region,
    sync::{Refusal, Table, Veto, refusal_of_field},
};

impl Table for RegionSettings {
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

    fn refusal(constraint: &str) -> Option<Refusal> {
        Some(match constraint {
            "one_settings_row" => Refusal::taken("", "settings-exist"),
            "settings_weekday_min_check" => Refusal::invalid(HoursError::Range.about("weekday_hours")),
            "settings_offline_mode_check" => Refusal::invalid(FieldError::new("offline_mode", "offline-mode-unknown")),
            "offline_mode_is_the_companys" => Refusal::invalid(misplaced()),
            _ => return refusal_of_field::<Self>(constraint),
        })
    }
}

/// The complaint that an office says what is the company's to say.
fn misplaced() -> FieldError {
    FieldError::new("offline_mode", "offline-mode-company")
}
