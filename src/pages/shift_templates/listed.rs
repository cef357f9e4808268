//! Shift templates as lists and forms need them, from any source.

use serde::Deserialize;
use uuid::Uuid;

use super::ShiftTemplate;
use crate::ops;

/// A template to choose in a form. Minutes are of the start day.
#[derive(Debug, Deserialize)]
pub struct TemplateChoice {
    /// The row's id.
    pub id: Uuid,
    /// The region's code.
    pub region: String,
    /// Its name.
    pub name: String,
    /// Start, 0 to 1439.
    pub start_min: i32,
    /// End, up to 2880 for a shift past midnight.
    pub end_min: i32,
    /// Break in minutes.
    pub break_minutes: i32,
    /// ISO weekdays it is the default of, such as `12345`.
    pub weekdays: String,
}

/// A template as lists show it.
pub type Listed = ops::Listed<ShiftTemplate>;
