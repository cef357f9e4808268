//! How the write path reads and writes shift templates.

use super::ShiftTemplate;
use crate::{
    civil::BreakError,
    complaint::FieldError,
    sync::{Refusal, Table, refusal_of_field},
};

impl Table for ShiftTemplate {
    fn refusal(constraint: &str) -> Option<Refusal> {
        Some(match constraint {
            "shift_templates_check" => Refusal::invalid(FieldError::new("end_time", "times-equal")),
            "shift_templates_break_min_check" => Refusal::invalid(BreakError::Range.about("break_minutes")),
            "shift_templates_weekdays_check" => Refusal::invalid(FieldError::new("weekdays", "weekdays-format")),
            _ => return refusal_of_field::<Self>(constraint),
        })
    }
}
