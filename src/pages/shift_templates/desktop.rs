//! The desktop program's shift templates. It has one list of them for all offices, without regions.

use super::ShiftTemplate;
use crate::desktop::{BadValue, Column, Desktop, Why};

impl Desktop for ShiftTemplate {
    const DESKTOP_TABLE: &'static str = "shift_templates";
    const COLUMNS: &'static [Column] = &[
        Column::text("name", 100).needed().once(Why::DuplicateName),
        Column::time("start_time").needed(),
        Column::end_time("end_time", "start_time").needed(),
        Column::minutes_of_break("break_minutes"),
        Column::region("region"),
    ];
    const BAD_VALUE: BadValue = BadValue::CostsTheRow;
}
