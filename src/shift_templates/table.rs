//! How the write path reads and writes shift templates.

use uuid::Uuid;

use super::{ShiftTemplate, db};
use crate::{
    civil::BreakError,
    complaint::FieldError,
    db::{Mode, ScopedTx},
    identity::Region,
    ops::Row,
    sync::{Refusal, Table, refusal_of_field},
    text::clean,
};

impl Table for ShiftTemplate {
    async fn find_twin<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, row: &Row) -> Result<Option<Uuid>, sqlx::Error> {
        db::find_by_name(tx, region, &clean(row.get("name").and_then(|value| value.as_str()).unwrap_or_default())).await
    }

    fn refusal(constraint: &str) -> Option<Refusal> {
        Some(match constraint {
            "shift_templates_name_once" => Refusal::taken("name", "template-name-taken"),
            "shift_templates_check" => Refusal::invalid(FieldError::new("end_time", "times-equal")),
            "shift_templates_break_min_check" => Refusal::invalid(BreakError::Range.about("break_minutes")),
            "shift_templates_weekdays_check" => Refusal::invalid(FieldError::new("weekdays", "weekdays-format")),
            _ => return refusal_of_field::<Self>(constraint),
        })
    }
}
