//! How the write path reads and writes days of the calendar.

use serde_json::Value;
use uuid::Uuid;

use super::{CalendarDay, db};
use crate::{
    civil,
    complaint::FieldError,
    db::{Mode, ScopedTx},
    identity::Region,
    ops::Row,
    sync::{Refusal, Table, refusal_of_field},
    text::clean,
};

impl Table for CalendarDay {
    async fn find_twin<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, row: &Row) -> Result<Option<Uuid>, sqlx::Error> {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let Ok(day) = civil::parse_date(text("day")) else { return Ok(None) };
        db::find_by_day_and_name(tx, region, day, &clean(text("name"))).await
    }

    fn refusal(constraint: &str) -> Option<Refusal> {
        Some(match constraint {
            "calendar_days_once" => Refusal::taken("name", "day-name-taken"),
            "calendar_days_kind_check" => Refusal::invalid(FieldError::new("kind", "day-kind-unknown")),
            _ => return refusal_of_field::<Self>(constraint),
        })
    }
}
